"""The arguments of a tool that a request holds: what can be read by rules, and what is left.

Numbers, days, times, lengths and choices are read as everywhere in the text layer; only texts, and
choices that nobody spelled out, are left to a language model, as `Blank`s. What the model gives
back is taken only when it stands in the request (`accepted`). Values are such as JSON has: a day is
"2026-03-05". Knows schemas, no tool's code. Pure; any thread.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from difflib import SequenceMatcher
from typing import Any

from assistant.language.en.dates import without
from assistant.language.en.moments import find_moment
from assistant.language.en.normalise import normalise
from assistant.language.en.slots import DATE, DURATION
from assistant.language.en.tool_words import LITTLE, content_words
from assistant.language.slots import Clock
from assistant.talk.request import Request
from assistant.talk.tool import Tool
from assistant.talk.tool_schema import kind_schema
from assistant.tool_calls import Blank

LEAST_TEXT = math.exp(-6.3)
"""A text is taken from this likelihood of its first word on. The likelihood is over all that the
model might have written: where the request lacks the text, the model would write something of its
own, and the words of the request have next to none. Texts that stood in the 50 requests of the sets
`main` and `asks` had e^-5.9 or more, words that stood for a missing city, language or company
e^-6.7 or less (both models, docs/TOOLS.md)."""
LEAST_EXTRA = 0.1
"""The same for a text that may be left out."""
LEAST_OPTION = {2: 0.65}
LEAST_OF_MANY = 0.9
"""An option that the request does not spell out is taken from this share on, by the number of
options: "it is dark here" means "on", and "the lights" means no room."""

_NUMBER = re.compile(r"(?<!\S)(minus )?(-?\d+(?:\.\d+)?)( and a half)?(?!\S)")
_COUNTED = re.compile(r"\bfor (?=\d+(?!\S|:| (?:minutes?|hours?|days?|weeks?)\b))")
_LIST = re.compile(r"\s*(?:,|\band\b)\s*")


@dataclass(slots=True)
class Reading:
    """`given` are arguments that were read, `blanks` those that a model may fill in from
    `stretches`, which are the words that no other argument has taken."""

    given: dict[str, Any] = field(default_factory=dict)
    blanks: list[Blank] = field(default_factory=list)
    stretches: tuple[str, ...] = ()


def properties(tool: Tool) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Name, schema and whether it is required, of each argument."""
    required = tool.schema.get("required", ())
    for name, schema in tool.schema.get("properties", {}).items():
        yield name, kind_schema(schema), name in required


def read_arguments(tool: Tool, request: Request) -> Reading:
    """What `request` holds for `tool`."""
    reading = Reading()
    words = request.words
    for reads in (_read_moments, _read_lengths, _read_choices, _read_numbers):
        words = reads(tool, request, words, reading)
    for name, schema, is_required in properties(tool):
        if name not in reading.given and _is_text(schema):
            about = str(schema.get("description", ""))
            is_list = schema.get("type") == "array"
            blank = Blank(name=name, about=about, is_required=is_required, is_list=is_list)
            reading.blanks.append(blank)
    order = list(tool.schema.get("properties", {}))
    reading.blanks.sort(key=lambda blank: order.index(blank.name))
    reading.stretches = _left_of(request, words)
    return reading


def accepted(
    tool: Tool,
    request: Request,
    reading: Reading,
    values: Mapping[str, str],
    sure: Mapping[str, float],
) -> dict[str, Any]:
    """The arguments of `reading` with those of the model's `values` that the request bears out."""
    kept = dict(reading.given)
    schemas = {name: schema for name, schema, _ in properties(tool)}
    own = own_words(tool)
    for blank in reading.blanks:
        if blank.name not in values:
            continue
        value, share = values[blank.name], sure[blank.name]
        schema = schemas[blank.name]
        if blank.options:
            if share >= LEAST_OPTION.get(len(blank.options), LEAST_OF_MANY):
                kept[blank.name] = _of_schema(value, schema)
        elif share >= (LEAST_TEXT if blank.is_required else LEAST_EXTRA) and _is_said(
            value, request, reading, own
        ):
            kept[blank.name] = _of_schema(value, schema)
    return kept


