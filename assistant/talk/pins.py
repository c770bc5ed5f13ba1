"""The PIN: kept as a hash in the state folder, with the wrong tries beside it in the store.

A try is counted before it is compared, so that neither a crash nor two copies of the program give
one more. Knows no words of the user and no tool. The hands check, because that takes about 50 ms
and counts; any thread may ask whether one is set.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from assistant.errors import AssistantError
from assistant.talk.store import Store

FILE_NAME = "pin.json"
TABLES = """
create table if not exists pin_tries (
    id integer primary key check (id = 1), wrong integer not null, locks integer not null,
    until_s real not null);
"""
MOST_WRONG = 3
LOCK_S = 300.0
LONGEST_LOCK_S = 86_400.0
_N, _R, _P, _LENGTH = 2**14, 8, 1, 32
"""Costs of scrypt for who waits (RFC 7914, section 2; Percival 2009): 16 MiB and about 50 ms."""
_LARGEST = 2**16
_MEMORY = 64 * 2**20


class PinError(AssistantError):
    """The PIN cannot be kept or read."""

    code = "E-PIN"


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try. `left_s`: so long no try counts any more."""

    verdict: Literal["right", "wrong", "locked", "none"]
    left_s: float = 0.0


class Pins:
    """The PIN of `store`'s folder; without a folder one that lasts as long as this object."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: bytes | None = None

    @property
    def path(self) -> Path | None:
        """The file of the hash."""
        return None if self._store.directory is None else self._store.directory / FILE_NAME

    @property
    def is_set(self) -> bool:
        """Whether there is a PIN."""
        return self._kept is not None if self.path is None else self.path.exists()

    def left_s(self, now: datetime) -> float:
        """For so many seconds no try is taken; 0 when one is."""
        self._store.has(TABLES)
        rows = self._store.rows("select until_s from pin_tries where until_s > 0")
        return max((_left(row["until_s"], now) for row in rows), default=0.0)

    def set(self, digits: str) -> None:
        """Keep this PIN from now on; wrong tries are forgotten. `PinError` when the file cannot be
        written."""
        salt = secrets.token_bytes(16)
        kept = {"n": _N, "r": _R, "p": _P, "salt": salt.hex(), "hash": _hash(digits, salt).hex()}
        self._write(json.dumps(kept).encode())
        self._note(0, 0, 0.0)

    def clear(self) -> None:
        """There is no PIN any more."""
        self._kept = None
        try:
            if self.path is not None:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise PinError(f"cannot remove {self.path}: {error}", "check the folder") from error
        self._note(0, 0, 0.0)

    def check(self, digits: str, now: datetime) -> Tried:
        """One try. After `MOST_WRONG` wrong ones in a row none is taken for five minutes, then for
        ten, and so on up to a day. `PinError` when the file is damaged."""
        kept = self._read()
        if kept is None:
            return Tried("none")
        until_s = self._count(now)
        if until_s < 0:
            return Tried("locked", _left(-until_s, now))
        n, r, p, salt, wanted = kept
        if hmac.compare_digest(_hash(digits, salt, n, r, p), wanted):
            self._note(0, 0, 0.0)
            return Tried("right")
        return Tried("wrong", _left(until_s, now) if until_s else 0.0)

    def _count(self, now: datetime) -> float:
        """Count a try as wrong. 0; the moment until which this one locks it, should it be wrong; or
        minus that moment, when it is locked already."""
        self._store.has(TABLES)
        with self._store.writing() as db:
            row = db.execute("select wrong, locks, until_s from pin_tries").fetchone()
            wrong, locks, until_s = tuple(row) if row is not None else (0, 0, 0.0)
            if _left(until_s, now) > 0:
                return -float(until_s)
            wrong, until_s = wrong + 1, 0.0
            if wrong >= MOST_WRONG:
                until_s = now.timestamp() + min(LOCK_S * 2 ** min(locks, 20), LONGEST_LOCK_S)
                wrong, locks = 0, locks + 1
            db.execute(_KEEP, (wrong, locks, until_s))
            return float(until_s)

    def _note(self, wrong: int, locks: int, until_s: float) -> None:
        self._store.has(TABLES)
        self._store.write(_KEEP, (wrong, locks, until_s))

    def _read(self) -> tuple[int, int, int, bytes, bytes] | None:
        if not self.is_set:
            return None
        try:
            data = json.loads(self._kept if self.path is None else self.path.read_bytes())  # type: ignore[arg-type]
            n, r, p = int(data["n"]), int(data["r"]), int(data["p"])
            salt, wanted = bytes.fromhex(data["salt"]), bytes.fromhex(data["hash"])
            if len(wanted) != _LENGTH or not 2 <= n <= _LARGEST or r != _R or p != _P:
                raise ValueError("it has other costs than this program writes")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PinError(
                f"the PIN in {self.path} cannot be read: {error}", "delete that file, set a new one"
            ) from error
        return n, r, p, salt, wanted

    def _write(self, content: bytes) -> None:
        if self.path is None:
            self._kept = content
            return
        beside = self.path.with_name(f".{FILE_NAME}.{os.getpid()}")
        try:
            with suppress(FileNotFoundError):
                beside.unlink()
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
        except OSError as error:
            raise PinError(f"cannot write {self.path}: {error}", "check the folder") from error


_KEEP = "insert or replace into pin_tries (id, wrong, locks, until_s) values (1, ?, ?, ?)"


def _left(until_s: float, now: datetime) -> float:
    """Seconds until then; a lock that is longer than any was set under another clock."""
    return min(max(0.0, until_s - now.timestamp()), LONGEST_LOCK_S)


def _hash(digits: str, salt: bytes, n: int = _N, r: int = _R, p: int = _P) -> bytes:
    return hashlib.scrypt(digits.encode(), salt=salt, n=n, r=r, p=p, dklen=_LENGTH, maxmem=_MEMORY)
