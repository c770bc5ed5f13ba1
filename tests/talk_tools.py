"""A conversation without model and sound at a fixed moment, for tests of what tools answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from assistant.assemble import loading
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.talk.conversation import Conversation

MOMENT = datetime(2026, 3, 4, 15, 20, tzinfo=timezone(timedelta(hours=1)))


@contextmanager
def talking(folder: Path, config: Config | None = None, seed: int = 7) -> Iterator[Conversation]:
    """A conversation whose services write into `folder`; its hands are closed at the end."""
    config = config or Config()
    hands = HandsThread()
    services = loading.make_services(config, folder)
    try:
        yield loading.make_conversation(
            config, None, services=services, hands=hands, now=lambda: MOMENT, seed=seed
        )
    finally:
        hands.close()


def name_of(conversation: Conversation, text: str) -> str:
    """The name of the decision on `text`, which is not committed."""
    decision = conversation.decide(text)
    return decision.name if decision is not None else ""
