"""Sums by voice: "what is 15 percent of 80", and what goes on with the last result ("times two").

The words are read by `language.en.sum_requests`, the tree is worked out by `talk.calculation`; here
the result is told. The last result is kept by the flow itself: it is what its tool gave. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from assistant.language.en.amounts import Said, say_number
from assistant.language.en.arithmetic import Number, Operation, Tree, is_money, uses_before
from assistant.language.en.currencies import currency_named, say_money
from assistant.language.en.numbers import decimal
from assistant.language.en.sum_requests import SumRequest, read_sum_request
from assistant.talk.calculation import (
    ERRORS,
    TOO_LARGE,
    SumError,
    Value,
    smallest_factor,
    work_out,
)
from assistant.talk.flow import Call, Say, Steps, flow
from assistant.talk.request import Request
from assistant.talk.tool import Here, tool

LONGEST_ECHO = 9
"""A sum of more words than this is not repeated before its result."""

_ALONE_ONLY = ("that", "it", "this", "result", "answer", "parenthesis", "over")
_POINTS = re.compile(r"(?<!\S)(?:(\d+) )?point ((?:\d+(?: |$))*\d+)(?!\S)")
_PLURALS = {"inch": "inches", "percent": "percent"}


def _reads(request: Request) -> Mapping[str, Any] | None:
    found = read_sum_request(request.text)
    return None if found is None else {"sum": request.text}


@tool
def result(here: Here, sum: str, before: Value | None) -> Value | str:
    """The result of the sum in a transcript, or the sentence that says why there is none."""
    request = read_sum_request(sum)
    if request is None:
        return TOO_LARGE
    try:
        return work_out(request.tree, before)
    except SumError as error:
        return str(error)


@flow(
    name="sum.calculate",
    reads=_reads,
    examples=[
        "what is 12 times 9", "how much is 35 plus 48", "what is a quarter of 200",
        "calculate 18 percent of 250", "what do you get when you add 16 and 27",
        "work out 90 divided by 4", "the square root of 81", "what is 9 squared",
        "what is 3 to the power of 5", "subtract 15 from 60", "multiply 7 by 13",
        "what is the average of 3 5 and 10", "what is 30 percent off 90",
        "how much is a 15 percent tip on 60 dollars", "what percentage of 40 is 10",
        "what is half of 86", "is 91 a prime number", "what is 6 factorial",
        "split 120 dollars among 5 people", "what is 1000 minus 37", "double 64",
        "what is the difference between 90 and 34",
    ],
    fixed=ERRORS,
)  # fmt: skip
def calculate(here: Here, sum: str | None = None) -> Steps | None:
    """Work out a sum."""
    request = read_sum_request(sum) if sum else None
    last = here.talk.last
    before = last.inputs[-1] if last.name == "sum.calculate" and last.inputs else None
    if request is None or (uses_before(request.tree) and not isinstance(before, Value)):
        return None
    return _told(request, sum or "", before if isinstance(before, Value) else None)


def _told(request: SumRequest, text: str, before: Value | None) -> Steps:
    if request.kind in ("prime", "even", "odd"):
        yield _property(request)
        return None
    value = yield Call(result, sum=text, before=before)
    yield Say(value) if isinstance(value, str) else _answer(request, value)
    return None


def _answer(request: SumRequest, value: Value) -> Say:
    said = say_value(value)
    if request.kind == "divisible":
        tree = request.tree
        assert isinstance(tree, Operation)
        above, below = (say_value(work_out(one)) for one in tree.of)
        verb = "Yes, {} is" if value.value else "No, {} is not"
        return _say(verb + " divisible by {}.", above, below)
    if request.kind == "percent":
        return _of_whole(request.tree, said)
    if request.kind == "tip":
        return _tip(request.tree, value)
    echo = _echo(request)
    if echo is None:
        return _say("That's {}.", said)
    return _say("{} is {}.", echo, said)


def _of_whole(tree: Tree, said: Said) -> Say:
    assert isinstance(tree, Operation)
    part, whole = (say_value(work_out(one)) for one in tree.of)
    return _say("{} is {} of {}.", part, said, whole)


def _tip(tree: Tree, tip: Value) -> Say:
    assert isinstance(tree, Operation)
    bill = work_out(tree.of[0])
    whole = Value(bill.value + tip.value, tip.is_exact, tip.label)
    return _say("The tip is {}, which makes {} in all.", _cents(tip), _cents(whole))


def _cents(value: Value) -> Said:
    """A bill is paid in cents."""
    return say_value(Value(round(value.value, 2), True, value.label))


def _property(request: SumRequest) -> Say:
    """Whether a number is prime, even or odd."""
    assert isinstance(request.tree, Number)
    number = int(request.tree.value)
    said = say_number(Fraction(number))
    if request.kind != "prime":
        is_even = number % 2 == 0
        answer = "Yes" if is_even == (request.kind == "even") else "No"
        return _say(f"{answer}, {{}} is {'even' if is_even else 'odd'}.", said)
    try:
        factor = smallest_factor(number)
    except SumError as error:
        return Say(str(error))
    if factor == number:
        return _say("Yes, {} is a prime number.", said)
    if factor is None:
        return _say("No, {} is not a prime number.", said)
    rest = say_number(Fraction(number // factor))
    return _say("No, {} is {} times {}.", said, say_number(Fraction(factor)), rest)


# -- words ---------------------------------------------------------------------------------------


def say_value(value: Value) -> Said:
    """A result with what is counted: "4,165", "about 3.33", "7 dollars and 56 cents"."""
    currency = currency_named(value.label) if is_money(value.label) else None
    if currency is not None:
        return say_money(value.value, currency)
    said = say_number(value.value, is_exact=value.is_exact)
    if not value.label:
        return said
    plural = _PLURALS.get(value.label, f"{value.label}s")
    return said + f" {value.label if value.value == 1 else plural}"


def _echo(request: SumRequest) -> Said | None:
    """The sum as it was understood; None where it is too long or points at something."""
    words = _POINTS.sub(_joined, request.words).split()
    if request.kind != "sum" or len(words) > LONGEST_ECHO or set(words) & set(_ALONE_ONLY):
        return None
    shown = [f"{int(word):,}" if word.isdigit() else word for word in words]
    spoken = [decimal(word) if re.fullmatch(r"\d+(\.\d+)?", word) else word for word in words]
    return Said(_capital(" ".join(shown)), _capital(" ".join(spoken)))


def _joined(found: re.Match[str]) -> str:
    """ "3 point 1 4" as "3.14"."""
    return f"{found[1] or '0'}.{found[2].replace(' ', '')}"


def _say(pattern: str, *parts: Said) -> Say:
    shown = pattern.format(*(part.shown for part in parts))
    spoken = pattern.format(*(part.spoken for part in parts))
    return Say(_capital(shown), _capital(spoken))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
