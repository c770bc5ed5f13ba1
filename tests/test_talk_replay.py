"""A flow is replayed: what it got before is given again, what comes after is new."""

from __future__ import annotations

import dataclasses
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from assistant.errors import StageTimeout
from assistant.flows import Ask, Call, Change, Confirm, Flow, HandOver, Here, Say, flow, tool
from assistant.talk.limited import within
from assistant.talk.replay import FlowError, Outcome, replay
from assistant.talk.request import read_request
from assistant.talk.services import Services
from assistant.talk.talk import Talk

NOW = datetime(2026, 3, 4, 15, 20).astimezone()
HERE = Here(now=NOW, talk=Talk(), request=read_request("x", NOW), services=Services())

calls: list[str] = []


@pytest.fixture(autouse=True)
def no_calls() -> None:
    calls.clear()


@tool
def read(name: str) -> list[str]:
    calls.append(f"read {name}")
    return [name]


@tool(writes=True)
def write(name: str) -> str:
    calls.append(f"write {name}")
    return f"wrote {name}"


@tool(writes=True, sure=True)
def put(name: str) -> None:
    calls.append(f"put {name}")


@flow("shop for [{number}] things", name="r.shop")
def shop(number: int | None = None) -> Iterator[Any]:
    yield Say("Let me see.")
    yield Call(put, name="begun")
    found = yield Call(read, name="prices")
    found.append("changed by the flow")
    what = yield Ask(f"Which of {len(found)}?", ["tea", "salt"])
    yield Change(lambda talk: talk.with_fact("what", what))
    yield Call(put, name=what)
    count = yield Ask("How many?", int)
    if (yield Confirm(f"{count} of {what}?")):
        paid = yield Call(write, name=f"{count} {what}")
        yield Say(f"It {paid}.")
    else:
        yield Say("Nothing then.")


def _run(one: Flow, *inputs: Any, later: tuple[tuple[Any, Any], ...] = ()) -> Outcome:
    return replay(one, HERE, {}, inputs, later)


def _later(outcome: Outcome, place: int) -> list[tuple[str, Any]]:
    return [(ask.text, value) for ask, value in outcome.later_than(place)]


def _shown(outcome: Outcome) -> tuple[list[str], list[str], str]:
    """What is said, the names of effects, and the question."""
    return (
        [one.text for one in outcome.said],
        [effect.name for effect in outcome.effects],
        outcome.asks.text if outcome.asks else "",
    )


def test_it_runs_to_the_first_question() -> None:
    outcome = _run(shop)
    assert _shown(outcome) == (["Let me see."], ["test_talk_replay.put"], "Which of 2?")
    assert outcome.inputs == (["prices"],)
    assert calls == ["read prices"]


def test_a_flow_that_looked_something_up_may_still_decline() -> None:
    @flow("who has {thing}", name="r.who")
    def who(thing: str = "") -> Iterator[Any]:
        found = yield Call(read, name="lent")
        return None if thing not in found else "Tom."

    assert _run(who).has_declined


def test_what_was_read_is_given_again_and_never_read_again() -> None:
    outcome = _run(shop, ["prices"], "tea")
    assert _shown(outcome) == ([], ["test_talk_replay.put"], "How many?")
    assert dict(outcome.changed.facts) == {"what": "tea"}
    assert outcome.places == [2]
    assert calls == []


def test_what_the_flow_changed_is_given_again_as_it_was() -> None:
    first = _run(shop)
    again = _run(shop, *first.inputs)
    assert again.asks is not None
    assert again.asks.text == "Which of 2?"
    assert again.inputs == (["prices"],)


def test_a_write_is_waited_for_and_its_result_given() -> None:
    outcome = _run(shop, ["prices"], "tea", 3, True)
    assert outcome.waits is not None
    assert outcome.waits.name == "test_talk_replay.write"
    assert calls == []
    after = _run(shop, ["prices"], "tea", 3, True, "wrote it")
    assert _shown(after) == (["It wrote it."], [], "")
    assert after.waits is None


def test_later_answers_are_taken_as_long_as_the_same_is_asked() -> None:
    outcome = _run(shop, ["prices"], "tea", later=((Ask("", int), 3), (Confirm(""), False)))
    assert _shown(outcome) == (["Nothing then."], ["test_talk_replay.put"], "")
    assert outcome.inputs == (["prices"], "tea", 3, False)
    stops = _run(shop, ["prices"], "tea", later=((Confirm(""), False), (Ask("", int), 3)))
    assert _shown(stops)[2] == "How many?"


def test_the_answers_after_a_place() -> None:
    outcome = _run(shop, ["prices"], "tea", 3, True, "wrote it")
    assert _later(outcome, 1) == [("How many?", 3), ("3 of tea?", True)]
    assert _later(outcome, -1) == [("Which of 2?", "tea"), *_later(outcome, 1)]


