"""Opens and closes both sides of the sound card without ever waiting for PortAudio.

One `Attempt` at a time: close what was lost, open what is due, or renew PortAudio's list, for which
both sides must be closed. Where the scout serves, a side that was lost is opened only after it, and
the list is renewed only when it lacks what the scout has opened. An attempt that does not come back
is left behind, and the list is not renewed while one is. Belongs to the sound thread; tells nobody
anything by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from assistant.audio.attempt import Attempt
from assistant.audio.hints import CALLED, refused_notice
from assistant.audio.portaudio import (
    LIST_PATIENCE_S,
    DeviceInfo,
    Kind,
    find_device,
    refresh_devices,
)
from assistant.audio.scout import LONGEST_S, Proof, Scout
from assistant.audio.side import Side
from assistant.audio.streams import MicrophoneStream, SpeakerStream
from assistant.errors import DeviceError
from assistant.messages import Notice

AnyStream = MicrophoneStream | SpeakerStream
AnySide = Side[MicrophoneStream] | Side[SpeakerStream]
Refusal = tuple[AnySide, Notice]

_LIMIT_S = 3.0
_SCOUTING_LIMIT_S = LIST_PATIENCE_S + LONGEST_S
_SHUT_S = 1.0
_FREE_REFRESH_S = 0.4
_REFRESH_S = 5.0
_LONGEST_REFRESH_S = 60.0
_LONGEST_WAIT_FOR_QUIET_S = 20.0


@dataclass(frozen=True, slots=True)
class _Scouted:
    """What the scout has proved (None when it serves no longer); whether PortAudio's list here has
    it."""

    proof: Proof | None
    is_listed: bool


class SoundDoor:
    """Calls `open_microphone` and `open_speaker` with the device that is wanted and was found."""

    def __init__(
        self,
        microphone: Side[MicrophoneStream],
        speaker: Side[SpeakerStream],
        open_microphone: Callable[[DeviceInfo], MicrophoneStream],
        open_speaker: Callable[[DeviceInfo], SpeakerStream],
        scout: Scout,
    ) -> None:
        self._sides: tuple[AnySide, AnySide] = (microphone, speaker)
        self._open: dict[str, Callable[[DeviceInfo], AnyStream]] = {
            "input": open_microphone,
            "output": open_speaker,
        }
        self._scout = scout
        self._proofs: dict[Kind, Proof] = {}
        self._unlisted: set[Kind] = set()
        self._renewed_for: set[Kind] = set()
        self._to_close: list[AnyStream] = []
        self._attempt: Attempt[Any] | None = None
        self._opening: AnySide | None = None
        self._opening_wanted = ""
        self._limit_s = _LIMIT_S
        self._left_behind: list[Attempt[Any]] = []
        self._refreshed_s = -_LONGEST_REFRESH_S
        self._refresh_wait_s = _REFRESH_S

    def give_up(self, side: AnySide) -> None:
        """Close a side that was lost; it is opened again after a while."""
        self._close(side)
        side.failed()
        self._refresh_wait_s = _REFRESH_S

    def change_over(self, input_device: str, output_device: str) -> None:
        """Close the side whose wanted device changes and open the other device at once: the scout
        may be busy with what is wanted no longer."""
        self._scout.rest()
        for side, wanted in zip(self._sides, (input_device, output_device), strict=True):
            if side.wanted != wanted:
                self._close(side)
                side.wanted = wanted
                side.works()
                self._proofs.pop(side.kind, None)
                self._unlisted.discard(side.kind)

    def tend(self, *, is_quiet: bool) -> Refusal | None:
        """One step, at once; the side that did not open and what to tell, if one did not."""
        refusal = self._settle(is_quiet=is_quiet) if self._attempt is not None else None
        if self._attempt is None:
            self._begin(is_quiet)
        return refusal

    def shut(self) -> None:
        """Close everything. Takes a moment, and two seconds at most."""
        self._scout.rest()
        if self._attempt is not None:
            self._attempt.wait(_SHUT_S)
            self._settle(limit_s=0.0)
        for side in self._sides:
            self._close(side)
        self._attempt = self._closing()
        self._attempt.wait(_SHUT_S)
        self._settle(limit_s=0.0)
        self._scout.rest()  # the attempt may have sent it out again

    def _begin(self, is_quiet: bool) -> None:
        """Start what is most urgent."""
        self._limit_s = _LIMIT_S
        has_failed = any(side.has_failed for side in self._sides)
        if self._scout.is_out and not has_failed:
            self._scout.rest()
        due = [side for side in self._sides if side.is_due()]
        if due and self._may_refresh(due, is_quiet):
            if any(side.stream is not None for side in self._sides):
                self._refresh_wait_s = min(2 * self._refresh_wait_s, _LONGEST_REFRESH_S)
            for side in self._sides:
                self._close(side)
            self._refreshed_s = time.monotonic()
            self._renewed_for, self._unlisted = self._unlisted, set()
            self._attempt = self._closing(then=refresh_devices)
        elif self._to_close:
            self._attempt = self._closing()
        elif due:
            self._opening = min(due, key=lambda side: side.has_failed)
            self._opening_wanted = self._opening.wanted
            self._attempt = self._next_of(self._opening)
        elif has_failed and self._scout.may_start:
            self._attempt = Attempt("the sound system", self._scout.start, lambda _: None)

    def _may_refresh(self, due: list[AnySide], is_quiet: bool) -> bool:
        """True when the list may be old; a side that works is disturbed rarely and in silence."""
        self._left_behind = [attempt for attempt in self._left_behind if attempt.is_running]
        if self._left_behind or not any(self._may_be_old(side) for side in due):
            return False
        since_s = time.monotonic() - self._refreshed_s
        if all(side.stream is None for side in self._sides):
            return since_s > _FREE_REFRESH_S
        if not any(side.needs_refresh or side.kind in self._unlisted for side in due):
            return False
        overdue_s = since_s - self._refresh_wait_s
        return overdue_s >= (0.0 if is_quiet else _LONGEST_WAIT_FOR_QUIET_S)

    def _may_be_old(self, side: AnySide) -> bool:
        """The list may lack what this side needs."""
        return side.kind in self._unlisted if self._scout.serves else side.has_failed

    def _settle(self, limit_s: float | None = None, *, is_quiet: bool = False) -> Refusal | None:
        """Take what the attempt brought, if it is over."""
        attempt, side = self._attempt, self._opening
        if attempt is None or not attempt.is_over(self._limit_s if limit_s is None else limit_s):
            return None
        self._attempt = self._opening = None
        try:
            result = attempt.result()
        except DeviceError as error:
            if attempt.is_running:
                self._left_behind.append(attempt)
            if side is None or side.wanted != self._opening_wanted:
                return None
            side.failed()
            return side, refused_notice(side.kind, error)
        if isinstance(result, _Scouted):
            if side is not None and side.wanted == self._opening_wanted:
                self._take_proof(side, result, is_quiet)
        elif side is not None:
            side.opened(result)
            if side.wanted != self._opening_wanted:
                self._close(side)
        return None

    def _take_proof(self, side: AnySide, scouted: _Scouted, is_quiet: bool) -> None:
        """Keep it for the opening. Without a list that has it, wait: for a new one, or for a scout
        that sees the same. A list that was just renewed is good enough: another process may see
        others, as it cannot open what is open here."""
        kind = side.kind
        if scouted.proof is None:
            return
        is_listed = scouted.is_listed or kind in self._renewed_for
        self._renewed_for.discard(kind)
        self._unlisted.discard(kind)
        self._proofs[kind] = scouted.proof
        if not is_listed:
            self._unlisted.add(kind)
            if not self._may_refresh([side], is_quiet):
                side.failed(is_there=True)

    def _next_of(self, side: AnySide) -> Attempt[Any]:
        """Open it, or let the scout try it before."""
        proof = self._proofs.pop(side.kind, None)
        is_proved = proof is not None and proof.is_fresh
        if side.has_failed and self._scout.serves and not is_proved:
            self._limit_s = _SCOUTING_LIMIT_S
            return self._scouting_of(side)
        return self._opening_of(side, proof if is_proved else None)

    def _scouting_of(self, side: AnySide) -> Attempt[Any]:
        kind, wanted = side.kind, side.wanted

        def scout() -> _Scouted:
            listed = _listed(kind, wanted)
            proof = self._scout.prove(kind, wanted, "" if listed is None else listed.name)
            is_listed = proof is not None and listed is not None and proof.is_of(listed, kind)
            return _Scouted(proof, is_listed)

        return Attempt(self._name_of(side), scout, lambda _: None)

    def _opening_of(self, side: AnySide, proof: Proof | None) -> Attempt[Any]:
        kind, wanted, open_it = side.kind, side.wanted, self._open[side.kind]

        def open_side() -> AnyStream:
            device = find_device(kind, wanted)
            if proof is not None and proof.is_of(device, kind):
                device = replace(device, proved=proof.form)
            return open_it(device)

        return Attempt(self._name_of(side), open_side, lambda stream: stream.close())

    def _name_of(self, side: AnySide) -> str:
        return f"the {CALLED[side.kind]} '{side.name or 'default'}'"

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


def _listed(kind: Kind, wanted: str) -> DeviceInfo | None:
    """The device that is meant, by the list as it is here."""
    try:
        return find_device(kind, wanted)
    except DeviceError:
        return None
