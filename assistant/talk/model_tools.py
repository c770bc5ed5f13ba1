"""The part of the order in which the language model calls a tool.

A cheap search names the three likeliest tools. Where neither it nor what the house knows of the
request (is it out of reach, does it ask for words?) speaks for a tool, no model is asked and
nothing is slower than without tools. Else the model chooses among the three and "no tool", and
fills in what could not be read; what it cannot know is asked back. The call itself is the flow
`tool.call`. Pure but for the model's memory; the mind thread.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from assistant.errors import ModelError, StageTimeout
from assistant.language.en.asking import asks_in_general
from assistant.language.en.normalise import normalise
from assistant.language.en.tool_words import NO_TOOL, content_words, signature, tools_opening
from assistant.messages import Messages, Step
from assistant.talk.decision import Decision, Pass, short
from assistant.talk.reach import Reach
from assistant.talk.request import Request
from assistant.talk.running import Flows
from assistant.talk.talk import Talk
from assistant.talk.tool import Tool
from assistant.talk.tool_schema import prepare
from assistant.talk.tool_search import ToolSearch
from assistant.talk.tool_values import Reading, accepted, own_words, properties, read_arguments
from assistant.talk.tools.calling import CALL, WHICH
from assistant.tool_calls import Candidate, ToolAsk, ToolChoice

LIKENESS, REACH, START = 15.0, 9.0, -1.0
"""How the evidence before the model adds up to a log-likelihood ratio for a tool: the likeness of
the likeliest, and the probability that the request is out of reach less that it is one for words.
Chosen on the sets `main`, `none` and `asks`, and the same for both models (docs/TOOLS.md)."""

LEAST = 0.0
"""Evidence below this asks no model."""

DOUBT = 0.5
"""Two tools whose log-likelihoods lie closer together are asked about."""

MOST_CANDIDATES = 3
MOST_SHOWN = 16
"""So many tools stand in the prompt that stays read. Of more, the candidates alone stand behind the
request, and are read each time."""

_KEPT = 8


@runtime_checkable
class Chooser(Protocol):
    """A language model that can choose a tool."""

    def choose(self, ask: ToolAsk, should_stop: Callable[[], bool]) -> ToolChoice | None:
        """The likeliest; None when stopped. Raises `StageTimeout` or `ModelError`."""

    def anticipate_choice(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """Read ahead what `choose` will be asked with, but for the words to come."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Evidence:
    """What speaks for a tool before a model is asked: the candidates with their likeness, and
    `score`, a log-likelihood ratio that includes that of the likeliest; `house` is the rest."""

    found: tuple[tuple[Tool, float], ...]
    score: float
    house: float

    @property
    def is_enough(self) -> bool:
        return bool(self.found) and self.score >= LEAST

    @property
    def shown(self) -> str:
        return ", ".join(f"{_short(tool)} {like:.2f}" for tool, like in self.found)


