"""What a slot of a template or an open question can hold, and how its words are read.

A kind belongs to a Python type: `timedelta` a length, `date` a day, `Clock` a time of day,
`datetime` a moment with its time of day, `Moment` a moment as it was said, `Recurrence` days that
come again, `int` and `float` numbers, `bool` yes or no, `str` any words, `Literal[...]` one of some
words. The kinds of a language are in its folder (`language/en/slots.py`). Pure but for `on_clock`,
which looks up the system's zone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

Parse = Callable[[str, datetime], Any]
"""`parse(words, now)` gives the value of canonical words that are nothing else, or None."""
Find = Callable[[str, datetime], "tuple[Any, str] | None"]
"""`find(words, now)` gives the value that stands somewhere in canonical words, and the words
without it; None without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKind:
    """One kind of value. `pattern` is a regular expression for its canonical words, each with a
    blank after it, without a group; `parse` decides, so that the pattern may take too much. `near`
    is a `find` that also takes words that are nearly right, where a kind has one. `options` are the
    canonical words of each choice, where it is one of a few."""

    name: str
    pattern: str
    parse: Parse
    find: Find
    near: Find | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """A time of day as it was said. `is_exact` is False when it may be in either half of the day
    ("at seven"); `hour` is then 1 to 12, else 0 to 23."""

    hour: int
    minute: int = 0
    is_exact: bool = True

    def __str__(self) -> str:
        time = f"{self.hour}:{self.minute:02}"
        return time if self.is_exact else f"{time} am or pm"

    def in_half(self, half: str) -> Clock:
        """The same in the half "am" or "pm"."""
        if self.is_exact:
            return self
        return Clock(self.hour % 12 + (12 if half == "pm" else 0), self.minute)

    def readings(self) -> tuple[Clock, ...]:
        """The times of day that may be meant, in order of the day."""
        return (self,) if self.is_exact else (self.in_half("am"), self.in_half("pm"))

    def next_after(self, now: datetime) -> datetime:
        """The next moment after `now` with this time of day; of two readings the sooner."""
        found = []
        for one in self.readings():
            moment = on_clock(now.date(), one, now)
            found.append(
                moment if moment > now else on_clock(now.date() + timedelta(days=1), one, now)
            )
        return min(found)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Days of the week that come again: 0 is Monday, 6 is Sunday. `label` names them for people
    ("every weekday")."""

    days: frozenset[int]
    label: str

    def __str__(self) -> str:
        return self.label

    def next_day(self, start: date) -> date:
        """The first such day from `start` on."""
        ahead = (timedelta(days=step) for step in range(7))
        return next(start + one for one in ahead if (start + one).weekday() in self.days)


PARTS = {"morning": Clock(9), "afternoon": Clock(15), "evening": Clock(18), "night": Clock(21)}
"""The time of day that is taken for a part of the day without one. Own choice."""
_NIGHT_ENDS = 6
_EARLIEST_GUESS = 7
"""Of two readings of a time on another day, the one from here on in the next twelve hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment as it was said; what was not said is None.

    `date` is the day, `clock` the time of day, `after` a length from now ("in twenty minutes"),
    `recurrence` the days of the week that come again, `part` one of `PARTS` when that is all that
    was said of the time of day ("tomorrow morning").
    """

    date: date | None = None
    clock: Clock | None = None
    after: timedelta | None = None
    recurrence: Recurrence | None = None
    part: str = ""

    def __str__(self) -> str:
        after = "" if self.after is None else f"in {self.after}"
        said = (self.date, self.clock, after, self.recurrence, self.part)
        return " ".join(str(one) for one in said if one)

    @property
    def is_exact(self) -> bool:
        """True when nothing about the time of day has to be guessed or asked."""
        return self.after is not None or (self.clock is not None and self.clock.is_exact)

    @property
    def has_time(self) -> bool:
        """True when `resolve` finds a moment."""
        return self.after is not None or self.clock is not None or bool(self.part)

    def at(self, clock: Clock) -> Moment:
        """The same with this time of day, as when it was asked for."""
        return dataclasses.replace(self, clock=clock, part="")

    def resolve(self, now: datetime) -> datetime | None:
        """The moment that is meant; None when no time of day was said.

        Without a day it is the next one after `now`. With a day it may be past ("today at nine").
        An ambiguous time is the sooner reading, but between midnight and 6 am only where `now` is;
        on another day than today it is from 7 am to 6:59 pm.
        """
        if self.after is not None:
            return now + self.after
        clock = self.clock or PARTS.get(self.part)
        if clock is None:
            return None
        if self.recurrence is not None:
            return self._next_of(self.recurrence, _guess(clock), now)
        if self.date is None:
            return _awake(clock, now).next_after(now)
        if clock.is_exact:
            return on_clock(self.date, clock, now)
        if self.date != now.date():
            return on_clock(self.date, _guess(clock), now)
        moments = [on_clock(self.date, one, now) for one in _awake(clock, now).readings()]
        return next((one for one in moments if one > now), moments[-1])

    @staticmethod
    def _next_of(recurrence: Recurrence, clock: Clock, now: datetime) -> datetime:
        found = on_clock(recurrence.next_day(now.date()), clock, now)
        if found > now:
            return found
        return on_clock(recurrence.next_day(now.date() + timedelta(days=1)), clock, now)


_HALVES = ("am", "pm")


def corrected_slots(slots: Mapping[str, Any], name: str, value: Any) -> dict[str, Any]:
    """`slots` with `value` for `name`, and without what it contradicts: of what was said of one
    moment the newest counts. "In ten minutes" ends "seven AM", "at eight" ends "in ten minutes"."""
    kept = {one: _beside(old, value) for one, old in slots.items() if one != name}
    return {**kept, name: value}


def _beside(old: Any, new: Any) -> Any:
    """What is left of the value `old` once `new` was said of the same moment."""
    is_part = isinstance(new, (Clock, date, Recurrence))
    if isinstance(old, Moment) and old.after is not None and is_part:
        left = dataclasses.replace(old, after=None)
        return None if left == Moment() else left
    if isinstance(new, Clock):
        return None if new.is_exact and old in _HALVES else old
    if not isinstance(new, Moment):
        return old
    tells_time, tells_day = new.has_time, new.date or new.recurrence or new.after
    if isinstance(old, Clock) or (isinstance(old, str) and old in _HALVES):
        return None if tells_time else old
    return None if isinstance(old, (date, Recurrence)) and tells_day else old


def on_clock(day: date, clock: Clock, now: datetime) -> datetime:
    """`clock` (exact) on `day` in the zone of `now`.

    `datetime.now().astimezone()` has a fixed offset, which a change to summer time makes wrong;
    where that is the system's own, the system is asked for the offset of that day.
    """
    moment = datetime.combine(day, time(clock.hour, clock.minute))
    return moment.astimezone() if _is_systems(now) else moment.replace(tzinfo=now.tzinfo)


def as_local(moment: datetime, now: datetime) -> datetime:
    """`moment`, of any zone, in the zone of `now`, with the same care as `on_clock`."""
    return moment.astimezone() if _is_systems(now) else moment.astimezone(now.tzinfo)


def _is_systems(now: datetime) -> bool:
    is_fixed = type(now.tzinfo) is timezone
    return is_fixed and now.astimezone().utcoffset() == now.utcoffset()


def _guess(clock: Clock) -> Clock:
    """The reading of an ambiguous time from 7 am to 6:59 pm."""
    return clock.in_half("am" if _EARLIEST_GUESS <= clock.hour < 12 else "pm")


def _awake(clock: Clock, now: datetime) -> Clock:
    """An ambiguous time that would be in the night is by day, unless it is night now."""
    is_night = now.hour < _NIGHT_ENDS
    return clock if is_night or clock.hour % 12 >= _NIGHT_ENDS else clock.in_half("pm")
