"""What a slot of a template or an open question can hold, and how its words are read.

A kind belongs to a Python type: `timedelta` a length, `date` a day, `Clock` a time of day,
`datetime` a moment, `int` and `float` numbers, `bool` yes or no, `str` any words, `Literal[...]`
one of some words. The kinds of a language are in its folder (`language/en/slots.py`). Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

Parse = Callable[[str, datetime], Any]
"""`parse(words, now)` gives the value of canonical words that are nothing else, or None."""
Find = Callable[[str, datetime], "tuple[Any, str] | None"]
"""`find(words, now)` gives the value that stands somewhere in canonical words, and the words
without it; None without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotKind:
    """One kind of value. `pattern` is a regular expression for its canonical words, each with a
    blank after it, without a group; `parse` decides, so that the pattern may take too much."""

    name: str
    pattern: str
    parse: Parse
    find: Find


@dataclass(frozen=True, slots=True, order=True)
class Clock:
    """A time of day as it was said. `is_exact` is False when it may be in either half of the day
    ("at seven"); `hour` is then 1 to 12, else 0 to 23."""

    hour: int
    minute: int = 0
    is_exact: bool = True

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
            moment = datetime.combine(now.date(), time(one.hour, one.minute), now.tzinfo)
            found.append(moment if moment > now else moment + timedelta(days=1))
        return min(found)
