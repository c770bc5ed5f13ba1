"""The sound card: a microphone and a speaker that may come and go while the assistant runs.

Two streams, each at its own rate, on one clock. A watchdog reopens what falls silent; meanwhile
silence stands for the microphone, so that the clock never stops. `run` belongs to the engine's
sound thread, `read` to its ears; PortAudio's own threads run the callbacks in `streams`.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from assistant.audio.hints import (
    SilenceWatch,
    back_notice,
    headset_notice,
    lost_notice,
    refused_notice,
)
from assistant.audio.portaudio import (
    DeviceInfo,
    Kind,
    find_device,
    load_portaudio,
    refresh_devices,
    usual_output_rate_hz,
)
from assistant.audio.streams import HeardBlock, MicrophoneStream, PlayedBlock, SpeakerStream
from assistant.audio.timeline import FrameAssembler, PlayedTimeline, SampleClock
from assistant.config import AudioConfig
from assistant.errors import DeviceError
from assistant.messages import (
    SAMPLE_RATE_HZ,
    AudioFrame,
    Counters,
    Float32Array,
    Int16Array,
    Notice,
)

Pull = Callable[[int, float], Float32Array]

_TEND_S = 0.02
_LATE_NS = 100_000_000
_FIRST_CALLBACK_MS = 3_000
_BACK_OFF_S = (0.4, 0.6, 1.0, 2.0, 4.0)  # at once would race with a device that still goes away
_NOTHING: Int16Array = np.zeros(0, np.int16)


class _Side:
    """The microphone or the speaker: wanted by name, open or not, and whether people were told."""

    def __init__(self, kind: Kind, wanted: str) -> None:
        self.kind: Kind = kind
        self.wanted = wanted
        self.name = wanted
        self.stream: MicrophoneStream | SpeakerStream | None = None
        self.faults = 0
        self.is_told_lost = False
        self._attempts = 0
        self._retry_at_s = 0.0

    def is_lost(self, watchdog_ms: float) -> bool:
        """True when an open stream ended or is silent for longer than it may be."""
        if self.stream is None:
            return False
        allowed_ms = watchdog_ms if self.stream.has_begun else _FIRST_CALLBACK_MS
        return self.stream.has_ended() or self.stream.quiet_ms() > allowed_ms

    def is_due(self) -> bool:
        """True when it is closed and the time for another attempt has come."""
        return self.stream is None and time.monotonic() >= self._retry_at_s

    def opened(self, stream: MicrophoneStream | SpeakerStream) -> None:
        self.stream = stream
        self.name = stream.device.name

    def failed(self) -> None:
        """Wait before the next attempt, longer each time."""
        self._retry_at_s = time.monotonic() + _BACK_OFF_S[self._attempts]
        self._attempts = min(self._attempts + 1, len(_BACK_OFF_S) - 1)

    def works(self) -> None:
        self._attempts = 0
        self._retry_at_s = 0.0

    def close(self) -> None:
        if self.stream is not None:
            self.stream.close()
            self.faults += self.stream.faults
            self.stream = None


class SoundDevice:
    """An `AudioDevice` on PortAudio, by `[audio]` of the configuration.

    `DeviceError` when PortAudio itself is missing; an absent device is waited for in `run`.
    `on_notice` is called from the threads of `run` and of `read`.
    """

    def __init__(self, config: AudioConfig) -> None:
        load_portaudio()
        self.output_rate_hz = usual_output_rate_hz(config.output_device)
        self.on_notice: Callable[[Notice], None] = lambda notice: None
        self._config = config
        self._microphone = _Side("input", config.input_device)
        self._speaker = _Side("output", config.output_device)
        self._wanted = (config.input_device, config.output_device)
        self._clock = SampleClock(time.perf_counter_ns())
        self._heard: queue.SimpleQueue[HeardBlock] = queue.SimpleQueue()
        self._played: queue.SimpleQueue[PlayedBlock] = queue.SimpleQueue()
        self._timeline = PlayedTimeline()
        self._assembler = FrameAssembler(self._timeline)
        self._silence = SilenceWatch()
        self._late_frames = 0
        self._hinted: set[str] = set()

    def select(self, input_device: str | None = None, output_device: str | None = None) -> None:
        """Change over to other devices, by name or number; None leaves one as it is."""
        old_input, old_output = self._wanted
        self._wanted = (
            old_input if input_device is None else input_device,
            old_output if output_device is None else output_device,
        )

    def run(self, pull: Pull, should_stop: Callable[[], bool]) -> None:
        """Keep both streams open until `should_stop()`, whatever happens to the devices."""
        pause = threading.Event()
        try:
            self._open_closed(pull)
            while not should_stop():
                self._tend(pull)
                pause.wait(_TEND_S)
        finally:
            self._microphone.close()
            self._speaker.close()

    def read(self, timeout_s: float) -> AudioFrame | None:
        """The next frame, or None after `timeout_s` without one."""
        deadline_s = time.monotonic() + timeout_s
        arrived_ns = time.perf_counter_ns()
        while (frame := self._next_frame()) is None:
            try:
                block = self._heard.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                return None
            arrived_ns = block.arrived_ns
            self._take_in(block)
        self._late_frames += time.perf_counter_ns() - arrived_ns > _LATE_NS
        return frame

    def index_at(self, time_ns: int) -> float:
        """The sample index that the microphone had reached at a time of `perf_counter_ns`."""
        return self._clock.index_at(time_ns)

    @property
    def has_microphone(self) -> bool:
        """False while the microphone is away; silence stands in for it."""
        return not self._microphone.is_told_lost

    def counters(self) -> Counters:
        """Overflows and underruns that PortAudio reported, frames read over 100 ms late."""
        return Counters(
            input_overflows=_faults(self._microphone),
            output_underruns=_faults(self._speaker),
            late_frames=self._late_frames,
        )

    def _next_frame(self) -> AudioFrame | None:
        while True:
            try:
                block = self._played.get_nowait()
            except queue.Empty:
                return self._assembler.frame()
            self._timeline.put(block.index, block.samples, block.rate_hz)

    def _take_in(self, block: HeardBlock) -> None:
        if block.begins_at is not None:
            self._assembler.begin(block.begins_at, block.rate_hz)
        self._assembler.push(block.samples)
        notice = self._silence.hear(block.samples, block.rate_hz, self._microphone.name)
        if notice is not None:
            self.on_notice(notice)

    def _tend(self, pull: Pull) -> None:
        """One round of the watchdog."""
        sides = (self._microphone, self._speaker)
        if self._wanted != (self._microphone.wanted, self._speaker.wanted):
            self._change_over()
        for side in sides:
            if side.is_lost(self._config.watchdog_ms):
                self._give_up(side)
            elif side.stream is not None and side.stream.has_begun:
                self._welcome(side)
        if any(side.is_due() for side in sides):
            for side in sides:
                side.close()
            refresh_devices()
            self._open_closed(pull)
        if self._microphone.stream is None:
            self._stand_in()

    def _change_over(self) -> None:
        for side, wanted in zip((self._microphone, self._speaker), self._wanted, strict=True):
            side.close()
            side.wanted = wanted
            side.works()

    def _give_up(self, side: _Side) -> None:
        side.close()
        side.failed()
        if not side.is_told_lost:
            side.is_told_lost = True
            self.on_notice(lost_notice(side.kind, side.name))

    def _welcome(self, side: _Side) -> None:
        assert side.stream is not None
        device = side.stream.device
        side.works()
        if side.is_told_lost:
            side.is_told_lost = False
            self.on_notice(back_notice(side.kind, device.name))
        if side.kind == "input" and device.name not in self._hinted:
            self._hinted.add(device.name)
            hint = headset_notice(device)
            if hint is not None:
                self.on_notice(hint)

    def _open_closed(self, pull: Pull) -> None:
        """Open what is closed; what does not open is tried again later."""
        sounddevice: Any = load_portaudio()
        for side in (self._microphone, self._speaker):
            if side.stream is not None:
                continue
            try:
                device = find_device(side.kind, side.wanted)
                try:
                    side.opened(self._open(side.kind, device, pull))
                except sounddevice.PortAudioError as error:
                    raise DeviceError(
                        f"'{device.name}' does not open: {error.args[0]}",
                        "close programs that hold it; it is tried again",
                    ) from error
            except DeviceError as error:
                side.failed()
                if not side.is_told_lost:
                    side.is_told_lost = True
                    self.on_notice(refused_notice(side.kind, error))

    def _open(self, kind: Kind, device: DeviceInfo, pull: Pull) -> MicrophoneStream | SpeakerStream:
        latency_s = self._config.latency_ms / 1000
        if kind == "input":
            return MicrophoneStream(device, latency_s, self._clock, self._heard)
        return SpeakerStream(
            device, latency_s, self._clock, self._played, pull, self.output_rate_hz
        )

    def _stand_in(self) -> None:
        """Silence up to now in place of the microphone that is away."""
        now_ns = time.perf_counter_ns()
        self._heard.put(
            HeardBlock(
                samples=_NOTHING,
                rate_hz=SAMPLE_RATE_HZ,
                arrived_ns=now_ns,
                begins_at=int(self._clock.index_at(now_ns)),
            )
        )


def _faults(side: _Side) -> int:
    return side.faults + (0 if side.stream is None else side.stream.faults)
