"""The time of day between words and values, and as an answer. Knows no zone but the laptop's. Pure.

A question is understood only when every one of its words is known, so that "what time is it in
Tokyo" and "what year was the war" are left to others.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from assistant.language.en.numbers import cardinal, ordinal, year
from assistant.language.slots import Clock

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
_DOINGS = frozenset("on do have got to for calendar".split())
""" "What is on tomorrow" asks for something else than the day."""
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
    if "week" in said and "day" not in said:
        return None  # the number of the week is another question
    joined = words.replace("todays", "today").replace("tomorrows", "tomorrow")
    joined = joined.replace("yesterdays", "yesterday")
    when = next((day for day in _DAYS if day in joined), "")
    things = joined.replace(when, "") if when else joined
    thing = next((one for one in _DATE_THINGS if one in things.split()), "")
    if not thing and (not (when and said & {"what", "which"}) or said & _DOINGS):
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


# -- from words ----------------------------------------------------------------------------------

_HALF = (
    r"(?: (?P<half>am|pm|a m|p m|in the (?:early )?morning|in the afternoon|in the evening"
    r"|at night))?"
)
_STEP = r"(?:an? )?quarter|[1-5]?\d(?: minutes?)?"
_HOUR = r"(?P<hour>2[0-4]|[01]?\d)"
_CLOCKS = tuple(
    re.compile(rf"{notation}{_HALF}(?: (?:sharp|exactly|precisely|on the dot))?(?!\S)")
    for notation in (
        r"(?:12 )?(?P<name>noon|midday|midnight)",
        rf"{_HOUR}(?::| )(?P<minute>[0-5]\d)(?: hours)?",
        rf"{_HOUR} (?:oh|o|0) (?P<minute>[1-9])",
        rf"{_HOUR}(?: oclock| o clock| hours)?",
        rf"{_HOUR}(?P<minute>[0-5]\d)(?: hours)?",
        rf"(?P<past>half|{_STEP}) (?:past|after) {_HOUR}(?: oclock)?",
        rf"(?P<to>{_STEP}) (?:to|before|until|of) {_HOUR}(?: oclock)?",
        rf"(?P<past>half) {_HOUR}",
    )
)
_PREFIX = re.compile(r"(?:(?:at|by|for|around|about|exactly|until|from|before) )*")
_SURE = re.compile(
    r"\b(?:noon|midday|midnight|oclock|o clock|am|pm|a m|p m|past|quarter|in the|at night)\b|:"
)
_LED = re.compile(r"(?:^|\s)(?:at|by|around|about|until|before|for|to|than) $")
_GOES_ON = re.compile(
    r"$| (?:on|at|in the|tomorrow|today|tonight|every|each|to|and|or|this|next|from|the day"
    r"|that|about|for"
    r"|please|with|called|named|instead|daily|weekdays|mornings?|afternoon|evening|night"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
)


def read_clock_at(words: str, start: int = 0) -> tuple[Clock, int] | None:
    """The time of day that begins at the character `start`, and where its words end; the longest
    form, without a word such as "at" before it."""
    best: tuple[Clock, int] | None = None
    for pattern in _CLOCKS:
        found = pattern.match(words, start)
        if found is not None and (best is None or found.end() > best[1]):
            clock = _clock(found)
            best = best if clock is None else (clock, found.end())
    return best


def read_clock(words: str) -> Clock | None:
    """The time of day that all of `words` say, with or without "at" before it."""
    led = _PREFIX.match(words)
    found = read_clock_at(words, led.end() if led else 0)
    return found[0] if found and found[1] == len(words) else None


def find_clock(words: str) -> tuple[Clock, int, int] | None:
    """The first time of day within `words`, and from where to where it stands with its "at".

    A plain number is one only after such a word, and only where it counts nothing: "for 2 people"
    is no time of day.
    """
    for start in (found.start() for found in re.finditer(r"\S+", words)):
        found = read_clock_at(words, start)
        if found is None:
            continue
        clock, end = found
        led = _LED.search(words[:start])
        is_plain = _SURE.search(words[start:end]) is None
        if is_plain and not (led and _GOES_ON.match(words, end)):
            continue
        return clock, start if led is None else led.start() + (words[led.start()] == " "), end
    return None


def _clock(found: re.Match[str]) -> Clock | None:
    parts = found.groupdict()
    half = _half(parts["half"] or "")
    if parts.get("name"):
        return Clock(0) if parts["name"] == "midnight" else Clock(12)
    hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
    shift = _minutes(parts.get("past") or "") - _minutes(parts.get("to") or "")
    is_day_long = hour > 12 or hour == 0 or (len(parts["hour"]) == 2 and parts["hour"][0] == "0")
    if hour == 24:
        hour = 0
    if is_day_long and (half or shift):
        return None
    total = (hour * 60 + minute + shift) % 1440
    if is_day_long:
        return Clock(*divmod(total, 60))
    hour, minute = divmod(total, 60)
    clock = Clock(hour % 12 or 12, minute, is_exact=False)
    return clock_in_part(clock, half) if half else clock


def _minutes(words: str) -> int:
    if not words:
        return 0
    if words == "half":
        return 30
    return 15 if "quarter" in words else int(words.split()[0])


def _half(words: str) -> str:
    return {"am": "morning", "a m": "morning", "pm": "pm", "p m": "pm"}.get(words) or (
        words.split()[-1] if words else ""
    )


def clock_in_part(clock: Clock, part: str) -> Clock:
    """An ambiguous time in a part of the day ("morning", "afternoon", "evening", "night", "pm"):
    twelve at night is midnight, and from one to four at night it is early."""
    if clock.is_exact:
        return clock
    if part == "morning":
        return clock.in_half("am")
    is_early = part == "night" and (clock.hour == 12 or clock.hour < 5)
    is_midnight = part == "evening" and clock.hour == 12
    return clock.in_half("am" if is_early or is_midnight else "pm")


# -- to words ------------------------------------------------------------------------------------


def say_clock(clock: Clock) -> str:
    """A time of day as it is spoken: "three twenty PM"; without its half when that is not known."""
    said = say_time(datetime(2000, 1, 1, clock.hour % 24, clock.minute))
    if clock.is_exact:
        return said
    return "twelve" if said == "noon" else said.removesuffix(" PM").removesuffix(" AM")


def _say_date(day: date, offset: int, thing: str) -> str:
    if thing == "month":
        return f"It's {day:%B}."
    if thing == "year":
        return f"It's {year(day.year)}."
    return f"{_SUBJECTS.get(offset, 'That was')} {day:%A}, {day:%B} {ordinal(day.day)}."
