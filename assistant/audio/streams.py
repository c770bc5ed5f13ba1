"""One opened microphone, one opened speaker: PortAudio callbacks that copy and pass on.

Nothing here waits, locks, runs a model or grows: the callbacks run on PortAudio's own threads.
A stream that ended is thrown away; `device` opens another. Knows no policy of reopening.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.audio.portaudio import DeviceInfo, load_portaudio
from assistant.audio.resample import PlaybackResampler
from assistant.audio.timeline import SampleClock
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

_BLOCKS_PER_SECOND = 100
_PLAUSIBLE_S = 2.0
_SETTLING_CALLBACKS = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeardBlock:
    """int16[n] from the microphone at `rate_hz`; `begins_at` is set on a stream's first block."""

    samples: Int16Array
    rate_hz: float
    arrived_ns: int
    begins_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlayedBlock:
    """float32[n] to the speaker at `rate_hz`, of which the first sounds at `index`."""

    samples: Float32Array
    rate_hz: float
    index: float


class _Stream:
    """What both directions share: the device, the time of the last callback, the faults."""

    def __init__(self, device: DeviceInfo) -> None:
        self.device = device
        self.faults = 0
        self._stream: Any = None
        self._callbacks = 0
        self._last_callback_ns = time.perf_counter_ns()

    def quiet_ms(self) -> float:
        """Milliseconds since the last callback (or since opening, before the first)."""
        return (time.perf_counter_ns() - self._last_callback_ns) / 1e6

    @property
    def has_begun(self) -> bool:
        """True once callbacks came."""
        return self._callbacks > 0

    def has_ended(self) -> bool:
        """True when PortAudio gave the stream up by itself."""
        return not self._stream.active

    def close(self) -> None:
        """Stop at once. Never fails: the device may be gone."""
        sounddevice: Any = load_portaudio()
        try:
            self._stream.close(ignore_errors=True)
        except sounddevice.PortAudioError:
            return

    def _note_callback(self, faulty: bool) -> None:
        self._last_callback_ns = time.perf_counter_ns()
        self._callbacks += 1
        self.faults += faulty and self._callbacks > _SETTLING_CALLBACKS


class MicrophoneStream(_Stream):
    """Puts what is heard into `heard` and sets the clock by it."""

    def __init__(
        self,
        device: DeviceInfo,
        latency_s: float,
        clock: SampleClock,
        heard: queue.SimpleQueue[HeardBlock],
    ) -> None:
        super().__init__(device)
        self._clock = clock
        self._heard = heard
        self._begins_at: int | None = None
        self._count = 0
        self._rate_hz = device.rate_hz
        sounddevice: Any = load_portaudio()
        self._stream = sounddevice.InputStream(
            device=device.number,
            samplerate=self._rate_hz,
            blocksize=self._rate_hz // _BLOCKS_PER_SECOND,
            channels=1,
            dtype="int16",
            latency=latency_s,
            callback=self._on_block,
        )
        self._stream.start()

    def _on_block(self, indata: Int16Array, frames: int, times: Any, status: Any) -> None:
        now_ns = time.perf_counter_ns()
        self._note_callback(bool(status.input_overflow))
        block_s = frames / self._rate_hz
        age_s = times.currentTime - times.inputBufferAdcTime
        if times.inputBufferAdcTime == 0 or not 0 < age_s < _PLAUSIBLE_S:
            age_s = block_s
        end_ns = now_ns - round(max(age_s - block_s, 0.0) * 1e9)
        begins_at = None
        if self._begins_at is None:
            begins_at = self._begins_at = round(self._clock.index_at(end_ns - round(block_s * 1e9)))
        self._count += frames
        reached = self._begins_at + self._count * SAMPLE_RATE_HZ / self._rate_hz
        self._clock.advance(reached, end_ns)
        self._heard.put(
            HeardBlock(
                samples=indata[:, 0].copy(),
                rate_hz=self._rate_hz,
                arrived_ns=now_ns,
                begins_at=begins_at,
            )
        )


class SpeakerStream(_Stream):
    """Pulls what to play, plays it and puts it into `played` with its place on the clock."""

    def __init__(
        self,
        device: DeviceInfo,
        latency_s: float,
        clock: SampleClock,
        played: queue.SimpleQueue[PlayedBlock],
        pull: Callable[[int, float], Float32Array],
        pull_rate_hz: int,
    ) -> None:
        super().__init__(device)
        self._clock = clock
        self._played = played
        self._pull = pull
        self._pull_rate_hz = pull_rate_hz
        sounddevice: Any = load_portaudio()
        self._rate_hz, self._stream = self._open(sounddevice, latency_s)
        self._resampler = PlaybackResampler(pull_rate_hz, self._rate_hz)
        self._ready: Float32Array = np.zeros(0, np.float32)
        self._stream.start()

    def _open(self, sounddevice: Any, latency_s: float) -> tuple[int, Any]:
        """At the rate of `pull` if the device takes it, else at the device's own."""
        for rate_hz in (self._pull_rate_hz, self.device.rate_hz):
            try:
                return rate_hz, sounddevice.OutputStream(
                    device=self.device.number,
                    samplerate=rate_hz,
                    blocksize=rate_hz // _BLOCKS_PER_SECOND,
                    channels=1,
                    dtype="float32",
                    latency=latency_s,
                    callback=self._on_block,
                )
            except sounddevice.PortAudioError:
                if rate_hz == self.device.rate_hz:
                    raise
        raise AssertionError("unreachable: the last rate is the device's own")

    def _on_block(self, outdata: Float32Array, frames: int, times: Any, status: Any) -> None:
        now_ns = time.perf_counter_ns()
        self._note_callback(bool(status.output_underflow))
        lead_s = times.outputBufferDacTime - times.currentTime
        if times.outputBufferDacTime == 0 or not 0 <= lead_s < _PLAUSIBLE_S:
            lead_s = self._stream.latency
        index = self._clock.index_at(now_ns + round(lead_s * 1e9))
        outdata[:, 0] = self._next(frames, index)
        self._played.put(
            PlayedBlock(samples=outdata[:, 0].copy(), rate_hz=self._rate_hz, index=index)
        )

    def _next(self, count: int, index: float) -> Float32Array:
        """float32[count] at the stream's rate."""
        if self._rate_hz == self._pull_rate_hz:
            return self._pull(count, index)
        piece = self._pull_rate_hz // _BLOCKS_PER_SECOND
        while self._ready.size < count:
            ahead = index + self._ready.size * SAMPLE_RATE_HZ / self._rate_hz
            resampled = self._resampler.push(self._pull(piece, ahead))
            self._ready = np.concatenate([self._ready, resampled])
        samples, self._ready = self._ready[:count], self._ready[count:]
        return samples
