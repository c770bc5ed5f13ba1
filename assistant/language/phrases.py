"""The short notation in which many phrasings of one request are written down.

`(hi|hello) [there] assistant` stands for four phrases: round brackets choose, square brackets may
be left out, both nest, and each bracket holds whole words. A `*` stands for any words, also none,
and `{name}` for a slot, whose words are read by somebody else.
Words are made canonical here, so that "what's" may be written. Knows nothing of replies. Pure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product

from assistant.errors import ConfigError
from assistant.language.en.normalise import core, normalise

MOST_EXPANDED = 300
_TOKEN = re.compile(r"[()\[\]|*]|\{[a-z_0-9]*\}|[^()\[\]|*{}]+")
_CLOSER = {"(": ")", "[": "]"}
_ANY_WORDS = r"(?:\S+ )*"
_MOST_NEEDED = 3
_MOST_OPEN = 4
"""So many places for any words may follow each other, with optional words between: 40 words take up
to 5 ms then, with each further place ten times as long, and nothing else runs meanwhile."""
_COMMON = frozenset(
    "a an the i you it is are do does what how me my to in on of for at and can that this".split()
)
"""Words of so many requests that they tell few of them apart."""


class ReplyError(ConfigError):
    """A file of replies is wrong: an unknown key, a phrase that cannot be read, a clash."""

    code = "E-REPLIES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One line of the notation, read.

    `pattern` is a regular expression for canonical words with a blank after each, `rule` the same
    compiled when it is first needed; `needed` are sets of words of each of which a request must
    have one, so that most phrases are ruled out without it. `expanded` holds every phrase that the
    notation stands for when these are few and have no `*` and no slot, else nothing; `bare` are the
    same without their polite frames; `has_wildcard` tells of a `*`; `slots` names the groups of
    `rule`, in order, a name once for each alternative that has it. `words` are the canonical words
    of the notation, whatever its brackets make of them. `choice` is what was read.
    """

    notation: str
    pattern: str
    needed: tuple[frozenset[str], ...]
    expanded: tuple[str, ...]
    bare: tuple[str, ...]
    has_wildcard: bool
    words: frozenset[str]
    slots: tuple[str, ...] = ()
    choice: Choice = field(repr=False, compare=False)

    @property
    def rule(self) -> re.Pattern[str]:
        """`pattern`, compiled."""
        return _compiled(self.pattern)

    def is_possible(self, canonical: str) -> bool:
        """False when `canonical` lacks a word that the notation cannot do without."""
        words = words_of(canonical)
        for needed in self.needed:  # noqa: SIM110 - this runs a thousand times a request
            if words.isdisjoint(needed):
                return False
        return True

    def covers(self, canonical: str) -> bool:
        """True when the notation stands for exactly these words."""
        if not self.is_possible(canonical):
            return False
        return self.rule.fullmatch(f"{canonical} ") is not None

    def match(self, canonical: str) -> dict[str, str] | None:
        """The words of each slot, when the notation stands for exactly these words."""
        if not self.is_possible(canonical):
            return None
        return self._slots(self.rule.fullmatch(f"{canonical} "))

    def search(self, canonical: str) -> dict[str, str] | None:
        """The words of each slot, when the notation stands for words somewhere within these."""
        if not self.is_possible(canonical):
            return None
        return self._slots(_compiled(rf"(?<!\S){self.pattern}").search(f"{canonical} "))

    def _slots(self, found: re.Match[str] | None) -> dict[str, str] | None:
        if found is None:
            return None
        named = zip(self.slots, found.groups(), strict=True)
        return {name: words.strip() for name, words in named if words is not None}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is searched for within a text: a phrase after `before` (a look-behind), or a regular
    expression of its own. Compiled when it is first needed."""

    pattern: str
    needed: tuple[frozenset[str], ...] = ()

    def search(self, text: str) -> re.Match[str] | None:
        """The first place in `text`: canonical words, a blank after each."""
        words = words_of(text)
        for needed in self.needed:
            if words.isdisjoint(needed):
                return None
        return _compiled(self.pattern).search(text)


_compiled = cache(re.compile)


@lru_cache(maxsize=64)
def words_of(text: str) -> frozenset[str]:
    """The words of canonical text."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of which one is said, or none where it `may_lack`; each is a sequence of words,
    `*`, slots and further choices. `place` is that of its bracket among the tokens."""

    alternatives: tuple[tuple[str | Slot | Choice, ...], ...]
    may_lack: bool = False
    place: int = -1


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for words that are read later; `place` is its own among the tokens."""

    name: str
    pattern: str
    place: int = 0


