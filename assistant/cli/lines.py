"""The conversation as plain lines, for terminals that cannot show more and for log files.

`show` hands a line over and returns; a thread of its own prints. A pipe that nobody reads therefore
holds up nobody: what does not fit is left out, and counted.
"""

from __future__ import annotations

import queue
import threading
from typing import TextIO

from assistant.harmless import one_line
from assistant.messages import Notice
from assistant.updates import Heard, ModelShown, TurnDropped, TurnEnded, Update

_MOST_WAITING = 500
_CLOSE_S = 2.0


class Lines:
    """Writes one line for what was heard and one for each answer; safe to hand to the engine.

    `has_no_reader` and `error` tell that nothing more can be printed.
    """

    def __init__(self, out: TextIO) -> None:
        self.has_no_reader = False
        self.error: OSError | None = None
        self._out = out
        self._left_out = 0
        self._waiting: queue.Queue[str | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._print_all, name="lines", daemon=True)
        self._thread.start()

    def show(self, update: Update) -> None:
        """Print what a person wants to know of `update`, if anything."""
        match update:
            case Heard():
                self._write(f"you: {update.text}")
            case TurnEnded(record=record):
                latency = record.latency_ms
                after = "no sound" if latency is None else f"{latency:.0f} ms"
                cut = ", interrupted" if record.interrupted else ""
                self._write(f"assistant [{record.source}, {after}{cut}]: {record.reply}")
            case TurnDropped():
                self._write(f"(not answered: {update.why})")
            case Notice():
                self._write(f"{update.severity}: {update.text} [{update.code}]")
            case ModelShown(role=role, name=name, is_step=True):
                self._write(f"{role}: {name}")
            case _:
                pass

    def close(self) -> None:
        """Wait until all is printed; two seconds at most for a reader that does not read."""
        try:
            self._waiting.put(None, timeout=_CLOSE_S)
        except queue.Full:
            return
        self._thread.join(_CLOSE_S)

    @property
    def is_stuck(self) -> bool:
        """True when lines wait for a reader that does not read."""
        return self._thread.is_alive()

    def _write(self, line: str) -> None:
        try:
            self._waiting.put_nowait(one_line(line))
        except queue.Full:
            self._left_out += 1

    def _print_all(self) -> None:
        while (line := self._waiting.get()) is not None:
            left_out, self._left_out = self._left_out, 0
            if left_out:
                line = f"{line}\n({left_out} lines were not read in time and are left out)"
            try:
                print(line, file=self._out, flush=True)
            except BrokenPipeError:
                self.has_no_reader = True
                return
            except (OSError, ValueError) as error:
                self.error = error if isinstance(error, OSError) else OSError(str(error))
                self.has_no_reader = True
                return
