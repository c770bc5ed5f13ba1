"""Two devices, one clock: microphone blocks become frames, speaker blocks find their place.

The microphone's samples at 16 kHz are the clock. Pure: no device, no thread; `FrameAssembler` and
`PlayedTimeline` belong to the thread that reads, a `SampleClock` is written by whoever feeds the
microphone's samples and may be read by any.
"""

from __future__ import annotations

import numpy as np

from assistant.audio.resample import CaptureResampler, to_float32, to_int16
from assistant.messages import (
    FRAME_SAMPLES,
    HALF_SAMPLES,
    SAMPLE_RATE_HZ,
    AudioFrame,
    Float32Array,
    HalfFrame,
    Int16Array,
    ms_to_samples,
)


class SampleClock:
    """Which sample the microphone had reached at a time of `perf_counter_ns`.

    Callbacks come early, late and in bursts: each one's time moves the clock by a fiftieth of what
    it is off. More than `_JUMP_NS` off is a real gap, and is taken over whole.
    """

    _JUMP_NS = 80_000_000
    _GAIN = 0.02

    def __init__(self, time_ns: int) -> None:
        self._anchor = (time_ns, 0.0)

    def index_at(self, time_ns: int) -> float:
        """The index at that time, extrapolated from the newest block."""
        anchor_ns, index = self._anchor
        return index + (time_ns - anchor_ns) * SAMPLE_RATE_HZ / 1e9

    def advance(self, index: float, time_ns: int) -> None:
        """The sample before `index` was the newest at `time_ns`, as far as the device knows."""
        anchor_ns, old_index = self._anchor
        expected_ns = anchor_ns + round((index - old_index) * 1e9 / SAMPLE_RATE_HZ)
        off_ns = time_ns - expected_ns
        if abs(off_ns) < self._JUMP_NS:
            time_ns = expected_ns + round(off_ns * self._GAIN)
        self._anchor = (time_ns, index)


class PlayedTimeline:
    """What sounded at each sample of the microphone's clock, for the echo canceller.

    Blocks follow each other without a seam as long as their reported times agree with that within
    `_TOLERANCE` on average; then the next one is placed by its time (an underrun, clock drift).
    """

    _TOLERANCE = ms_to_samples(8)
    _GAIN = 0.05
    _KEPT = 4 * SAMPLE_RATE_HZ

    def __init__(self) -> None:
        self._ring = np.zeros(self._KEPT, np.int16)
        self._resampler: CaptureResampler | None = None
        self._rate_hz = 0.0
        self._expected: float | None = None
        self._off = 0.0
        self._write_index = 0
        self._taken_to = 0

    def put(self, index: float, samples: Float32Array, rate_hz: float) -> None:
        """float32[n] at the speaker's rate, of which the first sounded at `index`."""
        if self._expected is None or rate_hz != self._rate_hz:
            self._place(index, rate_hz)
        assert self._expected is not None
        self._off += self._GAIN * (index - self._expected - self._off)
        if abs(self._off) > self._TOLERANCE:
            self._place(index, rate_hz)
        self._expected += samples.size * SAMPLE_RATE_HZ / rate_hz
        if not samples.any():
            self._resampler = None
            return
        if self._resampler is None:
            self._resampler = CaptureResampler(rate_hz)
            self._write_index = round(self._expected - samples.size * SAMPLE_RATE_HZ / rate_hz)
        self._write(to_int16(self._resampler.push(samples)))

    def take(self, index: int) -> Int16Array:
        """int16[320] that sounded from `index` on; silence where nothing did. Each once."""
        places = np.arange(index, index + FRAME_SAMPLES) % self._KEPT
        taken = self._ring[places]
        self._ring[places] = 0
        self._taken_to = index + FRAME_SAMPLES
        return taken

    def _place(self, index: float, rate_hz: float) -> None:
        self._expected = index
        self._rate_hz = rate_hz
        self._resampler = None
        self._off = 0.0

    def _write(self, samples: Int16Array) -> None:
        places = np.arange(self._write_index, self._write_index + samples.size)
        self._write_index += samples.size
        in_time = (places >= self._taken_to) & (places < self._taken_to + self._KEPT)
        self._ring[places[in_time] % self._KEPT] = samples[in_time]


class FrameAssembler:
    """Microphone blocks of any size and rate in, 20 ms frames at 16 kHz out, without a gap.

    The index counts what came out; where a device was away, silence stands for the time.
    """

    def __init__(self, played: PlayedTimeline) -> None:
        self._played = played
        self._resampler = CaptureResampler(SAMPLE_RATE_HZ)
        self._pending: list[Int16Array] = []
        self._pending_count = 0
        self._next_index = 0
        self._half_index = -1

    def begin(self, index: int, rate_hz: float) -> None:
        """A device begins whose first sample is at `index`; silence fills up to there."""
        missing = index - self._next_index - self._pending_count
        if missing > 0:
            self._append(np.zeros(missing, np.int16))
        self._resampler = CaptureResampler(rate_hz)

    def push(self, samples: Int16Array) -> None:
        """int16[n] of the device that began."""
        self._append(to_int16(self._resampler.push(to_float32(samples))))

    def next(self) -> AudioFrame | HalfFrame | None:
        """The next frame if it is complete, else its first half if that is there and was not
        given yet."""
        if self._pending_count < FRAME_SAMPLES:
            return self._half()
        joined = np.concatenate(self._pending)
        samples, rest = joined[:FRAME_SAMPLES], joined[FRAME_SAMPLES:]
        self._pending, self._pending_count = [rest], rest.size
        index = self._next_index
        self._next_index += FRAME_SAMPLES
        return AudioFrame(samples=samples, index=index, played=self._played.take(index))

    def _half(self) -> HalfFrame | None:
        if self._pending_count < HALF_SAMPLES or self._half_index == self._next_index:
            return None
        self._half_index = self._next_index
        samples = np.concatenate(self._pending)[:HALF_SAMPLES]
        return HalfFrame(samples=samples, index=self._next_index)

    def _append(self, samples: Int16Array) -> None:
        self._pending.append(samples)
        self._pending_count += samples.size
