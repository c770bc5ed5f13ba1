"""Textual messages by which other threads reach the main thread, and the slot for levels.

A level is worth nothing once there is a newer one, so that at most one message about levels is
on its way at any time. Knows the engine's updates and no widget. Built on any thread.
"""

from __future__ import annotations

import threading

from textual.message import Message

from assistant.errors import AssistantError
from assistant.tui.session import Session
from assistant.updates import Level, Update


class Published(Message):
    """One update of the engine, except a level."""

    def __init__(self, update: Update) -> None:
        super().__init__()
        self.update = update


class LevelWaits(Message):
    """There is a level in the slot."""


class Started(Message):
    """The session runs."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session


class Failed(Message):
    """The session did not start."""

    def __init__(self, error: AssistantError) -> None:
        super().__init__()
        self.error = error


class DevicesListed(Message):
    """The names of the microphones and of the speakers."""

    def __init__(self, inputs: list[str], outputs: list[str]) -> None:
        super().__init__()
        self.inputs = inputs
        self.outputs = outputs


class Closed(Message):
    """The session has ended; nothing runs any more."""


class LevelSlot:
    """Room for one level. Any thread puts, the main thread takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._level: Level | None = None

    def put(self, level: Level) -> bool:
        """Replace what is in the slot; True when it was empty, so that a message is due."""
        with self._lock:
            was_empty = self._level is None
            self._level = level
            return was_empty

    def take(self) -> Level | None:
        """What is in the slot, which is empty afterwards."""
        with self._lock:
            level, self._level = self._level, None
            return level
