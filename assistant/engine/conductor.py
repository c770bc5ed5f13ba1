"""Carries out what the floor decides: who speaks, what sounds, what is said of each turn.

Runs on the ears thread, which calls it in the order of the sample clock; the mind and the voice
reach it only through the queue of news. Knows the floor and the gate; what becomes of the user's
takes is the business of `Takes`. Knows no model and no device.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.config import Config
from assistant.engine.announcements import Announcements
from assistant.engine.answer import Answer
from assistant.engine.meant import Meant
from assistant.engine.news import Announcement, Failed, News, Routed, Transcribed, Weighed
from assistant.engine.reporter import Reporter
from assistant.engine.takes import Takes
from assistant.engine.typed import Typed
from assistant.engine.wires import Wires
from assistant.floor import Action, Event, Holding, step
from assistant.messages import FRAME_SAMPLES, Notice
from assistant.turn.tracker import TurnTracker
from assistant.updates import Heard, PartialHeard

_HOLD_FRAMES = (2, 30)
"""Frames of sound in a row that hold a ready answer back: fewer are a click, more a television."""

_BEFORE_SOUND = (Holding.PENDING, Holding.DOUBT)


class Conductor:
    """Holds the floor's state and the answer that is being spoken."""

    def __init__(
        self,
        config: Config,
        tracker: TurnTracker,
        takes: Takes,
        announcements: Announcements,
        typed: Typed,
        reporter: Reporter,
        meant: Meant,
        wires: Wires,
    ) -> None:
        self._config = config
        self._tracker = tracker
        self._takes = takes
        self._announcements = announcements
        self._typed = typed
        self._reporter = reporter
        self._meant = meant
        self._playout = wires.playout
        self._publish = wires.publish
        self._trace = wires.trace
        self._shown = wires.shown
        self.holding = Holding.NOBODY
        self._index = 0
        self._spoken_frames = 0
        self._awaits_words = False
        self._answer: Answer | None = None
        self._ending: list[Answer] = []
        self._unsaid: list[Answer] = []
        self._is_closing = False

    @property
    def is_settled(self) -> bool:
        """True when nobody speaks, nothing is prepared and everything was reported."""
        return (
            self.holding is Holding.NOBODY
            and self._answer is None
            and not self._ending
            and not self._unsaid
            and self._announcements.is_empty
            and self._typed.is_empty
        )

    # -- the sample clock -----------------------------------------------------------------------

    def follow(self, index: int, is_speech: bool = False) -> None:
        """Look, at `index` of the sample clock, at what has sounded since the last frame; an
        answer does not begin while somebody speaks."""
        self._index = index + FRAME_SAMPLES
        self._spoken_frames = self._spoken_frames + 1 if is_speech else 0
        self._playout.is_held = self.holding in _BEFORE_SOUND and (
            _HOLD_FRAMES[0] <= self._spoken_frames < _HOLD_FRAMES[1] or self._is_going_on()
        )
        for ended in self._ending:
            self._reporter.report(ended)
        self._ending.clear()
        self._end_unsaid()
        answer = self._answer
        if answer is not None:
            self._reporter.show(answer)
            played = answer.played
            first = played.first_audible_index
            if first is not None and first <= index and self.holding in _BEFORE_SOUND:
                self.handle(Event.SOUND)
            if played.is_over and (played.end_index or 0) <= index:
                self._finish(answer)
        elif self.holding is Holding.NOBODY and not self._is_closing:
            self._announce()
        self._take_up_typed()

    def set_speaker(self, is_there: bool) -> None:
        """Whether there is a speaker. What is to be said unasked waits for one, and is told."""
        if is_there != self._playout.has_speaker:
            self._playout.has_speaker = is_there
            if not is_there:
                self._announcements.forget_told()
        if not is_there:
            for reply in self._announcements.tell():
                self._reporter.tell_unsaid(reply)

    def _is_going_on(self) -> bool:
        """True while the user speaks on after a turn that was cut: not even between two words may
        its answer begin."""
        answer = self._answer
        if answer is None or not answer.is_cut:
            return False
        is_just_cut = self._index - answer.commit_index <= FRAME_SAMPLES
        return is_just_cut or self._tracker.is_open

    def reach(self, index: int) -> None:
        """The sample clock has come to `index`, within a frame."""
        self._index = index

    # -- the floor ------------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        """One event of the floor, and the actions that follow from it."""
        before = self.holding
        self.holding, actions = step(before, event)
        self._trace.event(
            "floor",
            index=self._index,
            turn=self._tracker.turn,
            what=event.value,
            holding=self.holding.value,
            actions=[action.name for action in actions],
        )
        for action in actions:
            self._ACTIONS[action](self)

    def begin(self) -> None:
        """The tracker opened a turn."""
        take = self._takes.take
        if self._awaits_words and take is not None:
            # the words of a complete turn over the answer are not known yet, and it goes on
            self._tracker.reopen(take.turn)
            self._cancel_take()
        else:
            self.handle(Event.SPEECH)

    def complete(self) -> None:
        """The tracker judged the open turn complete, or cut it."""
        if self._tracker.is_cut:  # what is prepared may be of more than was left of it
            self._cancel_take()
            self._playout.is_held = True
        if self.holding is not Holding.BOTH:
            self.handle(Event.COMPLETE)
            return
        if self._takes.take is None:
            self._begin_take()
        self._awaits_words = self._takes.words is None
        if not self._awaits_words:
            self.handle(Event.NO_WORDS if self._takes.is_dropped else Event.WORDS)

    def submit(self, text: str) -> None:
        """A request was typed. It waits only for an answer before it whose work would be lost."""
        self._typed.put(text)
        self._take_up_typed()

    def _take_up_typed(self) -> None:
        if self._typed.is_empty or self._is_closing:
            return
        answer = self._answer
        if self.holding not in _BEFORE_SOUND or answer is None or answer.may_be_left:
            self.handle(Event.TYPED)

    def close(self) -> None:
        """The session ends: cancel what is under way and report what has sounded of it."""
        self._is_closing = True
        self._cancel_take()
        self._interrupt()
        for answer in self._unsaid:
            self._end(answer)
        self._unsaid.clear()
        self.follow(self._index)

    # -- news -----------------------------------------------------------------------------------

    def take_news(self, news: News) -> None:
        """What the mind or the voice found out."""
        if isinstance(news, Announcement):
            self._announcements.put(news)
        elif isinstance(news, Failed):
            self._on_failure(news)
        elif isinstance(news, (Routed, Weighed)):
            self._takes.note(news)
        elif isinstance(news, PartialHeard):
            is_current = self._tracker.is_open and self._tracker.turn == news.turn
            if self._takes.take is None and is_current:
                self._publish(news)
        else:
            self._on_words(news)

    def _on_words(self, news: Transcribed) -> None:
        self._trace.event(
            "transcript",
            turn=news.take.turn,
            take=news.take.number,
            text=self._shown(news.transcript.text, news.take.decision),
            avg_logprob=news.transcript.avg_logprob,
            no_speech_prob=news.transcript.no_speech_prob,
            free=self._shown(news.transcript.free, news.take.decision),
            margin=news.transcript.margin,
            drop=news.drop,
        )
        answer = next((one for one in self._unsaid if one.take is news.take), self._answer)
        if news.take.is_cancelled:
            return
        asked = answer.utterance if answer is not None and news.take is answer.take else None
        began = (asked or self._tracker.utterance()).speech_start_sample
        is_open_turn = news.take is self._takes.take
        is_over_answer = is_open_turn and self.holding is Holding.BOTH
        news = self._meant.sift(news, began, answer if is_over_answer else None)
        if is_open_turn:
            self._on_words_of_open_turn(news)
        elif answer is not None and news.take is answer.take:
            answer.transcript = news.transcript
            if news.drop is None:
                text = self._shown(news.transcript.text, news.take.decision)
                self._publish(Heard(turn=answer.turn, text=text))
            elif any(answer is one for one in self._unsaid):
                self._playout.complete(answer.take)
            else:
                self._takes.words = news
                self.handle(Event.NO_ANSWER)

    def _on_words_of_open_turn(self, news: Transcribed) -> None:
        self._takes.words = news
        if news.drop is None and self.holding is Holding.USER:
            text = self._shown(news.transcript.text, news.take.decision)
            self._publish(PartialHeard(turn=news.take.turn, text=text))
        if self._awaits_words:
            self._awaits_words = False
            self.handle(Event.NO_WORDS if news.drop else Event.WORDS)
        elif news.drop is None and self.holding is Holding.BOTH and self._goes_on():
            self.handle(Event.CONFIRMED)
            self.handle(Event.PAUSE)

    def _goes_on(self) -> bool:
        """True when the open turn began so soon into the answer that it continues the last."""
        answer = self._answer
        return answer is not None and self._tracker.is_open and self._takes.continues(answer)

    def _on_failure(self, news: Failed) -> None:
        self._trace.event("failure", stage=news.stage, error=repr(news.error))
        self._publish(
            Notice(
                severity="error",
                code="E-STAGE",
                text=f"The {news.stage} failed on this turn: {news.error}. "
                "Listening goes on; `assistant doctor` checks every part.",
            )
        )
        answer = self._answer
        if news.stage == "voice" or news.take is None:
            return
        if news.take is self._takes.take:
            self.handle(Event.NO_WORDS)
        elif answer is not None and news.take is answer.take:
            self._playout.complete(answer.take)
            self.handle(Event.NO_ANSWER)
        elif any(news.take is one.take for one in self._unsaid):
            self._playout.complete(news.take)

    # -- actions --------------------------------------------------------------------------------

    def _begin_take(self) -> None:
        self._awaits_words = False
        self._takes.begin()

    def _cancel_take(self) -> None:
        self._awaits_words = False
        self._takes.cancel()

    def _commit_take(self) -> None:
        if self._takes.take is None:
            self._takes.begin()
        self._awaits_words = False
        if self._takes.is_dropped:
            self._drop_turn()
            self.handle(Event.NO_ANSWER)
        else:
            self._answer = self._takes.commit(self._index)
            self._announcements.drop_rings()

    def _commit_typed(self) -> None:
        self._answer = self._typed.begin(self._index)
        self._announcements.drop_rings()

    def _reopen(self) -> None:
        """The user goes on: as if the turn had never been taken for complete."""
        answer, self._answer = self._answer, None
        if answer is None:
            return
        self._cancel_take()
        if answer.is_announcement:  # nobody heard it
            self._announcements.put_back(answer)
        elif self._takes.join(answer):
            return
        elif (answer.is_typed or answer.is_cut) and not answer.may_be_left:
            self._leave_unsaid(answer)
        else:
            self._end(answer)

    def _end(self, answer: Answer) -> None:
        """Silence an answer for good; what sounded of it is reported with the next frame."""
        answer.is_interrupted = True
        answer.take.cancel()
        self._ending.append(answer)

    def _leave_unsaid(self, answer: Answer) -> None:
        """Have a request that was typed or cut decided and done, without a sound: nobody says it
        again."""
        answer.is_interrupted = answer.played.is_mute = True
        self._unsaid.append(answer)

    def _end_unsaid(self) -> None:
        done = [one for one in self._unsaid if one.may_be_left or one.played.is_complete]
        for answer in done:
            self._unsaid.remove(answer)
            self._end(answer)

    def _interrupt(self) -> None:
        """Stop the voice; soon after it began, speech over it continues the turn instead."""
        answer = self._answer
        if answer is None:
            return
        if self.holding is Holding.USER and self._takes.continues(answer):
            self._reopen()
            return
        self._answer = None
        if answer.is_announcement and answer.played.first_audible_index is None:
            self._announcements.put_back(answer)
            return
        self._end(answer)

    def _duck(self) -> None:
        self._playout.duck(self._config.barge_in.duck_db)

    def _unduck(self) -> None:
        self._playout.unduck()

    def _withdraw(self) -> None:
        """The committed turn turned out to have nothing to answer."""
        answer, self._answer = self._answer, None
        if answer is not None:
            self._takes.withdraw(answer)
        self._takes.words = None

    def _drop_turn(self) -> None:
        """The open turn gets no answer."""
        self._awaits_words = False
        self._takes.drop()

    _ACTIONS: dict[Action, Callable[[Conductor], None]] = {  # noqa: RUF012
        Action.BEGIN_TAKE: _begin_take,
        Action.CANCEL_TAKE: _cancel_take,
        Action.COMMIT_TAKE: _commit_take,
        Action.REOPEN: _reopen,
        Action.DUCK: _duck,
        Action.UNDUCK: _unduck,
        Action.INTERRUPT: _interrupt,
        Action.WITHDRAW: _withdraw,
        Action.DROP_TURN: _drop_turn,
        Action.COMMIT_TYPED: _commit_typed,
    }

    # -- answers --------------------------------------------------------------------------------

    def _finish(self, answer: Answer) -> None:
        self._answer = None
        self._reporter.report(answer)
        self.handle(Event.SOUND_ENDED)
        if self._awaits_words:  # a turn over the answer was complete before its words were known
            self.complete()

    def _announce(self) -> None:
        if self._announcements.is_ready and self._playout.has_speaker:
            self.handle(Event.ANNOUNCE)
            self._answer = self._announcements.say_next(self._index)
