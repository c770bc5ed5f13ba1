"""Ctrl+C and the other requests to end, without an exception in the middle of whatever runs.

Python's own handler raises where the main thread happens to be, also between a lock's two halves
("release unlocked lock"). Here the first signal is noted and whoever waits looks; before the
session runs there is nothing to close and the program ends at once, as it does when somebody asks
again while it closes. Main thread.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from assistant.errors import EXIT_INTERRUPTED

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_ONE_REQUEST_S = 1.0
"""Signals so close together are one request: `make` and the terminal both send it on."""
_POLL_S = 0.05


class Ending:
    """Within it, signals are noted in `is_wanted`. `running()` says that there is something to
    close; before that, a signal ends the process with 130 at once."""

    def __init__(self) -> None:
        self.is_wanted = False
        self._is_running = False
        self._asked_s = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Ending:
        for number in _SIGNALS:
            before = signal.getsignal(number)
            if before is not signal.SIG_IGN:  # as under nohup
                self._before[number] = before
        self.arm()
        return self

    def arm(self) -> None:
        """Take the signals over, again after somebody else has had them."""
        for number in self._before:
            signal.signal(number, self._on_signal)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def running(self) -> None:
        """From now on a signal is noted, and whoever waits closes what runs."""
        self._is_running = True

    def wait(self, is_over: Callable[[], bool]) -> None:
        """Block until `is_over()` or until somebody asks to end."""
        while not (self.is_wanted or is_over()):
            time.sleep(_POLL_S)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if not self._is_running or (self.is_wanted and now_s - self._asked_s > _ONE_REQUEST_S):
            leave_at_once(EXIT_INTERRUPTED)
        if not self.is_wanted:
            self.is_wanted, self._asked_s = True, now_s


def leave_at_once(status: int) -> None:
    """End the process now, whatever its threads are doing: what was written is safe, and nothing
    is waited for."""
    os._exit(status)
