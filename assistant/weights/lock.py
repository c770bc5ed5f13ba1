"""Keeps two programs from fetching into one directory at the same time.

The lock is on the directory itself and goes with the process that holds it, however that ends.
Where the system has none, there is none. Blocks the caller's thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def alone_in(directory: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other program fetches into `directory`, and keep others out. `say` is told
    when that takes a while. `OSError` when the directory cannot be opened."""
    if fcntl is None:
        yield
        return
    lock = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("another program fetches models; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
