"""Opening a stream: which channels and rates a device takes, and whether it is really there.

Everything here may block for good, and belongs on an `Attempt`, or in a process of its own
(`scouting`). Knows no clock and no session.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from assistant.audio.portaudio import DeviceInfo, Kind, load_portaudio
from assistant.errors import DeviceError

BLOCKS_PER_SECOND = 100

T = TypeVar("T")

_DTYPE: dict[Kind, str] = {"input": "int16", "output": "float32"}
_PROBE_S = 0.1
_POLL_S = 0.005


Form = tuple[int, int]
"""Channels, and a rate in Hz."""


def forms_of(device: DeviceInfo, kind: Kind, pull_rate_hz: int) -> list[Form]:
    """The forms in which a stream of the device is tried, the best first; `pull_rate_hz` is the
    rate of what the program plays. A form that the scout has proved is the only one."""
    if device.proved is not None:
        return [device.proved]
    if kind == "input":  # one of two channels may be dead: `Mixdown`
        return [(channels, device.rate_hz) for channels in (2, 1)]
    rates_hz = dict.fromkeys((pull_rate_hz, device.rate_hz))
    return [(channels, rate_hz) for rate_hz in rates_hz for channels in (2, 1)]


def open_stream(
    device: DeviceInfo,
    kind: Kind,
    forms: Sequence[Form],
    latency_s: float,
    callback: Callable[..., None],
) -> tuple[Any, int]:
    """A stream that is not started yet, in the first of `forms` that is taken, and its rate in Hz.
    `DeviceError` when none is, or when the device is not there."""

    def make_it(make: Callable[..., Any], settings: dict[str, Any]) -> Any:
        if device.system == "ALSA" and device.proved is None:
            _prove(make, settings, kind)
        return make(**settings, callback=callback)

    stream, (_, rate_hz) = _first_taken(device, kind, forms, latency_s, make_it)
    return stream, rate_hz


def prove_stream(device: DeviceInfo, kind: Kind, forms: Sequence[Form], latency_s: float) -> Form:
    """The first of `forms` that the device takes; some silence was moved in it. `DeviceError` when
    it takes none, or is not there."""
    _, form = _first_taken(
        device, kind, forms, latency_s, lambda make, settings: _prove(make, settings, kind)
    )
    return form


def _first_taken(
    device: DeviceInfo,
    kind: Kind,
    forms: Sequence[Form],
    latency_s: float,
    do: Callable[[Callable[..., Any], dict[str, Any]], T],
) -> tuple[T, Form]:
    """What `do` returned for the first form in which PortAudio did not refuse, and that form."""
    sounddevice: Any = load_portaudio()
    refusals: list[str] = []
    for channels, rate_hz in forms:
        if channels > device.channels(kind):
            continue
        settings = {
            "device": device.number,
            "samplerate": rate_hz,
            "blocksize": rate_hz // BLOCKS_PER_SECOND,
            "channels": channels,
            "dtype": _DTYPE[kind],
            "latency": latency_s,
        }
        make = sounddevice.InputStream if kind == "input" else sounddevice.OutputStream
        try:
            return do(make, settings), (channels, rate_hz)
        except sounddevice.PortAudioError as error:
            refusals.append(str(error.args[0]))
    raise DeviceError(
        f"'{device.name}' does not open: {refusals[0] if refusals else 'it has no channels'}",
        "close programs that hold it; it is tried again",
    )


def _prove(make: Callable[..., Any], settings: dict[str, Any], kind: Kind) -> None:
    """Move some silence without a callback; raises `PortAudioError` when the device is not there.

    A stream with a callback would deadlock then (see `attempt`). On PulseAudio, `open` and `start`
    of an absent device may both succeed; what is moved afterwards tells. Never blocks by itself:
    a device that moves nothing at all is left to the watchdog.
    """
    stream = make(**settings)
    try:
        stream.start()
        wanted = round(_PROBE_S * settings["samplerate"])
        deadline_s = time.monotonic() + 2 * _PROBE_S
        while wanted > 0 and time.monotonic() < deadline_s:
            ready = stream.read_available if kind == "input" else stream.write_available
            count = min(ready, wanted)
            if count and kind == "input":
                stream.read(count)
            elif count:
                stream.write(np.zeros((count, settings["channels"]), np.float32))
            wanted -= count
            time.sleep(_POLL_S)
    finally:
        stream.close(ignore_errors=True)
