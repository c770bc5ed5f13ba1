"""Dates: "2025-05-17", "5/17/25", "May 17-19, 2025", "17 May", "Mon, Mar 3"; decades; weekdays.

A date in figures has the month first, as in the USA, unless that cannot be. Pure; any thread.
"""

from __future__ import annotations

import re
from calendar import monthrange

from assistant.language.en.dates import MONTHS, WEEKDAYS
from assistant.language.en.numbers import cardinal, ordinal, year
from assistant.language.en.say.parts import DASH
from assistant.language.en.say.spans import DIGIT, Recogniser

_MONTHS = [name.capitalize() for name in MONTHS]
_SHORT = {name[:3]: name for name in _MONTHS} | {"Sept": "September"}
_DAYS = {name[:3].capitalize(): name.capitalize() for name in WEEKDAYS} | {
    "Tues": "Tuesday", "Wednes": "Wednesday", "Thur": "Thursday", "Thurs": "Thursday",
}  # fmt: skip
_SHORT_NAMES = "|".join(["Sept", *(name[:3] for name in _MONTHS if name != "May")])
_MONTH = rf"(?P<{{0}}>{'|'.join(_MONTHS)}|(?:{_SHORT_NAMES})\b\.?)"
_DAY = r"(?P<{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[12]\d{3})"
_SHORT_DAY = r"(?P<weekday>Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)\b"
_AFTER = r"(?![\w/])(?![-–.]\d)"
_CUE = (
    r"(?i:\b(?:on|by|until|till|before|after|since|from|to|due|dated|and|through|starting|today is"
    r"|for|of|is|was|expires|deadline:?|date:?|mon|tues?|wed|thurs?|fri|sat|sun)(?:\w*day)?\.?,?)\s"
)

_FIGURE = re.compile(r",?\s\d")
_OF_A_DAY = re.compile(
    r",?\s\d{1,2}(?:st|nd|rd|th|:\d\d|\s?[-–]|\s?[AaPp]\.?\s?[Mm]\b|/\d|\s(?:at|to|and|from|Jan|Feb|Mar"
    r"|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|\s*(?:[.,;!?)]|$))"
)
_COUNTED = re.compile(
    r"\s(?:more\s)?(?:people|men|women|children|guests|friends|students|players|workers|visitors"
    r"|users|miles|kilometers|minutes|hours|days|weeks|months|years|percent|dollars|cars|houses"
    r"|books|eggs|of\s(?:them|us|the))\b"
)
"""What makes a number behind the name of a month the number of something."""
_SURE = frozenset("on by until till before since due dated starting expires deadline date".split())


def _month(text: str) -> str:
    bare = text.rstrip(".")
    return _SHORT.get(bare, bare)


def _is_day(month: int, day: int, of_year: int = 2024) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(of_year, month)[1]


def _full_year(text: str) -> int:
    value = int(text)
    if len(text) == 4:
        return value
    return value + (2000 if value < 50 else 1900)


def _day_of(month: int, day: int, of_year: str = "") -> str | None:
    """ "May seventeenth, twenty twenty-five"; None when there is no such day."""
    full = _full_year(of_year) if of_year else 0
    if not _is_day(month, day, full or 2024):
        return None
    said = f"{_MONTHS[month - 1]} {ordinal(day)}"
    return f"{said}, {year(full)}" if full else said


def _iso(found: re.Match[str]) -> str | None:
    said = _day_of(int(found["month"]), int(found["day"]), found["year"])
    if said is None or found["hour"] is None:
        return said
    hour, minute = int(found["hour"]), int(found["minute"])
    if hour == minute == 0:
        return f"{said}, at midnight"
    low = f"{'oh ' if minute < 10 else ''}{cardinal(minute)}" if minute else "hundred hours"
    return f"{said}, at {cardinal(hour)} {low}"


def _figures(found: re.Match[str]) -> str | None:
    first, second = int(found[1]), int(found[3])
    text = found["year"]
    if found["mark"] == ".":
        return _day_of(second, first, text) or _day_of(first, second, text)
    return _day_of(first, second, text) or _day_of(second, first, text)


def _month_and_day(found: re.Match[str]) -> str | None:
    if found[0] in ("9/11", "24/7") or (found["day"] == "16" and int(found["month"]) % 2):
        return None  # "7/16" is of an inch
    return _day_of(int(found["month"]), int(found["day"]))


