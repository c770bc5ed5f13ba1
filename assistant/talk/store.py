"""What survives the session: one SQLite file for timers, lists, notes and facts.

Each write is one transaction, so that a process that is killed leaves whole rows; several copies of
the program may share the file. Knows no words. Any thread may call; a lock guards the connection.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

FILE_NAME = "state.sqlite3"
SCHEMA = 1
"""The version of all tables. Count up when one of them changes in a way that an older program, or
this one with an older file, does not bear; `_open` is where an older file is then brought up."""
_BUSY_MS = 5000


class StoreError(AssistantError):
    """The file of timers, lists and notes cannot be read or written."""

    code = "E-STATE"


class Store:
    """`directory` None keeps everything in memory.

    Each service gives the statements that make what is missing with `has` ("create table if not
    exists …"). `StoreError` when the file cannot be opened, is damaged or is of a newer program.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory
        self._lock = threading.RLock()
        self._made: set[str] = set()
        self._path = ":memory:" if directory is None else str(directory / FILE_NAME)
        try:
            if directory is not None:
                directory.mkdir(parents=True, exist_ok=True, mode=0o700)
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
                os.close(descriptor)
            self._db = sqlite3.connect(
                self._path, check_same_thread=False, isolation_level=None, timeout=_BUSY_MS / 1000
            )
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error
        try:
            self._open()
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from error
        except StoreError:
            self._db.close()
            raise

    def _open(self) -> None:
        self._db.row_factory = sqlite3.Row
        self._db.execute(f"pragma busy_timeout = {_BUSY_MS}")
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.execute("pragma foreign_keys = on")
        (found,) = self._db.execute("pragma quick_check(1)").fetchone()
        if found != "ok":
            raise self._unusable(f"it is damaged: {found}")
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version > SCHEMA:
            raise StoreError(
                f"{self._path} is of a newer version of this program",
                "update the program, or move that file away",
            )
        if version < SCHEMA:
            self._db.execute(f"pragma user_version = {SCHEMA}")

    def _unusable(self, why: object) -> StoreError:
        return StoreError(
            f"cannot use {self._path}: {why}",
            "make its folder writable, or move that file away and begin with a new one",
        )

    @classmethod
    def copied(cls, directory: Path) -> Store:
        """What is kept in `directory`, in memory: changes are forgotten, and nothing is written
        there. `StoreError` when the file cannot be read."""
        made = cls()
        path = directory / FILE_NAME
        if path.is_file():
            uri = f"{path.absolute().as_uri()}?mode=ro"
            with _translated(str(path)), closing(sqlite3.connect(uri, uri=True)) as kept:
                kept.backup(made._db)
        return made

    def dumped(self) -> str:
        """Everything that is kept, as SQL statements; the same text for the same content."""
        with self._lock, _translated(self._path):
            return "\n".join(self._db.iterdump())

    @classmethod
    def restored(cls, dump: str) -> Store:
        """What `dumped` gave, in memory."""
        made = cls()
        with _translated("a copy"):
            made._db.executescript(dump)
        return made

    def has(self, statements: str) -> None:
        """Make the tables and indices of `statements` where they are missing; once a session, so
        that whoever needs them may ask each time."""
        with self._lock, _translated(self._path):
            if statements not in self._made:
                self._db.executescript(statements)
                self._made.add(statements)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock, _translated(self._path):
            return self._db.execute(sql, values).fetchall()

    def stamp(self) -> tuple[int, int]:
        """Another pair of numbers whenever something was written since, by this program or by
        another copy of it."""
        with self._lock, _translated(self._path):
            (version,) = self._db.execute("pragma data_version").fetchone()
            return self._db.total_changes, version

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all that is done within it, or nothing."""
        with self._lock, _translated(self._path):
            try:
                self._db.execute("begin immediate")
                yield self._db
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:  # SQLite itself ends one when the disk is full
                    self._db.execute("rollback")
                raise

    def write(self, sql: str, values: Sequence[Any] = ()) -> int:
        """One statement as one transaction; the id of the new row, or how many rows changed."""
        with self.writing() as db:
            cursor = db.execute(sql, values)
            if sql.lstrip()[:6].lower() == "insert":
                return int(cursor.lastrowid or 0)
            return cursor.rowcount

    def close(self) -> None:
        """Close the file; what is written is safe already."""
        with self._lock, suppress(sqlite3.Error):
            self._db.close()


@contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"what I keep cannot be read or written: {error}",
            f"make room on the disk of {path}, or move that file away",
        ) from error
