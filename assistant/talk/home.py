"""Where this computer is, as the configuration says, and whose holidays are meant.

Looks at the configuration and the locale of the process, which do not change. Any thread.
"""

from __future__ import annotations

import locale
import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.config import PlaceConfig
from assistant.language.en.normalise import normalise
from assistant.language.en.places import find_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """`country` in two letters, "" when not known. Degrees north and east; None when not known.
    `unknown` is the configured city, where the table lacks it."""

    country: str = ""
    position: tuple[float, float] | None = None
    unknown: str = ""


@lru_cache(maxsize=4)
def home_of(place: PlaceConfig) -> Home:
    """What the section [place] of the configuration says."""
    city = find_place(normalise(place.city)) if place.city else None
    position = (place.latitude, place.longitude)
    if position == (0.0, 0.0):
        position = (city.latitude, city.longitude) if city is not None else position
    country = place.country.upper() or (city.country if city is not None else "")
    return Home(
        country=country or _country_of_locale(),
        position=None if position == (0.0, 0.0) else position,
        unknown=place.city if city is None else "",
    )


def _country_of_locale() -> str:
    try:
        name = locale.setlocale(locale.LC_TIME, None) or ""
        if name in ("C", "POSIX", ""):
            name = locale.getlocale()[0] or ""
    except (ValueError, locale.Error):
        return ""
    found = re.match(r"[a-z]{2,3}_([A-Z]{2})", name)
    return found[1] if found else ""