class ModelTools:
    """`model` None, or one that cannot choose: every request is passed on."""

    name = "tools"

    def __init__(self, flows: Flows, reach: Reach, model: object | None) -> None:
        self._flows = flows
        self._reach = reach
        self._model = model if isinstance(model, Chooser) else None
        vector = getattr(reach.meaning, "vector", None)
        self._search = ToolSearch(vector)
        self._chosen: dict[tuple[str, str], ToolChoice] = {}

    # -- deciding --------------------------------------------------------------------------------

    @property
    def may_call(self) -> bool:
        """Whether there is a tool, and a model that may call it."""
        return self._model is not None and bool(self._offered())

    def decide(
        self,
        talk: Talk,
        request: Request,
        should_stop: Callable[[], bool] = lambda: False,
        begins: Callable[[], object] = lambda: None,
    ) -> Decision | Pass:
        """A call, a question for what it lacks, or a pass. `begins()` is called when a model is
        going to be asked, which takes a while."""
        offered = self._offered()
        if self._model is None or not offered:
            return Pass(why="no tools for a model")
        evidence = self._weigh(request, offered)
        if not evidence.is_enough:
            return Pass(score=evidence.score, why=f"no tool: {evidence.shown}")
        readings = {tool.name: read_arguments(tool, request) for tool, _ in evidence.found}
        names = self._names(offered)
        ask = self._ask(request, offered, evidence, readings, names)
        begins()
        try:
            choice = self._choose(ask, request, should_stop)
        except (ModelError, StageTimeout) as error:
            return Pass(score=evidence.score, why=f"model failed: {error.what}")
        if choice is None:
            return Pass(why="stopped")
        if not choice.name:
            return Pass(score=evidence.score, why=f"the model wants no tool: {evidence.shown}")
        called = {name: tool for tool, name in names.items()}
        tools = [tool for tool, _ in evidence.found if tool.name == called[choice.name]]
        return self._called(talk, request, tools[0], choice, evidence, readings, called)

    def is_likely(self, request: Request) -> bool:
        """A model would be asked about the request; cheap."""
        offered = self._offered() if self._model is not None else ()
        return bool(offered) and self._weigh(request, offered).is_enough

    def anticipate(self, text: str, should_stop: Callable[[], bool]) -> None:
        """Have the model read the tools, and the beginning of a request behind them ("" for
        none). Nothing without tools."""
        offered = self._offered()
        if self._model is None or not offered:
            return
        for tool in offered if not text else ():
            prepare(tool.function)
        shown = offered if len(offered) <= MOST_SHOWN else ()
        messages = _opening(shown, self._names(offered))
        self._model.anticipate_choice([*messages, {"role": "user", "content": text}], should_stop)

    # -- parts -----------------------------------------------------------------------------------

    def _offered(self) -> tuple[Tool, ...]:
        return tuple(tool for tool in self._flows.services.toolbox if tool.offered)

    def _weigh(self, request: Request, offered: Sequence[Tool]) -> _Evidence:
        found = tuple(self._search.ranked(request.text, offered)[:MOST_CANDIDATES])
        house = START + REACH * self._out_of_reach(request)
        best = found[0][1] if found else 0.0
        return _Evidence(found, house + LIKENESS * best, house)

    def _out_of_reach(self, request: Request) -> float:
        """From -1 (words are wanted) to 1 (something is to be done, seen or looked up)."""
        meaning = self._reach.meaning
        if meaning is None:
            if self._reach.judge(request.text) is not None:
                return 1.0
            is_open = asks_in_general(request.canonical) or self._reach.asks_for_words(request.text)
            return -1.0 if is_open else 0.0
        shares = dict(meaning.ranked(request.text))
        beyond = sum(share for label, share in shares.items() if label.startswith("decline."))
        return beyond - shares.get("language", 0.0)

    @staticmethod
    def _names(offered: Sequence[Tool]) -> dict[str, str]:
        """Full name to what the model reads: the last part, where that is one tool's alone."""
        lasts = [_short(tool) for tool in offered]
        return {
            tool.name: last if lasts.count(last) == 1 else tool.name.replace(".", "_")
            for tool, last in zip(offered, lasts, strict=True)
        }

    @staticmethod
    def _ask(
        request: Request,
        offered: Sequence[Tool],
        evidence: _Evidence,
        readings: dict[str, Reading],
        names: dict[str, str],
    ) -> ToolAsk:
        is_all = len(offered) <= MOST_SHOWN
        text = request.text
        if not is_all:
            listed = "\n".join(_signature(tool, names) for tool, _ in evidence.found)
            text = f"{text}\n\nMore functions:\n{listed}"
        candidates = tuple(
            Candidate(
                name=names[tool.name],
                about=tool.about,
                blanks=tuple(readings[tool.name].blanks),
                stretches=readings[tool.name].stretches,
                barred=_barred(tool, request),
                weight=LIKENESS * likeness,
            )
            for tool, likeness in evidence.found
        )
        return ToolAsk(
            messages=[
                *_opening(offered if is_all else (), names),
                {"role": "user", "content": text},
            ],
            candidates=candidates,
            none=NO_TOOL,
            none_weight=-evidence.house,
            doubt=DOUBT,
        )

    def _choose(
        self, ask: ToolAsk, request: Request, should_stop: Callable[[], bool]
    ) -> ToolChoice | None:
        """Of the same words among the same tools the model is asked once: a turn is decided
        several times."""
        assert self._model is not None
        key = (request.text, repr((ask.messages[0], ask.candidates)))
        if key not in self._chosen:
            found = self._model.choose(ask, should_stop)
            if found is None:
                return None
            while len(self._chosen) >= _KEPT:
                self._chosen.pop(next(iter(self._chosen)))
            self._chosen[key] = found
        return self._chosen[key]

    def _called(
        self,
        talk: Talk,
        request: Request,
        tool: Tool,
        choice: ToolChoice,
        evidence: _Evidence,
        readings: dict[str, Reading],
        called: dict[str, str],
    ) -> Decision | Pass:
        reading = readings[tool.name]
        arguments = accepted(tool, request, reading, choice.values, choice.sure)
        steps = [
            Step(
                part="tool search", verdict="found", score=evidence.found[0][1], why=evidence.shown
            ),
            Step(
                part="tool choice",
                verdict=_short(tool),
                score=_share(choice),
                why=", ".join(f"{n or NO_TOOL} {s:.1f}" for n, s in choice.scores.items()),
            ),
        ]
        rival = _rival(choice)
        if rival:
            slots: dict[str, Any] = {"tools": (tool.name, called[rival])}
            flow, why = WHICH, f"{_short(tool)} or {rival}?"
        else:
            slots = {"tool": tool.name, "arguments": arguments}
            flow, why = CALL, f"the model calls {_short(tool)}"
            shown = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
            steps.append(Step(part="tool arguments", verdict="read", why=shown))
        if not rival and tool.answers is not None:
            return dataclasses.replace(
                tool.answers(talk, request, arguments), score=_share(choice), steps=tuple(steps)
            )
        found = self._flows.get(flow)
        if found is None:
            return Pass(why=f"no flow {flow}")
        decision = self._flows.run(
            found, talk, request, slots, why=short(why), score=_share(choice)
        )
        if not isinstance(decision, Decision):
            return decision
        name = tool.name if not rival else flow
        return dataclasses.replace(
            decision,
            name=name,
            slots=arguments if not rival else decision.slots,
            replies=tuple(dataclasses.replace(one, name=name) for one in decision.replies),
            steps=tuple(steps),
        )


