"""The file of the log: rows are appended, read, forgotten and expire; nothing else changes them.

SQLite (WAL, mode 0600). Each append is one transaction that begins by locking, so that several
copies of the program make one chain; what is committed survives a kill and a power cut. One thread
a book. The standard library alone.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.log.head import Head, HeadFile
from assistant.log.rows import (
    GENESIS,
    Body,
    BrokenRow,
    Row,
    digest,
    digest_of_row,
    linked,
    ranges,
    salted,
    stamp,
    tombstone,
)

FILE_NAME = "log.sqlite3"
SOUND = "log-sound"
_SCHEMA = 1
_BUSY_MS = 5000

_FIELDS = ("kind", "at", "session", "name", "source")
_JSON = "case when json_valid(body) then json_extract(body, '$.%s') end"
_TABLES = f"""
create table if not exists rows (
  seq integer primary key,
  body text not null,
  link text not null,
  {", ".join(f"{one} text as ({_JSON % one}) virtual" for one in _FIELDS)}
);
create index if not exists rows_kind on rows (kind, at);
{"".join(f"create index if not exists rows_{one} on rows ({one});" for one in _FIELDS[1:])}
create table if not exists states (digest text primary key, dump blob not null);
"""


class LogError(AssistantError):
    """The log cannot be opened, read or written."""

    code = "E-LOG"


class Book:
    """`path` is the file, `head` where its head is kept as well. With `make` the file is made when
    it is missing; `LogError` when it cannot be used, or is not there and not to be made."""

    def __init__(self, path: Path, head: HeadFile, *, make: bool = False) -> None:
        self.path = path
        self.head = head
        self.head_error: LogError | None = None
        """Why the head could not be kept at the last change."""
        self._is_unanchored = False
        try:
            if make:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            elif not path.is_file():
                raise LogError(f"there is no log at {path}", "talk to the assistant first")
            self._db = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_MS / 1000)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(path, error) from error
        try:
            self._open(make)
        except sqlite3.Error as error:
            self._db.close()
            raise _unusable(path, error) from error
        except LogError:
            self._db.close()
            raise

    def _open(self, make: bool) -> None:
        run = self._db.execute
        run(f"pragma busy_timeout = {_BUSY_MS}")
        (version,) = run("pragma user_version").fetchone()
        if version > _SCHEMA:
            raise LogError(f"{self.path} is of a newer version of this program", "update it")
        run("pragma secure_delete = on")
        if make and version < _SCHEMA:
            run("pragma journal_mode = wal")
            self._db.executescript(_TABLES)
            run(f"pragma user_version = {_SCHEMA}")
        run("pragma synchronous = full")  # a head that is kept elsewhere must not be ahead

    def close(self) -> None:
        """Close the file; what was appended is safe already."""
        self._db.close()

    # -- reading ----------------------------------------------------------------------------------

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._told():
            return self._db.execute(sql, values).fetchall()

    def rows(self, where: str = "1", values: Sequence[Any] = (), tail: str = "") -> Iterator[Row]:
        """The rows of the log that `where` holds of, in their order unless `tail` says another."""
        sql = f"select seq, body, link from rows where {where} {tail or 'order by seq'}"
        with self._told():
            for seq, text, link in self._db.execute(sql, values):
                yield Row(seq, str(text), str(link))

    def row(self, seq: int) -> Row | None:
        """One row by its number."""
        return next(self.rows("seq = ?", (seq,)), None)

    def last(self) -> Head:
        """The newest row's number and link; those before the first row in an empty log."""
        found = self.query("select seq, link from rows order by seq desc limit 1")
        return Head(*found[0]) if found else Head(0, GENESIS)

    def state(self, state: str) -> str | None:
        """What was kept as `state` by `append`; None when it is gone."""
        found = self.query("select dump from states where digest = ?", (state,))
        try:
            return zlib.decompress(found[0][0]).decode() if found else None
        except (zlib.error, UnicodeDecodeError, TypeError):  # somebody has changed it
            return None

    # -- writing ----------------------------------------------------------------------------------

    def append(self, bodies: Sequence[Body], state: str = "") -> list[int]:
        """One transaction with these rows at the end of the chain; their numbers. `state` is kept
        beside them. Each gets `at`, the present moment, unless it has one."""
        with self._writing():
            before = self._checked_end()
            if state:
                values = (digest(state), zlib.compress(state.encode()))
                self._db.execute("insert or ignore into states values (?, ?)", values)
            numbers = self._add(before, bodies)
        self._anchor()
        return numbers

    def forget(self, where: str, values: Sequence[Any] = (), why: str = "asked") -> list[int]:
        """Put tombstones in the place of the rows of turns that `where` holds of, with what was
        kept to replay them and those after them; one more row says which. Their numbers."""
        with self._writing():
            before = self._checked_end()
            sql = (
                f"select seq, body from rows where (({where}) and kind in ('turn', 'said', 'call'))"
                " or (kind = 'call' and json_extract(body, '$.of') in"
                f" (select seq from rows where ({where}) and kind = 'turn')) order by seq"
            )
            found = self._db.execute(sql, (*values, *values)).fetchall()
            for seq, text in found:
                self._unlink_sound(text)
                self._db.execute(
                    "update rows set body = ? where seq = ?", (tombstone(digest_of_row(text)), seq)
                )
            numbers = [seq for seq, _ in found]
            if numbers:
                self._drop_states(numbers[0])
                self._add(before, [{"kind": "forget", "rows": ranges(numbers), "why": why}])
        self._anchor()
        self._wipe()
        return numbers

    def expire(self, before: datetime) -> int:
        """Take away the rows at the beginning that are older; one more row says up to which, with
        the link that the rest hangs on. How many were taken away."""
        with self._writing():
            end = self._checked_end()
            sql = "select min(seq) from rows where at >= ?"
            (first,) = self._db.execute(sql, (stamp(before),)).fetchone()
            up_to = (end.seq + 1 if first is None else first) - 1
            sql = "select seq, body, link from rows where seq <= ? order by seq"
            old = self._db.execute(sql, (up_to,)).fetchall()
            if not old:
                return 0
            for _, text, _ in old:
                self._unlink_sound(text)
            self._add(end, [{"kind": "expired", "up_to": up_to, "link": old[-1][2]}])
            self._db.execute("delete from rows where seq <= ?", (up_to,))
            self._drop_states(None)
        self._anchor()
        self._wipe()
        return len(old)

    def _checked_end(self) -> Head:
        """The end of the chain; where the head that is kept elsewhere knows of rows after it, or of
        none, a row says so for good."""
        last, kept = self.last(), self.head.read()
        if kept is None:
            is_noted = self._is_unanchored or last.seq == 0
            note = None if is_noted else {"kind": "unanchored", "seq": last.seq}
            self._is_unanchored = True
        else:
            found = self.query("select link from rows where seq = ?", (kept.seq,))
            is_cut = kept.seq > last.seq
            is_other = bool(found) and found[0][0] != kept.link
            note = {"kind": "cut", "seq": kept.seq, "link": kept.link} if is_cut else None
            if is_other:
                note = {"kind": "other", "seq": kept.seq, "link": kept.link}
        if note is None:
            return last
        seq = self._add(last, [note])[-1]
        return Head(seq, self.query("select link from rows where seq = ?", (seq,))[0][0])

    def _add(self, before: Head, bodies: Sequence[Body]) -> list[int]:
        numbers, link = [], before.link
        for seq, body in enumerate(bodies, before.seq + 1):
            text = salted({"at": stamp(datetime.now(UTC)), **body})
            link = linked(link, digest(text))
            self._db.execute(
                "insert into rows (seq, body, link) values (?, ?, ?)", (seq, text, link)
            )
            numbers.append(seq)
        return numbers

    def _anchor(self) -> None:
        """Keep the newest head elsewhere; under the lock, so that no older one comes later."""
        self.head_error = None
        try:
            with self._writing():
                self.head.write(self.last())
        except OSError as error:
            self.head_error = LogError(
                f"the head of the log cannot be kept in {self.head.path.parent}: {error}",
                "make that folder writable, or name another with [log] head_directory",
            )

    def _drop_states(self, from_seq: int | None) -> None:
        """Without what no session row names any more, and with `from_seq` without what was kept of
        sessions that began after it: it may have what is to be forgotten."""
        self._db.execute(
            "delete from states where digest not in (select json_extract(body, '$.state') from rows"
            " where kind = 'session' and seq < ? and json_extract(body, '$.state') is not null)",
            (2**62 if from_seq is None else from_seq,),
        )

    def _unlink_sound(self, text: str) -> None:
        if '"sound":{' in text:
            try:
                name = Path(Row(0, text, "").body["sound"]["file"]).name
                (self.path.parent / SOUND / name).unlink(missing_ok=True)
            except (BrokenRow, KeyError, TypeError, OSError):
                pass

    def _wipe(self) -> None:
        """What was deleted is not left in the journal either."""
        with self._told():
            self._db.execute("pragma wal_checkpoint(truncate)").fetchall()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._told():
            try:
                self._db.execute("begin immediate")
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from error


def _unusable(path: Path, error: Exception) -> LogError:
    return LogError(
        f"cannot use the log {path}: {error}",
        "make room and its folder writable, or switch it off with [log] enabled = false",
    )
