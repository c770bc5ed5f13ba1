"""Stands for `sounddevice` and PortAudio with a microphone whose opening crashes while it is away.

The folder `$CRASHING_SOUND` steers and tells: while the file `away` is there, the microphone's
stream ends, and opening another one aborts the process; while `unlisted` is there, a list that is
made lacks it; while `other` is there, the scout's process knows it by another name. `crashed` and
`renewed` get a line with the number of each process that did so.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

_FOLDER = Path(os.environ["CRASHING_SOUND"])
_COMMON = {"hostapi": 0, "default_samplerate": 48_000.0}
_MICROPHONE = {**_COMMON, "name": "mic", "max_input_channels": 1, "max_output_channels": 0}
_SPEAKER = {**_COMMON, "name": "box", "max_input_channels": 0, "max_output_channels": 2}


class PortAudioError(Exception):
    """As the real one."""


def _is(state: str) -> bool:
    return (_FOLDER / state).exists()


def _note(what: str) -> None:
    with (_FOLDER / what).open("a", encoding="ascii") as told:
        told.write(f"{os.getpid()}\n")


def _made_list() -> list[dict[str, Any]]:
    there = [_SPEAKER] if _is("unlisted") else [_SPEAKER, _MICROPHONE]
    if _is("other") and sys.argv[0].endswith("scouting.py"):
        there = [_SPEAKER, {**_MICROPHONE, "name": "another mic"}]
    return [{**device, "index": number} for number, device in enumerate(there)]


_devices = _made_list()


def _terminate() -> None:
    pass


def _initialize() -> None:
    global _devices
    _devices = _made_list()
    _note("renewed")


def query_hostapis() -> list[dict[str, Any]]:
    """ALSA alone: its streams are tried before they are used."""
    return [{"name": "ALSA"}]


def query_devices(kind: str | None = None) -> Any:
    """All, or the default one of a kind."""
    if kind is None:
        return _devices
    found = [device for device in _devices if device[f"max_{kind}_channels"]]
    if not found:
        raise PortAudioError("no default device")
    return found[0]


class _Stream:
    kind = ""
    latency = 0.04
    read_available = write_available = 480

    def __init__(self, callback: Any = None, **settings: Any) -> None:
        if self._is_away():
            _note("crashed")
            os.abort()
        self._settings, self._callback = settings, callback
        self._is_closed = threading.Event()

    def _is_away(self) -> bool:
        return self.kind == "input" and _is("away")

    @property
    def active(self) -> bool:
        return not self._is_closed.is_set() and not self._is_away()

    def start(self) -> None:
        if self._callback is not None:
            threading.Thread(target=self._run, daemon=True).start()

    def read(self, count: int) -> None:
        pass

    def write(self, samples: Any) -> None:
        pass

    def close(self, ignore_errors: bool = True) -> None:
        self._is_closed.set()

    def _run(self) -> None:
        shape = (self._settings["blocksize"], self._settings["channels"])
        times = SimpleNamespace(currentTime=0.0, inputBufferAdcTime=0, outputBufferDacTime=0)
        status = SimpleNamespace(input_overflow=False, output_underflow=False)
        while not self._is_closed.wait(0.01) and not self._is_away():
            self._callback(np.zeros(shape, self._settings["dtype"]), shape[0], times, status)


class InputStream(_Stream):
    kind = "input"


class OutputStream(_Stream):
    kind = "output"
