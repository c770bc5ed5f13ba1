"""The timers that are running. Knows a monotonic clock and nothing of words that ask for timers.

Set and cancelled from the thread that commits turns, read by the one that announces: a lock guards
the list.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from assistant.language.en.durations import name_duration


@dataclass(frozen=True, slots=True, eq=False)
class Timer:
    """One timer: its length and the time of the store's clock at which it is due, in seconds."""

    seconds: int
    due_s: float

    @property
    def announcement(self) -> str:
        """What is said when it is due."""
        return f"Your {name_duration(self.seconds)} timer is done."


class TimerStore:
    """Running timers by their due time; `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._timers: list[Timer] = []

    def start(self, seconds: int) -> Timer:
        """A timer that starts now."""
        timer = Timer(seconds, self._clock() + seconds)
        self.restore([timer])
        return timer

    def restore(self, timers: list[Timer]) -> None:
        """Put back timers as they were, with their old due time."""
        with self._lock:
            known = set(map(id, self._timers))
            self._timers += [timer for timer in timers if id(timer) not in known]
            self._timers.sort(key=lambda timer: timer.due_s)

    def remove(self, timers: list[Timer]) -> list[Timer]:
        """Cancel `timers`; the ones that were still running."""
        with self._lock:
            gone = [timer for timer in timers if timer in self._timers]
            self._timers = [timer for timer in self._timers if timer not in gone]
        return gone

    def running(self) -> list[Timer]:
        """The timers that are not announced yet, the next one due first."""
        with self._lock:
            return list(self._timers)

    def left_s(self, timer: Timer) -> int:
        """Whole seconds until `timer` is due, rounded, at least 1."""
        return max(1, round(timer.due_s - self._clock()))

    def due(self) -> list[str]:
        """Announcements of the timers that ran out since the last call; each comes once."""
        now = self._clock()
        with self._lock:
            done = [timer for timer in self._timers if timer.due_s <= now]
            self._timers = [timer for timer in self._timers if timer.due_s > now]
        return [timer.announcement for timer in done]
