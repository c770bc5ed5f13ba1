"""What nothing here can do, see or know is declined honestly, and never left to the model."""

from __future__ import annotations

import csv
import re

import pytest

from assistant.assemble.loading import load_meaning, make_conversation
from assistant.config import Config
from assistant.talk.conversation import Conversation
from assistant.talk.reach import ABILITIES
from tests.conftest import DATA

CASES = DATA.parent / "cases" / "cannot.tsv"
_HONEST = re.compile(r"\b(?:can't|cannot|don't have|have no|don't know|No calendar)\b")

OWN = [
    "Did I leave the iron on?",
    "Shut the kitchen window.",
    "Dim the lamp next to the sofa.",
    "How humid is it in the cellar?",
    "Write an email to my landlord.",
    "Reserve a tennis court for Sunday.",
    "How much did I spend on my credit card last month?",
    "Where is my parcel?",
    "Who won the match last night?",
    "Open the gate for the postman.",
    "Take a selfie.",
    "Do I have any new emails?",
    "What was my heart rate this morning?",
    "How are my shares doing today?",
    "Start the dishwasher.",
    "Feed the fish.",
    "Is it snowing right now?",
    "Where did I leave my glasses?",
    "Play the next track.",
    "Buy me a train ticket to Leeds.",
]
"""Of the same kinds, in other words."""

BY_MEANING = [
    "Make it two degrees warmer upstairs.",
    "Get me a curry delivered.",
    "Who left me a voicemail?",
    "Put on some Mozart.",
    "Are there any delays on the motorway?",
]
"""What the rules alone leave open."""


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    """By its rules alone, without a judge of meaning and without a model."""
    return make_conversation(Config(), None)


def _declines(conversation: Conversation, text: str) -> None:
    decision = conversation.decide(text)
    assert decision is not None
    answer = " ".join(reply.text for reply in decision.replies)
    assert decision.name.split(".")[0] == "decline", f"{decision.name}: {answer}"
    assert _HONEST.search(answer), answer


@pytest.mark.parametrize("text", OWN)
def test_it_is_declined_in_other_words(conversation: Conversation, text: str) -> None:
    _declines(conversation, text)


@pytest.mark.models
def test_the_meaning_declines_what_the_rules_leave_open() -> None:
    meaning = load_meaning(Config())
    if meaning is None:
        pytest.skip("the sentence encoder is not there (make models)")
    for text in BY_MEANING:
        _declines(make_conversation(Config(), None, meaning), text)


@pytest.mark.data
def test_every_case_is_declined(conversation: Conversation) -> None:
    if not CASES.is_file():
        pytest.skip("needs ../shared/cases/cannot.tsv")
    with CASES.open(encoding="utf-8", newline="") as file:
        texts = [row["request"] for row in csv.DictReader(file, delimiter="\t")]
    assert len(texts) >= 25
    for text in texts:
        _declines(conversation, text)


@pytest.mark.parametrize(
    "text",
    [
        "How do I descale an iron?",
        "Why are windows made of glass?",
        "What is a thermostat?",
        "Who invented the washing machine?",
        "How do noise cancelling headphones work?",
        "What makes a good curry?",
        "How tall is a giraffe?",
        "Tell me about Mozart.",
        "What should I write in an email to my landlord?",
        "How are parcels sorted?",
    ],
)
def test_what_language_alone_can_answer_is_not(conversation: Conversation, text: str) -> None:
    decision = conversation.decide(text)
    assert decision is not None
    assert decision.name == "model"


def test_what_works_is_told_once_in_a_conversation() -> None:
    conversation = make_conversation(Config(), None)
    texts = ("Turn off the lights.", "Is the front door locked?", "Order me a pizza.")
    answers = [conversation.converse(text).answer for text in texts]
    assert [answer.endswith(ABILITIES) for answer in answers] == [True, False, False]
    assert all(answer.startswith("I ") and answer.endswith(".") for answer in answers)
    assert set(answers) <= set(conversation.all_fixed_texts())
    conversation.forget()
    assert conversation.converse("Unlock the car.").answer.endswith(ABILITIES)


def test_a_turn_that_is_not_committed_has_told_nothing() -> None:
    conversation = make_conversation(Config(), None)
    for _ in range(3):
        (reply,) = conversation.preview("Turn off the lights.")
        assert reply.text.endswith(ABILITIES)
