"""Weeks, leap years, lengths of months, the next day or month, the change of clocks. Pure."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import UTC, timedelta
from typing import Literal

from assistant.language.en.clock import say_time
from assistant.language.en.dates import MONTHS, WEEKDAYS, say_date
from assistant.language.en.numbers import cardinal, year
from assistant.language.slots import Clock, on_clock
from assistant.talk.flow import flow
from assistant.talk.tool import Here

Month = Literal[
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
]  # fmt: skip
Named = Literal[
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday",
]  # fmt: skip


@flow(
    "[what is|tell me] (the (time and [the] date|date and [the] time|day and [the] time))",
    "(what is|tell me) (todays date|the date today) and [the] time",
    "what (time and date|date and time|day and time|time and day|time and what day) is it",
    "what time is it and what (day|date) is it",
    "what (day|date) is it and what time is it",
    name="time.and_date",
    examples=["what is the date and time", "what time and day is it", "tell me the time and date"],
)
def both(here: Here) -> str:
    """Tell the time and the date."""
    return f"It's {say_time(here.now)} on {say_date(here.now.date())}."


@flow(
    "what time (is it|will it be|is it going to be|would it be) (in|after) {length}",
    "what time will it be {length} from now",
    "what (will|would) the time be in {length}",
    name="time.after",
    examples=["what time will it be in ninety minutes", "what time is it in half an hour"],
)
def later(here: Here, length: timedelta | None = None) -> str | None:
    """Tell the time after a while."""
    return None if length is None else f"It will be {_clock(here, length)}."


@flow(
    "what time was it {length} (ago|before)",
    "what was the time {length} ago",
    name="time.before",
    examples=["what time was it three hours ago"],
)
def earlier(here: Here, length: timedelta | None = None) -> str | None:
    """Tell what the time was."""
    return None if length is None else f"It was {_clock(here, -length)}."


def _clock(here: Here, by: timedelta) -> str:
    at = (here.now.astimezone(UTC) + by).astimezone(here.now.tzinfo)
    day = "" if at.date() == here.now.date() else f" on {say_date(at.date())}"
    return f"{say_time(at)}{day}"


@flow(
    "(what|which) [calendar] week [number|of the year] (is it|are we in|is this) [now|today]",
    "(what is|tell me) the [current|calendar] week number",
    "what number week (is it|is this)",
    name="date.week",
    examples=["what week is it", "which calendar week are we in", "what week of the year is it"],
)
def week(here: Here) -> str:
    """Tell the number of the week (ISO 8601: the first has the year's first Thursday)."""
    return f"It's week {cardinal(here.now.isocalendar().week)}."


@flow(
    "is (this|it|this year|the current year|{number}) a leap year",
    "is this year a leap year",
    "(was|will) {number} [be] a leap year",
    "is {number} a leap year",
    "when is the (next|coming) leap year",
    name="date.leap",
    examples=["is it a leap year", "was 1900 a leap year", "when is the next leap year"],
)
def leap(here: Here, number: int | None = None) -> str | None:
    """Tell whether a year is a leap year, and which is the next."""
    now = here.now.year
    if number is None and "when" in here.request.words.split():
        return (
            f"The next leap year is {year(next(y for y in range(now + 1, now + 9) if isleap(y)))}."
        )
    asked = now if number is None else number
    if not 1 <= asked <= 9999:
        return None
    verb = "was" if asked < now else "is"
    is_leap = isleap(asked)
    said = f"{year(asked)} {verb} {'a' if is_leap else 'not a'} leap year"
    return f"{'Yes' if is_leap else 'No'}, {said}."


@flow(
    "how many days (are|are there) in [the month of] {month}",
    "how many days (does|has) [the month of] {month} [have|got]",
    "how many days in [the month of] {month}",
    "how (long|many days long) is the month of {month}",
    name="date.month",
    examples=["how many days are in february", "how many days does june have"],
)
def month_length(here: Here, month: Month | None = None) -> str | None:
    """Tell how many days a month has."""
    if month is None:
        return None
    days = monthrange(here.now.year, MONTHS.index(month) + 1)[1]
    when = " this year" if month == "february" else ""
    return f"{month.capitalize()} has {cardinal(days)} days{when}."


@flow(
    "(what|which) (day|month|weekday) (comes|is|follows) [right|directly] (after|before) {name}",
    "what (comes|follows) [right|directly] (after|before) {name}",
    name="date.neighbour",
    examples=["what day comes after friday", "which month is before august"],
)
def neighbour(here: Here, name: Named | None = None) -> str | None:
    """Tell the day or month next to another."""
    if name is None:
        return None
    row = WEEKDAYS if name in WEEKDAYS else MONTHS
    way = "before" if "before" in here.request.words.split() else "after"
    found = row[(row.index(name) + (1 if way == "after" else -1)) % len(row)]
    return f"{found.capitalize()} comes {way} {name.capitalize()}."


_ENDS = frozenset(("end", "over", "back", "backward"))
_BEGINS = frozenset(("start", "begin", "forward", "forwards"))


@flow(
    "when (do|will|are) [the|our] clocks (change|go forward|go back|go forwards|changing)"
    " [next|again|this year]",
    "when (does|is|will) (daylight saving|daylight savings|daylight saving time"
    "|daylight savings time|summer time|winter time) [start|begin|end|over|change]",
    "when is the [next] (time change|clock change)",
    "when do we (change|turn|set) the clocks [forward|back] [next|again]",
    name="time.change",
    examples=["when do the clocks change", "when does daylight saving time end"],
)
def clock_change(here: Here) -> str:
    """Tell when the clocks are changed next."""
    said = set(here.request.words.split())
    wanted = "back" if said & _ENDS else "forward" if said & _BEGINS else ""
    today = here.now.date()
    before = on_clock(today, Clock(12), here.now).utcoffset() or timedelta()
    for ahead in range(1, 370):
        day = today + timedelta(days=ahead)
        after = on_clock(day, Clock(12), here.now).utcoffset() or timedelta()
        way = "" if after == before else "forward" if after > before else "back"
        if way and wanted in ("", way):
            return f"The clocks go {way} on {say_date(day)}."
        before = after
    return "The clocks are not changed here."
