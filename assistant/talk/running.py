"""Runs flows for the parts of the order: what a flow makes of a request, as a decision.

Pure until the commit; `Flows` is shared by the parts, and a reload exchanges what it holds. The
mind thread.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError, StageTimeout
from assistant.language.en.speakable import spoken_form
from assistant.messages import Reply, Source
from assistant.talk.decision import Decision, Effect, Pass, Speaking, short
from assistant.talk.flow import Ask, Flow, Say
from assistant.talk.gate import Secret
from assistant.talk.limited import within
from assistant.talk.replay import LIMIT_S, FlowError, FlowTooSlow, Known, Later, Outcome, replay
from assistant.talk.request import Request, read_request
from assistant.talk.services import Services
from assistant.talk.talk import Done, FlowRun, Talk
from assistant.talk.tool import Here

FAILED = "Sorry, something went wrong there."
TOO_LONG = "Sorry, that took too long."
CANNOT_UNDO = "That is done already, and I can't take it back."
OWN_TEXTS = (FAILED, TOO_LONG, CANNOT_UNDO)

_MOST_HUNG = 16
"""So many attempts that hung are known; those of one turn are a few."""
MOST_WAITING = 3
"""So many flows may wait at once; the oldest is dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """How a flow is run: why and how surely, as what source, and what is undone before. `secret` is
    an answer that no value holds."""

    why: str
    score: float | None = None
    source: Source | None = None
    undoes: tuple[Effect, ...] = ()
    is_whole: bool = False
    later: Later = ()
    known: Known = ()
    only_asks: bool = False
    secret: Secret | None = None


class Flows:
    """All flows by their name, in the order in which they are asked."""

    def __init__(self, flows: tuple[Flow, ...], services: Services, seed: int = 0) -> None:
        """`on_fault(flow, error)` is told of code that fails, of each fault once. `seed` is that of
        coins, dice and jokes."""
        self.services = services
        self.on_fault: Callable[[Flow, Exception], None] = lambda flow, error: None
        self.seed = seed
        self._told: set[tuple[str, str, str]] = set()
        self._hung: deque[_Attempt] = deque(maxlen=_MOST_HUNG)
        self._by_name = {one.name: one for one in flows}

    def __iter__(self) -> Iterator[Flow]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Flow | None:
        """The flow with this name."""
        return self._by_name.get(name)

    def exchange(self, users: tuple[Flow, ...]) -> None:
        """Put other flows of the user in the place of those that are here."""
        own = [one for one in self if not one.is_users]
        self._by_name = {one.name: one for one in (*users, *own)}
        self._told.clear()

    def read(self, flow: Flow, request: Request) -> dict[str, Any] | None:
        """The slots of `request`, or None; also when the flow's own `reads` fails or hangs."""
        try:
            if flow.is_users and flow.reads is not None:
                if self._has_hung(flow, request, "reads"):
                    return None
                found: dict[str, Any] | None = within(
                    LIMIT_S, lambda: flow.read(request), flow.name
                )
                return found
            return flow.read(request)
        except StageTimeout:
            self._hung.append(_attempt(flow, request, "reads"))
            self.tell(flow, FlowTooSlow(f"its reads took longer than {LIMIT_S:g} s"))
            return None
        except Exception as error:  # anybody's code; another part answers then
            self.tell(flow, error)
            return None

    def takes(self, talk: Talk, request: Request) -> bool:
        """Whether a template of any flow covers the request, and that flow does not decline."""
        for flow in self:
            slots = self.read(flow, request)
            if slots is not None:
                found = self.run(flow, talk, request, slots, why="")
                if isinstance(found, Decision) or found.request is not None:
                    return True
        return False

    def tell(self, flow: Flow, error: Exception) -> None:
        """Report a fault in the code of `flow`, unless it was reported before."""
        fault = (flow.name, flow.version, f"{type(error).__name__}: {error}")
        if fault not in self._told:
            self._told.add(fault)
            self.on_fault(flow, error)

    def _has_hung(self, flow: Flow, request: Request, what: str = "") -> bool:
        """It took too long on these words of this turn: the turn's other takes, which come within
        the same second, do not wait for it again."""
        return request.turn != 0 and _attempt(flow, request, what) in self._hung

    def replay(self, flow: Flow, talk: Talk, request: Request, run: FlowRun) -> Outcome | None:
        """Where `run` has come to; None when the flow's code fails."""
        try:
            return replay(flow, self.here(talk, request, run), run.slots, run.inputs)
        except Exception as error:
            self.tell(flow, error)
            return None

    def run(
        self,
        flow: Flow,
        talk: Talk,
        request: Request,
        slots: Mapping[str, Any],
        *,
        why: str,
        score: float | None = None,
        source: Source | None = None,
        is_whole: bool = False,
    ) -> Decision | Pass:
        """What `flow` makes of a new request; `Pass` when it declines or hands over."""
        run = FlowRun(
            flow=flow.name, version=flow.version, slots=slots, request=request, number=talk.number
        )
        others = tuple(one for one in talk.waiting if one.flow != flow.name)
        if len(others) < len(talk.waiting):
            talk = dataclasses.replace(talk, waiting=others)
        return self.go_on(
            flow,
            talk,
            request,
            run,
            Running(why=why, score=score, source=source, is_whole=is_whole),
        )

    def go_on(
        self, flow: Flow, talk: Talk, request: Request, run: FlowRun, how: Running
    ) -> Decision | Pass:
        """What `flow` makes of the inputs of `run`, and after them of `how.later`."""
        if self._has_hung(flow, request):
            return failed(flow.name, talk)
        try:
            here = self.here(talk, request, run)
            outcome = replay(
                flow, here, run.slots, run.inputs, how.later, how.known, secret=how.secret
            )
        except Exception as error:  # the code of a flow may be anybody's; the talk goes on
            if isinstance(error, FlowTooSlow):
                self._hung.append(_attempt(flow, request))
            self.tell(flow, error)
            return failed(flow.name, talk, error)
        if outcome.has_declined:
            return Pass(why=f"{flow.name} declines")
        if outcome.hands_over is not None:
            text = outcome.hands_over.text
            handed = read_request(text, request.now, request.turn) if text else None
            return Pass(why=f"{flow.name} hands over", talk=outcome.changed, request=handed)
        if how.only_asks:
            outcome = Outcome(inputs=outcome.inputs, asks=outcome.asks, changed=talk)
        run = _further(run, outcome)
        rest = None
        if outcome.waits is not None:
            write = _Write(self, flow, talk, request, run, outcome.waits, outcome)
            rest = write.rest
        return Decision(
            name=flow.name,
            source=how.source or flow.source,
            why=short(how.why),
            score=how.score,
            slots=run.slots,
            replies=tuple(_replies(outcome, flow, how.source or flow.source, how.why)),
            rest=rest,
            effects=tuple(outcome.effects),
            waits=outcome.waits,
            undoes=(*how.undoes, *(talk.last.effects if outcome.takes_back else ())),
            calls=tuple(outcome.calls),
            after=_after(outcome.changed, run, outcome, request, how.why),
            is_whole=how.is_whole,
        )

    def here(self, talk: Talk, request: Request, run: FlowRun) -> Here:
        """What a flow may look at."""
        return Here(
            now=request.now,
            talk=talk,
            request=run.request or request,
            services=self.services,
            seed=self.seed,
            number=run.number,
            flows=tuple(self),
            mood=request.mood,
        )


