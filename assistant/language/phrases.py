"""The short notation in which many phrasings of one request are written down.

`(hi|hello) [there] assistant` stands for four phrases: round brackets choose, square brackets may
be left out, both nest, and each bracket holds whole words. A `*` stands for any words, also none.
Words are made canonical here, so that "what's" may be written. Knows nothing of replies. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from assistant.errors import ConfigError
from assistant.language.en.normalise import core, normalise

MOST_EXPANDED = 300
_TOKEN = re.compile(r"[()\[\]|*]|[^()\[\]|*]+")
_CLOSER = {"(": ")", "[": "]"}
_ANY_WORDS = r"(?:\S+ )*"


class ReplyError(ConfigError):
    """A file of replies is wrong: an unknown key, a phrase that cannot be read, a clash."""

    code = "E-REPLIES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One line of the notation, read.

    `rule` matches canonical words with a blank after each; `expanded` holds every phrase that the
    notation stands for when these are few and have no `*`, else nothing; `bare` are the same
    without their polite frames; `has_wildcard` tells of a `*`.
    """

    notation: str
    rule: re.Pattern[str]
    expanded: tuple[str, ...]
    bare: tuple[str, ...]
    has_wildcard: bool

    @property
    def words(self) -> frozenset[str]:
        """The canonical words of the notation, whatever its brackets make of them."""
        written = (token for token in _TOKEN.findall(self.notation) if token not in "()[]|*")
        return frozenset(word for token in written for word in normalise(token).split())

    def covers(self, canonical: str) -> bool:
        """True when the notation stands for exactly these words."""
        return self.rule.fullmatch(f"{canonical} ") is not None


@dataclass(frozen=True, slots=True)
class _Choice:
    """Alternatives of which one is said; each is a sequence of words, `*` and further choices."""

    alternatives: list[list[str | _Choice]]
    may_lack: bool = False


def read_phrase(notation: str) -> Phrase:
    """`notation` read; `ReplyError` for unbalanced brackets or for a phrase without words."""
    tokens = _TOKEN.findall(notation)
    choice, used = _parse(tokens, 0, notation)
    if used != len(tokens):
        raise _unbalanced(notation)
    has_wildcard = "*" in tokens
    rule = re.compile(_as_regex(choice))
    if rule.fullmatch(" ") or rule.fullmatch(""):
        raise ReplyError(f"the phrase '{notation}' can be empty", "write a word outside brackets")
    is_small = not has_wildcard and _count(choice) <= MOST_EXPANDED
    expanded = tuple(dict.fromkeys(_expand(choice))) if is_small else ()
    return Phrase(
        notation=notation,
        rule=rule,
        expanded=expanded,
        bare=tuple(map(core, expanded)),
        has_wildcard=has_wildcard,
    )


def _parse(tokens: list[str], at: int, notation: str) -> tuple[_Choice, int]:
    """The choice up to the bracket that closes this level, and the place of that bracket."""
    alternatives: list[list[str | _Choice]] = [[]]
    while at < len(tokens) and tokens[at] not in ")]":
        token = tokens[at]
        if token == "|":
            alternatives.append([])
        elif token in _CLOSER:
            inner, at = _parse(tokens, at + 1, notation)
            if at >= len(tokens) or tokens[at] != _CLOSER[token]:
                raise _unbalanced(notation)
            alternatives[-1].append(_Choice(inner.alternatives, token == "["))
        else:
            alternatives[-1] += [token] if token == "*" else normalise(token).split()
        at += 1
    return _Choice(alternatives), at


def _as_regex(choice: _Choice) -> str:
    def item(part: str | _Choice) -> str:
        if isinstance(part, _Choice):
            return _as_regex(part)
        return _ANY_WORDS if part == "*" else f"{re.escape(part)} "

    inner = "|".join("".join(map(item, parts)) for parts in choice.alternatives)
    return f"(?:{inner}){'?' if choice.may_lack else ''}"


def _count(choice: _Choice) -> int:
    total = int(choice.may_lack)
    for parts in choice.alternatives:
        ways = 1
        for part in parts:
            ways *= _count(part) if isinstance(part, _Choice) else 1
        total += ways
    return total


def _expand(choice: _Choice) -> list[str]:
    phrases: list[str] = []
    for parts in choice.alternatives:
        ways = [_expand(part) if isinstance(part, _Choice) else [part] for part in parts]
        phrases += [" ".join(filter(None, words)) for words in product(*ways)]
    return [*phrases, ""] if choice.may_lack else phrases


def _unbalanced(notation: str) -> ReplyError:
    return ReplyError(
        f"the brackets in the phrase '{notation}' do not match", "close each ( with ) and [ with ]"
    )
