"""A question about the user's own things is answered out of a note, where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.talking import Talking


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    talking.says(
        "Remember that I parked on level three.",
        "Make a note that the spare key is under the flowerpot.",
        "Jot down gate code four seven one nine.",
    )
    yield talking
    talking.close()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Where did I park?", "You noted: I parked on level three."),
        ("Where's the spare key?", "You noted: the spare key is under the flowerpot."),
        (
            "Where did I put the spare key again?",
            "You noted: the spare key is under the flowerpot.",
        ),
        ("What's the gate code?", "You noted: gate code four seven one nine."),
        ("Do you remember where I parked?", "You noted: I parked on level three."),
    ],
)
def test_a_note_answers(talk: Talking, text: str, answer: str) -> None:
    turn = talk.say(text)
    assert turn.decision is not None
    assert (turn.decision.name, turn.answer) == ("note.find", answer)


@pytest.mark.parametrize(
    "text",
    [
        "Where did I park the boat?",
        "What's the time?",
        "What is the code of Hammurabi?",
        "Where is the Louvre?",
        "What did I note today?",
        "Who has the best key in the orchestra?",
        "What is the level of the sea?",
        "What is the alarm code?",
    ],
)
def test_without_a_note_of_it_another_part_answers(talk: Talking, text: str) -> None:
    assert talk.name(text) != "note.find"


def test_without_any_note_nothing_is_claimed(tmp_path: Path) -> None:
    talking = Talking(tmp_path / "empty")
    assert talking.name("Where did I park?") == "decline.personal"
    talking.close()
