"""The part of the order that answers what a flow asked, and how a value given before is corrected.

Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from assistant.language.en.moments import read_recurrence
from assistant.language.en.pins import has_digit
from assistant.language.en.speakable import spoken_form
from assistant.language.en.which import HALF
from assistant.language.slots import Clock, SlotKind, corrected_slots
from assistant.messages import Reply
from assistant.talk.decision import Decision, Pass, short
from assistant.talk.due import told_half
from assistant.talk.flow import Ask, Flow
from assistant.talk.gate import Permission, Secret
from assistant.talk.replay import Outcome
from assistant.talk.request import Request, read_request
from assistant.talk.running import Flows, Running, asking, failed, rerun, told
from assistant.talk.talk import FlowRun, Talk

LEFT = "Okay, let's leave it."
NOT_UNDERSTOOD = "Sorry, I didn't get that."
NOTHING_BEFORE = "There is nothing before that."
CHANGED = "Sorry, I have just learned to do that in another way. Please ask once more."
OWN_TEXTS = (LEFT, NOT_UNDERSTOOD, NOTHING_BEFORE, CHANGED)

_BACK = re.compile(r"(?:no )?(?:go|take me|take it) back|back|previous question|1 step back")
_OVER = re.compile(r"(?:let us )?start (?:over|again|from the beginning)|from the (?:start|top)")
_PREFIX = r"(?: i mean| i meant| make it| make that| rather| at| for| to| on| until| till| by)*"
_SURE_CORRECTION = re.compile(
    rf"^(?:no wait|no sorry|no not that|no|sorry|wait|actually|rather|correction|i mean|i meant)"
    rf"{_PREFIX} "
)
_CORRECTION = re.compile(
    rf"{_SURE_CORRECTION.pattern}|^(?:make it|make that|change it to|change that to){_PREFIX} "
)
_ASKS_OPENLY = re.compile(
    r"^(?:what|who|where|when|why|how|which|whose|tell me|explain) (?!about )\S+ \S+"
)
_ASKS_SOMETHING = re.compile(
    r"^(?:what|how|is|are|was|were|do|does|did|can|could|will|would) \S+ \S+"
)
_NO_ANSWER = re.compile(
    r"(?:no |oh )?(?:nothing|none|none of (?:them|those)|neither|no 1|nowhere)"
    r"(?: thanks| thank you| at all| for now| after all)?|no|no thanks|no thank you|not now|skip it"
    r"|i do not want (?:to|any|that)|let us leave it"
)
"""Whoever says this to a question that is not for yes or no wants nothing of it."""
_MOST_AROUND = 5
"""So many other words may stand around an answer."""


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
        outcome = self._flows.replay(flow, rest, request, run)
        asks = outcome.asks if outcome is not None else None
        if run.version != flow.version and (asks is None or asks.text != run.question):
            if self._is_known(talk, request):
                return Pass(why=f"{run.flow} has changed", talk=rest)
            return told(CHANGED, flow, rest, f"{run.flow} has changed since it asked")
        if outcome is None:
            return failed(flow.name, rest)
        if asks is None:
            return Pass(why=f"{run.flow} asks nothing any more", talk=rest)
        return _Open(self._flows, flow, rest, request, run, outcome, asks).go_on(
            lambda: self._is_known(talk, request)
        )


@dataclasses.dataclass(frozen=True, slots=True)
class _Open:
    """One request while a question is open; `talk` is without that question."""

    flows: Flows
    flow: Flow
    talk: Talk
    request: Request
    run: FlowRun
    outcome: Outcome
    asks: Ask

    def go_on(self, is_known: Callable[[], bool]) -> Decision | Pass:
        """What the words mean to the flow; `Pass` when they are another request."""
        if self._says(_OVER):
            return self._over()
        if self._says(_BACK):
            return self._back()
        may_correct = not (self.asks.is_secret and has_digit(self.request.text))
        if may_correct and _SURE_CORRECTION.match(f"{self.request.canonical} "):
            found = self._corrected()
            if found is not None:
                return found
        kind = self.asks.slot().name
        is_choice = kind != "text" and self._value() is not None  # "none" may be one
        if kind != "yes or no" and self._says(_NO_ANSWER) and not is_choice:
            return told(LEFT, self.flow, self.talk, f"no answer to: {self.asks.text}")
        is_text = kind == "text"
        value = None if is_text and is_known() else self._value()
        if value is not None:
            return self._answered(value)
        if is_known():
            return Pass(why="another request, by its very words")
        if _ASKS_OPENLY.match(self.request.words):
            return Pass(why="another question")
        value = self._value_within()
        if value is not None:
            return self._answered(value)
        found = self._corrected() if may_correct else None
        if found is not None:
            return found
        if _ASKS_SOMETHING.match(self.request.words):
            return Pass(why="another request")
        return self._again()

    def _says(self, pattern: re.Pattern[str]) -> bool:
        request = self.request
        return any(pattern.fullmatch(words) for words in (request.canonical, request.words))

    # -- answers --------------------------------------------------------------------------------

    def _value(self) -> Any:
        """The value, when all words are the answer."""
        kind, request = self.asks.slot(), self.request
        for words in dict.fromkeys((request.canonical, request.words)):
            value = kind.parse(words, request.now)
            if value is not None:
                return request.original(words) if kind.name == "text" else value
        return None

    def _value_within(self) -> Any:
        """The value, when the answer stands between a few other words."""
        kind, request = self.asks.slot(), self.request
        if kind.name == "text":
            return None
        value = kind.parse(_corrected_words(request), request.now)
        if value is not None:
            return value
        found = kind.find(request.words, request.now)
        if found and kind.near and kind.near(found[1], request.now):
            return None  # two of the choices
        return found[0] if found and len(found[1].split()) <= _MOST_AROUND else None

    def _answered(self, value: Any) -> Decision | Pass:
        if self.run.asked_for != self.asks.asked_for:  # the tool has changed under the question
            return self._asked_again(self.run, self.asks.text)
        why = f"answer to: {self.asks.text}"
        if self.asks.is_secret:  # more digits may follow, and no value of the talk holds these
            how = Running(why=why, score=1.0, source="flow", secret=Secret(value))
            wordless = read_request("", self.request.now, self.request.turn)
            return self.flows.go_on(self.flow, self.talk, wordless, self.run, how)
        if isinstance(self.asks, Permission):
            value = self.asks.sealed(value)
        run = dataclasses.replace(self.run, inputs=(*self.run.inputs, value))
        how = Running(why=why, score=1.0, source="flow", is_whole=True)
        return self.flows.go_on(self.flow, self.talk, self.request, run, how)

    def _corrected(self) -> Decision | Pass | None:
        return corrected(self.flows, self.flow, self.talk, self.request, self.run, self.outcome)

    # -- about the flow itself ------------------------------------------------------------------

    def _over(self) -> Decision | Pass:
        run = dataclasses.replace(self.run, inputs=())
        how = Running(why=f"{self.flow.name} starts over", source="flow")
        return self._unless_refused(
            rerun(self.flows, self.flow, self.talk, self.request, run, self.outcome, 0, how)
        )

    def _back(self) -> Decision | Pass:
        """Ask the question before the open one once more."""
        if not self.outcome.asked:
            return self._asked_again(self.run, NOTHING_BEFORE, self.asks.text)
        place, _ = self.outcome.asked[-1]
        run = dataclasses.replace(self.run, inputs=self.run.inputs[:place])
        how = Running(why=f"{self.flow.name} goes back", source="flow", only_asks=True)
        return self._unless_refused(
            rerun(self.flows, self.flow, self.talk, self.request, run, self.outcome, place + 1, how)
        )

    def _unless_refused(self, found: Decision | Pass) -> Decision | Pass:
        """`found`; when it only says why it cannot be, the question stays open."""
        if isinstance(found, Decision) and found.after is self.talk:
            return self._asked_again(self.run, found.replies[0].text, self.asks.text)
        return found

    def _again(self) -> Decision | Pass:
        """Not understood: ask once more, in other words where there are some, or give up."""
        tries = self.run.tries + 1
        if tries >= self.asks.tries + 1:
            return told(LEFT, self.flow, self.talk, f"{self.flow.name}: not understood {tries}×")
        run = dataclasses.replace(self.run, tries=tries)
        if self.asks.retry:
            return self._asked_again(run, self.asks.retry)
        return self._asked_again(run, NOT_UNDERSTOOD, self.asks.text)

    def _asked_again(self, run: FlowRun, *texts: str) -> Decision:
        name, why = self.flow.name, short(f"asks again: {self.asks.text}")
        return Decision(
            name=name,
            source="flow",
            why=why,
            replies=tuple(
                Reply(text=text, spoken=spoken_form(text), source="flow", why=why, name=name)
                for text in texts
            ),
            after=asking(self.talk, run, self.asks, self.request),
        )


def says_days(request: Request) -> bool:
    """Whether the words are only days that come again: "every weekday", right after an alarm."""
    return read_recurrence(request.canonical) is not None


def corrected(
    flows: Flows, flow: Flow, talk: Talk, request: Request, run: FlowRun, outcome: Outcome
) -> Decision | Pass | None:
    """`run` again with one value replaced by the words after "no,": the newest answer that they
    fit, else a slot of the first request; a choice only when they fit nothing else, because it
    takes words that are nearly right. None when they correct nothing."""
    words = _corrected_words(request)
    if not words:
        return None
    answers = [(place, ask.text, ask.slot()) for place, ask in reversed(outcome.asked)]
    is_empty = all(value is None for value in run.slots.values())  # nothing was said of any
    slots = [(name, kind) for name, kind in flow.slots.items() if name in run.slots]
    slots = [] if is_empty else slots
    for choices in (False, True):
        for place, text, kind in answers:
            value = _typed(kind, choices, words, request)
            if value is not None:
                run = dataclasses.replace(run, inputs=(*run.inputs[:place], value))
                later = outcome.later_than(place)
                how = Running(why=f"corrects: {text}", source="flow", later=later)
                return rerun(flows, flow, talk, request, run, outcome, place + 1, how)
        for name, kind in slots:
            value = _typed(kind, choices, words, request)
            if value is not None:
                newest = _with_half(corrected_slots(run.slots, name, value), run, request)
                run = dataclasses.replace(run, slots=newest, inputs=())
                why, later = f"corrects {name} of {flow.name}", outcome.later_than(-1)
                how = Running(why=why, later=later)
                return rerun(flows, flow, talk, request, run, outcome, 0, how)
    return None


def _with_half(slots: dict[str, Any], run: FlowRun, request: Request) -> dict[str, Any]:
    """`slots`, where another day keeps the half of the day that was told: "today at eight PM"."""
    clock = slots.get("clock")
    if not isinstance(clock, Clock) or clock.is_exact or clock != run.slots.get("clock"):
        return slots
    if slots.get("half", "") is not None:
        return slots
    written = (value for effect in run.effects for value in effect.slots.values())
    return slots | {"half": told_half(written, request.now) or None}


def _typed(kind: SlotKind, choices: bool, words: str, request: Request) -> Any:
    """The value of `words`; None for kinds that any words, or a mere yes, would fit, and unless
    the kind is a choice when `choices` are wanted."""
    if kind.name in ("text", "yes or no") or (kind.name == "choice") is not choices:
        return None
    if kind is HALF and any(map(str.isdigit, words)):
        return None  # "nine AM" is more than a half of the day
    return kind.parse(words, request.now)


def _corrected_words(request: Request) -> str:
    """The words after "no, make it …"; empty without such a beginning."""
    told_so = _CORRECTION.match(f"{request.canonical} ")
    if told_so:
        return request.canonical[told_so.end() :].strip()
    return request.canonical if says_days(request) else ""
