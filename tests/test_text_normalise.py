"""Canonical words: what must become equal, and what must stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.en.normalise import core, normalise
from assistant.language.en.numbers import cardinal, ordinal, words_to_digits, year


@pytest.mark.parametrize(
    ("heard", "canonical"),
    [
        ("What's the time, please?", "what is the time"),
        ("whats the time", "what is the time"),
        ("Um, what, what is 1,000 plus twenty-five?", "what is 1000 plus 25"),
        ("VII", "7"),
        ("seven", "7"),
        ("7", "7"),
        ("one hundred and five", "105"),
        ("two thousand and twenty six", "2026"),
        ("five hundred thousand two hundred and one", "500201"),
        ("five six", "5 6"),
        ("5, 5, 5", "5 5 5"),
        ("no no no thank you", "no thank you"),
        ("Hey assistant, stop.", "hey stop"),
        ("Stop, assistant!", "stop"),
        ("my favourite colour", "my favorite color"),
        ("café", "cafe"),
        ("I'll be there at 7:30 p.m.", "i will be there at 7:30 pm"),
        ("It’s the 3rd of May", "it is the third of may"),
        ("Um. Uh, please!", ""),
        ("…", ""),
    ],
)
def test_spellings_of_one_request_become_equal(heard: str, canonical: str) -> None:
    assert normalise(heard) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I'll go", "I ill go"),
        ("its tail", "it is tail"),
        ("I have a mix", "I have a 1009"),
        ("do that", "do not do that"),
        ("the assistant manager", "the manager"),
        ("vi or emacs", "6 or emacs"),
        ("no thank you", "thank you"),
    ],
)
def test_different_meanings_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("request_", "bare"),
    [
        ("okay could you tell me the time right now", "tell me the time"),
        ("I would like to set a timer", "set a timer"),
        ("look set a timer", "set a timer"),
        ("look up the word now", "look up the word"),
        ("no thank you", "no thank you"),
        ("thank you", "thank you"),
        ("okay", "okay"),
    ],
)
def test_core_drops_the_polite_frame_only(request_: str, bare: str) -> None:
    assert core(normalise(request_)) == bare


_TALK = st.lists(
    st.sampled_from(
        (
            "what's um please seven twenty-five hundred thousand and VII it's don't hey "
            "assistant, okay stop! 1,000 3.5 10:30 café can't no, a U.S. well"
        ).split()
    ),
    max_size=12,
).map(" ".join)


@given(st.one_of(st.text(max_size=60), _TALK))
def test_normalise_and_core_are_idempotent(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert core(core(once)) == core(once)
    assert bool(core(once)) == bool(once)


@given(st.integers(min_value=0, max_value=10**12))
def test_every_number_survives_words_and_back(number: int) -> None:
    assert words_to_digits(cardinal(number).replace("-", " ").split()) == [str(number)]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "first"), (12, "twelfth"), (21, "twenty-first"), (30, "thirtieth")]
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1984, "nineteen eighty-four"),
        (1905, "nineteen oh five"),
        (2000, "two thousand"),
        (2005, "two thousand five"),
        (2026, "twenty twenty-six"),
        (1900, "nineteen hundred"),
    ],
)
def test_years(number: int, words: str) -> None:
    assert year(number) == words
