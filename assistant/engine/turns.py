"""Follows the user's turns: what a frame means for the floor, and how long a pause may grow.

Steps the tracker with each frame, has the turn model asked about a pause, sets the wait by what is
known of it, and tells the conductor when a turn begins, pauses, goes on or is complete. Runs on the
ears thread; knows no device and no model.
"""

from __future__ import annotations

import math

from assistant.config import Config
from assistant.engine.conductor import Conductor
from assistant.engine.judging import Judging
from assistant.engine.mailbox import ToHear
from assistant.engine.news import Judged, News
from assistant.engine.takes import Takes
from assistant.engine.wires import Wires
from assistant.floor import Event, Holding
from assistant.messages import AudioFrame, HalfFrame, Notice, TurnDecision, ms_to_samples
from assistant.turn.attention import Attention
from assistant.turn.pause import Pause, Witnesses
from assistant.turn.tracker import CUT_AFTER, TurnTracker

_MEANT_MS = 160
"""Speech this long before an answer, then a pause, is the user going on; less is a click."""


class Turns:
    """Owns the tracker and the pause; `attention` says who is listened to."""

    def __init__(
        self,
        config: Config,
        tracker: TurnTracker,
        pause: Pause,
        judging: Judging,
        takes: Takes,
        conductor: Conductor,
        wires: Wires,
    ) -> None:
        self._config = config
        self._tracker = tracker
        self._pause = pause
        self._judging = judging
        self._takes = takes
        self._conductor = conductor
        self._to_hear = wires.to_hear
        self._trace = wires.trace
        self._publish = wires.publish
        self._partial_at = 0
        self.attention = Attention()

    @property
    def holding(self) -> Holding:
        """Who holds the floor."""
        return self._conductor.holding

    @property
    def is_settled(self) -> bool:
        """True when nobody speaks, nothing is prepared and everything was reported."""
        return self._conductor.is_settled and not self._tracker.is_open

    # -- what is heard --------------------------------------------------------------------------

    def hear(self, frame: AudioFrame, is_speech: bool, score: float) -> None:
        """One clean frame, in order, and how sure (0 to 1) the detector is that it is speech."""
        is_answer_near = not self._conductor.is_settled
        is_voice = is_speech or (is_answer_near and self._tracker.is_loud(frame.samples))
        self._conductor.follow(frame.index, is_voice)
        self._decide(self._tracker.step(frame, is_speech, score), frame.index)

    def hear_half(self, half: HalfFrame) -> None:
        """The first half of the next frame: the wait may end in it, 10 ms before the frame does."""
        if self._tracker.ends_within(half.samples) is TurnDecision.COMMIT:
            self._conductor.reach(half.index + len(half.samples))
            self._decide(TurnDecision.COMMIT, half.index)

    def take_news(self, news: News) -> None:
        """What the words threads, the mind or the voice found out."""
        self._conductor.take_news(news)
        self._forget_half()
        self._set_wait()

    def take_judgement(self, judged: Judged) -> None:
        """What the turn model found, unless the pause that it is about is over."""
        if self._tracker.is_open and self._pause.take(judged.pause, judged.completeness):
            self._set_wait()

    def lose_microphone(self) -> None:
        """The microphone is away: half a sentence is not answered."""
        if self._tracker.is_open:
            self._conductor.handle(Event.NO_WORDS)
            self._tracker.reset()

    def set_speaker(self, is_there: bool) -> None:
        """Whether there is a speaker; without one nothing is said unasked."""
        self._conductor.set_speaker(is_there)

    # -- keys -----------------------------------------------------------------------------------

    def mute(self, is_muted: bool) -> None:
        """Hear nothing while muted; half a sentence is not answered."""
        self.attention = self.attention.muted(is_muted)
        if is_muted and self._tracker.is_open:
            self._conductor.handle(Event.NO_WORDS)

    def push(self, needs_key: bool) -> None:
        """Hear only while the talk key is held, or always."""
        self.attention = self.attention.pushing(needs_key)

    def hold(self, is_held: bool) -> None:
        """The talk key goes down, or up: then the turn is complete here and now."""
        self.attention = self.attention.holding(is_held)
        if not is_held and self._tracker.commit_now() is TurnDecision.COMMIT:
            self._conductor.complete()

    def silence(self) -> None:
        """A key asked for silence: stop the voice, or forget the open turn."""
        self._conductor.handle(Event.STOP)

    def submit(self, text: str) -> None:
        """A request was typed: it counts as a turn of its own, whoever is listened to."""
        self._conductor.submit(text)

    def close(self) -> None:
        """The session ends; call it when the ears thread has ended."""
        self._conductor.close()

    # -- what it means --------------------------------------------------------------------------

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
                self._begin_pause()
            case TurnDecision.RESUMED:
                self._forget_pause()
                conductor.handle(Event.RESUMED)
            case TurnDecision.COMMIT:
                self._judging.forget()
                if self._tracker.is_cut:
                    self._tell_cut()
                conductor.complete()
            case TurnDecision.DISCARDED:
                conductor.handle(Event.NO_WORDS)
            case TurnDecision.LONG:
                self._tell_long()
                self._while_open(index)
            case TurnDecision.WAIT if self._tracker.is_open:
                self._while_open(index)

    def _tell_long(self) -> None:
        longest = self._config.turn.longest_turn_s
        self._trace.event("long turn", turn=self._tracker.turn, longest_turn_s=longest)
        self._notify(
            "N-LONG-TURN",
            f"You have been speaking for {_length(longest)}, and every word is kept. Go on; the "
            f"answer comes when you pause. After {_length(CUT_AFTER * longest)} the request is "
            "cut there.",
        )

    def _tell_cut(self) -> None:
        longest = CUT_AFTER * self._config.turn.longest_turn_s
        self._trace.event("cut turn", turn=self._tracker.turn, after_s=longest)
        self._notify(
            "N-CUT-TURN",
            f"You have been speaking for {_length(longest)}: the request is cut here, and what you "
            "say now is the next one. turn.longest_turn_s sets the length.",
        )

    def _notify(self, code: str, text: str) -> None:
        self._publish(Notice(severity="information", code=code, text=text))

    def _may_interrupt(self) -> bool:
        return self._config.barge_in.enabled or self._conductor.holding is not Holding.ASSISTANT

    def _begin_pause(self) -> None:
        if self._is_meant():
            self._conductor.handle(Event.CONFIRMED)
        if self._config.turn.speculation:
            self._conductor.handle(Event.PAUSE)
        self._forget_pause()
        self._judge_when_due()

    def _while_open(self, index: int) -> None:
        is_pause = self._tracker.silence_ms > 0
        if self._is_meant() if is_pause else self._is_interrupting():
            self._confirm()
        self._judge_when_due()
        if is_pause:
            self._set_wait()  # a judgement that came while only the level knew of the pause
        else:
            self._show_words(index)

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

    def _show_words(self, index: int) -> None:
        """Now and then, the words so far; the pause between two counts from the end of the work."""
        every_ms = self._config.transcriber.partials_ms
        if not self._to_hear.is_idle:
            self._partial_at = index
        elif every_ms and index - self._partial_at >= ms_to_samples(every_ms):
            self._partial_at = index
            self._to_hear.put(ToHear(self._tracker.utterance(is_partial=True)))

    # -- the pause ------------------------------------------------------------------------------

    def _forget_pause(self) -> None:
        """Speech goes on, or another pause begins."""
        self._judging.forget()
        self._pause.begin(self._tracker.turn)

    def _forget_half(self) -> None:
        """When the conductor has joined two turns: what was judged was only the second half."""
        if self._tracker.turn != self._pause.turn:
            self._forget_pause()

    def _judge_when_due(self) -> None:
        """Have the turn model look at the whole turn, when it is time; the answer comes as news."""
        tracker = self._tracker
        if not tracker.has_speculated:
            return
        quiet_ms, is_silence = tracker.quiet_ms, tracker.silence_ms > 0
        if self._pause.is_due(quiet_ms, is_silence=is_silence, wait_ms=tracker.wait_ms):
            self._judging.ask(self._pause.ask(quiet_ms), tracker.utterance())
            self._set_wait()

    def _set_wait(self) -> None:
        """Set the wait by what is known now, if that changed."""
        tracker, takes = self._tracker, self._takes
        if not tracker.is_open or not tracker.silence_ms or not self._pause.is_judged:
            return
        if self.attention.key_ends_turn:
            tracker.set_wait_ms(math.inf)
            return
        known = Witnesses(
            completeness=self._pause.completeness,
            words=takes.text,
            sentence_end=takes.sentence_end,
            is_known=takes.is_known,
        )
        wait = self._pause.wait_ms(known, tracker.speech_ms, tracker.paused_ms)
        if wait is None:
            return
        tracker.set_wait_ms(wait)
        self._trace.event(
            "wait",
            turn=tracker.turn,
            pause_ms=round(tracker.silence_ms),
            completeness=known.completeness,
            words=takes.words_shown,
            sentence_end=known.sentence_end,
            is_known=known.is_known,
            wait_ms=round(wait),
        )


def _length(seconds: float) -> str:
    """ "2 minutes", "90 seconds"."""
    minutes = seconds / 60
    return (
        f"{minutes:g} minutes" if minutes.is_integer() and minutes > 1 else f"{seconds:g} seconds"
    )
