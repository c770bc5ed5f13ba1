"""Two devices on one clock: frames without gaps, played blocks at their place, a steady clock."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.hints import SilenceWatch, headset_notice
from assistant.audio.portaudio import DeviceInfo
from assistant.audio.resample import to_float32
from assistant.audio.timeline import FrameAssembler, PlayedTimeline, SampleClock
from assistant.messages import AudioFrame, HalfFrame, Int16Array


def ramp(start: int, count: int) -> Int16Array:
    return np.arange(start + 1, start + count + 1).astype(np.int16)


def frames_of(assembler: FrameAssembler) -> list[AudioFrame]:
    """The whole ones; each half has to be the beginning of the frame that follows it."""
    frames = []
    half: HalfFrame | None = None
    while (heard := assembler.next()) is not None:
        if isinstance(heard, HalfFrame):
            half = heard
            continue
        if half is not None and half.index == heard.index:
            assert np.array_equal(half.samples, heard.samples[:160])
        frames.append(heard)
    return frames


def kinds_after(assembler: FrameAssembler, samples: Int16Array) -> str:
    """What is there when `samples` have come: h for a half, f for a frame."""
    assembler.push(samples)
    kinds = ""
    while (heard := assembler.next()) is not None:
        kinds += "h" if isinstance(heard, HalfFrame) else "f"
    return kinds


def test_the_first_half_of_a_frame_is_given_once_and_only_before_its_frame() -> None:
    assembler = FrameAssembler(PlayedTimeline())
    assembler.begin(0, 16_000)
    assert kinds_after(assembler, ramp(0, 159)) == ""
    assert kinds_after(assembler, ramp(159, 1)) == "h"
    assert kinds_after(assembler, ramp(160, 100)) == ""
    assert kinds_after(assembler, ramp(260, 60)) == "f"
    assert kinds_after(assembler, ramp(320, 320)) == "f", "a half that is late is none"
    assert kinds_after(assembler, ramp(640, 480)) == "fh"


def test_a_half_is_the_beginning_of_its_frame_when_another_device_begins_between() -> None:
    assembler = FrameAssembler(PlayedTimeline())
    assembler.begin(0, 16_000)
    assembler.push(ramp(0, 200))
    half = assembler.next()
    assert isinstance(half, HalfFrame)
    assembler.begin(1000, 16_000)
    frame = assembler.next()
    assert isinstance(frame, AudioFrame)
    assert frame.index == half.index == 0
    assert np.array_equal(frame.samples[:160], half.samples)
    assert not frame.samples[200:].any()


def test_a_microphone_of_another_rate_gives_a_look_for_each_block_of_ten_ms() -> None:
    assembler = FrameAssembler(PlayedTimeline())
    assembler.begin(0, 48_000)
    kinds = "".join(kinds_after(assembler, ramp(0, 480)) for _ in range(40))
    assert kinds.strip("h").replace("hf", "") in ("", "f")
    assert kinds.count("hf") >= 17


@pytest.mark.parametrize("block", [1, 160, 320, 441, 1000])
def test_blocks_of_any_size_become_contiguous_frames(block: int) -> None:
    assembler = FrameAssembler(PlayedTimeline())
    assembler.begin(0, 16_000)
    sound = ramp(0, 2000)
    frames = []
    for start in range(0, 2000, block):
        assembler.push(sound[start : start + block])
        frames += frames_of(assembler)
    assert [frame.index for frame in frames] == [0, 320, 640, 960, 1280, 1600]
    assert np.array_equal(np.concatenate([f.samples for f in frames]), sound[:1920])


def test_silence_stands_for_the_time_without_a_microphone() -> None:
    assembler = FrameAssembler(PlayedTimeline())
    assembler.begin(100, 16_000)
    assembler.push(ramp(0, 200))
    assembler.begin(500, 16_000)
    assembler.push(ramp(200, 140))
    heard = np.concatenate([frame.samples for frame in frames_of(assembler)])
    expected = np.zeros(640, np.int16)
    expected[100:300] = ramp(0, 200)
    expected[500:640] = ramp(200, 140)
    assert np.array_equal(heard, expected)


def test_another_rate_is_resampled_and_keeps_its_place() -> None:
    assembler = FrameAssembler(PlayedTimeline())
    assembler.begin(0, 48_000)
    times = np.arange(48_000) / 48_000
    tone = (8000 * np.sin(2 * np.pi * 440 * times)).astype(np.int16)
    for start in range(0, 48_000, 480):
        assembler.push(tone[start : start + 480])
    heard = np.concatenate([frame.samples for frame in frames_of(assembler)])
    expected = 8000 * np.sin(2 * np.pi * 440 * np.arange(heard.size) / 16_000)
    assert heard.size >= 15_680
    assert np.abs(heard[320:] - expected[320:]).max() < 40


def test_played_blocks_lie_where_they_sounded() -> None:
    timeline = PlayedTimeline()
    sound = ramp(0, 640)
    for start in range(0, 640, 160):
        timeline.put(500.0 + start, to_float32(sound[start : start + 160]), 16_000)
    taken = np.concatenate([timeline.take(index) for index in range(0, 1600, 320)])
    expected = np.zeros(1600, np.int16)
    expected[500:1140] = sound
    assert np.array_equal(taken, expected)


def test_small_errors_of_reported_times_leave_no_seam() -> None:
    timeline = PlayedTimeline()
    sound = ramp(0, 3200)
    for number, start in enumerate(range(0, 3200, 160)):
        jitter = 0.0 if number == 0 else (-1) ** number * 90.0
        timeline.put(640.0 + start + jitter, to_float32(sound[start : start + 160]), 16_000)
    taken = np.concatenate([timeline.take(index) for index in range(0, 3840, 320)])
    assert np.array_equal(taken[640:3840], sound)


def test_a_real_gap_moves_what_follows() -> None:
    timeline = PlayedTimeline()
    timeline.put(0.0, to_float32(ramp(0, 160)), 16_000)
    timeline.put(3360.0, to_float32(ramp(160, 160)), 16_000)
    taken = np.concatenate([timeline.take(index) for index in range(0, 3840, 320)])
    assert np.array_equal(taken[:160], ramp(0, 160))
    assert np.array_equal(taken[3360:3520], ramp(160, 160))
    assert not taken[160:3360].any()


def test_what_comes_too_late_does_not_turn_up_later() -> None:
    timeline = PlayedTimeline()
    for index in range(0, 3200, 320):
        timeline.take(index)
    timeline.put(100.0, to_float32(ramp(0, 160)), 16_000)
    later = [timeline.take(index) for index in range(3200, 3200 + 80_000, 320)]
    assert not np.concatenate(later).any()


def test_the_clock_follows_jitter_slowly_and_a_gap_at_once() -> None:
    clock = SampleClock(0)
    clock.advance(160.0, 15_000_000)
    assert clock.index_at(10_000_000) == pytest.approx(160 - 0.1 * 16)
    clock.advance(320.0, 1_000_000_000)
    assert clock.index_at(1_000_000_000) == 320.0
    assert clock.index_at(1_010_000_000) == 480.0


def test_three_seconds_of_zeros_are_told_once() -> None:
    watch = SilenceWatch()
    zeros = np.zeros(16_000, np.int16)
    told = [watch.hear(zeros, 16_000, "Mic") for _ in range(6)]
    assert [notice is not None for notice in told] == [False, False, True, False, False, False]
    assert told[2] is not None
    assert told[2].code == "N-MICROPHONE-SILENT"


def test_a_single_sample_of_sound_ends_the_suspicion() -> None:
    watch = SilenceWatch()
    zeros = np.zeros(32_000, np.int16)
    tick = zeros.copy()
    tick[-1] = 1
    assert [watch.hear(block, 16_000, "Mic") for block in (zeros, tick, zeros)] == [None] * 3


@pytest.mark.parametrize(
    ("name", "rate_hz", "is_told"),
    [
        ("WH-1000XM4 Hands-Free AG Audio", 16_000, True),
        ("AirPods", 8_000, True),
        ("AirPods", 48_000, False),
        ("USB Microphone", 16_000, False),
    ],
)
def test_a_headset_in_telephone_mode_is_pointed_out(name: str, rate_hz: int, is_told: bool) -> None:
    device = DeviceInfo(number=0, name=name, rate_hz=rate_hz, input_channels=1, output_channels=0)
    assert (headset_notice(device) is not None) == is_told
