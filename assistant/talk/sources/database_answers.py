"""What a database gave, as sentences: by the templates of a described query, or in general.

Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.config_sources import QueryConfig
from assistant.talk.sources.database import Rows
from assistant.talk.sources.filling import Lacking, Template, as_said, joined, read_template

MOST_TOLD = 5
"""So many rows are read aloud."""
NOTHING = "I found nothing."


@dataclass(frozen=True, slots=True)
class Wording:
    """The templates of a described query."""

    answer: Template
    each: Template | None
    many: Template
    none: Template

    @property
    def names(self) -> tuple[str, ...]:
        """The columns and slots that it names, beside `count` and `rows`."""
        each = self.each.paths if self.each else ()
        many = tuple(one for one in self.many.paths if one not in ("count", "rows"))
        return (*self.answer.paths, *each, *many)


def read_wording(query: QueryConfig, place: str) -> Wording:
    """The templates of the query at `place`; `ConfigError` for one that cannot be read."""
    return Wording(
        answer=read_template(query.answer, f"{place}.answer"),
        each=read_template(query.each, f"{place}.each") if query.each else None,
        many=read_template(query.many, f"{place}.many"),
        none=read_template(query.none, f"{place}.none"),
    )


def worded(wording: Wording, found: Rows, slots: Mapping[str, Any]) -> str:
    """The sentence for no, one or several rows. A column that is empty is told as "unknown"."""
    if not found.rows:
        return wording.none.fill(_getter({}, slots))
    if len(found.rows) == 1:
        return wording.answer.fill(_getter(_named(found, 0), slots))
    told = []
    for place in range(min(len(found.rows), MOST_TOLD)):
        row = _named(found, place)
        each = wording.each
        told.append(
            each.fill(_getter(row, slots)) if each else " ".join(map(as_said, row.values()))
        )
    count = f"more than {len(found.rows)}" if found.has_more else len(found.rows)
    values = {**_named(found, 0), "count": count, "rows": _with_rest(told, found)}
    return wording.many.fill(_getter(values, slots))


def _named(found: Rows, place: int) -> dict[str, Any]:
    return dict(zip(found.columns, found.rows[place], strict=True))


def _getter(row: Mapping[str, Any], slots: Mapping[str, Any]) -> Any:
    def value_of(path: str) -> Any:
        if path in row:
            return "unknown" if row[path] is None else row[path]
        if slots.get(path) is not None:
            return slots[path]
        raise Lacking(path)

    return value_of


def _with_rest(told: list[str], found: Rows) -> str:
    rest = len(found.rows) - len(told)
    if rest or found.has_more:
        return joined([*told, f"{'more than ' if found.has_more else ''}{rest or 1} more"])
    return joined(told)


def in_general(found: Rows) -> str:
    """The rows of a SELECT that nobody has described, as one sentence."""
    if not found.rows or all(value is None for row in found.rows for value in row):
        return NOTHING
    if len(found.columns) == 1:
        values = [as_said(row[0]) for row in found.rows[:MOST_TOLD]]
        if len(found.rows) == 1:
            return f"The answer is {values[0]}."
        return f"I found {len(found.rows)}: {_with_rest(values, found)}."
    told = [_pairs(found, place) for place in range(min(len(found.rows), MOST_TOLD))]
    if len(found.rows) == 1:
        return f"I found {told[0]}."
    count = f"more than {len(found.rows)}" if found.has_more else len(found.rows)
    rest = len(found.rows) - len(told)
    more = f"; and {rest} more" if rest else ""
    return f"I found {count}: {'; '.join(told)}{more}."


def _pairs(found: Rows, place: int) -> str:
    """ "Mug, price 5.5": the first column without its name."""
    pairs = list(_named(found, place).items())
    first = as_said(pairs[0][1])
    others = [
        f"{as_said(value)}" if "(" in name else f"{name.replace('_', ' ')} {as_said(value)}"
        for name, value in pairs[1:]
        if value is not None
    ]
    return ", ".join([first, *others])
