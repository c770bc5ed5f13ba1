"""How long it is until a day or a time, since one, or between two. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

from assistant.language.en.clock import say_clock
from assistant.language.en.dates import WEEKDAY, Anchor, months_on, read_date
from assistant.language.en.durations import say_duration
from assistant.language.en.holidays import holiday_named
from assistant.language.en.moments import read_moment, say_day
from assistant.language.en.numbers import cardinal, ordinal, year
from assistant.language.slots import Clock, on_clock
from assistant.talk.flow import flow
from assistant.talk.home import home_of
from assistant.talk.request import Request
from assistant.talk.tool import Here
from assistant.talk.tools.dates import EXPLICIT, HOLIDAY_WORDS, anchor, capital, wordings

Unit = Literal["day", "night", "sleep", "week", "month", "hour", "minute", "second"]
_UNIT = r"(?P<unit>day|night|sleep|week|month|hour|minute|second)s?"
_FILL = (
    r"(?: (?:are|is|it|there|we|i|do|have|got|left|more|to go|still|now|from now|from today|time"
    r"|remain|remaining|exactly|away|will it be|does it take|it is))*"
)
_UNTIL = tuple(
    re.compile(rf"(?:(?:tell me|do you know|calculate|count) )?{notation}")
    for notation in (
        rf"how (?:many {_UNIT}|long|much time|much longer){_FILL} (?:until|to|before) (?P<rest>.+)",
        rf"(?:the )?(?:number of )?{_UNIT} (?:left )?(?:until|to|before) (?P<rest>.+)",
        rf"how (?:many {_UNIT}|far|long) (?:away|off) (?:is|are) (?P<rest>.+)",
        r"how far (?:is|are) (?P<rest>.+) (?:away|off)",
        r"(?:a )?countdown (?:to|for|until) (?P<rest>.+)",
    )
)
_SINCE = tuple(
    re.compile(rf"(?:(?:tell me|do you know|calculate) )?{notation}")
    for notation in (
        rf"how (?:many {_UNIT}|long)(?: (?:has it been|is it|have passed|passed|have gone by"
        r"|it has been|ago|it is|has passed|are there))* since (?P<rest>.+)",
        rf"how (?:many {_UNIT}|long) ago (?:was|is|were) (?P<rest>.+)",
    )
)
_BETWEEN = re.compile(
    rf"how (?:many {_UNIT}|long)(?: (?:are there|is it|are|is|lie|there are))* "
    r"(?:between|from) (?P<rest>.+)"
)
_LEFT = re.compile(
    rf"how (?:many {_UNIT}|much time|much)(?: (?:are|is|there|do we have|still))*"
    r"(?: (?:left|remaining|remain|to go))*(?: (?:are|is|there))*(?: (?:in|of))? (?:the|this) "
    r"(?P<period>year|month|week)(?: (?:left|remaining))?"
)
_NOT_A_GOAL = re.compile(r"^(?:it is|we reach|we have|the next|the start of|it will be) ")


def _reads_until(request: Request) -> Mapping[str, Any] | None:
    for words in wordings(request):
        if not words.startswith(
            ("how ", "tell ", "do you", "calc", "count", "the ", "a ", "day", "week")
        ):
            continue
        found = _reads_left(words, request) or _reads_between(words, request)
        if found is not None:
            return found
        for patterns, past in ((_UNTIL, False), (_SINCE, True)):
            for pattern in patterns:
                asked = pattern.fullmatch(words)
                goal = None if asked is None else _goal(asked["rest"], request.now, past)
                if asked is not None and goal is not None:
                    return {**goal, "unit": asked.groupdict().get("unit"), "past": past}
    return None


def _goal(words: str, now: datetime, past: bool) -> dict[str, Any] | None:
    """The day or moment that is waited for, with its words."""
    for rest in dict.fromkeys((words, _NOT_A_GOAL.sub("", words))):
        if read_date(rest, anchor(now, "", past)) is not None:
            return {"name": rest}
        moment = None if past else read_moment(rest, now)
        at = None if moment is None else moment.resolve(now)
        if moment is not None and moment.clock is not None and at is not None:
            return {"moment": at, "has_day": moment.date is not None}
    return None


def _reads_between(words: str, request: Request) -> Mapping[str, Any] | None:
    found = _BETWEEN.fullmatch(words)
    if found is None:
        return None
    for cut in re.finditer(r" (?:and|to|until) ", found["rest"]):
        first = read_date(found["rest"][: cut.start()], anchor(request.now, ""))
        later = found["rest"][cut.end() :]
        second = None if first is None else read_date(later, Anchor(today=first))
        if first is not None and second is not None:
            return {"start": first, "day": second, "unit": found["unit"]}
    return None


def _reads_left(words: str, request: Request) -> Mapping[str, Any] | None:
    found = _LEFT.fullmatch(words)
    if found is None:
        return None
    today = request.now.date()
    if found["period"] == "week":
        end = today + timedelta(days=6 - today.weekday())
    elif found["period"] == "month":
        end = months_on(today.replace(day=1), 1) - timedelta(days=1)
    else:
        end = date(today.year, 12, 31)
    return {"day": end, "unit": found["unit"], "period": found["period"]}


@flow(
    name="date.until",
    reads=_reads_until,
    examples=[
        "how many days until christmas",
        "how long until 5 pm",
        "how many weeks are left before easter",
        "how long is it until friday",
        "how many hours until midnight",
        "how many days since new year",
        "how long ago was easter",
        "how many days are left in this year",
        "how many days are there between march first and june third",
        "how far away is halloween",
        "how many sleeps until christmas",
    ],
)
def until(
    here: Here,
    name: str = "",
    day: date | None = None,
    start: date | None = None,
    moment: datetime | None = None,
    unit: Unit | None = None,
    period: str = "",
    past: bool = False,
    has_day: bool = False,
) -> str | None:
    """Tell how long it is until a day or a time, or since one."""
    now, today = here.now, here.now.date()
    if moment is not None:
        return _until_moment(moment, now, unit, has_day)
    if name:
        country = home_of(here.services.config.place).country
        day = read_date(name, anchor(now, country, past))
    if day is None:
        return None
    if start is not None and start != day:
        first, last = sorted((start, day))
        return f"{capital(_span(first, last, unit))}."
    if period:
        return f"{capital(_span(today, day, unit))} left in this {period}."
    subject = _subject(name, day, today)
    if day == today:
        return f"{capital(subject)} is today."
    if day < today:
        return f"It's been {_span(day, today, unit)} since {subject}."
    if unit in ("hour", "minute", "second"):
        return _until_moment(on_clock(day, Clock(0), now), now, unit, False, subject)
    return f"It's {_span(today, day, unit)} until {subject}."


def _subject(name: str, day: date, today: date) -> str:
    found = HOLIDAY_WORDS.search(name)
    known = holiday_named(found[1]) if found else None
    if known is not None and found is not None and found[0] == name:
        return known.name
    if "end of" in name:
        return f"the {name.removeprefix('the ')}"
    if re.fullmatch(rf"(?:next )?{WEEKDAY}", name) or not EXPLICIT.search(name):
        return say_day(day, today).removeprefix("on ")
    said = f"{day:%B} {ordinal(day.day)}"
    return f"{said}, {year(day.year)}" if day.year != today.year else said


def _span(first: date, last: date, unit: str | None) -> str:
    """The days between two dates in words, in weeks or months where these are asked for."""
    days = (last - first).days
    if unit == "week" and days >= 7:
        weeks, rest = divmod(days, 7)
        return _joined((weeks, "week"), (rest, "day"))
    if unit == "month":
        months = 0
        while months_on(first, months + 1) <= last:
            months += 1
        if months:
            return _joined((months, "month"), ((last - months_on(first, months)).days, "day"))
    if unit in ("hour", "minute", "second"):
        per_day = {"hour": 24, "minute": 1440, "second": 86_400}[unit]
        return _joined((days * per_day, unit))
    return _joined((days, unit if unit in ("night", "sleep") else "day"))


def _joined(*parts: tuple[int, str]) -> str:
    said = [f"{cardinal(n)} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n]
    return " and ".join(said) or "no days"


def _until_moment(
    moment: datetime, now: datetime, unit: str | None, has_day: bool, subject: str = ""
) -> str:
    seconds = round((moment - now).total_seconds())
    if not subject:
        subject = say_clock(Clock(moment.hour, moment.minute))
        if has_day and moment.date() != now.date():
            subject = f"{say_day(moment.date(), now.date()).removeprefix('on ')} at {subject}"
    minutes = -(-abs(seconds) // 60)
    if unit == "hour" and minutes >= 2880:
        return f"It's about {_joined((round(minutes / 60), 'hour'))} until {subject}."
    if unit == "second":
        length = _joined((abs(seconds), "second"))
    elif unit == "minute":
        length = _joined((minutes, "minute"))
    elif unit == "hour" and minutes >= 60:
        length = _joined((minutes // 60, "hour"), (minutes % 60, "minute"))
    else:
        length = say_duration(minutes * 60)
    if seconds < 0:
        return f"That was {length} ago."
    if not minutes:
        return f"It's {subject} now."
    return f"It's {length} until {subject}."
