"""Words that mean the timer that was just talked of, and nothing where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.testing import converse
from tests.talking import Talking


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def test_how_long_means_the_timer_that_was_set(talk: Talking) -> None:
    talk.say("Set a timer for twenty minutes.")
    talk.wait(minutes=5)
    for text in ("How long?", "How much longer?", "Is it done yet?", "How long have I got?"):
        assert talk.say(text).answer == "Fifteen minutes left."


def test_a_bare_number_counts_minutes(talk: Talking) -> None:
    talk.says("Set a timer.", "Twenty minutes.", "Add another five.", "And take two off.")
    assert talk.left() == [23 * 60]
    talk.say("Give me eight more minutes on that one.")
    assert talk.left() == [31 * 60]


def test_another_length_counts_from_the_start(talk: Talking) -> None:
    talk.say("Set a timer for the eggs for six and a half minutes.")
    talk.wait(minutes=1)
    assert talk.say("How much longer for the eggs?").decision.name == "timer.left"
    assert talk.say("Actually make it seven minutes.").answer == "Okay, seven minute eggs timer."
    assert talk.left() == [6 * 60]
    assert talk.say("Stop the egg timer.").answer == "Okay, the eggs timer is cancelled."


def test_a_timer_is_changed_where_one_runs_and_else_set(talk: Talking) -> None:
    talk.say("Change my timer to twenty minutes.")
    talk.say("Change my timer to twenty-five minutes.")
    talk.say("Make the timer half an hour.")
    assert talk.left() == [30 * 60]
    talk.say("Never mind.")
    assert talk.left() == [25 * 60]


def test_a_paused_timer_is_changed_where_it_stands(talk: Talking) -> None:
    talk.says("Set a timer for ten minutes.", "Pause it.", "Change the timer to twelve minutes.")
    assert [(one.state, one.left_s, one.seconds) for one in talk.items()] == [
        ("paused", 720.0, 720)
    ]


def test_one_of_two_by_its_length(talk: Talking) -> None:
    talk.says("A ten minute timer and a twenty minute timer.", "Cancel the longer one.")
    assert talk.left() == [600]


def test_three_lengths_of_one_unit_are_three_timers(talk: Talking) -> None:
    talk.say("Set timers for 3 minutes, 5 minutes and 8 minutes.")
    assert talk.left() == [180, 300, 480]
    assert talk.say("Cancel them all.").answer == "Okay, three timers are cancelled."
    assert talk.left() == []


def test_a_named_timer_without_the_word(talk: Talking) -> None:
    talk.say("Set a timer for an hour called roast.")
    assert talk.say("How's the roast doing?").answer == "One hour left."
    talk.say("Add a quarter of an hour to the roast.")
    talk.say("Take five minutes off the roast.")
    assert talk.left() == [70 * 60]
    assert not talk.name("How's Mum doing?").startswith("timer.")
    assert not talk.name("Add ten minutes to the schedule.").startswith("timer.")


@pytest.mark.parametrize("text", ["Cancel it.", "Okay, kill it.", "Turn it off."])
def test_it_is_the_timer_also_after_a_while(talk: Talking, text: str) -> None:
    talk.say("Set a timer for ten minutes.")
    talk.wait(minutes=3)
    assert talk.say(text).answer == "Okay, the ten minute timer is cancelled."
    assert talk.left() == []


@pytest.mark.parametrize(
    "text",
    [
        "How long?",
        "Is it done yet?",
        "Add another five.",
        "Take two off.",
        "How long have I got?",
        "Make it seven minutes.",
        "Cancel the longer one.",
        "How's the roast doing?",
    ],
)
def test_without_a_timer_they_mean_something_else(talk: Talking, text: str) -> None:
    assert not talk.name(text).startswith("timer.")


@pytest.mark.parametrize(
    "text", ["How long is it?", "Is it over?", "Add five.", "Make it 5 minutes"]
)
def test_after_another_subject_they_mean_that(talk: Talking, text: str) -> None:
    talk.says("Set a timer for ten minutes.", "What is the longest river?")
    assert not talk.name(text).startswith("timer.")


def test_five_more_is_of_the_sum_that_was_asked_last(talk: Talking) -> None:
    talk.says("Set a timer for ten minutes.", "What's twelve times thirteen?", "Add five.")
    assert talk.left() == [600]


def test_two_requests_in_one_sentence(talk: Talking) -> None:
    turn = talk.say("Set a timer for ten minutes and add eggs to my shopping list.")
    assert turn.decision is not None
    assert turn.decision.name == "talk.both"
    assert turn.answer == "Okay, ten minute timer. I've added eggs to your shopping list."
    assert talk.left() == [600]
    talk.say("Never mind.")
    assert talk.left() == []
    assert talk.say("What's on my shopping list?").answer == "Your shopping list is empty."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "What time is it and what's the date?",
            "It's three twenty PM. Today is Wednesday, March fourth.",
        ),
        (
            "Okay, so what's on my shopping list and how long is left on my timer?",
            "Your shopping list is empty. There is no timer running.",
        ),
        (
            "Flip a coin, then what's six times seven and what time is it?",
            "Six times seven is forty-two. It's three twenty PM.",
        ),
    ],
)  # fmt: skip
def test_two_questions_in_one_sentence(talk: Talking, text: str, answer: str) -> None:
    assert talk.say(text).spoken.endswith(answer)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("Set a timer for ten minutes and turn on the lights.", ("timer.set", "decline.actuator")),
        ("Turn on the lights, and set a timer for ten minutes.", ("decline.actuator", "timer.set")),
        ("Set a timer for ten minutes. Play some jazz.", ("timer.set", "decline.play")),
    ],
)
def test_one_half_is_done_and_the_other_declined(
    talk: Talking, text: str, answers: tuple[str, str]
) -> None:
    turn = talk.say(text)
    assert turn.decision is not None
    assert (turn.decision.name, *turn.decision.slots.values()) == ("talk.both", *answers)
    assert "Okay, ten minute timer." in turn.answer
    assert "I can't" in turn.answer
    assert talk.left() == [600]


def test_what_a_flow_of_the_user_does_is_not_declined_as_a_half(tmp_path: Path) -> None:
    file = tmp_path / "lamp.py"
    file.write_text(
        "from assistant.flows import flow\n\n\n"
        '@flow("turn on the lights")\ndef lamp() -> str:\n    return "It is bright."\n',
        encoding="utf-8",
    )
    text = "Set a timer for ten minutes and turn on the lights."
    with converse(state=tmp_path / "with") as talk:
        talk.say(text)
        assert talk.name == "talk.both"
    with converse(file, state=tmp_path / "without") as talk:
        assert talk.say("Turn on the lights.") == "It is bright."
        talk.say(text)
        assert talk.name != "talk.both"


def test_what_a_document_may_tell_is_not_declined_as_a_half(talk: Talking, tmp_path: Path) -> None:
    text = "What time is it and when does the shop open?"
    assert talk.name(text) == "talk.both"
    talk.services.documents.folder = tmp_path
    assert talk.name(text) != "talk.both"


@pytest.mark.parametrize(
    "text",
    [
        "Who is the president and what time is it?",
        "Set a timer for ten minutes and write me a poem.",
        "Add salt and pepper to my list.",
        "Set a timer for ten minutes and twenty seconds.",
        "Set an alarm for seven and add milk to the list.",
        "Set a timer for ten minutes and set an alarm for seven.",
        "Add milk to the list and remind me every hour to drink.",
        "Set a timer for ten minutes and how long is left on the timer?",
    ],
)
def test_what_is_not_two_requests_that_are_understood(talk: Talking, text: str) -> None:
    assert talk.name(text) != "talk.both"