def missing(tool: Tool, arguments: Mapping[str, Any]) -> list[str]:
    """The required arguments that are not there."""
    return [name for name in tool.schema.get("required", ()) if arguments.get(name) is None]


def own_words(tool: Tool) -> frozenset[str]:
    """The words that name a tool and what it is about, in one spelling."""
    spelled = f"{tool.name.rsplit('.', 1)[-1].replace('_', ' ')} {tool.about}"
    return frozenset(content_words(normalise(spelled)))


# -- by rules -------------------------------------------------------------------------------------


def _named(tool: Tool, *formats: str) -> dict[str, str]:
    """The first argument of each of these formats: format to name."""
    found: dict[str, str] = {}
    for name, schema, _ in properties(tool):
        one = str(schema.get("format", ""))
        if one in formats:
            found.setdefault(one, name)
    return found


def _read_moments(tool: Tool, request: Request, words: str, reading: Reading) -> str:
    wanted = _named(tool, "date", "time", "date-time")
    if not wanted:
        return words
    if wanted.keys() == {"date"}:
        seen = DATE.find(words, request.now)
        if seen is None:
            return words
        reading.given[wanted["date"]] = seen[0].isoformat()
        return seen[1]
    counts = any(schema.get("type") in ("integer", "number") for _, schema, _ in properties(tool))
    masked = _COUNTED.sub("for #", words) if counts else words
    found = find_moment(masked, request.now)
    if found is None:
        return words
    moment, rest = found
    at = moment.resolve(request.now)
    if "date-time" in wanted and at is not None and moment.has_time:
        reading.given[wanted["date-time"]] = at.isoformat()
    if "date" in wanted and moment.date is not None:
        reading.given[wanted["date"]] = moment.date.isoformat()
    if "time" in wanted and moment.clock is not None:
        clock = moment.clock
        if moment.part in ("evening", "night") and not clock.is_exact:
            clock = clock.in_half("pm")
        elif at is not None:
            clock = Clock(at.hour, at.minute)
        reading.given[wanted["time"]] = time(clock.hour, clock.minute).isoformat("minutes")
    return rest.replace("#", "")


def _read_lengths(tool: Tool, request: Request, words: str, reading: Reading) -> str:
    name = _named(tool, "duration").get("duration")
    seen = DURATION.find(words, request.now) if name else None
    if name is None or seen is None:
        return words
    reading.given[name] = iso_length(seen[0])
    return seen[1]


def iso_length(length: timedelta) -> str:
    """As JSON Schema's format "duration" (ISO 8601) has it."""
    return f"PT{length.total_seconds():g}S"


def _read_choices(tool: Tool, request: Request, words: str, reading: Reading) -> str:
    for name, schema, is_required in properties(tool):
        about = str(schema.get("description", ""))
        if schema.get("type") == "boolean":
            _read_switch(name, schema, is_required, request, reading)
            continue
        items = kind_schema(schema.get("items", {})) if schema.get("type") == "array" else schema
        options = {normalise(str(one)): one for one in items.get("enum", ())}
        found = [one for one in options if re.search(rf"(?<!\S){re.escape(one)}(?!\S)", words)]
        if schema.get("type") == "array" and options:
            if found:
                reading.given[name] = [options[one] for one in found]
        elif len(found) == 1:
            reading.given[name] = options[found[0]]
            words = re.sub(rf"(?<!\S){re.escape(found[0])}(?!\S)", "", words, count=1)
        elif options and (found or is_required):
            texts = tuple(str(options[one]) for one in found or options)
            blank = Blank(name=name, options=texts, about=about, is_required=is_required)
            reading.blanks.append(blank)
    return " ".join(words.split())


