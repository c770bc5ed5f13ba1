"""A question told only by what is new in it: "and in London?" after "what time is it in Tokyo".

Gives the requests that may be meant: the last one with some of its words exchanged for the new
ones, where both are of one kind, or with the new ones after it. Knows no flow; whoever asks reads
each of them. Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from assistant.language.en.asking import asks
from assistant.language.en.places import find_place
from assistant.language.en.slots import CLOCK, DATE, DURATION, MOMENT, NUMBER
from assistant.language.en.units import read_quantity

MOST_WORDS = 6
"""More words than this are a request of their own."""
MOST_TEXT = 3
"""So many words may stand for any words, such as one to be spelled."""
_MOST_SHARED = 2
"""So many words before and after what is exchanged are looked at, which both have ("in", "the")."""

_CUE = re.compile(
    r"(?:(?:okay|so|well|then|now) )?(?:and|or|what about|how about)"
    r"(?: (?:now|then|also|what about|how about))* (?P<new>.+?)"
    r"(?: (?:then|please|now|instead|too))*"
)
_OWN_REQUEST = re.compile(
    r"(?:what|which|who|whose|where|when|why|how|is|are|was|were|am|do|does|did|can|could|will|would"
    r"|should|shall|may|might|has|have|had|if|because|that is|it is|i|you|we|they|he|she"
    r"|tell|give|say|set|add|put|make|show|read|stop|start|cancel|remind|play|call|take|remove"
    r"|clear|let|go|turn|open|note|explain|describe|write|not|no|never) \S"
    r"|(?:why|how|who|when|where|what)$"
)
"""A question or an order that says all that it wants."""
_JOINS = r"(?:in|on|at|of|to|for|from|until|till|since|before|after|by|with|about|between|per|into)"
_JOINED = re.compile(rf"{_JOINS} \S")
_NO_TEXT = frozenset(
    (
        "a an some any another my your our his her their i you me us it he she they we this"
        " that these those them not no yes why how what who when where which then again so more"
        " else there here all everything anything nothing something thanks thank okay sorry good"
        " great nice bye hello hi stop cancel never louder quieter slower faster one ones other"
        " others same"
    ).split()
)
"""Of words that may be anything, such as one to be spelled, none is among these."""


def new_words(canonical: str) -> str:
    """The words after "and", "what about" or "how about" that tell something new; empty for any
    other request, also for one that begins so and says all that it wants."""
    found = _CUE.fullmatch(canonical)
    words = found["new"] if found is not None else ""
    if len(words.split()) > MOST_WORDS or _OWN_REQUEST.match(words) or asks(words):
        return ""
    return words


_ADDS = re.compile(r"(?:(?:okay|so|well|then|now) )?and (?!(?:\w+ )*?(?:what|how) about )")


def may_be_any(canonical: str) -> bool:
    """True for "and receipt", whose words may be any; "what about dinner" rather asks for
    something else."""
    return _ADDS.match(canonical) is not None


def exchanged(last: str, new: str, values: Sequence[str], now: datetime) -> Iterator[str]:
    """`last` (canonical) with the words `new` in the place of others of the same kind: of one of
    `values`, which are what slots for any words held, else of a day, a time, a length, a number, a
    quantity or a place. Words shared at either side decide first, then later and longer ones."""
    old, mine = last.split(), new.split()
    given: set[str] = set()
    for head in range(min(_MOST_SHARED, len(mine) - 1), -1, -1):
        for tail in range(min(_MOST_SHARED, len(mine) - 1 - head), -1, -1):
            middle = mine[head : len(mine) - tail]
            for start, end in _alike(old, middle, values, now):
                if old[start - head : start] != mine[:head] or start < head:
                    continue
                if old[end : end + tail] != mine[len(mine) - tail :]:
                    continue
                made = " ".join((*old[: start - head], *mine, *old[end + tail :]))
                if made != last and made not in given:
                    given.add(made)
                    yield made


_PERIOD = re.compile(r"(?:in )?(?:the )?(?:next|last|this) (?:year|month|week)|in \d{4}")


def is_period(new: str) -> bool:
    """True for "next year", which rather says more of a day than takes its place."""
    return _PERIOD.fullmatch(new) is not None


def are_days(words: str, others: str, now: datetime) -> bool:
    """True when both name a day."""
    return DATE.parse(words, now) is not None and DATE.parse(others, now) is not None


def continued(last: str, new: str, now: datetime) -> str:
    """`last` with the words `new` after it, when they can stand there: "what time is it", "in
    London"; else nothing."""
    can = _JOINED.match(new) is not None or DATE.parse(new, now) is not None
    return f"{last} {new}" if can else ""


def _alike(
    old: list[str], new: list[str], values: Sequence[str], now: datetime
) -> Iterator[tuple[int, int]]:
    """Where in `old` there are words of the same kind as `new`."""
    words = " ".join(new)
    spans = [
        (start, end)
        for end in range(len(old), 0, -1)
        for start in range(max(0, end - MOST_WORDS), end)
    ]
    said = {span: " ".join(old[slice(*span)]) for span in spans}
    if _can_be_any(new, now):
        for value in values:
            yield from (span for span in spans if said[span] == value)
    for is_one in _kinds(words, now):
        yield from (span for span in spans if is_one(said[span]))


def _can_be_any(new: list[str], now: datetime) -> bool:
    words = " ".join(new)
    if len(new) > MOST_TEXT or not _NO_TEXT.isdisjoint(new) or _JOINED.match(words):
        return False
    if new[0] == "the" and new[1:2] not in (["word"], ["name"]):
        return False  # "and the meaning?"
    return MOMENT.parse(words, now) is None and DURATION.parse(words, now) is None


def _kinds(words: str, now: datetime) -> Iterator[Callable[[str], bool]]:
    """The kinds of which `words` are one."""
    tests: list[Callable[[str], Any]] = [
        *(_parsed_by(kind.parse, now) for kind in (DATE, CLOCK, DURATION, NUMBER, MOMENT)),
        read_quantity,
        lambda words: None if _JOINED.match(words) else find_place(words),
    ]
    for test in tests:
        if test(words) is not None:
            yield _is_not_none(test)


def _parsed_by(parse: Callable[[str, datetime], Any], now: datetime) -> Callable[[str], Any]:
    return lambda words: parse(words, now)


def _is_not_none(test: Callable[[str], Any]) -> Callable[[str], bool]:
    return lambda words: test(words) is not None
