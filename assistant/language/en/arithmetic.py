"""Spoken sums as trees: "5 plus 3 times 2", "the square root of 144", "15 percent of 80".

Reads canonical words whose signs are words (`signs.sum_words`); every word must belong to the sum.
Precedence is that of school: powers, then times and divided by, then plus and minus. Knows neither
the frame of a request ("what is") nor how a tree is worked out (`talk.tools.sums`). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.language.en.amounts import RANKS, read_amount

_Named = dict[tuple[str, ...], str]

LONGEST = 60
"""More words than this are no sum that somebody says."""

_TO_POWERS = (("the", "power", "of"), ("the", "power"), ("power", "of"), ("power",))
_ADDING: _Named = {("plus",): "+", ("minus",): "-", ("less",): "-"}
_MULTIPLYING: _Named = {
    ("times",): "*", ("multiplied", "by"): "*", ("divided", "by"): "/", ("over",): "/",
    ("divided", "with"): "/", ("modulo",): "mod", ("mod",): "mod", ("of",): "of",
}  # fmt: skip
_BEFORE = ("that", "it", "this")
_LONG_BEFORE = (("the", "result"), ("the", "answer"), ("the", "last", "result"))
_FUNCTIONS: _Named = {
    ("square", "root", "of"): "root 2", ("root", "of"): "root 2", ("cube", "root", "of"): "root 3",
    ("cubic", "root", "of"): "root 3", ("square", "of"): "power 2", ("cube", "of"): "power 3",
    ("factorial", "of"): "factorial", ("twice",): "double", ("double",): "double",
    ("triple",): "triple", ("square", "root"): "root 2", ("cube", "root"): "root 3",
}  # fmt: skip
_CURRENCIES = {
    "dollar": "dollar", "buck": "dollar", "euro": "euro", "pound": "pound", "yen": "yen",
    "franc": "franc",
}  # fmt: skip
_LABELS = {
    **_CURRENCIES, "minute": "minute", "hour": "hour", "day": "day", "week": "week",
    "kilogram": "kilogram", "kilo": "kilo", "gram": "gram", "liter": "liter", "cup": "cup",
    "mile": "mile", "kilometer": "kilometer", "meter": "meter", "inch": "inch", "ounce": "ounce",
    "point": "point", "percent": "percent",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """An amount, with what is counted ("dollar") where that was said."""

    value: Fraction
    label: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """The result of the sum before."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` is one of + - * / of mod power percent negative factorial double triple "root N"
    "power N", or of a list: sum product average; or of percents: off on."""

    name: str
    of: tuple[Tree, ...]


Tree = Number | Before | Operation


def is_money(label: str) -> bool:
    """True for a label that is a currency."""
    return label in _CURRENCIES.values()


def read_sum(words: Sequence[str], *, joins: bool = True) -> Tree | None:
    """The tree of words that are one sum from start to end, or one amount; None for any other."""
    if not words or len(words) > LONGEST:
        return None
    reader = _Reader(words, joins)
    tree = reader.adding()
    return tree if reader.at == len(words) else None


def read_rest(words: Sequence[str]) -> Tree | None:
    """The tree of words that go on with the result before: "times 2", "squared", "plus 5"."""
    if not words or len(words) > LONGEST:
        return None
    reader = _Reader(["that", *words], True)
    tree = reader.adding()
    return tree if reader.at == len(words) + 1 and not isinstance(tree, Before) else None


def uses_before(tree: Tree) -> bool:
    """True when the tree needs the result of the sum before."""
    if isinstance(tree, Operation):
        return any(uses_before(one) for one in tree.of)
    return isinstance(tree, Before)


class _Reader:
    """One pass over the words from left to right; `at` is the next one."""

    def __init__(self, words: Sequence[str], joins: bool) -> None:
        self._words = words
        self._joins = joins
        self.at = 0

    def adding(self) -> Tree | None:
        """What plus and minus join."""
        left = self.multiplying()
        while left is not None and (name := self._take_one_of(_ADDING)):
            right = self.multiplying()
            if right is None:
                return None
            left = Operation(name, (left, right))
        return left

    def multiplying(self) -> Tree | None:
        """What times, divided by and of join."""
        left = self.power()
        while left is not None:
            start = self.at
            name = self._take_one_of(_MULTIPLYING)
            if not name:
                return left
            if name == "of":
                if not _is_part(left):
                    self.at = start
                    return left
                self._take("the")
            right = self.power()
            if right is None:
                return None
            left = Operation(name, (left, right))
        return None

    def power(self) -> Tree | None:
        """One operand with its powers."""
        if self._take("minus") or self._take("negative"):
            inner = self.power()
            return None if inner is None else Operation("negative", (inner,))
        base = self.operand()
        while base is not None:
            if self._take("squared"):
                base = Operation("power", (base, Number(Fraction(2))))
            elif self._take("cubed"):
                base = Operation("power", (base, Number(Fraction(3))))
            elif self._take("factorial"):
                base = Operation("factorial", (base,))
            elif self._take("percent") or self._take("per", "cent"):
                base = Operation("percent", (base,))
            elif exponent := self._exponent():
                return Operation("power", (base, exponent))
            else:
                return base
        return None

    def operand(self) -> Tree | None:
        """A number, the result before, something in parentheses or a function of an operand."""
        start = self.at
        if self._take("open", "parenthesis"):
            inner = self.adding()
            return inner if inner is not None and self._take("close", "parenthesis") else None
        self._take("the")
        rank = _rank(self._next())
        if rank and self._words[self.at + 1 : self.at + 3] == ["root", "of"]:
            self.at += 3
            return self._function(f"root {rank}")
        name = self._take_one_of(_FUNCTIONS)
        if name:
            return self._function(name)
        self.at = start
        return self._before() or self._number()

    def _function(self, name: str) -> Tree | None:
        inner = self.power_of_function()
        return None if inner is None else Operation(name, (inner,))

    def power_of_function(self) -> Tree | None:
        """The operand of a function, which binds more tightly than the powers after it."""
        if self._take("minus") or self._take("negative"):
            inner = self.operand()
            return None if inner is None else Operation("negative", (inner,))
        return self.operand()

    def _before(self) -> Tree | None:
        if any(self._take(word) for word in _BEFORE):
            return Before()
        return Before() if any(self._take(*words) for words in _LONG_BEFORE) else None

    def _number(self) -> Tree | None:
        found = read_amount(self._words, self.at, joins=self._joins)
        if found is None:
            return None
        self.at += found.used
        if found.is_part and self._next() in ("a", "an") and self._peek(1) in _LABELS:
            self.at += 1  # "half a cup"
        label = "" if self._next() in ("point", "percent") else _label(self._next())
        if label:
            self.at += 1
            return Number(found.value, label)
        if found.is_part:
            return self._times_of_part(found.value)
        return Number(found.value)

    def _times_of_part(self, value: Fraction) -> Tree | None:
        """ "half 50", and "half of 50", which `multiplying` reads."""
        if value == Fraction(1, 2) and self._words[self.at - 1] == "half":
            following = read_amount(self._words, self.at, joins=self._joins)
            if following is not None and not following.is_part:
                self.at += following.used
                label = _label(self._next())
                self.at += bool(label)
                inner = Number(following.value, label)
                return Operation("of", (Number(value), inner))
        return Number(value)

    def _exponent(self) -> Tree | None:
        """ "to the power of 10", "to the tenth power", "to the third", "raised to 4"."""
        start = self.at
        self._take("raised")
        if not self._take("to"):
            self.at = start
            return None
        is_bare = self._words[start] == "raised" and self._next() != "the"
        if any(self._take(*words) for words in _TO_POWERS) or is_bare:
            exponent = self.power()
        else:
            self._take("the")
            rank = 2 if self._next() == "second" else _rank(self._next())
            exponent = Number(Fraction(rank)) if rank else None
            self.at += bool(rank)
            self._take("power")
        if exponent is None:
            self.at = start
        return exponent

    def _next(self) -> str:
        return self._peek(0)

    def _peek(self, further: int) -> str:
        at = self.at + further
        return self._words[at] if at < len(self._words) else ""

    def _take(self, *words: str) -> bool:
        if tuple(self._words[self.at : self.at + len(words)]) != words:
            return False
        self.at += len(words)
        return True

    def _take_one_of(self, named: _Named) -> str:
        for words, name in named.items():
            if self._take(*words):
                return name
        return ""


def _is_part(tree: Tree) -> bool:
    """True for what "of" may follow: percents and fractions."""
    if isinstance(tree, Operation):
        last = tree.of[-1]
        return tree.name == "percent" or (tree.name == "of" and _is_part(last))
    return isinstance(tree, Number) and not tree.label and tree.value.denominator != 1


def _label(word: str) -> str:
    singular = {"inches": "inch"}.get(word, word.removesuffix("s"))
    return _LABELS.get(singular, "")


def _rank(word: str) -> int:
    found = re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word)
    return int(found[1]) if found else RANKS.get(word, 0)