@dataclass(frozen=True, slots=True)
class _Write:
    """A flow that goes on when `effect` is done, which waits for the commit. `before` is how far it
    had come, `run` the same with what it did."""

    flows: Flows
    flow: Flow
    talk: Talk
    request: Request
    run: FlowRun
    effect: Effect
    before: Outcome

    def rest(self, speaking: Speaking) -> Iterator[Reply]:
        """What is said once it is done, or that it failed. The flow's own code runs here, and never
        while the talk is exchanged."""
        if not speaking.wait():
            return
        flow, request, run = self.flow, self.request, self.run
        why = f"{flow.name} after {self.effect.name}"
        try:
            result = speaking.run(self.effect)
            run = _written(run, self.effect, result)
            outcome = self._go_on(run)
            run = _further(run, outcome)
            for call in outcome.calls:
                speaking.note(call)
            was, changed = self.before.changed, outcome.changed
            speaking.change(
                lambda now: _after(now.with_changes(was, changed), run, outcome, request, why)
            )
            for sure in outcome.effects:
                speaking.run(sure)
        except Exception as error:
            if not isinstance(error, AssistantError):
                self.flows.tell(flow, error)
            speaking.change(lambda now: dataclasses.replace(now, last=_done(run, request, why)))
            yield Reply(
                text=_apology(error, self.effect),
                source=flow.source,
                why=short(f"{why}: {error}"),
                name=flow.name,
                from_outside=not self.effect.is_own,
            )
            return
        yield from _replies(outcome, flow, flow.source, why)
        if outcome.waits is not None:
            again = dataclasses.replace(self, run=run, effect=outcome.waits, before=outcome)
            yield from again.rest(speaking)

    def _go_on(self, run: FlowRun) -> Outcome:
        here = self.flows.here(self.talk, self.request, run)
        before = self.before
        outcome = replay(self.flow, here, run.slots, run.inputs, before.later, talk=before.changed)
        if outcome.hands_over is not None or outcome.has_declined:
            raise FlowError("it hands over after a write; hand over before it")
        return outcome


