"""Questions about the talk: what was said, why, and what can be said."""

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


def test_the_last_request_is_said_again(talk: Talking) -> None:
    """As it was heard."""
    assert talk.say("what did I say").answer == "You haven't said anything yet."
    talk.say("What time is it?")
    assert talk.say("what did I just ask you").answer == "You said: What time is it?"


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("add milk to my list", "I took it like this: put things on a list."),
        ("good morning", "I know that phrase, and answered as it is written down for it."),
        (
            "what is the capital of France",
            "My language model made up that answer from what it has learned. It may be wrong.",
        ),
        (
            "turn on the light",
            "I took it for something that I can't do, see or know here, and said so.",
        ),
        (
            "I want to kill myself",
            "Your words touched one of my safety rules, and its answer is fixed.",
        ),
    ],
)
def test_the_reason_of_an_answer_is_told(talk: Talking, before: str, why: str) -> None:
    """In plain words, for each kind of answer."""
    assert talk.say("why did you say that").answer == "I haven't done anything yet."
    talk.say(before)
    assert talk.say("why did you say that").answer == why


@pytest.mark.parametrize("text", ["Why not?", "why", "How come?", "Why can't you?"])
def test_a_bare_why_is_about_a_decline_only(talk: Talking, text: str) -> None:
    """A question is no yes, and after anything else the model knows what it is about."""
    assert talk.name(text) == "model"
    talk.say("set a timer for ten minutes")
    assert talk.name(text) == "model"
    talk.say("turn on the light")
    assert talk.name(text) == "talk.why"


def test_an_answer_to_a_question_has_that_reason(talk: Talking) -> None:
    """A yes was taken as the answer."""
    talk.says("add socks to my packing list", "yes")
    assert talk.say("what did you do").answer == (
        "I took it as the answer to my question: put things on a list."
    )


def test_what_can_be_said_is_told_with_examples_that_work(talk: Talking) -> None:
    """The topics of the flows that are loaded, and three sentences that they understand."""
    answer = talk.say("what can you do").answer
    told, _, examples = answer.partition(" Try: ")
    assert told == (
        "I keep timers, alarms, reminders, lists and notes. I tell the time, dates, your "
        "appointments and jokes. I do sums, conversions and spelling."
    )
    sentences = examples.rstrip(".").replace("; or: ", "; ").split("; ")
    assert len(sentences) == 3
    for sentence in sentences:
        assert not talk.name(sentence).startswith(("model", "decline", "reply"))


def test_what_can_be_said_changes_from_turn_to_turn_and_not_within(talk: Talking) -> None:
    """A take that is repeated says the same."""
    said = {talk.conversation.preview("help")[0].text for _ in range(5)}
    assert len(said) == 1
    assert len({talk.say("help").answer for _ in range(4)}) > 1


def test_examples_of_a_topic(talk: Talking) -> None:
    """Only of that one."""
    answer = talk.say("what can I say about lists").answer
    sentences = answer.partition(": ")[2].rstrip(".").replace("; or: ", "; ").split("; ")
    for sentence in sentences:
        assert any(
            sentence in one.examples for one in talk.conversation.flows if "list" in one.name
        )


@pytest.mark.parametrize(
    "text",
    [
        "what should I do",
        "what did I say about Germany",
        "why did Napoleon do that",
        "what can you do about climate change",
        "what can I ask about the moon",
        "how does a microwave work",
        "explain photosynthesis",
        "what did Einstein say",
        "help me write a poem",
        "can you help me with my homework",
        "what are your skills worth in a fight",
    ],
)
def test_other_requests_are_left_alone(talk: Talking, text: str) -> None:
    """Open questions."""
    assert not talk.name(text).startswith(("talk.w",))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Can you set alarms?", "Yes. Say, for example: wake me at seven."),
        ("Can you set timers?", "Yes. Say, for example: set a timer for ten minutes."),
        (
            "Are you able to set reminders?",
            "Yes. Say, for example: remind me at five to call Anna.",
        ),
        ("Can you remind me of things?", "Yes. Say, for example: remind me at five to call Anna."),
        ("Could you also do maths?", "Yes. Say, for example: what is twelve times nine."),
        ("Can you keep lists?", "Yes. Say, for example: add milk to my shopping list."),
        ("Can you spell words?", "Yes. Say, for example: how do you spell necessary."),
    ],
)
def test_whether_it_can_is_no_order(tmp_path: Path, text: str, answer: str) -> None:
    talking = Talking(tmp_path)
    assert talking.say(text).answer == answer
    assert talking.items() == ()
    talking.close()


@pytest.mark.parametrize(
    "text",
    ["Can you set a timer?", "Can you set my alarms for seven?", "Can you make lists of planets?",
     "Can you do the dishes?", "Can you make notes of music?", "Can you wake me up at six?"],
)  # fmt: skip
def test_an_order_is_none_about_abilities(tmp_path: Path, text: str) -> None:
    talking = Talking(tmp_path)
    assert talking.name(text) != "talk.can_you"
    talking.close()
