"""The recording that stands in for a sound card: every frame, block and echo to the sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from assistant.audio.files import EchoPath, FileDevice
from assistant.audio.resample import to_float32, to_int16
from assistant.audio.script import AfterAnswer, AtOnce, DuringAnswer, Segment
from assistant.messages import (
    FRAME_SAMPLES,
    AudioFrame,
    Float32Array,
    HalfFrame,
    Int16Array,
)

Pull = Callable[[int, float], Float32Array]


def noise(count: int, seed: int = 1) -> Int16Array:
    return np.random.default_rng(seed).integers(-8000, 8000, count).astype(np.int16)


def silent_pull(count: int, index: float) -> Float32Array:
    return np.zeros(count, np.float32)


def pull_of(played: Int16Array) -> Pull:
    """Plays int16[n] so that its sample i sounds at index i."""

    def pull(count: int, index: float) -> Float32Array:
        start = int(index)
        piece = played[start : start + count]
        return to_float32(np.pad(piece, (0, count - piece.size)))

    return pull


def run_frames(device: FileDevice, pull: Pull, count: int) -> list[AudioFrame]:
    """Frames that are read when all have been delivered: their halves are late and left out."""
    device.run(pull, lambda: device.position >= count * FRAME_SAMPLES)
    heard = [device.read(0.0) for _ in range(count)]
    assert device.read(0.0) is None
    assert all(isinstance(frame, AudioFrame) for frame in heard)
    return [frame for frame in heard if isinstance(frame, AudioFrame)]


def heard_in(frames: list[AudioFrame]) -> Int16Array:
    return np.concatenate([frame.samples for frame in frames])


def test_frames_hold_the_recording_in_order_and_silence_after_it() -> None:
    said = noise(1000)
    device = FileDevice([Segment(samples=said)], pace="lockstep")
    frames = run_frames(device, silent_pull, 6)
    assert [frame.index for frame in frames] == [0, 320, 640, 960, 1280, 1600]
    heard = heard_in(frames)
    assert np.array_equal(heard[:1000], said)
    assert not heard[1000:].any()
    assert device.exhausted


def test_the_first_half_of_a_frame_is_there_before_the_frame() -> None:
    said = noise(960)
    heard: list[AudioFrame | HalfFrame | None] = []
    device = FileDevice([Segment(samples=said)], pace="lockstep")
    device.ready = lambda: heard.append(device.read(0.0))
    device.run(silent_pull, lambda: device.position >= 3 * FRAME_SAMPLES)
    kinds = [HalfFrame, AudioFrame] * 3
    for number, (found, kind) in enumerate(zip(heard, kinds, strict=True)):
        assert isinstance(found, AudioFrame | HalfFrame)
        assert type(found) is kind
        assert found.index == number // 2 * 320
        assert np.array_equal(found.samples, said[found.index : found.index + found.samples.size])


def test_played_is_what_sounded_during_the_same_samples() -> None:
    played = noise(320 * 10, seed=2)
    frames = run_frames(FileDevice([], pace="lockstep"), pull_of(played), 10)
    sounded = np.concatenate([frame.played for frame in frames])
    assert not sounded[:160].any()
    assert np.array_equal(sounded[160:], played[160:])


def test_blocks_of_ten_ms_are_pulled_at_the_index_where_they_will_sound() -> None:
    asked: list[tuple[int, float]] = []

    def pull(count: int, index: float) -> Float32Array:
        asked.append((count, index))
        return np.zeros(count, np.float32)

    run_frames(FileDevice([], pace="lockstep"), pull, 2)
    assert asked == [(160, 160.0), (160, 320.0), (160, 480.0), (160, 640.0)]


def test_lockstep_waits_for_the_engine_between_a_block_and_the_next_pull() -> None:
    log: list[str] = []
    device = FileDevice([], pace="lockstep", ready=lambda: log.append("ready"))

    def pull(count: int, index: float) -> Float32Array:
        log.append("pull")
        return np.zeros(count, np.float32)

    run_frames(device, pull, 2)
    assert log == ["ready", "pull"] * 4
    assert device.index_at(0) == device.position == 640


@pytest.mark.parametrize("delay_ms", [0, 1, 40, 123.4375, 500])
def test_echo_arrives_exactly_so_much_later(delay_ms: float) -> None:
    played = np.zeros(320 * 40, np.int16)
    played[320:960] = noise(640, seed=3)
    echo = EchoPath(delay_ms=delay_ms, gain_db=0)
    frames = run_frames(FileDevice([], echo=echo, pace="lockstep"), pull_of(played), 40)
    heard = heard_in(frames)
    delay = round(delay_ms * 16)
    expected = np.zeros_like(heard)
    expected[320 + delay : 960 + delay] = played[320:960]
    assert np.array_equal(heard, expected)


def test_echo_of_a_room_is_the_convolution_with_its_response() -> None:
    played = np.zeros(320 * 12, np.int16)
    played[320:1500] = noise(1180, seed=4) // 8
    response = np.random.default_rng(5).normal(0, 0.1, 700).astype(np.float32)
    echo = EchoPath(delay_ms=10, gain_db=-6, impulse_response=response)
    heard = heard_in(run_frames(FileDevice([], echo=echo, pace="lockstep"), pull_of(played), 12))
    full = np.convolve(played.astype(np.float64), response.astype(np.float64)) * 10 ** (-6 / 20)
    expected = np.concatenate([np.zeros(160), full])[: heard.size]
    assert np.abs(heard - expected).max() <= 0.51


def test_echo_and_speech_that_add_up_too_loud_are_clipped() -> None:
    loud = np.full(1600, 30_000, np.int16)
    device = FileDevice(
        [Segment(samples=loud)], echo=EchoPath(delay_ms=0, gain_db=0), pace="lockstep"
    )
    heard = heard_in(run_frames(device, pull_of(loud), 4))
    assert set(heard[320:]) == {32767}


def test_a_segment_begins_at_its_time_to_the_sample() -> None:
    said = noise(500)
    segments = [
        Segment(samples=said, starts=AtOnce(after_ms=33)),
        Segment(samples=said, starts=AtOnce(after_ms=10)),
    ]
    device = FileDevice(segments, pace="lockstep")
    heard = heard_in(run_frames(device, silent_pull, 10))
    assert device.segment_starts == (528, 528 + 500 + 160)
    assert np.array_equal(heard[528:1028], said)
    assert np.array_equal(heard[1188:1688], said)


def answer_from(start: int, end: int) -> Int16Array:
    played = np.zeros(320 * 200, np.int16)
    played[start:end] = 1000
    return played


def test_after_answer_waits_for_quiet_after_what_was_played() -> None:
    segments = [
        Segment(samples=noise(320)),
        Segment(samples=noise(320), starts=AfterAnswer(quiet_ms=500, timeout_ms=3000)),
    ]
    device = FileDevice(segments, pace="lockstep")
    run_frames(device, pull_of(answer_from(5000, 9111)), 100)
    assert device.segment_starts == (0, 9111 + 8000)


def test_after_answer_is_not_fooled_by_what_was_played_before_the_segment_ended() -> None:
    segments = [
        Segment(samples=noise(6400)),
        Segment(samples=noise(320), starts=AfterAnswer(quiet_ms=100, timeout_ms=1000)),
    ]
    device = FileDevice(segments, pace="lockstep")
    run_frames(device, pull_of(answer_from(1000, 6000)), 100)
    assert device.segment_starts == (0, 6400 + 16_000)


def test_after_answer_goes_on_by_itself_without_any_answer() -> None:
    segments = [
        Segment(samples=noise(320)),
        Segment(samples=noise(320), starts=AfterAnswer(quiet_ms=500, timeout_ms=1000)),
    ]
    device = FileDevice(segments, pace="lockstep")
    run_frames(device, silent_pull, 100)
    assert device.segment_starts == (0, 320 + 16_000)


def test_during_answer_interrupts_so_long_after_the_answer_became_audible() -> None:
    segments = [
        Segment(samples=noise(320)),
        Segment(samples=noise(640), starts=DuringAnswer(after_ms=250)),
    ]
    device = FileDevice(segments, pace="lockstep")
    run_frames(device, pull_of(answer_from(5000, 40_000)), 40)
    assert device.segment_starts == (0, 5000 + 4000)
    assert device.exhausted


def test_a_session_is_not_exhausted_while_a_segment_is_to_come() -> None:
    segments = [Segment(samples=noise(320), starts=AfterAnswer(timeout_ms=60_000))]
    device = FileDevice(segments, pace="lockstep")
    run_frames(device, silent_pull, 20)
    assert not device.exhausted
    assert device.segment_starts == ()


def test_recording_holds_both_channels_on_one_clock() -> None:
    said, played = noise(3200), noise(3200, seed=6)
    device = FileDevice([Segment(samples=said)], pace="lockstep", record=True)
    run_frames(device, pull_of(played), 10)
    left, right = device.recording()
    assert np.array_equal(left, said)
    assert np.array_equal(right[160:], played[160:])
    assert not right[:160].any()


def test_real_time_delivers_the_same_frames_as_lockstep() -> None:
    said = noise(1000)
    fast = FileDevice([Segment(samples=said)], pace="lockstep")
    slow = FileDevice([Segment(samples=said)])
    played = noise(3200, seed=8)
    fast_frames = run_frames(fast, pull_of(played), 5)
    slow_frames = run_frames(slow, pull_of(played), 5)
    for one, other in zip(fast_frames, slow_frames, strict=True):
        assert one.index == other.index
        assert np.array_equal(one.samples, other.samples)
        assert np.array_equal(one.played, other.played)


def test_the_real_time_clock_counts_16_samples_a_millisecond() -> None:
    device = FileDevice([])
    run_frames(device, silent_pull, 1)
    assert device.index_at(5_000_000_000) - device.index_at(4_000_000_000) == pytest.approx(16_000)


def test_int16_and_float32_are_exact_inverses_and_clip() -> None:
    every = np.arange(-32768, 32768).astype(np.int16)
    assert np.array_equal(to_int16(to_float32(every)), every)
    assert to_int16(np.array([1.5, -1.5], np.float32)).tolist() == [32767, -32768]
