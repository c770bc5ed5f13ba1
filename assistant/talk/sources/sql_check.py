"""Checks a SELECT that a language model wrote, and writes it anew from what was understood of it.

sqlglot parses it; what is not on the list here is refused, whatever it is: a list of what is
forbidden would be a list of what somebody thought of. The database's own locks stand behind this
(`database`). Loads sqlglot when it is first used. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.errors import AssistantError
from assistant.talk.sources.database import FUNCTIONS, Table

LONGEST_SQL = 2000
MOST_PARTS = 300
"""So many nodes may the parsed statement have."""


class SqlFault(AssistantError):
    """A SELECT of the model is not run; `what` says why, for the model as well."""

    code = "E-SQL"


def checked_select(sql: str, tables: Sequence[Table], most_rows: int) -> str:
    """`sql` as one SELECT over `tables` with a LIMIT of at most `most_rows`, written anew and
    without comments; `SqlFault` for everything else."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    if len(sql) > LONGEST_SQL:
        raise SqlFault("the SELECT is too long")
    try:
        parsed = [one for one in sqlglot.parse(sql, read="sqlite") if one is not None]
    except (SqlglotError, RecursionError, ValueError) as error:
        raise SqlFault("that is no SQL for SQLite") from error
    if len(parsed) != 1:
        raise SqlFault("write exactly one SELECT")
    statement: Any = parsed[0]
    if not isinstance(statement, (exp.Select, exp.SetOperation)):
        raise SqlFault("only a SELECT is allowed")
    parts = list(statement.walk())
    if len(parts) > MOST_PARTS:
        raise SqlFault("the SELECT has too many parts")
    for part in parts:
        _check_part(part, exp)
    _check_names(statement, tables, exp)
    _limit(statement, most_rows, exp)
    _ignore_case(statement, exp)
    return str(statement.sql(dialect="sqlite", comments=False))


def _check_part(part: Any, exp: Any) -> None:
    """Nothing but the parts of a query, and functions of the list."""
    refused = (
        exp.DML, exp.DDL, exp.Command, exp.Pragma, exp.Attach, exp.Detach, exp.Into, exp.Lock,
        exp.Parameter, exp.Placeholder, exp.Set, exp.Use, exp.Transaction, exp.Commit,
        exp.Rollback, exp.Analyze, exp.Describe, exp.Drop, exp.Alter,
    )  # fmt: skip
    is_query = isinstance(part, (exp.Select, exp.SetOperation, exp.Subquery, exp.CTE))
    if isinstance(part, refused) and not is_query:
        raise SqlFault(f"{type(part).__name__.lower()} is not allowed")
    if isinstance(part, exp.With) and part.args.get("recursive"):
        raise SqlFault("a recursive query is not allowed")
    if isinstance(part, exp.Func) and not isinstance(part, (exp.Connector, exp.Case, exp.Cast)):
        for name in _called(part, exp):
            if name not in FUNCTIONS:
                raise SqlFault(f"the function {name} is not allowed")


def _called(function: Any, exp: Any) -> tuple[str, ...]:
    """What SQLite will call for it: as it is written anew."""
    if isinstance(function, exp.Anonymous):
        return (str(function.name).lower(),)
    if isinstance(function, (exp.Exists, exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime)):
        return ()
    written = str(function.sql(dialect="sqlite")).lower()
    name, bracket, _ = written.partition("(")
    return (name.strip(),) if bracket and name.strip().isidentifier() else ()


def _check_names(statement: Any, tables: Sequence[Table], exp: Any) -> None:
    """Only tables and columns that are there, and names that the statement itself gives."""
    known = {one.name.lower(): one for one in tables}
    given = {cte.alias.lower() for cte in statement.find_all(exp.CTE)}
    used: set[str] = set()
    for table in statement.find_all(exp.Table):
        name = table.name.lower()
        if not isinstance(table.this, exp.Identifier):
            raise SqlFault("a function is no table")
        if table.args.get("db") or table.args.get("catalog"):
            raise SqlFault("a table is named without its database")
        if name in given:
            continue
        if name not in known:
            raise SqlFault(f"there is no table {table.name}", f"tables: {', '.join(known)}")
        used.add(name)
    if not used:
        raise SqlFault("the SELECT reads no table")
    columns = {column.lower() for name in used for column, _ in known[name].columns}
    columns |= {"rowid", *_aliases(statement, exp)}
    for column in statement.find_all(exp.Column):
        if isinstance(column.this, exp.Star):
            continue
        if column.name.lower() not in columns:
            raise SqlFault(
                f"there is no column {column.name}",
                f"columns: {', '.join(sorted(columns - {'rowid'}))}",
            )


def _aliases(statement: Any, exp: Any) -> Iterable[str]:
    """Names that the statement gives to what it selects, and to the columns of its CTEs."""
    for alias in statement.find_all(exp.Alias):
        yield alias.alias.lower()
    for alias in statement.find_all(exp.TableAlias):
        yield from (one.name.lower() for one in alias.args.get("columns") or ())


def _limit(statement: Any, most_rows: int, exp: Any) -> None:
    """A LIMIT of at most `most_rows`; one that is no number is replaced."""
    found = statement.args.get("limit")
    value = found.expression if found is not None and hasattr(found, "expression") else None
    is_small = isinstance(value, exp.Literal) and value.is_int and int(value.name) <= most_rows
    if not is_small:
        statement.set("limit", exp.Limit(expression=exp.Literal.number(most_rows)))


def _ignore_case(statement: Any, exp: Any) -> None:
    """What was spoken has no capitals: a text is compared without regard to them."""
    for equal in list(statement.find_all(exp.EQ, exp.NEQ)):
        text = equal.expression
        if isinstance(text, exp.Literal) and text.is_string:
            equal.set("expression", exp.Collate(this=text.copy(), expression=exp.var("NOCASE")))
