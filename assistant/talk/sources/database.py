"""Reads an SQLite file of the user's, and can do nothing else with it.

Four locks, each of which would do: the file is opened with mode=ro, `query_only` is on, SQLite's
authorizer denies all but SELECT, READ and a list of functions, and a progress handler ends what
takes too long. Each query opens the file anew, so that a file that is replaced is read, and any
thread may ask. Knows no words of a user.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

FUNCTIONS = frozenset(
    (
        "abs avg bm25 ceil ceiling coalesce concat concat_ws count cume_dist date datetime "
        "dense_rank first_value floor glob group_concat ifnull iif instr json_array_length "
        "json_extract julianday lag last_value lead length like lower ltrim match max min mod "
        "ntile nullif percent_rank rank replace round row_number rtrim sign strftime string_agg "
        "substr substring sum time total trim typeof unixepoch upper"
    ).split()
)
"""What a query may call: nothing that loads code, reads a file, or makes large values."""
_MOST_BYTES = 10_000_000
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: _MOST_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
}
_OPS_BETWEEN_LOOKS = 2000
_BUSY_S = 0.3


class DatabaseFault(AssistantError):
    """A database cannot be read, or a query was stopped."""

    code = "E-DATABASE"


@dataclass(frozen=True, slots=True)
class Rows:
    """`columns` are the names, `rows` the values; `has_more` when the limit cut some off."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view, and its columns with their declared types and what they refer to:
    ("product_id", "INTEGER REFERENCES products(id)")."""

    name: str
    columns: tuple[tuple[str, str], ...]


class Database:
    """The file at `path`. No row after `most_rows` is read, and nothing takes over `limit_s`."""

    def __init__(self, name: str, path: Path, limit_s: float = 1.0, most_rows: int = 50) -> None:
        self.name = name
        self.path = path
        self.limit_s = limit_s
        self.most_rows = most_rows

    def query(self, sql: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> Rows:
        """The rows of one SELECT. `DatabaseFault` says why there are none: the file, the SQL, the
        time."""
        with closing(self._opened()) as db:
            db.set_authorizer(authorize)
            end = time.monotonic() + self.limit_s
            db.set_progress_handler(lambda: time.monotonic() > end, _OPS_BETWEEN_LOOKS)
            try:
                cursor = db.execute(sql, values)
                rows = cursor.fetchmany(self.most_rows + 1)
            except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
                if time.monotonic() > end:
                    raise DatabaseFault(
                        f"the {self.title} database took longer than {self.limit_s:g} s",
                        "make the query simpler, add an index, or raise limit_s",
                    ) from None
                raise self._fault(error) from error
            columns = tuple(one[0] for one in cursor.description or ())
        return Rows(columns, tuple(rows[: self.most_rows]), len(rows) > self.most_rows)

    def tables(self) -> tuple[Table, ...]:
        """All tables and views with their columns; `DatabaseFault` when the file cannot be read."""
        with closing(self._opened()) as db:
            try:
                names = db.execute(
                    "select name from sqlite_master where type in ('table', 'view') "
                    "and name not like 'sqlite\\_%' escape '\\' order by name"
                ).fetchall()
                return tuple(Table(name, _columns(db, name)) for (name,) in names)
            except sqlite3.Error as error:
                raise self._fault(error) from error

    @property
    def title(self) -> str:
        """Its name, as it is said."""
        return self.name.replace("_", " ")

    def _opened(self) -> sqlite3.Connection:
        if not self.path.is_file():
            raise DatabaseFault(
                f"the {self.title} database is not there: {self.path}",
                f"check databases.{self.name}.path",
            )
        try:
            db = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=min(_BUSY_S, self.limit_s),
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise self._fault(error) from error
        try:
            for limit, value in _LIMITS.items():
                db.setlimit(limit, value)
            db.execute("pragma query_only = on")
            db.execute("pragma trusted_schema = off")  # no side effect hides in a view
        except sqlite3.Error as error:
            db.close()
            raise self._fault(error) from error
        return db

    def _fault(self, error: Exception) -> DatabaseFault:
        return DatabaseFault(
            f"the {self.title} database cannot be asked that: {error}", f"check {self.path}"
        )


def _columns(db: sqlite3.Connection, table: str) -> tuple[tuple[str, str], ...]:
    rows = db.execute("select name, type from pragma_table_xinfo(?) where hidden <> 1", (table,))
    refers = {
        column: f" REFERENCES {other}({to or 'id'})"
        for column, other, to in db.execute(
            'select "from", "table", "to" from pragma_foreign_key_list(?)', (table,)
        )
    }
    return tuple((name, f"{kind or ''}{refers.get(name, '')}".strip()) for name, kind in rows)


def authorize(
    action: int, first: str | None, second: str | None, schema: str | None, view: str | None
) -> int:
    """SQLite asks this about each thing that a statement would do: only reading is allowed."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        is_inner = (first or "").lower().startswith(("sqlite_", "pragma_"))
        return sqlite3.SQLITE_DENY if is_inner else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY
