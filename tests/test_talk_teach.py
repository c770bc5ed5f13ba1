"""Teaching by voice: an answer to the user's own words, behind the guardrails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.talk.taught import Lessons
from tests.talking import Talking


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def taught(talk: Talking) -> list[tuple[str, str]]:
    return [(one.phrase, one.answer) for one in Lessons(talk.services.store).all()]


def test_a_lesson_is_asked_about_kept_and_prepared(talk: Talking) -> None:
    """After the yes it stands before the program's own reply, and the voice prepares it."""
    prepared: list[str] = []
    talk.services.teach = prepared.append
    assert talk.say("good night").answer == "Good night, sleep well."
    assert talk.says("When I say good night, answer sleep tight.", "yes") == [
        "When you say good night, I answer: Sleep tight. Shall I remember that?",
        "Good, I'll remember that.",
    ]
    turn = talk.say("Goodnight!")
    assert turn.decision is not None
    assert (turn.decision.name, turn.answer) == ("reply.taught", "Sleep tight.")
    assert (turn.decision.source, turn.decision.is_whole) == ("precomputed", True)
    assert prepared == ["Sleep tight."]
    assert "Sleep tight." in talk.conversation.all_fixed_texts()


def test_after_a_no_nothing_is_learned(talk: Talking) -> None:
    """And nothing prepared."""
    prepared: list[str] = []
    talk.services.teach = prepared.append
    assert talk.says("say welcome home when I say I'm back", "no")[1] == "Okay, I learn nothing."
    assert (taught(talk), prepared) == ([], [])


def test_a_lesson_can_be_given_step_by_step(talk: Talking) -> None:
    """Both sides are asked for; what sounds like a question may be taught."""
    assert talk.says("I want to teach you something", "Who is the boss?", "You are!", "yes") == [
        "To which words?",
        "What shall I answer?",
        "When you say Who is the boss, I answer: You are. Shall I remember that?",
        "Good, I'll remember that.",
    ]
    assert talk.say("who is the boss").answer == "You are."


def test_a_lesson_replaces_the_one_before(talk: Talking) -> None:
    """One answer to the same words."""
    for answer in ("split", "bread"):
        talk.says(f"when I say banana answer {answer}", "yes")
    assert taught(talk) == [("banana", "Bread.")]


def test_lessons_are_told_and_forgotten(talk: Talking) -> None:
    """One by its words, all after a question."""
    assert talk.say("what have I taught you").answer == "You have taught me nothing yet."
    for words in ("banana", "marco", "ping pong"):
        talk.says(f"when I say {words} answer hello {words}", "yes")
    assert talk.say("what have I taught you").answer == (
        "You have taught me three answers, to: banana, marco and ping pong."
    )
    assert talk.say("forget what I taught you about marco").answer == (
        "I've forgotten what to answer to marco."
    )
    assert talk.say("unlearn apples").answer == "You have taught me nothing about apples."
    talk.says("forget everything I taught you", "yes")
    assert taught(talk) == []


def test_guardrails_and_stop_stand_before_lessons(talk: Talking) -> None:
    """A phrase of danger is no lesson, and the words of the program are not taken."""
    assert talk.name("when I say I want to kill myself answer go ahead") == "guard.self_harm"
    assert talk.say("when I say stop answer no").answer == (
        "Those words mean something to me already, so I can't take them."
    )
    store = talk.services.store
    Lessons(store)
    store.write("insert into taught values ('i want to kill myself', 'x', 'Go ahead.', 'now')")
    store.write("insert into taught values ('stop', 'x', 'No.', 'now')")
    assert talk.name("I want to kill myself") == "guard.self_harm"
    assert talk.name("stop") == "talk.stop"


def test_lessons_outlive_the_program(tmp_path: Path) -> None:
    """They answer at the next start."""
    first = Talking(tmp_path)
    first.says("when I say banana answer split", "yes")
    first.close()
    second = Talking(tmp_path)
    assert second.say("Banana!").answer == "Split."
    second.close()


@pytest.mark.parametrize(
    "text",
    [
        "when I say hello what do people answer in Japan",
        "if I say no does that make me a bad person",
        "what should I answer when they ask about my salary",
        "who taught Plato",
        "what did you learn in school",
        "teach me Spanish",
        "how do I teach a dog to sit",
    ],
)
def test_other_requests_are_left_alone(talk: Talking, text: str) -> None:
    """Open questions that only begin like a lesson."""
    assert not talk.name(text).startswith("teach.")


def test_fifty_previews_and_a_withdrawn_yes_leave_no_row(talk: Talking) -> None:
    """Of the question and of the answer."""
    for _ in range(50):
        talk.conversation.preview("when I say banana answer split")
    talk.say("when I say banana answer split")
    for _ in range(50):
        talk.conversation.preview("yes")
    decision = talk.conversation.decide("yes")
    assert decision is not None
    talk.conversation.commit(decision)
    assert talk.hands.flush(5.0)
    assert taught(talk) == [("banana", "Split.")]
    talk.conversation.withdraw(decision)
    assert talk.hands.flush(5.0)
    assert taught(talk) == []
