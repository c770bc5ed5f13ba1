"""A key in a terminal, which reports presses and repetitions alike and never that it is let go.

A held key is pressed once, and after half a second or so again and again. Pure; the times are given.
"""

from __future__ import annotations

from enum import Enum

LET_GO_S = 0.3
"""A held key that was not repeated for so long was let go; repetitions come 15 to 40 times a
second."""
_SERIES_S = 0.12
"""Two presses so close together are repetitions of one that is held; nobody taps so fast."""


class Press(Enum):
    """What a press means: somebody pressed the key, or has been holding it."""

    FIRST = "first"
    REPEATED = "repeated"


class KeySeries:
    """Tells presses from repetitions by the time between them. The first repetition of a held key
    looks like a second press; the next one shows that it was none."""

    def __init__(self) -> None:
        self._last_s = float("-inf")

    def press(self, now_s: float) -> Press:
        """What the press at `now_s` is."""
        since_s, self._last_s = now_s - self._last_s, now_s
        return Press.REPEATED if since_s < _SERIES_S else Press.FIRST
