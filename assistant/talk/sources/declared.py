"""Makes flows and the schema of tools from what the configuration declares: phrases and slots.

A slot is a type ("text", "number", …), a list of choices, a table of words and values, or a table
with `type`, and `ask` (the question for it when it was not said) or `default`. Knows no database
and no interface. Pure; runs once, when the configuration is read.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from assistant.errors import AssistantError, ConfigError
from assistant.language.en.slots import choice, kind_of
from assistant.language.phrases import Phrase, ReplyError, read_phrase
from assistant.language.slots import Clock, SlotKind
from assistant.talk.flow import Ask, Flow, Steps
from assistant.talk.tool import Here

TYPES: dict[str, Any] = {
    "text": str,
    "number": float,
    "integer": int,
    "date": date,
    "time": Clock,
    "duration": timedelta,
    "moment": datetime,
    "yes_no": bool,
}
"""What a slot may be called in the configuration, and the type that stands for it."""
_SCHEMAS: dict[str, dict[str, str]] = {
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "yes_no": {"type": "boolean"},
    "date": {"type": "string", "description": "a day, as 2026-03-04"},
    "time": {"type": "string", "description": "a time of day, as 15:20"},
    "duration": {"type": "number", "description": "seconds"},
    "moment": {"type": "string", "description": "as 2026-03-04T15:20"},
}
_OF_A_SLOT = ("type", "ask", "default", "about")


class SlotFault(AssistantError):
    """A tool was called with a value that its slot cannot have; `what` is said."""

    code = "E-SLOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """`kind` reads its words, `schema` describes its value to a model, `ask` is the question for it
    and `default` its value when it was not said and is not asked for."""

    name: str
    kind: SlotKind
    schema: Mapping[str, Any]
    ask: str = ""
    default: Any = None


def read_slots(declared: Mapping[str, Any], place: str) -> dict[str, Slot]:
    """The slots of the table at `place` ("apis.weather.slots"). `ConfigError` for an unknown type,
    with the nearest known one."""
    return {name: _slot(name, given, f"{place}.{name}") for name, given in declared.items()}


def _slot(name: str, given: Any, place: str) -> Slot:
    if not name.isidentifier() or name != name.lower() or name == "here":
        raise ConfigError(
            f"{place} has a name that no slot can have", "use small letters, digits and _", place
        )
    table: Mapping[str, Any] = {"type": given}
    if isinstance(given, Mapping) and "type" in given:
        table = given
        for key in given:
            if key not in _OF_A_SLOT:
                raise ConfigError(f"unknown key {place}.{key}", _nearest(key, _OF_A_SLOT), place)
    ask, about = table.get("ask", ""), table.get("about", "")
    if not isinstance(ask, str) or not isinstance(about, str):
        raise ConfigError(f"{place}: ask and about are texts", "", place)
    kind, schema = _kind(table["type"], place)
    if about:
        schema = {**schema, "description": about}
    return Slot(name=name, kind=kind, schema=schema, ask=ask, default=table.get("default"))


def _kind(given: Any, place: str) -> tuple[SlotKind, dict[str, Any]]:
    if isinstance(given, str):
        if given not in TYPES:
            raise ConfigError(f"{place} is {given!r}", _nearest(given, TYPES), place)
        return kind_of(TYPES[given]), dict(_SCHEMAS.get(given, {"type": "string"}))
    values = list(given.values()) if isinstance(given, Mapping) else list(given or ())
    is_plain = all(isinstance(one, (str, int, float)) for one in values)
    if not isinstance(given, (Mapping, Sequence)) or not values or not is_plain:
        raise ConfigError(
            f"{place} is {given!r}",
            'write a type such as "text", choices as ["small", "large"], or a table with type',
            place,
        )
    return choice(given), {"enum": values}


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"use one of: {', '.join(known)}"


def read_templates(
    phrases: Sequence[str], slots: Mapping[str, Slot], place: str
) -> tuple[Phrase, ...]:
    """The phrases at `place`, read; `ConfigError` says which cannot be."""
    patterns = {name: slot.kind.pattern for name, slot in slots.items()}
    try:
        return tuple(read_phrase(one, patterns) for one in phrases)
    except ReplyError as error:
        step = error.next_step
        if "has no slot" in error.what:
            step = f"{step}, or add it to {place.rsplit('.', 1)[0]}.slots"
        raise ConfigError(f"{place}: {error.what}", step, place) from error


def schema_of(slots: Mapping[str, Slot]) -> dict[str, Any]:
    """The JSON Schema of a tool's arguments. What can be asked for or has a default may be left
    out."""
    return {
        "type": "object",
        "properties": {name: dict(slot.schema) for name, slot in slots.items()},
        "required": [n for n, slot in slots.items() if slot.default is None and not slot.ask],
        "additionalProperties": False,
    }


def declared_flow(
    name: str,
    templates: tuple[Phrase, ...],
    slots: Mapping[str, Slot],
    run: Callable[[Here, Mapping[str, Any]], Steps],
    *,
    about: str,
    origin: str,
    declared: Any,
    fixed: Sequence[str] = (),
) -> Flow:
    """A flow that asks for what was not said and then does `run(here, values)`. `declared` is what
    it was made from: its version."""

    def follow(here: Here, **said: Any) -> Steps:
        values: dict[str, Any] = {}
        for one, slot in slots.items():
            values[one] = said.get(one)
            if values[one] is None and slot.ask:
                values[one] = yield Ask(slot.ask, slot.kind)
            if values[one] is None:
                values[one] = slot.default
        return (yield from run(here, values))

    version = hashlib.sha256(json.dumps(declared, default=str, sort_keys=True).encode())
    return Flow(
        name=name,
        function=follow,
        templates=templates,
        slots={one: slot.kind for one, slot in slots.items()},
        about=about,
        version=version.hexdigest()[:12],
        fixed=tuple(fixed),
        is_users=True,
        origin=origin,
    )


def filled_in(slots: Mapping[str, Slot], given: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every slot for a tool that is called with `given`: what is lacking has its
    default, what is unknown is left out. `SlotFault` for a value that is none of the choices."""
    values = {
        name: slot.default if given.get(name) is None else given[name]
        for name, slot in slots.items()
    }
    for name, value in values.items():
        choices = slots[name].schema.get("enum")
        if choices is not None and value is not None and value not in choices:
            raise SlotFault(f"I don't know the {name.replace('_', ' ')} {str(value)[:40]}")
    return values


def as_plain(value: Any) -> Any:
    """A value of a slot as a text, number or None: for SQL, addresses and JSON. A duration is
    seconds."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")[:19]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Clock):
        return f"{value.hour:02}:{value.minute:02}"
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(value)
