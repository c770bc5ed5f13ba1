"""One attempt at answering one turn: the only mutable object that the threads share.

A take starts behind a shut gate (nothing of it is heard, nothing it does has an effect) and ends
in exactly one of two ways: `commit` opens the gate, `cancel` throws the work away. A committed
take can still be cancelled, when the user interrupts. Work that is out of date is recognised by
the take that it carries. Knows no stage and starts no thread; safe to call from any thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any


class Take:
    """`Take(turn, number)`: `number` counts the attempts at one turn from 1."""

    def __init__(self, turn: int, number: int) -> None:
        self.turn = turn
        self.number = number
        self._committed = False
        self._cancelled = False
        self._lock = threading.RLock()
        self._decided = threading.Condition(self._lock)
        self._on_commit: list[Callable[[], None]] = []
        self._on_withdraw: list[Callable[[], None]] = []
        self._on_decided: list[Callable[[], None]] = []
        self._marks_ns: dict[str, int] = {}
        self.decision: Any = None
        """What the text layer decided on it, once that is known; for the record of the turn."""
        self.asked: list[Any] = []
        """What the language model was asked for its answer; for the log."""
        self.called: list[Any] = []
        """Tools that its answer called after the decision, in order; for the record of the turn."""

    @property
    def is_committed(self) -> bool:
        """True once the gate was opened, also after a later cancel."""
        return self._committed

    @property
    def is_cancelled(self) -> bool:
        """True once nothing of this take may be heard any more."""
        return self._cancelled

    @property
    def marks_ns(self) -> dict[str, int]:
        """When each stage first reached its mark, in nanoseconds of `time.perf_counter_ns`."""
        with self._lock:
            return dict(self._marks_ns)

    def should_stop(self) -> bool:
        """What a stage asks between two steps of its work."""
        return self._cancelled

    def mark(self, name: str, at_ns: int | None = None) -> None:
        """Remember the first time that `name` was reached; later calls change nothing."""
        with self._lock:
            self._marks_ns.setdefault(name, time.perf_counter_ns() if at_ns is None else at_ns)

    def commit(self) -> bool:
        """Open the gate and run what waited for it. False when the take was cancelled before."""
        with self._lock:
            if self._cancelled or self._committed:
                return False
            self._committed = True
            effects, self._on_commit = self._on_commit, []
            for effect in effects:
                effect()
            self._wake()
        return True

    def wait(
        self,
        begins: Callable[[], None] = lambda: None,
        ends: Callable[[], None] = lambda: None,
    ) -> bool:
        """Block until the take is committed (True) or cancelled (False); for a write that must
        not be done before.

        `begins` is called here when it has to wait, `ends` then by whoever commits or cancels.
        """
        with self._lock:
            if not self._committed and not self._cancelled:
                begins()
                self._on_decided.append(ends)
                self._decided.wait_for(lambda: self._committed or self._cancelled)
            return not self._cancelled

    def cancel(self) -> bool:
        """Shut the gate for good. False when it was cancelled before."""
        with self._lock:
            if self._cancelled:
                return False
            self._cancelled = True
            self._on_commit = []
            if not self._committed:
                self._on_withdraw = []
            self._wake()
        return True

    def withdraw(self) -> bool:
        """Cancel a committed take as if it had never been: its effects are undone, last first.

        This is for the user who goes on right after the assistant took the turn for complete.
        """
        with self._lock:
            cancelled = self.cancel()
            undo, self._on_withdraw = self._on_withdraw, []
            for step in reversed(undo):
                step()
        return cancelled

    def when_committed(
        self, effect: Callable[[], None], undo: Callable[[], None] | None = None
    ) -> None:
        """Run `effect` at the commit (now, if that is past; never, if cancelled).

        `undo` reverses it when the take is withdrawn later.
        """
        with self._lock:
            if self._cancelled:
                return
            if undo is not None:
                self._on_withdraw.append(undo)
            if self._committed:
                effect()
            else:
                self._on_commit.append(effect)

    def _wake(self) -> None:
        """End the waits."""
        decided, self._on_decided = self._on_decided, []
        for ends in decided:
            ends()
        self._decided.notify_all()

    def __repr__(self) -> str:
        state = "cancelled" if self._cancelled else "committed" if self._committed else "pending"
        return f"Take(turn={self.turn}, number={self.number}, {state})"
