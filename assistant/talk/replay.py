"""Runs a flow from its beginning to the next thing that it waits for.

What it got before (answers, results) is given to it again; what comes after the last of these is
new: sentences to say, effects for the commit, a question. Pure but for reads that a flow calls. The
mind thread waits for it; the code of a user's flow runs on a thread that can be left behind.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import StageTimeout
from assistant.messages import ToolCall
from assistant.talk.decision import Effect, result_as_text, slots_as_text
from assistant.talk.flow import Ask, Call, Change, Flow, HandOver, Say, TakeBack
from assistant.talk.gate import Lock, Secret
from assistant.talk.grants import Grant, Refused, locks_of
from assistant.talk.limited import within
from assistant.talk.talk import Talk
from assistant.talk.tool import Here, Tool

MOST_STEPS = 500
_LONGEST_SHOWN = 60
_OWN = "assistant.talk."
"""Where the program's own tools are; they change its own store."""
LIMIT_S = 2.0
"""So long may a flow take to its next question, with all that it reads."""

Known = tuple[tuple[Call, Any], ...]
"""Reads whose results are known, because it is as if what was done since had not been done."""
Later = tuple[tuple[Ask, Any], ...]
"""Answers that were given after one that is corrected: (question, value)."""


class FlowError(Exception):
    """A flow did what it must not: it yielded something unknown, or never ends. `line` is where in
    its file, if that is known."""

    line: int | None = None


class FlowTooSlow(FlowError):
    """The code of a user took longer than it may; `places` as in `StageTimeout`."""

    places: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Outcome:
    """Where a run of a flow has come to.

    `said`, `effects` and what it `changed` of the talk are new since the last of `inputs`; `places`
    tells how many inputs there were at each effect. It waits for an answer (`asks`), for a write
    (`waits`), has handed over (`hands_over`), has declined, or is over. `asked` are the earlier
    questions with the place of their answer in `inputs`, `reads` what was read with the place of
    the result, `calls` what of it was read just now. `later` is what was not asked for any more.
    """

    said: list[Say] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    changed: Talk = field(default_factory=Talk)
    has_changed: bool = False
    takes_back: bool = False
    inputs: tuple[Any, ...] = ()
    asked: list[tuple[int, Ask]] = field(default_factory=list)
    reads: list[tuple[int, Call]] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    asks: Ask | None = None
    waits: Effect | None = None
    hands_over: HandOver | None = None
    has_declined: bool = False
    from_outside: bool = False
    later: Later = ()

    def known_until(self, place: int) -> Known:
        """What was read before it had more than `place` inputs."""
        return tuple((call, self.inputs[at]) for at, call in self.reads if at < place)

    def later_than(self, place: int) -> Later:
        """The answers to what was asked after `place`."""
        return tuple((ask, self.inputs[at]) for at, ask in self.asked if at > place)


def replay(
    flow: Flow,
    here: Here,
    slots: Mapping[str, Any],
    inputs: tuple[Any, ...] = (),
    later: Later = (),
    known: Known = (),
    talk: Talk | None = None,
    limit_s: float = LIMIT_S,
    secret: Secret | None = None,
) -> Outcome:
    """Run `flow` with `slots` and give it `inputs`, then of `later` what it asks for in the same
    order, and of `known` what it reads. It changes `talk`, by default the one that it looks at.
    `secret` is what was answered to the question for the PIN.

    Raises what it raises, and `FlowError`, also when a flow of the user takes longer than
    `limit_s`.
    """
    outcome = Outcome(inputs=inputs, later=later, changed=talk or here.talk)
    run = _Run(here, outcome, known, secret)
    if not flow.is_users:  # the program's own come back, and a thread costs 0.2 ms and more
        run.follow(flow, slots)
        return run.outcome
    try:
        within(limit_s, lambda: run.follow(flow, slots), flow.name)
    except StageTimeout as late:
        slow = FlowTooSlow(
            f"it took longer than {limit_s:g} s; what takes longer is a tool with writes=True"
        )
        slow.places = late.places
        raise slow from None
    return run.outcome


