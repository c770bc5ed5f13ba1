"""Lengths of time between words and seconds: "two and a half minutes" is 150.

Reads canonical words (`normalise`), in which numbers are digits. Knows nothing of
timers or of clocks. Pure.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal

LONGEST_S = 366 * 86_400
_MOST_HOURS = 100
"""More hours than this are a riddle and no wait."""
_UNIT_S = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "fortnight": 1_209_600,
}  # fmt: skip
_FRACTIONS = {
    "half": 0.5, "quarter": 0.25, "3 quarters": 0.75, "3 quarter": 0.75, "third": 1 / 3,
}  # fmt: skip
_MORE = r"half|quarter|3 quarters?"
_AMOUNT = (
    rf"(?:(?P<number>\d+(?:\.\d+)?)(?: and (?:a )?(?P<with>{_MORE}))?"
    r"|(?P<hundred>a hundred)(?:(?: and)? (?P<beyond>[1-9]\d?))?"
    rf"|(?P<article>an?)(?: and (?:a )?(?P<article_with>{_MORE}))?"
    r"|(?P<couple>a couple(?: of)?)"
    r"|(?P<fraction>half(?: of)?|a half|a quarter of|quarter of|3 quarters of)(?: an?)?)"
)
_PART = re.compile(
    rf"(?<!\S){_AMOUNT} (?P<unit>{'|'.join(_UNIT_S)})s?"
    rf"(?: and (?:a )?(?P<after>{_MORE})(?! (?:of )?an? ))?(?!\S)"
)
_JOINT = re.compile(r" (?:and )?")
_BARE_REST = re.compile(rf"(\d+)(?!\S)(?! (?:{'|'.join(_UNIT_S)}|and))")


def find_duration(words: str) -> tuple[int, str] | None:
    """The length in `words` in whole seconds, and the words without it ("#" in its place).

    Parts that follow each other are summed ("1 hour and 20 minutes"); None when there is no
    length, when it is zero or longer than `LONGEST_S`.
    """
    found = _PART.search(words)
    if found is None:
        return None
    length = read_duration(words, found.start())
    if length is None:
        return None
    return length[0], f"{words[: found.start()]}#{words[length[1] :]}"


def names_duration(words: str) -> bool:
    """True when a length stands anywhere in `words`, be it one that is too long."""
    return _PART.search(words) is not None


def read_duration(words: str, start: int = 0) -> tuple[int, int] | None:
    """The length that begins at the character `start`, in whole seconds, and where it ends."""
    found = _PART.match(words, start)
    seconds, smallest, end = 0.0, 2 * _UNIT_S["fortnight"], start
    while found is not None:
        unit = _UNIT_S[found["unit"]]
        if unit >= smallest or (unit == 3600 and float(found["number"] or 0) > _MOST_HOURS):
            return None
        seconds, smallest, end = seconds + _amount(found) * unit, unit, found.end()
        joint = _JOINT.match(words, end)
        at = joint.end() if joint else end
        found = _PART.match(words, at)
        is_timed = smallest in (60, 3600) and joint is not None
        rest = _BARE_REST.match(words, at) if found is None and is_timed else None
        if rest and int(rest[1]) < 60:
            seconds, end = seconds + int(rest[1]) * smallest / 60, rest.end()
    whole = round(seconds)
    return (whole, end) if 0 < whole <= LONGEST_S else None


def _amount(found: re.Match[str]) -> float:
    extra = found["with"] or found["article_with"] or found["after"]
    value = _FRACTIONS[extra] if extra else 0.0
    if found["number"]:
        return value + float(found["number"])
    if found["hundred"]:
        return value + 100 + float(found["beyond"] or 0)
    if found["couple"]:
        return value + 2
    if found["fraction"]:
        name = re.sub(r"^a | of$", "", found["fraction"])
        return value + _FRACTIONS[name]
    return value + 1


def parts_of(seconds: int) -> list[tuple[int, str]]:
    """The units that are not zero: 3690 is [(1, "hour"), (1, "minute"), (30, "second")].

    Weeks only alone; days alone or from two days on, so that 36 hours stay hours.
    """
    weeks, rest = divmod(seconds, _UNIT_S["week"])
    if weeks and not rest:
        return [(weeks, "week")]
    days, rest = divmod(seconds, _UNIT_S["day"])
    if rest and days < 2:
        days, rest = 0, seconds
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    named = ((days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
    return [(count, unit) for count, unit in named if count]


def say_duration(seconds: int) -> str:
    """A length as it is spoken: "one hour and twenty minutes"."""
    parts = [f"{cardinal(n)} {unit}{'' if n == 1 else 's'}" for n, unit in parts_of(seconds)]
    if not parts:
        return "no time"
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def name_duration(seconds: int) -> str:
    """A length before a noun, as people name a timer: "five minute", "ninety second", "two and a
    half minute", "one hour twenty minute"."""
    if seconds < 120:
        return f"{cardinal(seconds)} second" if seconds != 60 else "one minute"
    if seconds < 3600 and seconds % 60 == 30:
        return f"{cardinal(seconds // 60)} and a half minute"
    return " ".join(f"{cardinal(n)} {unit}" for n, unit in parts_of(seconds))
