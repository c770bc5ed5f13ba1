"""The part of the order that reads "and in London?" by the question before it.

Right after a flow that only told something, what is new takes the place of what was said of the
same kind, and the flow reads the whole again. It takes nothing from what others understand, and
nothing after an answer of the language model or after something was done. Pure; the mind thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from assistant.language.en.ellipsis import (
    are_days,
    continued,
    exchanged,
    is_period,
    may_be_any,
    new_words,
)
from assistant.language.en.normalise import normalise
from assistant.talk.by_meaning import TOGETHER
from assistant.talk.decision import Decision, Pass
from assistant.talk.flow import Flow
from assistant.talk.request import Request, read_request
from assistant.talk.running import Flows
from assistant.talk.talk import FlowRun, Talk

_DECLINED = "decline."


class FollowUp:
    """The last question with something else in it."""

    name = "follow-up"

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """What the last flow, or one of the same subject, answers to the whole question."""
        new = new_words(request.canonical)
        if not new:
            return Pass(why="it does not go on with a question")
        if talk.last.name.startswith(_DECLINED):
            return _declined_before(talk, request, new)
        flow, run = self._asked(talk, request)
        if flow is None or run is None or run.request is None:
            return Pass(why="no question was just answered")
        readers = (flow, *self._related(flow))
        for meant, is_longer in _meanings(flow, run, request, new):
            found = self._answer(talk, meant, readers, run, is_longer=is_longer)
            if found is not None:
                return found
        return Pass(why=f"it exchanges nothing of {flow.name}")

    def _asked(self, talk: Talk, request: Request) -> tuple[Flow | None, FlowRun | None]:
        """The flow that has just answered a question, and how far it came."""
        last = talk.last
        if last.run is None or last.effects or talk.waiting or not last.is_recent(request.now):
            return None, None
        flow = self._flows.get(last.run.flow)
        return (flow, last.run) if flow and flow.version == last.run.version else (None, None)

    def _related(self, flow: Flow) -> tuple[Flow, ...]:
        family = next((one for one in TOGETHER if flow.name in one), frozenset((flow.name,)))
        return tuple(one for one in self._flows if one.name in family and one is not flow)

    def _answer(
        self,
        talk: Talk,
        meant: Request,
        readers: tuple[Flow, ...],
        run: FlowRun,
        *,
        is_longer: bool,
    ) -> Decision | None:
        for flow in readers:
            slots = self._flows.read(flow, meant)
            if slots is None or (flow is readers[0] and dict(slots) == dict(run.slots)):
                continue
            if is_longer and flow is readers[0] and _has_swallowed(flow, slots, run.slots, meant):
                continue
            why = f"goes on with {run.flow}: {meant.canonical}"
            found = self._flows.run(flow, talk, meant, slots, why=why, score=1.0)
            if isinstance(found, Decision) and not _does(found):
                return found
        return None


def _declined_before(talk: Talk, request: Request, new: str) -> Pass:
    """ "And in London?" after "what's the weather in Paris": left to who declined that, as a whole
    request, so that no model invents the answer."""
    if talk.waiting or not talk.history:
        return Pass(why="no question was just answered")
    last = normalise(talk.history[-1].request)
    longer = continued(last, new, request.now)
    words = next(exchanged(last, new, [], request.now), longer)
    if not words:
        return Pass(why=f"it exchanges nothing of {talk.last.name}")
    return Pass(why=f"goes on with {talk.last.name}", request=_spelled(words, new, request))


def _meanings(
    flow: Flow, run: FlowRun, request: Request, new: str
) -> Iterator[tuple[Request, bool]]:
    """The whole questions that may be meant, and whether each is the last one and more."""
    assert run.request is not None
    last = run.request.canonical
    whole = (last, run.request.words)
    texts = [value for value in _texts(flow, run.slots) if value not in whole]
    texts = texts if may_be_any(request.canonical) else []
    longer = continued(last, new, request.now)
    if longer and is_period(new):
        yield _spelled(longer, new, request), True
    for words in exchanged(last, new, texts, request.now):
        yield _spelled(words, new, request), False
    if longer:
        yield _spelled(longer, new, request), True


def _has_swallowed(
    flow: Flow, slots: Mapping[str, Any], before: Mapping[str, Any], request: Request
) -> bool:
    """True when a slot for any words holds the new ones as well, unless it is a day."""
    pairs = zip_longest(_texts(flow, slots), _texts(flow, before), fillvalue="")
    return any(one != old and not are_days(one, old, request.now) for one, old in pairs)


def _texts(flow: Flow, slots: Mapping[str, Any]) -> list[str]:
    """The canonical words of the slots for any words, in the order of the parameters."""
    texts = [slots.get(name) for name, kind in flow.slots.items() if kind.name == "text"]
    return [words for text in texts if isinstance(text, str) and (words := normalise(text))]


def _spelled(words: str, new: str, request: Request) -> Request:
    """The request of canonical `words`, in which `new` is written as the transcript has it."""
    text = words.replace(new, request.original(new), 1) if new in words else words
    return read_request(text, request.now, request.turn)


def _does(found: Decision) -> bool:
    """True when something is done, or asked for."""
    return bool(found.effects) or found.waits is not None or bool(found.after.waiting)
