"""Which rows are meant: by time, source, name and words, as a condition for SQLite.

Pure; the standard library alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assistant.errors import InputError
from assistant.log.rows import stamp

_AGO = re.compile(r"(\d{1,6})\s*(m|min|h|d|w)")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_EXAMPLE = "write 2026-03-04, 2026-03-04T15:20, today, yesterday, 2h or 3d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Turns `since` and `until` a moment, of a `source`, with a `name` (all below it with a dot at
    its end or a `*`), with all words of `search` in the request or the answer, in a `session`."""

    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    name: str = ""
    search: str = ""
    session: str = ""

    def where(self) -> tuple[str, list[Any]]:
        """The condition and its values."""
        parts: list[str] = []
        values: list[Any] = []
        for moment, sign in ((self.since, ">="), (self.until, "<")):
            if moment is not None:
                parts.append(f"at {sign} ?")
                values.append(stamp(moment))
        for column, wanted in (("source", self.source), ("session", self.session)):
            if wanted:
                parts.append(f"{column} = ?")
                values.append(wanted)
        if self.name:
            is_open = self.name.endswith((".", "*"))
            parts.append("name glob ?" if is_open else "name = ?")
            values.append(f"{self.name.rstrip('*')}*" if is_open else self.name)
        if self.search:
            like = f"%{_escaped(self.search)}%"
            parts.append(
                "body like ? escape '\\' and (json_extract(body, '$.request') like ? escape '\\'"
                " or json_extract(body, '$.planned') like ? escape '\\'"
                " or json_extract(body, '$.sounded') like ? escape '\\')"
            )
            values += [like] * 4
        return " and ".join(parts) or "1", values


def _escaped(words: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", words)


def moment(text: str, now: datetime, option: str = "--since") -> datetime:
    """The moment that `text` names, in the zone of `now`. `InputError` when it names none."""
    words = text.strip().lower()
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if words in ("today", "yesterday"):
        return day - timedelta(days=words == "yesterday")
    ago = _AGO.fullmatch(words)
    if ago is not None:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(f"{option} {text} is no time", _EXAMPLE) from error
    return found if found.tzinfo else found.astimezone()
