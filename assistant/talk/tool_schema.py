"""JSON Schema of a tool's arguments from the type hints of its function, and values checked by it.

The schema is what a language model, a server or another program sees; the function gets Python
values. Knows no tool and no flow. pydantic is imported with the first call that needs it. Pure; any
thread.
"""

from __future__ import annotations

import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal

from assistant.errors import InputError

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    time: {"type": "string", "format": "time"},
    timedelta: {"type": "string", "format": "duration"},
}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list, tuple),
    "object": (dict,),
}
_ARGUMENT = re.compile(r"\s*\*{0,2}(\w+)(?:\s*\([^)]*\))?\s*:\s*(.+)")


class BadArgument(InputError):
    """A value that a tool cannot be called with; `argument` is its name, "" where none is known."""

    def __init__(self, argument: str, what: str) -> None:
        super().__init__(f"{argument}: {what}" if argument else what, "give another value")
        self.argument = argument


def about_of(function: Callable[..., Any]) -> str:
    """The first line of its documentation."""
    return (inspect.getdoc(function) or "").split("\n")[0].strip()


def schema_of(function: Callable[..., Any]) -> dict[str, Any]:
    """An object with the parameters of `function`, but for `here`. `TypeError` for a type hint that
    stands for nothing that can be said: use str, int, float, bool, Literal, an Enum, date, time,
    datetime, timedelta, a list of these, or one of them with `| None`."""
    hints = typing.get_type_hints(function)
    described = _described(inspect.getdoc(function) or "")
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "here":
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"{function.__name__}: *{name} has no schema; name each argument")
        made = _schema(hints.get(name, str), f"{function.__name__}: {name}")
        if name in described:
            made["description"] = described[name]
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        elif isinstance(parameter.default, (str, int, float, bool)):
            made["default"] = parameter.default
        properties[name] = made
    return {"type": "object", "properties": properties, "required": required}


def kind_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """`schema` of a value, without the alternative that it is null."""
    for key in ("anyOf", "oneOf"):
        others = [one for one in schema.get(key, ()) if one.get("type") != "null"]
        if len(others) == 1:
            return {**{k: v for k, v in schema.items() if k != key}, **others[0]}
    kind = schema.get("type")
    if isinstance(kind, list):
        others = [one for one in kind if one != "null"]
        return {**schema, "type": others[0]} if len(others) == 1 else schema
    return schema


def checked(
    function: Callable[..., Any], schema: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """`given` as the function takes it: texts of dates and choices become Python values where it
    has type hints; else they are held against `schema`. Arguments that are not known, and those
    that are None and not required, are left out. `BadArgument` for a value that does not fit and
    for one that is missing."""
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    kept = {
        name: value
        for name, value in given.items()
        if (not properties or name in properties) and (value is not None or name in required)
    }
    for name in required:
        if kept.get(name) is None:
            raise BadArgument(name, "it is missing")
    adapters = _adapters(function)
    return {
        name: _converted(name, value, adapters[name])
        if name in adapters
        else _fitting(name, value, properties.get(name, {}))
        for name, value in kept.items()
    }


def prepare(function: Callable[..., Any]) -> None:
    """Do beforehand what `checked` does once for each function (with pydantic's import, 0.1 s)."""
    _adapters(function)


# -- from type hints ------------------------------------------------------------------------------


def _schema(hint: Any, what: str) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if hint is Any or hint is inspect.Parameter.empty:
        return {}
    if origin is Literal:
        return {"enum": list(arguments)}
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return {"enum": [one.value for one in hint]}
    if origin in (typing.Union, types.UnionType):
        made = [_schema(one, what) for one in arguments if one is not type(None)]
        if len(made) < len(arguments):
            made.append({"type": "null"})
        return {"anyOf": made}
    is_row = origin is tuple and len({one for one in arguments if one is not ...}) > 1
    if not is_row and (origin in (list, tuple, set, frozenset) or hint in (list, tuple)):
        items = next((one for one in arguments if one is not ...), str)
        return {"type": "array", "items": _schema(items, what)}
    if origin is typing.Annotated:
        return _schema(arguments[0], what)
    raise TypeError(
        f"{what} has the type {hint!r}, which nobody can say; use str, int, float, bool, Literal, "
        "an Enum, date, time, datetime, timedelta, or a list of these"
    )


def _described(documentation: str) -> dict[str, str]:
    """What the section "Args:" says of each argument."""
    _, has_section, section = documentation.partition("Args:\n")
    if not has_section:
        return {}
    found: dict[str, str] = {}
    name = ""
    for line in section.splitlines():
        if not line.strip():
            break
        if line == line.lstrip():  # the next section
            break
        one = _ARGUMENT.match(line)
        if one is not None:
            name = one[1]
            found[name] = one[2].strip()
        elif name:
            found[name] += f" {line.strip()}"
    return found


# -- values ---------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _adapters(function: Callable[..., Any]) -> Mapping[str, Any]:
    """What reads each argument by its type hint; empty without hints."""
    from pydantic import TypeAdapter

    try:
        hints = typing.get_type_hints(function, include_extras=True)
        names = inspect.signature(function).parameters
    except (NameError, TypeError, ValueError):
        return {}
    return {name: TypeAdapter(hints[name]) for name in names if name in hints and name != "here"}


def _converted(name: str, value: Any, adapter: Any) -> Any:
    from pydantic import ValidationError

    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        reasons = "; ".join(str(one["msg"]) for one in error.errors())
        raise BadArgument(name, reasons) from error


def _fitting(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    """`value`, when it is of the type and among the values that `schema` names."""
    schema = kind_schema(schema)
    if "enum" in schema and value not in schema["enum"]:
        raise BadArgument(name, f"{value!r} is none of {schema['enum']}")
    wanted = _TYPES.get(str(schema.get("type", "")), ())
    is_bool = isinstance(value, bool) and bool not in wanted
    if wanted and (is_bool or not isinstance(value, wanted)):
        raise BadArgument(name, f"{value!r} is no {schema['type']}")
    return value