def _read_switch(
    name: str, schema: Mapping[str, Any], is_required: bool, request: Request, reading: Reading
) -> None:
    """One that may be left out is the other way round when a word of it is said."""
    if is_required:
        about = str(schema.get("description", ""))
        reading.blanks.append(Blank(name=name, options=("true", "false"), about=about))
        return
    spelled = f"{name.replace('_', ' ')} {schema.get('description', '')}"
    if not content_words(normalise(spelled)).isdisjoint(content_words(request.words)):
        reading.given[name] = not schema.get("default", False)


def _read_numbers(tool: Tool, request: Request, words: str, reading: Reading) -> str:
    wanted = [
        (name, schema)
        for name, schema, _ in properties(tool)
        if schema.get("type") in ("integer", "number") and "enum" not in schema
    ]
    found = list(_NUMBER.finditer(words))
    if not wanted or not found:
        return words
    if len(wanted) == len(found) == 1:
        name, schema = wanted[0]
        value = _as_number(found[0], schema)
        if value is not None:
            reading.given[name] = value
            words = without(words, found[0].start(), found[0].end())
        return words
    texts = tuple(dict.fromkeys(one[0].strip() for one in found))
    for name, schema in wanted:
        about = str(schema.get("description", ""))
        reading.blanks.append(Blank(name=name, options=texts, about=about))
    return words


def _as_number(found: re.Match[str], schema: Mapping[str, Any]) -> int | float | None:
    """None for a part of a whole number where whole ones are wanted."""
    value = float(found[2]) + (0.5 if found[3] else 0.0)
    value = -value if found[1] else value
    if schema.get("type") == "number":
        return value
    return int(value) if value.is_integer() else None


# -- texts ----------------------------------------------------------------------------------------


def _is_text(schema: Mapping[str, Any]) -> bool:
    if schema.get("type") == "array":
        items = kind_schema(schema.get("items", {}))
        return items.get("type", "string") == "string" and "enum" not in items
    return (
        schema.get("type", "string") == "string" and "format" not in schema and "enum" not in schema
    )


def _left_of(request: Request, words: str) -> tuple[str, ...]:
    """The stretches of the transcript whose words are still in `words`, which are canonical."""
    left = words.split()
    said = [(token, normalise(token).split()) for token in request.text.split()]
    flat = [word for _, spelled in said for word in spelled]
    kept = {
        place
        for block in SequenceMatcher(None, flat, left, autojunk=False).get_matching_blocks()
        for place in range(block.a, block.a + block.size)
    }
    stretches: list[list[str]] = [[]]
    at = 0
    for token, spelled in said:
        places = range(at, at + len(spelled))
        at += len(spelled)
        if spelled and not kept.isdisjoint(places):
            stretches[-1].append(token)
        elif stretches[-1]:
            stretches.append([])
    return tuple(" ".join(one) for one in stretches if one)


def _is_said(value: str, request: Request, reading: Reading, own: frozenset[str]) -> bool:
    """The words stand in the request, where no other argument has taken them, and are more than
    little words and the tool's own."""
    words = normalise(value).split()
    means = [word for word in words if word not in LITTLE]
    said = [f" {normalise(one)} " for one in reading.stretches]
    if not means or not any(f" {' '.join(words)} " in one for one in said):
        return False
    is_start = request.canonical.startswith(" ".join(words)) and len(words) > 1
    about = content_words(" ".join(words))
    return not (about <= own or (is_start and about & own))


def _of_schema(value: str, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return value == "true"
    if kind == "array":
        return [re.sub(r"^the ", "", one) for one in _LIST.split(value) if one]
    if kind in ("integer", "number"):
        found = _NUMBER.fullmatch(value)
        return _as_number(found, schema) if found else None
    return next((one for one in schema.get("enum", ()) if str(one) == value), value)


def as_json(value: Any, now: datetime) -> Any:
    """What a question was answered with, as JSON has it."""
    if isinstance(value, Clock):
        at = value.next_after(now)
        return at.time().isoformat("minutes")
    if isinstance(value, timedelta):
        return iso_length(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
