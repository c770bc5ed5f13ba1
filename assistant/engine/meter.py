"""Shows the level of the microphone and the counters of the device. Runs on the ears thread."""

from __future__ import annotations

import dataclasses

import numpy as np

from assistant.engine.seams import AudioDevice
from assistant.engine.wires import Wires
from assistant.messages import Int16Array
from assistant.updates import Counters, Level

_LEVEL_FRAMES = 5


class Meter:
    """Publishes a `Level` every 100 ms, and the device's `Counters` when they have changed."""

    def __init__(self, device: AudioDevice, wires: Wires) -> None:
        self._device = device
        self._publish = wires.publish
        self._trace = wires.trace
        self._powers: list[float] = []
        self._counters = Counters()

    def measure(self, samples: Int16Array, is_speech: bool) -> None:
        """One more frame, int16[320], as the microphone gave it."""
        self._powers.append(float(np.mean(np.square(samples.astype(np.float32) / 32768.0))))
        if len(self._powers) < _LEVEL_FRAMES:
            return
        rms_dbfs = 10 * float(np.log10(sum(self._powers) / _LEVEL_FRAMES + 1e-12))
        self._powers.clear()
        self._publish(Level(rms_dbfs=rms_dbfs, is_speech=is_speech))
        counters = self._device.counters()
        if counters != self._counters:
            self._counters = counters
            self._publish(counters)
            self._trace.event("counters", **dataclasses.asdict(counters))
