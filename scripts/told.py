"""A program that is started and listened to: its lines, of both streams, with the time of each.

    with Told([sys.executable, "-m", "assistant", "run", "--lines"], env=env) as program:
        line = program.wait_for("listening", patience_s=60)
        program.since(line.at_s)                              # what it said afterwards

For measurements. Knows no line's meaning. A thread for each stream reads; any thread may ask.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

_END_S = 30.0
"""So long a program may take to end after it was asked to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without its end; `at_s` is `time.monotonic()` when it was read."""

    text: str
    at_s: float


class Told:
    """Runs `command` in a process group of its own, which the end of `with` kills."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], directory: Path | None = None
    ) -> None:
        self.began_s = time.monotonic()
        self._came = threading.Condition()
        self._lines: list[Line] = []
        self._process = subprocess.Popen(
            command,
            env={**env, "PYTHONUNBUFFERED": "1"},
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        streams = (self._process.stdout, self._process.stderr)
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True) for stream in streams
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Told:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def number(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.poll()

    def since(self, at_s: float = 0.0) -> list[Line]:
        """The lines that came at `at_s` or later."""
        with self._came:
            return [line for line in self._lines if line.at_s >= at_s]

    def wait_for(self, pattern: str, patience_s: float, since_s: float = 0.0) -> Line | None:
        """The first line from `since_s` on in which `pattern` is found; None when none came in time
        or the program has ended without it."""
        deadline_s = time.monotonic() + patience_s
        with self._came:
            while True:
                for line in self._lines:
                    if line.at_s >= since_s and re.search(pattern, line.text):
                        return line
                is_over = self.status is not None and not any(r.is_alive() for r in self._readers)
                left_s = deadline_s - time.monotonic()
                if is_over or left_s <= 0:
                    return None
                self._came.wait(min(left_s, 0.5))

    def interrupt(self) -> bool:
        """Ctrl+C, to the whole group as a terminal does; whether it ended by itself."""
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL to the whole process group; all that was said is read."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait(_END_S)
        for reader in self._readers:
            reader.join(_END_S)

    def _read(self, stream: IO[str] | None) -> None:
        assert stream is not None
        for text in stream:
            with self._came:
                self._lines.append(Line(text.rstrip(), time.monotonic()))
                self._came.notify_all()
