"""The calendar by voice: recurring events, zones, whole days, files that change or are broken."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.config import config_from_dict
from assistant.talk.calendar_file import CalendarError, CalendarFiles
from tests.talk_tools import name_of, talking
from tests.talking import Talking

pytest.importorskip("icalendar")
pytest.importorskip("recurring_ical_events")

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 15, 20, tzinfo=BERLIN)
"""A Wednesday; the clocks of New York go forward on the eighth, Berlin's on the 29th."""


def event(number: int, title: str, *lines: str) -> str:
    """One event of a file."""
    head = ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20260101T000000Z", f"SUMMARY:{title}"]
    return "\n".join([*head, *lines, "END:VEVENT"])


def calendar(*events: str) -> str:
    """A file."""
    return "\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR", ""]
    )


DENTIST = event(
    1,
    "Dentist",
    "DTSTART;TZID=Europe/Berlin:20260305T090000",
    "DTEND;TZID=Europe/Berlin:20260305T093000",
    "LOCATION:Main Street 5",
)
TEAM = event(
    2,
    "Team meeting",
    "DTSTART;TZID=America/New_York:20260302T100000",
    "DURATION:PT1H",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
    "EXDATE;TZID=America/New_York:20260309T100000",
)
TRIP = event(3, "Trip to Rome", "DTSTART;VALUE=DATE:20260306", "DTEND;VALUE=DATE:20260309")
BIRTHDAY = event(4, "Anna's birthday", "DTSTART;VALUE=DATE:20000305", "RRULE:FREQ=YEARLY")
YOGA = event(5, "Yoga", "DTSTART:20260304T180000", "DTEND:20260304T190000")
LUNCH = event(6, "Lunch", "DTSTART:20260304T110000Z", "DTEND:20260304T120000Z")
ALL = calendar(DENTIST, TEAM, TRIP, BIRTHDAY, YOGA, LUNCH)


