"""The parts of the order that run flows: a new request, an open question, a correction, once more.

Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from assistant.errors import AssistantError, StageTimeout
from assistant.messages import Reply, Source
from assistant.talk.decision import Decision, Effect, Pass, Speaking, short
from assistant.talk.flow import Ask, Flow, Here, Say
from assistant.talk.replay import Outcome, replay
from assistant.talk.request import Request, read_request
from assistant.talk.services import Services
from assistant.talk.talk import Done, FlowRun, Talk

LEFT = "Okay, let's leave it."
NOT_UNDERSTOOD = "Sorry, I didn't get that."
FAILED = "Sorry, something went wrong there."
NOTHING_BEFORE = "There is nothing before that."
OWN_TEXTS = (LEFT, NOT_UNDERSTOOD, FAILED, NOTHING_BEFORE)

_BACK = re.compile(r"(?:no )?(?:go|take me|take it) back|back|previous question|1 step back")
_OVER = re.compile(r"(?:let us )?start (?:over|again|from the beginning)|from the (?:start|top)")
_CORRECTING = re.compile(
    r"^(?:no wait|no sorry|no not that|no i mean|no i meant|no make it|no make that|no|sorry|wait"
    r"|i mean|i meant|actually make it|actually|make it|make that|change it to|change that to"
    r"|rather|correction)(?: i mean| i meant| make it| make that| at| for| to)? "
)
_ONCE_MORE = re.compile(
    r"(?:and )?(?:another|1 more|again|once more|another 1|one more|do it again|do that again"
    r"|1 more time|and another|tell me another|tell me 1 more|give me another|give me 1 more"
    r"|(?:tell|give) me another 1|flip again|roll again|flip it again|roll it again"
    r"|(?:tell|give) me 1 more)"
)
_ASKS_SOMETHING = re.compile(
    r"^(?:what|who|where|when|why|how|which|whose|is|are|was|were|do|does|did|can|could|tell me"
    r"|explain|will|would) \S+ \S+"
)


class Flows:
    """All flows by their name; the parts share it, and a reload exchanges what it holds."""

    def __init__(self, flows: tuple[Flow, ...], services: Services, seed: int = 0) -> None:
        self.services = services
        self._seed = seed
        self._by_name = {one.name: one for one in flows}

    def __iter__(self) -> Iterator[Flow]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Flow | None:
        """The flow with this name."""
        return self._by_name.get(name)

    def exchange(self, flows: tuple[Flow, ...]) -> None:
        """Put other flows in the place of these."""
        self._by_name = {one.name: one for one in flows}

    def here(self, talk: Talk, request: Request) -> Here:
        """What a flow may look at."""
        return Here(
            now=request.now, talk=talk, request=request, services=self.services, seed=self._seed
        )

    def run(
        self,
        flow: Flow,
        talk: Talk,
        request: Request,
        slots: Mapping[str, Any],
        *,
        inputs: tuple[Any, ...] = (),
        why: str,
        score: float | None = None,
        source: Source | None = None,
        undoes: tuple[Effect, ...] = (),
        is_whole: bool = False,
    ) -> Decision | Pass:
        """What `flow` makes of the request; `Pass` when it declines or hands over."""
        here = self.here(talk, request)
        try:
            outcome = replay(flow, here, slots, inputs)
        except Exception as error:  # the code of a flow may be anybody's; the talk goes on
            return failed(flow.name, talk, error)
        if outcome.has_declined:
            return Pass(why=f"{flow.name} declines")
        if outcome.hands_over is not None:
            text = outcome.hands_over.text
            handed = read_request(text, request.now, request.turn) if text else None
            return Pass(why=f"{flow.name} hands over", talk=talk, request=handed)
        run = FlowRun(flow=flow.name, version=flow.version, slots=slots, inputs=outcome.inputs)
        return self._decided(
            flow, talk, request, run, outcome, why, score, source or flow.source, undoes, is_whole
        )

    def _decided(
        self,
        flow: Flow,
        talk: Talk,
        request: Request,
        run: FlowRun,
        outcome: Outcome,
        why: str,
        score: float | None,
        source: Source,
        undoes: tuple[Effect, ...],
        is_whole: bool,
    ) -> Decision:
        after = talk
        for change in outcome.changes:
            after = change(after)
        if outcome.asks is not None:
            after = asking(after, run, outcome.asks, request)
        replies = list(_replies(outcome.said, outcome.asks, source, flow.name, why))
        if outcome.takes_back:
            undoes = (*undoes, *talk.last.effects)
        last = Done(
            name=flow.name,
            slots=run.slots,
            inputs=run.inputs,
            effects=tuple(outcome.effects),
            turn=request.turn,
            at=request.now,
        )
        rest = None
        if outcome.waits is not None:
            waits = outcome.waits
            rest = lambda speaking: self._after_write(  # noqa: E731
                flow, talk, request, run, waits, source, speaking
            )
        return Decision(
            name=flow.name,
            source=source,
            why=short(why),
            score=score,
            slots=run.slots,
            replies=tuple(replies),
            rest=rest,
            effects=tuple(outcome.effects),
            undoes=undoes,
            after=dataclasses.replace(after, last=last),
            is_whole=is_whole,
        )

    def _after_write(
        self,
        flow: Flow,
        talk: Talk,
        request: Request,
        run: FlowRun,
        effect: Effect,
        source: Source,
        speaking: Speaking,
    ) -> Iterator[Reply]:
        """The rest of a flow whose next step is a write that waits for the commit."""
        why = f"{flow.name} after {effect.name}"
        if not speaking.wait():
            return
        try:
            result = speaking.run(effect)
            outcome = replay(flow, self.here(talk, request), run.slots, (*run.inputs, result))
        except Exception as error:
            yield Reply(text=_apology(error, effect), source=source, why=short(f"{why}: {error}"))
            return
        run = dataclasses.replace(run, inputs=outcome.inputs)
        for sure in outcome.effects:
            speaking.run(sure)
        for change in outcome.changes:
            speaking.change(change)
        if outcome.asks is not None:
            asks = outcome.asks
            speaking.change(lambda now: asking(now, run, asks, request))
        yield from _replies(outcome.said, outcome.asks, source, flow.name, why)
        if outcome.waits is not None:
            yield from self._after_write(flow, talk, request, run, outcome.waits, source, speaking)


def asking(talk: Talk, run: FlowRun, ask: Ask, request: Request) -> Talk:
    """`talk` with one more open question."""
    waits = dataclasses.replace(
        run, question=ask.text, asked_at=request.now, expires_s=ask.expires_s
    )
    return dataclasses.replace(talk, waiting=(*talk.waiting, waits))


def failed(name: str, talk: Talk, error: Exception) -> Decision:
    """The answer when the code of a flow failed."""
    why = short(f"{name} failed: {type(error).__name__}: {error}")
    return Decision(
        name=name,
        source="flow",
        why=why,
        replies=(Reply(text=FAILED, source="flow", why=why, name=name),),
        after=dataclasses.replace(talk, waiting=()),
    )


def _apology(error: Exception, effect: Effect) -> str:
    if isinstance(error, StageTimeout):
        return "Sorry, that took too long."
    if isinstance(error, AssistantError):
        return f"Sorry, {error.what}."
    return effect.apology


def _replies(
    said: list[Say], asks: Ask | None, source: Source, name: str, why: str
) -> Iterator[Reply]:
    for one in said:
        if one.text:
            yield Reply(text=one.text, spoken=one.spoken, source=source, why=short(why), name=name)
    if asks is not None:
        yield Reply(text=asks.text, source=source, why=short(why), name=name)


class NewFlow:
    """A request that a template of a flow covers."""

    name = "skills"

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The first flow that reads the request and does not decline."""
        declined = "no template covers it"
        for flow in self._flows:
            slots = flow.read(request)
            if slots is None:
                continue
            found = self._flows.run(
                flow, talk, request, slots, why=f"template of {flow.name}", score=1.0
            )
            if isinstance(found, Decision) or found.request is not None:
                return found
            declined = found.why
        return Pass(why=declined)


