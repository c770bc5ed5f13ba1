"""PortAudio's devices: which there are, which one is meant, and whether it opens.

The library is loaded on first use, so that everything but the sound card works without it. Knows no
stream. PortAudio is not thread-safe: a lock keeps those who list devices from those who renew the
list. Called by the command line, by a face, or on behalf of the sound thread.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from assistant.config import AudioConfig
from assistant.errors import DeviceError

Kind = Literal["input", "output"]

LIST_PATIENCE_S = 3.0
"""So long one waits for a thread that holds PortAudio's list."""

_CALLED = {"input": "microphone", "output": "speaker"}
_USUAL_RATE_HZ = 48_000
_LIST = threading.Lock()
_INSTALL = {
    "linux": "install it: sudo apt install libportaudio2 (Debian, Ubuntu), "
    "sudo dnf install portaudio (Fedora) or sudo pacman -S portaudio (Arch)",
    "darwin": "install it: brew install portaudio",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """One device as PortAudio lists it; `rate_hz` is its own rate, `system` what it belongs to.

    `proved` is the form (channels, Hz) in which the scout has just moved sound on it, if it did.
    """

    number: int
    name: str
    rate_hz: int
    input_channels: int
    output_channels: int
    is_default_input: bool = False
    is_default_output: bool = False
    system: str = ""
    proved: tuple[int, int] | None = None

    def channels(self, kind: Kind) -> int:
        """How many channels it has at most as a microphone, or as a speaker."""
        return self.input_channels if kind == "input" else self.output_channels


def load_portaudio() -> ModuleType:
    """The `sounddevice` module; `DeviceError` naming the package when PortAudio is missing."""
    try:
        import sounddevice
    except OSError as error:
        step = _INSTALL.get(sys.platform, "reinstall the Python package sounddevice")
        raise DeviceError(f"the PortAudio library does not load: {error}", step) from error
    module: ModuleType = sounddevice
    return module


def refresh_devices() -> None:
    """Let PortAudio look for devices anew. Every open stream must be closed before."""
    sounddevice: Any = load_portaudio()
    with _listing():
        with contextlib.suppress(sounddevice.PortAudioError):
            sounddevice._terminate()
        with contextlib.suppress(sounddevice.PortAudioError):
            sounddevice._initialize()


def list_devices() -> list[DeviceInfo]:
    """All devices in PortAudio's order; empty when there is none. `DeviceError` while the sound
    system does not start."""
    sounddevice: Any = load_portaudio()
    with _listing():
        try:
            return _listed(sounddevice)
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                f"the sound system does not start: {error.args[0]}",
                "check that the sound server runs",
            ) from error


def _listed(sounddevice: Any) -> list[DeviceInfo]:
    defaults = {kind: _default_number(sounddevice, kind) for kind in ("input", "output")}
    systems = [api["name"] for api in sounddevice.query_hostapis()]
    return [
        DeviceInfo(
            number=number,
            name=device["name"],
            rate_hz=round(device["default_samplerate"]),
            input_channels=device["max_input_channels"],
            output_channels=device["max_output_channels"],
            is_default_input=number == defaults["input"],
            is_default_output=number == defaults["output"],
            system=systems[device["hostapi"]],
        )
        for number, device in enumerate(sounddevice.query_devices())
    ]


def find_device(kind: Kind, wanted: str) -> DeviceInfo:
    """The microphone or speaker that is meant by a number, a name or a part of one.

    An empty `wanted` means the system's default. `DeviceError` when there is no such device.
    """
    usable = [device for device in list_devices() if device.channels(kind) > 0]
    called = _CALLED[kind]
    if not usable:
        raise DeviceError(f"there is no {called}", f"plug a {called} in, or turn it on")
    if not wanted:
        defaults = [device for device in usable if _is_default(device, kind)]
        return (defaults or usable)[0]
    folded = wanted.strip().casefold()
    exact = [d for d in usable if folded in (str(d.number), d.name.casefold())]
    partial = [d for d in usable if folded in d.name.casefold()]
    if found := exact or partial:
        return found[0]
    known = "; ".join(f"{device.number} {device.name}" for device in usable)
    raise DeviceError(
        f"there is no {called} called '{wanted}'", f"set audio.{kind}_device to one of: {known}"
    )


def check_devices(config: AudioConfig) -> tuple[DeviceInfo, DeviceInfo]:
    """The microphone and the speaker that a session would use, proven to open.

    `DeviceError` says which of the two is absent or refuses, or that both are.
    """
    found: dict[Kind, DeviceInfo] = {}
    faults: dict[Kind, DeviceError] = {}
    wanted: dict[Kind, str] = {"input": config.input_device, "output": config.output_device}
    for kind, name in wanted.items():
        try:
            found[kind] = find_device(kind, name)
            _try_to_open(kind, found[kind])
        except DeviceError as error:
            faults[kind] = error
    if not faults:
        return found["input"], found["output"]
    if len(faults) == 1:
        raise next(iter(faults.values()))
    raise DeviceError(
        "; ".join(fault.what for fault in faults.values()),
        " / ".join(fault.next_step for fault in faults.values()),
    )


def usual_output_rate_hz(wanted: str) -> int:
    """The speaker's own rate, or 48,000 when there is no such speaker now."""
    try:
        return find_device("output", wanted).rate_hz
    except DeviceError:
        return _USUAL_RATE_HZ


@contextlib.contextmanager
def _listing() -> Iterator[None]:
    """Holds PortAudio's list; `DeviceError` when another thread is stuck in renewing it."""
    if not _LIST.acquire(timeout=LIST_PATIENCE_S):
        raise DeviceError("the sound system does not answer", "start the assistant again")
    try:
        yield
    finally:
        _LIST.release()


def _try_to_open(kind: Kind, device: DeviceInfo) -> None:
    sounddevice: Any = load_portaudio()
    check = getattr(sounddevice, f"check_{kind}_settings")
    try:
        check(device=device.number, samplerate=device.rate_hz)
    except sounddevice.PortAudioError as error:
        raise DeviceError(
            f"the {_CALLED[kind]} '{device.name}' does not open: {error.args[0]}",
            "close programs that hold it, check that the sound server runs, "
            f"or set audio.{kind}_device",
        ) from error


def _default_number(sounddevice: Any, kind: str) -> int:
    try:
        return int(sounddevice.query_devices(kind=kind)["index"])
    except (sounddevice.PortAudioError, ValueError):
        return -1


def _is_default(device: DeviceInfo, kind: Kind) -> bool:
    return device.is_default_input if kind == "input" else device.is_default_output
