"""What a microphone's blocks go through before they become frames: one channel, no offset.

Belongs to the thread that reads; knows no device and no clock.
"""

from __future__ import annotations

from assistant.audio.channels import Mixdown
from assistant.audio.offset import OffsetFilter
from assistant.audio.resample import to_float32, to_int16
from assistant.messages import Int16Array


class Capture:
    """One opened microphone at `rate_hz`."""

    def __init__(self, rate_hz: float) -> None:
        self._mixdown = Mixdown(rate_hz)
        self._offset = OffsetFilter(rate_hz)

    def push(self, block: Int16Array) -> Int16Array:
        """int16[n, channels] as the device gave it to int16[n]."""
        return to_int16(self._offset.push(self._mixdown.push(to_float32(block))))
