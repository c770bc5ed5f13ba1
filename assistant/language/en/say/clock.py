"""Times of day: "9:30am", "9-5 p.m.", "14:05".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal
from assistant.language.en.say.parts import DASH
from assistant.language.en.say.spans import DIGIT, Recogniser

_TIME = r"(?P<h{0}>[01]?\d|2[0-4])(?:[:.](?P<m{0}>[0-5]\d))?"
_COLON = r"(?P<h{0}>[01]?\d|2[0-4]):(?P<m{0}>[0-5]\d)"
_HALF_OF = r"(?:\s?(?P<p{0}>[AaPp]\.?\s?[Mm])\b)"
_START = r"(?<![\w.:/$€£-])"
_END = r"(?![\w:/])(?!\.\d)"
_STOP = (
    r"(?:\.(?=\s+(?:[a-z0-9(]|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|[ECMP][SD]?T\b|A[EC][SD]T|CES?T|BST|IST|JST|GMT|UTC))"
    r"|[,;:)]|\s?[-–—]))?"
)
"""The last dot of "a.m.", unless it may end the sentence as well."""


def _half(text: str | None) -> str:
    return f" {'AM' if text[0] in 'Aa' else 'PM'}" if text else ""


def _time(hour: str, minute: str | None, half: str) -> str:
    """The words of one time; an exact hour without its half of the day is an "o'clock"."""
    number = int(hour)
    if minute == "00" and number in (0, 24) and not half:
        return "midnight"
    if minute is None:
        return cardinal(number) + half
    low = int(minute)
    if low == 0:
        if half:
            return cardinal(number) + half
        return f"{cardinal(number)} {'o’clock' if 1 <= number <= 12 else 'hundred hours'}"
    return f"{cardinal(number)} {'oh ' if low < 10 else ''}{cardinal(low)}{half}"


def _one(found: re.Match[str]) -> str:
    return _time(found["h1"], found["m1"], _half(found["p1"]))


def _range(found: re.Match[str]) -> str:
    first = _time(found["h1"], found["m1"], _half(found["p1"]))
    return f"{first} to {_time(found['h2'], found['m2'], _half(found['p2']))}"


def _bare_range(found: re.Match[str]) -> str:
    first = _time(found["h1"], found["m1"], "")
    return f"{first} to {_time(found['h2'], found['m2'], '')}"


def _seconds(found: re.Match[str]) -> str | None:
    hour, minute, second = (int(found[n]) for n in (1, 2, 3))
    is_lapse = found[1] == "00" and (minute or second)  # "00:05:00"
    if (
        is_lapse or hour > 24 or (hour < 10 and len(found[1]) == 1)
    ):  # "1:23:45" is how long something took
        named = ((hour, "hour"), (minute, "minute"), (second, "second"))
        parts = [f"{cardinal(n)} {name}{'' if n == 1 else 's'}" for n, name in named if n]
        return " ".join([*parts[:-1], "and", parts[-1]]) if len(parts) > 1 else "".join(parts)
    if second == 0:
        return _time(found[1], found[2], "")
    said = f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"
    return f"{said} and {cardinal(second)} second{'' if second == 1 else 's'}"


def _hour_of_war(found: re.Match[str]) -> str:
    hour, minute = found[1], found[2]
    said = f"zero {cardinal(int(hour[1]))}" if hour[0] == "0" else cardinal(int(hour))
    if minute == "00":
        return f"{said} hundred hours"
    return f"{said} {'oh ' if minute[0] == '0' else ''}{cardinal(int(minute))} hours"


def _of(pattern: str, number: int) -> str:
    return pattern.format(number).replace("{{", "{").replace("}}", "}")


CLOCK = (
    Recogniser(
        "clock",
        _START + _of(_TIME, 1) + rf"(?:{_of(_HALF_OF, 1)}\.?)?(?:{DASH}|\s(?=to\s)to\s)"
        + _of(_TIME, 2) + _of(_HALF_OF, 2) + _STOP,
        _range,
        needs=DIGIT,
    ),
    Recogniser(
        "clock",
        _START + _of(_TIME, 1) + _of(_HALF_OF, 1) + r"\.?" + DASH + _of(_TIME, 2)
        + r"(?P<p2>(?!))?" + _END,
        _range,
        needs=DIGIT,
    ),
    Recogniser(
        "clock",
        _START + _of(_TIME, 1) + _of(_HALF_OF, 1) + r"\.?" + DASH + r"(?=(?:noon|midnight)\b)",
        lambda found: f"{_one(found)} to ",
        needs=DIGIT,
    ),
    Recogniser(
        "clock",
        _START + _of(_COLON, 1) + DASH + _of(_COLON, 2) + _END,
        _bare_range,
        needs=":",
    ),
    Recogniser(
        "clock",
        _START + _of(_TIME, 1) + _of(_HALF_OF, 1) + _STOP,
        _one,
        needs=DIGIT,
    ),
    Recogniser("clock", _START + r"(\d{1,2}):([0-5]\d):([0-5]\d)" + _END, _seconds, needs=":"),
    Recogniser("clock", _START + r"([01]\d|2[0-3])([0-5]\d)\s?(?:hours|hrs\.?|h)\b", _hour_of_war,
               needs=DIGIT),
    Recogniser(
        "clock",
        _START + _of(_COLON, 1) + r"(?P<p1>(?!))?" + _END,
        _one,
        needs=":",
    ),
)  # fmt: skip
