"""What is corrected or taken back within one request, and what only looks like it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.language.en.corrections import NEVER_MIND, corrected
from assistant.language.en.normalise import normalise
from assistant.talk.request import read_request

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Set a timer for five, no, ten minutes.", "set a timer for 10 minutes"),
        ("Set a timer for five no ten minutes", "set a timer for 10 minutes"),
        ("Set a timer for five minutes, no, ten.", "set a timer for 10 minutes"),
        ("set a timer for five minutes, no wait, ten minutes", "set a timer for 10 minutes"),
        ("set a timer for five. No, ten minutes.", "set a timer for 10 minutes"),
        ("set a timer for 10 make that 15 minutes", "set a timer for 15 minutes"),
        ("set a timer for five minutes actually ten", "set a timer for 10 minutes"),
        ("Set a timer for five, no, ten, no, fifteen minutes", "set a timer for 15 minutes"),
        ("start a timer for twenty, uh, no, thirty minutes", "start a timer for 30 minutes"),
        ("Set a five minute timer, no, ten minutes.", "set a 10 minute timer"),
        ("cancel the five minute, I mean the ten minute timer", "cancel the 10 minute timer"),
        ("Set an alarm at six, I mean seven.", "set an alarm at 7"),
        ("Set an alarm for six, I mean seven tomorrow.", "set an alarm for 7 tomorrow"),
        ("Set an alarm for seven pm, no, eight.", "set an alarm for 8 pm"),
        ("wake me up at half past six, no, quarter past seven", "wake me up at quarter past 7"),
        ("Remind me to call Al at five today, no, at six.", "remind me to call al at 6 today"),
        ("Remind me on Monday, no, Tuesday to call Bob.", "remind me on tuesday to call bob"),
        (
            "Remind me on Monday at five, sorry, on Tuesday at six to call Bob.",
            "remind me on tuesday at 6 to call bob",
        ),
        ("remind me in ten minutes, no, at noon to eat", "remind me at noon to eat"),
        ("What is 15 percent, no, 20 percent of 80?", "what is 20 percent of 80"),
        ("What is five times, no wait, six times seven?", "what is 6 times 7"),
        ("What time is it in Paris, I mean London?", "what time is it in london"),
        ("Add milk, no, bread to the shopping list.", "add bread to the shopping list"),
        ("Add oat milk, I mean almond milk to my list", "add almond milk to my list"),
        ("Add milk to the shopping list, no, to the to-do list.", "add milk to the to do list"),
        ("Set a timer for five minutes, no wait, add milk to the list.", "add milk to the list"),
    ],
)  # fmt: skip
def test_the_last_words_count(said: str, meant: str) -> None:
    assert normalise(corrected(said)) == meant


@pytest.mark.parametrize(
    "said",
    [
        "Set a timer for ten minutes, never mind.",
        "Set a timer for ten minutes never mind",
        "Set a timer for ten minutes. No, forget it.",
        "Set a timer for ten minutes, no forget it",
        "Add milk to the shopping list, actually cancel that.",
        "add milk to the shopping list actually never mind",
        "What's the weather in, oh, never mind",
        "Remind me to call Anna, on second thought, no, never mind.",
    ],
)
def test_a_whole_request_is_taken_back(said: str) -> None:
    assert corrected(said) == NEVER_MIND


@pytest.mark.parametrize(
    "said",
    [
        "There is no sugar, no milk and no tea.",
        "Say no to that.",
        "How do I say no to a friend?",
        "What does never mind mean?",
        "Never mind.",
        "Forget it.",
        "No, at six.",
        "no wait",
        "No, ten minutes.",
        "I mean the ten minute one",
        "Tell him to never mind",
        "I will never forget it.",
        "Play the song Never Mind",
        "How do you spell never mind",
        "When I say five I mean ten",
        "when I say never mind, answer of course",
        "I have five apples and no ten dollar bills",
        "What do you mean, I mean really?",
        "Is it true that five minus five is no number",
        "add no sugar cola to the list",
        "Why is there no ten euro coin?",
        "Do you know, no wait, who wrote Faust?",
        "Are you sorry, five minutes later?",
        "Wait, ten minutes is too long",
        "Remind me to wait ten minutes",
        "set a timer for five minutes and wait ten minutes",
        "What is the number of people who said no, ten?",
        "Is there no way to set a timer for five minutes?",
        "There are 5 rooms with no 10 windows",
        "Should I forget it?",
        "I can't forget it",
        "Add a note, no, it is fine",
        "What is 100,000 times 3?",
        "Actually, set a timer for ten minutes",
        "Add eggs, butter and no milk to the list",
        "",
        "no",
    ],
)
def test_innocent_words_stay_as_they_are(said: str) -> None:
    assert corrected(said) == said


_WORDS = st.lists(
    st.sampled_from(
        (
            "set a timer for five ten minutes, no, wait, I mean six tomorrow. sorry, actually at "
            "to never mind forget it. add milk bread the list make that monday noon and"
        ).split()
    ),
    max_size=14,
).map(" ".join)


@given(st.one_of(st.text(max_size=80), _WORDS))
def test_any_text_is_read_and_twice_is_once(said: str) -> None:
    once = corrected(said)
    assert isinstance(once, str)
    assert len(once) <= max(len(said), len(NEVER_MIND))


@given(st.lists(st.sampled_from("set the old lamp on a blue table and read to me".split())))
def test_words_without_a_correction_are_the_very_same(words: list[str]) -> None:
    said = " ".join(words)
    assert corrected(said) is said


def test_a_long_dictation_is_no_request() -> None:
    said = "Set a timer for five, no, ten minutes"
    assert corrected(said) != said
    long = f"{said} {'and so it went on ' * 8}, never mind"
    assert corrected(long) is long


def test_a_request_keeps_what_was_said_in_full() -> None:
    request = read_request("Set a timer for five, no, ten minutes.", NOW)
    assert (request.text, request.words) == (
        "Set a timer for ten minutes",
        "set a timer for 10 minutes",
    )
    assert request.transcript == "Set a timer for five, no, ten minutes."
    plain = read_request("Set a timer.", NOW)
    assert (plain.said, plain.transcript) == ("", "Set a timer.")
    assert request.original("10 minutes") == "ten minutes"


def test_a_cry_for_help_is_never_taken_back(tmp_path: Path) -> None:
    config = Config()
    conversation = make_conversation(config, None, services=make_services(config, tmp_path))
    decision = conversation.decide("I want to hurt myself, never mind")
    assert decision is not None
    assert decision.source == "guardrail"
    taken_back = conversation.decide("Set a timer for ten minutes, never mind.")
    assert taken_back is not None
    assert (taken_back.name, taken_back.effects) == ("talk.cancel", ())
