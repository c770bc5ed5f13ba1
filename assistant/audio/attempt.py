"""A call into PortAudio that may never come back, made on a short-lived thread of its own.

PortAudio 19.6 on ALSA deadlocks for good in `Pa_StartStream` when the device goes away between
opening and starting: its callback thread dies with the mutex held that the caller waits for. What
does not come back in time is left behind. Knows no device; used by the sound thread alone.
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from assistant.errors import DeviceError

T = TypeVar("T")

ANSWER_S = 10.0
"""So long the sound system may take to say what devices there are; a healthy one takes 0.3 s, one
that wakes a sound server some seconds."""


class Attempt(Generic[T]):
    """Runs `work` at once; `discard` gets a result that came after it was given up."""

    def __init__(self, what: str, work: Callable[[], T], discard: Callable[[T], None]) -> None:
        self._what = what
        self._work = work
        self._discard = discard
        self._lock = threading.Lock()
        self._is_given_up = False
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._began_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"portaudio: {what}", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """True until `work` came back, be it too late."""
        return self._thread.is_alive()

    def is_over(self, limit_s: float) -> bool:
        """True when `work` came back, or was given `limit_s` in vain."""
        return not self.is_running or time.monotonic() - self._began_s > limit_s

    def wait(self, limit_s: float) -> None:
        """Block until `work` came back, at most `limit_s`."""
        self._thread.join(limit_s)

    def result(self) -> T:
        """What `work` returned or raised; `DeviceError`, and it is given up, if nothing yet."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if self._result:
                return self._result[0]
            self._is_given_up = True
        _never_terminate()
        raise DeviceError(
            f"{self._what} did not answer in time",
            "the sound system may be stuck; it is tried again",
        )

    def _run(self) -> None:
        try:
            result = self._work()
        except Exception as error:
            with self._lock:
                self._error = error
            return
        with self._lock:
            self._result.append(result)
            is_late = self._is_given_up
        if is_late:
            self._discard(result)


def answered(what: str, work: Callable[[], T], limit_s: float | None = None) -> T:
    """What `work` returns or raises; `DeviceError` when it is not back within `limit_s`, by default
    `ANSWER_S`. For what asks the sound system before a session, or beside none."""
    attempt = Attempt(what, work, lambda result: None)
    attempt.wait(ANSWER_S if limit_s is None else limit_s)
    try:
        return attempt.result()
    except DeviceError as error:
        if attempt.is_running:
            error.next_step = (
                "restart the sound server (PipeWire, PulseAudio) or the machine; `assistant demo` "
                "and `assistant ask` work without sound"
            )
        raise


def _never_terminate() -> None:
    """Let the process end without `Pa_Terminate`, which would wait for the call that is stuck. That
    may be the loading of the library itself."""
    end: Any = getattr(sys.modules.get("sounddevice"), "_exit_handler", None)
    if end is not None:
        atexit.unregister(end)
