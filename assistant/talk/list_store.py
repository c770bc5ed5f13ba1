"""Lists and what is on them, as rows of the store. What is ticked off stays there with its time.

Two copies of the program may add the same item: it is there once. Knows no words. Reads in any
thread, writes on the hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from assistant.language.en.items import item_key
from assistant.talk.store import Store

TABLES = """
create table if not exists lists (
    id integer primary key autoincrement, name text not null unique, made text not null);
create table if not exists list_items (
    id integer primary key autoincrement,
    list text not null, item text not null, key text not null,
    made text not null, done text);
create unique index if not exists list_items_open on list_items (list, key) where done is null;
"""
_COLUMNS = "id, list, item, key, made, done"


@dataclass(frozen=True, slots=True)
class Item:
    """One open item: the row's `id`, the name of its `list`, its words and their `key`."""

    id: int
    list: str
    text: str
    key: str


Row = tuple[int, str, str, str, str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What a write took away, so that it can be put back: rows, and lists that went with them."""

    rows: tuple[Row, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()


class Lists:
    """All lists of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.has(TABLES)

    def names(self) -> tuple[str, ...]:
        """The lists that were made, or have had an item, the oldest first."""
        return tuple(row["name"] for row in self._store.rows("select name from lists order by id"))

    def items(self, name: str | None = None) -> tuple[Item, ...]:
        """The open items of a list, or of all, in the order in which they were added."""
        rows = self._store.rows(
            "select id, list, item, key from list_items "
            "where done is null and (list = ? or ? is null) order by id",
            (name, name),
        )
        return tuple(Item(row["id"], row["list"], row["item"], row["key"]) for row in rows)

    def make(self, name: str, now: datetime) -> bool:
        """Make an empty list; False when there is one."""
        with self._store.writing() as db:
            return _make(db, name, now)

    def add(self, name: str, texts: Sequence[str], now: datetime) -> tuple[bool, tuple[int, ...]]:
        """Add items that are not there yet; whether the list was made for them, and their ids."""
        with self._store.writing() as db:
            is_new = _make(db, name, now)
            ids = []
            for text in texts:
                cursor = db.execute(
                    "insert or ignore into list_items (list, item, key, made) values (?, ?, ?, ?)",
                    (name, text, item_key(text), now.isoformat()),
                )
                if cursor.rowcount:
                    ids.append(int(cursor.lastrowid or 0))
        return is_new, tuple(ids)

    def unadd(self, name: str, is_new: bool, ids: Sequence[int]) -> None:
        """Take back an `add`."""
        with self._store.writing() as db:
            _delete(db, ids)
            if is_new:
                db.execute("delete from lists where name = ?", (name,))

    def tick(self, ids: Sequence[int], now: datetime | None) -> None:
        """Tick items off; with None they are open again."""
        done = None if now is None else now.isoformat()
        with self._store.writing() as db:
            for one in ids:
                db.execute("update or ignore list_items set done = ? where id = ?", (done, one))

    def remove(self, ids: Sequence[int]) -> Dropped:
        """Take items away."""
        with self._store.writing() as db:
            return Dropped(rows=_delete(db, ids))

    def drop(self, name: str) -> Dropped:
        """Take a whole list away, with all that ever was on it."""
        with self._store.writing() as db:
            made = db.execute("select name, made from lists where name = ?", (name,)).fetchall()
            found = db.execute("select id from list_items where list = ?", (name,)).fetchall()
            rows = _delete(db, [row["id"] for row in found])
            db.execute("delete from lists where name = ?", (name,))
        return Dropped(rows=rows, lists=tuple((row["name"], row["made"]) for row in made))

    def restore(self, dropped: Dropped) -> None:
        """Put back what was taken away."""
        with self._store.writing() as db:
            for one in dropped.lists:
                db.execute("insert or ignore into lists (name, made) values (?, ?)", one)
            for row in dropped.rows:
                db.execute(
                    f"insert or ignore into list_items ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)", row
                )


def _make(db: Connection, name: str, now: datetime) -> bool:
    values = (name, now.isoformat())
    return bool(
        db.execute("insert or ignore into lists (name, made) values (?, ?)", values).rowcount
    )


def _delete(db: Connection, ids: Sequence[int]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for one in ids:
        found = db.execute(f"select {_COLUMNS} from list_items where id = ?", (one,)).fetchall()
        rows += [tuple(row) for row in found]
        db.execute("delete from list_items where id = ?", (one,))
    return tuple(rows)
