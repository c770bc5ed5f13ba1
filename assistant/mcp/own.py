"""This program as a server: its tools, lists, timers and notes, its flows by words, and its voice.

What another program asks for is done as if the user had asked, with one difference: nothing that
needs a yes or the PIN is done, because neither can come from a program. Everything goes through the
same conversation and the same store, so that a running copy rings what is set here. Runs on the
caller's loop; the work itself on one thread at a time.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import anyio
import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server

from assistant.errors import AssistantError
from assistant.mcp.mapping import clean, wrong_arguments
from assistant.talk import aloud, due
from assistant.talk.announcer import title
from assistant.talk.conversation import Conversation
from assistant.talk.decision import Decision
from assistant.talk.list_store import Lists
from assistant.talk.request import read_request
from assistant.talk.services import Services
from assistant.talk.silent import Committed
from assistant.talk.tools import notes
from assistant.talk.tools.calling import CALL

INSTRUCTIONS = (
    "A voice assistant that runs on this computer. `ask` answers a request in English as if it had "
    "been spoken; the other tools read and change the same lists, timers and notes."
)
NO_COPY = "Nothing was said: no copy of the assistant is running."
_ALOUD_S = 3.0
_LONGEST = 4000
_LONGEST_S = 86_400 * 30


@dataclass(frozen=True, slots=True)
class _Offer:
    """One tool: what it is for, the properties of its arguments and what it does."""

    about: str
    properties: Mapping[str, Any]
    run: Callable[..., Any]
    reads: bool = False
    needs: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.needs),
            "additionalProperties": False,
        }


_TEXT = {"type": "string", "minLength": 1, "maxLength": 500}


class OwnTools:
    """What is offered, and how it is done. `settle()` waits until the hands have done what was
    committed; `now` gives the local time with its zone."""

    def __init__(
        self,
        conversation: Conversation,
        services: Services,
        settle: Callable[[], object],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._settle = settle
        self._conversation = conversation
        self._services = services
        self._lists = Lists(services.store)
        self._now = now
        self._lock = threading.Lock()
        self._offers = self._make()

    def all(self) -> list[types.Tool]:
        """Every tool that is offered now; those that ask first are named with the reason why they
        are refused."""
        own = [
            types.Tool(
                name=name,
                description=one.about,
                input_schema=one.schema,
                annotations=types.ToolAnnotations(
                    read_only_hint=one.reads, destructive_hint=False, open_world_hint=False
                ),
            )
            for name, one in self._offers.items()
        ]
        others = [
            types.Tool(
                name=tool.name,
                description=_refusal(tool.name, tool) if tool.is_guarded else tool.about,
                input_schema=dict(tool.schema) or {"type": "object"},
                annotations=types.ToolAnnotations(read_only_hint=not tool.writes),
            )
            for tool in self._services.toolbox
            if not tool.origin.startswith("mcp ") and tool.name not in self._offers
        ]
        return [*own, *others]

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Do it: a text, or values. `AssistantError` says why it was not done."""
        with self._lock:
            offer = self._offers.get(name)
            if offer is not None:
                wrong = wrong_arguments(offer.schema, arguments)
                if wrong:
                    raise AssistantError(f"the arguments do not fit: {wrong}")
                return offer.run(**arguments)
            tool = self._services.toolbox.get(name)
            if tool is None or tool.origin.startswith("mcp "):
                raise AssistantError(f"there is no tool {clean(name, 60)}")
            if tool.is_guarded:
                raise AssistantError(_refusal(name, tool))
            wrong = wrong_arguments(tool.schema, arguments) if tool.schema else ""
            if wrong:
                raise AssistantError(f"the arguments do not fit: {wrong}")
            return self._by_name(name, arguments)

    # -- what is done ---------------------------------------------------------------------------

    def _make(self) -> dict[str, _Offer]:
        name = {"name": {**_TEXT, "description": "the list, as shopping"}}
        return {
            "ask": _Offer(
                "Ask the assistant in English, as if by voice; gives its answer. It may ask back: "
                "call this again with what it wants to know.",
                {"text": _TEXT}, self.ask, needs=("text",),
            ),
            "say_aloud": _Offer(
                "Have a sentence spoken by the assistant that runs on this computer.",
                {"text": _TEXT}, self._say_aloud, needs=("text",),
            ),
            "lists": _Offer("The names of all lists.", {}, self._list_names, reads=True),
            "list_read": _Offer(
                "The open items of a list.", name, self._list_read, reads=True, needs=("name",)
            ),
            "list_add": _Offer(
                "Add items to a list, which is made if there is none.",
                {**name, "items": {"type": "array", "items": _TEXT, "maxItems": 50}},
                self._list_add, needs=("name", "items"),
            ),
            "timers": _Offer(
                "The timers, alarms and reminders that are set.", {}, self._timers, reads=True
            ),
            "timer_set": _Offer(
                "Set a timer; it rings where the assistant runs.",
                {
                    "seconds": {"type": "integer", "minimum": 1, "maximum": _LONGEST_S},
                    "name": {"type": "string", "maxLength": 60},
                },
                self._timer_set, needs=("seconds",),
            ),
            "timer_cancel": _Offer(
                "Cancel a timer by its id, as `timers` gives it.",
                {"id": {"type": "integer"}}, self._timer_cancel, needs=("id",),
            ),
            "notes": _Offer("All notes, the oldest first.", {}, self._notes, reads=True),
            "note_add": _Offer(
                "Keep a note.", {"text": _TEXT}, self._note_add, needs=("text",)
            ),
        }  # fmt: skip

    def ask(self, text: str) -> str:
        """One turn in words; what would need a yes or the PIN is refused, and nothing is begun."""
        conversation = self._conversation
        open_runs = conversation.talk.waiting
        if open_runs and open_runs[-1].asked_for:  # a person has to answer that
            return _NOT_BY_PROGRAM
        decision = conversation.decide(text)
        if decision is None:
            return "There were no words in that."
        if _is_guarded(decision):
            return _refused_turn(decision)
        answer = self._follow(decision, text)
        return answer or "Done."

    def _follow(self, decision: Decision, text: str) -> str:
        """Commit `decision` and have it answered; a guarded question that follows is dropped."""
        conversation = self._conversation
        conversation.commit(decision)
        speaking = Committed(conversation, lambda: False, lambda name: None)
        said = [one.text for one in conversation.replies(decision, text, speaking)]
        self._settle()
        waiting = conversation.talk.waiting
        if waiting and waiting[-1].asked_for:
            conversation.change(lambda talk: dataclasses.replace(talk, waiting=talk.waiting[:-1]))
            said = [*said[:-1], _NOT_BY_PROGRAM]
        answer = " ".join(said)
        conversation.remember(0, decision.shown(text), decision.answer_shown(answer))
        return clean(answer, _LONGEST)

    def _by_name(self, name: str, arguments: Mapping[str, Any]) -> str:
        conversation = self._conversation
        flow = conversation.flows.get(CALL)
        if flow is None:
            raise AssistantError("tools cannot be called")
        found = conversation.flows.run(
            flow,
            conversation.talk,
            read_request(f"{name}", self._now()),
            {"tool": name, "arguments": dict(arguments)},
            why="another program calls it",
        )
        if not isinstance(found, Decision):
            raise AssistantError(f"{name} cannot be called")
        if _is_guarded(found):
            return _refused_turn(found)
        return self._follow(dataclasses.replace(found, before=conversation.talk), "")

    def _say_aloud(self, text: str) -> str:
        if not aloud.hand_over(self._services.store, clean(text, aloud.LONGEST), _ALOUD_S):
            raise AssistantError(NO_COPY)
        return "It is being said."

    def _list_names(self) -> list[str]:
        return list(self._lists.names())

    def _list_read(self, name: str) -> list[str]:
        return [one.text for one in self._lists.items(_list_name(name))]

    def _list_add(self, name: str, items: list[str]) -> str:
        texts = [one for item in items if (one := clean(item, 200))]
        _, ids = self._lists.add(_list_name(name), texts, self._now())
        return f"{len(ids)} added, {len(texts) - len(ids)} were there."

    def _timers(self) -> list[dict[str, Any]]:
        now = self._now()
        return [
            {
                "id": one.id,
                "kind": one.kind,
                "name": title(one) if one.kind == "timer" else one.name,
                "state": one.state,
                "seconds_left": one.seconds_left(now),
            }
            for one in due.items(self._services.store, states=("set", "paused", "ringing"))
        ]

    def _timer_set(self, seconds: int, name: str = "") -> dict[str, Any]:
        now_s = self._now().timestamp()
        item = due.Item(kind="timer", name=clean(name, 60), seconds=seconds, due_s=now_s + seconds)
        kept = due.add(self._services.store, [item])
        return {"id": kept.made[0], "seconds": seconds}

    def _timer_cancel(self, id: int) -> str:
        timers = due.items(self._services.store, "timer", ("set", "paused", "ringing"))
        if id not in [one.id for one in timers]:
            raise AssistantError("there is no such timer")
        due.remove(self._services.store, [id])
        return "Cancelled."

    def _notes(self) -> list[dict[str, str]]:
        return [
            {"text": one.text, "made": one.made.isoformat()}
            for one in notes.kept_notes(self._services.store)
        ]

    def _note_add(self, text: str) -> str:
        notes.keep_note(self._services.store, clean(text, 500), self._now())
        return "Noted."


