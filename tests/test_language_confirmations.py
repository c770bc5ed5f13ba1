"""A language model that repeats how the tools confirm what they did claims to have done it."""

from __future__ import annotations

import pytest

from assistant.language.en.claims import Claims


@pytest.mark.parametrize(
    "clause",
    [
        "Okay, ten minute timer.",
        "Okay, ten minute pasta timer.",
        "Okay, one hour and thirty minute timer.",
        "Okay, two timers: five minutes and ten minutes.",
        "Okay, five minutes more.",
        "Okay, twenty-five minutes less.",
        "Okay, paused, with ten minutes left.",
        "Okay, running again, with ten minutes left.",
        "Okay, the ten minute timer is cancelled.",
        "Okay, two timers are cancelled.",
        "Okay, alarm tomorrow at seven AM.",
        "Okay, alarm every weekday at seven thirty AM.",
        "Okay, your alarm is now tomorrow at eight AM.",
        "Okay, the reminder is cancelled: call Anna.",
        "Okay, I'll remind you today at five PM: call Anna.",
        "I've added milk to your shopping list.",
        "I took milk off your shopping list.",
        "Your shopping list is empty now.",
        "Ticked off: rice.",
        "I've noted it.",
        "Okay, volume nine.",
        "Okay, I'll speak slower.",
        "Okay, again in five minutes.",
    ],
)
def test_the_words_of_the_tools_are_a_claim_when_the_model_says_them(clause: str) -> None:
    assert Claims("Five minutes.").find(clause)[0] == "act"


@pytest.mark.parametrize(
    "clause",
    [
        "A ten minute timer helps you to focus.",
        "You can say: set a timer for ten minutes.",
        "An hour has sixty minutes.",
        "It takes ten minutes more at high altitude.",
        "Most alarms ring at seven.",
        "The volume of a cube is its side to the third power.",
        "People speak slower when they are tired.",
        "Two timers are better than one.",
        "The empty set has no elements.",
    ],
)
def test_sentences_about_such_things_are_none(clause: str) -> None:
    assert Claims("Tell me something.").find(clause) == ("", "")