def _written(run: FlowRun, effect: Effect, result: Any) -> FlowRun:
    """`run` after a write that it waited for."""
    return dataclasses.replace(
        run,
        inputs=(*run.inputs, result),
        effects=(*run.effects, effect),
        places=(*run.places, len(run.inputs)),
    )


_Attempt = tuple[str, str, str, int, str]


def _attempt(flow: Flow, request: Request, what: str = "") -> _Attempt:
    return flow.name, flow.version, what, request.turn, request.canonical


def rerun(
    flows: Flows,
    flow: Flow,
    talk: Talk,
    request: Request,
    run: FlowRun,
    outcome: Outcome,
    from_place: int,
    how: Running,
) -> Decision | Pass:
    """Run `flow` again with the inputs of `run`; what it did once it had `from_place` inputs is
    taken back before. Where something of that cannot be, nothing is done but to say so.

    `outcome` is where it had come to. What it read before it did the first of that is not read
    again: it is taken back at the commit only, and would still be seen.
    """
    done = run.effects_from(from_place)
    if any(effect.undo is None for effect in done):
        return told(CANNOT_UNDO, flow, talk, f"{flow.name} did what has no undo")
    first = min((at for at in run.places if at >= from_place), default=0)
    how = dataclasses.replace(how, undoes=done, known=outcome.known_until(first))
    return flows.go_on(flow, talk, request, run.effects_before(from_place), how)


def asking(talk: Talk, run: FlowRun, ask: Ask, request: Request) -> Talk:
    """`talk` with one more open question."""
    waits = dataclasses.replace(
        run,
        question=ask.text,
        kind=ask.slot(),
        is_secret=ask.is_secret,
        asked_for=ask.asked_for,
        wants_pin=ask.wants_pin,
        asked_at=request.now,
        expires_s=ask.expires_s,
    )
    return dataclasses.replace(talk, waiting=(*talk.waiting, waits)[-MOST_WAITING:])


def failed(name: str, talk: Talk, error: Exception | None = None) -> Decision:
    """The answer when the code of a flow failed; what else waits goes on waiting."""
    what = f": {type(error).__name__}: {error}" if error else ""
    why = short(f"{name} failed{what}")
    reply = Reply(text=FAILED, source="flow", why=why, name=name)
    after = dataclasses.replace(talk, last=Done(name=name))
    return Decision(name=name, source="flow", why=why, replies=(reply,), after=after)


def told(text: str, flow: Flow, talk: Talk, why: str) -> Decision:
    """One sentence about a flow, which leaves everything as it is."""
    reply = Reply(text=text, source="flow", why=short(why), name=flow.name)
    return Decision(name=flow.name, source="flow", why=short(why), replies=(reply,), after=talk)


def _further(run: FlowRun, outcome: Outcome) -> FlowRun:
    """`run` once `outcome` counts: with its inputs, and with what it does."""
    return dataclasses.replace(
        run,
        inputs=outcome.inputs,
        effects=(*run.effects, *outcome.effects),
        places=(*run.places, *outcome.places),
        tries=0,
        interrupted=0,
    )


def _after(talk: Talk, run: FlowRun, outcome: Outcome, request: Request, why: str) -> Talk:
    """The talk once `outcome` counts."""
    if outcome.asks is not None:
        talk = asking(talk, run, outcome.asks, request)
    return dataclasses.replace(talk, last=_done(run, request, why, outcome.waits))


def _done(run: FlowRun, request: Request, why: str, waits: Effect | None = None) -> Done:
    """`waits` is a write that is begun next: what never ran, or failed, is not undone."""
    return Done(
        name=run.flow,
        slots=run.slots,
        effects=run.effects if waits is None else (*run.effects, waits),
        turn=request.turn,
        at=request.now,
        why=short(why),
        run=run,
    )


def _apology(error: Exception, effect: Effect) -> str:
    if isinstance(error, StageTimeout):
        return TOO_LONG
    if isinstance(error, AssistantError):
        return f"Sorry, {error.what}."
    return effect.apology


def _replies(outcome: Outcome, flow: Flow, source: Source, why: str) -> Iterator[Reply]:
    said = [*outcome.said, *([Say(outcome.asks.text)] if outcome.asks is not None else [])]
    for one in said:
        if one.text:
            spoken = one.spoken or spoken_form(one.text)
            yield Reply(
                text=one.text,
                spoken=spoken,
                source=source,
                why=short(why),
                name=flow.name,
                from_outside=flow.from_outside or outcome.from_outside,
            )
