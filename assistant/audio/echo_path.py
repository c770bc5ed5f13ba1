"""Is there an echo at all? With headphones there is none, and cancelling nothing costs words.

AEC3 takes the user's words along when both speak at once. Where what is played never comes back,
the microphone is better left alone: then an interruption is heard whole. Pure; belongs to the
canceller that feeds it every frame.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from assistant.messages import Int16Array

_PLAYED_DB = -45.0
_MARGIN_DB = 6.0
_DELAY_FRAMES = 30
_LOUD_FRAMES = 15
_JUDGED_FRAMES = 15
_WINDOW_FRAMES = 75
_RISE_DB = 0.02
_FLOOR_DB = -85.0


class EchoWatch:
    """Compares the microphone with its background while something is being played.

    Only frames count in which the playing is loud, and was for half of the 600 ms before, so that
    an echo with any usual delay would be heard in them. The median of the last 1.5 s of them
    judges, so that an interruption, which ends the playing sooner, cannot be taken for an echo.
    """

    def __init__(self) -> None:
        self._background_db = 0.0
        self._played_db: deque[float] = deque(maxlen=_DELAY_FRAMES)
        self._heard_db: deque[float] = deque(maxlen=_WINDOW_FRAMES)

    @property
    def has_echo(self) -> bool:
        """True until the microphone was shown to stay at its background while something plays."""
        if len(self._heard_db) < _JUDGED_FRAMES:
            return True
        return float(np.median(self._heard_db)) > self._background_db + _MARGIN_DB

    def hear(self, heard: Int16Array, played: Int16Array) -> None:
        """One frame of each, int16[320] on the same clock."""
        level_db = _level_db(heard)
        self._background_db = min(level_db, self._background_db + _RISE_DB)
        self._played_db.append(_level_db(played))
        loud = [level > _PLAYED_DB for level in self._played_db]
        if loud[-1] and sum(loud) >= _LOUD_FRAMES:
            self._heard_db.append(level_db)


def _level_db(samples: Int16Array) -> float:
    """Root mean square in dB below full scale, -85 at the least."""
    power = float(np.mean(np.square(samples.astype(np.float32) / 32768.0)))
    return max(_FLOOR_DB, 10.0 * float(np.log10(power + 1e-12)))
