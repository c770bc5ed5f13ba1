"""Notes by voice: taken, read by day or subject, deleted."""

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


def notes(talk: Talking) -> list[str]:
    talk.say("read me my notes")  # makes the table
    return [row["text"] for row in talk.services.store.rows("select text from notes order by id")]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Note that the boiler was serviced today.", "the boiler was serviced today"),
        ("Take a note: Anna likes tulips.", "Anna likes tulips"),
        ("make a note that the code is B 12", "the code is B 12"),
        ("Remember that the car is on level three, please.", "the car is on level three"),
        ("note to self buy a better umbrella", "buy a better umbrella"),
        ("Jot down my locker is forty-two", "my locker is forty-two"),
        ("add the wifi is slow to my notes", "the wifi is slow"),
        ("new note saying the filter was changed", "the filter was changed"),
    ],
)
def test_a_note_keeps_the_users_words(talk: Talking, text: str, note: str) -> None:
    """Their spelling, and a "today" at their end."""
    turn = talk.say(text)
    assert turn.decision is not None
    assert (turn.decision.name, turn.answer) == ("note.add", "I've noted it.")
    assert notes(talk) == [note]


def test_without_words_it_asks(talk: Talking) -> None:
    """The answer is the note; no answer is none."""
    assert talk.says("take a note", "Feed the cat at seven.") == [
        "What shall I note?",
        "I've noted it.",
    ]
    assert talk.says("make a note", "nothing")[1] == "Okay, let's leave it."
    assert notes(talk) == ["feed the cat at seven"]


def test_notes_are_read_by_day(talk: Talking) -> None:
    """With their day and time, the newest first."""
    talk.say("note that the boiler was serviced")
    talk.wait(days=1, minutes=25)
    talk.say("note that Anna called")
    assert talk.says(
        "what did I note yesterday", "what did I note on Monday", "what's my last note"
    ) == [
        "Yesterday at three twenty PM: the boiler was serviced.",
        "You noted nothing on Monday, March second.",
        "Today at three forty-five PM: Anna called.",
    ]
    assert talk.say("read me my notes").answer == (
        "You have two notes. Today at three forty-five PM: Anna called. Yesterday at three twenty "
        "PM: the boiler was serviced."
    )


def test_notes_are_found_by_their_words(talk: Talking) -> None:
    """All of them must be in it."""
    talk.says("note that the boiler was serviced", "note that Anna called")
    assert talk.say("do I have any notes about the boiler").answer.endswith(
        ": the boiler was serviced."
    )
    assert talk.say("what did I note about Paul").answer == "You have no note about Paul."


def test_many_notes_are_read_in_portions(talk: Talking) -> None:
    """Three at a time."""
    talk.says(*(f"note that number {one}" for one in ("one", "two", "three", "four")))
    said = talk.say("read me my notes").answer
    assert said.startswith("You have four notes, the newest first. Today at three twenty PM: ")
    assert said.endswith("number two. Shall I go on?")
    assert talk.say("yes").answer == "Today at three twenty PM: number one."


def test_notes_are_deleted(talk: Talking) -> None:
    """The last one at once, all of them after a question."""
    talk.says("note that one", "note that the shed is open", "note that three")
    assert talk.say("delete my last note").answer == "That note is deleted."
    assert talk.say("delete the note about the shed").answer == "That note is deleted."
    assert notes(talk) == ["one"]
    assert talk.says("delete all my notes", "no")[1] == "Okay, I keep them."
    assert talk.says("delete all my notes", "yes") == [
        "You have one note. Shall I delete all of them?",
        "All notes are deleted.",
    ]
    assert talk.say("what are my notes").answer == "You have no notes."


@pytest.mark.parametrize(
    "text",
    [
        "what is a note in music",
        "what note comes after C",
        "note the difference between cats and dogs",
        "what did Beethoven note about the moon",
        "how do I take good notes",
        "who wrote Notes from Underground",
        "do you remember that film with the shark",
        "remember to buy milk",
        "write down the plot of Hamlet",
    ],
)
def test_other_requests_are_left_alone(talk: Talking, text: str) -> None:
    """Open questions, and reminders."""
    assert not talk.name(text).startswith("note.")


def test_fifty_previews_leave_no_row(talk: Talking) -> None:
    """Of taking and of deleting."""
    talk.say("note that one")
    before = talk.conversation.talk
    for _ in range(50):
        talk.conversation.preview("note that two")
        talk.conversation.preview("delete my last note")
    assert talk.conversation.talk == before
    assert notes(talk) == ["one"]


def test_a_withdrawn_note_is_gone_and_a_deleted_one_is_back(talk: Talking) -> None:
    """The undo of both."""
    talk.say("note that one")
    for text in ("note that two", "delete my last note"):
        decision = talk.conversation.decide(text)
        assert decision is not None
        talk.conversation.commit(decision)
        talk.conversation.withdraw(decision)
        assert talk.hands.flush(5.0)
    assert notes(talk) == ["one"]


def test_notes_outlive_the_program(tmp_path: Path) -> None:
    """They are there at the next start."""
    first = Talking(tmp_path)
    first.say("note that one")
    first.close()
    second = Talking(tmp_path)
    assert notes(second) == ["one"]
    second.close()
