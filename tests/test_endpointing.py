"""The wait that ends a turn, as a function of what is known."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import TurnConfig
from assistant.turn.endpointing import stretch, wait_ms

CONFIG = TurnConfig(shortest_wait_ms=200, longest_wait_ms=2000)
SURE_BY_SOUND = 200 * 1.2
"""The shortest wait while the words are not weighed."""
PROBABILITY = st.floats(0.0, 1.0)
TEXTS = st.sampled_from([None, "", "Set a timer.", "I would like a", "and um", "Well,", "So..."])


def wait(
    completeness: float | None,
    text: str | None = None,
    *,
    speech_ms: float = 1500,
    sentence_end: float | None = None,
    is_known: bool = False,
    paused_ms: float = math.inf,
) -> float:
    return wait_ms(
        completeness,
        text,
        CONFIG,
        speech_ms=speech_ms,
        sentence_end=sentence_end,
        is_known=is_known,
        paused_ms=paused_ms,
    )


MAYBE = st.one_of(st.none(), PROBABILITY)


@given(PROBABILITY, TEXTS, st.floats(0, 60_000), MAYBE, st.booleans())
def test_the_wait_stays_between_the_shortest_and_the_longest(
    completeness: float,
    text: str | None,
    speech_ms: float,
    sentence_end: float | None,
    is_known: bool,
) -> None:
    waited = wait(
        completeness, text, speech_ms=speech_ms, sentence_end=sentence_end, is_known=is_known
    )
    assert 200 <= waited <= 2000


@given(PROBABILITY, PROBABILITY, TEXTS, MAYBE)
def test_a_surer_judgement_never_waits_longer(
    one: float, other: float, text: str | None, sentence_end: float | None
) -> None:
    low, high = sorted((one, other))
    assert wait(high, text, sentence_end=sentence_end) <= wait(low, text, sentence_end=sentence_end)


@given(PROBABILITY, PROBABILITY, PROBABILITY, TEXTS)
def test_likelier_ends_of_a_sentence_never_wait_longer(
    completeness: float, one: float, other: float, text: str | None
) -> None:
    low, high = sorted((one, other))
    assert wait(completeness, text, sentence_end=high) <= wait(completeness, text, sentence_end=low)


def test_sound_and_words_make_up_for_each_other() -> None:
    def odds(log_odds: float) -> float:
        return 1 / (1 + math.exp(-log_odds))

    # the sum of the log-odds and three times the logarithm of the probability is -1.3 in each
    waits = [
        wait(odds(3 * doubt - 1.3), sentence_end=math.exp(-doubt)) for doubt in (0.5, 1.0, 2.0)
    ]
    assert waits == pytest.approx([200.0] * 3)
    doubtful = [wait(odds(0), sentence_end=math.exp(-1)), wait(odds(3), sentence_end=math.exp(-2))]
    assert doubtful == pytest.approx([200 * math.exp(0.3 * 1.7)] * 2)


def test_rare_words_do_not_wait_for_ever() -> None:
    assert wait(0.97, "Muncho Gar.", sentence_end=1e-9) == wait(0.97, "", sentence_end=0.1)
    assert wait(0.97, "Muncho Gar.", sentence_end=1e-9) < 400


def test_how_surely_it_sounds_unfinished_tells_little() -> None:
    assert wait(0.01, sentence_end=0.5) == wait(0.2, sentence_end=0.5) > wait(0.5, sentence_end=0.5)


@given(PROBABILITY, PROBABILITY)
def test_a_question_is_not_waited_for_because_its_end_rises(
    completeness: float, sentence_end: float
) -> None:
    asked = wait(completeness, "Where is Salon 2?", sentence_end=sentence_end)
    said = wait(completeness, "This is Salon 2.", sentence_end=sentence_end)
    assert asked == pytest.approx(min(said, 200 * math.exp(0.3 * 3.7)))


def test_a_question_that_leads_on_is_waited_for() -> None:
    waits = [wait(0.01, text, sentence_end=0.01) for text in ("Is it red or?", "Is it red?")]
    assert waits[0] == 2000 > 3 * waits[1]


@given(PROBABILITY, st.floats(0, 0.01))
def test_the_wait_is_continuous(completeness: float, nudge: float) -> None:
    odds = [max(0.02, min(0.98, score)) for score in (completeness, completeness + nudge / 100)]
    assert abs(wait(odds[0]) - wait(odds[1])) < 5


def test_the_ends_of_the_scale_are_the_two_waits() -> None:
    assert wait(1.0) == wait(0.99) == pytest.approx(SURE_BY_SOUND)
    assert wait(0.99, sentence_end=0.5) == 200
    assert wait(0.0) == wait(0.1) < 2000


def test_the_wait_follows_the_log_odds() -> None:
    even = SURE_BY_SOUND * math.exp(0.2 * 3.4)
    assert wait(0.5) == pytest.approx(even)
    assert wait(0.9) == pytest.approx(even / 9**0.2)
    assert wait(0.3) == pytest.approx(even * (7 / 3) ** 0.2)


def test_no_judgement_waits_longest() -> None:
    assert wait(None) == 2000


def test_a_timer_ignores_judgement_and_words() -> None:
    config = dataclasses.replace(CONFIG, endpointing="timer", timer_ms=700)
    assert wait_ms(1.0, "um", config, speech_ms=10) == 700


@pytest.mark.parametrize(
    "text",
    [
        "I want um",
        "I want to",
        "Add milk and",
        "Add milk, and...",
        "Call my",
        "Because",
        "Uh, Hmm.",
    ],
)
def test_words_that_lead_on_stretch_the_wait(text: str) -> None:
    if text == "Because":
        assert wait(0.9, "Well because") > wait(0.9, "Well")
    else:
        assert wait(0.9, text) > 2 * wait(0.9, "Add milk.")


@pytest.mark.parametrize(
    "text",
    [
        "What is it for?",
        "Who is it from?",
        "Turn the light on.",
        "Turn it off",
        "Tell me more about it.",
        "Yes.",
        "No",
        "So?",
        "Stop that.",
        "What's up",
        "",
    ],
)
def test_whole_phrases_are_not_stretched(text: str) -> None:
    assert stretch(text) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "555",
        "5-5-5",
        "5, 5, 5, 0, 1.",
        "555-0142",
        "It's 555.",
        "My number is 5",
        "Five five five",
        "The phone number of Tom is 0 30",
        "Dial 55",
        "My phone number is double five",
    ],
)
def test_who_tells_a_number_is_given_time_between_its_groups(text: str) -> None:
    config = TurnConfig()
    assert stretch(text) == 4.0
    for completeness in (0.5, 0.9):
        for sentence_end in (None, 0.2):
            wait = wait_ms(completeness, text, config, speech_ms=900, sentence_end=sentence_end)
            assert wait > 720


@pytest.mark.parametrize(
    "text",
    [
        "Ten.",
        "10",
        "25.",
        "250",
        "1984.",
        "0.40",
        "Set a timer for 10",
        "What is 1,500 times 300?",
        "What happened in 1984?",
        "030 555 01 42.",
        "My number is 555 555 0142.",
        "Two.",
        "1,500.",
        "7:30.",
        "12.50",
        "$500",
        "Tell me a number between 1 and 10.",
        "At 5.",
    ],
)
def test_a_number_that_is_no_list_of_digits_is_not_waited_for(text: str) -> None:
    assert stretch(text) == 1.0


def test_a_comma_stretches_less_than_a_trailing_and() -> None:
    assert 1.0 < stretch("First of all milk,") < stretch("Milk and") < stretch("Milk and um")


def test_words_that_trail_off_are_waited_for() -> None:
    assert stretch("I was thinking...") > stretch("I was thinking,")


def test_a_known_phrase_waits_less_when_the_judge_doubts() -> None:
    assert wait(0.3, "What time is it?", is_known=True) < wait(0.3, "What time is it?")


def test_a_known_phrase_does_not_excuse_words_that_lead_on() -> None:
    assert wait(0.3, "Set a timer for", is_known=True) == wait(0.3, "Set a timer for")


def test_a_question_that_is_known_as_a_whole_ends_with_any_word() -> None:
    """ "Have" seldom ends a request, but it ends "what reminders do I have?"."""
    text = "What reminders do I have?"
    assert round(wait(0.9, text)) == 1557
    assert wait(0.9, text, is_known=True) == 200
    assert round(wait(0.9, "What reminders do I have", is_known=True)) == 1557


@pytest.mark.parametrize("text", ["Can you set a timer for?", "Will you remind me to?"])
def test_a_question_whose_end_is_missing_is_waited_for(text: str) -> None:
    """Its end rises because its speaker has not finished."""
    assert round(wait(0.9, text)) == 1557
    assert round(wait(0.9, text, is_known=True)) == 1557


def test_who_has_spoken_for_long_is_given_longer_up_to_a_bound() -> None:
    waits = [wait(0.95, speech_ms=ms) for ms in (500, 5000, 6000, 10_000, 12_500, 60_000)]
    short = waits[0]
    assert waits == pytest.approx([short, short, 1.2 * short, 2 * short, 2.5 * short, 2.5 * short])


@pytest.mark.parametrize(
    ("completeness", "sentence_end", "paused_ms", "waited"),
    [
        (0.95, 0.9, 499, 200),  # both say clearly that it is complete
        (0.95, 0.9, 500, 500),  # but who has paused so long in mid-turn dictates
        (0.8, 0.5, 499, 318),  # evidence -0.69: 0.61 of the way from doubtful to clear
        (0.5, 0.6, 499, 536),  # evidence -1.53: doubtful, as before
        (0.95, None, 499, 657),  # the words are not known yet
    ],
)
def test_a_long_turn_without_a_long_pause_ends_sooner_when_it_is_clearly_complete(
    completeness: float, sentence_end: float | None, paused_ms: float, waited: int
) -> None:
    found = wait(
        completeness, "So.", speech_ms=60_000, sentence_end=sentence_end, paused_ms=paused_ms
    )
    assert round(found) == waited
