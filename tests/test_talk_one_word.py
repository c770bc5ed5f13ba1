"""A single word gets an honest answer, also one that only a remote control would take."""

from __future__ import annotations

import pytest

from assistant.testing import converse

PLAYER = (
    "I don't have a player for that. "
    "I can set timers, alarms and reminders, keep lists and do sums."
)
SKIP = "I have nothing here to skip through."
SWITCH = "I can't switch anything on or off."
VOICE = "If you mean my voice, say louder or quieter."


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Pause.", PLAYER),
        ("Next.", SKIP),
        ("Previous.", SKIP),
        ("Back.", SKIP),
        ("On.", SWITCH),
        ("Off.", SWITCH),
        ("Up.", VOICE),
        ("Down.", VOICE),
        ("Go.", "Just tell me what to start."),
        ("No.", "Okay."),
        ("Stop.", "Okay."),
        ("Yes.", "All right."),
        ("No, no, no, no, no!", "Okay."),
        ("Computer.", "I'm listening."),
        ("Hey Jarvis.", "I'm listening."),
        ("Alexa", "I'm listening."),
    ],
)
def test_one_word_is_answered_without_a_model(said: str, answer: str) -> None:
    with converse(now="2026-03-04T15:20") as talk:
        assert talk.say(said) == answer


def test_a_word_of_a_sentence_is_no_command() -> None:
    with converse(now="2026-03-04T15:20") as talk:
        for said in ("What comes next?", "What's up with him?", "Computer science is hard."):
            assert talk.say(said) not in (SKIP, SWITCH, VOICE, "I'm listening.")
