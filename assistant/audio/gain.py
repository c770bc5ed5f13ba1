"""How much a quiet microphone is turned up for the voice detector: not at all unless it is quiet.

Silero is less sure of speech at -50 dBFS, and finds its end elsewhere. What was speech so far tells
how loud the microphone is; a normal one is left exactly as it is. Knows levels and no detector;
belongs to the detector's thread.
"""

from __future__ import annotations

import numpy as np

from assistant.messages import FRAME_MS, Int16Array

QUIET_DB = -40.0
"""Where no 20 ms of speech were louder than this, the microphone is quiet (dB below full scale)."""

WANTED_DB = -26.0
"""The loudest speech of a quiet microphone is brought to this."""

MOST_DB = 30.0

_LEAST_FRAMES = 300 // FRAME_MS
_FORGET_DB = 1.0 * FRAME_MS / 1000  # one decibel a second of speech


class QuietGain:
    """`factor` for the sound that follows, by the speech that `follow` was given."""

    def __init__(self) -> None:
        self.factor = 1.0
        self._loudest_db = -np.inf
        self._frames = 0

    def follow(self, samples: Int16Array) -> None:
        """int16[n] that is speech, as the microphone gave it."""
        power = float(np.mean(np.square(samples.astype(np.float32) / 32768.0)))
        level_db = 10.0 * float(np.log10(power + 1e-12))
        self._loudest_db = max(level_db, self._loudest_db - _FORGET_DB)
        self._frames += 1
        is_quiet = self._frames >= _LEAST_FRAMES and self._loudest_db < QUIET_DB
        gain_db = min(WANTED_DB - self._loudest_db, MOST_DB) if is_quiet else 0.0
        self.factor = float(10 ** (gain_db / 20))
