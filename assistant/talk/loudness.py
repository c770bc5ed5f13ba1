"""The settings of the voice that are made by voice: which factor stands behind each.

Volume has the levels 1 to 10, as people name it, and 0 for silence; `NORMAL` is as configured.
Speed is a factor. Both are numbers in `Talk.settings` and survive a restart. Pure; any thread.
"""

from __future__ import annotations

from assistant.talk.services import Services
from assistant.talk.talk import Talk

VOLUME, SPEED, MUTED = "volume", "speed", "muted"
NORMAL = 7
LOUDEST = 10
_CURVE = 1.5
"""Each level then sounds about as much louder as the one before (own choice, by ear): level 10 is
4.6 dB above normal, level 1 is 25 dB below."""

SLOWEST, FASTEST = 0.6, 1.8
"""Beyond these a Piper voice is hard to follow (own choice, by ear)."""


def volume_factor(level: float) -> float:
    """What the configured volume is multiplied with."""
    return (level / NORMAL) ** _CURVE if level > 0 else 0.0


def apply_settings(services: Services, talk: Talk) -> None:
    """Set the voice as the talk has it, when a session begins."""
    if VOLUME in talk.settings:
        services.set_volume(volume_factor(float(talk.settings[VOLUME])))
    if SPEED in talk.settings:
        services.set_speed(float(talk.settings[SPEED]))
