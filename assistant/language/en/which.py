"""Which of several things an answer means: "the ten minute one", "the pasta timer", "both".

Also the kinds of slot for a length in minutes and for the half of a day. Canonical words in; pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assistant.language.en.durations import find_duration
from assistant.language.en.normalise import core, normalise
from assistant.language.en.slots import DURATION
from assistant.language.slots import SlotKind

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_FILLING = frozenset(
    (
        "the a an 1 one ones i mean meant want would like to in at it is that for my of them timer "
        "timers alarm alarms reminder reminders called named cancel stop pause delete remove "
        "resume restart add please just thanks thank you with say think maybe about countdown"
    ).split()
)
_ALL = re.compile(r"all|both|every|everything|each|all 2|all 3|all both|both all")
_NONE = re.compile(r"none|neither|nothing|no|no 1|not any|none them|leave|keep")
_LONGEST = frozenset("longest longer long later latest".split())
_SHORTEST = frozenset("shortest shorter short sooner earlier earliest next".split())
_LENGTH_ONLY = re.compile(
    r"(?:(?:for|set|it|make|about|to|say|maybe|let us|around|i|think|be|timer|a|an|by|just|no|sorry"
    r"|actually|rather|mean|meant) )*#"
    r"(?: timer| please)*"
)
_BARE_MINUTES = re.compile(r"(?:(?:for|make it|say|about|by|just|maybe) )*(\d{1,3})")
_AM = re.compile(
    r"(?:no )?(?:in the |the |this |tomorrow |at )*(?:morning|am|a\.m)(?: 1| one| please)?"
)
_PM = re.compile(
    r"(?:no )?(?:in the |the |this |tomorrow |at )*(?:evening|afternoon|night|tonight|pm|p\.m)"
    r"(?: 1| one| please)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose: its number, its name, its length in seconds, its time of day as (hour,
    minute)."""

    id: int
    name: str = ""
    seconds: int = 0
    clock: tuple[int, int] | None = None


def which(options: Sequence[Option]) -> SlotKind:
    """The kind of an answer that chooses among `options`: a tuple of their ids, none for "none"."""

    def parse(words: str, now: datetime) -> tuple[int, ...] | None:
        return choose(words, options)

    def find(words: str, now: datetime) -> tuple[Any, str] | None:
        chosen = choose(words, options)
        return None if chosen is None else (chosen, "")

    return SlotKind(name="which", pattern=DURATION.pattern, parse=parse, find=find)


def choose(words: str, options: Sequence[Option]) -> tuple[int, ...] | None:
    """The ids that `words` mean; None when they are not understood."""
    words = re.sub(r" (?:1|one)$", "", words)
    found = find_duration(words)
    if found is not None:
        rest = [word for word in found[1].split() if word not in _FILLING and word != "#"]
        met = [one for one in options if one.seconds == found[0]]
        return None if not met or rest else (met[0].id,)
    said = [word for word in words.split() if word not in _FILLING]
    joined = " ".join(said)
    if _ALL.fullmatch(joined):
        return tuple(one.id for one in options)
    if _NONE.fullmatch(joined):
        return ()
    if len(said) == 1 and said[0] in _PLACES[: len(options)]:
        return (options[_PLACES.index(said[0])].id,)
    if joined == "last" or (joined == "other" and len(options) == 2):
        return (options[-1].id,)
    if said and {*said} <= _LONGEST:
        return (max(options, key=_size).id,)
    if said and {*said} <= _SHORTEST:
        return (min(options, key=_size).id,)
    return _by_clock(said, options) or _by_number(joined, options) or by_name(said, options)


def by_name(said: Sequence[str], options: Sequence[Option]) -> tuple[int, ...] | None:
    """The one option whose name has all of the words."""
    if not said:
        return None
    wanted = set(map(_stem, said))
    names = [(one, set(map(_stem, normalise(one.name).split()))) for one in options if one.name]
    met = [one for one, name in names if name == wanted]
    met = met or [one for one, name in names if wanted <= name]
    met = met or [one for one, name in names if name <= wanted]
    return (met[0].id,) if len(met) == 1 else None


