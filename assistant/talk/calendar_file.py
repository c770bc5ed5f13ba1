"""Events of calendar files (iCalendar, RFC 5545), which are read and never written.

Recurring events, their exceptions and time zones are the work of the libraries icalendar and
recurring-ical-events, which load with the first question. A file is read again when it has
changed. Knows no words. Any thread; a lock guards what is kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from icalendar import Calendar

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


class CalendarFiles:
    """The calendar at `path`, a file or a folder of `.ics` files; "" is none."""

    def __init__(self, path: str = "") -> None:
        self._path = Path(path).expanduser() if path else None
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[tuple[int, int], Calendar]] = {}

    @property
    def is_set_up(self) -> bool:
        """True when a calendar is configured."""
        return self._path is not None

    def events(self, start: datetime, end: datetime) -> tuple[Event, ...]:
        """What happens from `start` to before `end`, both with a zone, in order: of each day first
        what takes all of it. `CalendarError` names the file that cannot be read."""
        import recurring_ical_events

        found: list[Event] = []
        with self._lock:
            for file in self._files():
                calendar = self._calendar(file)
                try:
                    rows = recurring_ical_events.of(calendar, skip_bad_series=True)
                    found += [_event(one, start) for one in rows.between(start, end)]
                except Exception as error:  # the libraries raise whatever a strange file causes
                    raise _unreadable(file, error) from error
        inside = [one for one in found if one.end > start and one.start < end]
        return tuple(
            sorted(set(inside), key=lambda one: (one.start, not one.is_all_day, one.title))
        )

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

    def _calendar(self, file: Path) -> Calendar:
        """The file's content, read anew when it has changed."""
        from icalendar import Calendar

        try:
            status = file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            kept = self._read.get(file)
            if kept is not None and kept[0] == stamp:
                return kept[1]
            if status.st_size > LARGEST_BYTES:
                raise ValueError(f"it has {status.st_size // 1_000_000} MB")
            parts = Calendar.from_ical(file.read_bytes(), multiple=True)
        except (OSError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
            raise _unreadable(file, error) from error
        calendars = [one for one in parts if one.name == "VCALENDAR"]
        if not calendars:
            raise _unreadable(file, "it holds no VCALENDAR")
        calendar = calendars[0]
        for more in calendars[1:]:
            for component in more.subcomponents:
                calendar.add_component(component)
        self._read[file] = (stamp, calendar)
        return calendar


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
        return datetime.combine(moment, time(), near.tzinfo)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=near.tzinfo)
    return moment.astimezone(near.tzinfo)
