"""Checks nested tables against the sections of the configuration, with pydantic.

The sections are dataclasses (assistant/config.py); what a key may be is in the metadata of its
field. Lists and nested tables are checked like everything else. Knows no section by name but those
that were renamed. Runs once, on the main thread; pydantic loads only when there is a file.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from assistant.errors import ConfigError

RENAMED = {"whisper": "transcriber", "models.smart_turn": "turn.model"}
"""Sections and keys of earlier versions, and what they are called now."""

_KINDS = {
    "int_type": "int",
    "int_from_float": "int",
    "float_type": "float",
    "bool_type": "bool",
    "string_type": "text",
    "dict_type": "a table",
    "list_type": "a list",
    "model_type": "a table",
}


_NAME = re.compile(r"[a-z][a-z0-9_]*")


def checked(data: dict[str, Any], sections: dict[str, Any]) -> dict[str, Any]:
    """The sections of `data` as objects of their classes; `ConfigError` on the first thing wrong,
    with the nearest known name, the range or the choices. A section `dict[str, X]` holds tables of
    the class X under names that the user chooses."""
    for section, table in data.items():
        if section not in sections:
            raise ConfigError(
                f"unknown section [{section}]",
                _nearest(section, section, list(sections)),
                section,
            )
        if not isinstance(table, dict):
            raise ConfigError(f"{section} must be a table", f"write it as [{section}]", section)
    return {name: _any_section(sections[name], name, table) for name, table in data.items()}


def _any_section(kind: Any, name: str, table: dict[str, Any]) -> Any:
    if typing.get_origin(kind) is not dict:
        return _section(kind, name, table)
    inner = typing.get_args(kind)[1]
    known = [spec.name for spec in dataclasses.fields(inner)]
    for one, value in table.items():
        place = f"{name}.{one}"
        if not isinstance(value, dict):
            step = f"write a name: [{name}.NAME]" if one in known else f"write it as [{place}]"
            raise ConfigError(f"{place} must be a table", step, place)
        if not _NAME.fullmatch(one):
            raise ConfigError(
                f"[{place}] has a name that cannot be used",
                "use small letters, digits and _",
                place,
            )
    return {one: _section(inner, f"{name}.{one}", value) for one, value in table.items()}


def _section(kind: type, name: str, table: dict[str, Any]) -> Any:
    try:
        found = _model(kind).model_validate(table)
    except ValidationError as error:
        raise _translated(error.errors()[0], kind, name) from None
    return _made(kind, found)


def _made(kind: type, found: BaseModel) -> Any:
    """An object of the dataclass from what pydantic has checked; only what was given."""
    values = {name: _plain(getattr(found, name)) for name in found.model_fields_set}
    return kind(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _made(_DATACLASSES[type(value)], value)
    if isinstance(value, list):
        return tuple(_plain(one) for one in value)
    if isinstance(value, dict):  # what stands in a table of free content stays as it is
        return {k: _plain(one) if isinstance(one, BaseModel) else one for k, one in value.items()}
    return value


_DATACLASSES: dict[type[BaseModel], type] = {}


@cache
def _model(kind: type) -> type[BaseModel]:
    """A pydantic model with the fields of a dataclass, strict: nothing is converted."""
    hints = typing.get_type_hints(kind)
    fields: dict[str, Any] = {}
    for spec in dataclasses.fields(kind):
        hint = _hint(hints[spec.name])
        choices, low, high = (spec.metadata.get(key) for key in ("choices", "low", "high"))
        if choices is not None:
            hint = Literal[tuple(choices)]
        if low is not None:
            hint = Annotated[hint, Field(ge=low, le=high)]
        needed = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
        fields[spec.name] = (hint, ... if needed else None)
    model: type[BaseModel] = create_model(
        kind.__name__, __config__=ConfigDict(strict=True, extra="forbid"), **fields
    )
    _DATACLASSES[model] = kind
    return model


def _hint(hint: Any) -> Any:
    """What pydantic is told for a type hint: a dataclass within is a table, a tuple a list."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _model(hint)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (tuple, list):
        return list[_hint(inner[0])]  # type: ignore[misc]
    if origin is dict:
        return dict[inner[0], _hint(inner[1])]  # type: ignore[valid-type,misc]
    return hint


def _translated(error: Any, kind: type, section: str) -> ConfigError:
    """pydantic's first complaint in the words of this program."""
    found = _told(error, kind, section)
    found.place = _place(error["loc"], kind, section)[0]
    return found


def _told(error: Any, kind: type, section: str) -> ConfigError:
    place, spec, inside = _place(error["loc"], kind, section)
    help_text = spec.metadata.get("help", "") if spec is not None else ""
    value, context = error["input"], error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        known = [one.name for one in dataclasses.fields(inside)]
        return ConfigError(f"unknown key {place}", _nearest(place, str(error["loc"][-1]), known))
    if error["type"] == "missing":
        return ConfigError(f"{place} is missing", help_text or "add it")
    if error["type"] == "literal_error" and spec is not None:
        choices = ", ".join(spec.metadata["choices"])
        return ConfigError(f"{place} is {value!r}", f"use one of: {choices}")
    if error["type"] in ("greater_than_equal", "less_than_equal") and spec is not None:
        low, high = spec.metadata["low"], spec.metadata["high"]
        return ConfigError(f"{place} is {value!r}", f"use a value from {low} to {high}")
    if error["type"] in ("dict_type", "model_type"):
        return ConfigError(f"{place} is {value!r}, which is no table", help_text)
    wanted = _KINDS.get(error["type"])
    if wanted is None:
        return ConfigError(f"{place} is {value!r}: {error['msg']} {context or ''}", help_text)
    default = _default(spec)
    return ConfigError(
        f"{place} is {value!r}, which is not {wanted}",
        f"{help_text}; default: {default!r}" if default is not None else help_text,
    )


def _place(loc: tuple[Any, ...], kind: type, section: str) -> tuple[str, Any, type]:
    """The dotted name of a place, the field that it is in and the dataclass of that field."""
    place, spec, inside, is_key = section, None, kind, False
    for step in loc:
        if isinstance(step, int):
            place += f"[{step}]"
            continue
        place += f".{step}"
        if is_key:  # a name that the person has chosen
            is_key = False
            continue
        specs = {one.name: one for one in dataclasses.fields(inside)}
        if step not in specs:
            break
        spec = specs[step]
        hint = typing.get_type_hints(inside)[step]
        is_key, within = typing.get_origin(hint) is dict, _within(hint)
        if within is not None:
            inside = within
    return place, spec, inside


def _within(hint: Any) -> type | None:
    """The dataclass that a hint holds, if there is one."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return hint
    return next(filter(None, map(_within, typing.get_args(hint))), None)


def _default(spec: Any) -> Any:
    return None if spec is None or spec.default is dataclasses.MISSING else spec.default


def _nearest(place: str, name: str, known: list[str]) -> str:
    if place in RENAMED:
        return f"it is called {RENAMED[place]} now"
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean '{close[0]}'?" if close else f"known: {', '.join(sorted(known))}"
