"""How people name their lists in English, and the places of a name in templates.

`@` in a template of a list's flow stands for a list: "my shopping list", "the list", "my to-dos".
Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from rapidfuzz import fuzz, process

from assistant.language.en.asking import asks
from assistant.language.en.normalise import normalise
from assistant.language.en.slots import KINDS, TEXT
from assistant.language.slots import SlotKind

SHOPPING = "shopping"
TO_DO = "to-do"

_AT = (
    "([{whose}] [whole|entire|old|current] [{name}] list|{whose} {short}) [for|for today|for "
    "tomorrow|for this week|for the "
    "week"
    "|for now|today|tonight|tomorrow|this week|please|too|as well|already|again|now|for me]"
)

Whose = Literal["my", "our", "the", "a", "this", "that"]
Short = Literal[
    "shopping", "groceries", "grocery", "to dos", "to do", "todos", "todo", "tasks", "chores",
    "errands", "list of things to do", "list of things to buy", "list of tasks", "list of chores",
    "list of groceries", "list of errands", "list of to dos",
]  # fmt: skip
Implied = Literal[
    "do", "get done", "task", "to do", "todo", "to do item", "task item", "tasks", "to dos",
    "todos",
    "chores", "errands", "jobs", "buy", "pick up", "get", "shop for", "store", "shop",
    "supermarket",
    "market", "grocery store", "finish", "complete", "accomplish",
]  # fmt: skip
"""Words that tell the list where none is named: "what do I have to do"."""


class ListName(str):
    """The name of a list in a request: up to three words."""

    __slots__ = ()


class Things(str):
    """What is to go on a list, as the answer to a question; no question itself."""

    __slots__ = ()


_ASKS = re.compile(
    r"^(?:what|who|where|when|why|how|which|whose|is|are|was|were|do|does|did|can|could|tell me)"
    r"(?= )"
)


_NO_NAME = (
    "to|on|onto|in|into|my|our|your|the|a|an|list|lists|of|from|off|this|that|is|and|what|called"
    "|new|another|whole|entire|old|current|me"
)
_NAME = rf"(?:to (?:do|dos|buy) |things to (?:do|buy) |(?:(?!(?:{_NO_NAME}) )\S+ ){{1,3}}?)"


def _parse_name(words: str, now: datetime) -> str | None:
    return words if re.fullmatch(_NAME, f"{words} ") and not _ASKS.match(words) else None


def _parse_things(words: str, now: datetime) -> str | None:
    return None if not words or _ASKS.match(words) else words


def _kind(pattern: str, parse: Callable[[str, datetime], str | None]) -> SlotKind:
    def find(words: str, now: datetime) -> tuple[str, str] | None:
        value = parse(words, now)
        return None if value is None else (value, "")

    return SlotKind(name="text", pattern=pattern, parse=parse, find=find)


KINDS[ListName] = _kind(_NAME, _parse_name)
KINDS[Things] = _kind(TEXT.pattern, _parse_things)

_ALIASES = {
    SHOPPING: (
        "shopping|grocery|groceries|food|supermarket|market|shop|store|grocery store|grocery "
        "shopping"
        "|food shopping|weekly shopping|to buy|things to buy|buying|shoping|list of things to buy"
        "|list of groceries|buy|pick up|get|shop for"
    ),
    TO_DO: (
        "to do|todo|to dos|todos|task|tasks|chore|chores|errand|errands|things to do|daily to do|do"
        "|daily task|list of things to do|list of tasks|list of chores|list of errands"
        "|list of to dos|to do tasks|job|jobs|get done|finish|complete|accomplish|to do item|task "
        "item"
    ),
}
_MEANING = {word: name for name, words in _ALIASES.items() for word in words.split("|")}
_NOT_OURS = frozenset(
    (
        "mailing waiting contact contacts friend friends black blocked price wine guest play music"
        " song email distribution class player seller bestseller token linked python server mail"
        " subscriber hit invite team word reminder reminders"
    ).split()
)
"""Lists that somebody else keeps, or that are no lists of things."""
_SURE = 88


_FOR_A_LIST = re.compile(r"\S.* (?:to|onto) (?:the|my|our) (?:\S+ ){0,3}list\b")
_ABOUT_IT = re.compile(
    r"\b(?:what|which|how|if|whether|read|show|tell|say|see|hear|look|listen|go|get|switch|take|bring"
    r"|back|open|turn|jump|skip|move|come|access|added|put|anything|everything|something|rest)\b"
)


def names_things(words: str) -> bool:
    """True for canonical words that say what is to go on a list, whatever became of their verb:
    "milk and eggs to my shopping list"."""
    found = _FOR_A_LIST.match(words)
    return found is not None and not asks(words) and not _ABOUT_IT.search(words)


def at_lists(*templates: str) -> tuple[str, ...]:
    """The templates with the place of a list for each `@`."""
    return tuple(template.replace("@", _AT) for template in templates)


def is_ours(name: str | None) -> bool:
    """False for a name such as "mailing", which belongs to no list of this kind."""
    return name is None or not _NOT_OURS.intersection(name.lower().split())


def known_list(said: str | None, names: Sequence[str]) -> str | None:
    """The list that `said` names: one of `names`, the shopping list or the to-do list."""
    if said is None:
        return None
    said = normalise(said)
    if said in names:
        return said
    if said in _MEANING:
        return _MEANING[said]
    near = process.extractOne(said, names, scorer=fuzz.ratio, score_cutoff=_SURE)
    return near[0] if near else None


def list_title(name: str) -> str:
    """ "shopping list"."""
    return name if name.endswith((" list", "list")) else f"{name} list"
