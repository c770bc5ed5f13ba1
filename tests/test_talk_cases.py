"""Conversations that failed when they were tried, each with the value that it must reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.talking import Talking


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def test_1_changing_a_timer(talk: Talking) -> None:
    for text, left in [
        ("Set a timer for ten minutes.", 600),
        ("Add five minutes to the timer.", 900),
        ("Take two minutes off.", 780),
    ]:
        assert talk.say(text).decision.source == "tool"
        assert talk.left() == [left]
    talk.say("Pause the timer.")
    talk.wait(minutes=3)
    assert [(one.state, one.left_s) for one in talk.items()] == [("paused", 780.0)]
    talk.say("Resume it.")
    talk.wait(minutes=3)
    assert [one.state for one in talk.items()] == ["set"]
    assert talk.left() == [600]


def test_2_names_and_several_at_once(talk: Talking) -> None:
    turns = [
        talk.say(text)
        for text in (
            "Set a pasta timer for ten minutes.",
            "How long is left on the pasta timer?",
            "Cancel the pasta timer.",
        )
    ]
    assert [turn.decision.name for turn in turns] == ["timer.set", "timer.left", "timer.cancel"]
    assert turns[1].answer == "Ten minutes left."
    assert talk.items() == ()
    talk.say("Set two timers, for five and ten minutes.")
    assert talk.left() == [300, 600]
    talk.say("Set a timer for two days.")
    assert talk.left() == [300, 600, 172_800]


def test_3_a_question_that_was_asked_is_understood(talk: Talking) -> None:
    talk.say("Set two timers, for five and ten minutes.")
    assert talk.say("Cancel my timer.").answer.endswith("Which one?")
    assert talk.say("The ten minute one.").decision.source == "flow"
    assert talk.left() == [300]
    assert talk.say("Set an alarm for seven.").answer == "In the morning or in the evening?"
    assert talk.say("Morning.").answer == "Okay, alarm tomorrow at seven AM."
    (alarm,) = [one for one in talk.items() if one.kind == "alarm"]
    assert alarm.due(talk.now).isoformat() == "2026-03-05T07:00:00+00:00"
    talk.say("Set an alarm for twenty minutes.")
    assert talk.left() == [300, 1200]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Set a timer for ten minutes, never mind.", []),
        ("Set a timer for five, no, ten minutes.", [600]),
    ],
)
def test_5_taken_back_in_the_same_breath(talk: Talking, text: str, left: list[int]) -> None:
    talk.say(text)
    assert talk.left() == left


def test_10_corrections(talk: Talking) -> None:
    talk.says("Remind me to call Anna at five.", "No, at six.")
    (item,) = talk.items()
    assert (item.kind, item.name) == ("reminder", "call Anna")
    assert item.due(talk.now).isoformat() == "2026-03-04T18:00:00+00:00"
