"""When the sun rises and sets, here or in another place. Pure.

"Here" is what the configuration says; without that, it is said to be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from assistant.language.en.clock import say_time
from assistant.language.en.dates import Anchor, find_date
from assistant.language.en.durations import say_duration
from assistant.language.en.moments import say_day
from assistant.language.en.places import find_place
from assistant.language.slots import as_local
from assistant.talk.flow import flow
from assistant.talk.home import home_of
from assistant.talk.request import Request
from assistant.talk.sun import Event, Polar, sun_at
from assistant.talk.tool import Here

NO_PLACE = "I don't know where we are. Write your city into the configuration, under place."
_EVENTS: tuple[tuple[str, Event], ...] = (
    (
        r"sunrise|sun rise|sun rises|sun come up|sun comes up|sun came up|sun rose|sun up|sunup",
        "sunrise",
    ),
    (r"sunset|sun set|sun sets|sun go down|sun goes down|sun went down|sundown|sun down", "sunset"),
    (r"dawn|get light|gets light|become light", "dawn"),
    (r"dusk|get dark|gets dark|become dark|nightfall", "dusk"),
)
_SAID: Mapping[Event, tuple[str, str]] = {
    "sunrise": ("the sun rises", "the sun rose"), "sunset": ("the sun sets", "the sun set"),
    "dawn": ("it gets light", "it got light"), "dusk": ("it gets dark", "it got dark"),
}  # fmt: skip
_SUN_WORDS = frozenset(
    (
        "what time when is was does did will would be the it at tell me how long until are of for"
        " give say show in on do you know sun s todays tomorrows exactly here going to and"
        " tonight this morning evening afternoon"
    ).split()
)


def _reads_sun(request: Request) -> Mapping[str, Any] | None:
    words = request.canonical.replace(" until the ", " until ")
    if not re.search(r"\bsun|\bdawn|\bdusk|\bdark|\blight|nightfall", words):
        return None
    words = words.replace("todays ", "").replace("tomorrows sun", "tomorrow sun")
    events: list[Event] = []
    for notation, event in _EVENTS:
        rest = re.sub(rf"\b(?:{notation})\b", "", words)
        if rest != words:
            events.append(event)
            words = " ".join(rest.split())
    if not events:
        return None
    dated = find_date(words, Anchor(today=request.now.date()))
    day, words = dated or (None, words)
    place = ""
    for found in re.finditer(r"(?<!\S)in (.+)", words):
        if find_place(found[1]) is not None:
            place, words = found[1], words[: found.start()]
            break
    if not set(words.split()) <= _SUN_WORDS or not re.search(
        r"\b(?:when|time|how|tell|at)\b", words
    ):
        return None
    return {"event": events[0], "also": events[1] if len(events) > 1 else "", "day": day,
            "place": place, "counts": "how long" in words}  # fmt: skip


@flow(
    name="sun.times",
    reads=_reads_sun,
    fixed=[NO_PLACE],
    examples=[
        "when does the sun set",
        "what time is sunrise tomorrow",
        "when is sunset in paris",
        "what time does the sun come up on friday",
        "how long until sunset",
        "when does it get dark today",
        "at what time will the sun go down",
        "when is sunrise and sunset",
        "tell me the time of sunset",
        "what time was sunrise",
    ],
)
def sun_times(
    here: Here,
    event: str = "",
    also: str = "",
    day: date | None = None,
    place: str = "",
    counts: bool = False,
) -> str | None:
    """Tell when the sun rises or sets, where the place is known."""
    if not event:
        return None
    home = home_of(here.services.config.place)
    found = find_place(place) if place else None
    position = (found.latitude, found.longitude) if found is not None else home.position
    if position is None and home.unknown:
        return f"I don't know where {home.unknown} is. Write its latitude and longitude too."
    if position is None:
        return NO_PLACE
    rules = found.tzinfo() if found is not None else None
    today = here.now.astimezone(rules).date() if rules is not None else here.now.date()
    asked = day or today
    said = [
        _sun_said(one, here.now, asked, position, rules) for one in (event, also) if one in _SAID
    ]
    if counts and not also:
        at = sun_at(_event(event), asked, *position)
        left = None if isinstance(at, Polar) else at - here.now
        if left is not None and left > timedelta():
            minutes = -(-int(left.total_seconds()) // 60)
            return f"It's {say_duration(minutes * 60)} until {event}."
    led = "" if asked == today else f"{say_day(asked, today)} "
    led += f"{found.where} " if found is not None else ""
    whole = f"{led}{' and '.join(said)}."
    return whole[:1].upper() + whole[1:]


def _event(name: str) -> Event:
    return next((one for _, one in _EVENTS if one == name), "sunrise")


def _sun_said(
    name: str, now: datetime, day: date, position: tuple[float, float], rules: tzinfo | None
) -> str:
    event = _event(name)
    at = sun_at(event, day, *position)
    if isinstance(at, Polar):
        return "the sun does not set" if at.is_day else "the sun does not rise"
    local = at.astimezone(rules) if rules is not None else as_local(at, now)
    rounded = local + timedelta(seconds=30)
    return f"{_SAID[event][1 if at < now else 0]} at {say_time(rounded)}"