def _rival(choice: ToolChoice) -> str:
    """The other tool that may as well be meant; "" where one leads."""
    first = choice.scores[choice.name]
    others = [name for name in choice.scores if name not in ("", choice.name)]
    near = [name for name in others if first - choice.scores[name] < DOUBT]
    return max(near, key=lambda name: choice.scores[name], default="")


def _share(choice: ToolChoice) -> float:
    """The probability of the chosen one among all, of their weighted scores."""
    first = choice.scores[choice.name]
    return 1.0 / sum(math.exp(max(-50.0, score - first)) for score in choice.scores.values())


def _short(tool: Tool) -> str:
    return tool.name.rsplit(".", 1)[-1]


def _signature(tool: Tool, names: dict[str, str]) -> str:
    return signature(names[tool.name], [name for name, _, _ in properties(tool)], tool.about)


def _opening(shown: Sequence[Tool], names: dict[str, str]) -> Messages:
    return tools_opening([_signature(tool, names) for tool in shown])


def _barred(tool: Tool, request: Request) -> frozenset[str]:
    """The words of the request that only name the tool; no text begins with them."""
    own = own_words(tool)

    def words() -> Iterator[str]:
        for word in request.text.split():
            stems = content_words(normalise(word))
            if stems and stems <= own:
                yield word.strip(' .,;:!?…"“”').lower()

    return frozenset(words())
