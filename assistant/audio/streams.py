"""One opened microphone, one opened speaker: PortAudio callbacks that copy and pass on.

Nothing here waits, locks, runs a model or grows: the callbacks run on PortAudio's own threads.
Opening and closing may block for good, and belong on an `Attempt`. A stream that ended is thrown
away; `device` opens another. Knows no policy of reopening.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.audio.opening import BLOCKS_PER_SECOND, forms_of, open_stream
from assistant.audio.portaudio import DeviceInfo, load_portaudio
from assistant.audio.resample import PlaybackResampler
from assistant.audio.timeline import SampleClock
from assistant.errors import DeviceError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

_PLAUSIBLE_S = 2.0
_SETTLING_CALLBACKS = 50


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeardBlock:
    """int16[n, channels] from the microphone at `rate_hz`; `begins_at` is set on a stream's first
    block."""

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
    """What both directions share: the device, the number of callbacks, the faults."""

    def __init__(self, device: DeviceInfo) -> None:
        self.device = device
        self.faults = 0
        self._stream: Any = None
        self.callbacks = 0
        """How many came: none for a while is how a device goes away."""
        self._is_muted = False

    @property
    def has_begun(self) -> bool:
        """True once callbacks came."""
        return self.callbacks > 0

    def has_ended(self) -> bool:
        """True when PortAudio gave the stream up by itself."""
        sounddevice: Any = load_portaudio()
        try:
            return not self._stream.active
        except sounddevice.PortAudioError:
            return True

    def mute(self) -> None:
        """From now on nothing is passed on; for a stream that is about to be closed."""
        self._is_muted = True

    def close(self) -> None:
        """Stop at once. Never fails, as the device may be gone; may block for the same reason."""
        self.mute()
        sounddevice: Any = load_portaudio()
        try:
            self._stream.close(ignore_errors=True)
        except sounddevice.PortAudioError:
            return

    def _start(self) -> None:
        sounddevice: Any = load_portaudio()
        try:
            self._stream.start()
        except sounddevice.PortAudioError as error:
            self.close()
            raise DeviceError(
                f"'{self.device.name}' does not start: {error.args[0]}",
                "close programs that hold it; it is tried again",
            ) from error

    def _note_callback(self, faulty: bool) -> None:
        self.callbacks += 1
        self.faults += faulty and self.callbacks > _SETTLING_CALLBACKS


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
        self._stream, self._rate_hz = open_stream(
            device,
            "input",
            forms_of(device, "input", device.rate_hz),
            latency_s,
            self._on_block,
        )
        self._start()

    def _on_block(self, indata: Int16Array, frames: int, times: Any, status: Any) -> None:
        now_ns = time.perf_counter_ns()
        if self._is_muted:
            return
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
                samples=indata.copy(),
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
        self._ready: Float32Array = np.zeros(0, np.float32)
        self._stream, self._rate_hz = open_stream(
            device,
            "output",
            forms_of(device, "output", pull_rate_hz),
            latency_s,
            self._on_block,
        )
        self._resampler = PlaybackResampler(pull_rate_hz, self._rate_hz)
        self._start()

    def _on_block(self, outdata: Float32Array, frames: int, times: Any, status: Any) -> None:
        now_ns = time.perf_counter_ns()
        if self._is_muted:
            outdata.fill(0)
            return
        self._note_callback(bool(status.output_underflow))
        lead_s = times.outputBufferDacTime - times.currentTime
        if times.outputBufferDacTime == 0 or not 0 <= lead_s < _PLAUSIBLE_S:
            lead_s = self._stream.latency
        index = self._clock.index_at(now_ns + round(lead_s * 1e9))
        samples = self._next(frames, index)
        outdata[:] = samples[:, np.newaxis]
        self._played.put(PlayedBlock(samples=samples, rate_hz=self._rate_hz, index=index))

    def _next(self, count: int, index: float) -> Float32Array:
        """float32[count] at the stream's rate."""
        if self._rate_hz == self._pull_rate_hz:
            return self._pull(count, index)
        piece = self._pull_rate_hz // BLOCKS_PER_SECOND
        while self._ready.size < count:
            ahead = index + self._ready.size * SAMPLE_RATE_HZ / self._rate_hz
            resampled = self._resampler.push(self._pull(piece, ahead))
            self._ready = np.concatenate([self._ready, resampled])
        samples, self._ready = self._ready[:count], self._ready[count:]
        return samples