def read_phrase(notation: str, slots: Mapping[str, str] | None = None) -> Phrase:
    """`notation` read. `slots` gives the regular expression of each slot's words: a blank after
    each word, no group of its own.

    `ReplyError` for unbalanced brackets, an unknown slot, or a phrase without words.
    """
    tokens, choice = _read(notation, slots or {})
    has_wildcard = "*" in tokens
    names = tuple(token[1:-1] for token in tokens if token[0] == "{")
    if _may_be_empty(choice):
        raise ReplyError(f"the phrase '{notation}' can be empty", "write a word outside brackets")
    if _open_rows(choice)[1] > _MOST_OPEN:
        raise ReplyError(
            f"the phrase '{notation}' has more than {_MOST_OPEN} places for any words with nothing "
            "between them that must be said",
            "write one * for them",
        )
    is_small = not has_wildcard and not names and _count(choice) <= MOST_EXPANDED
    expanded = tuple(dict.fromkeys(_expand(choice))) if is_small else ()
    return Phrase(
        notation=notation,
        pattern=_as_regex(choice),
        needed=_needed(choice),
        expanded=expanded,
        bare=tuple(map(core, expanded)),
        has_wildcard=has_wildcard,
        words=frozenset(_said(choice)),
        slots=names,
        choice=choice,
    )


def _read(notation: str, slots: Mapping[str, str]) -> tuple[list[str], Choice]:
    tokens = _TOKEN.findall(notation)
    if "".join(tokens) != notation:
        raise ReplyError(f"the phrase '{notation}' has a brace that is no slot", "write {name}")
    choice, used = _parse(tokens, 0, notation, slots)
    if used != len(tokens):
        raise _unbalanced(notation)
    return tokens, choice


def _parse(
    tokens: list[str], at: int, notation: str, slots: Mapping[str, str]
) -> tuple[Choice, int]:
    """The choice up to the bracket that closes this level, and the place of that bracket."""
    alternatives: list[list[str | Slot | Choice]] = [[]]
    while at < len(tokens) and tokens[at] not in ")]":
        token = tokens[at]
        if token == "|":
            alternatives.append([])
        elif token in _CLOSER:
            opened = at
            inner, at = _parse(tokens, at + 1, notation, slots)
            if at >= len(tokens) or tokens[at] != _CLOSER[token]:
                raise _unbalanced(notation)
            alternatives[-1].append(Choice(inner.alternatives, token == "[", opened))
        elif token[0] == "{":
            if token[1:-1] not in slots:
                raise ReplyError(f"the phrase '{notation}' has no slot {token}", _slot_hint(slots))
            alternatives[-1].append(Slot(token[1:-1], slots[token[1:-1]], at))
        else:
            is_again = token == "*" and alternatives[-1][-1:] == ["*"]
            words = ("*",) if token == "*" else _canonical(token)
            alternatives[-1] += () if is_again else words
        at += 1
    return Choice(tuple(map(tuple, alternatives))), at


@lru_cache(maxsize=4096)
def _canonical(token: str) -> tuple[str, ...]:
    """The words between two brackets; the same ones come again in hundreds of phrases."""
    return tuple(map(sys.intern, normalise(token).split()))


def _said(choice: Choice) -> Iterator[str]:
    """Every word in it."""
    for parts in choice.alternatives:
        for part in parts:
            if isinstance(part, Choice):
                yield from _said(part)
            elif isinstance(part, str) and part != "*":
                yield part


