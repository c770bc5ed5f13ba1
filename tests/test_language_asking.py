"""Questions about things in general, which no tool answers, and those that want nothing done."""

from __future__ import annotations

import pytest

from assistant.language.en.asking import asks, asks_in_general
from assistant.language.en.normalise import normalise


@pytest.mark.parametrize(
    "text",
    [
        "What does the word reminder mean?",
        "Define alarm.",
        "What is a timer?",
        "What's a stopwatch used for?",
        "How does a kitchen timer work?",
        "How do time zones work?",
        "What makes a joke funny?",
        "Tell me about the history of the coin.",
        "Who is the fastest reader in the world?",
        "Do alarms wake deaf people?",
        "What is an alarm in medical terms?",
        "How old would someone born in 1957 be?",
        "Why do dice have dots?",
        "What's the difference between a list and a note?",
        "When was the alarm clock invented?",
        "And what is the origin of the word calendar?",
    ],
)
def test_a_thing_that_is_to_be_explained(text: str) -> None:
    assert asks_in_general(normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        "What's the timer at?",
        "What is my name?",
        "Who am I?",
        "Who are you?",
        "How do you spell rhythm?",
        "What is a third of 90?",
        "What is a good joke?",
        "Does the timer still run?",
        "Do I have an alarm?",
        "Why are you so quiet?",
        "Is a timer running?",
        "Tell me the time.",
        "What does my list say?",
        "How long is the timer?",
        "When is Easter?",
    ],
)
def test_a_question_of_this_conversation(text: str) -> None:
    assert not asks_in_general(normalise(text))


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("When will you remind me to ring mum?", True),
        ("What time will it be in ninety minutes?", True),
        ("And how loud is that?", True),
        ("Do I need milk?", True),
        ("How about a timer for six minutes?", False),
        ("Is it possible to set a timer?", False),
        ("Is there any way you could flip a coin?", False),
        ("Do set a timer.", False),
        ("Do you think you could wake me at six?", False),
        ("When ten minutes are over, tell me.", False),
        ("Can you add milk to the list?", False),
        ("Why don't you set a timer?", False),
    ],
)
def test_a_question_wants_nothing_done(text: str, is_question: bool) -> None:
    assert asks(normalise(text)) is is_question