class OpenQuestion:
    """An answer to what a flow asked, or a word about the flow itself."""

    name = "flow"

    def __init__(self, flows: Flows, is_known: Callable[[Talk, Request], bool]) -> None:
        """`is_known(talk, request)`: the request is one of its own, by its very words."""
        self._flows = flows
        self._is_known = is_known

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """Go on with the newest flow that waits; `Pass` when the words are another request."""
        if not talk.waiting:
            return Pass(why="no question is open")
        run = talk.waiting[-1]
        rest = dataclasses.replace(talk, waiting=talk.waiting[:-1])
        flow = self._flows.get(run.flow)
        if flow is None:
            return Pass(why=f"{run.flow} is no longer there", talk=rest)
        here = self._flows.here(rest, request)
        try:
            outcome = replay(flow, here, run.slots, run.inputs)
        except Exception as error:
            return failed(flow.name, rest, error)
        if outcome.asks is None:
            return Pass(why=f"{run.flow} asks nothing any more", talk=rest)
        return self._go_on(flow, rest, talk, request, run, outcome, outcome.asks)

    def _go_on(
        self,
        flow: Flow,
        rest: Talk,
        talk: Talk,
        request: Request,
        run: FlowRun,
        outcome: Outcome,
        asks: Ask,
    ) -> Decision | Pass:
        words = request.words
        if _OVER.fullmatch(words):
            return self._flows.run(
                flow, rest, request, run.slots, why=f"{flow.name} starts over", source="flow"
            )
        if _BACK.fullmatch(words):
            return self._back(flow, rest, request, run, outcome, asks)
        kind = asks.slot()
        is_text = kind.name == "text"
        if is_text and self._is_known(talk, request):
            return Pass(why="another request, by its very words")
        value = self._value(asks, request)
        if value is not None:
            inputs = (*run.inputs, value)
            return self._flows.run(
                flow,
                rest,
                request,
                run.slots,
                inputs=inputs,
                why=f"answer to: {asks.text}",
                score=1.0,
                source="flow",
                is_whole=True,
            )
        corrected = self._corrected(flow, rest, request, run, outcome)
        if corrected is not None:
            return corrected
        if self._is_known(talk, request) or _ASKS_SOMETHING.match(words):
            return Pass(why="another request")
        return self._again(flow, rest, request, run, asks)

    @staticmethod
    def _value(asks: Ask, request: Request) -> Any:
        kind = asks.slot()
        for words in dict.fromkeys((request.canonical, request.words)):
            value = kind.parse(words, request.now)
            if value is not None:
                return request.original(words) if kind.name == "text" else value
        if kind.name == "text":
            return None
        found = kind.find(request.words, request.now)
        return found[0] if found and len(found[1].split()) <= 4 else None

    def _corrected(
        self, flow: Flow, rest: Talk, request: Request, run: FlowRun, outcome: Outcome
    ) -> Decision | Pass | None:
        """The newest earlier answer that the words after "no," can replace."""
        told = _CORRECTING.match(f"{request.canonical} ")
        if told is None:
            return None
        words = request.canonical[told.end() :].strip()
        for place, ask in reversed(outcome.asked):
            value = ask.slot().parse(words, request.now)
            if value is not None:
                inputs = (*run.inputs[:place], value, *run.inputs[place + 1 :])
                return self._flows.run(
                    flow,
                    rest,
                    request,
                    run.slots,
                    inputs=inputs,
                    why=f"corrects: {ask.text}",
                    source="flow",
                )
        return None

    def _back(
        self, flow: Flow, rest: Talk, request: Request, run: FlowRun, outcome: Outcome, asks: Ask
    ) -> Decision | Pass:
        """Ask the question before the open one once more."""
        if outcome.asked:
            place, _ = outcome.asked[-1]
            why = f"{flow.name} goes back"
            return self._flows.run(
                flow, rest, request, run.slots, inputs=run.inputs[:place], why=why, source="flow"
            )
        return self._asked_again(flow, rest, request, run, asks, NOTHING_BEFORE)

    def _again(
        self, flow: Flow, rest: Talk, request: Request, run: FlowRun, asks: Ask
    ) -> Decision | Pass:
        """Not understood: ask once more, or give up."""
        if run.tries + 1 > asks.tries:
            why = f"{flow.name}: not understood {run.tries + 1} times"
            reply = Reply(text=LEFT, source="flow", why=why, name=flow.name)
            return Decision(
                name=flow.name, source="flow", why=short(why), replies=(reply,), after=rest
            )
        again = dataclasses.replace(run, tries=run.tries + 1)
        return self._asked_again(flow, rest, request, again, asks, NOT_UNDERSTOOD)

    @staticmethod
    def _asked_again(
        flow: Flow, rest: Talk, request: Request, run: FlowRun, asks: Ask, first: str
    ) -> Decision:
        why = short(f"asks again: {asks.text}")
        texts = [asks.retry] if asks.retry and first == NOT_UNDERSTOOD else [first, asks.text]
        return Decision(
            name=flow.name,
            source="flow",
            why=why,
            replies=tuple(
                Reply(text=text, source="flow", why=why, name=flow.name) for text in texts
            ),
            after=asking(rest, run, asks, request),
        )


