"""The microphone or the speaker: which one is wanted, whether it is open, when to try again.

Knows no policy of the other side and calls nothing that may block. Belongs to the sound thread.
"""

from __future__ import annotations

import time
from typing import Generic, TypeVar

from assistant.audio.portaudio import Kind
from assistant.audio.streams import MicrophoneStream, SpeakerStream

_FIRST_CALLBACK_MS = 3_000
_BACK_OFF_S = (0.4, 0.6, 1.0, 2.0)  # at once would race with a device that still goes away
_SHARE_OF_ABSENCE = 1 / 30  # 2 s after a minute: from then on the pauses grow
_LONGEST_PAUSE_S = 10.0
_TRIES_BEFORE_REFRESH = 3

StreamT = TypeVar("StreamT", bound=MicrophoneStream | SpeakerStream)


class Side(Generic[StreamT]):
    """One direction of sound, with the number of faults over all its streams."""

    def __init__(self, kind: Kind, wanted: str) -> None:
        self.kind: Kind = kind
        self.wanted = wanted
        self.name = wanted
        self.stream: StreamT | None = None
        self.is_told_lost = False
        self.was_tried = False
        self._quiet_ms = 0.0
        self._callbacks = 0
        self._earlier_faults = 0
        self._failures = 0
        self._failed_first_s = 0.0
        self._retry_at_s = 0.0

    @property
    def faults(self) -> int:
        """Overflows or underruns that PortAudio reported."""
        return self._earlier_faults + (0 if self.stream is None else self.stream.faults)

    @property
    def needs_refresh(self) -> bool:
        """True when it failed so often that PortAudio's list of devices may be out of date."""
        return self.stream is None and self._failures >= _TRIES_BEFORE_REFRESH

    @property
    def has_failed(self) -> bool:
        """True when it was lost or refused since it last worked."""
        return self._failures > 0

    def is_lost(self, watchdog_ms: float, passed_ms: float) -> bool:
        """True when an open stream ended or is silent for longer than it may be; `passed_ms` is how
        much of the time since the last round counts (`patience`)."""
        if self.stream is None:
            return False
        is_new = self.stream.callbacks != self._callbacks
        self._quiet_ms = 0.0 if is_new else self._quiet_ms + passed_ms
        self._callbacks = self.stream.callbacks
        allowed_ms = watchdog_ms if self.stream.has_begun else _FIRST_CALLBACK_MS
        return self.stream.has_ended() or self._quiet_ms > allowed_ms

    def is_due(self) -> bool:
        """True when it is closed and the time for another attempt has come."""
        return self.stream is None and time.monotonic() >= self._retry_at_s

    def opened(self, stream: StreamT) -> None:
        """It has a stream again; whether that works is seen by its callbacks."""
        self.stream = stream
        self._quiet_ms, self._callbacks = 0.0, 0
        self.was_tried = True
        self.name = stream.device.name

    def failed(self, *, is_there: bool = False) -> None:
        """Wait before the next attempt: longer each time, and after a minute for a thirtieth of the
        time that it is away, 10 s at most. Not so long when the device `is_there`."""
        now_s = time.monotonic()
        if not self._failures:
            self._failed_first_s = now_s
        wait_s = _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)]
        if not is_there:
            absent_s = now_s - self._failed_first_s
            wait_s = max(wait_s, min(absent_s * _SHARE_OF_ABSENCE, _LONGEST_PAUSE_S))
        self._retry_at_s = now_s + wait_s
        self._failures += 1
        self.was_tried = True

    def works(self) -> None:
        """Callbacks came, or another device is wanted: earlier failures count no more."""
        self._failures = 0
        self._retry_at_s = 0.0

    def let_go(self) -> StreamT | None:
        """Silence the stream and hand it over, to be closed elsewhere."""
        stream, self.stream = self.stream, None
        if stream is not None:
            stream.mute()
            self._earlier_faults += stream.faults
        return stream
