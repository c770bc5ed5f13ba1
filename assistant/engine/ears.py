"""The ears thread: frames in, turns out, at the pace of the microphone, waiting for nobody.

Cleans each frame of the assistant's own voice, decides whether it is speech, follows the turn and
judges its end; what follows from that is the conductor's business. In the middle of a frame news
is read and a wait may end; all else is done with whole frames. Knows the device, the canceller,
the detector and the judge through their seams.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.config import Config
from assistant.engine.conductor import Conductor
from assistant.engine.judging import Judging
from assistant.engine.mailbox import ToHear
from assistant.engine.news import Judged
from assistant.engine.seams import AudioDevice, EchoCanceller, SpeechDetector, TurnJudge
from assistant.engine.wires import Wires
from assistant.floor import Event, Holding
from assistant.messages import (
    AudioFrame,
    Counters,
    HalfFrame,
    Int16Array,
    Level,
    State,
    StateChanged,
    TurnDecision,
    ms_to_samples,
)
from assistant.turn.endpointing import JUDGE_AT_MS, WaitRule, wait_ms
from assistant.turn.tracker import TurnTracker

_POLL_S = 0.1
_LEVEL_FRAMES = 5
_MEANT_MS = 160
"""Speech this long before an answer, then a pause, is the user going on; less is a click."""

_JUDGING_MS = 80
"""A judgement takes about so long on a slow processor."""

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
    """The stages that the ears use; the judge works on the turns thread, the others here."""

    canceller: EchoCanceller
    detector: SpeechDetector
    judge: TurnJudge | None
    wait_rule: WaitRule = wait_ms
    judge_at_ms: tuple[int, ...] = JUDGE_AT_MS
    """Lengths of a pause at which the judge is asked, unless its answer would come too late."""


class Ears:
    """Owns the senses and the tracker while its thread runs."""

    def __init__(
        self,
        config: Config,
        device: AudioDevice,
        senses: Senses,
        tracker: TurnTracker,
        conductor: Conductor,
        wires: Wires,
    ) -> None:
        self._config = config
        self._device = device
        self._senses = senses
        self.judging = Judging(senses.judge, wires)
        self._tracker = tracker
        self._conductor = conductor
        self._to_hear = wires.to_hear
        self._publish = wires.publish
        self._inbox = wires.inbox
        self._trace = wires.trace
        self.after_look: Callable[[], None] = lambda: None
        """Called on the ears thread when a frame, or half of one, and what it set off here are
        done."""
        self.position = 0
        """Samples that have been worked off; everything before them was decided."""
        self.is_muted = False
        self.push_to_talk = False
        self.is_held = False
        self._state: State | None = None
        self._levels: list[float] = []
        self._counters = Counters()
        self._partial_at = 0
        self._pause_number = 0
        self._pause_turn = 0
        self._judged_ms = 0.0
        self._judged: tuple[float | None, str | None, float | None, bool] | None = None

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Hear until `should_stop()`."""
        while not should_stop():
            heard = self._device.read(_POLL_S)
            self._read_inbox()
            if not self._device.has_microphone and self._tracker.is_open:
                self._conductor.handle(Event.NO_WORDS)
                self._tracker.reset()
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
        return self._conductor.is_settled and not self._tracker.is_open and self._inbox.empty()

    def end_push(self) -> None:
        """The talk key was let go: the turn is complete here and now."""
        self.is_held = False
        if self._tracker.commit_now() is TurnDecision.COMMIT:
            self._conductor.complete()

    def mute(self, is_muted: bool) -> None:
        """Hear nothing while muted; half a sentence is not answered."""
        self.is_muted = is_muted
        if is_muted and self._tracker.is_open:
            self._conductor.handle(Event.NO_WORDS)

    def silence(self) -> None:
        """A key asked for silence: stop the voice, or forget the open turn."""
        self._conductor.handle(Event.STOP)

    def close(self) -> None:
        """The session ends; call it when the thread has ended."""
        self._conductor.close()

    @property
    def _is_deaf(self) -> bool:
        return self.is_muted or (self.push_to_talk and not self.is_held)

    def _read_inbox(self) -> None:
        while not self._inbox.empty():
            item = self._inbox.get()
            if callable(item):
                item()
            elif isinstance(item, Judged):
                self._take_judgement(item)
            else:
                self._conductor.take_news(item)
                self._forget_half()
                self._set_wait()

    def _hear(self, frame: AudioFrame) -> None:
        clean = self._senses.canceller.cancel(frame.samples, frame.played)
        if self._is_deaf:
            clean = np.zeros_like(clean)
        is_speech = self._senses.detector.is_speech(clean)
        self._meter(frame.samples, is_speech)
        is_answer_near = not self._conductor.is_settled
        is_voice = is_speech or (is_answer_near and self._tracker.is_loud(clean))
        self._conductor.follow(frame.index, is_voice)
        cleaned = AudioFrame(samples=clean, index=frame.index, played=frame.played)
        self._decide(self._tracker.step(cleaned, is_speech), frame.index)

    def _hear_half(self, half: HalfFrame) -> None:
        """The wait may end here, 10 ms before the frame does. The half is as the microphone gave
        it: an echo in it is loud, and then the whole, clean frame decides."""
        if self._is_deaf:
            return
        if self._tracker.ends_within(half.samples) is TurnDecision.COMMIT:
            self._conductor.reach(half.index + len(half.samples))
            self._decide(TurnDecision.COMMIT, half.index)

    def _decide(self, decision: TurnDecision, index: int) -> None:
        conductor = self._conductor
        match decision:
            case TurnDecision.STARTED:
                self._forget_pause()
                self._partial_at = index
                if self._may_interrupt():
                    conductor.begin()
                else:
                    self._tracker.drop()
            case TurnDecision.SPECULATE:
                self._pause()
            case TurnDecision.RESUMED:
                self._forget_pause()
                conductor.handle(Event.RESUMED)
            case TurnDecision.COMMIT:
                self.judging.forget()
                conductor.complete()
            case TurnDecision.DISCARDED:
                conductor.handle(Event.NO_WORDS)
            case TurnDecision.WAIT if self._tracker.is_open:
                self._while_open(index)

    def _may_interrupt(self) -> bool:
        return self._config.barge_in.enabled or self._conductor.holding is not Holding.ASSISTANT

    def _pause(self) -> None:
        if self._is_meant():
            self._conductor.handle(Event.CONFIRMED)
        if self._config.turn.speculation:
            self._conductor.handle(Event.PAUSE)
        self._forget_pause()
        if self._is_due(self._tracker.quiet_ms):
            self._judge()

    def _is_meant(self) -> bool:
        """True for speech before an answer that is more than a click."""
        is_in_doubt = self._conductor.holding is Holding.DOUBT
        return is_in_doubt and self._tracker.speech_ms >= _MEANT_MS

    def _is_interrupting(self) -> bool:
        """True for speech over an answer, or before it, that has gone on for long enough."""
        is_over_answer = self._conductor.holding in (Holding.BOTH, Holding.DOUBT)
        return is_over_answer and self._tracker.speech_ms >= self._config.barge_in.stop_ms

    def _confirm(self) -> None:
        """The speech is meant; a pause that it is in already gets its take."""
        self._conductor.handle(Event.CONFIRMED)
        self._forget_half()
        if self._tracker.has_speculated and self._config.turn.speculation:
            self._conductor.handle(Event.PAUSE)

    def _while_open(self, index: int) -> None:
        is_pause = self._tracker.silence_ms > 0
        if self._is_meant() if is_pause else self._is_interrupting():
            self._confirm()
        if self._is_due(self._tracker.quiet_ms):
            self._judge()
        if is_pause:
            self._set_wait()  # a judgement that came while only the level knew of the pause
        else:
            self._show_words(index)

    def _is_due(self, quiet_ms: float) -> bool:
        """Whether to judge at this length of the pause: at the moments that are set, unless the
        answer would come after the end of the wait; once while only the level knows of it."""
        if not self._tracker.has_speculated:
            return False
        is_moment = any(self._judged_ms < at <= quiet_ms for at in self._senses.judge_at_ms)
        if not self._judged_ms:
            return is_moment
        is_pause = self._tracker.silence_ms > 0
        return is_moment and is_pause and self._tracker.wait_ms >= quiet_ms + _JUDGING_MS

    def _show_words(self, index: int) -> None:
        """Now and then, the words so far; the pause between two counts from the end of the work."""
        every_ms = self._config.transcriber.partials_ms
        if not self._to_hear.is_idle:
            self._partial_at = index
        elif every_ms and index - self._partial_at >= ms_to_samples(every_ms):
            self._partial_at = index
            self._to_hear.put(ToHear(self._tracker.utterance(is_partial=True)))

    def _forget_pause(self) -> None:
        """Speech goes on, or another pause begins: what was judged before is out of date."""
        self.judging.forget()
        self._pause_number += 1
        self._pause_turn = self._tracker.turn
        self._judged_ms = 0.0
        self._conductor.completeness = None

    def _forget_half(self) -> None:
        """When the conductor has joined two turns: what was judged was only the second half."""
        if self._tracker.turn != self._pause_turn:
            self._forget_pause()

    def _judge(self) -> None:
        """Have SmartTurn look at the whole turn; the answer comes as news."""
        self._judged_ms = self._tracker.quiet_ms
        self._judged = None
        self.judging.ask(self._pause_number, self._tracker.utterance())
        self._set_wait()

    def _take_judgement(self, judged: Judged) -> None:
        """Set the wait by it, unless the pause that it is about is over."""
        if judged.pause == self._pause_number and self._tracker.is_open:
            self._conductor.completeness = judged.completeness
            self._set_wait()

    def _set_wait(self) -> None:
        """Set the wait by what is known now, if that changed."""
        if not self._tracker.is_open or not self._tracker.silence_ms or not self._judged_ms:
            return
        if self.push_to_talk and self.is_held:  # the key ends the turn, not the silence
            self._tracker.set_wait_ms(math.inf)
            return
        conductor = self._conductor
        known = (
            conductor.completeness,
            conductor.words,
            conductor.sentence_end,
            conductor.is_known,
        )
        if known != self._judged:
            self._judged = known
            completeness, words, sentence_end, is_known = known
            wait = self._senses.wait_rule(
                completeness,
                words,
                self._config.turn,
                speech_ms=self._tracker.speech_ms,
                sentence_end=sentence_end,
                is_known=is_known,
            )
            self._tracker.set_wait_ms(wait)
            self._trace.event(
                "wait",
                turn=self._tracker.turn,
                pause_ms=round(self._tracker.silence_ms),
                completeness=completeness,
                words=words,
                sentence_end=sentence_end,
                is_known=is_known,
                wait_ms=round(wait),
            )

    def _meter(self, samples: Int16Array, is_speech: bool) -> None:
        self._levels.append(float(np.mean(np.square(samples.astype(np.float32) / 32768.0))))
        if len(self._levels) == _LEVEL_FRAMES:
            rms_dbfs = 10 * float(np.log10(sum(self._levels) / _LEVEL_FRAMES + 1e-12))
            self._publish(Level(rms_dbfs=rms_dbfs, is_speech=is_speech))
            self._levels.clear()
            counters = self._device.counters()
            if counters != self._counters:
                self._counters = counters
                self._publish(counters)
                self._trace.event("counters", **dataclasses.asdict(counters))

    def _show_state(self) -> None:
        state = _STATES[self._conductor.holding]
        if state is State.LISTENING and self._is_deaf:
            state = State.MUTED
        if not self._device.has_microphone:
            state = State.NO_DEVICE
        if state is not self._state:
            self._state = state
            self._publish(StateChanged(state=state))
