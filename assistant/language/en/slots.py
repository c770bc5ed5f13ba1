"""The kinds of slot in English: which canonical words may be a length, a number, a yes.

Pure; any thread.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from rapidfuzz import fuzz

from assistant.language.en.clock import find_clock, read_clock
from assistant.language.en.dates import MONTHS, WEEKDAYS, Anchor, find_date, read_date, without
from assistant.language.en.durations import find_duration
from assistant.language.en.holidays import HOLIDAY_WORDS
from assistant.language.en.moments import (
    find_moment,
    find_recurrence,
    read_moment,
    read_recurrence,
)
from assistant.language.en.normalise import normalise
from assistant.language.slots import Clock, Moment, Recurrence, SlotKind

_YES = frozenset(
    (
        "yes|sure|of course|okay|certainly|absolutely|please do|do it|go ahead|correct|right"
        "|that is right|that is correct|exactly|definitely|why not|sounds good|yes please|yes do"
        "|yes sure|yes of course|yes do it|yes go ahead|all right|fine|indeed|perfect|i do"
    ).split("|")
)
_NO = frozenset(
    (
        "no|not now|do not|no do not|no thanks|no thank you|better not|rather not|wrong|not really"
        "|i would rather not|that is wrong|not at all|never|no way|not yet|i do not think so"
    ).split("|")
)
_NUMBER = re.compile(
    r"(?:minus )?-?\d+(?:\.\d+|(?: point(?: \d)+)|(?: and a (?:half|quarter)\b| and 3 quarters\b))?"
)
"""Digits, as written or as said: "2.5", "2 point 5", "minus 3 point 1 4", "2 and a half"."""
_PARTS = {"a half": 0.5, "a quarter": 0.25, "3 quarters": 0.75}
_ANY = r"(?:\S+ )+?"


def _parse_text(words: str, now: datetime) -> str | None:
    return words or None


def _parse_yes_no(words: str, now: datetime) -> bool | None:
    if words in _YES:
        return True
    if words in _NO:
        return False
    first = words.split()[:1]
    if first == ["yes"]:
        return True
    return False if first == ["no"] and len(words.split()) <= 3 else None


def _parse_float(words: str, now: datetime) -> float | None:
    return _as_float(words) if _NUMBER.fullmatch(words) else None


def _as_float(words: str) -> float:
    number, _, part = words.removeprefix("minus ").partition(" and ")
    whole, _, fraction = number.partition(" point ")
    value = float(f"{whole}.{fraction.replace(' ', '')}" if fraction else whole)
    value += _PARTS.get(part, 0.0)
    return -value if words.startswith("minus ") else value


def _parse_int(words: str, now: datetime) -> int | None:
    return int(words) if re.fullmatch(r"-?\d+", words) else None


def _find_float(words: str, now: datetime) -> tuple[float, str] | None:
    found = re.search(rf"(?<!\S){_NUMBER.pattern}(?!\S)", words)
    return (_as_float(found[0]), _without(words, found)) if found else None


def _find_int(words: str, now: datetime) -> tuple[int, str] | None:
    found = re.search(r"(?<!\S)-?\d+(?!\S)", words)
    return (int(found[0]), _without(words, found)) if found else None


def _without(words: str, found: re.Match[str]) -> str:
    return " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())


def _parse_duration(words: str, now: datetime) -> timedelta | None:
    found = find_duration(words)
    return timedelta(seconds=found[0]) if found and found[1] == "#" else None


def _find_duration(words: str, now: datetime) -> tuple[timedelta, str] | None:
    found = find_duration(words)
    if found is None:
        return None
    return timedelta(seconds=found[0]), " ".join(found[1].replace("#", " ").split())


def _parse_date(words: str, now: datetime) -> date | None:
    return read_date(words, Anchor(today=now.date()))


def _find_date(words: str, now: datetime) -> tuple[date, str] | None:
    return find_date(words, Anchor(today=now.date()))


def _parse_clock(words: str, now: datetime) -> Clock | None:
    return read_clock(words)


def _find_clock(words: str, now: datetime) -> tuple[Clock, str] | None:
    found = find_clock(words)
    return None if found is None else (found[0], without(words, found[1], found[2]))


def _parse_recurrence(words: str, now: datetime) -> Recurrence | None:
    return read_recurrence(words)


def _find_recurrence(words: str, now: datetime) -> tuple[Recurrence, str] | None:
    return find_recurrence(words)


def _parse_datetime(words: str, now: datetime) -> datetime | None:
    moment = read_moment(words, now)
    return None if moment is None else moment.resolve(now)


def _find_datetime(words: str, now: datetime) -> tuple[datetime, str] | None:
    found = find_moment(words, now)
    at = None if found is None else found[0].resolve(now)
    return None if found is None or at is None else (at, found[1])


def _whole(parse: Any) -> Any:
    """A `find` for a kind that is only ever all of the words."""

    def find(words: str, now: datetime) -> tuple[Any, str] | None:
        value = parse(words, now)
        return None if value is None else (value, "")

    return find


TEXT = SlotKind(name="text", pattern=_ANY, parse=_parse_text, find=_whole(_parse_text))
YES_NO = SlotKind(name="yes or no", pattern=_ANY, parse=_parse_yes_no, find=_whole(_parse_yes_no))
NUMBER = SlotKind(
    name="number", pattern=rf"{_NUMBER.pattern} ", parse=_parse_float, find=_find_float
)
WHOLE_NUMBER = SlotKind(name="number", pattern=r"-?\d+ ", parse=_parse_int, find=_find_int)
DURATION = SlotKind(
    name="length",
    pattern=(
        r"(?:(?:an?|\d\S*|half|quarters?|couple|few|of|and|hours?|minutes?|seconds?|days?|weeks?|"
        "fortnights?"
        r"|months?|years?) )+"
    ),
    parse=_parse_duration,
    find=_find_duration,
)
_CLOCK_WORDS = (
    r"\d{1,4}(?::\d\d)?|noon|midday|midnight|half|quarter|an?|past|to|after|before|until|of|oh|o|"
    "clock"
    r"|oclock|am|pm|[ap]|m|in|the|at|early|late|mornings?|afternoons?|evenings?|nights?|minutes?|"
    "hours"
    r"|sharp|exactly"
)
_DATE_WORDS = (
    rf"on|the|of|in|this|next|last|coming|past|today|tomorrow|yesterday|day|before|after|week|"
    f"month|year"
    rf"|weekend|end|from|now|ago|time|a|an|couple|{'|'.join(WEEKDAYS)}|{'|'.join(MONTHS)}"
    r"|jan|feb|apr|aug|sept?|oct|nov|dec|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
    r"|tenth|eleventh|twelfth|hundred|oh|\d{1,4}(?:st|nd|rd|th)?|days|weeks|months|years|fortnight"
    rf"|{HOLIDAY_WORDS}"
)
_RECURRING_WORDS = (
    "every|each|single|daily|everyday|weekdays?|weekends?|weekly|work|working|week|on|the|during|"
    "and"
    f"|to|through|until|from|days?|{'|'.join(f'{day}s?' for day in WEEKDAYS)}|7|a"
)
_BEGINS = r"(?!(?:of|to|past|after|before|until|and|from|day|week|month|year|time|end|now|m|oh|o) )"
"""Words of a moment that none begins with."""
_NO_IN = (
    r"(?!in (?!an? |\d|half |the (?:morning|afternoon|evening) |about |around |another |exactly ))"
)


def _row_of(words: str) -> str:
    return rf"{_BEGINS}{_NO_IN}(?:(?:{words}) )+"


DATE = SlotKind(name="day", pattern=_row_of(_DATE_WORDS), parse=_parse_date, find=_find_date)
CLOCK = SlotKind(
    name="time",
    pattern=_row_of(f"{_CLOCK_WORDS}|by|for|around|about"),
    parse=_parse_clock,
    find=_find_clock,
)
RECURRENCE = SlotKind(
    name="days that come again",
    pattern=_row_of(_RECURRING_WORDS),
    parse=_parse_recurrence,
    find=_find_recurrence,
)
_MOMENT_WORDS = (
    f"tonight|hours?|seconds?|by|for|around|about|another|starting|{_CLOCK_WORDS}|{_DATE_WORDS}"
    f"|{_RECURRING_WORDS}"
)
MOMENT = SlotKind(
    name="moment", pattern=_row_of(_MOMENT_WORDS), parse=read_moment, find=find_moment
)
DATETIME = SlotKind(
    name="moment", pattern=MOMENT.pattern, parse=_parse_datetime, find=_find_datetime
)

KINDS: dict[Any, SlotKind] = {
    str: TEXT,
    bool: YES_NO,
    float: NUMBER,
    int: WHOLE_NUMBER,
    timedelta: DURATION,
    date: DATE,
    Clock: CLOCK,
    Recurrence: RECURRENCE,
    Moment: MOMENT,
    datetime: DATETIME,
}
_NAMED = ", ".join(one.__name__ for one in KINDS)


def kind_of(annotation: Any) -> SlotKind:
    """The kind for a type hint, with or without `| None`; `TypeError` for one that has none.

    A sequence of texts, or a mapping of texts to values, stands for one of these. A type hint names
    a kind of its own as `Annotated[str, choice(["small", "large"])]`.
    """
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        meant = [one for one in typing.get_args(annotation) if one is not type(None)]
        if len(meant) == 1:
            return kind_of(meant[0])
    if typing.get_origin(annotation) is Literal:
        return choice(one for one in typing.get_args(annotation) if one is not None)
    if typing.get_origin(annotation) is Annotated:
        own = [one for one in annotation.__metadata__ if isinstance(one, SlotKind)]
        return kind_of(own[0] if own else annotation.__origin__)
    if isinstance(annotation, SlotKind):
        return annotation
    if isinstance(annotation, (Mapping, list, tuple)):
        return choice(annotation)
    try:
        return KINDS[annotation]
    except (KeyError, TypeError):
        raise TypeError(
            f"{annotation!r} is no kind of slot; use one of: {_NAMED}, Literal, or a list of texts"
        ) from None


def choice(options: Mapping[str, Any] | Iterable[Any]) -> SlotKind:
    """One of `options` (the words of each, or a mapping of words to values), by its words or by its
    place ("the second one")."""
    given = options if isinstance(options, Mapping) else {str(one): one for one in options}
    names = {normalise(str(name)): value for name, value in given.items()}
    if not any(names):
        raise TypeError("a choice needs at least one text to choose")
    if any(value is None for value in names.values()):
        raise TypeError("a choice cannot stand for None, which is no answer; write another value")

    def parse(words: str, now: datetime) -> Any:
        return _chosen(words, names)

    longest_first = sorted(names, key=len, reverse=True)

    def find(words: str, now: datetime) -> tuple[Any, str] | None:
        for name in longest_first:
            found = re.search(rf"(?<!\S){_joined(name)}(?!\S)", words)
            if found:
                return names[name], _without(words, found)
        return None

    def near(words: str, now: datetime) -> tuple[Any, str] | None:
        found = nearest(words, longest_first)
        return None if found is None else (names[found[0]], found[1])

    listed = "|".join(_joined(name) + " " for name in longest_first)
    return SlotKind(
        name="choice",
        pattern=f"(?:{listed})",
        parse=parse,
        find=find,
        near=near,
        options=tuple(filter(None, names)),
    )


def _joined(name: str) -> str:
    """The words of a choice as a regular expression, also written in one: "check-up" is heard as
    "checkup", too."""
    return re.escape(name).replace(r"\ ", " ?")


NEAR = 84.0
"""So alike (0 to 100, Indel ratio of letters) are words that a recogniser nearly got right, such as
"light rose" for "light roast". Below it different choices meet ("some milk", "soy milk": 82)."""
NEARER = 87.0
"""So alike are words that are meant although a shorter choice is among them, such as "ice coffee"
for "iced coffee"; "and milk" is not "almond milk" (84)."""
_SHORTEST_NEAR = 5


def nearest(words: str, names: Sequence[str]) -> tuple[str, str] | None:
    """The one of `names` that most letters of `words` stand for, and the words without these."""
    return _nearest(words.split(), names, NEARER) or _nearest(words.split(), names, NEAR)


def _nearest(said: list[str], names: Sequence[str], least: float) -> tuple[str, str] | None:
    best: tuple[float, str, str] | None = None
    for name in names:
        count = len(name.split())
        for start in range(len(said) - count + 1):
            window = " ".join(said[start : start + count])
            alike = _alike(name, window, least)
            if alike and (best is None or alike * len(name) > best[0]):
                rest = " ".join(said[:start] + said[start + count :])
                best = (alike * len(name), name, rest)
    return best and best[1:]


def _alike(name: str, window: str, least: float) -> float:
    """0 when they are not near; numbers are never near to others."""
    if name == window:
        return 100.0
    if len(name) < _SHORTEST_NEAR:
        return 0.0
    alike = fuzz.ratio(name, window, score_cutoff=least)
    is_number_same = not alike or re.findall(r"\d+", name) == re.findall(r"\d+", window)
    return alike if is_number_same else 0.0


_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_MOST_AROUND = 3
"""So many words that say nothing about a choice may stand around it."""
_CHOOSING = frozenset("the a an 1 one i mean want would like to in at it is that for my".split())


def _chosen(words: str, names: dict[str, Any]) -> Any:
    said = [word for word in words.split() if word not in _CHOOSING]
    if words in names:
        return names[words]
    if len(said) == 1 and said[0] in _PLACES and _PLACES.index(said[0]) < len(names):
        return list(names.values())[_PLACES.index(said[0])]
    if said == ["last"]:
        return list(names.values())[-1]
    bare = {name: [w for w in name.split() if w not in _CHOOSING] for name in names}
    for name, parts in bare.items():
        if said and "".join(said) == "".join(parts):  # "pick up" is also written "pickup"
            return names[name]
    within = [name for name, parts in bare.items() if said and set(said) <= set(parts)]
    if within:
        return names[within[0]] if len(within) == 1 else None
    found = nearest(words, list(names))
    if found is None:
        return None
    other = nearest(found[1], list(names))
    around = [word for word in found[1].split() if word not in _CHOOSING]
    is_two = other is not None and other[0] != found[0]
    return None if is_two or len(around) > _MOST_AROUND else names[found[0]]
