"""When the sun rises and sets, from a place and a day.

The equations are those of the NOAA solar calculator (J. Meeus, Astronomical Algorithms, 1991,
chapters 25 and 28), good to about a minute below 65 degrees of latitude. Knows no mountains. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import acos, asin, cos, degrees, radians, sin, tan
from typing import Literal

Event = Literal["sunrise", "sunset", "dawn", "dusk", "noon"]
_BELOW = {"sunrise": 0.833, "sunset": 0.833, "dawn": 6.0, "dusk": 6.0}
"""Degrees of the sun's middle below the horizon: with refraction, and for civil twilight."""


@dataclass(frozen=True, slots=True)
class Polar:
    """The sun does not rise (`is_day` False) or does not set that day."""

    is_day: bool


def sun_at(event: Event, day: date, latitude: float, longitude: float) -> datetime | Polar:
    """The moment of `event` on `day` (of the place's mean solar time) in UTC; degrees north and
    east."""
    noon_s = 43_200 - longitude * 240
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=noon_s)
    for _ in range(3):
        declination, equation_min = _sun(at)
        offset_s = noon_s - equation_min * 60
        if event != "noon":
            cosine = _hour_angle_cosine(latitude, declination, _BELOW[event])
            if not -1 <= cosine <= 1:
                return Polar(is_day=cosine < -1)
            half_s = degrees(acos(cosine)) * 240
            offset_s += -half_s if event in ("sunrise", "dawn") else half_s
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=offset_s)
    return at


def _hour_angle_cosine(latitude: float, declination: float, below: float) -> float:
    north = radians(max(-89.9, min(89.9, latitude)))
    height = cos(radians(90 + below))
    return height / (cos(north) * cos(declination)) - tan(north) * tan(declination)


def _sun(at: datetime) -> tuple[float, float]:
    """The declination in radians and the equation of time in minutes."""
    century = ((at - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86_400) / 36_525
    longitude = radians((280.46646 + century * (36_000.76983 + century * 0.0003032)) % 360)
    anomaly = radians(357.52911 + century * (35_999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    center = (
        sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + sin(3 * anomaly) * 0.000289
    )
    node = radians(125.04 - 1934.136 * century)
    apparent = longitude + radians(center - 0.00569 - 0.00478 * sin(node))
    tilt = radians(23.439291 - 0.0130042 * century + 0.00256 * cos(node))
    declination = asin(sin(tilt) * sin(apparent))
    y = tan(tilt / 2) ** 2
    equation = (
        y * sin(2 * longitude)
        - 2 * eccentricity * sin(anomaly)
        + 4 * eccentricity * y * sin(anomaly) * cos(2 * longitude)
        - 0.5 * y * y * sin(4 * longitude)
        - 1.25 * eccentricity**2 * sin(2 * anomaly)
    )
    return declination, degrees(equation) * 4
