"""Whether there is an echo is found from the sound alone, and an interruption does not fool it."""

from __future__ import annotations

import numpy as np

from assistant.audio.echo_path import EchoWatch
from assistant.messages import Int16Array

RNG = np.random.default_rng(3)
QUIET = np.zeros(320, np.int16)


def noise(level: float) -> Int16Array:
    return RNG.normal(0, level, 320).astype(np.int16)


def watch(heard: list[float], played: list[float]) -> list[bool]:
    """Feed noise of these levels; whether an echo was assumed after each frame."""
    echo = EchoWatch()
    told = []
    for heard_level, played_level in zip(heard, played, strict=True):
        echo.hear(noise(heard_level), noise(played_level))
        told.append(echo.has_echo)
    return told


def test_an_echo_is_assumed_until_the_opposite_was_heard() -> None:
    told = watch([20] * 150, [0] * 50 + [3000] * 100)
    assert all(told[:78])
    assert not told[90]


def test_a_real_echo_keeps_the_canceller_on() -> None:
    """The echo comes back 200 ms late and 20 dB down, over a background 20 dB below it."""
    told = watch([20] * 60 + [300] * 140, [0] * 50 + [3000] * 150)
    assert all(told)


def test_an_interruption_is_not_an_echo() -> None:
    heard = [20] * 150 + [4000] * 30 + [20] * 20
    told = watch(heard, [0] * 20 + [3000] * 180)
    assert not any(told[140:])


def test_headphones_that_are_taken_off_are_noticed() -> None:
    told = watch([20] * 150 + [1500] * 100, [3000] * 250)
    assert not told[149]
    assert told[-1]


def test_an_echo_that_is_cut_short_again_and_again_is_still_an_echo() -> None:
    """Each answer is stopped after 400 ms by its own echo, 60 ms late."""
    heard, played = [], []
    for _ in range(10):
        played += [3000] * 20 + [0] * 60
        heard += [5] * 3 + [1500] * 20 + [5] * 57
    assert all(watch(heard, played))