def _as_regex(choice: Choice) -> str:
    def item(part: str | Slot | Choice) -> str:
        if isinstance(part, Choice):
            return _as_regex(part)
        if isinstance(part, Slot):
            return f"({part.pattern})"
        return _ANY_WORDS if part == "*" else f"{re.escape(part)} "

    inner = "|".join("".join(map(item, parts)) for parts in choice.alternatives)
    return f"(?:{inner}){'?' if choice.may_lack else ''}"


def _may_be_empty(choice: Choice) -> bool:
    def is_empty(part: str | Slot | Choice) -> bool:
        return part == "*" or (isinstance(part, Choice) and _may_be_empty(part))

    return choice.may_lack or any(all(map(is_empty, parts)) for parts in choice.alternatives)


_Rows = tuple[int, int, int, int | None]
"""How many places for any words stand in a row: at the beginning, anywhere, at the end, and from
the beginning to the end where nothing must be said (else None)."""


def _open_rows(choice: Choice) -> _Rows:
    each = [_rows_of_all(parts) for parts in choice.alternatives]
    firsts, longests, lasts, throughs = zip(*each, strict=True)
    passed = [one for one in throughs if one is not None] + [0] * choice.may_lack
    return max(firsts), max(longests), max(lasts), max(passed, default=None)


def _rows_of_all(parts: tuple[str | Slot | Choice, ...]) -> _Rows:
    first = longest = last = 0
    through: int | None = 0
    for part in parts:
        if isinstance(part, Choice):
            its_first, its_longest, its_last, its_through = _open_rows(part)
        elif _is_open(part):
            its_first, its_longest, its_last, its_through = 1, 1, 1, 1
        else:
            its_first, its_longest, its_last, its_through = 0, 0, 0, None
        longest = max(longest, its_longest, last + its_first)
        first = first if through is None else max(first, through + its_first)
        last = its_last if its_through is None else max(its_last, last + its_through)
        through = None if None in (through, its_through) else (through or 0) + (its_through or 0)
    return first, longest, last, through


def _is_open(part: str | Slot) -> bool:
    """Whether any words may stand there."""
    return part == "*" if isinstance(part, str) else part.pattern.startswith(_ANY_WORDS[:-1])


def _needed(choice: Choice) -> tuple[frozenset[str], ...]:
    """The rarest sets of words of which each thing said by `choice` has one; at most three."""
    if choice.may_lack:
        return ()
    found: list[frozenset[str]] = []
    if len(choice.alternatives) == 1:
        for part in choice.alternatives[0]:
            if isinstance(part, Choice):
                found += _needed(part)
            elif isinstance(part, str) and part != "*":
                found.append(frozenset((part,)))
    else:
        each = [_needed(Choice((parts,))) for parts in choice.alternatives]
        if all(each):
            found.append(frozenset().union(*(sets[0] for sets in each)))
    return tuple(sorted(found, key=_frequency)[:_MOST_NEEDED])


def _frequency(words: frozenset[str]) -> tuple[bool, int]:
    """Sorts the words first that fewest requests have one of."""
    return not words.isdisjoint(_COMMON), len(words)


def _count(choice: Choice) -> int:
    total = int(choice.may_lack)
    for parts in choice.alternatives:
        ways = 1
        for part in parts:
            ways *= _count(part) if isinstance(part, Choice) else 1
        total += ways
    return total


def _expand(choice: Choice) -> list[str]:
    phrases: list[str] = []
    for parts in choice.alternatives:
        ways = [_expand(part) if isinstance(part, Choice) else [str(part)] for part in parts]
        phrases += [" ".join(filter(None, words)) for words in product(*ways)]
    return [*phrases, ""] if choice.may_lack else phrases


def _slot_hint(slots: Mapping[str, str]) -> str:
    known = ", ".join(f"{{{name}}}" for name in slots)
    return f"use one of: {known}" if known else "it takes no slots"


def _unbalanced(notation: str) -> ReplyError:
    return ReplyError(
        f"the brackets in the phrase '{notation}' do not match", "close each ( with ) and [ with ]"
    )
