"""The time, the date and timers: exact answers, and no effect before it is asked for."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.language.en.clock import say_time
from assistant.language.en.durations import find_duration, name_duration, say_duration
from assistant.talk.timers import TimerStore
from assistant.talk.tools import HOW_LONG, NO_TIMER, Answer, Tools

NOW = datetime(2026, 3, 4, 15, 20)


class Bench:
    """The tools with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.clock_s = 100.0
        self.timers = TimerStore(lambda: self.clock_s)
        self.tools = Tools(self.timers, lambda: NOW)

    def ask(self, text: str) -> str:
        """The answer to `text` with its effect done; empty when no tool answers."""
        answer = self.tools.answer(text)
        if answer is None:
            return ""
        if answer.effect:
            answer.effect()
        return answer.text

    def answer(self, text: str) -> Answer:
        """The answer to `text`, nothing done."""
        answer = self.tools.answer(text)
        assert answer is not None
        return answer


@pytest.fixture
def bench() -> Bench:
    return Bench()


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
    assert bench.tools.answer(text) is None


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


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Set a timer for five minutes.", 300),
        ("Start a 10-minute timer.", 600),
        ("Set a timer for one hour and twenty minutes", 4800),
        ("Please set me a timer for two and a half minutes", 150),
        ("Half an hour timer", 1800),
        ("Remind me in 90 seconds.", 90),
        ("Can you wake me up in twenty minutes?", 1200),
        ("Set another timer for 3 minutes", 180),
        ("Timer for 45 seconds please", 45),
    ],
)
def test_a_timer_starts_when_committed_and_not_before(
    bench: Bench, text: str, seconds: int
) -> None:
    answer = bench.answer(text)
    assert bench.timers.running() == []
    assert answer.effect is not None
    assert answer.undo is not None
    bench.clock_s += 7
    answer.effect()
    assert [(t.seconds, t.due_s) for t in bench.timers.running()] == [(seconds, 107.0 + seconds)]
    answer.undo()
    assert bench.timers.running() == []


def test_a_timer_without_a_length_is_asked_for(bench: Bench) -> None:
    answer = bench.answer("Set a timer")
    assert (answer.text, answer.asks, answer.effect) == (HOW_LONG, True, None)


@pytest.mark.parametrize("text", ["Five minutes.", "for 5 minutes please", "make it five", "5"])
def test_a_length_answers_the_question(bench: Bench, text: str) -> None:
    answer = bench.tools.length(text)
    assert answer is not None
    assert answer.text == "Okay, five minute timer."


@pytest.mark.parametrize("text", ["five minutes ago I fell", "never", "what is 5 minutes", "0"])
def test_other_words_do_not_answer_it(bench: Bench, text: str) -> None:
    assert bench.tools.length(text) is None


def test_an_announcement_comes_once_and_in_order(bench: Bench) -> None:
    bench.ask("set a timer for five minutes")
    bench.ask("set a timer for 90 seconds")
    bench.clock_s += 89
    assert bench.timers.due() == []
    bench.clock_s += 1000
    assert bench.timers.due() == [
        "Your ninety second timer is done.",
        "Your five minute timer is done.",
    ]
    assert bench.timers.due() == []


def test_how_much_is_left(bench: Bench) -> None:
    assert bench.ask("How much time is left on my timer?") == NO_TIMER
    bench.ask("set a timer for five minutes")
    bench.clock_s += 60
    assert bench.ask("How much time is left?") == "Four minutes left."
    bench.ask("set a timer for two hours")
    assert bench.ask("how long is left on the timers") == (
        "The five minute timer has four minutes left. The two hour timer has two hours left."
    )


def test_cancel_and_its_undo(bench: Bench) -> None:
    assert bench.ask("cancel the timer") == NO_TIMER
    bench.ask("set a timer for five minutes")
    before = bench.timers.running()
    answer = bench.answer("cancel the timer")
    assert bench.timers.running() == before
    assert answer.text == "Okay, the five minute timer is cancelled."
    assert answer.effect is not None
    assert answer.undo is not None
    answer.effect()
    assert bench.timers.running() == []
    answer.undo()
    assert bench.timers.running() == before


def test_cancel_one_of_several(bench: Bench) -> None:
    bench.ask("set a timer for five minutes")
    bench.ask("set a timer for ten minutes")
    assert bench.ask("cancel my timer") == (
        "There are two timers: the five minute one and the ten minute one. Which one?"
    )
    assert bench.ask("cancel the ten minute timer") == "Okay, the ten minute timer is cancelled."
    assert bench.ask("cancel the 3 minute timer") == "There is no three minute timer."
    bench.ask("set a timer for ten minutes")
    assert bench.ask("cancel all timers") == "Okay, two timers are cancelled."
    assert bench.timers.running() == []


@pytest.mark.parametrize("text", ["In which year was that?", "What day was that?"])
def test_what_was_talked_about_is_no_question_for_the_calendar(text: str) -> None:
    assert Bench().ask(text) == ""
    assert Bench().ask("Which year is it?") == "It's twenty twenty-six."
