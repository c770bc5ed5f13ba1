""" "And in London?" means the question before it, and no other question is taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.language.en.ellipsis import exchanged, new_words
from assistant.testing import converse
from tests.talking import Talking

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


@pytest.mark.parametrize(
    ("first", "then", "answer"),
    [
        ("What time is it in Tokyo?", "And in London?", "It's three twenty PM in London."),
        ("What time is it in Tokyo?", "What about New York?", "It's ten twenty AM in New York."),
        ("What time is it?", "And in Paris?", "It's four twenty PM in Paris."),
        ("How many grams are in an ounce?", "And in two ounces?", "2 ounces is about 56.7 grams."),
        ("How many grams in an ounce?", "And in a pound?", "There are about 454 grams in a pound."),
        ("How many days until Friday?", "And until Easter?", "It's thirty-two days until Easter."),
        ("How many days until Christmas?", "And Easter?", "It's thirty-two days until Easter."),
        ("What is 15 percent of 80?", "And of 90?", "15 percent of 90 is 13.5."),
        ("What is 15 percent of 80?", "And 20 percent?", "20 percent of 80 is 16."),
        ("What's the date next Friday?", "And next Monday?", "That will be Monday, March ninth."),
        ("When is Christmas?", "And the third of May?", "That will be Sunday, May third."),
        ("When is Easter?", "And next year?", "Easter is on Sunday, March twenty-eighth, twenty "
         "twenty-seven."),
        ("What day is it?", "And tomorrow?", "That will be Thursday, March fifth."),
        ("How do you spell rhythm?", "And necessary?", "Necessary: N-E-C-E-S-S-A-R-Y."),
        ("Is milk on my shopping list?", "And bread?", "No, bread is not on your shopping list."),
    ],
)  # fmt: skip
def test_what_is_new_takes_the_place_of_its_kind(
    talk: Talking, first: str, then: str, answer: str
) -> None:
    talk.say(first)
    assert talk.say(then).answer == answer


def test_it_goes_on_and_on(talk: Talking) -> None:
    talk.says("What is 15 percent of 80?", "And of 90?")
    assert talk.say("And 20 percent?").answer == "20 percent of 90 is 18."
    talk.say("How do you spell rhythm?")
    assert talk.says("And queue?", "Okay, and knight?")[1] == "Knight: K-N-I-G-H-T."


def test_the_decision_says_what_it_goes_on_with(talk: Talking) -> None:
    talk.say("What time is it in Tokyo?")
    decision = talk.say("And in London?").decision
    assert (decision.name, decision.source, dict(decision.slots)) == (
        "time.zone",
        "tool",
        {"place": "london", "thing": "time"},
    )
    assert decision.why == "goes on with time.zone: what time is it in london"
    assert decision.steps[-1].part == "follow-up"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("What is the capital of France?", "And of Italy?"),
        ("What is the capital of France?", "What about Italy?"),
        ("What time is it in Tokyo?", "And why is that?"),
        ("What time is it in Tokyo?", "And of Italy?"),
        ("What time is it in Tokyo?", "And what is the capital of Italy?"),
        ("What time is it in Tokyo?", "And how big is it?"),
        ("What time is it in Tokyo?", "What about the people there?"),
        ("How many grams are in an ounce?", "And who invented it?"),
        ("How many grams are in an ounce?", "And in German?"),
        ("How many days until Christmas?", "And why do we celebrate it?"),
        ("How many days until Christmas?", "What about the weather then?"),
        ("What is 15 percent of 80?", "And in German?"),
        ("What's the date next Friday?", "And who was born then?"),
        ("How do you spell rhythm?", "And why is that?"),
        ("How do you spell rhythm?", "And the meaning?"),
        ("How do you spell rhythm?", "And in German?"),
        ("How do you spell rhythm?", "And what does it mean?"),
        ("How do you spell rhythm?", "What about his first book?"),
        ("How do you spell receipt?", "What about dinner?"),
        ("How do you spell receipt?", "And what about dinner?"),
        ("How do you spell receipt?", "How about lunch?"),
        ("Is milk on my shopping list?", "And why not?"),
    ],
)
def test_other_questions_go_to_the_model(talk: Talking, first: str, then: str) -> None:
    talk.say(first)
    assert talk.name(then) not in (
        "time.zone", "time.difference", "unit.convert", "date.until", "sum.calculate", "date.of",
        "word.spell", "list.has", "list.read",
    )  # fmt: skip


@pytest.mark.parametrize(
    "between", ["What is the capital of France?", "Thank you.", "Set a timer for ten minutes."]
)
def test_only_right_after_the_question(talk: Talking, between: str) -> None:
    talk.says("What time is it in Tokyo?", between)
    assert talk.name("And in London?") == "model"


def test_not_long_after_the_question(talk: Talking) -> None:
    talk.say("What time is it in Tokyo?")
    talk.wait(minutes=2)
    assert talk.name("And in London?") == "model"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Set a timer for ten minutes.", "And for twenty minutes?"),
        ("Set an alarm for seven AM.", "And for eight AM?"),
        ("Add milk to my shopping list.", "And bread to it"),
    ],
)
def test_what_does_something_is_not_done_again(talk: Talking, first: str, then: str) -> None:
    talk.say(first)
    steps = talk.say(then).decision.steps
    assert all(step.verdict == "passed" for step in steps if step.part == "follow-up")


def test_a_flow_of_the_users_goes_on_as_well(tmp_path: Path) -> None:
    (tmp_path / "pools.py").write_text(
        "from assistant.flows import flow\n\n\n"
        '@flow("how warm is the pool in {town}")\n'
        "def warm(town: str | None = None):\n"
        '    return f"Warm enough in {town}."\n'
    )
    with converse(flows=tmp_path / "pools.py") as talk:
        talk.say("How warm is the pool in Bern?")
        assert talk.say("And in Basel?") == "Warm enough in Basel."
        assert talk.say("Well, and Chur?") == "Warm enough in Chur."


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("and in london", "in london"),
        ("so what about next monday", "next monday"),
        ("how about 90 then", "90"),
        ("and why is that", ""),
        ("and what is the time", ""),
        ("in london", ""),
        ("and add milk", ""),
        ("and a very long sentence about this and that", ""),
    ],
)
def test_the_words_that_are_new(words: str, new: str) -> None:
    assert new_words(words) == new


def test_shared_words_tell_the_place_of_the_new_ones() -> None:
    found = exchanged("what is 15 percent of 80", "of 90", [], NOW)
    assert list(found) == ["what is 15 percent of 90"]
    found = exchanged("what is 15 percent of 80", "20 percent", [], NOW)
    assert next(found) == "what is 20 percent of 80"


@pytest.mark.parametrize(
    ("first", "then", "name"),
    [
        ("What's the weather in Paris?", "And in London?", "decline.weather"),
        ("What's the weather tomorrow?", "And on Friday?", "decline.weather"),
        ("Turn on the light in the kitchen.", "And in the bedroom.", "decline.actuator"),
    ],
)
def test_what_was_declined_is_declined_again(
    talk: Talking, first: str, then: str, name: str
) -> None:
    assert talk.say(first).decision.name == name
    assert talk.say(then).decision.name == name


def test_after_a_decline_another_question_is_another_question(talk: Talking) -> None:
    talk.say("What's the weather in Paris?")
    assert talk.name("And what is the capital of Italy?") == "model"
    assert talk.name("And the Louvre?") == "model"
