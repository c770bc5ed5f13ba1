"""What a user tells to choose from: "choose between tea and coffee", "pick one: red or blue".

Only an order to choose counts; "should I take the bus or the train" is a question for others. Reads
the transcript, because its commas divide the options. Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.normalise import core, normalise

_TOLD_TO_CHOOSE = re.compile(
    r"^(?:(?:pick|choose|select|decide)(?: (?:1|one|something|between|from|of|for me|for us|either"
    r"|randomly|at random|among|whether|if i should|the following|these|out of|1 of these))*)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^(?:(?:pick|choose|select|decide|one|1|something|between|from|of|for|me|us|either|randomly|at"
    r"|random|among|the following|these|out)\b[\s:,]*)+",
    re.IGNORECASE,
)
_NO_CHOICE = re.compile(
    r"^(?:pick|choose|select|decide) (?:up|out (?!of)|on|to|a number|him|her)\b"
)
_MAKES_UP = re.compile(r"^(?:what|who|which|where|when|why|how|if|whether)\b", re.IGNORECASE)
_DIVIDER = re.compile(r"\s*,\s*(?:or|and)?\s+|\s+or\s+", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_LONGEST_OPTION = 6


def read_options(text: str) -> tuple[str, ...]:
    """What a transcript tells to choose from ("choose between tea and coffee"), as it is written;
    empty when it does not tell to choose."""
    words = core(normalise(text))
    if not _TOLD_TO_CHOOSE.match(words) or _NO_CHOICE.match(words):
        return ()
    start = re.search(r"\b(?:pick|choose|select|decide)\b", text, re.IGNORECASE)
    if start is None:
        return ()
    rest = _LEADS.sub("", text[start.start() :]).strip(' .,;:!?"“”')
    rest = re.sub(r",?\s+(?:please|for me|for us|thanks|thank you)$", "", rest, flags=re.IGNORECASE)
    options = _DIVIDER.split(rest)
    is_between = re.search(r"\b(?:between|from|of|among)\b", words.split(" or ")[0]) is not None
    if is_between and len(options) <= 2 and " or " not in rest.lower():
        options = [one for option in options for one in _AND.split(option)]
    elif is_between and " or " not in rest.lower():
        options = [*options[:-1], *_AND.split(options[-1])]
    found = [_bare(option) for option in options]
    if len(found) < 2 or any(_is_odd(option) for option in found):
        return ()
    return tuple(dict.fromkeys(found))


def _bare(option: str) -> str:
    return re.sub(r"^(?:either|or|and)\s+", "", option.strip(' .,;:!?"“”'), flags=re.IGNORECASE)


def _is_odd(option: str) -> bool:
    return not option or len(option.split()) > _LONGEST_OPTION or bool(_MAKES_UP.match(option))
