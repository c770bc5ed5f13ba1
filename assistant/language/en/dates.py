"""Days between words and dates: "next friday", "the 24th of december", "in 2 weeks", "easter".

Reads canonical words (`normalise`). "Friday" is the next one after today, "this friday" may be
today, "next friday" is that of the next week, which begins on Monday. Knows no time of day. Pure.
"""

from __future__ import annotations

import dataclasses
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.language.en.holidays import HOLIDAY, holiday_named
from assistant.language.en.numbers import ordinal, year

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = (
    "january february march april may june july august september october november december"
).split()
_SHORT = {"jan": 1, "feb": 2, "apr": 4, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11,
          "dec": 12}  # fmt: skip
_MONTH_NUMBERS = {name: place for place, name in enumerate(MONTHS, 1)} | _SHORT
RANKS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
).split()
WEEKDAY = f"(?:{'|'.join(WEEKDAYS)})"
MONTH = f"(?:{'|'.join(_MONTH_NUMBERS)})"
RANK = rf"(?:{'|'.join(RANKS)}|20 second|\d{{1,2}}(?:st|nd|rd|th))"
YEAR = (
    r"(?:[12]\d{3}|1[0-9] \d\d|1[0-9] oh \d|[12][0-9] hundred|20 \d\d|20 oh \d"
    r"|this year|next year|last year)"
)
_NEAR = {"day after tomorrow": 2, "day before yesterday": -2, "tomorrow": 1, "yesterday": -1,
         "today": 0}  # fmt: skip
_UNIT = r"(?:day|week|fortnight|month|year)s?"
_COUNT = r"(?:an?|\d+|a couple of)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """From where a day is read: `today`, and whether one without a year lies in the past.
    `country` (two letters) is whose holidays are meant."""

    today: date
    past: bool = False
    country: str = ""


Read = Callable[[re.Match[str], Anchor], "date | None"]


def read_day(words: str, anchor: Anchor, start: int = 0) -> tuple[date, int] | None:
    """The day that begins at the character `start`, and where its words end; the longest form."""
    best: tuple[date, int] | None = None
    for pattern, read in _FORMS:
        found = pattern.match(words, start)
        if found is not None and (best is None or found.end() > best[1]):
            day = read(found, anchor)
            best = best if day is None else (day, found.end())
    return _relative(words, anchor, start) or _named_twice(words, anchor, start) or best


def read_date(words: str, anchor: Anchor) -> date | None:
    """The day that all of `words` name."""
    found = read_day(words, anchor)
    return found[0] if found and found[1] == len(words) else None


def find_date(words: str, anchor: Anchor) -> tuple[date, str] | None:
    """The first day that is named within `words`, and the words without it."""
    for start in starts(words):
        found = read_day(words, anchor, start)
        if found is not None and is_day_within(words, start, found[1]):
            return found[0], without(words, start, found[1])
    return None


def starts(words: str) -> list[int]:
    """Where each word of `words` begins."""
    return [found.start() for found in re.finditer(r"\S+", words)]


def without(words: str, start: int, end: int) -> str:
    """`words` without those from `start` to `end`."""
    return " ".join(f"{words[:start]} {words[end:]}".split())


_BARE_RANK = re.compile(rf"(?:on )?(?:the )?{RANK}")
_AFTER_RANK = re.compile(r" (?:at|to|in the|every|and|around|by|that|from|until|\d)\b")


def is_day_within(words: str, start: int, end: int) -> bool:
    """False for words that name a day on their own and something else within a sentence: "the
    sunday roast", "the second one"."""
    named = words[start:end]
    if _BARE_RANK.fullmatch(named):
        return named.startswith("on ") and (
            end == len(words) or bool(_AFTER_RANK.match(words, end))
        )
    return not (named in WEEKDAYS and words[:start].endswith(("the ", "a ", "my ", "our ")))


# -- the forms -----------------------------------------------------------------------------------


def _near(found: re.Match[str], anchor: Anchor) -> date:
    return anchor.today + timedelta(days=_NEAR[found["near"]])


def _weekday(found: re.Match[str], anchor: Anchor) -> date:
    day, today = WEEKDAYS.index(found["day"]), anchor.today
    which, week = found["which"] or "", found["week"] or ""
    monday = today - timedelta(days=today.weekday())
    if week or which == "next":
        shift = {"last": -7, "this": 0}.get(week, 7)
        return monday + timedelta(days=day + shift)
    ahead = (day - today.weekday()) % 7
    if which.endswith(("last", "past")) or (anchor.past and not which):
        return today - timedelta(days=(today.weekday() - day) % 7 or 7)
    if ahead == 0 and not which.endswith("this"):
        ahead = 7
    return today + timedelta(days=ahead + (7 if found["later"] else 0))


def _relative(words: str, anchor: Anchor, start: int) -> tuple[date, int] | None:
    """ "A week from friday", "3 days before christmas"."""
    found = _RELATIVE.match(words, start)
    base = read_day(words, anchor, found.end()) if found is not None else None
    if found is None or base is None:
        return None
    count = _count(found["count"]) * (-1 if found["way"] == "before" else 1)
    day = _moved(base[0], count, found["unit"])
    return None if day is None else (day, base[1])


