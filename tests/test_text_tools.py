"""The time and the date here: exact answers, and nothing that is only half understood."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from assistant.language.en.clock import say_time
from assistant.language.en.durations import find_duration, name_duration, say_duration
from tests.talking import Talking

_CLOCKS = ("time.now", "date.near")


class Bench:
    """A conversation at twenty past three on a Wednesday."""

    def __init__(self, directory: Path) -> None:
        self._talking = Talking(directory)

    def ask(self, text: str) -> str:
        """The answer of the clock or the calendar to `text`; empty when neither answers."""
        decision = self._talking.conversation.decide(text)
        assert decision is not None
        return decision.replies[0].text if decision.name in _CLOCKS else ""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("What time is it?", "It's three twenty PM."),
        ("What's the time?", "It's three twenty PM."),
        ("Could you tell me what time it is right now?", "It's three twenty PM."),
        ("Do you have the time?", "It's three twenty PM."),
        ("What's the date?", "Today is Wednesday, March fourth."),
        ("What day is it today?", "Today is Wednesday, March fourth."),
        ("What's today's date?", "Today is Wednesday, March fourth."),
        ("What's the date tomorrow?", "Tomorrow is Thursday, March fifth."),
        ("What day is tomorrow?", "Tomorrow is Thursday, March fifth."),
        ("What day was it yesterday?", "Yesterday was Tuesday, March third."),
        ("What day is the day after tomorrow?", "That will be Friday, March sixth."),
        ("What day of the week is it?", "Today is Wednesday, March fourth."),
        ("What month is it?", "It's March."),
        ("What year is it?", "It's twenty twenty-six."),
    ],
)
def test_time_and_date(bench: Bench, text: str, said: str) -> None:
    assert bench.ask(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "What time is it in Tokyo?",
        "What time is lunch?",
        "What is time?",
        "How do I have the time of my life?",
        "What day is Christmas?",
        "What year was the war?",
        "What's the plan for today?",
        "Time",
        "How was your day?",
        "What is a timer?",
        "Who invented the egg timer?",
        "I do not want a timer",
        "How many minutes are in an hour?",
        "How long is five minutes?",
        "Boil the eggs for five minutes",
        "How much time is left?",
    ],
)
def test_what_is_only_half_understood_is_left_alone(bench: Bench, text: str) -> None:
    assert bench.ask(text) == ""


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"),
        (12, 0, "noon"),
        (8, 5, "eight oh five AM"),
        (12, 30, "twelve thirty PM"),
        (0, 15, "twelve fifteen AM"),
        (17, 0, "five PM"),
    ],
)
def test_spoken_time(hour: int, minute: int, said: str) -> None:
    assert say_time(datetime(2026, 1, 1, hour, minute)) == said


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("5 minutes", 300),
        ("90 seconds", 90),
        ("1 hour and 20 minutes", 4800),
        ("1 hour 20", 4800),
        ("2 and a half minutes", 150),
        ("2 minutes and a half", 150),
        ("half an hour", 1800),
        ("a half hour", 1800),
        ("a quarter of an hour", 900),
        ("3 quarters of an hour", 2700),
        ("an hour and a half", 5400),
        ("1.5 hours", 5400),
        ("a minute", 60),
        ("a couple of minutes", 120),
        ("1 hour 2 minutes and 3 seconds", 3723),
        ("5 minute", 300),
    ],
)
def test_lengths(words: str, seconds: int) -> None:
    assert find_duration(words) == (seconds, "#")


@pytest.mark.parametrize("words", ["", "0 minutes", "5", "500 hours", "minutes", "in a while"])
def test_no_length(words: str) -> None:
    assert find_duration(words) is None


@pytest.mark.parametrize(
    ("seconds", "said", "name"),
    [
        (300, "five minutes", "five minute"),
        (90, "one minute and thirty seconds", "ninety second"),
        (60, "one minute", "one minute"),
        (150, "two minutes and thirty seconds", "two and a half minute"),
        (4800, "one hour and twenty minutes", "one hour twenty minute"),
        (3723, "one hour, two minutes and three seconds", "one hour two minute three second"),
    ],
)
def test_spoken_lengths(seconds: int, said: str, name: str) -> None:
    assert (say_duration(seconds), name_duration(seconds)) == (said, name)


@pytest.mark.parametrize("text", ["In which year was that?", "What day was that?"])
def test_what_was_talked_about_is_no_question_for_the_calendar(bench: Bench, text: str) -> None:
    assert bench.ask(text) == ""
    assert bench.ask("Which year is it?") == "It's twenty twenty-six."
