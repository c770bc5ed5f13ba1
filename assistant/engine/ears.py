"""The ears thread: frames in, speech or silence out, at the pace of the microphone.

Cleans each frame of the assistant's own voice and decides whether it is speech; what that means for
the turn is the business of `Turns`. In the middle of a frame news is read and a wait may end; all
else is done with whole frames. Knows the device, the canceller and the detector through their
seams; waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.engine.meter import Meter
from assistant.engine.news import Judged
from assistant.engine.seams import (
    AudioDevice,
    EchoCanceller,
    SourceWatch,
    SpeechDetector,
    TurnJudge,
)
from assistant.engine.turns import Turns
from assistant.engine.wires import Wires
from assistant.floor import Holding
from assistant.messages import AudioFrame, HalfFrame, Notice, State
from assistant.turn.endpointing import JUDGE_AT_MS, WaitRule, wait_ms
from assistant.updates import StateChanged

_POLL_S = 0.1

_STATES = {
    Holding.NOBODY: State.LISTENING,
    Holding.USER: State.HEARING,
    Holding.PENDING: State.THINKING,
    Holding.DOUBT: State.THINKING,
    Holding.ASSISTANT: State.SPEAKING,
    Holding.BOTH: State.SPEAKING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Senses:
    """The stages that tell speech from silence and a turn from a pause; the judge works on the
    turns thread, the others on the ears thread."""

    canceller: EchoCanceller
    detector: SpeechDetector
    judge: TurnJudge | None
    wait_rule: WaitRule = wait_ms
    judge_at_ms: tuple[int, ...] = JUDGE_AT_MS
    """Lengths of a pause at which the judge is asked, unless its answer would come too late."""
    watch: SourceWatch | None = None
    """For a sound card: a recording is no monitor, however exactly it returns what is played."""


class Ears:
    """Owns canceller, detector and watch while its thread runs."""

    def __init__(self, device: AudioDevice, senses: Senses, turns: Turns, wires: Wires) -> None:
        self._device = device
        self._canceller = senses.canceller
        self._detector = senses.detector
        self._watch = senses.watch
        self._turns = turns
        self._meter = Meter(device, wires)
        self._inbox = wires.inbox
        self._publish = wires.publish
        self._state: State | None = None
        self.on_notice: Callable[[Notice], None] = lambda notice: None
        """Told on the ears thread when the microphone turns out to be none, or is one again."""
        self.after_look: Callable[[], None] = lambda: None
        """Called on the ears thread when a frame, or half of one, and what it set off here are
        done."""
        self.position = 0
        """Samples that have been worked off; everything before them was decided."""

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Hear until `should_stop()`."""
        while not should_stop():
            heard = self._device.read(_POLL_S)
            self._read_inbox()
            if self._has_no_microphone:
                self._turns.lose_microphone()
            self._turns.set_speaker(self._device.has_speaker)
            if isinstance(heard, HalfFrame):
                self._hear_half(heard)
            elif heard is not None:
                self._hear(heard)
            self._show_state()
            if heard is None:
                continue
            self.position = heard.index + len(heard.samples)
            self.after_look()

    @property
    def is_settled(self) -> bool:
        """True when nobody speaks, nothing is prepared and everything was reported."""
        return self._turns.is_settled and self._inbox.empty()

    def _read_inbox(self) -> None:
        while not self._inbox.empty():
            item = self._inbox.get()
            if callable(item):
                item()
            elif isinstance(item, Judged):
                self._turns.take_judgement(item)
            else:
                self._turns.take_news(item)

    @property
    def _hears_itself(self) -> bool:
        return self._watch is not None and self._watch.hears_itself

    @property
    def _has_no_microphone(self) -> bool:
        return self._hears_itself or not self._device.has_microphone

    def _hear(self, frame: AudioFrame) -> None:
        if self._watch is not None:
            notice = self._watch.hear(frame.samples, frame.played)
            if notice is not None:
                self.on_notice(notice)
        clean = self._canceller.cancel(frame.samples, frame.played)
        if self._turns.attention.is_deaf or self._hears_itself:
            clean = np.zeros_like(clean)
        is_speech = self._detector.is_speech(clean)
        self._meter.measure(frame.samples, is_speech)
        cleaned = AudioFrame(samples=clean, index=frame.index, played=frame.played)
        self._turns.hear(cleaned, is_speech, self._detector.score)

    def _hear_half(self, half: HalfFrame) -> None:
        """The half is as the microphone gave it: an echo in it is loud, and then the whole, clean
        frame decides."""
        if not self._turns.attention.is_deaf and not self._hears_itself:
            self._turns.hear_half(half)

    def _show_state(self) -> None:
        state = _STATES[self._turns.holding]
        if state is State.LISTENING and self._turns.attention.is_deaf:
            state = State.MUTED
        if self._has_no_microphone:
            state = State.NO_DEVICE
        if state is not self._state:
            self._state = state
            self._publish(StateChanged(state=state))
