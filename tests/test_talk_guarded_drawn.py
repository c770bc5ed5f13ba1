"""No path reaches a tool that needs the PIN without the right PIN in that very run: drawn paths.

Everything that begins, goes on with or repeats a flow is drawn in any order and with any words; the
tool's function itself looks whether the right PIN was said since its run began.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engine.hands import HandsThread
from assistant.errors import AssistantError
from assistant.mcp.own import OwnTools
from assistant.talk.by_meaning import ByMeaning
from assistant.talk.decision import Decision
from assistant.talk.flow import Call, Flow, Steps, flow
from assistant.talk.grants import Grant, GuardedError, Refused
from assistant.talk.known import Fixed
from assistant.talk.matching import Matcher
from assistant.talk.request import read_request
from assistant.talk.talk import FlowRun, Talk
from assistant.talk.tool import Here, Tool
from assistant.talk.tools.calling import CALL
from tests.talking import START, Talking

RIGHT = "4711"
TOOLS = ("waits", "sure", "reads")
SENTENCES = [
    *(f"Unlock the {door} door with {kind}." for door in ("front", "back") for kind in TOOLS),
    "Unlock.", "Yes.", "No.", "No, the back door.", "No, the back.", "Actually the front.",
    "Again.", "Once more.", "Do it again.", "Never mind.", "Cancel it.", "Go back.", "Start over.",
    "Stop.", "Unlock the front door with waits and set a timer for ten minutes.",
    "Set a timer for ten minutes and unlock the front door with sure.",
    "Unlock the back door with reads. What time is it?", "What time is it?", "Repeat that.",
    "Unlock the front door with waits, 4711.", "4711, unlock the front door with sure.",
    "The PIN is 1234.", "1111", "One two three four.", "4712", "Yes, 4712.", "No, 4712.",
    "One two.",
]  # fmt: skip
RIGHT_WORDS = ["4711", "Four seven one one.", "No, 4711.", "The PIN is forty seven eleven."]


class World(Talking):
    """Three guarded tools of which each notes whether it was called with the PIN."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.services.pins.set(RIGHT)
        self.calls: list[str] = []
        self.may_call = False
        self.unasked: list[str] = []
        self.tools = {kind: self._tool(kind) for kind in TOOLS}
        self.conversation.flows.exchange(
            tuple(dataclasses.replace(one, is_users=True) for one in self._flows())
        )
        self.services.toolbox.exchange("mcp home", self.tools.values())

    def _tool(self, kind: str) -> Tool:
        def unlock(door: str = "front") -> str:
            self.calls.append(door)
            if not self.may_call:
                self.unasked.append(door)
            return f"unlocked {door}"

        return Tool(
            name=f"home.{kind}",
            function=unlock,
            writes=kind != "reads",
            sure=kind == "sure",
            needs_pin=True,
            confirm="Shall I unlock the {door} door?" if kind == "sure" else "",
            undo=lambda here, result: None,
            offered=True,
        )

    def _flows(self) -> list[Flow]:
        tools = self.tools

        @flow(
            "unlock [the {door} door] [with {kind}]",
            parts=["{door} door", "with {kind}"],
            name="door.unlock",
            again=True,
        )
        def unlock(
            door: Literal["front", "back"] | None = None,
            kind: Literal["waits", "sure", "reads"] | None = None,
        ) -> Steps:
            done = yield Call(tools[kind or "waits"], door=door or "front")
            return f"Done: {done}"

        return [unlock]

    def begin_anew(self) -> None:
        """Another conversation; nothing of the last one is left but the grants that were used."""
        self.now = START
        self.conversation.change(lambda talk: Talk())
        self.services.pins.set(RIGHT)
        self.calls.clear()
        self.unasked.clear()

    def turn(self, text: str, *, has_pin: bool = False) -> None:
        """One turn; the tool may only be called in one that says the PIN when it is asked for."""
        is_asked = self.conversation.talk.is_secret_open
        self.may_call = has_pin and is_asked
        self.conversation.preview(text)
        self.say(text)
        self.hands.flush(5)
        self.may_call = False

    def run(self, name: str, slots: dict[str, Any], inputs: tuple[Any, ...] = ()) -> None:
        """A flow as a part of the order runs it: with inputs, by its name, by its meaning."""
        flows, talk = self.conversation.flows, self.conversation.talk
        flow = flows.get(name)
        assert flow is not None
        request = read_request("open it", self.now)
        run = FlowRun(
            flow=name,
            version=flow.version,
            slots=slots,
            inputs=inputs,
            request=request,
            number=talk.number,
        )
        found = flows.go_on(flow, talk, request, run, running())
        if isinstance(found, Decision):
            self.follow(found)

    def follow(self, decision: Decision) -> None:
        """Commit it and make its answer, with all that it writes."""
        from assistant.talk.silent import Committed

        self.conversation.commit(decision)
        speaking = Committed(self.conversation, lambda: False, lambda name: None)
        list(self.conversation.replies(decision, "", speaking))
        self.hands.flush(5)


def running() -> Any:
    from assistant.talk.running import Running

    return Running(why="drawn")


class Always:
    """A judge that holds every request for the flow."""

    def ranked(self, text: str) -> Sequence[tuple[str, float]]:
        return [("door.unlock", 0.99), ("language", 0.01)]


def by_meaning(world: World, text: str) -> None:
    flows = world.conversation.flows
    replies = world.conversation.knowledge.replies
    part = ByMeaning(
        Always(), lambda text: False, flows, replies.entries, Matcher(replies.entries, 92, 4),
        Fixed(replies),
    )  # fmt: skip
    found = part.decide(world.conversation.talk, read_request(text, world.now))
    if isinstance(found, Decision):
        world.follow(found)


