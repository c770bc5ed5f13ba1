"""Moments between words and values: "tomorrow at 5", "in 20 minutes", "every weekday at 6".

Reads canonical words (`normalise`) as a row of parts: a day, a time of day, a part of the day, a
length from now, days that come again. Each may be said once and in any order. Knows nothing of
alarms. Pure.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from assistant.language.en.clock import clock_in_part, find_clock, read_clock_at, say_clock
from assistant.language.en.dates import (
    WEEKDAY,
    WEEKDAYS,
    Anchor,
    is_day_within,
    read_day,
    say_date,
    starts,
    without,
)
from assistant.language.en.durations import read_duration, say_duration
from assistant.language.slots import Clock, Moment, Recurrence

EVERY_DAY = frozenset(range(7))
WORK_DAYS = frozenset(range(5))
WEEKEND = frozenset((5, 6))
_DAY_S = 86_400

_IN = re.compile(r"(?:in|after|for in) (?:about |around |exactly |another |the next )?")
_FROM_NOW = re.compile(r"(?: from now| from right now| time)?(?!\S)")
_PARTS = re.compile(
    r"(?:(?P<now>this (?:morning|afternoon|evening)|tonight|this night)"
    r"|(?P<led>(?:in the |at |during the )(?:early |late )?)?"
    r"(?P<part>morning|afternoon|evening|night)s?)(?!\S)"
)
_PLURAL = f"(?:{'|'.join(f'{day}s' for day in WEEKDAYS)})"
_DAY_LIST = rf"{WEEKDAY}s?(?:(?: and)? {WEEKDAY}s?)*"
_RECURRENCES = tuple(
    re.compile(rf"{notation}(?!\S)")
    for notation in (
        r"(?P<all>(?:every|each)(?: single)? day(?: of the week)?|daily|everyday|7 days a week)",
        r"(?P<all>(?:every|each)(?: single)?)(?= (?:morning|afternoon|evening|night))",
        r"(?P<work>(?:every|each) (?:week ?day|work ?day|working day)|(?:on |during )?weekdays"
        r"|on (?:work|working|week) ?days|weekday(?= (?:morning|afternoon|evening|night))"
        r"|(?:from |every )?monday (?:to|through|until) friday)",
        r"(?P<end>(?:every|each) weekend(?: day)?|(?:on |at )?(?:the )?weekends)",
        rf"(?:every|each)(?: single)? (?P<days>{_DAY_LIST})",
        rf"(?:on )?(?P<days>{_PLURAL}(?:(?: and)? {_PLURAL})*)",
        rf"weekly on (?P<days>{_DAY_LIST})|(?:every|each) week on (?P<more>{_DAY_LIST})",
    )
)
_UNREAD = re.compile(r"(?<!\S)(?:every|each|daily|weekly|monthly|yearly|hourly)(?!\S)")
_GLUE = re.compile(r"(?:at|on|by|for|and|around|about|starting|from) ")


@dataclasses.dataclass(slots=True)
class _Found:
    """What the parts of a moment have given so far."""

    day: date | None = None
    clock: Clock | None = None
    after: timedelta | None = None
    recurrence: Recurrence | None = None
    part: str = ""

    def add(self, other: _Found) -> bool:
        """Take over what `other` says; False when that was said already or does not fit."""
        for name in ("day", "clock", "after", "recurrence", "part"):
            new = getattr(other, name)
            if not new:
                continue
            if getattr(self, name) and getattr(self, name) != new:
                return False
            setattr(self, name, new)
        return not (self.day and self.recurrence)


def read_moment(words: str, now: datetime) -> Moment | None:
    """The moment that all of `words` say."""
    found = _row(words, 0, now)
    if found is None or not words:
        return None
    is_bare = found.part and not (found.day or found.recurrence or found.clock)
    if is_bare and not re.match(r"in the |at |this |tonight", words):
        return None
    return _moment(found, now)


def find_moment(words: str, now: datetime) -> tuple[Moment, str] | None:
    """The moment whose parts stand anywhere within `words`, and the words without them; None
    without one, and where "every" is left over ("every other day")."""
    found, rest = _Found(), words
    for finds in (_find_recurrence, _find_after, _find_day, _find_clock, _find_part):
        seen = finds(rest, now, found)
        if seen is not None and found.add(seen[0]):
            rest = without(rest, seen[1], seen[2])
    if _UNREAD.search(rest):
        return None
    moment = _moment(found, now)
    return None if moment is None else (moment, rest)


def every(days: frozenset[int]) -> Recurrence:
    """Days of the week that come again, with their name for people."""
    if days == EVERY_DAY:
        return Recurrence(days, "every day")
    if days == WORK_DAYS:
        return Recurrence(days, "every weekday")
    if days == WEEKEND:
        return Recurrence(days, "every weekend day")
    names = [WEEKDAYS[day].capitalize() for day in sorted(days)]
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return Recurrence(days, f"every {listed}")


_ONLY = re.compile(r"^(?:(?:and|but|only|just) )+|(?: only| please)+$")


def read_recurrence(words: str) -> Recurrence | None:
    """The days that all of `words` name ("every monday and friday", "only on weekdays")."""
    words = _ONLY.sub("", words)
    found = _recurrence_at(words, 0, _ANY_TIME)
    return found[0].recurrence if found and found[1] == len(words) else None


def find_recurrence(words: str) -> tuple[Recurrence, str] | None:
    """The days that come again within `words`, and the words without them."""
    seen = _first(words, _recurrence_at, _ANY_TIME)
    if seen is None or seen[0].recurrence is None:
        return None
    return seen[0].recurrence, without(words, seen[1], seen[2])


_ANY_TIME = datetime(2000, 1, 1)
_ReadPart = Callable[[str, int, datetime], "tuple[_Found, int] | None"]

# -- parts ---------------------------------------------------------------------------------------


def _row(words: str, start: int, now: datetime) -> _Found | None:
    """The parts from `start` to the end of `words`, tried in every way; None when some fit none."""
    if start >= len(words):
        return _Found()
    glue = _GLUE.match(words, start)
    for at in dict.fromkeys((start, glue.end() if glue else start)):
        for read in (_recurrence_at, _after_at, _day_at, _clock_at, _part_at):
            seen = read(words, at, now)
            if seen is None:
                continue
            rest = _row(words, seen[1] + 1, now)
            if rest is not None and rest.add(seen[0]):
                return rest
    return None


def _recurrence_at(words: str, start: int, now: datetime) -> tuple[_Found, int] | None:
    for pattern in _RECURRENCES:
        found = pattern.match(words, start)
        if found is None:
            continue
        named = found.groupdict()
        if named.get("all"):
            days = EVERY_DAY
        elif named.get("work"):
            days = WORK_DAYS
        elif named.get("end"):
            days = WEEKEND
        else:
            listed = (named.get("days") or named.get("more") or "").split()
            days = frozenset(
                WEEKDAYS.index(day.removesuffix("s")) for day in listed if day != "and"
            )
        return _Found(recurrence=every(days)), found.end()
    return None


def _after_at(words: str, start: int, now: datetime) -> tuple[_Found, int] | None:
    led = _IN.match(words, start)
    length = read_duration(words, led.end() if led else start)
    if length is None:
        return None
    tail = _FROM_NOW.match(words, length[1])
    if tail is None or not (led or tail[0].endswith("now")):
        return None
    return _Found(after=timedelta(seconds=length[0])), tail.end()


def _day_at(words: str, start: int, now: datetime) -> tuple[_Found, int] | None:
    found = read_day(words, Anchor(today=now.date()), start)
    return None if found is None else (_Found(day=found[0]), found[1])


def _clock_at(words: str, start: int, now: datetime) -> tuple[_Found, int] | None:
    found = read_clock_at(words, start)
    return None if found is None else (_Found(clock=found[0]), found[1])


def _part_at(words: str, start: int, now: datetime) -> tuple[_Found, int] | None:
    found = _PARTS.match(words, start)
    if found is None:
        return None
    if found["now"]:
        part = found["now"].split()[-1].replace("tonight", "night")
        return _Found(part=f"this {part}"), found.end()
    return _Found(part=found["part"]), found.end()


# -- somewhere in a sentence ---------------------------------------------------------------------

_Seen = tuple[_Found, int, int]
"""What a part says, and from where to where it stands."""


def _first(words: str, read: _ReadPart, now: datetime) -> _Seen | None:
    for start in starts(words):
        found = read(words, start, now)
        if found is not None:
            return found[0], start, found[1]
    return None


def _find_recurrence(words: str, now: datetime, so_far: _Found) -> _Seen | None:
    return _first(words, _recurrence_at, now)


def _find_after(words: str, now: datetime, so_far: _Found) -> _Seen | None:
    return _first(words, _after_at, now)


def _find_day(words: str, now: datetime, so_far: _Found) -> _Seen | None:
    if so_far.recurrence or so_far.after:
        return None
    for start in starts(words):
        found = _day_at(words, start, now)
        if found is not None and is_day_within(words, start, found[1]):
            return found[0], start, found[1]
    return None


def _find_clock(words: str, now: datetime, so_far: _Found) -> _Seen | None:
    found = find_clock(words)
    return None if found is None else (_Found(clock=found[0]), found[1], found[2])


def _find_part(words: str, now: datetime, so_far: _Found) -> _Seen | None:
    has_day = bool(so_far.day or so_far.recurrence)
    for start in starts(words):
        found = _PARTS.match(words, start)
        if found is None:
            continue
        is_bare = not found["now"] and not found["led"]
        seen = _part_at(words, start, now)
        if seen is not None and (has_day or not is_bare):
            return seen[0], start, seen[1]
    return None


# -- parts together ------------------------------------------------------------------------------


def _moment(found: _Found, now: datetime) -> Moment | None:
    """The parts as one value; None when they contradict each other."""
    day, clock, after, part = found.day, found.clock, found.after, found.part
    if part.startswith("this "):
        part = part.removeprefix("this ")
        if day is not None and day != now.date():
            return None
        day = now.date() if found.recurrence is None else None
    if after is not None and (clock or part):
        whole, rest = divmod(int(after.total_seconds()), _DAY_S)
        if rest or day is not None:
            return None
        day, after = now.date() + timedelta(days=whole), None
    if after is not None and (day or found.recurrence):
        return None
    if clock is not None and part:
        clock = clock_in_part(clock, part)
        is_late = part == "night" and clock.is_exact and clock.hour < 5
        day, part = day + timedelta(days=1) if is_late and day else day, ""
    elif clock == Clock(0) and day is not None:
        day += timedelta(days=1)  # "tomorrow at midnight" is the midnight that ends tomorrow
    if not (day or clock or after or found.recurrence or part):
        return None
    return Moment(date=day, clock=clock, after=after, recurrence=found.recurrence, part=part)


# -- to words ------------------------------------------------------------------------------------


def say_day(day: date, today: date) -> str:
    """A day as it is named today: "tomorrow", "on Friday", "on Friday, March thirteenth"."""
    ahead = (day - today).days
    if ahead in (0, 1, -1):
        return {0: "today", 1: "tomorrow", -1: "yesterday"}[ahead]
    if 1 < ahead < 7:
        return f"on {WEEKDAYS[day.weekday()].capitalize()}"
    return f"on {say_date(day, with_year=day.year != today.year)}"


def say_moment(moment: Moment, now: datetime) -> str:
    """A moment as it is spoken: "tomorrow at five PM", "in twenty minutes", "every weekday at six
    thirty AM", "tomorrow morning". `read_moment` reads it back."""
    if moment.after is not None:
        return f"in {say_duration(int(moment.after.total_seconds()))}"
    day, said = moment.date, ""
    if moment.recurrence is not None:
        said = moment.recurrence.label
    elif day is not None:
        is_midnight = moment.clock == Clock(0)  # read as the one that ends the day
        said = say_day(day - timedelta(days=1) if is_midnight else day, now.date())
        if is_midnight and said == "today":
            said = "tonight"
    if moment.clock is not None:
        return f"{said} at {say_clock(moment.clock)}".strip()
    return _with_part(said, moment.part) if moment.part else said


def _with_part(said: str, part: str) -> str:
    if said == "today":
        return "tonight" if part == "night" else f"this {part}"
    if said == "every day":
        return f"every {part}"
    if said:
        return f"{said} {part}"
    return "at night" if part == "night" else f"in the {part}"
