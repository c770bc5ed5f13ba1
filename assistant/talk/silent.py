"""What a conversation works with where there is no engine: no hands, and turns without takes.

Pure but for what it hands on. Runs on the thread of whoever converses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from assistant.messages import ModelWork, Reply, ToolCall, Weighing
from assistant.talk.decision import Decision, Effect
from assistant.talk.endings import ShouldStop
from assistant.talk.talk import Talk

if TYPE_CHECKING:
    from assistant.talk.conversation import Conversation


_LONGEST_S = 60.0
"""So long the effects of a turn are waited for."""


class NoHands:
    """For a text layer that only shows what it would do: nothing is ever run."""

    def submit(self, effects: tuple[Effect, ...]) -> None:
        """Nothing."""

    def undo(self, effects: tuple[Effect, ...]) -> None:
        """Nothing."""

    def redo(self, effects: tuple[Effect, ...]) -> None:
        """Nothing."""

    def run(self, effect: Effect, should_stop: ShouldStop) -> Any:
        """Nothing; None."""

    def flush(self, timeout_s: float) -> bool:
        """True."""
        return True


def without_taken_back(replies: list[Reply], new: Reply) -> list[Reply]:
    """`replies` and `new`, without those that it takes back: where nothing sounds, nothing has."""
    kept = [one for one in replies if not any(one is taken for taken in new.takes_back)]
    return [*kept, new]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of `converse`: the decision (None without words) and what was said. `called` are the
    tools that its answer called after the decision, `asked` what the model was asked for it."""

    text: str
    decision: Decision | None = None
    replies: tuple[Reply, ...] = ()
    called: tuple[Effect | ToolCall, ...] = ()
    asked: tuple[ModelWork, ...] = ()

    @property
    def answer(self) -> str:
        """All that was said."""
        return " ".join(reply.text for reply in self.replies)

    @property
    def spoken(self) -> str:
        """What the voice would be given."""
        return " ".join(reply.said for reply in self.replies)

    @property
    def is_secret(self) -> bool:
        """Whether it has a PIN in it: it is shown with other words than were said, or is one."""
        decision = self.decision
        if decision is None or decision.request is None:
            return False
        return decision.is_secret or decision.request.transcript != self.text


@dataclasses.dataclass(frozen=True, slots=True)
class Committed:
    """`Speaking` for a turn that is committed from the start; keeps what it is told of."""

    conversation: Conversation
    should_stop: ShouldStop
    mark: Callable[[str], None]
    called: list[Effect | ToolCall] = dataclasses.field(default_factory=list)
    works: list[ModelWork] = dataclasses.field(default_factory=list)

    def wait(self) -> bool:
        """It is committed."""
        return True

    def run(self, effect: Effect) -> Any:
        """On the hands."""
        self.called.append(effect)
        return self.conversation.run(effect, self.should_stop)

    def change(self, change: Callable[[Talk], Talk]) -> None:
        """At once."""
        self.conversation.change(change)

    def note(self, call: ToolCall) -> None:
        """One more tool."""
        self.called.append(call)

    def asked(self, work: ModelWork) -> None:
        """One more question to the model."""
        self.works.append(work)


@dataclasses.dataclass(frozen=True, slots=True)
class Previewed:
    """`Speaking` for a turn that is never committed."""

    should_stop: ShouldStop

    def mark(self, name: str) -> None:
        """Nobody measures."""

    def wait(self) -> bool:
        """It never is committed."""
        return False

    def run(self, effect: Effect) -> Any:
        """Nothing is run."""

    def change(self, change: Callable[[Talk], Talk]) -> None:
        """Nothing is changed."""

    def note(self, call: ToolCall) -> None:
        """Nobody keeps a record."""

    def asked(self, work: ModelWork) -> None:
        """Nobody keeps a record."""


def converse(
    conversation: Conversation,
    text: str,
    should_stop: ShouldStop,
    mark: Callable[[str], None],
    turn: int,
) -> Turn:
    """One turn as if it had been spoken, committed and heard in full."""
    decision = conversation.decide(text, turn, should_stop=should_stop)
    mark("route")
    if decision is None:
        return Turn(text=conversation.shown(text))
    conversation.commit(decision)
    replies: list[Reply] = []
    speaking = Committed(conversation, should_stop, mark)
    for reply in conversation.replies(decision, text, speaking):
        mark("first clause")
        replies = without_taken_back(replies, reply)
    conversation.flush(_LONGEST_S)
    shown = decision.shown(text)
    answer = " ".join(reply.text for reply in replies)
    conversation.remember(turn, shown, decision.answer_shown(answer))
    return Turn(
        text=shown,
        decision=decision,
        replies=tuple(replies),
        called=tuple(speaking.called),
        asked=tuple(speaking.works),
    )


def preview(
    conversation: Conversation, text: str, should_stop: ShouldStop, weighing: Weighing | None
) -> list[Reply]:
    """What would be answered to `text`; nothing is committed."""
    decision = conversation.decide(text)
    if decision is None:
        return []
    replies: list[Reply] = []
    for reply in conversation.replies(decision, text, Previewed(should_stop), weighing):
        replies = without_taken_back(replies, reply)
    return replies
