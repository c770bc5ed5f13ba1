"""What is said to a person about a microphone or a speaker, and the signs of a silent one.

Pure: knows device names and samples, opens nothing. Codes are stable, so that they can be searched.
"""

from __future__ import annotations

import re
import sys

from assistant.audio.portaudio import DeviceInfo, Kind
from assistant.errors import AssistantError
from assistant.messages import Int16Array, Notice

CALLED: dict[Kind, str] = {"input": "microphone", "output": "speaker"}
_CODE: dict[Kind, str] = {"input": "MICROPHONE", "output": "SPEAKER"}
_HEADSET_NAME = re.compile(
    r"bluetooth|bluez|hands.?free|headset|\bhfp\b|\bhsp\b|airpods|buds", re.IGNORECASE
)
_MONITOR_NAME = re.compile(r"\bmonitor (of|source)\b|\.monitor\b", re.IGNORECASE)
_HEADSET_RATES_HZ = (8_000, 16_000)
_SILENT_S = 3.0
_PERMISSION = {
    "darwin": "allow it in System Settings > Privacy & Security > Microphone",
    "win32": "allow it in Settings > Privacy & security > Microphone",
}
_LINUX_PERMISSION = "check its level in the sound settings (or: pactl list sources)"


def lost_notice(kind: Kind, name: str) -> Notice:
    """A device that worked went away."""
    return Notice(
        severity="error",
        code=f"N-{_CODE[kind]}-LOST",
        text=f"The {CALLED[kind]} '{name}' is gone. Plug it in again or choose another; "
        "it is used as soon as it is back.",
    )


def refused_notice(kind: Kind, error: AssistantError) -> Notice:
    """A device that is wanted does not open, and did not before either."""
    step = f" Next step: {error.next_step}." if error.next_step else ""
    return Notice(
        severity="error",
        code=f"N-{_CODE[kind]}-LOST",
        text=f"{error.what[:1].upper()}{error.what[1:]}.{step}",
    )


def back_notice(kind: Kind, name: str) -> Notice:
    """A device works again after it was lost."""
    return Notice(
        severity="information",
        code=f"N-{_CODE[kind]}-BACK",
        text=f"The {CALLED[kind]} '{name}' works.",
    )


def headset_notice(device: DeviceInfo) -> Notice | None:
    """A hint when a microphone looks like a Bluetooth headset in its telephone mode."""
    if device.rate_hz not in _HEADSET_RATES_HZ or not _HEADSET_NAME.search(device.name):
        return None
    return Notice(
        severity="warning",
        code="N-HEADSET-MODE",
        text=f"'{device.name}' is a headset in telephone mode ({device.rate_hz} Hz): it hears "
        "worse and music sounds poor. Another microphone would be better.",
    )


def monitor_notice(device: DeviceInfo) -> Notice | None:
    """A warning when a microphone is the speaker's own monitor: the sound server chooses that when
    the microphone goes away, and the assistant would hear itself."""
    if not _MONITOR_NAME.search(device.name):
        return None
    return Notice(
        severity="warning",
        code="N-MONITOR",
        text=f"'{device.name}' is no microphone but what the speaker plays: the assistant hears "
        "itself and not you. Plug a microphone in or choose another.",
    )


def heard_itself_notice() -> Notice:
    """What the microphone delivers is what the speaker plays (`monitor`)."""
    return Notice(
        severity="warning",
        code="N-MONITOR",
        text="What comes from the microphone is what the speaker plays: the sound server records "
        "the speaker's monitor, perhaps because the microphone was unplugged. It is left out, and "
        "you are not heard. Plug a microphone in or choose another in the sound settings; "
        "requests can be typed meanwhile.",
    )


def hears_again_notice() -> Notice:
    """The source is a microphone again."""
    return Notice(
        severity="information",
        code="N-MICROPHONE-BACK",
        text="The microphone hears more than the speaker again.",
    )


class SilenceWatch:
    """Notices a microphone that delivers nothing but zeros: a privacy switch, a missing right."""

    def __init__(self) -> None:
        self._silent_s = 0.0
        self._was_told = False

    def hear(self, samples: Int16Array, rate_hz: float, name: str) -> Notice | None:
        """int16[n] or int16[n, channels] as they came from the device; a notice once, after 3 s of
        zeros."""
        self._silent_s = 0.0 if samples.any() else self._silent_s + len(samples) / rate_hz
        if self._was_told or self._silent_s < _SILENT_S:
            return None
        self._was_told = True
        step = _PERMISSION.get(sys.platform, _LINUX_PERMISSION)
        return Notice(
            severity="warning",
            code="N-MICROPHONE-SILENT",
            text=f"The microphone '{name}' delivers nothing but digital silence. Look for a mute "
            f"key or a privacy switch, and {step}.",
        )
