"""Sample formats and rates: whole recordings, a microphone's stream, a speaker's stream.

Three resamplers because they are judged by different things: a recording by its quality, capture by
how little it holds back in steady blocks, playback by its cost. Knows no device and no file; each
object belongs to the one thread that calls it.
"""

from __future__ import annotations

import numpy as np
import samplerate
import soxr

from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

FULL_SCALE = 32768.0


def to_int16(samples: Float32Array) -> Int16Array:
    """float32[n] of -1 to 1 as int16[n], clipped; the exact inverse of `to_float32`."""
    scaled = np.rint(samples * FULL_SCALE)
    clipped: Int16Array = np.clip(scaled, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
    return clipped


def to_float32(samples: Int16Array) -> Float32Array:
    """int16[n] as float32[n] of -1 to 1."""
    return samples.astype(np.float32) / np.float32(FULL_SCALE)


def resample_whole(samples: Float32Array, from_hz: float, to_hz: float) -> Float32Array:
    """All of a recording at once, float32[n] to float32[n * to_hz / from_hz] (SoX HQ)."""
    if from_hz == to_hz:
        return samples
    resampled = soxr.resample(samples, from_hz, to_hz, quality="HQ")
    return np.asarray(resampled, dtype=np.float32)


class CaptureResampler:
    """A microphone's blocks at `from_hz` to 16 kHz: steady sizes, about 3 ms held back.

    libsamplerate's `sinc_medium`: its blocks come out as evenly as they went in, which the frame
    clock needs; SoX at the same quality holds back 6 to 37 ms and returns bursts.
    """

    def __init__(self, from_hz: float) -> None:
        self._ratio = SAMPLE_RATE_HZ / from_hz
        self._stream = None if self._ratio == 1.0 else samplerate.Resampler("sinc_medium")

    def push(self, samples: Float32Array) -> Float32Array:
        """float32[n] in; what is ready at 16 kHz out (about n * 16000 / from_hz)."""
        if self._stream is None:
            return samples
        return np.asarray(self._stream.process(samples, self._ratio), dtype=np.float32)


class PlaybackResampler:
    """Blocks at `from_hz` to `to_hz` by SoX HQ: cheap, but in bursts (6 to 37 ms held back).

    What comes out of all blocks and `finish` is what `resample_whole` gives for them joined.
    """

    def __init__(self, from_hz: float, to_hz: float) -> None:
        self._stream = (
            None
            if from_hz == to_hz
            else soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32", quality="HQ")
        )

    def push(self, samples: Float32Array) -> Float32Array:
        """float32[n] in; what is ready at the other rate out, possibly nothing."""
        if self._stream is None:
            return samples
        return np.asarray(self._stream.resample_chunk(samples), dtype=np.float32)

    def finish(self) -> Float32Array:
        """What was held back of the sound; nothing may be pushed after it."""
        none = np.empty(0, np.float32)
        if self._stream is None:
            return none
        return np.asarray(self._stream.resample_chunk(none, last=True), dtype=np.float32)
