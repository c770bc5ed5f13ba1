"""What a faulty microphone gives becomes what a good one gives: one channel, no offset."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.capture import Capture
from assistant.audio.channels import Mixdown
from assistant.audio.offset import CORNER_HZ, OffsetFilter
from assistant.messages import Float32Array

RATE_HZ = 16_000
BLOCK = 160


def tone(seconds: float, hz: float = 400.0, height: float = 0.2) -> Float32Array:
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (height * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def hiss(seconds: float, height: float) -> Float32Array:
    drawn = np.random.default_rng(7).normal(0, height, round(seconds * RATE_HZ))
    return drawn.astype(np.float32)


def mixed(mixdown: Mixdown, *channels: Float32Array) -> Float32Array:
    """Block after block of 10 ms."""
    sound = np.stack(channels, axis=1)
    return np.concatenate(
        [mixdown.push(sound[at : at + BLOCK]) for at in range(0, len(sound), BLOCK)]
    )


# -- channels --------------------------------------------------------------------------------------


def test_one_channel_is_passed_on_and_is_no_view() -> None:
    block = tone(0.01)[:, None]
    passed = Mixdown(RATE_HZ).push(block)
    assert np.array_equal(passed, block[:, 0])
    assert not np.shares_memory(passed, block)


def test_channels_that_hear_the_same_are_averaged() -> None:
    mixdown = Mixdown(RATE_HZ)
    heard = mixed(mixdown, 0.5 * tone(1.0), 1.5 * tone(1.0))
    assert np.allclose(heard, tone(1.0), atol=1e-6)
    assert mixdown.chosen is None


@pytest.mark.parametrize("dead", [0, 1])
def test_of_a_pair_with_a_dead_channel_the_other_is_heard_as_loud_as_it_is(dead: int) -> None:
    channels = [tone(1.0), tone(1.0)]
    channels[dead] = hiss(1.0, 1e-4)
    mixdown = Mixdown(RATE_HZ)
    assert np.array_equal(mixed(mixdown, *channels), tone(1.0))
    assert mixdown.chosen == 1 - dead


def test_a_pair_that_cancels_itself_out_is_heard_from_the_first_block_on() -> None:
    heard = mixed(Mixdown(RATE_HZ), tone(1.0), -tone(1.0))
    assert np.array_equal(heard, tone(1.0))


def test_an_offset_of_a_channel_is_no_sound_of_it() -> None:
    mixdown = Mixdown(RATE_HZ)
    mixed(mixdown, tone(1.0), hiss(1.0, 1e-4) + np.float32(0.3))
    assert mixdown.chosen == 0


def test_what_was_decided_stays_while_it_is_quiet() -> None:
    mixdown = Mixdown(RATE_HZ)
    mixed(mixdown, tone(1.0), hiss(1.0, 1e-3))
    assert mixdown.chosen == 0
    mixed(mixdown, hiss(5.0, 1e-3), -hiss(5.0, 1e-3))
    assert mixdown.chosen == 0
    mixed(mixdown, tone(1.0), 0.9 * tone(1.0))
    assert mixdown.chosen is None, "the other one is plugged in"


def test_digital_silence_decides_nothing() -> None:
    mixdown = Mixdown(RATE_HZ)
    nothing = np.zeros(RATE_HZ, np.float32)
    assert not mixed(mixdown, nothing, nothing).any()
    assert mixdown.chosen is None


# -- the offset ------------------------------------------------------------------------------------


def plain_filter(sound: Float32Array) -> list[float]:
    """The same high-pass, sample by sample."""
    pole = float(np.exp(-2 * np.pi * CORNER_HZ / RATE_HZ))
    before, out, found = float(sound[0]), 0.0, []
    for value in map(float, sound):
        out = pole * out + (1 + pole) / 2 * (value - before)
        before = value
        found.append(out)
    return found


@pytest.mark.parametrize("block", [1, 7, 160, 256, 1000])
def test_the_high_pass_is_exact_whatever_the_blocks(block: int) -> None:
    sound = tone(0.25) - np.float32(0.3)
    offset = OffsetFilter(RATE_HZ)
    heard = np.concatenate([offset.push(sound[at : at + block]) for at in range(0, 4000, block)])
    assert heard.dtype == np.float32
    assert np.abs(heard - plain_filter(sound)).max() < 1e-5


def test_an_offset_is_gone_from_the_first_sample_on_and_a_voice_is_left() -> None:
    constant = np.full(1600, -0.3, np.float32)
    assert not OffsetFilter(RATE_HZ).push(constant).any()
    heard = OffsetFilter(RATE_HZ).push(tone(1.0, 100.0) - np.float32(0.3))
    level = np.sqrt(np.mean(np.square(heard[8000:]))) / (0.2 / np.sqrt(2))
    assert level == pytest.approx(1 / np.sqrt(1 + (CORNER_HZ / 100) ** 2), abs=2e-3)


def test_half_of_the_power_at_the_corner_is_gone() -> None:
    heard = OffsetFilter(RATE_HZ).push(tone(4.0, CORNER_HZ))
    assert np.mean(np.square(heard[32_000:])) / 0.02 == pytest.approx(0.5, abs=0.01)


def test_nothing_in_nothing_out() -> None:
    assert OffsetFilter(RATE_HZ).push(np.zeros(0, np.float32)).size == 0


# -- both ------------------------------------------------------------------------------------------


def test_a_microphone_on_one_of_two_channels_with_an_offset_is_as_the_clean_one() -> None:
    clean = tone(1.0)
    block = np.stack([hiss(1.0, 1e-4), clean - np.float32(0.3)], axis=1)
    heard = Capture(RATE_HZ).push(np.rint(block * 32768).astype(np.int16))
    want = Capture(RATE_HZ).push(np.rint(clean[:, None] * 32768).astype(np.int16))
    assert heard.dtype == np.int16
    assert np.abs(heard.astype(int) - want).max() <= 1