class Correction:
    """ "No, at six" right after a flow was done: it is taken back and done with the other value."""

    name = "correction"

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The last flow with one value replaced; `Pass` when nothing fits."""
        told = _CORRECTING.match(f"{request.canonical} ")
        last = talk.last
        flow = self._flows.get(last.name)
        if told is None or flow is None or not last.effects:
            return Pass(why="nothing to correct")
        words = request.canonical[told.end() :].strip()
        for name, kind in flow.slots.items():
            if name not in last.slots or kind.name == "text":
                continue
            value = kind.parse(words, request.now)
            if value is not None:
                slots = {**last.slots, name: value}
                return self._flows.run(
                    flow,
                    talk,
                    request,
                    slots,
                    inputs=self._answers(flow, talk, request, last, slots),
                    why=f"corrects {name} of {flow.name}",
                    undoes=last.effects,
                )
        return self._answer(flow, talk, request, last, words)

    def _answers(
        self, flow: Flow, talk: Talk, request: Request, last: Done, slots: Mapping[str, Any]
    ) -> tuple[Any, ...]:
        """What the flow got before (answers, and reads of the world as it will be again), when it
        asks the very same with the new `slots`; else nothing."""
        here = self._flows.here(talk, request)
        try:
            old = replay(flow, here, last.slots, last.inputs)
            new = replay(flow, here, slots, last.inputs)
        except Exception:  # the run that follows reports it
            return ()
        questions = [[(place, ask.text) for place, ask in one.asked] for one in (old, new)]
        is_same = new.asks is None and questions[0] == questions[1] and new.inputs == last.inputs
        return last.inputs if is_same else ()

    def _answer(
        self, flow: Flow, talk: Talk, request: Request, last: Done, words: str
    ) -> Decision | Pass:
        try:
            outcome = replay(flow, self._flows.here(talk, request), last.slots, last.inputs)
        except Exception as error:
            return failed(flow.name, talk, error)
        for place, ask in reversed(outcome.asked):
            kind = ask.slot()
            value = None if kind.name == "text" else kind.parse(words, request.now)
            if value is not None:
                return self._flows.run(
                    flow,
                    talk,
                    request,
                    last.slots,
                    inputs=(*last.inputs[:place], value, *last.inputs[place + 1 :]),
                    why=f"corrects the answer to: {ask.text}",
                    undoes=last.effects,
                )
        return Pass(why=f"'{words}' fits no value of {flow.name}")


class OnceMore:
    """ "Another one" after a flow that can be run again."""

    name = "once more"

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The last flow once more, with the same slots."""
        flow = self._flows.get(talk.last.name)
        if flow is None or not flow.again or not _ONCE_MORE.fullmatch(request.words):
            return Pass(why="nothing to repeat")
        why = f"{flow.name} once more"
        return self._flows.run(flow, talk, request, talk.last.slots, why=why, score=1.0)
