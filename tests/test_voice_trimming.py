"""Silence around a sentence, taken away while the sentence is still coming."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.messages import AUDIBLE, Float32Array
from assistant.voice.trimming import SilenceTrimmer, first_audible

RATE_HZ = 10_000
LEAD, TAIL, FADE = 20, 1400, 20


def drawn(*parts: tuple[int, float]) -> Float32Array:
    """(samples, amplitude) after each other."""
    return np.concatenate([np.full(count, level, np.float32) for count, level in parts])


def trimmed(sound: Float32Array, *cuts: int) -> Float32Array:
    trimmer = SilenceTrimmer(RATE_HZ)
    pieces = [trimmer.push(piece) for piece in np.split(sound, cuts)]
    return np.concatenate([*pieces, trimmer.finish()])


def test_silence_before_is_cut_but_for_a_lead_and_after_it_a_tail_stays() -> None:
    out = trimmed(drawn((500, 0.0), (1000, 0.5), (5000, 0.001)))
    assert len(out) == LEAD + 1000 + TAIL
    assert first_audible(out) == LEAD
    assert (out[LEAD : LEAD + 1000] == 0.5).all()


def test_it_begins_and_ends_in_a_fade_and_nothing_between_is_touched() -> None:
    sound = drawn((3000, 0.5))
    out = trimmed(sound)
    assert len(out) == 3000
    assert out[0] == out[-1] == 0.0
    assert (np.diff(out[:FADE]) > 0).all()
    assert (np.diff(out[-FADE:]) < 0).all()
    np.testing.assert_array_equal(out[FADE:-FADE], sound[FADE:-FADE])


def test_a_pause_inside_stays_whole() -> None:
    sound = drawn((200, 0.3), (4000, 0.0), (200, 0.3))
    assert len(trimmed(sound, 1000, 2000, 3500)) == len(sound)


def test_silence_alone_gives_nothing() -> None:
    assert trimmed(drawn((4000, AUDIBLE / 2)), 100, 2000).size == 0


def test_speech_is_given_at_once_except_for_the_length_of_a_fade() -> None:
    trimmer = SilenceTrimmer(RATE_HZ)
    assert len(trimmer.push(drawn((200, 0.0), (1000, 0.5)))) == LEAD + 1000 - FADE


def test_silence_that_stays_in_any_case_is_not_held_back() -> None:
    trimmer = SilenceTrimmer(RATE_HZ)
    given_first = len(trimmer.push(drawn((1000, 0.5))))
    given_then = len(trimmer.push(drawn((5000, 0.0))))
    assert given_first + given_then == 1000 + TAIL - FADE


@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.sampled_from([0.0, 0.002, 0.01, 0.4])),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.integers(0, 9000), max_size=8),
)
def test_how_the_sentence_was_divided_changes_nothing(
    parts: list[tuple[int, float]], cuts: list[int]
) -> None:
    sound = drawn(*parts)
    places = sorted(cut for cut in cuts if cut <= len(sound))
    np.testing.assert_array_equal(trimmed(sound, *places), trimmed(sound))


@pytest.mark.parametrize("length", [1, 20, 45])
def test_a_sound_shorter_than_its_fades_does_not_fail(length: int) -> None:
    assert len(trimmed(drawn((length, 0.5)))) == length
