"""Conversations that failed once: sums and units, large numbers, jokes and spelling."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.talk.conversation import Conversation
from assistant.talk.tools.jokes import JOKES
from tests.talk_tools import talking


@pytest.fixture(name="talk")
def _talk(tmp_path: Path) -> Iterator[Conversation]:
    with talking(tmp_path) as conversation:
        yield conversation


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("What is 15 percent of 80?", "12"),
        ("What's 245 times 17?", "4,165"),
        ("How many seconds are in a week?", "604,800"),
        ("What is 100,000 times 3?", "300,000"),
        ("What is one hundred thousand times three?", "300,000"),
    ],
)
def test_computed_and_never_the_model(talk: Conversation, text: str, value: str) -> None:
    turn = talk.converse(text)
    assert value in turn.answer
    assert [reply.source for reply in turn.replies] == ["tool"]


def test_another_joke_and_how_the_last_word_is_spelled(talk: Conversation) -> None:
    jokes = {one.text for one in JOKES}
    first = talk.converse("Tell me a joke.").answer
    second = talk.converse("Another one.").answer
    assert {first, second} <= jokes
    assert first != second
    talk.remember(3, "What's the capital of France?", "The capital of France is Paris.")
    talk.remember(4, "And of Italy?", "The capital of Italy is Rome.")
    turn = talk.converse("How do you spell that?")
    assert turn.spoken == "Rome: R, O, M, E."
    assert turn.replies[0].source != "model"
