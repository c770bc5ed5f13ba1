"""Places by their English names: their time zone and where they lie.

The table is made by scripts/make_places.py from GeoNames (CC BY 4.0). Of two places with one name
it has the larger; "paris texas" is read as a place in Texas. Read once, at the first question. Any
thread.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

OWN_FILE = Path(__file__).parent / "data" / "places.tsv"
_WITH_ARTICLE = frozenset(
    (
        "United States|United Kingdom|Netherlands|Philippines|Bahamas|Maldives|Gambia"
        "|United Arab Emirates|Dominican Republic|Democratic Republic of the Congo"
        "|Republic of the Congo|Central African Republic|Seychelles|Solomon Islands"
        "|Marshall Islands|Cayman Islands|Faroe Islands|Falkland Islands|Cook Islands|Comoros"
        "|Vatican"
    ).split("|")
)
_ZONES = {
    "eastern": ("Eastern", "America/New_York"), "central": ("Central", "America/Chicago"),
    "mountain": ("Mountain", "America/Denver"), "pacific": ("Pacific", "America/Los_Angeles"),
    "alaska": ("Alaska", "America/Anchorage"),
    "central european": ("Central European", "Europe/Berlin"),
    "british": ("British", "Europe/London"), "atlantic": ("Atlantic", "America/Halifax"),
    "greenwich mean": ("Greenwich Mean", "Etc/GMT"),
    "coordinated universal": ("Coordinated Universal", "UTC"), "universal": ("Universal", "UTC"),
    "eastern european": ("Eastern European", "Europe/Athens"),
}  # fmt: skip
_COASTS = {
    "east coast": ("East Coast", "America/New_York"),
    "west coast": ("West Coast", "America/Los_Angeles"),
}
_ZONE_LETTERS = {
    "utc": "UTC", "gmt": "Etc/GMT", "zulu": "UTC", "est": "America/New_York",
    "edt": "America/New_York", "cst": "America/Chicago", "cdt": "America/Chicago",
    "mst": "America/Denver", "mdt": "America/Denver", "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles", "cet": "Europe/Berlin", "cest": "Europe/Berlin",
    "bst": "Europe/London", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "aest": "Australia/Sydney",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A city, country, region, coast or zone. `clock_of` is the city whose time is meant where
    there are several. Latitude is north, longitude east, in degrees; both 0 for a zone."""

    name: str
    kind: str
    country: str = ""
    zone: str
    latitude: float = 0.0
    longitude: float = 0.0
    clock_of: str = ""

    @property
    def where(self) -> str:
        """The name after a time: "in Tokyo", "in the United States", "Eastern Time"."""
        if self.kind == "zone":
            return self.name
        if self.kind == "coast":
            return f"on the {self.name}"
        return f"in the {self.name}" if self.name in _WITH_ARTICLE else f"in {self.name}"

    @property
    def subject(self) -> str:
        """The name at the head of a sentence."""
        has_article = self.kind == "coast" or self.name in _WITH_ARTICLE
        return f"The {self.name}" if has_article else self.name

    def tzinfo(self) -> ZoneInfo | None:
        """Its rules of time; None where the system lacks them."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, OSError):
            return None


def find_place(words: str) -> Place | None:
    """The place with this name in canonical words."""
    words = words.removeprefix("the ").removeprefix("city of ").removesuffix(" time zone")
    if words in _ZONE_LETTERS:
        return Place(name=words.upper(), kind="zone", zone=_ZONE_LETTERS[words])
    if words in _COASTS:
        name, zone = _COASTS[words]
        return Place(name=name, kind="coast", zone=zone)
    bare = words.removesuffix(" time").removesuffix(" standard").removesuffix(" daylight")
    if bare in _ZONES and (bare != words or bare not in table()):
        name, zone = _ZONES[bare]
        return Place(name=f"{name} Time", kind="zone", zone=zone)
    return table().get(words) or table().get(bare) or _within(words)


def _within(words: str) -> Place | None:
    """A place that is named with its region or country: "paris france", "portland maine"."""
    parts = words.replace(" in ", " ").split()
    for cut in range(len(parts) - 1, 0, -1):
        region = table().get(" ".join(parts[cut:]))
        if region is None or region.kind == "city":
            continue
        city = table().get(" ".join(parts[:cut]))
        if city is not None and city.country == "US" and region.name == "Georgia":
            return city  # the state, whose name the table gives to the country
        if city is not None and region.kind == "country" and city.country == region.country:
            return city
        if len(parts[:cut]) > 3:
            return None
        name = city.name if city is not None else " ".join(parts[:cut]).title()
        if city is not None and city.country == region.country and city.zone == region.zone:
            return city
        return dataclasses.replace(region, name=f"{name}, {region.name}", clock_of="")
    return None


@lru_cache(maxsize=1)
def table() -> dict[str, Place]:
    """All places by their canonical name."""
    places = {}
    for line in OWN_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        words, name, kind, country, zone, latitude, longitude, clock_of = line.split("\t")
        places[words] = Place(
            name=name.removeprefix("The ") if kind == "country" else name,
            kind=kind,
            country=country,
            zone=zone,
            latitude=float(latitude),
            longitude=float(longitude),
            clock_of=clock_of,
        )
    return places