def _named_twice(words: str, anchor: Anchor, start: int) -> tuple[date, int] | None:
    """A weekday with its date: "thursday march 12th", "friday the 13th"."""
    found = _LED_BY_WEEKDAY.match(words, start)
    if found is None:
        return None
    wanted = WEEKDAYS.index(found["day"])
    dated = read_day(words, anchor, found.end())
    if dated is None:
        return None
    alone = _RANK_ALONE.fullmatch(words[found.end() : dated[1]])
    if alone is not None:
        return _rank_on(rank_of(alone["rank"]), wanted, anchor, dated[1])
    return dated if dated[0].weekday() == wanted else None


def _rank_on(rank: int, weekday: int, anchor: Anchor, end: int) -> tuple[date, int] | None:
    """The next month in which the day with this rank is that weekday."""
    for step in range(28 * 12):
        month = months_on(anchor.today.replace(day=1), -step if anchor.past else step)
        day = made(month.year, month.month, rank)
        if day is None or day.weekday() != weekday:
            continue
        if day <= anchor.today if anchor.past else day >= anchor.today:
            return day, end
    return None


def _ago(found: re.Match[str], anchor: Anchor) -> date | None:
    way = -1 if found["ago"] else 1
    return _moved(anchor.today, way * _count(found["count"]), found["unit"])


def _next_unit(found: re.Match[str], anchor: Anchor) -> date | None:
    return _moved(anchor.today, -1 if found["which"] == "last" else 1, found["unit"])


def _weekend(found: re.Match[str], anchor: Anchor) -> date:
    ahead = 5 - anchor.today.weekday()
    shift = {"next": 7, "last": -7}.get(found["which"] or "", 0)
    return anchor.today + timedelta(days=max(ahead, 0) + shift)


def _month_day(found: re.Match[str], anchor: Anchor) -> date | None:
    month, day = _MONTH_NUMBERS[found["month"]], rank_of(found["rank"])
    if found["year"]:
        return made(year_of(found["year"], anchor.today), month, day)
    return _nearest(anchor, lambda year_: made(year_, month, day))


def _rank_alone(found: re.Match[str], anchor: Anchor) -> date | None:
    wanted = rank_of(found["rank"])
    first = anchor.today.replace(day=1)
    for step in range(4):
        month = months_on(first, -step if anchor.past else step)
        day = made(month.year, month.month, wanted)
        if day is not None and (day <= anchor.today if anchor.past else day >= anchor.today):
            return day
    return None


def _nth_weekday(found: re.Match[str], anchor: Anchor) -> date | None:
    wanted = WEEKDAYS.index(found["day"])
    place = -1 if found["rank"] == "last" else RANKS.index(found["rank"])
    if found["month"] is None:
        return nth(months_on(anchor.today, 1 if found["next"] else 0), wanted, place)
    month = _MONTH_NUMBERS[found["month"]]
    if found["year"]:
        return nth(date(year_of(found["year"], anchor.today), month, 1), wanted, place)
    return _nearest(anchor, lambda year_: nth(date(year_, month, 1), wanted, place))


def _end_of(found: re.Match[str], anchor: Anchor) -> date:
    today = anchor.today
    if found["unit"] == "year":
        return date(today.year, 12, 31)
    month = months_on(today, 1) if found["next"] else today
    return month.replace(day=monthrange(month.year, month.month)[1])


def _iso(found: re.Match[str], anchor: Anchor) -> date | None:
    return made(int(found["year"]), int(found["month"]), int(found["day"]))


def _holiday(found: re.Match[str], anchor: Anchor) -> date | None:
    name = found["holiday"]
    holiday = holiday_named(name, anchor.country)
    if holiday is None:
        return None
    which = found["which"] or ""
    if found["year"]:
        return holiday.on(year_of(found["year"], anchor.today))
    this = dataclasses.replace(anchor, past=anchor.past or which == "last")
    day = _nearest(this, holiday.on)
    if which == "next" and day is not None and day == anchor.today:
        return holiday.on(day.year + 1)
    return day


def _nearest(anchor: Anchor, of_year: Callable[[int], date | None]) -> date | None:
    """The next day that a rule gives from today on, or the last one until today."""
    today = anchor.today
    years = (
        range(today.year, today.year - 9, -1) if anchor.past else range(today.year, today.year + 9)
    )
    for day in map(of_year, years):
        if day is not None and (day <= today if anchor.past else day >= today):
            return day
    return None


# -- what forms are made of ----------------------------------------------------------------------


def rank_of(words: str) -> int:
    """The number of a rank in canonical words: "20 second" is 22."""
    if words in RANKS:
        return RANKS.index(words) + 1
    return 22 if words == "20 second" else int(re.sub(r"\D", "", words))


def year_of(words: str, today: date) -> int:
    """The year in canonical words: "19 oh 5" is 1905, "next year" the one after today's."""
    if words.endswith(" year"):
        return today.year + {"last year": -1, "next year": 1}.get(words, 0)
    return int(words.replace(" oh ", "0").replace(" hundred", "00").replace(" ", ""))


