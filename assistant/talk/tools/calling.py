"""Calling a tool by its name: the one way for the language model, servers and other programs.

What is missing or does not fit is asked for; what a tool asks for before it runs (a yes, the PIN)
is asked here as anywhere, because the flow yields a `Call`. Pure but for reads; the mind thread.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any

from assistant.errors import StageTimeout
from assistant.language.en.tool_words import (
    options_question,
    question_for,
    said_values,
    which_tool,
)
from assistant.language.slots import Clock
from assistant.talk.flow import Ask, Call, Say, Steps, flow
from assistant.talk.limited import within
from assistant.talk.replay import LIMIT_S, FlowTooSlow
from assistant.talk.tool import Here, Tool
from assistant.talk.tool_schema import BadArgument, checked, kind_schema
from assistant.talk.tool_values import as_json, missing, read_arguments

CALL = "tool.call"
"""The name of the flow. Its slots are `tool`, the name, and `arguments`, a mapping."""
WHICH = "tool.which"
"""The flow that asks which of two tools is meant. Its slot is `tools`, their names."""

DONE = "Done."
NOTHING_FOUND = "I found nothing."
CANNOT_USE = "Sorry, I can't do anything with that."

_MOST_ASKED = 8
"""So many questions for arguments are asked for one call."""
_MOST_OPTIONS = 4
"""So many choices are named in a question."""

_KINDS: dict[str, Any] = {
    "integer": int,
    "number": float,
    "boolean": bool,
    "date": date,
    "time": Clock,
    "date-time": datetime,
    "duration": timedelta,
}


@flow(name=CALL, source="tool", fixed=[DONE, NOTHING_FOUND, CANNOT_USE])
def call(here: Here, tool: str | None = None, arguments: str | None = None) -> Steps:
    """Run the tool and say what it gave."""
    found = here.services.toolbox.get(tool or "")
    if found is None:
        return None
    given: dict[str, Any] = dict(arguments) if isinstance(arguments, Mapping) else {}
    return (yield from _called(here, found, given))


@flow(name=WHICH, source="tool")
def which(here: Here, tools: str | None = None) -> Steps:
    """Ask which of two tools is meant, and run it with what the request says by itself."""
    names: Sequence[str] = tools if isinstance(tools, (tuple, list)) else ()
    box = here.services.toolbox
    known = [one for name in names if (one := box.get(name)) is not None]
    found = {_spoken(one): one.name for one in known}
    if len(found) < 2:
        return None
    name: str = yield Ask(which_tool(list(found)), found)
    chosen = box.get(name)
    if chosen is None:
        return None
    given = read_arguments(chosen, here.request).given
    return (yield from _called(here, chosen, given))


def _called(here: Here, tool: Tool, given: dict[str, Any]) -> Generator[Any, Any, str | Say | None]:
    """Ask for what is missing or does not fit, call the tool, and say its result."""
    for _ in range(_MOST_ASKED):
        wanted = next(iter(missing(tool, given)), "")
        values: dict[str, Any] = {}
        if not wanted:
            try:
                values = checked(tool.function, tool.schema, given)
            except BadArgument as error:
                wanted = error.argument
                if not wanted:
                    return Say(CANNOT_USE)
        if not wanted:
            result = yield Call(_limited(tool), **values)
            if tool.speak is not None:
                return Say(tool.speak(result))
            return Say(as_sentence(result, writes=tool.writes))
        given[wanted] = as_json((yield question(tool, wanted)), here.now)
    return Say(CANNOT_USE)


def question(tool: Tool, name: str) -> Ask:
    """What is asked for the argument `name`."""
    schema = kind_schema(tool.schema.get("properties", {}).get(name, {}))
    options = [one for one in schema.get("enum") or () if one is not None and one != ""]
    about = str(schema.get("description", ""))
    text = question_for(name, about)
    if options:
        is_short = len(options) <= _MOST_OPTIONS
        asked = options_question([str(one) for one in options]) if is_short else text
        return Ask(asked, {str(one): one for one in options})
    kind = _KINDS.get(str(schema.get("format", "")), _KINDS.get(str(schema.get("type", "")), str))
    return Ask(text, kind)


def as_sentence(result: Any, *, writes: bool) -> str:
    """What a tool gave, as something to say: a text as it is, values with their names. Whatever
    the text says, it is spoken and never followed."""
    if result is None or result == "" or result == {} or result == []:
        return DONE if writes else NOTHING_FOUND
    if isinstance(result, str):
        return result
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return said_values(dataclasses.asdict(result))
    if isinstance(result, Mapping):
        return said_values(result)
    if isinstance(result, Sequence):
        return said_values(result)
    return said_values([result])


def _spoken(tool: Tool) -> str:
    return tool.name.rsplit(".", 1)[-1].replace("_", " ")


def _limited(tool: Tool) -> Tool:
    """A read of somebody's code, which must not hang the conversation; a write runs on the hands,
    which have a limit of their own."""
    if tool.writes:
        return tool
    return dataclasses.replace(tool, function=_bounded(tool.function))


@lru_cache(maxsize=256)
def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def bounded(*given: Any, **named: Any) -> Any:
        try:
            return within(LIMIT_S, lambda: function(*given, **named), function.__name__)
        except StageTimeout:
            raise FlowTooSlow(f"it took longer than {LIMIT_S:g} s") from None

    return typing.cast(Callable[..., Any], bounded)
