"""Tries in a process of its own whether a device that was lost is there again.

PortAudio on ALSA keeps the error of a call in one variable for all threads (`paUtilErr_`, which its
macro PA_ENSURE writes and reads again). While `Pa_OpenStream` fails in one thread, the callback
thread of another stream may write "no error" there, and the call goes on with a stream that is
none: the process ends with a segmentation fault, 14 times in 84,000 failed openings beside a
running stream (measured with 19.6 on a busy machine). So a device that may be away is opened by a
process that has no other stream, and here only after that succeeded. `assistant.audio.scouting` is
that process: started at a loss, ended when all is well.

`prove` belongs on an `Attempt` and always comes back; `rest` may be called by any thread.
"""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.audio.portaudio import DeviceInfo, Kind
from assistant.errors import DeviceError

_START_S = 15.0
_ANSWER_S = 8.0  # some devices take seconds to open
_END_S = 1.0
LONGEST_S = _START_S + _ANSWER_S + 2 * _END_S
"""`prove` comes back after so long at most: a process that starts, gives no answer and is ended."""
_FRESH_S = 1.0
_MOST_FAILED_STARTS = 3
_COMMAND = (sys.executable, "-P", "-m", "assistant.audio.scouting")  # -P: not what lies in the cwd
_STEP = "it is tried again"


@dataclass(frozen=True, slots=True)
class Proof:
    """A device that took sound at `at_s` (`time.monotonic`): its name, how many channels it has at
    most, and the form (channels, Hz) that it took."""

    name: str
    channels: int
    form: tuple[int, int]
    at_s: float = field(default_factory=time.monotonic)

    @property
    def is_fresh(self) -> bool:
        """True while it may be relied on."""
        return time.monotonic() - self.at_s < _FRESH_S

    def is_of(self, device: DeviceInfo, kind: Kind) -> bool:
        """True when `device` is the one that was proved, as far as can be seen."""
        return (device.name, device.channels(kind)) == (self.name, self.channels)


class Scout:
    """`command` is run as the scout's process. Without one, or after three starts in a row that
    failed (it could not be started, or ended with an exit status before it was ready), it `serves`
    no longer. A start that crashed or hung is no such failure: PortAudio did that, and would do it
    here as well."""

    def __init__(self, pull_rate_hz: int, command: Sequence[str] | None = None) -> None:
        self._pull_rate_hz = pull_rate_hz
        self._command = command if command is not None else own_command()
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._failed_starts = 0
        self._is_well = True

    @property
    def serves(self) -> bool:
        """False where nothing needs to be tried first, or no process can be started."""
        return bool(self._command)

    @property
    def is_out(self) -> bool:
        """True while it has a process."""
        return self._child is not None

    @property
    def may_start(self) -> bool:
        """True when a process that starts now would help. After one that failed the next question
        starts it: as rarely as is asked, and with a list that is not old by then."""
        return self.serves and not self.is_out and self._is_well

    def start(self) -> None:
        """Start the process, if there is none: the first answer is sooner then."""
        with contextlib.suppress(OSError):
            self._launch()

    def _launch(self) -> _Child | None:
        """The process, started if there is none; None when it serves no longer."""
        with self._lock:
            if self._child is None and self._command:
                self._is_well = False  # what follows may raise
                self._child = _Child(self._command)
                self._is_well = True
            return self._child

    def prove(self, kind: Kind, wanted: str, listed: str = "") -> Proof | None:
        """What it found and opened: the device named `listed`, which is what `wanted` means by the
        list of this process, or what it means by a new one. `DeviceError` when neither is there or
        opens, the process crashed or did not answer. None when it serves no longer."""
        try:
            child = self._launch()
        except OSError:
            self._start_failed()
            return None
        if child is None:
            return None
        question = {
            "kind": kind,
            "wanted": wanted,
            "listed": listed,
            "rate_hz": self._pull_rate_hz,
        }
        found = child.answer(question)
        self._is_well = found is not None
        if child.is_ready:
            self._failed_starts = 0
        if found is None:
            self._forget(child)
            if child.end(_END_S) > 0 and not child.is_ready:
                self._start_failed()
                return None
            raise DeviceError("the sound system failed or hung while a device was tried", _STEP)
        if "what" in found:
            raise DeviceError(found["what"], found["next_step"])
        channels, rate_hz = found["form"]
        return Proof(found["name"], found["channels"], (channels, rate_hz))

    def rest(self) -> None:
        """End the process: at once, whatever it does. Waits for nothing."""
        child = self._child
        if child is not None:
            self._forget(child)
            child.kill()

    def _start_failed(self) -> None:
        """Count it; `DeviceError` when it may be tried again."""
        self._failed_starts += 1
        if self._failed_starts < _MOST_FAILED_STARTS:
            raise DeviceError("the process that tries a device does not start", _STEP)
        self._command = ()

    def _forget(self, child: _Child) -> None:
        with self._lock:
            if self._child is child:
                self._child = None


def own_command() -> Sequence[str]:
    """The scout's command; nothing where PortAudio does not use ALSA."""
    return _COMMAND if sys.platform.startswith("linux") else ()


class _Child:
    """The process, and the thread that reads what it says and sees it off."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # PortAudio tells every failed expression
            encoding="utf-8",
            start_new_session=True,  # Ctrl+C is for the program alone
        )
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self.is_ready = False
        threading.Thread(target=self._read, name="scout", daemon=True).start()

    def answer(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """Its answer; None when it ended, or gave none in time."""
        if not self.is_ready and self._next(_START_S) is None:
            return None
        self.is_ready = True
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            return None
        return self._next(_ANSWER_S)

    def kill(self) -> None:
        """End it, without waiting for that."""
        self._process.kill()

    def end(self, patience_s: float) -> int:
        """Kill it, after `patience_s` to end by itself; its exit status, below 0 when a signal has
        ended it."""
        try:
            status = self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = -signal.SIGKILL
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(_END_S)
        return status

    def _next(self, limit_s: float) -> dict[str, Any] | None:
        try:
            return self._said.get(timeout=limit_s)
        except queue.Empty:
            return None

    def _read(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process.stdout as said, contextlib.suppress(ValueError):
            for line in said:
                self._said.put(json.loads(line))
        self._said.put(None)
        self._process.wait()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