def made(year_: int, month: int, day: int) -> date | None:
    """The date, or None when there is none, such as February 30."""
    try:
        return date(year_, month, day)
    except ValueError:
        return None


def months_on(day: date, count: int) -> date:
    """`day` so many months later, or the last day of a month that is too short."""
    months = day.year * 12 + day.month - 1 + count
    year_, month = divmod(months, 12)
    return date(year_, month + 1, min(day.day, monthrange(year_, month + 1)[1]))


def nth(month: date, weekday: int, place: int) -> date | None:
    """The weekday with this place (0 is the first, -1 the last) in the month of `month`."""
    last = monthrange(month.year, month.month)[1]
    days = [
        one for one in range(1, last + 1) if date(month.year, month.month, one).weekday() == weekday
    ]
    return month.replace(day=days[place]) if place < len(days) else None


def _count(words: str) -> int:
    return int(words) if words.isdigit() else 2 if "couple" in words else 1


def _moved(day: date, count: int, unit: str) -> date | None:
    unit = unit.removesuffix("s")
    try:
        if unit in ("month", "year"):
            return months_on(day, count * (12 if unit == "year" else 1))
        return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    except (OverflowError, ValueError):
        return None


_RELATIVE = re.compile(
    rf"(?:on )?(?P<count>{_COUNT}|the) (?P<unit>{_UNIT}) (?P<way>from|after|before|on) "
)
_LED_BY_WEEKDAY = re.compile(rf"(?:on )?(?:this |next )?(?P<day>{WEEKDAY}) (?=the |{MONTH} |\d)")
_RANK_ALONE = re.compile(rf"the (?P<rank>{RANK})")
_ON = r"(?:on )?(?:the )?"
_WHICH = r"(?P<which>(?:the )?(?:this )?(?:coming|past)|this|(?:the )?next|(?:the )?last)"
_FORMS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(rf"{notation}(?!\S)"), read)
    for notation, read in (
        (rf"(?:the )?(?P<near>{'|'.join(_NEAR)})", _near),
        (
            rf"(?:on )?(?:{_WHICH} )?(?P<day>{WEEKDAY})"
            r"(?: (?P<week>this|next|last) week)?(?P<later> after next| week)?",
            _weekday,
        ),
        (rf"(?:on )?the (?P<which>)(?P<week>)(?P<day>{WEEKDAY})(?P<later> after next)", _weekday),
        (
            rf"(?P<week>this|next|last) week (?:on )?(?P<which>)(?P<later>)(?P<day>{WEEKDAY})",
            _weekday,
        ),
        (rf"in (?P<count>{_COUNT}) (?P<unit>{_UNIT})(?: time)?(?P<ago>)", _ago),
        (
            rf"(?P<count>{_COUNT}) (?P<unit>{_UNIT}) (?:(?P<ago>ago)|from now|from today|hence)",
            _ago,
        ),
        (r"(?P<which>next|last) (?P<unit>week|month|year)", _next_unit),
        (r"(?:(?:on|at) )?(?:(?:the|this) )?(?:(?P<which>next|last|coming) )?weekend", _weekend),
        (
            rf"{_ON}(?P<rank>{RANK}|\d{{1,2}})(?: day)?(?: of)? (?P<month>{MONTH})"
            rf"(?: (?:of )?(?:the year )?(?P<year>{YEAR}))?",
            _month_day,
        ),
        (
            rf"(?:on )?(?P<month>{MONTH}) (?:the )?(?P<rank>{RANK}|\d{{1,2}})"
            rf"(?: (?:of )?(?P<year>{YEAR}))?",
            _month_day,
        ),
        (rf"(?:on )?the (?P<rank>{RANK})(?: of (?:the|this) month)?", _rank_alone),
        (
            rf"{_ON}(?P<rank>first|second|third|fourth|fifth|last) (?P<day>{WEEKDAY}) "
            r"(?:(?:of|in) )?"
            rf"(?:(?P<month>{MONTH})(?: (?:of )?(?P<year>{YEAR}))?|(?:the|this) month"
            r"|(?P<next>next month))",
            _nth_weekday,
        ),
        (
            r"(?:the )?(?:end|last day) of (?:(?:the|this) )?(?:(?P<next>next) )?"
            r"(?P<unit>month|year)",
            _end_of,
        ),
        (r"(?P<year>[12]\d{3}) (?P<month>[01]\d) (?P<day>[0-3]\d)", _iso),
        (
            rf"(?:on )?(?:(?:the )?(?P<which>this|next|last) )?(?P<holiday>{HOLIDAY})"
            rf"(?: (?:in |of )?(?P<year>{YEAR}))?",
            _holiday,
        ),
    )
)


# -- to words ------------------------------------------------------------------------------------


def say_date(day: date, *, with_year: bool = False, with_weekday: bool = True) -> str:
    """A day as it is spoken: "Friday, March thirteenth", with its year if asked."""
    named = f"{MONTHS[day.month - 1].capitalize()} {ordinal(day.day)}"
    if with_weekday:
        named = f"{WEEKDAYS[day.weekday()].capitalize()}, {named}"
    return f"{named}, {year(day.year)}" if with_year else named
