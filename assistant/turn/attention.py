"""Whom the assistant listens to: everybody, who holds the talk key, or nobody.

Pure values; the keys of the face change them one at a time. Any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Mode(Enum):
    """What opens a turn."""

    OPEN = "open"
    PUSH = "push"
    MUTED = "muted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Speech opens a turn, unless `is_muted`; with `needs_key` only while `is_held`."""

    is_muted: bool = False
    needs_key: bool = False
    is_held: bool = False

    @property
    def mode(self) -> Mode:
        """What opens a turn now. Unmuting goes back to the mode before."""
        if self.is_muted:
            return Mode.MUTED
        return Mode.PUSH if self.needs_key else Mode.OPEN

    @property
    def is_deaf(self) -> bool:
        """True while nothing is heard."""
        return self.is_muted or (self.needs_key and not self.is_held)

    @property
    def key_ends_turn(self) -> bool:
        """True while the key ends the turn, and not the silence."""
        return self.needs_key and self.is_held

    def muted(self, is_muted: bool) -> Attention:
        """The same with the microphone off, or on again."""
        return replace(self, is_muted=is_muted)

    def pushing(self, needs_key: bool) -> Attention:
        """The same with the talk key needed, or not."""
        return replace(self, needs_key=needs_key)

    def holding(self, is_held: bool) -> Attention:
        """The same with the talk key down, or up."""
        return replace(self, is_held=is_held)
