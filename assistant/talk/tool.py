"""A tool: a function that reads or writes something outside the conversation.

The same tool serves flows, other programs and the language model, which knows it by its schema.
Knows no order and no conversation. Pure values; any thread.
"""

from __future__ import annotations

import dataclasses
import inspect
import random
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.mood import NEUTRAL, Mood
from assistant.talk.grants import Grant
from assistant.talk.request import Request
from assistant.talk.talk import Talk
from assistant.talk.tool_schema import about_of, schema_of

if TYPE_CHECKING:
    from assistant.talk.decision import Decision
    from assistant.talk.flow import Flow
    from assistant.talk.services import Services

_PACKAGE = "assistant.talk.tools."
APOLOGY = "Sorry, that did not work."


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What a flow may look at: the moment, the conversation, the request and the services.

    `request` is the one that the flow began with, also when it goes on after a question; `now` is
    the moment of the newest, `mood` its speaker's. `flows` are all that are loaded, `grants` are
    those of the guarded tool that is being called.
    """

    now: datetime
    talk: Talk
    request: Request
    services: Services
    seed: int = 0
    number: int | None = None
    flows: tuple[Flow, ...] = ()
    mood: Mood = NEUTRAL
    grants: tuple[Grant, ...] = ()

    def chance(self, name: str = "") -> random.Random:
        """Chance that stays the same for as long as this flow runs, and is another next time."""
        number = self.talk.number if self.number is None else self.number
        return random.Random(f"{self.seed} {number} {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function that reads or writes something outside the conversation.

    `undo(here, result)` reverses a write. `apology` is said when it fails.

    `about` is its first line of documentation, `schema` the JSON Schema of its arguments (an
    object), by which a language model or another program calls it. `confirm` is the question that
    a yes must answer before it runs ("Shall I unlock the {door}?" has the argument `door` in it),
    `needs_pin` says that the PIN must be said before (talk/gate.py). `offered`:
    the language model may choose it. `speak(result)` makes the sentence of the answer; by default
    the result is one. `origin` says where it comes from: "" the program or the user's files,
    "mcp home" a server, "api weather" the configuration. `answers(talk, request, arguments)` is the
    decision when a model of this program chooses it: for a tool that asks that model itself, which
    no other thread may do. It has neither `writes` nor a guard.
    """

    name: str
    function: Callable[..., Any]
    writes: bool = False
    sure: bool = False
    undo: Callable[[Here, Any], None] | None = None
    limit_s: float = 10.0
    apology: str = APOLOGY
    about: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    confirm: str = ""
    needs_pin: bool = False
    offered: bool = False
    speak: Callable[[Any], str] | None = None
    origin: str = ""
    answers: Callable[[Talk, Request, Mapping[str, Any]], Decision] | None = None

    @property
    def is_guarded(self) -> bool:
        """Whether it asks for a yes or for the PIN before it runs."""
        return bool(self.confirm) or self.needs_pin

    def __call__(self, here: Here | None = None, **slots: Any) -> Any:
        """Call the function; it gets `here` when its first parameter has that name. A guarded tool
        takes the grants in `here`; `GuardedError` without them."""
        if not isinstance(here, Here):
            raise TypeError(f"write `yield Call({self.function.__name__}, …)` to call this tool")
        if self.is_guarded:
            here.services.grants.use(here.grants, self, here, slots)
            here = dataclasses.replace(here, grants=())
        return call(self.function, here, slots)


class ToolFields(typing.TypedDict, total=False):
    """What `tool` may be told; each as in `Tool`."""

    name: str
    writes: bool
    sure: bool
    undo: Callable[[Here, Any], None] | None
    limit_s: float
    apology: str
    confirm: str
    needs_pin: bool
    offered: bool
    speak: Callable[[Any], str] | None


@typing.overload
def tool(function: Callable[..., Any]) -> Tool: ...


@typing.overload
def tool(**fields: typing.Unpack[ToolFields]) -> Callable[[Callable[..., Any]], Tool]: ...


def tool(
    function: Callable[..., Any] | None = None, **fields: typing.Unpack[ToolFields]
) -> Tool | Callable[[Callable[..., Any]], Tool]:
    """Make a `Tool` of a function. `sure` says that a write hardly ever fails, so that its answer
    does not wait for it. A write may take `limit_s`; a read is part of its flow, which may take two
    seconds in all.

    `offered`: the language model may choose it; its type hints and the section "Args:" of its
    documentation then describe it (docs/TOOLS.md). `TypeError` when a hint cannot be said.
    """

    def make(function: Callable[..., Any]) -> Tool:
        check_function(function, "tool")
        _check_fields(function, fields)
        schema = _schema(function, is_needed=fields.get("offered", False))
        given: dict[str, Any] = {"name": name_of(function), **fields}
        return Tool(function=function, about=about_of(function), schema=schema, **given)

    return make if function is None else make(function)


def check_function(function: Any, what: str) -> None:
    """`TypeError` for what cannot be called as a flow or a tool."""
    name = getattr(function, "__name__", repr(function)[:40])
    if inspect.isclass(function) or not callable(function):
        raise TypeError(f"{name} is no function; write @{what}(…) above a def")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{name} is async; write it with def")
    if what == "tool" and inspect.isgeneratorfunction(function):
        raise TypeError(f"{name} has a yield; a tool returns what it found or did")


def _check_fields(function: Callable[..., Any], fields: ToolFields) -> None:
    name = function.__name__ if hasattr(function, "__name__") else "tool"
    for key in ("name", "apology", "confirm"):
        if not isinstance(fields.get(key, ""), str):
            raise TypeError(f"{name}: {key} is {fields.get(key)!r}, which is no text")
    for key in ("undo", "speak"):
        given = fields.get(key)
        if given is not None and not callable(given):
            raise TypeError(f"{name}: {key} is {given!r}, which is no function")
    limit_s: Any = fields.get("limit_s", 1.0)
    if isinstance(limit_s, bool) or not isinstance(limit_s, (int, float)) or not limit_s > 0:
        raise TypeError(f"{name}: limit_s is {limit_s!r}; write seconds, as 10")
    if fields.get("offered") and not about_of(function):
        raise TypeError(f"{name} is offered and says nothing of itself; write a docstring")
    parameters = inspect.signature(function).parameters
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return
    for asked in re.findall(r"\{(\w+)\}", fields.get("confirm", "")):
        if asked != "arguments" and asked not in parameters:
            known = ", ".join(f"{{{one}}}" for one in parameters if one != "here")
            raise TypeError(f"{name}: confirm has {{{asked}}}; use {known or 'no braces'}")


def _schema(function: Callable[..., Any], *, is_needed: bool) -> Mapping[str, Any]:
    """Its arguments; none for a tool of the program that takes what nobody says."""
    try:
        return schema_of(function)
    except (NameError, TypeError):
        if is_needed:
            raise
        return {}


def name_of(function: Callable[..., Any]) -> str:
    """The dotted name of a flow or tool, of its module and its function."""
    module = function.__module__.removeprefix(_PACKAGE).rsplit(".", 1)[-1]
    return f"{module}.{function.__name__}"


def call(function: Callable[..., Any], here: Here, slots: Mapping[str, Any]) -> Any:
    """Call a flow or tool; it gets `here` when its first parameter has that name."""
    first = next(iter(inspect.signature(function).parameters), "")
    return function(here, **slots) if first == "here" else function(**slots)
