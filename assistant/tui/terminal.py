"""Keeps what C libraries print away from the screen that the face draws on.

Textual writes to `sys.__stderr__` and asks `sys.__stdout__` for the size of the terminal, while C
libraries (PortAudio, ALSA, llama.cpp) write to file descriptors 1 and 2. The two are parted: the
streams of `sys` go to a duplicate of the terminal, the descriptors to a log file. Knows nothing of
the application. Main thread, before and after the application runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_STREAMS = (("stdout", 1), ("__stdout__", 1), ("stderr", 2), ("__stderr__", 2))


@contextmanager
def guarded_terminal(log_path: Path) -> Iterator[Path]:
    """Within it, descriptors 1 and 2 append to `log_path` (mode 0600, made with its folder) and
    Python's standard streams still reach the terminal. Everything is put back afterwards.

    Child processes inherit the guarded descriptors. Where the log cannot be opened, they lead
    nowhere.
    """
    log = _opened(log_path)
    with ExitStack() as undo:
        undo.callback(os.close, log)
        for name, _ in _STREAMS:
            stream = getattr(sys, name)
            if stream is not None:
                stream.flush()
            undo.callback(setattr, sys, name, stream)
        duplicates = {number: os.dup(number) for number in (1, 2)}
        for number, duplicate in duplicates.items():
            undo.callback(_give_back, duplicate, number)
            os.dup2(log, number)
        for name, descriptor in _STREAMS:
            own = os.fdopen(os.dup(duplicates[descriptor]), "w", encoding="utf-8", buffering=1)
            undo.callback(own.close)
            setattr(sys, name, own)
        yield log_path


def _opened(log_path: Path) -> int:
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)


def _give_back(duplicate: int, number: int) -> None:
    os.dup2(duplicate, number)
    os.close(duplicate)
