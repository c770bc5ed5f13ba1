"""A key in a terminal, which reports presses and repetitions alike and never that it is let go.

A held key is pressed once, and after half a second or so again and again. Pure: the times are
given.
"""

from __future__ import annotations

LET_GO_S = 0.3
"""A held key that was not repeated for so long was let go; repetitions come 15 to 40 times a
second."""
SERIES_S = 0.15
"""Two presses so close together are repetitions of one that is held; nobody taps so fast."""


class KeySeries:
    """Tells presses from repetitions by the time between them. The first repetition of a held key
    looks like a second press; the next one shows that it was none."""

    def __init__(self) -> None:
        self._last_s = float("-inf")

    def is_repeated(self, now_s: float) -> bool:
        """Whether the press at `now_s` is a repetition."""
        since_s, self._last_s = now_s - self._last_s, now_s
        return since_s < SERIES_S
