"""Days with a name and the rule that finds them in a year: Christmas, Easter, Thanksgiving.

The rules are those of the international days and of the larger English-speaking countries. Knows
no days for which a moon has to be seen (Ramadan, Eid) and no days off of a company or a region.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

Rule = Callable[[int], date]
MaybeRule = Callable[[int], "date | None"]
MONDAY, TUESDAY, THURSDAY, FRIDAY, SUNDAY = 0, 1, 3, 4, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day with a name for people; `on(year)` is its date, None where that is not known."""

    name: str
    on: MaybeRule


def easter(year: int) -> date:
    """Easter Sunday of the western churches (the anonymous Gregorian algorithm, as printed in
    J. Meeus, Astronomical Algorithms, 1991)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def orthodox_easter(year: int) -> date:
    """Easter Sunday of the eastern churches, in the Gregorian calendar (Meeus' Julian algorithm;
    the calendars differ by 13 days from 1900 to 2099)."""
    d = (19 * (year % 19) + 15) % 30
    e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7
    month, day = divmod(d + e + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def _fixed(month: int, day: int) -> Rule:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, place: int) -> Rule:
    """The weekday of a month by its place from 1, or -1 for the last."""

    def rule(year: int) -> date:
        if place > 0:
            first = date(year, month, 1)
            return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (place - 1))
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)

    return rule


def _from_easter(days: int) -> Rule:
    return lambda year: easter(year) + timedelta(days=days)


def _after(rule: Rule, days: int) -> Rule:
    return lambda year: rule(year) + timedelta(days=days)


def _advent(year: int) -> date:
    eve = date(year, 12, 24)
    return eve - timedelta(days=(eve.weekday() - SUNDAY) % 7 + 21)


def _listed(first: int, days: str) -> MaybeRule:
    """Dates as month and day, one a year from `first` on."""
    listed = {first + place: one for place, one in enumerate(days.split())}

    def rule(year: int) -> date | None:
        month, _, day = listed.get(year, "").partition("-")
        return date(year, int(month), int(day)) if month else None

    return rule


_TISHRI = _listed(
    2023,
    "9-16 10-3 9-23 9-12 10-2 9-21 9-10 9-28 9-18 9-6 9-24 9-14 10-4 9-22",
)
"""The first day of the Jewish year, from the package holidays (0.109)."""


def _from_tishri(days: int) -> MaybeRule:
    def rule(year: int) -> date | None:
        first = _TISHRI(year)
        return None if first is None else first + timedelta(days=days)

    return rule


def _hanukkah(year: int) -> date | None:
    """The 25th of Kislev; the month before it is long in years of 355 and 385 days."""
    first, after = _TISHRI(year), _TISHRI(year + 1)
    if first is None or after is None:
        return None
    return first + timedelta(days=84 if (after - first).days in (355, 385) else 83)


_THANKSGIVING = _nth(11, THURSDAY, 4)
_RULES: tuple[tuple[str, str, MaybeRule], ...] = (
    ("New Year's Day", "new years|new year|new years day|new year day", _fixed(1, 1)),
    ("Epiphany", "epiphany|three kings day|3 kings day", _fixed(1, 6)),
    ("Martin Luther King Day", "martin luther king day|mlk day|martin luther king junior day",
     _nth(1, MONDAY, 3)),
    ("Australia Day", "australia day", _fixed(1, 26)),
    ("Burns Night", "burns night", _fixed(1, 25)),
    ("Groundhog Day", "groundhog day", _fixed(2, 2)),
    ("Valentine's Day", "valentines day|valentines|valentine day", _fixed(2, 14)),
    ("Presidents' Day", "presidents day|president day", _nth(2, MONDAY, 3)),
    ("Pancake Day", "pancake day|shrove tuesday", _from_easter(-47)),
    ("Mardi Gras", "mardi gras", _from_easter(-47)),
    ("Ash Wednesday", "ash wednesday", _from_easter(-46)),
    ("Pi Day", "pi day", _fixed(3, 14)),
    ("Saint Patrick's Day", "(?:st|saint) patricks day|(?:st|saint) patrick day|paddys day",
     _fixed(3, 17)),
    ("Palm Sunday", "palm sunday", _from_easter(-7)),
    ("Maundy Thursday", "maundy thursday|holy thursday", _from_easter(-3)),
    ("Good Friday", "good friday", _from_easter(-2)),
    ("Easter Sunday", "easter sunday", easter),
    ("Easter", "easter", easter),
    ("Easter Monday", "easter monday", _from_easter(1)),
    ("Orthodox Easter", "orthodox easter|greek easter", orthodox_easter),
    ("April Fools' Day", "april fools day|april fools|april fool day", _fixed(4, 1)),
    ("Earth Day", "earth day", _fixed(4, 22)),
    ("Saint George's Day", "(?:st|saint) georges day", _fixed(4, 23)),
    ("Anzac Day", "anzac day", _fixed(4, 25)),
    ("May Day", "may day", _fixed(5, 1)),
    ("Star Wars Day", "star wars day", _fixed(5, 4)),
    ("Cinco de Mayo", "cinco de mayo", _fixed(5, 5)),
    ("Ascension Day", "ascension day|ascension", _from_easter(39)),
    ("Pentecost", "pentecost|whit sunday", _from_easter(49)),
    ("Whit Monday", "whit monday|pentecost monday", _from_easter(50)),
    ("Corpus Christi", "corpus christi", _from_easter(60)),
    ("Memorial Day", "memorial day", _nth(5, MONDAY, -1)),
    ("Father's Day", "fathers day|father day", _nth(6, SUNDAY, 3)),
    ("Juneteenth", "juneteenth", _fixed(6, 19)),
    ("Midsummer's Day", "midsummer|midsummers day", _fixed(6, 24)),
    ("Canada Day", "canada day", _fixed(7, 1)),
    ("Independence Day", "independence day", _fixed(7, 4)),
    ("Bastille Day", "bastille day", _fixed(7, 14)),
    ("Columbus Day", "columbus day|indigenous peoples day", _nth(10, MONDAY, 2)),
    ("Halloween", "halloween", _fixed(10, 31)),
    ("All Saints' Day", "all saints day|all saints", _fixed(11, 1)),
    ("Bonfire Night", "bonfire night|guy fawkes night|guy fawkes day|guy fawkes", _fixed(11, 5)),
    ("Remembrance Day", "remembrance day", _fixed(11, 11)),
    ("Veterans Day", "veterans day|veteran day", _fixed(11, 11)),
    ("Thanksgiving", "thanksgiving|thanksgiving day", _THANKSGIVING),
    ("Black Friday", "black friday", _after(_THANKSGIVING, 1)),
    ("Cyber Monday", "cyber monday", _after(_THANKSGIVING, 4)),
    ("Saint Andrew's Day", "(?:st|saint) andrews day", _fixed(11, 30)),
    ("the first Sunday of Advent", "advent|first advent|first sunday of advent", _advent),
    ("Saint Nicholas Day", "(?:st|saint) nicholas(?: day)?", _fixed(12, 6)),
    ("Christmas Eve", "christmas eve", _fixed(12, 24)),
    ("Christmas", "christmas|christmas day|xmas", _fixed(12, 25)),
    ("Boxing Day", "boxing day", _fixed(12, 26)),
    ("New Year's Eve", "new years eve|new year eve", _fixed(12, 31)),
    ("Labor Day", "labor day|labour day", _fixed(5, 1)),
    ("Chinese New Year", "chinese new year|lunar new year", _listed(2024, "2-10 1-29 2-17 2-6 1-26"
     " 2-13 2-3 1-23 2-11 1-31 2-19 2-8 1-28")),
    ("Diwali", "diwali|deepavali", _listed(2024, "10-31 10-20 11-8 10-29 10-17 11-5 10-26 11-14"
     " 11-2 10-22 11-10 10-30")),
    ("Passover", "passover|pesach", _from_tishri(-163)),
    ("Rosh Hashanah", "rosh hashanah|rosh hashana|jewish new year", _TISHRI),
    ("Yom Kippur", "yom kippur", _from_tishri(9)),
    ("Hanukkah", "hanukkah|hanukah|chanukah", _hanukkah),
    ("Mother's Day", "mothers day|mother day|mothering sunday", _nth(5, SUNDAY, 2)),
)  # fmt: skip
_ELSEWHERE: dict[tuple[str, str], MaybeRule] = {
    ("Labor Day", "US"): _nth(9, MONDAY, 1),
    ("Labor Day", "CA"): _nth(9, MONDAY, 1),
    ("Labor Day", "NZ"): _nth(10, MONDAY, 4),
    ("Mother's Day", "GB"): _from_easter(-21),
    ("Mother's Day", "IE"): _from_easter(-21),
    ("Father's Day", "AU"): _nth(9, SUNDAY, 1),
    ("Father's Day", "NZ"): _nth(9, SUNDAY, 1),
    ("Father's Day", "DE"): _from_easter(39),
    ("Thanksgiving", "CA"): _nth(10, MONDAY, 2),
    ("Independence Day", "IN"): _fixed(8, 15),
}
_BY_WORDS = {
    words: (name, rule)
    for name, notation, rule in _RULES
    for words in notation.replace("(?:st|saint)", "saint").replace("(?: day)?", "").split("|")
}
HOLIDAY = "|".join(
    re.sub("^saint ", "(?:st|saint) ", one) for one in sorted(_BY_WORDS, key=len, reverse=True)
)
"""The words of all of them, as a regular expression without a group that is kept."""
HOLIDAY_WORDS = "|".join(sorted({"st", *(word for one in _BY_WORDS for word in one.split())}))
"""Each single word of their names, as a regular expression."""


def holiday_named(words: str, country: str = "") -> Holiday | None:
    """The holiday with this name in canonical words; `country` in two letters, "" for none."""
    plain = re.sub(r"^st\b", "saint", words)
    found = _BY_WORDS.get(plain) or _BY_WORDS.get(plain.removesuffix(" day"))
    if found is None:
        return None
    name, rule = found
    return Holiday(name=name, on=_ELSEWHERE.get((name, country), rule))
