"""Which requests are known as a whole, so that the turn need not wait for more words."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.language.en.asking import is_whole_question
from tests.talk_tools import talking


@pytest.mark.parametrize(
    "text",
    [
        "What reminders do I have?",
        "Which alarms are set?",
        "How many timers do I have running?",
        "What alarms have I got?",
        "Do I have any reminders?",
        "Are there any timers running?",
        "What's on my shopping list?",
        "What is left on my to-do list?",
        "What do I still have to buy?",
        "What lists do I have?",
        "Read my notes.",
        "hello",
    ],
)
def test_what_is_asked_from_start_to_end_is_known_as_a_whole(tmp_path: Path, text: str) -> None:
    with talking(tmp_path) as conversation:
        decision = conversation.decide(text)
        assert decision is not None
        assert decision.name != "model"
        assert decision.is_whole
        assert all(reply.is_whole for reply in conversation.preview(text))


@pytest.mark.parametrize(
    "text",
    [
        "Set a timer for ten minutes.",
        "Add milk to my shopping list.",
        "Set an alarm.",
        "What time is it?",
        "What reminders do I have for",
        "How many days until Christmas?",
        "Is milk on my shopping list?",
        "What is the capital of France?",
    ],
)
def test_what_may_go_on_or_does_something_is_not(tmp_path: Path, text: str) -> None:
    with talking(tmp_path) as conversation:
        decision = conversation.decide(text)
        assert decision is not None
        assert not decision.is_whole


def test_who_asks_something_else_of_these_is_not_known() -> None:
    for words in ("what notes do i have to play", "which lists do you know", "what do i have"):
        assert not is_whole_question(words)
