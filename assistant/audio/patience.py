"""How much of the passing time a device could have used: a machine that stalls is no lost device.

Two signs of a stall are taken off: that the watchdog itself was woken late (the process was stopped
or not scheduled), and the share of time in which something that could run waited for a processor
(the kernel's pressure stall information, Linux 4.20 and later), as the sound server may be what
waits. Knows no device. Belongs to the sound thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

_PRESSURE = Path("/proc/pressure/cpu")
_MOST_EXCUSED = 0.8
"""Share of the time that the busiest machine excuses: the watchdog is then five times as patient,
and a device that is really gone is found after so long."""


class Patience:
    """`round_s` is the time between two rounds; what goes beyond twice of it is a stall.

    `clock` gives seconds, `stalled` the seconds for which something has waited for a processor so
    far, or None where the system does not say.
    """

    def __init__(
        self,
        round_s: float,
        clock: Callable[[], float] = time.monotonic,
        stalled: Callable[[], float | None] | None = None,
    ) -> None:
        self._longest_s = 2 * round_s
        self._clock = clock
        self._stalled = stalled or cpu_stalled_s
        self._at_s = clock()
        self._stalled_s = self._stalled()

    def passed_ms(self) -> float:
        """Milliseconds since the last call that count; one call a round."""
        now_s, stalled_s = self._clock(), self._stalled()
        elapsed_s, self._at_s = now_s - self._at_s, now_s
        excused = 0.0
        if stalled_s is not None and self._stalled_s is not None and elapsed_s > 0:
            excused = _MOST_EXCUSED * min(max((stalled_s - self._stalled_s) / elapsed_s, 0.0), 1.0)
        self._stalled_s = stalled_s
        return min(elapsed_s, self._longest_s) * (1 - excused) * 1000


def cpu_stalled_s() -> float | None:
    """Seconds since the start of the system in which at least one task waited for a processor;
    None where the kernel does not say. Source: Documentation/accounting/psi.rst of Linux."""
    try:
        some = _PRESSURE.read_text("ascii").splitlines()[0]
        return int(some.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError, IndexError):
        return None