def forge(world: World, kind: str, inputs: tuple[Any, ...]) -> None:
    world.run("door.unlock", {"door": "front", "kind": kind}, inputs)


def called(world: World, kind: str, arguments: Any) -> None:
    world.run(CALL, {"tool": f"home.{kind}", "arguments": arguments})


def directly(world: World, kind: str, grants: tuple[Any, ...]) -> None:
    talk = world.conversation.talk
    here = Here(
        now=world.now,
        talk=talk,
        request=read_request("open it", world.now),
        services=world.services,
        number=talk.number,
        grants=tuple(one for one in grants if isinstance(one, Grant)),
    )
    with pytest.raises(GuardedError):
        world.tools[kind](here, door="front")


def stolen(world: World, kind: str) -> None:
    """All inputs of the last run, grants and results, in another one."""
    run = world.conversation.talk.last.run
    inputs = run.inputs if run is not None else ()
    for cut in range(len(inputs) + 1):
        forge(world, kind, inputs[:cut])
        forge(world, kind, inputs[cut:])


def undone(world: World, text: str) -> None:
    """A turn is committed, withdrawn and committed again."""
    decision = world.conversation.decide(text)
    if decision is not None:
        world.conversation.commit(decision)
        world.conversation.withdraw(decision)
        world.hands.flush(5)


def by_program(world: World, text: str) -> None:
    """Another program asks, and calls the tools by their names."""
    tools = OwnTools(world.conversation, world.services, lambda: world.hands.flush(5))
    tools.call("ask", {"text": text})
    for kind in TOOLS:
        with pytest.raises(AssistantError):
            tools.call(f"home.{kind}", {"door": "back"})


INPUT = st.one_of(
    st.none(), st.booleans(), st.just(RIGHT), st.integers(0, 9999),
    st.builds(Refused, st.sampled_from(["confirm", "pin"]), st.just("no"), st.booleans()),
    st.builds(Grant, st.sampled_from(["confirm", "pin"]), st.text(max_size=3), st.integers(0, 3),
              st.text(max_size=3), st.binary(max_size=32)),
)  # fmt: skip
INPUTS = st.lists(INPUT, max_size=4).map(tuple)
KIND = st.sampled_from(TOOLS)
STEP: st.SearchStrategy[Callable[[World], None]] = st.one_of(
    st.sampled_from(SENTENCES).map(lambda text: lambda world: world.turn(text)),
    st.sampled_from(RIGHT_WORDS).map(lambda text: lambda world: world.turn(text, has_pin=True)),
    st.sampled_from(SENTENCES).map(lambda text: lambda world: by_meaning(world, text)),
    st.sampled_from(SENTENCES).map(lambda text: lambda world: undone(world, text)),
    st.tuples(KIND, INPUTS).map(lambda drawn: lambda world: forge(world, *drawn)),
    st.tuples(KIND, INPUTS).map(lambda drawn: lambda world: directly(world, *drawn)),
    st.tuples(KIND, st.sampled_from([{}, {"door": "back"}, {"pin": RIGHT}, None])).map(
        lambda drawn: lambda world: called(world, *drawn)
    ),
    KIND.map(lambda kind: lambda world: stolen(world, kind)),
    st.sampled_from([*SENTENCES, *RIGHT_WORDS]).map(
        lambda text: lambda world: by_program(world, text)
    ),
    st.integers(1, 900).map(lambda seconds: lambda world: world.wait(seconds=seconds)),
)


BEGINNINGS = [
    [],
    ["Unlock the back door with waits."],
    ["Unlock the back door with waits.", *RIGHT_WORDS[:1]],
    ["Unlock the back door with reads.", *RIGHT_WORDS[:1]],
    ["Unlock the back door with sure.", "Yes."],
    ["Unlock the back door with sure.", "Yes.", *RIGHT_WORDS[:1]],
    ["Unlock the back door with waits.", "1111", "2222"],
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("state"))
    yield world
    world.close()


@settings(max_examples=150, deadline=timedelta(seconds=60))
@given(beginning=st.sampled_from(BEGINNINGS), steps=st.lists(STEP, min_size=1, max_size=5))
def test_no_path_reaches_the_tool_without_the_pin(
    shared: World, beginning: list[str], steps: list[Callable[[World], None]]
) -> None:
    shared.begin_anew()
    for text in beginning:
        shared.turn(text, has_pin=text in RIGHT_WORDS)
    for step in steps:
        step(shared)
    assert shared.unasked == []


@pytest.mark.parametrize("kind", TOOLS)
def test_with_the_pin_it_is_reached(tmp_path: Path, kind: str) -> None:
    world = World(tmp_path)
    world.turn(f"Unlock the back door with {kind}.")
    if kind == "sure":
        world.turn("Yes.")
    world.turn("Four seven one one.", has_pin=True)
    assert (world.calls, world.unasked) == (["back"], [])
    stolen(world, kind)
    undone(world, "Again.")
    assert world.calls == ["back"]
    world.close()


def test_hands_run_the_check_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.turn("Unlock the back door with waits.")
    decision = world.conversation.decide("4711")
    assert decision is not None
    assert decision.waits is not None
    hands = HandsThread()
    first = hands.run(decision.waits)
    assert isinstance(first, Grant)
    assert hands.run(decision.waits) == Refused("pin", "That is not the PIN.", is_final=False)
    hands.close()
    world.close()