class _Run:
    """One run of one flow."""

    def __init__(self, here: Here, outcome: Outcome, known: Known, secret: Secret | None) -> None:
        self.outcome = outcome
        self._secret = secret
        self._known = known
        self._here = here
        self._talk = outcome.changed
        self._given = outcome.inputs
        self._used = 0

    def follow(self, flow: Flow, slots: Mapping[str, Any]) -> None:
        """Call it, and take its steps until it waits or ends."""
        started = flow.start(self._here, slots)
        if not inspect.isgenerator(started):
            self._end(started)
            return
        try:
            value: Any = None
            for _ in range(MOST_STEPS):
                step = started.send(value)
                waits, value = self._take(step)
                if waits:
                    return
            raise FlowError(f"it made {MOST_STEPS} steps without an end")
        except StopIteration as end:
            self._end(end.value)
        except FlowError as fault:
            fault.line = getattr(getattr(started, "gi_frame", None), "f_lineno", None)
            raise
        finally:
            started.close()

    def _take(self, step: Any) -> tuple[bool, Any]:
        """One step: whether it waits now, else what it is sent."""
        outcome = self.outcome
        if isinstance(step, (str, Say)):
            outcome.said.append(self._worded(step))
        elif isinstance(step, Change):
            self._change(step)
        elif isinstance(step, TakeBack):
            outcome.takes_back = True
        elif isinstance(step, HandOver):
            if outcome.said or outcome.effects:
                raise FlowError("it said or did something before it handed over")
            outcome.hands_over = step
            return True, None
        elif isinstance(step, Ask):
            return self._ask(step)
        elif isinstance(step, Call):
            return self._call(step)
        else:
            raise FlowError(f"it yielded {_shown(step)}; yield Say, Ask, Confirm, Call or HandOver")
        return False, None

    def _ask(self, ask: Ask) -> tuple[bool, Any]:
        outcome = self.outcome
        outcome.asked.append((self._used, ask))
        if self._used < len(self._given):
            self._begin_anew()
            return False, self._next()
        try:
            ask.slot()
        except TypeError as error:
            raise FlowError(f"it asks for what nobody can say: {error}") from error
        if outcome.later and _is_alike(outcome.later[0][0], ask):
            (_, value), *rest = outcome.later
            outcome.later = tuple(rest)
            outcome.said.clear()
            return False, self._add(value)
        outcome.asked.pop()
        outcome.asks = ask
        return True, None

    def _call(self, call: Call) -> tuple[bool, Any]:
        outcome = self.outcome
        outcome.from_outside |= not _is_the_programs(call.tool)
        if call.tool.is_guarded:
            return self._guarded(call)
        if not call.tool.writes:
            outcome.reads.append((self._used, call))
            if self._used < len(self._given):
                return False, self._next()
            return False, self._add(self._read(call))
        if call.tool.sure:
            outcome.effects.append(_effect(call, self._here))
            outcome.places.append(self._used)
            return False, None
        return self._write(call, self._here)

    def _write(self, call: Call, here: Here) -> tuple[bool, Any]:
        if self._used < len(self._given):
            self._begin_anew()
            return False, self._next()
        self.outcome.waits = _effect(call, here)
        return True, None

    def _guarded(self, call: Call) -> tuple[bool, Any]:
        """A call whose tool is asked for first: one grant for each of its locks, or no call."""
        grants = []
        for kind in locks_of(call.tool):
            grant = self._granted(kind, call)
            if grant is None:
                return True, None
            grants.append(grant)
        return self._write(call, dataclasses.replace(self._here, grants=tuple(grants)))

    def _granted(self, kind: str, call: Call) -> Grant | None:
        """The grant among the inputs, after the refusals that came before it; None when it has yet
        to be asked for, or was refused for good."""
        outcome = self.outcome
        while self._used < len(self._given):
            lock, given = Lock(kind, call, self._here, self._used), self._given[self._used]
            if lock.opens(given):
                self._begin_anew()
                self._used += 1
                return given  # type: ignore[no-any-return]
            if not isinstance(given, Refused) or given.lock != kind:
                self._given = outcome.inputs = self._given[: self._used]  # for another call
                break
            self._begin_anew()
            self._used += 1
            outcome.said.append(Say(given.text))
            if given.is_final:
                return None
        secret, self._secret = self._secret, None
        if secret is not None:
            self._begin_anew()
        follows = Lock(kind, call, self._here, self._used).next(secret)
        if isinstance(follows, Ask):
            outcome.asks = follows
        elif isinstance(follows, Effect):
            outcome.waits = follows
        else:
            outcome.said.append(Say(follows.text))
        return None

    def _change(self, step: Change) -> None:
        changed = step.change(self.outcome.changed)
        if not isinstance(changed, Talk):
            raise FlowError(f"its Change gave {changed!r}; give the talk that it got, changed")
        self.outcome.changed = changed
        self.outcome.has_changed = True

    def _read(self, call: Call) -> Any:
        for known, value in self._known:
            if known == call:
                return value
        start_s = time.perf_counter()
        value = call.tool(self._here, **call.slots)
        self.outcome.calls.append(
            ToolCall(
                name=call.tool.name,
                slots=slots_as_text(call.slots),
                result=result_as_text(value),
                ms=(time.perf_counter() - start_s) * 1000,
                writes=False,
            )
        )
        return value

    def _worded(self, said: Any) -> Say:
        """The wording for the user's mood."""
        one = _say(said)
        return Say(one.plain) if one.plain and self._here.mood.wants_short else one

    def _next(self) -> Any:
        self._used += 1
        return _own(self._given[self._used - 1])

    def _add(self, value: Any) -> Any:
        self._used += 1
        self.outcome.inputs = (*self.outcome.inputs, value)
        return _own(value)

    def _begin_anew(self) -> None:
        """What came before an answer that was given before has been said and done already."""
        outcome = self.outcome
        outcome.said.clear()
        outcome.effects.clear()
        outcome.places.clear()
        outcome.changed = self._talk
        outcome.has_changed = False
        outcome.takes_back = False

    def _end(self, value: Any) -> None:
        outcome = self.outcome
        if value is not None:
            outcome.said.append(self._worded(value))
        elif self._used == len(outcome.reads) and not (
            outcome.said or outcome.effects or outcome.has_changed
        ):  # it has at most looked something up
            outcome.has_declined = not outcome.takes_back