def _with_cue(found: re.Match[str]) -> str | None:
    """ "on 12/25"; "from 1/2 to 3/4" may be of fractions, and is not taken."""
    said, cue = _month_and_day(found), found["cue"]
    bare = cue.strip(" .,:").lower()
    is_day = bare[:3].capitalize() in _DAYS
    if said is None or (bare not in _SURE and not is_day and int(found["day"]) < 13):
        return None
    if is_day and "." in cue:
        cue = f"{_DAYS[bare[:3].capitalize()]}, "
    return f"{cue}{said}"


def _named(found: re.Match[str]) -> str | None:
    """ "March 3-5, 2026", with what is there of it; "in May 20 people came" has no date."""
    text = found.string
    if (
        not found["last"]
        and text[found.end() - 1].isdecimal()
        and _COUNTED.match(text, found.end())
        and not found["year"]
        and not re.search(r"\b[Oo]n\s$", text[max(0, found.start() - 4) : found.start()])
    ):
        return None
    said = f"{_month(found['month'])} {ordinal(int(found['day']))}"
    if found["last"]:
        head = f"{_month(found['month2'])} " if found["month2"] else ""
        said += f" to {head}{ordinal(int(found['last']))}"
    return f"{said}, {year(int(found['year']))}" if found["year"] else said


def _day_first(found: re.Match[str]) -> str:
    said = ordinal(int(found["day"]))
    if found["last"]:
        said += f" to {ordinal(int(found['last']))}"
    said += f" of {_month(found['month'])}"
    if not found["the"]:
        said = f"the {said}"
    return f"{found['the'] or ''}{said}" + (
        f", {year(int(found['year']))}" if found["year"] else ""
    )


def _decade(found: re.Match[str]) -> str | None:
    text = found["tens"]
    if text == "00":
        words = "two thousand"
    elif len(text) == 4:
        words = year(int(text))
    else:
        words = cardinal(int(text))
    plural = f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
    return f"{'mid ' if found['mid'] else ''}{plural}"


def _weekdays(found: re.Match[str]) -> str:
    return f"{_DAYS[found['weekday']]} to {_DAYS[found['last']]}"


def _short_day(found: re.Match[str]) -> str | None:
    """ "Sat 3pm", but not "The Sun, 93 million miles away"."""
    day, text = found["weekday"], found.string
    if day in ("Sun", "Sat") and _FIGURE.match(text, found.end()):
        if day == "Sun" and text[max(0, found.start() - 4) : found.start()] in ("the ", "The "):
            return None
        if not _OF_A_DAY.match(text, found.end()):
            return None
    return _DAYS[day]


def _class_year(found: re.Match[str]) -> str:
    low = int(found[1])
    return f"{'oh ' if low < 10 else ''}{cardinal(low)}"


def _school_year(found: re.Match[str]) -> str | None:
    """ "2019-20", "1914-18"; "2024-05" may be a month."""
    first, last = int(found[1]), int(found[2])
    is_range = last > first % 100 and (last > 12 or "–" in found[0]) and "/" not in found[0]
    if (first + 1) % 100 != last and not is_range:
        return None
    return f"{year(first)} to {'oh ' if last < 10 else ''}{cardinal(last)}"


