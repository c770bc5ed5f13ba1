"""The time and the date as answers to canonical words. Knows no time zone but the laptop's. Pure.

A question is understood only when every one of its words is known, so that "what time is it in
Tokyo" and "what year was the war" are left to others.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from assistant.language.en.numbers import cardinal, ordinal, year

_ASKING = frozenset("what which tell give show do have read check know how say".split())
_TIME_WORDS = _ASKING | frozenset(
    (
        "the time hour is it me now right current exact exactly local here of day you got we "
        "clock late already does currently please that a my i need want to get see at moment"
    ).split()
)
_POINTING = frozenset("the it you we current exact local".split())
_DATE_THINGS = ("weekday", "date", "month", "year", "day")
_DATE_WORDS = _ASKING | frozenset(
    (
        "the is it me now right current exact today todays tomorrow tomorrows yesterday "
        "yesterdays date day days weekday month year week of was will be are we on in full "
        "calendar currently that a before after for you i need want to get here"
    ).split()
)
_DAYS = {
    "day after tomorrow": 2, "day before yesterday": -2, "tomorrow": 1, "yesterday": -1,
    "today": 0,
}  # fmt: skip
_SUBJECTS = {0: "Today is", 1: "Tomorrow is", -1: "Yesterday was", 2: "That will be"}


def answer_time(words: str, now: datetime) -> str | None:
    """The spoken answer when `words` ask for the time of day here and for nothing else."""
    said = set(words.split())
    if not said <= _TIME_WORDS:
        return None
    asks_clock = "clock" in said and bool(said & {"say", "show", "read"})
    asks_late = {"how", "late", "is", "it"} <= said
    asks_time = bool(said & {"time", "hour"}) and bool(said & _POINTING)
    asks_me = "how" in said and "late" not in said
    if asks_me or not (asks_clock or asks_late or asks_time):
        return None
    return f"It's {say_time(now)}."


def answer_date(words: str, today: date) -> str | None:
    """The spoken answer when `words` ask for a day, date, month or year near today."""
    said = set(words.split())
    if not said <= _DATE_WORDS or "how" in said or (not said & _ASKING and "date" not in said):
        return None
    joined = words.replace("todays", "today").replace("tomorrows", "tomorrow")
    joined = joined.replace("yesterdays", "yesterday")
    when = next((day for day in _DAYS if day in joined), "")
    things = joined.replace(when, "") if when else joined
    thing = next((one for one in _DATE_THINGS if one in things.split()), "")
    if not thing and not (when and said & {"what", "which"}):
        return None
    if (thing == "day" and "year" in things.split()) or (words in _DATE_WORDS and words != "date"):
        return None
    if not when and said & {"was", "that"} == {"was", "that"}:
        return None  # "in which year was that" asks of what was talked about
    offset = _DAYS.get(when, 0)
    return _say_date(today + timedelta(days=offset), offset, thing)


def say_time(moment: datetime) -> str:
    """A time of day as it is spoken: "three twenty PM", "noon", "eight oh five AM"."""
    if moment.minute == 0 and moment.hour % 12 == 0:
        return "noon" if moment.hour else "midnight"
    half = "AM" if moment.hour < 12 else "PM"
    hour = cardinal(moment.hour % 12 or 12)
    if moment.minute == 0:
        return f"{hour} {half}"
    minute = f"{'oh ' if moment.minute < 10 else ''}{cardinal(moment.minute)}"
    return f"{hour} {minute} {half}"


def _say_date(day: date, offset: int, thing: str) -> str:
    if thing == "month":
        return f"It's {day:%B}."
    if thing == "year":
        return f"It's {year(day.year)}."
    return f"{_SUBJECTS.get(offset, 'That was')} {day:%A}, {day:%B} {ordinal(day.day)}."
