"""Checks the chain of the log from its first row to its head, and names the rows that are wrong.

Found are: a row that was altered, taken out or put in, an end that was cut off (by the head that is
kept elsewhere), a beginning that was taken away, a row that was emptied without a word. Not found:
what somebody does who may write both places and knows this code; keep a head where nobody can
(`assistant log head`). Reads only; any thread. The standard library alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from assistant.log.book import SOUND, Book, LogError
from assistant.log.head import Head
from assistant.log.rows import (
    GENESIS,
    Body,
    BrokenRow,
    Row,
    digest,
    digest_of_row,
    is_tombstone,
    linked,
)

_NOTES = {
    "cut": "before row {seq} the end of the log had been cut off: row {to} was there",
    "other": "before row {seq} the log had been exchanged: row {to} is not the one of the head",
    "unanchored": "before row {seq} the head that is kept elsewhere was missing, so that rows "
    "after {to} may have been cut off",
}


@dataclass(slots=True)
class Report:
    """`problems` in the order of the rows, empty for a sound log; `rows` were read, of which
    `forgotten` are tombstones; rows up to `expired` were taken away by the time limit."""

    rows: int = 0
    forgotten: int = 0
    expired: int = 0
    head: Head | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify(book: Book, kept: Head | None = None) -> Report:
    """The whole log. `kept` is a head that the user kept elsewhere."""
    check = _Check(book)
    beside = book.head.read()  # before the rows: a running copy of the program appends more
    try:
        for row in book.rows():
            check.take(row)
        check.end()
        check.head(beside, str(book.head.path))
        if kept is not None:
            check.head(kept, "the head that you gave")
        check.states()
    except LogError as error:  # SQLite itself finds its file damaged
        check.say(f"the file is damaged after row {check.last.seq}: {error.what}")
    return check.report


class _Check:
    def __init__(self, book: Book) -> None:
        self.report = Report()
        self.last = Head(0, GENESIS)
        self._book = book
        self._first = 1
        self._heads: dict[int, str] = {}
        self._emptied: list[int] = []
        self._forgotten: set[int] = set()

    def say(self, problem: str) -> None:
        self.report.problems.append(problem)

    def take(self, row: Row) -> None:
        before: str | None = self.last.link
        if row.seq != self.last.seq + 1:
            before = self._missing(row)
        is_sound = before is None or linked(before, digest_of_row(row.text)) == row.link
        if not is_sound:
            self.say(f"row {row.seq} was altered: its hash is not that of the chain")
        if is_tombstone(row.text):
            self._emptied.append(row.seq)
        elif is_sound:
            self._look(row)
        self.last = Head(row.seq, row.link)
        self._heads[row.seq] = row.link
        self.report.rows += 1

    def _missing(self, row: Row) -> str | None:
        """Rows before `row` are not there: the link before it, where a row tells that."""
        first, last = self.last.seq + 1, row.seq - 1
        if self.last.seq == 0:
            self._first = row.seq
            for other in self._book.rows("kind = 'expired'", tail="order by seq desc"):
                body = _body(other)
                if body.get("up_to") == last:
                    self.report.expired = last
                    return str(body.get("link"))
        which = f"row {first} is" if first == last else f"rows {first} to {last} are"
        self.say(f"{which} missing before row {row.seq}, and no row says that it expired")
        return None

    def _look(self, row: Row) -> None:
        if '"kind":"turn"' in row.text:
            if '"sound":{' in row.text:
                self._sound(row)
            return
        body = _body(row)
        kind = str(body.get("kind"))
        if kind in _NOTES:
            self.say(_NOTES[kind].format(seq=row.seq, to=body.get("seq")))
        if kind == "forget":
            for first, last in body.get("rows", []):
                self._forgotten.update(range(first, last + 1))

    def _sound(self, row: Row) -> None:
        sound = _body(row).get("sound")
        if not isinstance(sound, dict):
            return
        path = self._book.path.parent / SOUND / Path(str(sound.get("file"))).name
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError:
            self.say(f"the sound of row {row.seq} is missing: {path}")
            return
        if found != sound.get("sha256"):
            self.say(f"the sound of row {row.seq} was altered: {path}")

    def end(self) -> None:
        """What can be said once all rows are known."""
        self.report.head = self.last
        self.report.forgotten = len(self._emptied)
        for seq in self._emptied:
            if seq not in self._forgotten:
                self.say(f"row {seq} was emptied, and no row says that it was forgotten")

    def head(self, kept: Head | None, place: str) -> None:
        """Compare with a head that was kept elsewhere."""
        if kept is None:
            if self.last.seq:
                self.say(
                    f"the head that is kept elsewhere is missing ({place}): "
                    f"rows after {self.last.seq} may have been cut off"
                )
            return
        if kept.seq > self.last.seq:
            first = self.last.seq + 1
            which = f"row {first} is" if kept.seq == first else f"rows {first} to {kept.seq} are"
            self.say(f"the end was cut off: {which} missing ({place})")
        elif kept.seq in self._heads and self._heads[kept.seq] != kept.link:
            self.say(f"row {kept.seq} is not the one that was written: {place} has another hash")
        elif kept.seq not in self._heads and self._first <= kept.seq:
            self.say(f"row {kept.seq} is missing, and {place} has its hash")

    def states(self) -> None:
        """What is kept to replay a session is what its row names."""
        for (name,) in self._book.query("select digest from states"):
            kept = self._book.state(name)
            if kept is None or digest(kept) != name:
                self.say(f"what is kept to replay a session was altered: {name[:12]}")


def _body(row: Row) -> Body:
    try:
        return row.body
    except BrokenRow:
        return {}