STAMPS = (
    Recogniser(
        "date",
        r"(?<![\w/.-])" + _YEAR + r"(?P<mark>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=mark)"
        r"(?P<day>0?[1-9]|[12]\d|3[01])"
        r"(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?Z?)?(?![\w/-])",
        _iso,
        needs=DIGIT,
    ),
)
"""Before the clock: "2025-05-17 14:30" is one thing."""
DATES = (
    Recogniser(
        "date",
        r"(?<![\w/.-])(\d{1,2})(?P<mark>[-/.])(\d{1,2})(?P=mark)(?P<year>[12]\d{3}|\d\d)(?![\w/-])",
        _figures,
        needs=DIGIT,
    ),
    Recogniser(
        "date",
        rf"\b{_MONTH.format('month')}\s{_DAY.format('day')}"
        rf"(?:{DASH}(?:{_MONTH.format('month2')}\s)?{_DAY.format('last')}(?!\d))?"
        rf"(?:,?\s{_YEAR})?(?!\w)(?!:\d)(?![.,]\d)",
        _named,
        needs=DIGIT,
    ),
    Recogniser(
        "date",
        rf"(?P<the>\b[Tt]he\s)?(?<![\w.,:/$€£-]){_DAY.format('day')}"
        rf"(?:{DASH}{_DAY.format('last')})?\s(?:of\s)?{_MONTH.format('month')}(?:,?\s{_YEAR})?"
        rf"(?!\w)",
        _day_first,
        needs=DIGIT,
    ),
    Recogniser(
        "date",
        _CUE.replace("(?i:", "(?P<cue>(?i:") + r")(?P<month>0?[1-9]|1[0-2])/(?P<day>0?[1-9]"
                                               r"|[12]\d|3[01])"
        + _AFTER,
        _with_cue,
        needs="/",
    ),
    Recogniser(
        "date",
        r"(?<![\w/.-])(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])" + _AFTER,
        _month_and_day,
        needs="/",
    ),
    Recogniser(
        "decade",
        r"(?<![\w.,$€£-])(?P<tens>[12]\d\d0)s[-–](?=[12]\d\d0s\b)(?P<mid>)",
        lambda found: f"{_decade(found)} to ",
        needs=DIGIT,
    ),
    Recogniser("date", r"(?<![\w/.,-])(0?[1-9]|1[0-2])/((?:19|20)\d\d)(?![\w/-])(?![.,]\d)",
               lambda found: f"{_MONTHS[int(found[1]) - 1]} {year(int(found[2]))}", needs="/"),
    Recogniser("year", r"(?<![\w/.-])([12]\d{3})[-–](?=present|today|now|date)",
               lambda found: f"{year(int(found[1]))} to ", needs=DIGIT),
    Recogniser("year", r"(?<![\w/.-])([12]\d{3})[-–/](\d\d)(?![\w/-])", _school_year, needs=DIGIT),
    Recogniser(
        "decade",
        r"(?:(?P<mid>\b[Mm]id-)|(?<![\w.,$€£-])|(?<=[a-z]-))(?P<tens>[12]\d\d0)['’]?s\b",
        _decade,
        needs=DIGIT,
    ),
    Recogniser(
        "decade",
        r"(?:(?P<mid>\b[Mm]id-)|(?<=\b[Tt]he\s)|(?<=\b[Hh]is\s)|(?<=\b[Hh]er\s)|(?<=\b[Mm]y\s)"
        r"|(?<=heir\s)|(?<=\b[Oo]ur\s)|(?<=our\s)|(?<=arly\s)|(?<=late\s)|(?<![\w'’‘])(?=['’‘]))"
        r"['’‘]?(?P<tens>[1-9]0|00)['’]?s\b",
        _decade,
        needs=DIGIT,
    ),
    Recogniser(
        "decade",
        r"(?P<mid>(?!))?(?<![\w.,$€£-])(?P<tens>[5-9]0)s(?=\s(?!(?:timer|delay|timeout|interval"
        r"|wait|pause|limit"
        r"|later|ago|to|of|and|or|for|in|on|at|before|after|until|left)\b)[a-z])",
        _decade,
        needs="s",
    ),
    Recogniser("year", r"(?<![\w'’‘])['’‘](\d\d)(?![\w'’])", _class_year, needs=DIGIT),
    Recogniser(
        "date",
        _SHORT_DAY + rf"\.?{DASH}(?P<last>Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)\b"
        r"(?:\.(?=\s+[a-z0-9]|,))?",
        _weekdays,
    ),
    Recogniser(
        "date",
        r"\b" + _SHORT_DAY + r"(?:\.(?=\s+[a-z0-9]|,|\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct"
        r"|Nov|Dec))|(?=,?\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|\d)))",
        _short_day,
    ),
    Recogniser(
        "date",
        r"\b(?P<month>Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)"
        r"(?:\.(?=\s+[a-z0-9]|,)|(?=\.?\s[12]\d{3}\b))",
        lambda found: _month(found["month"]),
    ),
    Recogniser("date", r"\bM[-–]F\b", lambda found: "Monday to Friday", needs="M"),
)  # fmt: skip
