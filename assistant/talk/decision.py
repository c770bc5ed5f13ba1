"""What the text layer decides on a request, and the values that carry it.

`decide(talk, request) -> Decision` has no effect, so that a turn may be decided any number of times
before it is committed. The commit puts `after` in the place of the talk and hands `effects` to the
hands. Pure values; any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from assistant.language.en.pins import HIDDEN, hide_all, hide_runs
from assistant.messages import ModelWork, Reply, Source, Step, ToolCall
from assistant.mood import NEUTRAL, Mood, Prosody
from assistant.talk.request import Request
from assistant.talk.talk import Talk, empty

LONGEST_WHY = 60
LONGEST_RESULT = 200
GUARDED = "guardrail in the answer: "
"""How the `why` of a reply begins that a guardrail put in the place of another, or changed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Effect:
    """One change of the world outside the talk: a row written, a setting made.

    `run()` runs on the hands after the commit, once; what it returns is given to `undo` when the
    turn is withdrawn or taken back. What `run` raises becomes a spoken sentence: that of an
    `AssistantError`, else `apology`. `slots` are the arguments, for the record of the turn,
    `origin` is that of its tool. `is_own`: it changes nothing but the program's own store, so that
    it may be run on a copy.
    """

    name: str
    run: Callable[[], Any]
    undo: Callable[[Any], None] | None = None
    apology: str = "Sorry, that did not work."
    limit_s: float = 10.0
    slots: Mapping[str, Any] = field(default_factory=empty)
    is_own: bool = False
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A part of the order leaves the request to those after it: the same, or another `request`,
    in the same talk or in another."""

    score: float | None = None
    why: str = ""
    talk: Talk | None = None
    request: Request | None = None


class Speaking(Protocol):
    """What the rest of an answer needs while it is made, after its decision."""

    def should_stop(self) -> bool:
        """True when the answer is not wanted any more."""

    def mark(self, name: str) -> None:
        """A stage was reached, for the latency panel."""

    def wait(self) -> bool:
        """Block until the turn is committed (True) or cancelled (False)."""

    def run(self, effect: Effect) -> Any:
        """Run `effect` on the hands, now that the turn is committed, and give what it returns.
        Raises what it raised; `StageTimeout` when it takes too long."""

    def change(self, change: Callable[[Talk], Talk]) -> None:
        """Change the talk of the committed turn."""

    def note(self, call: ToolCall) -> None:
        """A tool that reads was called, for the record of the turn."""

    def asked(self, work: ModelWork) -> None:
        """The language model was asked, for the log."""


Rest = Callable[[Speaking], Iterator[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who answers, with what, and what follows from it.

    `name` is stable and dotted ("timer.set"), `why` is for people and short, `slots` is what was
    understood. `replies` are known now; `rest`, if there is one, makes those that come after them.
    `undoes` are effects of an earlier turn that this one takes back, before its own `effects`;
    `waits` is one that `rest` runs, because the answer depends on it. `calls` are the tools that
    were read for it.
    `is_whole` says that the request is, from start to end, words that the program knows.
    `request` is what was decided on, `before` the talk at that moment, `mood` the user's.
    """

    name: str
    source: Source
    why: str
    after: Talk
    replies: tuple[Reply, ...] = ()
    rest: Rest | None = None
    score: float | None = None
    slots: Mapping[str, Any] = field(default_factory=empty)
    steps: tuple[Step, ...] = ()
    effects: tuple[Effect, ...] = ()
    waits: Effect | None = None
    undoes: tuple[Effect, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    is_whole: bool = False
    before: Talk = field(default_factory=Talk)
    request: Request | None = None
    mood: Mood = NEUTRAL

    def shown(self, text: str) -> str:
        """The request, or words of it, as it may be shown and kept: without a PIN."""
        if self.before.is_secret_open:
            return hide_all(text)
        is_near = self.before.is_pin_wanted or self.after.is_pin_wanted
        return hide_runs(text, is_near=True) if is_near else text

    def answer_shown(self, text: str) -> str:
        """Words of the answer as they may be shown and kept: where something of the request was
        hidden over an open question that leads to the PIN, the answer may say it again."""
        said = self.request.transcript if self.request is not None else ""
        is_near = self.before.is_secret_open or self.before.is_pin_wanted
        return hide_runs(text) if is_near and HIDDEN in said else text

    @property
    def is_secret(self) -> bool:
        """Whether the request has, or may have, a PIN in it: nothing of it is kept."""
        said = self.request.transcript if self.request is not None else ""
        return self.before.is_secret_open or HIDDEN in said

    @property
    def voice(self) -> Prosody | None:
        """What was measured of the voice of this turn, where something was."""
        before, after = self.before.voices, self.after.voices
        return after[-1] if after and after is not before else None


class Part(Protocol):
    """One place in the order of the text layer."""

    @property
    def name(self) -> str:
        """What the log calls it."""

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """Take the request or leave it. Pure."""


Verdict = Literal["took", "passed"]


def fixed(text: str, source: Source, name: str, why: str) -> Reply:
    """A reply that is known beforehand."""
    return Reply(text=text, source=source, why=why, name=name)


def slots_as_text(slots: Mapping[str, Any]) -> dict[str, str]:
    """`slots` for people and JSON, without those that nothing was said of; several values of one
    slot stand with commas."""
    return {name: _slot_text(value) for name, value in slots.items() if value is not None}


def _slot_text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)


def result_as_text(result: Any) -> str:
    """What a tool gave, for people: at most 200 characters, empty for nothing."""
    if result is None:
        return ""
    try:
        text = " ".join(str(result).split())
    except Exception:  # it is anybody's code
        return type(result).__name__
    return text if len(text) <= LONGEST_RESULT else f"{text[: LONGEST_RESULT - 1]}…"


def short(why: str) -> str:
    """`why` in at most 60 characters, cut between words."""
    if len(why) <= LONGEST_WHY:
        return why
    return f"{why[: LONGEST_WHY - 1].rsplit(' ', 1)[0]}…"
