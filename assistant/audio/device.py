"""The sound card: a microphone and a speaker that may come and go while the assistant runs.

Two streams, each at its own rate, on one clock. A watchdog reopens what falls silent; meanwhile
silence stands for the microphone, so that the clock never stops. `run` belongs to the engine's
sound thread and never waits for PortAudio: `SoundDoor` opens and closes. `read` belongs to the
engine's ears; PortAudio's own threads run the callbacks in `streams`.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import numpy as np

from assistant.audio.capture import Capture
from assistant.audio.door import AnySide, SoundDoor
from assistant.audio.hints import (
    SilenceWatch,
    back_notice,
    headset_notice,
    lost_notice,
    monitor_notice,
)
from assistant.audio.patience import Patience
from assistant.audio.portaudio import load_portaudio, usual_output_rate_hz
from assistant.audio.scout import Scout
from assistant.audio.side import Side
from assistant.audio.streams import HeardBlock, MicrophoneStream, PlayedBlock, SpeakerStream
from assistant.audio.timeline import FrameAssembler, PlayedTimeline, SampleClock
from assistant.config import AudioConfig
from assistant.messages import (
    SAMPLE_RATE_HZ,
    AudioFrame,
    Float32Array,
    HalfFrame,
    Int16Array,
    Notice,
)
from assistant.updates import Counters

Pull = Callable[[int, float], Float32Array]

_TEND_S = 0.02
_LATE_NS = 100_000_000
_LOUD = 1_000
_QUIET_S = 0.7
_NOTHING: Int16Array = np.zeros((0, 1), np.int16)


class SoundDevice:
    """An `AudioDevice` on PortAudio, by `[audio]` of the configuration.

    `DeviceError` when PortAudio itself is missing; an absent device is waited for in `run`.
    `on_notice` is called from the threads of `run` and of `read`.
    """

    def __init__(self, config: AudioConfig) -> None:
        load_portaudio()
        self.output_rate_hz = usual_output_rate_hz(config.output_device)
        self.scout = Scout(self.output_rate_hz)
        self.on_notice: Callable[[Notice], None] = lambda notice: None
        self._config = config
        self._microphone: Side[MicrophoneStream] = Side("input", config.input_device)
        self._speaker: Side[SpeakerStream] = Side("output", config.output_device)
        self._wanted = (config.input_device, config.output_device)
        self._clock = SampleClock(time.perf_counter_ns())
        self._heard: queue.SimpleQueue[HeardBlock] = queue.SimpleQueue()
        self._played: queue.SimpleQueue[PlayedBlock] = queue.SimpleQueue()
        self._timeline = PlayedTimeline()
        self._assembler = FrameAssembler(self._timeline)
        self._capture = Capture(SAMPLE_RATE_HZ)
        self._silence = SilenceWatch()
        self._late_frames = 0
        self._last_sound_s = 0.0
        self._passed_s = time.monotonic()
        self._hinted: set[str] = set()
        self._patience = Patience(_TEND_S)

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
        latency_s = self._config.latency_ms / 1000
        door = SoundDoor(
            self._microphone,
            self._speaker,
            lambda device: MicrophoneStream(device, latency_s, self._clock, self._heard),
            lambda device: SpeakerStream(
                device, 2 * latency_s, self._clock, self._played, pull, self.output_rate_hz
            ),
            self.scout,
        )
        try:
            while not should_stop():
                self._tend(door)
                self._pass_time(pull)
                pause.wait(_TEND_S)
        finally:
            door.shut()

    def read(self, timeout_s: float) -> AudioFrame | HalfFrame | None:
        """The next frame, the first half of it before, or None after `timeout_s` without either."""
        deadline_s = time.monotonic() + timeout_s
        arrived_ns = time.perf_counter_ns()
        while not self._is_due(heard := self._next_heard()):
            try:
                block = self._heard.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                return None
            arrived_ns = block.arrived_ns
            self._take_in(block)
        is_late = time.perf_counter_ns() - arrived_ns > _LATE_NS
        self._late_frames += is_late and isinstance(heard, AudioFrame)
        return heard

    def index_at(self, time_ns: int) -> float:
        """The sample index that the microphone had reached at a time of `perf_counter_ns`."""
        return self._clock.index_at(time_ns)

    @property
    def has_microphone(self) -> bool:
        """False while the microphone is away; silence stands in for it."""
        return not self._microphone.is_told_lost

    @property
    def has_speaker(self) -> bool:
        """False while the speaker is away; what would sound passes unheard."""
        return not self._speaker.is_told_lost

    def counters(self) -> Counters:
        """Overflows and underruns that PortAudio reported, frames read over 100 ms late."""
        return Counters(
            input_overflows=self._microphone.faults,
            output_underruns=self._speaker.faults,
            late_frames=self._late_frames,
        )

    def _is_due(self, heard: AudioFrame | HalfFrame | None) -> bool:
        """A half is left out when more was heard meanwhile."""
        return isinstance(heard, AudioFrame) or (heard is not None and self._heard.empty())

    def _next_heard(self) -> AudioFrame | HalfFrame | None:
        while True:
            try:
                block = self._played.get_nowait()
            except queue.Empty:
                return self._assembler.next()
            if block.samples.any():
                self._last_sound_s = time.monotonic()
            self._timeline.put(block.index, block.samples, block.rate_hz)

    def _take_in(self, block: HeardBlock) -> None:
        if block.begins_at is not None:
            self._assembler.begin(block.begins_at, block.rate_hz)
        if block.begins_at is not None and block.samples.size:  # else silence that stands in
            self._capture = Capture(block.rate_hz)
        samples = self._capture.push(block.samples)
        self._assembler.push(samples)
        if samples.max(initial=0) > _LOUD:
            self._last_sound_s = time.monotonic()
        notice = self._silence.hear(block.samples, block.rate_hz, self._microphone.name)
        if notice is not None:
            self.on_notice(notice)

    def _tend(self, door: SoundDoor) -> None:
        """One round of the watchdog."""
        if self._wanted != (self._microphone.wanted, self._speaker.wanted):
            door.change_over(*self._wanted)
        passed_ms = self._patience.passed_ms()
        for side in (self._microphone, self._speaker):
            if side.is_lost(self._config.watchdog_ms, passed_ms):
                door.give_up(side)
                self._tell_lost(side, lost_notice(side.kind, side.name))
            elif side.stream is not None and side.stream.has_begun:
                self._welcome(side)
        refusal = door.tend(is_quiet=time.monotonic() - self._last_sound_s > _QUIET_S)
        if refusal is not None:
            self._tell_lost(*refusal)
        if self._microphone.stream is None and self._microphone.was_tried:
            self._stand_in()

    def _tell_lost(self, side: AnySide, notice: Notice) -> None:
        if not side.is_told_lost:
            side.is_told_lost = True
            self.on_notice(notice)

    def _welcome(self, side: AnySide) -> None:
        assert side.stream is not None
        device = side.stream.device
        side.works()
        if side.is_told_lost:
            side.is_told_lost = False
            self.on_notice(back_notice(side.kind, device.name))
        if side.kind == "input" and device.name not in self._hinted:
            self._hinted.add(device.name)
            for hint in (headset_notice(device), monitor_notice(device)):
                if hint is not None:
                    self.on_notice(hint)

    def _pass_time(self, pull: Pull) -> None:
        """While the speaker is away, let what would sound pass unheard: nobody waits for it."""
        now_s = time.monotonic()
        elapsed_s, self._passed_s = now_s - self._passed_s, now_s
        if self._speaker.stream is None and self._speaker.is_told_lost:
            index = self._clock.index_at(time.perf_counter_ns())
            pull(round(min(elapsed_s, 0.5) * self.output_rate_hz), index)

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
