"""JSON lines of one session: every event and span, one file, readable only by its owner.

Lines are written as they come and flushed, so that a crash loses nothing; when the disk
refuses one, the rest of the session goes unwritten. Knows the messages that
it writes and no stage. Any thread may call it, except the sound callbacks.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.messages import Span
from assistant.take import Take

_NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-\d+\.jsonl")


def sessions_kept(directory: Path) -> list[Path]:
    """The files of earlier sessions, the oldest first. `OSError` when it cannot be read."""
    return sorted(path for path in directory.iterdir() if _NAME.fullmatch(path.name))


class Trace:
    """Writes to `directory/SESSION.jsonl` (mode 0600); `directory=None` writes nowhere. `OSError`
    when the file cannot be made.

    Only the newest `keep_sessions` files of the directory are kept. `redact` is applied to every
    text that is written.
    """

    def __init__(
        self,
        directory: Path | None,
        keep_sessions: int = 50,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        self._redact = redact
        self._lock = threading.Lock()
        self._start_ns = time.perf_counter_ns()
        self.on_trouble: Callable[[OSError], None] = lambda error: None
        """Told once when the disk refuses a line; the rest of the session is not written."""
        self._file = None
        self.path: Path | None = None
        if directory is None:
            return
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in sessions_kept(directory)[: -keep_sessions + 1 or None]:
            with suppress(OSError):
                old.unlink(missing_ok=True)
        stamp = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S.%f")
        self.path = directory / f"{stamp}-{os.getpid()}.jsonl"
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8")

    def event(self, kind: str, **fields: Any) -> None:
        """One line: milliseconds since the start of the session, the kind and the fields."""
        if self._file is None:
            return
        if self._redact is not None:
            fields = _with_texts(fields, self._redact)
        at_ms = (time.perf_counter_ns() - self._start_ns) / 1e6
        line = json.dumps({"at_ms": round(at_ms, 2), "event": kind, **fields}, default=str)
        with self._lock:
            if self._file is None:
                return
            try:
                self._file.write(line + "\n")
                self._file.flush()
                return
            except (OSError, ValueError) as error:  # a full disk must not end the conversation
                self._file = None
                trouble = error if isinstance(error, OSError) else OSError(str(error))
        self.on_trouble(trouble)

    def span(self, span: Span) -> None:
        """One stage's work for one take."""
        fields = dataclasses.asdict(span)
        start_ns, end_ns = fields.pop("start_ns"), fields.pop("end_ns")
        fields["start_ms"] = round((start_ns - self._start_ns) / 1e6, 2)
        fields["ms"] = round((end_ns - start_ns) / 1e6, 2)
        self.event("span", **fields)

    def worked(self, take: Take, stage: str, start_ns: int) -> None:
        """One stage's work for `take`, from `start_ns` until now."""
        self.span(
            Span(
                turn=take.turn,
                take=take.number,
                stage=stage,
                start_ns=start_ns,
                end_ns=time.perf_counter_ns(),
                outcome="cancelled" if take.is_cancelled else "done",
            )
        )

    def close(self) -> None:
        """Close the file; later events are dropped."""
        with self._lock:
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()
                self._file = None


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """`value`, a text or what JSON makes of dictionaries and lists, with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _with_texts(one, change) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_texts(one, change) for one in value]
    return value
