"""Rules over canonical words: which words follow which, by classes of words.

A rule is written as elements with blanks between: `word`, `a|b` (either), `{class}` (any word of
that class), `#` (a number), `*` (any words, also none); `?` before an element lets it be left out.
`turn|switch ?off * {device} *` covers "turn the kitchen light off" as a whole. A rule is looked up
by its first word, so hundreds of them cost as little as a few. Knows nothing of what rules are
for. Pure after construction; any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.errors import ConfigError

LONGEST = 40
"""Longer texts are dictated or told, and no request; they match nothing."""

Classes = Mapping[str, frozenset[str]]


class RuleError(ConfigError):
    """A rule names an unknown class of words or has no words."""

    code = "E-RULES"


@dataclass(frozen=True, slots=True)
class _Element:
    """One place of a rule: `words` that may stand there, or any words when it is a gap."""

    words: frozenset[str]
    is_gap: bool = False
    is_number: bool = False
    may_lack: bool = False

    def holds(self, word: str) -> bool:
        return word in self.words or (self.is_number and word[0].isdigit())


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, read: its notation, what it stands for, and the words that forbid it."""

    notation: str
    elements: tuple[_Element, ...]
    label: str
    unless: frozenset[str]

    def covers(self, words: Sequence[str]) -> bool:
        """True when the rule covers `words` from the first to the last."""
        return self.unless.isdisjoint(words) and _covers(self.elements, 0, words, 0)


def read_rule(notation: str, label: str, classes: Classes, unless: frozenset[str]) -> Rule:
    """`notation` read; `RuleError` for an unknown class or a rule of gaps alone."""
    elements = tuple(_element(part, notation, classes) for part in notation.split())
    if all(element.is_gap or element.may_lack for element in elements):
        raise RuleError(f"the rule '{notation}' can be empty", "write a word that must be there")
    return Rule(notation, elements, label, unless)


class RuleSet:
    """Rules in the order in which they are asked; the first that covers the words wins."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_first: dict[str, list[tuple[int, Rule]]] = {}
        self._anywhere: list[tuple[int, Rule]] = []
        for place, rule in enumerate(rules):
            firsts = _first_words(rule.elements)
            for word in firsts or ():
                self._by_first.setdefault(word, []).append((place, rule))
            if firsts is None:
                self._anywhere.append((place, rule))

    def find(self, words: Sequence[str]) -> Rule | None:
        """The first rule that covers `words`, or None."""
        if not words or len(words) > LONGEST:
            return None
        found = min(self._covering(words), key=lambda pair: pair[0], default=None)
        return found[1] if found else None

    def _covering(self, words: Sequence[str]) -> Iterator[tuple[int, Rule]]:
        for rules in (self._by_first.get(words[0], []), self._anywhere):
            for place, rule in rules:
                if rule.covers(words):
                    yield place, rule
                    break


def _element(part: str, notation: str, classes: Classes) -> _Element:
    if part == "*":
        return _Element(frozenset(), is_gap=True)
    may_lack = part.startswith("?")
    words: set[str] = set()
    is_number = False
    for choice in part.removeprefix("?").split("|"):
        choice = choice.removeprefix("?")
        if choice in ("", "*", "?"):
            raise RuleError(f"the rule '{notation}' has '{part}'", "write * as a word of its own")
        if choice == "#":
            is_number = True
        elif choice.startswith("{"):
            name = choice.strip("{}")
            if name not in classes:
                raise RuleError(
                    f"the rule '{notation}' names the unknown class '{name}'",
                    f"known classes: {', '.join(sorted(classes))}",
                )
            words |= classes[name]
        else:
            words.add(choice)
    return _Element(frozenset(words), is_number=is_number, may_lack=may_lack)


def _first_words(elements: Sequence[_Element]) -> frozenset[str] | None:
    """The words that a match must begin with; None when any may."""
    firsts: frozenset[str] = frozenset()
    for element in elements:
        if element.is_gap or element.is_number:
            return None
        firsts |= element.words
        if not element.may_lack:
            return firsts
    return None


def _covers(elements: Sequence[_Element], at: int, words: Sequence[str], place: int) -> bool:
    while at < len(elements):
        element = elements[at]
        if element.is_gap:
            if at + 1 == len(elements):
                return True
            return any(
                _covers(elements, at + 1, words, later) for later in range(place, len(words) + 1)
            )
        if element.may_lack and _covers(elements, at + 1, words, place):
            return True
        if place == len(words) or not element.holds(words[place]):
            return False
        at, place = at + 1, place + 1
    return place == len(words)
