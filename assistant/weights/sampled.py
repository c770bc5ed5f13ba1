"""Whether a large file is still what it was, by 64 places in it: some milliseconds, not a second.

A file of the right size may be damaged: a download that broke off and left zeros, a disk that lost
blocks. The SHA-256 of the places is recorded beside that of the whole (`store`), and compared
before every use. Damage between the places is not seen; `assistant models verify` reads everything.
Knows no model. Any thread.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

PLACES = 64
PLACE_BYTES = 65_536
_MOST_EMPTY = 0.1
"""Share of the places that may hold nothing but zeros: the rows of unused words in a vocabulary."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The SHA-256 of a file's size and of its places, and the share of them that is all zeros (0
    for a file so small that it is read whole)."""

    digest: str
    empty: float

    @property
    def is_hollow(self) -> bool:
        """So much of it is empty that it cannot be weights."""
        return self.empty > _MOST_EMPTY


def sample_of(path: Path) -> Sample:
    """Look at a file, once for each state of it that its size and times tell. `OSError` when it
    cannot be read."""
    status = path.stat()
    return _looked(str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@lru_cache(maxsize=64)
def _looked(path: str, size: int, mtime_ns: int, ctime_ns: int) -> Sample:
    digest = hashlib.sha256(f"{size}\n".encode())
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        if size <= PLACES * PLACE_BYTES:
            digest.update(file.read())
            return Sample(digest.hexdigest(), 0.0)
        empty = 0
        for number in range(PLACES):
            file.seek((size - PLACE_BYTES) * number // (PLACES - 1))
            place = file.read(PLACE_BYTES)
            digest.update(place)
            empty += not any(place[:64]) and not place.strip(b"\0")
    return Sample(digest.hexdigest(), empty / PLACES)
