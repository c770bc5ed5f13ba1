"""Joins what is told by voice about the voice with the parts that speak: volume, speed, lessons.

The rule for sound that was made beforehand: it has the speed of the configuration. At any other
speed everything is synthesised when it is said, and nothing is prepared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.messages import Float32Array

if TYPE_CHECKING:
    from assistant.talk.services import Services
    from assistant.talk.talk import Talk
    from assistant.voice.prepared import LoadedVoice, PreparedReplies


@dataclass(slots=True, kw_only=True)
class Speaking:
    """The services of a session, with the `voice`, the sounds `prepared` for it and the device's
    rate. Make it when everything is prepared that can be: it then sets the voice as `talk` has it.
    """

    services: Services
    talk: Talk
    voice: LoadedVoice
    prepared: PreparedReplies
    rate_hz: int

    def __post_init__(self) -> None:
        from assistant.talk.loudness import apply_settings

        self.services.set_speed = self._set_speed
        self.services.teach = self._teach
        apply_settings(self.services, self.talk)

    def volume_to(self, set_volume: Callable[[float], None]) -> None:
        """The engine's volume takes the place of none; it is set as the talk has it."""
        from assistant.talk.loudness import apply_settings

        self.services.set_volume = set_volume
        apply_settings(self.services, self.talk)

    def sound(self, text: str, rate_hz: int) -> Float32Array | None:
        """The sound of a text made beforehand, at the speed of the voice; None without one."""
        return self.prepared.sound(text, rate_hz) if self._is_at_configured_speed else None

    @property
    def _is_at_configured_speed(self) -> bool:
        return self.voice.speed == 1.0

    def _set_speed(self, factor: float) -> None:
        self.voice.speed = factor

    def _teach(self, text: str) -> None:
        """On the hands, as `_set_speed` is: the speed does not change meanwhile."""
        if self._is_at_configured_speed:
            self.prepared.prepare([text], self.voice, lambda done, total: None)
            self.prepared.load([text], self.rate_hz)
