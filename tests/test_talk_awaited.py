"""A conversation whose language model comes later: what it says until then, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.talk.awaited import FAILED, OWN_TEXTS, READY, Awaited
from assistant.talk.conversation import Conversation

QUESTION = "why do cats purr"


class Scripted:
    """A model that says one sentence."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.is_closed = False

    def stream(self, messages: object, should_stop: object) -> Iterator[str]:
        assert not self.is_closed
        yield self.says

    def warm_up(self, messages: object, should_stop: object) -> None: ...
    def anticipate(self, messages: object, should_stop: object) -> None: ...
    def sentence_end(self, messages: object, should_stop: object) -> float | None:
        return None

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def awaited() -> Awaited:
    return Awaited()


@pytest.fixture
def conversation(tmp_path: Path, awaited: Awaited) -> Conversation:
    return make_conversation(
        Config(),
        None,
        services=make_services(Config(), tmp_path),
        hands=HandsThread(),
        awaited=awaited,
    )


def answer(conversation: Conversation, text: str = QUESTION) -> str:
    return " ".join(reply.text for reply in conversation.converse(text).replies)


@pytest.mark.parametrize(
    ("left_s", "said"),
    [
        (None, "some minutes more"),
        (10, "less than a minute more"),
        (65, "about a minute more"),
        (229, "about four minutes more"),
        (600, "about ten minutes more"),
        (700, "more than ten minutes more"),
    ],
)
def test_a_question_for_the_model_is_told_how_long_it_takes(conversation, awaited, left_s, said):
    awaited.left_s = left_s
    text = answer(conversation)
    assert text.startswith("My language model is still being set up; ")
    assert f"{said}. Ask me again then." in text
    assert text in conversation.all_fixed_texts()  # it has its sound beforehand


def test_what_needs_no_model_is_answered_meanwhile(conversation):
    assert answer(conversation, "what is seven times eight") == "7 times 8 is 56."


def test_a_set_up_that_failed_is_told(conversation, awaited):
    awaited.has_failed = True
    assert answer(conversation) == FAILED


def test_the_model_answers_without_a_restart_and_says_once_that_it_is_there(conversation):
    answer(conversation)
    assert READY not in [reply.text for reply in conversation.due_announcements()]
    conversation.use_model(Scripted("Purring is a vibration of the throat."))
    assert [reply.text for reply in conversation.due_announcements()] == [READY]
    assert conversation.due_announcements() == []
    assert answer(conversation) == "Purring is a vibration of the throat."


def test_it_is_used_by_the_very_next_decision(conversation):
    conversation.use_model(Scripted("Purring is a vibration of the throat."))
    assert answer(conversation) == "Purring is a vibration of the throat."
    assert [reply.text for reply in conversation.due_announcements()] == [READY]


def test_a_larger_model_takes_the_place_of_the_first_silently_and_that_is_freed(conversation):
    first, larger = Scripted("I am the first one."), Scripted("I am the larger one.")
    conversation.use_model(first)
    conversation.due_announcements()
    conversation.use_model(larger)
    assert not first.is_closed  # it belongs to the mind thread, which may be using it
    assert answer(conversation, "why do cats sleep so much") == "I am the larger one."
    assert first.is_closed
    assert conversation.due_announcements() == []


def test_the_likeliest_replies_have_their_sound_first(conversation):
    texts = conversation.all_fixed_texts()
    firsts = conversation.knowledge.replies.first_texts()
    assert texts[: len(firsts)] == firsts
    assert set(OWN_TEXTS) <= set(texts[: len(firsts) + 60])
    seconds = set(conversation.knowledge.replies.all_texts()) - set(firsts)
    assert min(texts.index(text) for text in seconds) > texts.index(OWN_TEXTS[-1])
    assert len(texts) == len(set(texts))
