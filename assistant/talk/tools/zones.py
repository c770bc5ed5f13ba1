"""The time in other places, and how far apart two of them are. Pure.

Places come from a table that is in the program; what is not in it is said to be unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from assistant.language.en.clock import read_clock_at, say_clock, say_time
from assistant.language.en.dates import say_date
from assistant.language.en.durations import say_duration
from assistant.language.en.places import Place, find_place
from assistant.language.slots import Clock, as_local, on_clock
from assistant.talk.flow import flow
from assistant.talk.request import Request
from assistant.talk.tool import Here

_NOW = r"(?: right now| now| at the moment| currently| at present| at this moment)*"
_IN = r"(?:in|at|on|over in|for|out in|down in|up in|back in)"
_TIME_IN = tuple(
    re.compile(notation)
    for notation in (
        r"(?:(?:tell me|say|know|check) )?(?:what|which) "
        r"(?P<thing>time|hour|day|date|day of the week)(?: of day)?"
        rf"(?: is it| it is| is| do they have| have they got){_NOW} {_IN} (?P<place>.+?){_NOW}",
        rf"(?:(?:what is|what about|tell me|give me|say|check|show me|get me) )?(?:the )?"
        r"(?:current |local |exact |right |correct )*(?P<thing>time|date)(?: is it| it is| of day)?"
        rf"{_NOW} (?:{_IN}|of) (?P<place>.+?)(?: is)?{_NOW}",
        rf"how late is it{_NOW} {_IN} (?P<place>.+?){_NOW}",
        rf"{_IN} (?P<place>.+) what (?P<thing>time|day|date) is it{_NOW}",
        rf"what is (?:the )?(?P<place>.+) time{_NOW}",
        rf"what is (?:the )?time{_NOW} (?P<place>in .+)",
    )
)
_HERE = frozenset(
    (
        "here|home|us|me|my place|our time|my time|local time|my city|our place|where i am|here now"
        "|this place|my location|where we are"
    ).split("|")
)
_NO_PLACE = re.compile(
    r"\b(?:the|a|an|my|your|our|his|her|this|that|movie|film|book|story|it|there|game|general|which"
    r"|future|past|morning|evening|afternoon|bed|life|hours?|minutes?|total|advance)\b"
)


def _place(words: str) -> Place | None:
    return find_place(re.sub(r"^(?:in|at|on|over in) ", "", words))


def _places_in(words: str) -> list[str]:
    """The places that stand somewhere in canonical words, the longest names first."""
    parts, found, at = words.split(), [], 0
    while at < len(parts):
        for length in (3, 2, 1):
            name = " ".join(parts[at : at + length])
            if find_place(name) is None:
                name = name.removesuffix("s")  # "Londons time zone", as it is heard
            is_name = len(name) > 3 and _COMMON.isdisjoint(parts[at : at + length])
            if is_name and find_place(name) is not None:
                found.append(name)
                at += length - 1
                break
        at += 1
    return found


_COMMON = frozenset(
    "time zone zones what here there same local current date hour does do is are use in".split()
)


def _reads_time(request: Request) -> Mapping[str, Any] | None:
    words = request.words
    if "time" not in words and " it" not in words and "date" not in words:
        return None
    for pattern in _TIME_IN:
        found = pattern.fullmatch(words)
        if found is None:
            continue
        place, thing = found["place"], found.groupdict().get("thing") or "time"
        if find_place(place) is not None:
            return {"place": place, "thing": thing}
        if _is_named(place, request) and thing == "time" and f" in {place}" in words:
            return {"place": place, "thing": thing}
    return None


_TIME_OF = re.compile(r"(?:what time|what is the time|tell me the time|how late)\b.* in (.+)")


def _unknown(request: Request) -> str:
    """What stands where a place would ("in pairs"); empty without such words."""
    found = _TIME_OF.fullmatch(request.words)
    if found is None or len(found[1].split()) > 2 or _NO_PLACE.search(found[1]):
        return ""
    return found[1]


def _is_named(place: str, request: Request) -> bool:
    """True for a place that the table lacks: few words, which the transcript writes as a name."""
    if len(place.split()) > 3 or _NO_PLACE.search(place):
        return False
    return all(word[:1].isupper() for word in request.original(place).split())


@flow(
    name="time.zone",
    reads=_reads_time,
    examples=[
        "what time is it in tokyo",
        "what is the time in new york right now",
        "tell me the local time in paris",
        "how late is it in sydney",
        "what is the current time in california",
        "what time is it over in london",
        "what day is it in auckland",
        "what is pacific time right now",
        "time in mumbai",
        "what hour is it in brazil",
    ],
)
def zone(here: Here, place: str = "", thing: str = "time") -> str | None:
    """Tell the time in another place."""
    place = place or next(iter(_places_in(here.request.words)), "") or _unknown(here.request)
    if not place:
        return None
    found = find_place(place)
    if found is None:
        name = here.request.original(place or here.request.words.rpartition(" in ")[2])
        if not place and " in " not in f" {here.request.words}":
            return None
        return f"I don't know a place called {name[:1].upper()}{name[1:]}."
    rules = found.tzinfo()
    if rules is None:
        return f"I don't know the time {found.where}."
    there = here.now.astimezone(rules)
    if thing not in ("time", "hour"):
        return f"It's {say_date(there.date())} {found.where}."
    day = f" on {there:%A}" if there.date() != here.now.date() else ""
    if found.clock_of:
        elsewhere = found.subject[:1].lower() + found.subject[1:]
        elsewhere = elsewhere if found.subject.startswith("The ") else found.subject
        return (
            f"It's {say_time(there)}{day} in {found.clock_of}. "
            f"Other parts of {elsewhere} have other times."
        )
    return f"It's {say_time(there)}{day} {found.where}."


# -- another time, and differences ---------------------------------------------------------------

_WHEN = r"(?:when|if|while|at the time when|once) (?:it is|the time is|it will be|it was) "
_THERE = r"(?: in| over in| at)? (?P<there>.+?)"
_WHAT_TIME = (
    r"what (?:is the time|(?:time|hour)(?: is| will| would| does| was)?(?: it| the time)?)"
    r"(?: be| become)?"
)
_AT = r"(?P<at>(?:noon|midday|midnight|half|quarter|\d).*?)"
_THEN = tuple(
    re.compile(rf"(?:tell me |know )?{notation}")
    for notation in (
        rf"{_WHAT_TIME}{_THERE} {_WHEN}{_AT}",
        rf"{_WHEN}{_AT} {_WHAT_TIME}{_THERE}",
        rf"what (?:time )?is {_AT} in (?P<there>.+)",
        rf"(?:convert|change|translate) {_AT} (?:to|into|in) (?P<there>.+)",
    )
)
_PAIR = r"(?:(?:between|from|of) )(?P<one>.+?) (?:and|to) (?P<two>.+)"
_AHEAD = r"(?:ahead|behind|earlier|later)"
_DIFFERENCE = tuple(
    re.compile(rf"(?:(?:what is|tell me|how (?:big|large|much) is|calculate) )?{notation}")
    for notation in (
        rf"(?:the |a )?(?:time|hour) (?:zone )?difference(?: is| are| there)* {_PAIR}",
        r"(?:the |a )?(?:time|hour) (?:zone )?difference(?: is)? (?:to|from|with|in) (?P<one>.+)",
        rf"how many hours(?: are| is| there| it| difference| apart| lie)* {_PAIR}",
        rf"how many hours {_AHEAD}(?: of (?P<two>.+?))? is (?P<one>.+)",
        r"how many hours is (?P<one>.+?) (?:ahead of|behind|from|ahead)(?: (?P<two>.+))?",
        r"how far (?:ahead|behind)(?: in time)? is (?P<one>.+)",
        r"how (?:far|much) is (?P<one>.+?) (?:ahead of|behind|ahead)(?: (?P<two>.+))?",
        r"is (?P<one>.+?) (?:ahead of|behind|in the same time ?zone as|on the same time as) "
        r"(?P<two>.+)",
        r"how many hours (?P<one>.+?) (?:is|are) (?:ahead of|behind|from) (?P<two>.+)",
    )
)
_ZONE_OF = tuple(
    re.compile(rf"(?:tell me |know )?{notation}")
    for notation in (
        r"(?:what|which) time ?zone (?:is|are|does|do) (?P<one>.+?)"
        r"(?: in| on| use| have| belong to)*",
        r"(?:what is )?the time ?zone (?:of|in|for) (?P<one>.+)",
        r"in (?:what|which) time ?zone (?:is|are|lies) (?P<one>.+)",
        r"(?:(?:what is|tell me|know|say) )?(?P<one>.+) time ?zone",
    )
)
UTC = "utc"


def _reads_difference(request: Request) -> Mapping[str, Any] | None:
    words = request.words
    if not re.search(r"\b(?:hours?|time|timezone|noon|midnight|[ap]m|ahead|behind)\b", words):
        return None
    for pattern in _THEN:
        found = pattern.fullmatch(words)
        slots = None if found is None else _conversion(found)
        if slots is not None:
            return slots
    for patterns, other in ((_DIFFERENCE, "here"), (_ZONE_OF, UTC)):
        for pattern in patterns:
            found = pattern.fullmatch(words)
            if found is None:
                continue
            one, two = _owned(found["one"]), found.groupdict().get("two") or other
            if _is_place(one) and _is_place(two) and one != two:
                return {"one": one, "two": two}
    return None


def _conversion(found: re.Match[str]) -> Mapping[str, Any] | None:
    """A time in one place that is asked for in another; a time without a place is one here."""
    there, at = found["there"], found["at"]
    read = read_clock_at(at)
    if read is None or not _is_place(there):
        return None
    base = re.sub(r"^(?:in|at|on|over in) ", "", at[read[1] :].strip()) or "here"
    return {"clock": read[0], "one": there, "two": base} if _is_place(base) else None


def _owned(words: str) -> str:
    """ "london" for the "londons" that "London's" becomes."""
    bare = words.removesuffix("s")
    return bare if not _is_place(words) and _is_place(bare) else words


def _is_place(words: str) -> bool:
    return words in _HERE or _place(words) is not None


@flow(
    name="time.difference",
    reads=_reads_difference,
    examples=[
        "what time will it be in new york when it is 9 here",
        "what is the time difference between london and tokyo",
        "how many hours ahead is sydney",
        "when it is 3 pm in berlin what time is it in los angeles",
        "what is 5 pm pacific in eastern time",
        "how far behind is california",
        "what time zone is paris in",
        "time difference to india",
        "is london ahead of new york",
        "convert 9 am eastern to central european time",
    ],
)
def difference(here: Here, one: str = "", two: str = "", clock: Clock | None = None) -> str | None:
    """Tell how far apart the times of two places are, or one time in another place."""
    if not one and not two:
        named = _places_in(here.request.words)
        if not named:
            return None
        one, two = named[0], named[1] if len(named) > 1 else "here"
    places = _place(one) if one not in _HERE else None, _place(two) if two not in _HERE else None
    zones = [here.now.tzinfo if one_ is None else one_.tzinfo() for one_ in places]
    if None in zones or zones[0] is None or zones[1] is None:
        return None
    there, base = places
    if clock is not None:
        return _converted(here.now, clock, (there, zones[0]), (base, zones[1]))
    return _apart(here.now, (there, zones[0]), (base, zones[1]))


def _converted(
    now: datetime,
    clock: Clock,
    there: tuple[Place | None, tzinfo],
    base: tuple[Place | None, tzinfo],
) -> str:
    if not clock.is_exact:
        clock = clock.in_half("am" if 7 <= clock.hour < 12 else "pm")
    day = now.astimezone(base[1]).date()
    start = (
        on_clock(day, clock, now)
        if base[0] is None
        else on_clock(day, clock, now.astimezone(base[1]))
    )
    end = as_local(start, now) if there[0] is None else start.astimezone(there[1])
    apart = (end.date() - start.date()).days
    shift = {0: "", 1: " on the next day", -1: " on the day before"}.get(apart, "")
    said = f"When it's {say_clock(clock)} {_where(base[0])}, it's {say_time(end)}{shift}"
    return f"{said} {_where(there[0])}."


def _where(place: Place | None) -> str:
    if place is None:
        return "here"
    return f"in {place.clock_of}" if place.clock_of else place.where


def _apart(
    now: datetime, there: tuple[Place | None, tzinfo], base: tuple[Place | None, tzinfo]
) -> str:
    first, second = now.astimezone(there[1]).utcoffset(), now.astimezone(base[1]).utcoffset()
    seconds = int(((first or timedelta()) - (second or timedelta())).total_seconds())
    names = [_named(one[0]) for one in (there, base)]
    if not seconds:
        return f"{names[0][:1].upper()}{names[0][1:]} and {names[1]} have the same time."
    length = say_duration(abs(seconds))
    if there[0] is None:
        names, seconds = names[::-1], -seconds
    way = "ahead of" if seconds > 0 else "behind"
    head = f"{names[0][:1].upper()}{names[0][1:]}"
    return f"{head} is {length} {way} {names[1]}."


def _named(place: Place | None) -> str:
    if place is None:
        return "here"
    if place.clock_of or place.kind == "city":
        return place.clock_of or place.name
    return f"the {place.name}" if place.subject != place.name else place.name