def test_what_was_read_is_known_again_for_the_same_call_alone() -> None:
    outcome = _run(shop, ["prices"], "tea")
    assert outcome.known_until(0) == ()
    assert outcome.known_until(1) == ((Call(read, name="prices"), ["prices"]),)
    calls.clear()
    assert replay(shop, HERE, {}, (), (), outcome.known_until(1)).inputs == (["prices"],)
    assert calls == []
    other = ((Call(read, name="other"), ["other"]),)
    assert replay(shop, HERE, {}, (), (), other).inputs == (["prices"],)
    assert calls == ["read prices"]


@flow("x y", name="r.text")
def text() -> str:
    return "All is well."


@flow("x z", name="r.hands")
def hands() -> Iterator[Any]:
    if (yield Ask("Shall I?", bool)):
        yield HandOver("what time is it")
    yield Say("No.")


@flow("x a", name="r.unfinished")
def closes() -> Iterator[Any]:
    try:
        yield Ask("What?", str)
    finally:
        calls.append(f"closed on {threading.current_thread().name}")


@flow("x b", name="r.direct")
def calls_directly() -> str:
    return str(write(name="x"))


def test_a_text_is_all_it_says() -> None:
    assert _shown(_run(text)) == (["All is well."], [], "")


def test_it_hands_over_after_an_answer() -> None:
    outcome = _run(hands, True)
    assert outcome.hands_over == HandOver("what time is it")
    assert _shown(_run(hands, False)) == (["No."], [], "")


def test_a_flow_that_waits_is_closed() -> None:
    _run(closes)
    _run(dataclasses.replace(closes, is_users=True))
    assert calls == ["closed on MainThread", "closed on limited: r.unfinished"]


def test_a_tool_that_is_called_without_call_says_how() -> None:
    with pytest.raises(TypeError, match=r"write `yield Call\(write, …\)` to call this tool"):
        _run(calls_directly)


def test_a_flow_that_hangs_is_not_waited_for() -> None:
    never = threading.Event()

    @flow("x c", name="r.hangs")
    def hangs() -> str:
        never.wait(20)
        return ""

    users = dataclasses.replace(hangs, is_users=True)
    try:
        with pytest.raises(FlowError, match=r"it took longer than 0\.05 s"):
            replay(users, HERE, {}, (), (), limit_s=0.05)
    finally:
        never.set()


@tool
def nested() -> dict[str, list[str]]:
    return {"items": ["a"]}


@flow("x f", name="r.nested")
def changes_within() -> Iterator[Any]:
    found = yield Call(nested)
    found["items"].append("b")
    yield Ask(f"Which of {len(found['items'])}?", ["a", "b"])


def test_what_the_flow_changed_within_a_value_is_given_again_as_it_was() -> None:
    first = _run(changes_within)
    again = [_run(changes_within, *first.inputs) for _ in range(3)]
    assert [one.asks.text for one in again if one.asks] == ["Which of 2?"] * 3
    assert first.inputs == ({"items": ["a"]},)


def test_a_change_that_hangs_is_not_waited_for_either() -> None:
    never = threading.Event()

    def hangs(talk: Talk) -> Talk:
        never.wait(20)
        return talk

    @flow("x d", name="r.changes")
    def changes() -> Iterator[Any]:
        yield Change(hangs)

    users = dataclasses.replace(changes, is_users=True)
    try:
        with pytest.raises(FlowError, match=r"it took longer than 0\.05 s"):
            replay(users, HERE, {}, limit_s=0.05)
    finally:
        never.set()


def test_a_change_that_gives_no_talk_says_so() -> None:
    @flow("x e", name="r.forgets")
    def forgets() -> Iterator[Any]:
        yield Change(lambda talk: None)  # type: ignore[arg-type,return-value]

    with pytest.raises(FlowError, match="its Change gave None; give the talk that it got"):
        replay(forgets, HERE, {})


def test_an_endless_loop_is_told_to_end() -> None:
    def loops() -> None:
        while True:
            time.monotonic()

    with pytest.raises(StageTimeout, match="a loop took longer"):
        within(0.05, loops, "a loop")
    left = [one for one in threading.enumerate() if one.name == "limited: a loop"]
    for thread in left:
        thread.join(5)
    assert [thread for thread in left if thread.is_alive()] == []


def test_leaving_the_program_is_an_error_like_another() -> None:
    with pytest.raises(RuntimeError, match=r"it raised SystemExit\(2\)"):
        within(1, lambda: sys.exit(2), "exit")


@pytest.mark.parametrize(
    ("define", "says"),
    [
        ("def f(day): return ''", "f: the slot day has no default"),
        ("def f(day: set = None): return ''", "is no kind of slot; use one of: str, bool"),
    ],
)
def test_a_slot_that_cannot_be_says_why(define: str, says: str) -> None:
    space: dict[str, Any] = {}
    exec(define, space)
    with pytest.raises(TypeError, match=says):
        flow("x {day}")(space["f"])
