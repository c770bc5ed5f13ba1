"""The conversation as a value: what was said, what is waited for, what the user has set.

A `Talk` is never changed; a decision names the next one, and the commit of its turn puts that in
its place. Pure values; any thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assistant.mood import NEUTRAL, Mood, Prosody

if TYPE_CHECKING:
    from assistant.language.slots import SlotKind
    from assistant.talk.decision import Effect
    from assistant.talk.request import Request

_EMPTY: Mapping[str, Any] = MappingProxyType({})

_MOST_HIDDEN = 32
"""So many caught requests are known; each goes into the history when its answer is over."""
RECENT_S = 60.0
"""So long after it was done, "never mind" takes something back and "no, six" changes it."""


def empty() -> Mapping[str, Any]:
    """A mapping with nothing in it, which nobody can change."""
    return _EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One turn that is over: what the user said and what really sounded of the answer. `read` is
    what a model gets to read of the request, where a guardrail caught that."""

    turn: int
    request: str
    answer: str
    read: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRun:
    """A flow that waits for an answer. It is continued by running it from its beginning and
    giving it `inputs` again.

    `version` is that of the code that asked. `request` is the one that it began with, `number` the
    turn at that time and `slots` what was understood of it. `effects` are what it has done so far,
    `places` how many inputs it had when it did each. `question` is what was asked, `asked_at` when,
    `is_secret` whether the answer must not be shown or kept, `asked_for` the call that it is for,
    `wants_pin` whether that needs the PIN;
    `kind` is what the answer may be; `tries` counts the answers that were not understood,
    `interrupted` the requests in between.
    """

    flow: str
    version: str
    slots: Mapping[str, Any] = field(default_factory=empty)
    inputs: tuple[Any, ...] = ()
    question: str = ""
    kind: SlotKind | None = field(default=None, compare=False, repr=False)
    is_secret: bool = False
    wants_pin: bool = False
    asked_for: str = ""
    asked_at: datetime | None = None
    tries: int = 0
    interrupted: int = 0
    expires_s: float = 60.0
    effects: tuple[Effect, ...] = ()
    places: tuple[int, ...] = ()
    request: Request | None = None
    number: int = 0

    def effects_from(self, place: int) -> tuple[Effect, ...]:
        """What it did once it had `place` inputs or more."""
        pairs = zip(self.effects, self.places, strict=True)
        return tuple(effect for effect, at in pairs if at >= place)

    def effects_before(self, place: int) -> FlowRun:
        """The same with what it did before it had `place` inputs, and no more."""
        count = len(self.effects) - len(self.effects_from(place))
        return dataclasses.replace(self, effects=self.effects[:count], places=self.places[:count])


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last decision that was committed: its name, what was understood, what it did, when and
    why. `run` is how far its flow came, where it was one."""

    name: str = ""
    slots: Mapping[str, Any] = field(default_factory=empty)
    effects: tuple[Effect, ...] = ()
    turn: int = 0
    at: datetime | None = None
    why: str = ""
    run: FlowRun | None = None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What its flow got: answers and what it read, in order."""
        return self.run.inputs if self.run is not None else ()

    def is_recent(self, now: datetime) -> bool:
        """True for so long as "never mind" and "no, six" mean it."""
        return self.at is not None and (now - self.at).total_seconds() <= RECENT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Everything that the next decision may depend on.

    `history` holds what was played, oldest first, and is written by nothing else; `last_answer` is
    what sounded last. `waiting` are the flows with an open question, the newest last. `uses`
    counts the uses of each reply, `number` the committed turns. `facts` are about the user (such
    as "name"), `settings` were made by voice (such as "volume"). `hidden` has for a request that a
    guardrail caught what a model may read in its place. `mood` is that of the last turn, `voices`
    are what the last turns sounded like, `apologised` is the number of the turn of the last
    apology.
    """

    history: tuple[Exchange, ...] = ()
    last_answer: str = ""
    waiting: tuple[FlowRun, ...] = ()
    uses: Mapping[str, int] = field(default_factory=empty)
    facts: Mapping[str, str] = field(default_factory=empty)
    settings: Mapping[str, Any] = field(default_factory=empty)
    last: Done = field(default_factory=Done)
    number: int = 0
    hidden: Mapping[str, str] = field(default_factory=empty)
    mood: Mood = NEUTRAL
    voices: tuple[Prosody, ...] = ()
    apologised: int | None = None

    @property
    def requests(self) -> list[str]:
        """What the user said in the exchanges that are kept, oldest first."""
        return [one.request for one in self.history]

    @property
    def is_question_open(self) -> bool:
        """True when the last thing that sounded is a question."""
        return self.last_answer.rstrip("\"' ").endswith("?")

    @property
    def is_secret_open(self) -> bool:
        """True while the answer to the open question must not be shown or kept."""
        return bool(self.waiting) and self.waiting[-1].is_secret

    @property
    def is_pin_wanted(self) -> bool:
        """True while a question is open that leads to the PIN, or asks for it."""
        return bool(self.waiting) and self.waiting[-1].wants_pin

    def without_digits(self, hide: Callable[[str], str]) -> Talk:
        """The same with `hide(request)` in the place of each request of the history, and of what a
        model reads instead."""
        history = tuple(
            dataclasses.replace(
                one, request=hide(one.request), read=None if one.read is None else hide(one.read)
            )
            for one in self.history
        )
        return self if history == self.history else dataclasses.replace(self, history=history)

    def used(self, name: str) -> Talk:
        """The same after one more use of the reply `name`."""
        uses = {**self.uses, name: self.uses.get(name, 0) + 1}
        return dataclasses.replace(self, uses=MappingProxyType(uses))

    def hiding(self, request: str, read: str = "…") -> Talk:
        """The same where a model reads `read` instead of this request."""
        known = [one for one in self.hidden.items() if one[0] != request][-_MOST_HIDDEN:]
        return dataclasses.replace(self, hidden=MappingProxyType(dict([*known, (request, read)])))

    def with_fact(self, name: str, value: str | None) -> Talk:
        """The same with a fact about the user; None forgets it."""
        facts = {key: known for key, known in self.facts.items() if key != name}
        if value is not None:
            facts[name] = value
        return dataclasses.replace(self, facts=MappingProxyType(facts))

    def with_setting(self, name: str, value: Any) -> Talk:
        """The same with a setting made by voice."""
        return dataclasses.replace(self, settings=MappingProxyType({**self.settings, name: value}))

    def with_changes(self, before: Talk, after: Talk) -> Talk:
        """The same with what is another thing in `after` than in `before`, but for what was played
        and counted meanwhile."""
        changes = {
            name: getattr(after, name)
            for name in ("waiting", "uses", "facts", "settings", "last")
            if getattr(after, name) is not getattr(before, name)
        }
        return dataclasses.replace(self, **changes)

    def without_effects(self) -> Talk:
        """The same without what was done and what waits, for an effect to look at: one that held
        the effects before it would keep every talk since the session began."""
        last = dataclasses.replace(self.last, effects=(), run=None)
        return dataclasses.replace(self, last=last, waiting=())

    def without_expired(self, now: datetime) -> Talk:
        """The same without the questions that have been open for too long."""
        live = tuple(
            run
            for run in self.waiting
            if run.asked_at is None or (now - run.asked_at).total_seconds() <= run.expires_s
        )
        return self if live == self.waiting else dataclasses.replace(self, waiting=live)

    def with_played(self, turn: int, request: str, answer: str, keep: int) -> Talk:
        """The same after `answer` sounded on `request`. A turn that is there already is replaced.
        What was said without being asked (no `request`) is the last answer, and no exchange.

        More than `keep` exchanges: half of them go at once, because a model keeps its work on the
        beginning of the conversation and would read everything anew if that moved each turn.
        """
        last = answer if answer.strip() else self.last_answer
        if not request:
            return dataclasses.replace(self, last_answer=last)
        read = self.hidden.get(request)
        new = Exchange(turn=turn, request=request, answer=answer, read=read)
        history = [one for one in self.history if not turn or one.turn != turn]
        history.append(new)
        if len(history) > keep:
            del history[: max(1, keep // 2)]
        return dataclasses.replace(self, history=tuple(history), last_answer=last)
