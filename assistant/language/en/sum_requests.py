"""Requests for a sum: their frames ("what is", "work out"), and sums that are said with a verb.

"Add 12 and 30", "the average of 4, 8 and 15", "20 percent off 50", "a tip of 18 percent on 42
dollars", "how many times does 7 go into 42", "is 17 prime". Knows no conversation. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.language.en.amounts import read_amount
from assistant.language.en.arithmetic import (
    Before,
    Number,
    Operation,
    Tree,
    read_rest,
    read_sum,
)
from assistant.language.en.signs import COMMA, list_words, sum_words

_ASKING = re.compile(
    r"^(?:what (?:do|would|will|did) (?:i|you|we|1) get (?:if|when)(?: (?:i|you|we))?"
    r"|what happens (?:if|when) (?:i|you|we)|do the sum|how much do i get (?:if|when) i"
    r"|(?:so )?(?:what|how much)(?: (?:is|are|does|do|would|will))?|calculate|compute|work out"
    r"|figure out|solve|evaluate|tell me|give me|find|say|know)(?: what)?(?: is| are)? "
)
_NAMED = re.compile(r"^(?:the )?(?:result|answer|value|solution|outcome)(?: of| to| for)? ")
_ENDING = re.compile(
    r" (?:equals?(?: what| to)?|is equal to(?: what)?|is|are|be|makes?|gives?|comes? to|is what"
    r"|is how much|come out to|together|in total|all together|altogether)$"
)
_OPERATES = re.compile(
    r"\b(?:plus|minus|less|times|multiplied|divided|over|modulo|mod|of|squared|cubed|factorial"
    r"|power|root|percent|cent|twice|double|triple|raised|half|to the)\b"
)
_NUMBER_OR_ROOT = re.compile(
    r"\d|half|quarter|third|hundred|thousand|million|dozen|that|it\b|result|squared|cubed"
)

_NO_SUM_ALONE = ("percent", "negative")
_HALF_PAST = re.compile(r"half \d+")
"""Said alone, "half five" is a time of day."""


@dataclass(frozen=True, slots=True)
class SumRequest:
    """What is to be worked out. `kind` says how the result is told: "sum" (with `words` before it),
    "result" (alone), "percent", "tip", "off", "prime", "even", "odd", "divisible"."""

    tree: Tree
    kind: str = "sum"
    words: str = ""


@lru_cache(maxsize=256)
def read_sum_request(text: str) -> SumRequest | None:
    """The sum that a transcript asks for; None for any other request."""
    words = sum_words(text)
    if not _NUMBER_OR_ROOT.search(words) or len(words) > 300:
        return None
    listed = list_words(text)
    for form in dict.fromkeys((words, _unframed(words))):
        found = _asked(form, _unframed(listed), words)
        if found is not None:
            return found
    return None


def _unframed(words: str) -> str:
    """The words without "what is" before and "equals" after them."""
    words = _ENDING.sub("", _ASKING.sub("", words))
    return _NAMED.sub("", words)


def _asked(words: str, listed: str, bare: str) -> SumRequest | None:
    for pattern, make in _FORMS:
        found = pattern.fullmatch(words)
        made = make(found) if found is not None else None
        if made is not None:
            return made
    found = _LIST.fullmatch(listed)
    if found is not None:
        return _of_list(found)
    if _OPERATES.search(words) and not _HALF_PAST.fullmatch(bare):
        tree = read_sum(words.split())
        if tree is not None and (_operates(tree) or " over " in words):
            return SumRequest(tree, "sum", words)
    rest = read_rest(words.split())
    if rest is not None and _operates(rest):
        return SumRequest(rest, "result")
    return None


def _operates(tree: Tree) -> bool:
    """True for more than an amount with a sign or a percentage."""
    if not isinstance(tree, Operation):
        return False
    return tree.name not in _NO_SUM_ALONE or _operates(tree.of[0])


# -- sums that are said with a verb or a noun ----------------------------------------------------


def _tree(words: str | None) -> Tree | None:
    return read_sum(words.split(), joins=False) if words else None


def _two(name: str, first: str, second: str, kind: str = "result") -> SumRequest | None:
    """The operation `name` on two groups of words; None unless both are amounts or sums."""
    left, right = _tree(first), _tree(second)
    if left is None or right is None:
        return None
    return SumRequest(Operation(name, (left, right)), kind)


def _verb(name: str, *, swaps: bool = False) -> Callable[[re.Match[str]], SumRequest | None]:
    def make(found: re.Match[str]) -> SumRequest | None:
        first, second = found["a"], found["b"]
        return _two(name, second, first) if swaps else _two(name, first, second)

    return make


def _on_before(name: str) -> Callable[[re.Match[str]], SumRequest | None]:
    """A verb with one amount only, which goes on with the result before."""

    def make(found: re.Match[str]) -> SumRequest | None:
        tree = read_amount(found["a"].split(), joins=True)
        if tree is None or tree.used != len(found["a"].split()):
            return None
        return SumRequest(Operation(name, (Before(), Number(tree.value))), "result")

    return make


def _function(name: str) -> Callable[[re.Match[str]], SumRequest | None]:
    def make(found: re.Match[str]) -> SumRequest | None:
        inner = _tree(found["a"])
        return None if inner is None else SumRequest(Operation(name, (inner,)), "result")

    return make


def _split(found: re.Match[str]) -> SumRequest | None:
    """ "Divide 90 dollars among 4 people"."""
    count = read_amount(found["b"].split())
    whole = _tree(found["a"])
    if count is None or whole is None or count.used != len(found["b"].split()):
        return None
    return SumRequest(Operation("/", (whole, Number(count.value))), "result")


def _percent_is(found: re.Match[str]) -> SumRequest | None:
    return _two("share", found["part"], found["whole"], "percent")


def _changed(name: str) -> Callable[[re.Match[str]], SumRequest | None]:
    """ "20 percent off 50", "increase 50 by 20 percent"."""

    def make(found: re.Match[str]) -> SumRequest | None:
        return _two(name, found["whole"], found["percent"], "off" if name == "off" else "result")

    return make


def _tip(found: re.Match[str]) -> SumRequest | None:
    return _two("tip", found["whole"], found["percent"], "tip")


def _property(found: re.Match[str]) -> SumRequest | None:
    number = _tree(found["a"])
    if not isinstance(number, Number) or number.label or number.value.denominator != 1:
        return None
    return SumRequest(number, found["kind"].split()[0])


def _divisible(found: re.Match[str]) -> SumRequest | None:
    return _two("divisible", found["a"], found["b"], "divisible")


_A, _B = r"(?P<a>.+?)", r"(?P<b>.+)"
_PERCENT = r"(?P<percent>\S+(?: \S+){0,4}?) (?:percent|per cent)"
_WHOLE = r"(?P<whole>.+?)"
_SHARE, _SHARED, _TOTAL = r"(?:percent|percentage)", r"(?P<part>.+)", r"(?P<whole>.+)"
_ON_BILL = rf"(?:on|for|of) (?:a )?{_WHOLE}(?: bill| check)?"
_PEOPLE = r"(?: (?:people|persons|friends|ways|parts|of us|guests|groups|equal parts))?"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], SumRequest | None]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"add (?:up )?{_A} (?:to|plus|with) {_B}", _verb("+", swaps=True)),
        (rf"(?:subtract|deduct|take|take away) {_A} (?:away )?from {_B}", _verb("-", swaps=True)),
        (rf"multiply {_A} (?:by|with|times|and) {_B}", _verb("*")),
        (rf"(?:divide|split|share) {_A} (?:by|among|between|into|in) (?P<b>.+?){_PEOPLE}", _split),
        (rf"raise {_A} to the power of {_B}", _verb("power")),
        (r"add (?P<a>[^a-z].*)", _on_before("+")),
        (r"(?:subtract|take away|take off|deduct) (?P<a>.+)", _on_before("-")),
        (r"multiply by (?P<a>.+)", _on_before("*")),
        (r"divide by (?P<a>.+)", _on_before("/")),
        (rf"(?:double|twice) {_B.replace('b', 'a', 1)}", _function("double")),
        (rf"triple {_B.replace('b', 'a', 1)}", _function("triple")),
        (rf"halve {_B.replace('b', 'a', 1)}", _function("halve")),
        (rf"square (?!root){_B.replace('b', 'a', 1)}", _function("power 2")),
        (rf"cube (?!root){_B.replace('b', 'a', 1)}", _function("power 3")),
        (rf"(?:the )?difference (?:between|of) {_A} and {_B}", _verb("distance")),
        (rf"(?:the )?quotient of {_A} and {_B}", _verb("/")),
        (rf"(?:the )?(?:remainder|rest) (?:of|when|if) {_A}(?: is)? divided by {_B}", _verb("mod")),
        (rf"how (?:many times|often) (?:does|do|will|can|would) {_A} (?:go|fit) (?:in|into) {_B}",
         _verb("/", swaps=True)),
        (rf"(?:what )?{_SHARE} of {_WHOLE} (?:is|are) {_SHARED}", _percent_is),
        (rf"what {_SHARE} (?:is|are) (?P<part>.+?) (?:out )?of {_TOTAL}", _percent_is),
        (rf"(?P<part>.+?) is what {_SHARE} of {_TOTAL}", _percent_is),
        (rf"(?P<part>.+?) (?:out )?of {_WHOLE} (?:as a|in) {_SHARE}", _percent_is),
        (rf"(?P<part>.+?) as a {_SHARE} of {_TOTAL}", _percent_is),
        (rf"(?:an? )?{_PERCENT} (?:off|off of|less than|discount on|reduction on) {_TOTAL}",
         _changed("off")),
        (rf"{_WHOLE} (?:with|at|minus|less|after)(?: a)? {_PERCENT} (?:off|discount)",
         _changed("off")),
        (rf"(?:decrease|reduce|lower) {_WHOLE} by {_PERCENT}", _changed("off")),
        (rf"(?:an? )?{_PERCENT} (?:more than|on top of|added to) {_TOTAL}", _changed("on")),
        (rf"(?:increase|raise) {_WHOLE} by {_PERCENT}", _changed("on")),
        (rf"(?:a |the )?tip (?:of |at )?{_PERCENT} {_ON_BILL}", _tip),
        (rf"(?:an? |the )?{_PERCENT} tip {_ON_BILL}", _tip),
        (rf"(?:a |the )?tip {_ON_BILL} (?:at|of|with) {_PERCENT}", _tip),
        (rf"(?:should i tip|do i tip|tip) {_PERCENT} {_ON_BILL}", _tip),
        (rf"is {_A} (?:an? )?(?P<kind>prime|even|odd)(?: number)?", _property),
        (rf"is {_A} (?:evenly )?divisible by {_B}", _divisible),
    )
)  # fmt: skip

_LIST = re.compile(
    r"(?:(?:the )?(?P<name>sum|total|average|mean|product) of"
    r"|(?P<add>(?:add|sum)(?: up)?(?: together)?)"
    r"|(?P<average>average|multiply))(?: the numbers)? (?P<items>.+?)(?: together)?"
)


def _of_list(found: re.Match[str]) -> SumRequest | None:
    """ "The average of 4, 8 and 15", "add 12 and 30"."""
    verb = found["name"] or found["add"] or found["average"]
    name = {"average": "average", "mean": "average", "product": "product", "multiply": "product"}
    items = _items(found["items"])
    if len(items) < 2:
        return None
    return SumRequest(Operation(name.get(verb, "sum"), tuple(items)), "result")


def _items(words: str) -> list[Tree]:
    """The amounts of a list that commas, "and" or nothing divide; empty when it is no such list."""
    found: list[Tree] = []
    for group in re.split(rf"\s*\b{COMMA}\b(?: and)?\s*", words):
        rest = group.split()
        while rest:
            rest = rest[1:] if rest[0] == "and" and found else rest
            amount = read_amount(rest, joins=False)
            if amount is None or not amount.used:
                return []
            one = read_sum(rest[: amount.used + 1], joins=False)
            used = amount.used + 1
            if not isinstance(one, Number) or used > len(rest):
                one, used = read_sum(rest[: amount.used], joins=False), amount.used
            if one is None:
                return []
            found.append(one)
            rest = rest[used:]
    return found
