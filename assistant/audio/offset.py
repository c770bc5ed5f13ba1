"""Takes a constant offset and slow drift out of a microphone's sound: a one-pole high-pass.

An offset is no sound, but the level of silence and the voice detectors take it for one: the end of
speech is found late. Belongs to the one thread that pushes blocks.
"""

from __future__ import annotations

import numpy as np

from assistant.messages import Float32Array

CORNER_HZ = 20.0
"""Half of the power is gone at this frequency; a voice has nothing below 60 Hz."""

_CHUNK = 256  # samples that one matrix filters


class OffsetFilter:
    """y[n] = (1 + a) / 2 (x[n] - x[n - 1]) + a y[n - 1] exactly, whatever the sizes of the blocks.

    It begins as if the first sample had been there for ever, so that an offset makes no thump.
    """

    def __init__(self, rate_hz: float) -> None:
        pole = float(np.exp(-2 * np.pi * CORNER_HZ / rate_hz))
        powers = pole ** np.arange(_CHUNK + 1)
        age = np.subtract.outer(np.arange(_CHUNK), np.arange(_CHUNK))
        response = np.where(age >= 0, powers[np.maximum(age, 0)], 0.0) * (1 + pole) / 2
        self._response = response.astype(np.float32)
        self._decay = powers[1:].astype(np.float32)
        self._last_in: np.float32 | None = None
        self._last_out = np.float32(0.0)

    def push(self, samples: Float32Array) -> Float32Array:
        """float32[n] to float32[n]."""
        if not samples.size:
            return samples
        chunks = [
            self._filtered(samples[start : start + _CHUNK])
            for start in range(0, samples.size, _CHUNK)
        ]
        return chunks[0] if len(chunks) == 1 else np.concatenate(chunks)

    def _filtered(self, chunk: Float32Array) -> Float32Array:
        before = chunk[0] if self._last_in is None else self._last_in
        steps = np.diff(chunk, prepend=before)
        size = chunk.size
        out = self._response[:size, :size] @ steps + self._decay[:size] * self._last_out
        self._last_in, self._last_out = chunk[-1], out[-1]
        filtered: Float32Array = np.asarray(out, np.float32)
        return filtered
