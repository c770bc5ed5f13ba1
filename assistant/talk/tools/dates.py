"""Dates of days, weekdays of dates, holidays, and how long it is until or since one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from assistant.language.en.dates import WEEKDAY, WEEKDAYS, Anchor, read_date, say_date
from assistant.language.en.holidays import HOLIDAY, holiday_named
from assistant.talk.flow import flow
from assistant.talk.home import home_of
from assistant.talk.request import Request
from assistant.talk.tool import Here

_THING = r"(?P<thing>date|weekday|day of the week|day)"
_PLACE_IN_MONTH = rf"(?:first|second|third|fourth|fifth|last) {WEEKDAY}"
_TAIL = (
    r"(?: (?:be|going to be|fall|falls|fall on|falls on|land on|lands on|on))*"
    r"(?P<when> (?:this|next|last) year)?"
)
_ASKED = tuple(
    re.compile(rf"(?:(?:please |and |so )?(?:tell me|say|do you know|know) )?{notation}")
    for notation in (
        rf"(?:on )?(?:what|which) {_THING}(?: of the week| of the month)? "
        rf"(?P<verb>is|was|will|would|does|did|do we have|are)(?: it| the date)?"
        rf"(?: be| going to be)?(?: on| for)? (?P<rest>.+?){_TAIL}",
        rf"what (?P<verb>is|was|will|would)(?: be)? the {_THING}(?: be)?"
        rf"(?: (?:for|of|on|is|it is|be))* (?P<rest>.+)",
        rf"(?:give me |find |get )?(?:what )?the {_THING}(?: (?:for|of|on|is|it is))* (?P<rest>.+)",
        rf"(?:what|which) {_THING} (?P<rest>.+?) (?P<verb>is|was|will be|falls on|fell on){_TAIL}",
        rf"when (?P<verb>is|was|will|does|did)(?: be)? (?P<rest>.+?){_TAIL}",
        r"when (?P<rest>.+?) (?P<verb>is|was|will be)",
        rf"(?:what|which) (?P<verb>is|was) (?P<rest>the {_PLACE_IN_MONTH} .+)",
        r"what (?P<verb>is|was) (?P<rest>.+?)s (?P<thing>date)",
        r"(?P<thing>date|weekday|day of the week)(?: (?:for|of|on))* (?P<rest>.+)",
    )
)
_IS_IT = re.compile(
    rf"(?P<verb>is|was|will|does|did) (?P<rest>.+?) (?:be |fall |going to be )?(?:on )?a "
    rf"(?P<wanted>{WEEKDAY}|weekday|weekend)(?P<when> (?:this|next|last) year)?"
)
EXPLICIT = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
)
HOLIDAY_WORDS = re.compile(rf"(?<!\S)({HOLIDAY})(?!\S)")


def anchor(now: datetime, country: str, past: bool = False) -> Anchor:
    """From where a day is read."""
    return Anchor(today=now.date(), past=past, country=country)


def capital(text: str) -> str:
    """`text` with a capital at its head."""
    return text[:1].upper() + text[1:]


def wordings(request: Request) -> tuple[str, ...]:
    """The words of a request without their polite frame, then with it."""
    return tuple(dict.fromkeys((request.words, request.canonical)))


def _asked_day(request: Request) -> dict[str, str] | None:
    """The day that is asked for, as words: `rest`, with `thing` and `verb`."""
    for words in wordings(request):
        for pattern in _ASKED:
            found = pattern.fullmatch(words)
            if found is None:
                continue
            named = found.groupdict()
            rest = re.sub(r"^(?:of|on|for|it|the date of|the day of) ", "", named["rest"])
            rest += named.get("when") or ""
            if read_date(rest, anchor(request.now, "")) is not None:
                verb = named.get("verb") or ""
                return {"rest": rest, "thing": named.get("thing") or "", "verb": verb}
    return None


def _reads_holiday(request: Request) -> Mapping[str, Any] | None:
    asked = _asked_day(request)
    if asked is None or HOLIDAY_WORDS.search(asked["rest"]) is None or " of " in asked["rest"]:
        return None
    if re.match(r"(?:an?|the|\d+) (?:day|week)", asked["rest"]):
        return None
    return {"name": asked["rest"], "past": asked["verb"] in ("was", "did")}


@flow(
    name="holiday.when",
    reads=_reads_holiday,
    examples=[
        "what day is christmas",
        "when is easter this year",
        "what date is thanksgiving",
        "when was easter",
        "which day does halloween fall on",
        "tell me when mothers day is",
        "when is the next new years eve",
        "what day of the week is christmas eve",
        "on which day does valentines day fall next year",
        "when is good friday",
    ],
)
def holiday(here: Here, name: str | None = None, past: bool = False) -> str | None:
    """Tell the day of a holiday."""
    found = HOLIDAY_WORDS.search(name or "")
    country = home_of(here.services.config.place).country
    day = read_date(name or "", anchor(here.now, country, past))
    known = holiday_named(found[1], country) if found else None
    if day is None or known is None:
        return None
    today = here.now.date()
    if day == today:
        return f"{capital(known.name)} is today."
    said = say_date(day, with_year=day.year != today.year)
    if (day - today).days == 1:
        return f"{capital(known.name)} is tomorrow, {said}."
    return f"{capital(known.name)} {'is' if day > today else 'was'} on {said}."


def _reads_day(request: Request) -> Mapping[str, Any] | None:
    asked = _asked_day(request)
    if asked is None:
        return None
    past = asked["verb"] in ("was", "did")
    day = read_date(asked["rest"], anchor(request.now, "", past))
    if day is None:
        return None
    is_explicit = asked["thing"] != "date" and EXPLICIT.search(asked["rest"]) is not None
    return {"day": day, "as_weekday": is_explicit and bool(asked["thing"])}


@flow(
    name="date.of",
    reads=_reads_day,
    examples=[
        "what is the date next friday",
        "what day is the 24th of december",
        "what weekday was july 4 1976",
        "which day will it be in 3 weeks",
        "what is the date on monday",
        "tell me the date of the last friday this month",
        "what will the date be 90 days from today",
        "what date was it 2 weeks ago",
        "on what day of the week does june 3 fall",
        "what day was the first of january 2000",
    ],
)
def of_day(here: Here, day: date | None = None, as_weekday: bool = False) -> str | None:
    """Tell the date of a day, or the weekday of a date."""
    if day is None or "holiday" in here.request.words.split():
        return None
    today = here.now.date()
    if as_weekday:
        named = say_date(day, with_weekday=False, with_year=day.year != today.year)
        verb = "was" if day < today else "is"
        return f"{named} {verb} a {WEEKDAYS[day.weekday()].capitalize()}."
    if day == today:
        return f"That's today, {say_date(day)}."
    verb = "That will be" if day > today else "That was"
    return f"{verb} {say_date(day, with_year=day.year != today.year)}."


def _reads_is_it(request: Request) -> Mapping[str, Any] | None:
    for words in wordings(request):
        found = _IS_IT.fullmatch(words)
        if found is None:
            continue
        rest = f"{found['rest']}{found['when'] or ''}"
        day = read_date(rest, anchor(request.now, "", found["verb"] in ("was", "did")))
        if day is not None:
            return {"day": day, "wanted": found["wanted"]}
    return None


@flow(
    name="date.is",
    reads=_reads_is_it,
    examples=[
        "is christmas a friday this year",
        "is the first of may a weekday",
        "will june 3 be a sunday",
        "was july 4 1976 a sunday",
        "does new years eve fall on a saturday",
    ],
)
def is_weekday(here: Here, day: date | None = None, wanted: str = "") -> str | None:
    """Tell whether a date is a certain weekday."""
    if day is None or not wanted:
        return None
    place = day.weekday()
    fits = {"weekday": place < 5, "weekend": place >= 5}.get(wanted, wanted == WEEKDAYS[place])
    verb = "it was" if day < here.now.date() else "it's"
    said = say_date(day, with_year=day.year != here.now.year)
    return f"{'Yes' if fits else 'No'}, {verb} {said}."
