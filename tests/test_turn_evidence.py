"""What the sound says of a turn, and talk behind somebody who is nearer, in drawn sound."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.config import TurnConfig
from assistant.messages import FRAME_SAMPLES, AudioFrame, Evidence, Int16Array, TurnDecision
from assistant.turn.tracker import TurnTracker

HEIGHTS = {"#": 12_000, "+": 2_700, "-": 1_200, "m": 3_800, ".": 3}
"""Loud speech; 13, 20 and 10 dB softer speech; the room."""

SECOND = 50


def frame(mark: str) -> Int16Array:
    times = np.arange(FRAME_SAMPLES)
    return (HEIGHTS[mark] * np.sin(2 * np.pi * times / 40)).astype(np.int16)


def heard(
    picture: str, score: float = 0.9, voice_from: int | None = None
) -> tuple[list[tuple[int, int]], list[Evidence]]:
    """First and last frame of the speech of each turn, and what is known of it; the assistant
    speaks from the frame `voice_from` on."""
    tracker = TurnTracker(TurnConfig(endpointing="timer", timer_ms=400))
    turns, found = [], []
    for number, mark in enumerate(picture):
        speaks = voice_from is not None and number >= voice_from
        played = np.full(FRAME_SAMPLES, 1000 * speaks, np.int16)
        whole = AudioFrame(samples=frame(mark), index=number * FRAME_SAMPLES, played=played)
        decision = tracker.step(whole, mark != ".", score if mark != "." else 0.0)
        if decision is TurnDecision.COMMIT:
            said = tracker.utterance()
            turns.append(
                (said.speech_start_sample // FRAME_SAMPLES, said.speech_end_sample // FRAME_SAMPLES)
            )
            found.append(said.evidence)
    return turns, found


def test_speech_without_its_pauses_and_its_level() -> None:
    turns, (said,) = heard("." * 60 + "#" * 20 + "." * 10 + "#" * 10 + "." * 30)
    assert turns == [(60, 100)]
    assert said.speech_ms == 600
    assert said.span_ms == 800
    assert said.score == pytest.approx(0.9)
    assert said.level_db == pytest.approx(20 * np.log10(12_000 / 32_768) - 3.0, abs=0.1)
    assert not said.is_background


FIRST = "." * 20 + "#" * SECOND + "." * 25
"""A turn of a second, and its end."""


def test_softer_talk_right_after_a_turn_is_background() -> None:
    turns, found = heard(FIRST + "+" * SECOND + "." * 25)
    assert turns == [(20, 70), (95, 145)]
    assert [one.is_background for one in found] == [False, True]


def test_somebody_who_speaks_a_little_softer_is_heard() -> None:
    turns, found = heard(FIRST + "m" * SECOND + "." * 25)
    assert turns == [(20, 70), (95, 145)]
    assert [one.is_background for one in found] == [False, False]


@pytest.mark.parametrize("mark", "+-")
def test_after_a_while_somebody_may_have_gone_away(mark: str) -> None:
    turns, found = heard(FIRST + "." * SECOND * 3 + mark * SECOND + "." * 25)
    assert len(turns) == 2
    assert not any(one.is_background for one in found)


def test_talk_that_was_behind_somebody_is_known_for_ten_seconds_and_no_longer() -> None:
    again = "." * SECOND * 6 + "+" * SECOND
    assert [one.is_background for one in heard(FIRST + "+" * SECOND + again * 3 + "." * 25)[1]] == [
        False, True, True, False, False,
    ]  # fmt: skip


def test_an_answer_over_the_assistants_voice_is_no_measure_of_who_is_in_front() -> None:
    turns, found = heard(FIRST + "-" * SECOND + "." * 25, voice_from=20)
    assert len(turns) == 2
    assert not any(one.is_background for one in found)


def test_who_goes_on_softly_after_a_pause_is_still_heard() -> None:
    picture = "." * 20 + "#" * SECOND + "." * 19 + "-" * 25 + "#" * SECOND + "." * 40
    assert heard(picture)[0] == [(20, 164)]


def test_a_bark_is_nobody_whom_others_stand_behind() -> None:
    turns, found = heard(FIRST + "-" * SECOND + "." * 25, score=0.6)
    assert len(turns) == 2
    assert not any(one.is_background for one in found)


def test_a_turn_ends_although_talk_goes_on_behind_it() -> None:
    turns, _ = heard("." * 20 + "#" * SECOND + "-" * SECOND * 4)
    assert turns == [(20, 70)]


def test_a_soft_end_of_a_sentence_belongs_to_it() -> None:
    picture = "." * 20 + "#" * SECOND + "-" * 39 + "." * 40
    assert heard(picture)[0] == [(20, 109)]
    softer = "." * 20 + "#" * SECOND + "+" * SECOND + "." * 40
    assert heard(softer)[0] == [(20, 120)]


def test_over_the_assistants_voice_levels_tell_nothing() -> None:
    picture = FIRST + "-" * SECOND + "." * 25
    turns, found = heard(picture, voice_from=80)
    assert turns == [(20, 70), (95, 145)]
    assert not found[1].is_background
    assert heard("." * 20 + "#" * SECOND + "-" * SECOND * 4, voice_from=75)[0] == []