_NOT_BY_PROGRAM = "That needs the user's own yes, by voice; a program cannot give it."


def _is_guarded(decision: Decision) -> bool:
    """Whether it asks for a yes or for the PIN."""
    waiting = decision.after.waiting
    return bool(waiting and waiting[-1].asked_for)


def _refused_turn(decision: Decision) -> str:
    if decision.after.is_secret_open:
        return "That needs the PIN, which the user says to the assistant; a program cannot give it."
    return _NOT_BY_PROGRAM


def _refusal(name: str, tool: Any) -> str:
    what = "the PIN" if tool.needs_pin else "the user's own yes"
    return f"{name} is not done for a program: it needs {what}, by voice"


def _list_name(name: str) -> str:
    return clean(name, 60).lower().removesuffix(" list").strip() or "shopping"


# -- the server -----------------------------------------------------------------------------------


def make_server(tools: OwnTools) -> Server[Any]:
    """The server of the package, with these tools."""

    async def on_list(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools.all())

    async def on_call(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        arguments = params.arguments or {}
        try:
            found = await anyio.to_thread.run_sync(lambda: tools.call(params.name, arguments))
        except AssistantError as error:
            return _result(error.what, is_error=True)
        except Exception as error:  # one call; the server goes on
            return _result(f"that failed: {type(error).__name__}", is_error=True)
        if isinstance(found, str):
            return _result(found)
        content = json.dumps(found, ensure_ascii=False)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=content)],
            structured_content={"result": found},
        )

    return Server(
        "assistant", instructions=INSTRUCTIONS, on_list_tools=on_list, on_call_tool=on_call
    )


def _result(text: str, *, is_error: bool = False) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], is_error=is_error
    )


def serve(tools: OwnTools) -> None:
    """Serve on standard input and output until the client closes it."""

    async def run() -> None:
        server = make_server(tools)
        async with stdio_server() as (heard, said):
            await server.run(heard, said, server.create_initialization_options())

    anyio.run(run)