def _stem(word: str) -> str:
    """A word without the ending of its plural: "eggs" is "egg"."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _by_number(joined: str, options: Sequence[Option]) -> tuple[int, ...] | None:
    """A bare number: so many minutes, or such an hour."""
    if not joined.isdigit():
        return None
    number = int(joined)
    met = [one for one in options if one.seconds == 60 * number]
    met = met or [one for one in options if one.clock and one.clock[0] % 12 == number % 12]
    return (met[0].id,) if met else None


def _by_clock(said: Sequence[str], options: Sequence[Option]) -> tuple[int, ...] | None:
    found = re.fullmatch(r"(\d{1,2})(?::(\d\d)| (\d\d))?(?: (am|pm))?", " ".join(said))
    if found is None or not (found[2] or found[3] or found[4]):
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    met = [
        one
        for one in options
        if one.clock is not None
        and (one.clock[0] % 12, one.clock[1]) == (hour % 12, minute)
        and (found[4] is None or (one.clock[0] >= 12) == (found[4] == "pm"))
    ]
    return (met[0].id,) if len(met) == 1 else None


def _size(option: Option) -> tuple[int, tuple[int, int]]:
    return option.seconds, option.clock or (0, 0)


def _parse_minutes(words: str, now: datetime) -> timedelta | None:
    words = core(words)
    found = find_duration(words)
    if found is not None:
        return timedelta(seconds=found[0]) if _LENGTH_ONLY.fullmatch(found[1]) else None
    bare = _BARE_MINUTES.fullmatch(words)
    return timedelta(minutes=int(bare[1])) if bare and int(bare[1]) else None


def _find_minutes(words: str, now: datetime) -> tuple[timedelta, str] | None:
    value = _parse_minutes(words, now)
    return None if value is None else (value, "")


def _parse_half(words: str, now: datetime) -> str | None:
    if _AM.fullmatch(words):
        return "am"
    if _PM.fullmatch(words):
        return "pm"
    found = re.fullmatch(r"(?:at )?\d{1,2}(?::\d\d| \d\d)? (?:in the )?(.+)", words)
    return _parse_half(found[1], now) if found else None


def _find_half(words: str, now: datetime) -> tuple[str, str] | None:
    value = _parse_half(words, now)
    return None if value is None else (value, "")


def _parse_place(words: str, now: datetime) -> int | None:
    said = [word for word in words.split() if word not in _FILLING]
    found = _find_place(" ".join(said), now)
    return found[0] if found and not found[1] else None


def _find_place(words: str, now: datetime) -> tuple[int, str] | None:
    for at, word in enumerate(words.split()):
        if word in _PLACES or word == "last":
            rest = words.split()
            del rest[at]
            return (-1 if word == "last" else _PLACES.index(word) + 1), " ".join(rest)
    return None


MINUTES = SlotKind(
    name="length",
    pattern=rf"(?:{DURATION.pattern}|\d{{1,3}} )",
    parse=_parse_minutes,
    find=_find_minutes,
)
"""A length; a number alone counts minutes."""
LENGTHS = SlotKind(
    name="lengths",
    pattern=rf"(?:{DURATION.pattern})+?",
    parse=lambda words, now: None,
    find=lambda words, now: None,
)
"""Several lengths: a flow's own `reads` finds them. One length is a slot of its own."""
HALF = SlotKind(name="half of the day", pattern=r"(?:\S+ )+?", parse=_parse_half, find=_find_half)
"""Morning or evening: "am" or "pm"."""
PLACE = SlotKind(name="place", pattern=r"\S+ ", parse=_parse_place, find=_find_place)
"""A place in a row: 1 is the first, -1 the last."""
