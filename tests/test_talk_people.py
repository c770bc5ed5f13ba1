"""Names by voice: the user's and the assistant's."""

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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Call me Sam.", "Sam"),
        ("my name is anna maria", "Anna Maria"),
        ("From now on call me Doctor", "Doctor"),
        ("I'd like to be called Ed", "Ed"),
        ("change my name to Lena", "Lena"),
        ("you can call me McKay", "McKay"),
        ("my name is not Tom, it's Tim", "Tim"),
    ],
)
def test_a_name_is_learned(talk: Talking, text: str, name: str) -> None:
    """In its spelling, with capitals."""
    assert talk.say(text).answer == f"Okay, I'll call you {name}."
    assert talk.say("what's my name").answer == f"Your name is {name}."
    assert dict(talk.conversation.talk.facts) == {"name": name}


def test_a_name_is_asked_for(talk: Talking) -> None:
    """The answer may be a sentence."""
    assert talk.says("who am I", "change my name", "It's Sam.", "is my name Tom") == [
        "I don't know your name yet. Say: call me, and your name.",
        "What shall I call you?",
        "Okay, I'll call you Sam.",
        "No, you told me that it is Sam.",
    ]


def test_a_name_is_forgotten(talk: Talking) -> None:
    """It is neither known now nor at the next start."""
    talk.says("call me Sam", "forget my name")
    assert dict(talk.conversation.talk.facts) == {}
    assert talk.services.store.rows("select * from facts") == []


def test_the_assistant_takes_another_name(talk: Talking) -> None:
    """And its own again."""
    assert talk.says(
        "call yourself Jarvis", "what's your name", "change your name to assistant"
    ) == [
        "Okay, my name is Jarvis now.",
        "You call me Jarvis.",
        "Okay, I'm just Assistant again.",
    ]
    assert "Assistant" in talk.say("what is your name").answer


def test_names_outlive_the_program_and_the_talk(tmp_path: Path) -> None:
    """A restart and "forget the conversation" leave them."""
    first = Talking(tmp_path)
    first.says("call me Sam", "call yourself Robin")
    first.conversation.forget()
    assert first.say("what's my name").answer == "Your name is Sam."
    first.close()
    second = Talking(tmp_path)
    assert second.says("what's my name", "what's your name") == [
        "Your name is Sam.",
        "You call me Robin.",
    ]
    second.close()


@pytest.mark.parametrize(
    "text",
    [
        "call me a taxi",
        "call me back later",
        "call me at five",
        "call me when it's done",
        "my name is on the list",
        "your name is stupid",
        "what is the name of the king of Spain",
        "who is Sam Smith",
        "what is my cat's name",
        "who are you",
        "can I call you later",
        "is my name hard to pronounce",
    ],
)
def test_other_requests_are_left_alone(talk: Talking, text: str) -> None:
    """Calls, judgements and the names of others."""
    assert not talk.name(text).startswith(("user.", "assistant."))


def test_fifty_previews_and_a_withdrawn_turn_leave_nothing(talk: Talking) -> None:
    """Neither in the talk nor in the store."""
    talk.say("call me Sam")
    for _ in range(50):
        talk.conversation.preview("call me Tom")
        talk.conversation.preview("forget my name")
    decision = talk.conversation.decide("call me Tom")
    assert decision is not None
    talk.conversation.commit(decision)
    assert talk.hands.flush(5.0)
    talk.conversation.withdraw(decision)
    assert talk.hands.flush(5.0)
    assert dict(talk.conversation.talk.facts) == {"name": "Sam"}
    rows = talk.services.store.rows("select name, value from facts")
    assert [tuple(row) for row in rows] == [("name", "Sam")]
