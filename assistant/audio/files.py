"""A recording that stands in for a microphone and a speaker: the demo, the measurements, the tests.

A scripted user speaks, what the assistant plays sounds in the next block (and comes back as echo,
if a room is given), all on one exact clock. Knows nothing of the engine but the `pull` that it
calls; `run` belongs to the engine's sound thread, `read` to its ears.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from assistant.audio.resample import FULL_SCALE, to_int16
from assistant.audio.script import ScriptedUser, Segment
from assistant.messages import (
    HALF_SAMPLES,
    SAMPLE_RATE_HZ,
    AudioFrame,
    Float32Array,
    HalfFrame,
    Int16Array,
    Notice,
    ms_to_samples,
)
from assistant.updates import Counters

Pull = Callable[[int, float], Float32Array]

_BLOCK_SAMPLES = HALF_SAMPLES
_BLOCK_NS = _BLOCK_SAMPLES * 1_000_000_000 // SAMPLE_RATE_HZ
_LATE_NS = 100_000_000


class EchoPath:
    """The way of the assistant's voice from the speaker to the microphone.

    `delay_ms` is exact to the sample; `impulse_response` float32[n] at 16 kHz is the room
    (None: the plain sound). `gain_db` scales the whole. Convolution by overlap-add.
    """

    def __init__(
        self,
        *,
        delay_ms: float,
        gain_db: float,
        impulse_response: Float32Array | None = None,
    ) -> None:
        room = np.ones(1) if impulse_response is None else impulse_response.astype(np.float64)
        response = np.concatenate([np.zeros(ms_to_samples(delay_ms)), room * 10 ** (gain_db / 20)])
        self._size = _BLOCK_SAMPLES + response.size - 1
        self._spectrum = np.fft.rfft(response, self._size)
        self._pending = np.zeros(self._size + _BLOCK_SAMPLES)
        self._silent_samples = self._size

    def hear(self, played: Int16Array) -> Int16Array:
        """The echo that arrives during the int16[160] that are `played` meanwhile: int16[160]."""
        self._silent_samples = 0 if played.any() else self._silent_samples + _BLOCK_SAMPLES
        if self._silent_samples >= self._size + _BLOCK_SAMPLES:
            return np.zeros(_BLOCK_SAMPLES, np.int16)
        if played.any():
            spectrum = np.fft.rfft(played.astype(np.float64), self._size) * self._spectrum
            self._pending[: self._size] += np.fft.irfft(spectrum, self._size)
        echo = np.clip(np.rint(self._pending[:_BLOCK_SAMPLES]), -FULL_SCALE, FULL_SCALE - 1)
        self._pending[:-_BLOCK_SAMPLES] = self._pending[_BLOCK_SAMPLES:]
        self._pending[-_BLOCK_SAMPLES:] = 0.0
        return echo.astype(np.int16)


class FileDevice:
    """An `AudioDevice` whose user is scripted and whose clock is exact.

    Frame k is delivered at 20 * (k + 1) ms after `run` began, when its last sample has been heard,
    and its first half 10 ms before. Blocks of 10 ms are pulled, as a sound card pulls them
    (`opening.BLOCKS_PER_SECOND`), and sound from the moment on at which they are pulled: a card's
    own latency comes on top. `pace="lockstep"` calls `ready` after each block instead of waiting
    for the wall clock, so that a session runs as fast as the machine can and always the same way.
    """

    def __init__(
        self,
        segments: list[Segment],
        *,
        echo: EchoPath | None = None,
        pace: Literal["real", "lockstep"] = "real",
        ready: Callable[[], None] = lambda: None,
        record: bool = False,
    ) -> None:
        self.output_rate_hz = SAMPLE_RATE_HZ
        self.on_notice: Callable[[Notice], None] = lambda notice: None
        self.ready = ready
        """Blocks until everything that the delivered blocks set off is done (lockstep only)."""
        self.position = 0
        """Samples delivered so far: the index that follows the newest block."""
        self._user = ScriptedUser(segments)
        self._echo = echo
        self._is_real_time = pace == "real"
        self._delivered: queue.SimpleQueue[AudioFrame | HalfFrame] = queue.SimpleQueue()
        self._half: tuple[Int16Array, Int16Array] | None = None
        self._heard_blocks: list[Int16Array] | None = [] if record else None
        self._played_blocks: list[Int16Array] = []
        self._start_ns: int | None = None
        self._late_frames = 0

    @property
    def has_microphone(self) -> bool:
        """Always: a recording does not go away."""
        return True

    @property
    def has_speaker(self) -> bool:
        """Always: what is played is kept."""
        return True

    @property
    def exhausted(self) -> bool:
        """True when every segment was said to its end; silence follows for ever."""
        return self._user.is_exhausted

    @property
    def segment_starts(self) -> tuple[int, ...]:
        """The sample indices at which the segments said so far began."""
        return self._user.starts

    def run(self, pull: Pull, should_stop: Callable[[], bool]) -> None:
        """Speak and listen until `should_stop()`."""
        self._start_ns = time.perf_counter_ns()
        played: Int16Array = np.zeros(_BLOCK_SAMPLES, np.int16)
        while not should_stop():
            late_ns = self._wait_until(self.position + _BLOCK_SAMPLES)
            heard = self._hear(played)
            self._late_frames += self._deliver(heard, played) and late_ns > _LATE_NS
            if not self._is_real_time:
                self.ready()
            played = to_int16(pull(_BLOCK_SAMPLES, float(self.position)))

    def read(self, timeout_s: float) -> AudioFrame | HalfFrame | None:
        """The next frame, the first half of it before, or None after `timeout_s` without either."""
        try:
            heard = self._delivered.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(heard, HalfFrame) and not self._delivered.empty():
            heard = self._delivered.get()  # it is late: its frame is there
        return heard

    def index_at(self, time_ns: int) -> float:
        """The sample index reached at a time of `perf_counter_ns`; in lockstep, the current one."""
        if self._start_ns is None or not self._is_real_time:
            return float(self.position)
        return (time_ns - self._start_ns) * SAMPLE_RATE_HZ / 1e9

    def counters(self) -> Counters:
        """`late_frames`: those delivered over 100 ms after their time."""
        return Counters(late_frames=self._late_frames)

    def recording(self) -> tuple[Int16Array, Int16Array]:
        """What the microphone heard and what was played, int16[n] each on the same clock.

        Needs `record=True`; empty otherwise.
        """
        blocks = self._heard_blocks or [np.zeros(0, np.int16)]
        heard = np.concatenate(blocks)
        played = np.concatenate([np.zeros(0, np.int16), *self._played_blocks])
        return heard, played[: heard.size]

    def _wait_until(self, index: int) -> int:
        """Block until the sample before `index` has been heard, in real time; nanoseconds that it
        is late."""
        if self._start_ns is None or not self._is_real_time:
            return 0
        left_ns = self._start_ns + index // _BLOCK_SAMPLES * _BLOCK_NS - time.perf_counter_ns()
        if left_ns > 0:
            time.sleep(left_ns / 1e9)
        return -left_ns

    def _hear(self, played: Int16Array) -> Int16Array:
        """What the microphone hears during the int16[160] that are `played`: int16[160]."""
        heard = self._user.say(played)
        if self._echo is not None:
            mixed = heard.astype(np.int32) + self._echo.hear(played)
            heard = np.clip(mixed, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
        if self._heard_blocks is not None:
            self._played_blocks.append(played)
            self._heard_blocks.append(heard)
        return heard

    def _deliver(self, heard: Int16Array, played: Int16Array) -> bool:
        """Hand over the half, or the frame that it completes; True for a frame."""
        start = self.position
        self.position += _BLOCK_SAMPLES
        if self._half is None:
            self._half = heard, played
            self._delivered.put(HalfFrame(samples=heard, index=start))
            return False
        (first, first_played), self._half = self._half, None
        frame = AudioFrame(
            samples=np.concatenate([first, heard]),
            index=start - _BLOCK_SAMPLES,
            played=np.concatenate([first_played, played]),
        )
        self._delivered.put(frame)
        return True
