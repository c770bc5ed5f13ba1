"""Events of calendar files (iCalendar, RFC 5545), which are read and never written.

Recurring events, their exceptions and time zones are the work of the libraries icalendar and
recurring-ical-events, which load with the first question. A file is read again when it has
changed. Knows no words. Any thread; a lock guards what is kept.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError
from assistant.language.slots import Clock, as_local, on_clock

LARGEST_BYTES = 20_000_000
"""A larger file takes more than a minute to be read."""


class CalendarError(AssistantError):
    """A calendar file that is configured cannot be read."""

    code = "E-CALENDAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, or one time of a recurring one. `start` and `end` are local, with their zone;
    `end` is the first moment after it. `is_all_day`: it has days instead of times."""

    title: str
    start: datetime
    end: datetime
    is_all_day: bool = False
    place: str = ""


_Stamp = tuple[Path, int, int]
_BEFORE = timedelta(days=7)
_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Events between two moments, of files as they were: their names, times and sizes."""

    stamps: tuple[_Stamp, ...]
    begin: datetime
    until: datetime
    events: tuple[Event, ...]

    def covers(self, start: datetime, end: datetime, stamps: tuple[_Stamp, ...]) -> bool:
        is_same_zone = start.tzinfo == self.begin.tzinfo
        return stamps == self.stamps and is_same_zone and self.begin <= start and end <= self.until


class CalendarFiles:
    """The calendar at `path`, a file or a folder of `.ics` files; "" is none.

    What happens in the next year is worked out once and kept, because that takes a second for two
    thousand events; it is worked out anew when a file has changed, or for other days.
    """

    def __init__(self, path: str = "") -> None:
        self._path = Path(path).expanduser() if path else None
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    @property
    def is_set_up(self) -> bool:
        """True when a calendar is configured."""
        return self._path is not None

    def warm(self, now: datetime) -> None:
        """Work the next year out, so that the first question need not. A file that cannot be read
        is told of when it is asked about."""
        if self.is_set_up:
            with suppress(CalendarError):
                self.events(now, now)

    def events(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """What happens from `start` to before `end`, both with a zone, in order: of each day first
        what takes all of it. `CalendarError` names the file that cannot be read."""
        with self._lock:
            stamps = tuple(map(_stamp, self._files()))
            kept = self._kept
            if kept is None or not kept.covers(start, end, stamps):
                begin, until = start - _BEFORE, max(end, start + _AHEAD)
                found = {one for stamp in stamps for one in _read(stamp[0], begin, until)}
                kept = self._kept = _Kept(stamps, begin, until, tuple(sorted(found, key=_in_order)))
        return tuple(one for one in kept.events if one.end > start and one.start < end)

    def _files(self) -> list[Path]:
        path = self._path
        if path is None:
            return []
        if path.is_dir():
            return sorted(one for one in path.iterdir() if one.suffix.lower() == ".ics")
        if not path.is_file():
            raise CalendarError(
                f"the calendar {path.name} is not there", "check calendar.path in the configuration"
            )
        return [path]


def _stamp(file: Path) -> _Stamp:
    try:
        status = file.stat()
    except OSError as error:
        raise _unreadable(file, error) from error
    return file, status.st_mtime_ns, status.st_size


def _in_order(event: Event) -> tuple[datetime, bool, str]:
    return event.start, not event.is_all_day, event.title


def _read(file: Path, begin: datetime, until: datetime) -> list[Event]:
    """What the file has between two moments."""
    import recurring_ical_events
    from icalendar import Calendar

    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise ValueError(f"it has {file.stat().st_size // 1_000_000} MB")
        parts = Calendar.from_ical(file.read_bytes(), multiple=True)
        calendars = [one for one in parts if one.name == "VCALENDAR"]
        if not calendars:
            raise ValueError("it holds no VCALENDAR")
        return [
            _event(one, begin)
            for calendar in calendars
            for one in recurring_ical_events.of(calendar, skip_bad_series=True).between(
                begin, until
            )
        ]
    except Exception as error:  # the libraries raise whatever a strange file causes
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: object) -> CalendarError:
    reason = str(error).split("\n")[0][:120]
    return CalendarError(
        f"the calendar file {file.name} cannot be read ({reason})",
        "export it anew, or take it out of calendar.path",
    )


def _event(component: Any, near: datetime) -> Event:
    """A component of the library as a value; a time without a zone is local."""
    start = component["DTSTART"].dt
    is_all_day = not isinstance(start, datetime)
    if "DTEND" in component:
        end = component["DTEND"].dt
    elif "DURATION" in component:
        end = start + component["DURATION"].dt
    else:
        end = start + timedelta(days=1) if is_all_day else start
    local_start, local_end = _local(start, near), _local(end, near)
    if local_end <= local_start:
        local_end = local_start + (timedelta(days=1) if is_all_day else timedelta(minutes=1))
    return Event(
        title=" ".join(str(component.get("SUMMARY", "")).split()) or "something without a name",
        start=local_start,
        end=local_end,
        is_all_day=is_all_day,
        place=" ".join(str(component.get("LOCATION", "")).split()),
    )


def _local(moment: date | datetime, near: datetime) -> datetime:
    if not isinstance(moment, datetime):
        return on_clock(moment, Clock(0), near)
    if moment.tzinfo is None:
        return on_clock(moment.date(), Clock(moment.hour, moment.minute), near)
    return as_local(moment, near)
