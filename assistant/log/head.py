"""The head of the chain, kept in a second place: a cut-off end shows nowhere else.

A small file in another folder than the log, exchanged as a whole. Knows no row. Called while the
log's file is locked for writing, so that the newest head stays.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row's number and link."""

    seq: int
    link: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.link}"

    @classmethod
    def parse(cls, text: str) -> Head | None:
        """What `str` wrote; None for anything else."""
        number, _, link = text.strip().partition(":")
        is_link = len(link) == 64 and set(link) <= set("0123456789abcdef")
        return cls(int(number), link) if number.isdecimal() and is_link else None


class HeadFile:
    """`directory` is the second place; the name in it tells which log it belongs to."""

    def __init__(self, directory: Path, log: Path) -> None:
        mark = hashlib.sha256(str(log.absolute()).encode()).hexdigest()[:8]
        self.path = directory / f"log-head-{mark}.json"

    def read(self) -> Head | None:
        """The head that was kept; None when the file is not there or is not one."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return Head.parse(f"{found['seq']}:{found['link']}")
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, head: Head) -> None:
        """Put `head` in its place; `OSError` when that cannot be done."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"seq": head.seq, "link": head.link}, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, self.path)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
