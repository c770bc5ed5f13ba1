"""A conversation without a model and with a clock that is moved by hand, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.talk import due
from assistant.talk.due import Item
from assistant.talk.silent import Turn

START = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
"""A Wednesday."""


class Talking:
    """`say` has one turn; `items` are the rows that it left; `rings` what is announced."""

    def __init__(self, directory: Path, now: datetime = START) -> None:
        self.now = now
        self.services = make_services(Config(), directory)
        self.hands = HandsThread()
        self.conversation = make_conversation(
            Config(), None, services=self.services, hands=self.hands, now=lambda: self.now
        )

    def say(self, text: str) -> Turn:
        """One turn; everything that it set off is done."""
        turn = self.conversation.converse(text)
        assert turn.decision is not None
        return turn

    def says(self, *texts: str) -> list[str]:
        """The answers to several turns."""
        return [self.say(text).answer for text in texts]

    def name(self, text: str) -> str:
        """Who would answer; nothing is committed."""
        decision = self.conversation.decide(text)
        assert decision is not None
        return decision.name

    def wait(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)

    def rings(self, **length: float) -> list[str]:
        """What is announced after so much time."""
        self.wait(**length)
        return [reply.text for reply in self.conversation.due_announcements()]

    def items(self, *states: due.State) -> tuple[Item, ...]:
        """The rows in these states, by default those that are set or paused."""
        return due.items(self.services.store, states=states or ("set", "paused"))

    def left(self) -> list[int]:
        """The seconds that each timer has left."""
        return [one.seconds_left(self.now) for one in self.items() if one.kind == "timer"]

    def close(self) -> None:
        """The program ends."""
        self.hands.close()
        self.services.store.close()
