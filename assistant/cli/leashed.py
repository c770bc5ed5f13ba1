"""Commands of low priority behind the program, one at a time, which end when the program ends.

Each runs under `assistant.cli.leash`, in a group of its own, so that Ctrl+C in the terminal is for
the program alone. What it prints goes to a log as well. Used by one thread; `close` by any.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from assistant.private import given_umask

_CLOSE_S = 8.0
_LEASH = (sys.executable, "-m", "assistant.cli.leash")


class Closed(Exception):
    """The program ends; nothing is to be said."""


class Leashed:
    """Runs commands; what they print is added to `log`."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False

    def run(
        self,
        command: Sequence[str],
        environment: dict[str, str],
        on_line: Callable[[str], None] = lambda line: None,
    ) -> int:
        """Run a command to its end; its exit status. `on_line` gets what it prints, not its
        complaints, which the log has. `Closed` when it was ended by `close`."""
        with self._log.open("a", encoding="utf-8") as log:
            with self._lock:
                if self._is_closed:
                    raise Closed
                self._process = process = subprocess.Popen(
                    [*_LEASH, *command],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    encoding="utf-8",
                    errors="replace",
                    env=environment,
                    start_new_session=True,
                    umask=given_umask(),
                )
            assert process.stdout is not None
            for line in process.stdout:
                log.write(line)
                log.flush()
                on_line(line)
            status = process.wait()
            process.stdout.close()
        if self._is_closed:
            raise Closed
        return status

    def close(self) -> None:
        """End the command that runs, and let no other begin."""
        with self._lock:
            self._is_closed = True
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.close()  # the leash ends its command


class Behind:
    """Work behind the program on a thread of its own, with one `Leashed`; `close()`, or the end of
    `with`, ends it. A subclass says what is done in `_work`, and starts the thread."""

    def __init__(self, name: str, log: Path) -> None:
        self._leashed = Leashed(log)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End what is running; what it did is kept. Some seconds at the most."""
        self._leashed.close()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_S)

    def wait(self, timeout_s: float) -> bool:
        """Wait until the work is over; False when it is not after `timeout_s`."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        """On its own thread."""
        raise NotImplementedError
