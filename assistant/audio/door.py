"""Opens and closes both sides of the sound card without ever waiting for PortAudio.

One `Attempt` at a time: close what was lost, open what is due, or renew PortAudio's list, for which
both sides must be closed. An attempt that does not come back is left behind, and the list is not
renewed while one is. Belongs to the sound thread; tells nobody anything by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from assistant.audio.attempt import Attempt
from assistant.audio.hints import CALLED, refused_notice
from assistant.audio.portaudio import DeviceInfo, find_device, refresh_devices
from assistant.audio.side import Side
from assistant.audio.streams import MicrophoneStream, SpeakerStream
from assistant.errors import DeviceError
from assistant.messages import Notice

AnyStream = MicrophoneStream | SpeakerStream
AnySide = Side[MicrophoneStream] | Side[SpeakerStream]
Refusal = tuple[AnySide, Notice]

_LIMIT_S = 3.0
_SHUT_S = 1.0
_FREE_REFRESH_S = 0.4
_REFRESH_S = 5.0
_LONGEST_REFRESH_S = 60.0
_LONGEST_WAIT_FOR_QUIET_S = 20.0


class SoundDoor:
    """Calls `open_microphone` and `open_speaker` with the device that is wanted and was found."""

    def __init__(
        self,
        microphone: Side[MicrophoneStream],
        speaker: Side[SpeakerStream],
        open_microphone: Callable[[DeviceInfo], MicrophoneStream],
        open_speaker: Callable[[DeviceInfo], SpeakerStream],
    ) -> None:
        self._sides: tuple[AnySide, AnySide] = (microphone, speaker)
        self._open: dict[str, Callable[[DeviceInfo], AnyStream]] = {
            "input": open_microphone,
            "output": open_speaker,
        }
        self._to_close: list[AnyStream] = []
        self._attempt: Attempt[Any] | None = None
        self._opening: AnySide | None = None
        self._opening_wanted = ""
        self._left_behind: list[Attempt[Any]] = []
        self._refreshed_s = -_LONGEST_REFRESH_S
        self._refresh_wait_s = _REFRESH_S

    def give_up(self, side: AnySide) -> None:
        """Close a side that was lost; it is opened again after a while."""
        self._close(side)
        side.failed()
        self._refresh_wait_s = _REFRESH_S

    def change_over(self, input_device: str, output_device: str) -> None:
        """Close the side whose wanted device changes and open the other device at once."""
        for side, wanted in zip(self._sides, (input_device, output_device), strict=True):
            if side.wanted != wanted:
                self._close(side)
                side.wanted = wanted
                side.works()

    def tend(self, *, is_quiet: bool) -> Refusal | None:
        """One step, at once; the side that did not open and what to tell, if one did not."""
        refusal = self._settle() if self._attempt is not None else None
        if self._attempt is None:
            self._begin(is_quiet)
        return refusal

    def shut(self) -> None:
        """Close everything. Takes a moment, and two seconds at most."""
        if self._attempt is not None:
            self._attempt.wait(_SHUT_S)
            self._settle(limit_s=0.0)
        for side in self._sides:
            self._close(side)
        self._attempt = self._closing()
        self._attempt.wait(_SHUT_S)
        self._settle(limit_s=0.0)

    def _begin(self, is_quiet: bool) -> None:
        """Start what is most urgent."""
        due = [side for side in self._sides if side.is_due()]
        if due and self._should_refresh(due, is_quiet):
            for side in self._sides:
                self._close(side)
            self._refreshed_s = time.monotonic()
            self._attempt = self._closing(then=refresh_devices)
        elif self._to_close:
            self._attempt = self._closing()
        elif due:
            self._opening = min(due, key=lambda side: side.has_failed)
            self._opening_wanted = self._opening.wanted
            self._attempt = self._opening_of(self._opening)

    def _should_refresh(self, due: list[AnySide], is_quiet: bool) -> bool:
        """True when the list may be old; a side that works is disturbed rarely and in silence."""
        self._left_behind = [attempt for attempt in self._left_behind if attempt.is_running]
        if self._left_behind or not any(side.has_failed for side in due):
            return False
        since_s = time.monotonic() - self._refreshed_s
        if all(side.stream is None for side in self._sides):
            return since_s > _FREE_REFRESH_S
        if not any(side.needs_refresh for side in due):
            return False
        overdue_s = since_s - self._refresh_wait_s
        if overdue_s < (0.0 if is_quiet else _LONGEST_WAIT_FOR_QUIET_S):
            return False
        self._refresh_wait_s = min(2 * self._refresh_wait_s, _LONGEST_REFRESH_S)
        return True

    def _settle(self, limit_s: float = _LIMIT_S) -> Refusal | None:
        """Take what the attempt brought, if it is over."""
        attempt, side = self._attempt, self._opening
        if attempt is None or not attempt.is_over(limit_s):
            return None
        self._attempt = self._opening = None
        try:
            stream = attempt.result()
        except DeviceError as error:
            if attempt.is_running:
                self._left_behind.append(attempt)
            if side is None or side.wanted != self._opening_wanted:
                return None
            side.failed()
            return side, refused_notice(side.kind, error)
        if side is not None:
            side.opened(stream)
            if side.wanted != self._opening_wanted:
                self._close(side)
        return None

    def _opening_of(self, side: AnySide) -> Attempt[Any]:
        kind, wanted, open_it = side.kind, side.wanted, self._open[side.kind]
        return Attempt(
            f"the {CALLED[kind]} '{side.name or 'default'}'",
            lambda: open_it(find_device(kind, wanted)),
            lambda stream: stream.close(),
        )

    def _close(self, side: AnySide) -> None:
        stream = side.let_go()
        if stream is not None:
            self._to_close.append(stream)

    def _closing(self, then: Callable[[], None] = lambda: None) -> Attempt[Any]:
        streams, self._to_close = self._to_close, []

        def close() -> None:
            for stream in streams:
                stream.close()
            then()

        return Attempt("the sound system", close, lambda _: None)