class Asked(Talking):
    """A talk with a calendar at `path`."""

    def __init__(self, directory: Path, path: Path | None) -> None:
        super().__init__(directory, NOW)
        self.services.calendar = CalendarFiles(str(path) if path else "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "home.ics"
    path.write_text(ALL)
    return path


@pytest.fixture
def talk(tmp_path: Path, file: Path) -> Iterator[Asked]:
    talking = Asked(tmp_path / "state", file)
    yield talking
    talking.close()


@pytest.mark.parametrize(
    ("text", "name", "answer"),
    [
        (
            "what's on tomorrow",
            "calendar.read",
            "You have two things tomorrow: Anna's birthday all day and Dentist at nine AM.",
        ),
        (
            "What is on my calendar today?",
            "calendar.read",
            "You have two things today: Team meeting at four PM and Yoga at six PM.",
        ),
        (
            "do I have anything on Friday",
            "calendar.read",
            "You have one thing on Friday: Trip to Rome until Sunday.",
        ),
        ("am I free on Monday", "calendar.read", "You have nothing in your calendar on Monday."),
        (
            "what do I have next week",
            "calendar.read",
            "You have one thing next week: Team meeting on Wednesday, March eleventh at three PM.",
        ),
        (
            "what's on this weekend",
            "calendar.read",
            "You have one thing this weekend: Trip to Rome on Friday until Sunday.",
        ),
        (
            "What do I have on my calendar on Sunday?",
            "calendar.read",
            "You have one thing on Sunday: Trip to Rome until Sunday.",
        ),
        (
            "when is the dentist",
            "calendar.when",
            "Dentist is tomorrow at nine AM, Main Street 5.",
        ),
        ("when is yoga", "calendar.when", "Yoga is today at six PM."),
        ("is the dentist on Friday", "calendar.when", "No. Dentist is tomorrow at nine AM."),
        (
            "is the trip to Rome on Saturday",
            "calendar.when",
            "Yes. Trip to Rome is on Friday until Sunday.",
        ),
        (
            "when is my haircut appointment",
            "calendar.when",
            "I find no haircut in your calendar.",
        ),
        (
            "what's my next appointment",
            "calendar.next",
            "Next is Team meeting today at four PM.",
        ),
        (
            "add lunch to my calendar",
            "decline.calendar",
            "I can only read the calendar, not change it.",
        ),
        (
            "clear my calendar for tomorrow",
            "decline.calendar",
            "I can only read the calendar, not change it.",
        ),
    ],
)
def test_the_calendar_answers(talk: Asked, text: str, name: str, answer: str) -> None:
    """Local times of other zones, an exception of a recurring event, days that are whole."""
    turn = talk.say(text)
    assert turn.decision is not None
    assert (turn.decision.name, turn.answer) == (name, answer)


def test_what_is_over_is_not_told(talk: Asked) -> None:
    """Lunch was at noon; in the evening the day is over."""
    assert "Lunch" not in talk.say("what's on today").answer
    talk.now = NOW.replace(hour=21)
    assert talk.say("what's on today").answer == "You have nothing more in your calendar today."


@pytest.mark.parametrize(
    "text",
    [
        "when is Easter",
        "when is the next world cup",
        "when was the moon landing",
        "what's on tv tomorrow",
        "what is on the moon",
        "is Christmas on a Friday",
        "what year is it in the Chinese calendar",
        "who invented the calendar",
        "what day is it tomorrow",
        "how many days are in a year",
        "what do I have to do to become a doctor",
        "when is water heavy",
    ],
)
def test_other_requests_are_left_alone(talk: Asked, text: str) -> None:
    """Dates of the world, and what is no matter of days."""
    assert not talk.name(text).startswith("calendar.")


def test_without_a_calendar_it_says_so(tmp_path: Path) -> None:
    """And how to name one; what may be meant for others is left to them."""
    talk = Asked(tmp_path, None)
    none = "No calendar is set up. You can name one in the configuration, as calendar path."
    assert talk.says(
        "what's on tomorrow",
        "what's my next appointment",
        "when is my dentist appointment",
        "when is the dentist",
    ) == [none, none, none, none]
    assert talk.name("when is the coronation") == "model"
    talk.close()


# -- the files -----------------------------------------------------------------------------------


def titles(files: CalendarFiles, days: int = 1) -> list[str]:
    """What happens from now on."""
    return [one.title for one in files.events(NOW, NOW + timedelta(days=days))]


def test_times_are_local_and_days_whole(file: Path) -> None:
    """A time without a zone is local; a day begins and ends at midnight here."""
    found = {
        one.title: one for one in CalendarFiles(str(file)).events(NOW, NOW + timedelta(days=3))
    }
    assert found["Yoga"].start == datetime(2026, 3, 4, 18, tzinfo=BERLIN)
    assert found["Team meeting"].start == datetime(2026, 3, 4, 16, tzinfo=BERLIN)
    assert found["Team meeting"].end - found["Team meeting"].start == timedelta(hours=1)
    birthday = found["Anna's birthday"]
    assert (birthday.start, birthday.end, birthday.is_all_day) == (
        datetime(2026, 3, 5, tzinfo=BERLIN),
        datetime(2026, 3, 6, tzinfo=BERLIN),
        True,
    )


def test_it_is_worked_out_beforehand(file: Path) -> None:
    """Then no question needs the file's content, and a broken one stops nothing."""
    files = CalendarFiles(str(file))
    files.warm(NOW)
    stamp = file.stat()
    file.write_bytes(b"x" * stamp.st_size)
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert titles(files) == ["Team meeting", "Yoga", "Anna's birthday", "Dentist"]
    CalendarFiles(str(file)).warm(NOW)


def test_a_changed_file_is_read_again(file: Path) -> None:
    """By its time and size."""
    files = CalendarFiles(str(file))
    assert titles(files) == ["Team meeting", "Yoga", "Anna's birthday", "Dentist"]
    file.write_text(calendar(YOGA))
    os.utime(file, ns=(1, 1))
    assert titles(files) == ["Yoga"]


def test_a_folder_is_one_calendar(tmp_path: Path) -> None:
    """All its .ics files, and no others."""
    (tmp_path / "a.ics").write_text(calendar(YOGA))
    (tmp_path / "b.ICS").write_text(calendar(LUNCH, DENTIST))
    (tmp_path / "c.txt").write_text("nothing")
    assert titles(CalendarFiles(str(tmp_path))) == ["Yoga", "Dentist"]


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe\x00", ALL[: len(ALL) // 2].encode()])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    """In the error, and aloud with the next step; other questions are still answered."""
    path = tmp_path / "broken.ics"
    path.write_bytes(content)
    with pytest.raises(CalendarError, match=r"broken\.ics cannot be read"):
        titles(CalendarFiles(str(path)))
    talk = Asked(tmp_path / "state", path)
    answer = talk.say("what's on tomorrow").answer
    assert answer.startswith("Sorry, the calendar file broken.ics cannot be read (")
    assert answer.endswith("). Export it anew, or take it out of calendar.path.")
    assert talk.name("when is Easter") == "holiday.when"
    talk.close()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With the key of the configuration."""
    talk = Asked(tmp_path / "state", tmp_path / "gone.ics")
    assert talk.say("what's on tomorrow").answer == (
        "Sorry, the calendar gone.ics is not there. Check calendar.path in the configuration."
    )
    talk.close()


def test_the_configuration_names_it(tmp_path: Path, file: Path) -> None:
    """As calendar.path."""
    from assistant.assemble.loading import make_services

    config = config_from_dict({"calendar": {"path": str(file)}})
    assert make_services(config).calendar.is_set_up
    assert not make_services(dataclasses.replace(config_from_dict({}))).calendar.is_set_up


def test_previews_change_nothing(talk: Asked, file: Path) -> None:
    """Neither the talk nor the file."""
    before, content = talk.conversation.talk, file.read_bytes()
    for _ in range(50):
        talk.conversation.preview("what's on tomorrow")
    assert (talk.conversation.talk, file.read_bytes()) == (before, content)


def test_another_zone_moves_the_day(tmp_path: Path, file: Path) -> None:
    """In UTC the same moments have other hours."""
    files = CalendarFiles(str(file))
    now = NOW.astimezone(UTC)
    found = files.events(now, now + timedelta(hours=8))
    assert [(one.title, one.start.hour) for one in found] == [("Team meeting", 15), ("Yoga", 18)]


@pytest.mark.parametrize(
    "text",
    [
        "I have an interview on the ninth, put it on for ten AM.",
        "We've got a dinner on Friday, add it to the calendar.",
        "I have a meeting tomorrow, put that in for noon.",
    ],
)
def test_an_appointment_to_be_put_in_is_declined(tmp_path: Path, text: str) -> None:
    with talking(tmp_path) as conversation:
        assert name_of(conversation, text) == "decline.calendar"


def test_who_is_to_be_called_is_no_new_name(tmp_path: Path) -> None:
    with talking(tmp_path) as conversation:
        assert name_of(conversation, "Let me call Anna.") == "decline.call"
        assert name_of(conversation, "Let me ring my mother.") == "decline.call"
        assert name_of(conversation, "Let me call you Bob.") == "assistant.set_name"
