"""The pauses of one turn that the user went on after: whoever has paused for long will again.

Pure: knows no sound, no model and no clock; belongs to the tracker.
"""

from __future__ import annotations

import math

_WITHIN_MS = 30_000
"""So much speech back a pause counts; docs/TURNS.md, "Long turns"."""

_MOST_ENDS = 1
"""So many pauses of late may have been taken for the end of the turn; with one more it is told
slowly. Own choice: to cut in once is a slip."""


class Pauses:
    """Where the pauses of a turn lie, counted in its speech without pauses, and how long each was:
    milliseconds both."""

    def __init__(self) -> None:
        self._found: list[tuple[float, float]] = []
        self._ends: list[float] = []

    def add(self, speech_ms: float, pause_ms: float) -> None:
        """A pause is over, before which the turn had `speech_ms` of speech."""
        self._found.append((speech_ms, pause_ms))

    def join(self, later: Pauses, speech_ms: float, pause_ms: float) -> None:
        """The turn, which had `speech_ms`, went on with the pauses of `later` after one that was
        taken for its end."""
        self.add(speech_ms, pause_ms)
        self._ends.append(speech_ms)
        self._found += [(speech_ms + at, lasted) for at, lasted in later._found]

    def longest_ms(self, speech_ms: float) -> float:
        """The longest pause of the last 30 s of speech, now that the turn has `speech_ms`; 0 when
        there is none, infinite when two were taken for the end."""
        if sum(speech_ms - at < _WITHIN_MS for at in self._ends) > _MOST_ENDS:
            return math.inf
        late = (lasted for at, lasted in self._found if speech_ms - at < _WITHIN_MS)
        return max(late, default=0.0)