def _is_alike(one: Ask, other: Ask) -> bool:
    """True when both ask for the same kind of value, or for one of the same choices."""
    kind, wanted = one.slot(), other.slot()
    return (kind.name, kind.pattern) == (wanted.name, wanted.pattern)


def _own(value: Any) -> Any:
    """A value that the flow may change without changing what it gets next time, all through."""
    if not isinstance(value, (list, dict, set)):
        return value
    try:
        return copy.deepcopy(value)
    except Exception:  # it holds something that has no copy, such as a lock
        return copy.copy(value)


def _say(said: Any) -> Say:
    if isinstance(said, Say):
        return said
    if isinstance(said, str):
        return Say(said)
    raise FlowError(f"it returned {_shown(said)}; return a text or nothing")


def _shown(value: Any) -> str:
    """A value in a message."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _is_the_programs(tool: Tool) -> bool:
    """Whether it works on the program's own store, and on nothing outside."""
    return not tool.origin and tool.function.__module__.startswith(_OWN)


def _effect(call: Call, here: Here) -> Effect:
    tool = call.tool
    undo = tool.undo
    here = dataclasses.replace(here, talk=here.talk.without_effects())
    return Effect(
        name=tool.name,
        run=lambda: tool(here, **call.slots),
        undo=None if undo is None else lambda result: undo(here, result),
        apology=tool.apology,
        limit_s=tool.limit_s,
        slots=call.slots,
        is_own=_is_the_programs(tool),
        origin=tool.origin,
    )
