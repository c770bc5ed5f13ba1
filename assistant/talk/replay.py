"""Runs a flow from its beginning to the next thing that it waits for.

What it got before (answers, results) is given to it again; what comes after the last of these is
new: sentences to say, effects for the commit, a question. Pure but for reads that a flow calls;
runs on the mind thread.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.talk.decision import Effect
from assistant.talk.flow import Ask, Call, Change, Flow, HandOver, Here, Say, TakeBack
from assistant.talk.talk import Talk

MOST_STEPS = 500


class FlowError(Exception):
    """A flow did what it must not: it yielded something unknown, or never ends."""


@dataclass(slots=True)
class Outcome:
    """Where a run of a flow has come to.

    `said` and `effects` are new since the last of `inputs`. It waits for an answer (`asks`), for
    a write (`waits`), has handed over (`hands_over`), has declined, or is over. `asked` are the
    earlier questions with the place of their answer in `inputs`.
    """

    said: list[Say] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    changes: list[Callable[[Talk], Talk]] = field(default_factory=list)
    takes_back: bool = False
    inputs: tuple[Any, ...] = ()
    asked: list[tuple[int, Ask]] = field(default_factory=list)
    asks: Ask | None = None
    waits: Effect | None = None
    hands_over: HandOver | None = None
    has_declined: bool = False

    def _anew(self) -> None:
        self.said.clear()
        self.effects.clear()
        self.changes.clear()
        self.takes_back = False


def replay(
    flow: Flow, here: Here, slots: Mapping[str, Any], inputs: tuple[Any, ...] = ()
) -> Outcome:
    """Run `flow` with `slots` and give it `inputs`. Raises what it raises, and `FlowError`."""
    outcome = Outcome(inputs=inputs)
    started = flow.start(here, slots)
    if not inspect.isgenerator(started):
        if started is None:
            outcome.has_declined = True
        else:
            outcome.said.append(_say(started))
        return outcome
    try:
        _follow(started, here, outcome)
    finally:
        started.close()
    return outcome


def _follow(steps: Any, here: Here, outcome: Outcome) -> None:
    used = 0
    value: Any = None
    for _ in range(MOST_STEPS):
        try:
            step = steps.send(value)
        except StopIteration as end:
            if end.value is not None:
                outcome.said.append(_say(end.value))
            return
        value = None
        if isinstance(step, (str, Say)):
            outcome.said.append(_say(step))
        elif isinstance(step, Change):
            outcome.changes.append(step.change)
        elif isinstance(step, TakeBack):
            outcome.takes_back = True
        elif isinstance(step, HandOver):
            outcome.hands_over = step
            return
        elif isinstance(step, Call) and step.tool.sure:
            outcome.effects.append(_effect(step, here))
        elif isinstance(step, (Ask, Call)):
            if used < len(outcome.inputs):
                value = outcome.inputs[used]
                if isinstance(step, Ask):
                    outcome.asked.append((used, step))
                used += 1
                if isinstance(step, Ask) or step.tool.writes:
                    outcome._anew()
            elif isinstance(step, Ask):
                outcome.asks = step
                return
            elif step.tool.writes:
                outcome.waits = _effect(step, here)
                return
            else:
                value = step.tool(here, **step.slots)
                outcome.inputs = (*outcome.inputs, value)
                used += 1
        else:
            raise FlowError(f"it yielded {step!r}; yield Say, Ask, Confirm, Call or HandOver")
    raise FlowError(f"it made {MOST_STEPS} steps without an end")


def _say(said: Any) -> Say:
    if isinstance(said, Say):
        return said
    if isinstance(said, str):
        return Say(said)
    raise FlowError(f"it returned {said!r}; return a text or nothing")


def _effect(call: Call, here: Here) -> Effect:
    tool = call.tool
    undo = tool.undo
    return Effect(
        name=tool.name,
        run=lambda: tool(here, **call.slots),
        undo=None if undo is None else lambda result: undo(here, result),
        apology=tool.apology,
        limit_s=tool.limit_s,
    )
