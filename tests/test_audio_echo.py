"""The echo canceller: removes the assistant's voice, leaves the user's, refuses wrong lengths."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.echo import Aec3, NoCanceller, make_canceller
from assistant.audio.files import EchoPath
from assistant.config import AudioConfig
from assistant.messages import FRAME_SAMPLES, HALF_SAMPLES, Int16Array


def babble(frames: int, seed: int) -> Int16Array:
    """Noise in bursts of a syllable's length: int16[frames, 320]."""
    rng = np.random.default_rng(seed)
    loudness = np.repeat(rng.uniform(0, 4000, frames // 10 + 1), 10)[:frames, None]
    return (rng.normal(0, 1, (frames, FRAME_SAMPLES)) * loudness).astype(np.int16)


def energy(samples: Int16Array) -> float:
    return float(np.square(samples.astype(np.float64)).mean())


def test_an_echo_is_removed_by_20_db_and_more() -> None:
    played = babble(400, seed=1)
    echo = EchoPath(delay_ms=60, gain_db=-6)
    halves = [echo.hear(half) for half in played.reshape(-1, HALF_SAMPLES)]
    heard = np.stack(halves).reshape(played.shape)
    canceller = Aec3()
    cleaned = np.stack([canceller.cancel(*pair) for pair in zip(heard, played, strict=True)])
    settled = slice(150, None)
    assert energy(cleaned[settled]) < energy(heard[settled]) / 100


def test_speech_passes_unharmed_while_nothing_is_played() -> None:
    heard = babble(200, seed=2)
    canceller = Aec3()
    silence = np.zeros(FRAME_SAMPLES, np.int16)
    cleaned = [canceller.cancel(frame, silence) for frame in heard]
    assert np.array_equal(np.stack(cleaned), heard)


def test_it_works_on_for_two_seconds_after_the_last_sound_and_then_rests() -> None:
    heard = babble(104, seed=3)
    canceller = Aec3()
    silence = np.zeros(FRAME_SAMPLES, np.int16)
    canceller.cancel(heard[0], np.full(FRAME_SAMPLES, 1000, np.int16))
    passed = [np.array_equal(canceller.cancel(frame, silence), frame) for frame in heard[1:]]
    assert passed.index(True) == 100
    assert all(passed[100:])


@pytest.mark.parametrize("count", [0, 160, 319, 321, 640])
def test_a_wrong_length_is_an_error_and_not_the_end_of_the_process(count: int) -> None:
    right, wrong = np.ones(FRAME_SAMPLES, np.int16), np.ones(count, np.int16)
    canceller = Aec3()
    with pytest.raises(ValueError, match=r"heard is int16\[" + str(count)):
        canceller.cancel(wrong, right)
    with pytest.raises(ValueError, match=r"played is int16\[" + str(count)):
        canceller.cancel(right, wrong)


def test_a_wrong_type_is_an_error() -> None:
    right = np.ones(FRAME_SAMPLES, np.int16)
    with pytest.raises(ValueError, match="float32"):
        Aec3().cancel(right.astype(np.float32), right)


def test_the_configuration_chooses_the_canceller() -> None:
    assert isinstance(make_canceller(AudioConfig()), Aec3)
    off = make_canceller(AudioConfig(echo_canceller="off"))
    assert isinstance(off, NoCanceller)
    frame = np.ones(FRAME_SAMPLES, np.int16)
    assert off.cancel(frame, frame) is frame
