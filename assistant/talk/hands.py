"""The seam to whoever runs the effects of committed turns. Pure; any thread."""

from __future__ import annotations

from typing import Any, Protocol

from assistant.talk.decision import Effect
from assistant.talk.endings import ShouldStop


class Hands(Protocol):
    """Runs effects, in order, on a thread of their own."""

    def submit(self, effects: tuple[Effect, ...]) -> None:
        """Run them later; returns at once."""

    def undo(self, effects: tuple[Effect, ...]) -> None:
        """Reverse them later, last first; those that never ran are left out."""

    def redo(self, effects: tuple[Effect, ...]) -> None:
        """Run those again later that were reversed."""

    def run(self, effect: Effect, should_stop: ShouldStop) -> Any:
        """Run one and wait for its result; raises what it raised, `StageTimeout` when slow."""

    def flush(self, timeout_s: float) -> bool:
        """Wait until all that was submitted is done; False when it takes longer, or when the one
        that runs has taken so long already."""
