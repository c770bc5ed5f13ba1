"""What will be due: timers, alarms and reminders as rows of the store, and the changes of them.

Times are seconds since the epoch, so that a suspended machine loses none. Each change is one
transaction and gives a `Kept`, with which it can be taken back. Knows no words and rings nothing.
Reads on any thread; writes on the hands, and by who rings.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from assistant.language.slots import Clock, Moment, Recurrence
from assistant.talk.store import Store

Kind = Literal["timer", "alarm", "reminder"]
State = Literal["set", "paused", "ringing", "missed"]

TABLES = """
create table if not exists due (
  id integer primary key autoincrement,
  kind text not null,
  name text not null default '',
  seconds integer not null default 0,
  due_s real not null default 0,
  left_s real not null default 0,
  rule text not null default '',
  state text not null default 'set',
  is_late integer not null default 0,
  owner text not null default '',
  since_s real not null default 0,
  rung_s real not null default 0
);
create index if not exists due_by_time on due (state, due_s);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row. `name` is that of a timer, or the text of a reminder; `seconds` the length of a
    timer. It is due at `due_s`; a paused timer has `left_s` to run instead.

    `rule` says when it comes again (see `rule_of`), empty for once. While it rings: `owner` is the
    copy of the program that rings it, `since_s` when it began, `rung_s` when it rang last,
    `is_late` that it was due while nobody was there.
    """

    id: int = 0
    kind: Kind = "timer"
    name: str = ""
    seconds: int = 0
    due_s: float = 0.0
    left_s: float = 0.0
    rule: str = ""
    state: State = "set"
    is_late: bool = False
    owner: str = ""
    since_s: float = 0.0
    rung_s: float = 0.0

    def due(self, now: datetime) -> datetime:
        """When it is due, in the local time of that day."""
        moment = datetime.fromtimestamp(self.due_s).astimezone()
        zone = now.tzinfo
        is_local = zone is None or now.utcoffset() == now.astimezone().utcoffset()
        return moment if is_local else moment.astimezone(zone)

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until it is due, rounded, at least 1."""
        left = self.left_s if self.state == "paused" else self.due_s - now.timestamp()
        return max(1, round(left))


def told_half(written: Iterable[object], now: datetime) -> str:
    """Which half of the day ("am", "pm") the newest row among `written` is due in; "" without a
    row."""
    item = next((one for one in reversed(list(written)) if isinstance(one, Item)), None)
    return "" if item is None else "am" if item.due(now).hour < 12 else "pm"


_COLUMNS = tuple(one.name for one in dataclasses.fields(Item))
_NAMES = ", ".join(_COLUMNS)
_MARKS = ", ".join("?" for _ in _COLUMNS)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a change replaced: rows as they were before (`changed`, `removed`), the ids of new ones
    (`made`)."""

    made: tuple[int, ...] = ()
    changed: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()


def prepare(store: Store) -> None:
    """Make the table where it is missing."""
    store.has(TABLES)


def items(
    store: Store, kind: Kind | None = None, states: Sequence[State] = ("set", "paused")
) -> tuple[Item, ...]:
    """The rows of a kind (None: of all) in these states, the next one due first, then those that
    are paused."""
    prepare(store)
    marks = ", ".join("?" for _ in states)
    rows = store.rows(
        f"select {_NAMES} from due where state in ({marks}) and (? is null or kind = ?)"
        " order by state = 'paused', due_s, id",
        (*states, kind, kind),
    )
    return tuple(map(_item, rows))


def add(store: Store, new: Iterable[Item]) -> Kept:
    """New rows, all or none."""
    prepare(store)
    with store.writing() as db:
        return Kept(made=tuple(insert(db, one) for one in new))


def remove(store: Store, ids: Sequence[int]) -> Kept:
    """Delete the rows that are still there."""
    prepare(store)
    with store.writing() as db:
        gone = tuple(_those(db, ids))
        db.executemany("delete from due where id = ?", [(one.id,) for one in gone])
    return Kept(removed=gone)


def change(store: Store, ids: Sequence[int], change: Callable[[Item], Item]) -> Kept:
    """Put `change(item)` in the place of each row that is still there."""
    prepare(store)
    with store.writing() as db:
        before = tuple(_those(db, ids))
        for one in before:
            _update(db, change(one))
    return Kept(changed=before)


def take_back(store: Store, kept: Kept) -> None:
    """As if the change had not been made; a row that has gone since then stays away."""
    prepare(store)
    with store.writing() as db:
        db.executemany("delete from due where id = ?", [(one,) for one in kept.made])
        for one in kept.changed:
            _update(db, one)
        for one in kept.removed:
            insert(db, one)


def rule_of(recurrence: Recurrence, clock: Clock) -> str:
    """Days that come again with an exact time of day, as they are kept: "01234 07:30 every
    weekday", where 0 is Monday."""
    days = "".join(map(str, sorted(recurrence.days)))
    return f"{days} {clock.hour:02}:{clock.minute:02} {recurrence.label}"


def next_due(rule: str, now: datetime) -> float | None:
    """The next time after `now` that `rule` names, in seconds since the epoch."""
    days, clock, label = rule.split(" ", 2)
    recurrence = Recurrence(frozenset(map(int, days)), label)
    time = Clock(int(clock[:2]), int(clock[3:]))
    found = Moment(recurrence=recurrence, clock=time).resolve(now)
    return None if found is None else found.timestamp()


def insert(db: sqlite3.Connection, item: Item) -> int:
    """One new row within a transaction; its id, which is never given again."""
    values = tuple(getattr(item, name) for name in _COLUMNS)
    sql = f"insert or ignore into due ({_NAMES}) values ({_MARKS})"
    return int(db.execute(sql, (item.id or None, *values[1:])).lastrowid or 0)


def _update(db: sqlite3.Connection, item: Item) -> None:
    values = tuple(getattr(item, name) for name in _COLUMNS[1:])
    sets = ", ".join(f"{name} = ?" for name in _COLUMNS[1:])
    db.execute(f"update due set {sets} where id = ?", (*values, item.id))


def update_as_read(db: sqlite3.Connection, item: Item, **values: Any) -> bool:
    """Change columns of a row within a transaction, if it still is as `item` was read; False when
    somebody else was faster."""
    sets = ", ".join(f"{name} = ?" for name in values)
    cursor = db.execute(
        f"update due set {sets} where id = ? and state = ? and owner = ? and rung_s = ?"
        " and due_s = ?",
        (*values.values(), item.id, item.state, item.owner, item.rung_s, item.due_s),
    )
    return cursor.rowcount == 1


def _those(db: sqlite3.Connection, ids: Sequence[int]) -> Iterable[Item]:
    for one in ids:
        row = db.execute(f"select {_NAMES} from due where id = ?", (one,)).fetchone()
        if row is not None:
            yield _item(row)


def _item(row: sqlite3.Row) -> Item:
    values = {name: row[name] for name in _COLUMNS}
    return Item(**{**values, "is_late": bool(values["is_late"])})
