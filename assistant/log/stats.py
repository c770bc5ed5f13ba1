"""Figures of the log: who answered how many turns, how fast, and what that saved.

Reads only; any thread. The standard library alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.log.book import Book
from assistant.log.savings import SAVES, ModelCost, Savings

_MEASURED = 200
"""So many of the newest model turns are what an answer of the model costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`sources` and `names` count turns, the most frequent first. Milliseconds are from the end of
    the user's speech to the first sound, of spoken turns that got one."""

    turns: int = 0
    sessions: int = 0
    first: str = ""
    last: str = ""
    sources: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    interrupted: int = 0
    failed_calls: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    savings: Savings = field(default_factory=Savings)

    def as_json(self) -> dict[str, Any]:
        """The fields as plain values."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "savings"}
        return {**plain, "savings": self.savings.as_json()}


def model_cost(book: Book) -> list[tuple[float, float]]:
    """(milliseconds, processor milliseconds) of the newest model turns, oldest first."""
    sql = (
        "select json_extract(body, '$.model.ms'), json_extract(body, '$.model.cpu_ms') from rows"
        " where source = 'model' and json_extract(body, '$.model.ms') is not null"
        f" order by seq desc limit {_MEASURED}"
    )
    return [(float(ms), float(cpu or 0)) for ms, cpu in reversed(book.query(sql))]


def figures(book: Book, where: str = "1", values: Sequence[Any] = ()) -> Figures:
    """Of the turns that `where` holds of."""
    asked = f"from rows where kind = 'turn' and ({where})"

    def counts(column: str) -> dict[str, int]:
        sql = (
            f"select {column}, count(*) {asked} group by {column} order by count(*) desc, {column}"
        )
        return {str(name or ""): int(count) for name, count in book.query(sql, values)}

    total, sessions, first, last, interrupted, saved = book.query(
        "select count(*), count(distinct session), min(at), max(at),"
        " coalesce(sum(json_extract(body, '$.interrupted') is not null), 0),"
        " coalesce(sum(json_extract(body, '$.model') is null and source in"
        f" ({', '.join('?' for _ in SAVES)})), 0) {asked}",
        (*SAVES, *values),
    )[0]
    (failed,) = book.query(
        "select count(*) from rows, json_each(body, '$.calls') as one"
        " where kind in ('turn', 'call')"
        f" and ({where.replace('seq', 'rows.seq')})"
        " and json_extract(one.value, '$.outcome') in ('failed', 'too slow')",
        values,
    )[0]
    latencies = [
        float(ms)
        for (ms,) in book.query(
            f"select json_extract(body, '$.latency_ms') as ms {asked}"
            " and ms is not null order by ms",
            values,
        )
    ]
    measured = model_cost(book)
    cost = ModelCost.of([ms for ms, _ in measured], [cpu for _, cpu in measured])
    return Figures(
        turns=total,
        sessions=sessions,
        first=first or "",
        last=last or "",
        sources=counts("source"),
        names=counts("name"),
        interrupted=interrupted,
        failed_calls=failed,
        p50_ms=_rank(latencies, 50),
        p95_ms=_rank(latencies, 95),
        savings=Savings(answered=total, turns=saved, cost=cost),
    )


def _rank(ordered: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: a value that was really measured."""
    if not ordered:
        return None
    return ordered[max(1, math.ceil(percent / 100 * len(ordered))) - 1]
