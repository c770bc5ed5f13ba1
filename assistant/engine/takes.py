"""The takes of the open turn: begun, committed, withdrawn, joined; and what is known of the newest.

Carries out what the conductor decides about the user's turn, on the ears thread. Knows the tracker
and the gate; decides nothing and knows no floor.
"""

from __future__ import annotations

from assistant.config import TurnConfig
from assistant.engine.answer import Answer
from assistant.engine.mailbox import ToHear
from assistant.engine.news import Routed, Transcribed, Weighed
from assistant.engine.sounded import Sounded
from assistant.engine.wires import Wires
from assistant.messages import ms_to_samples
from assistant.take import Take
from assistant.turn.pause import Pause
from assistant.turn.tracker import TurnTracker
from assistant.updates import Heard, PartialHeard, TurnDropped

_MOST_REOPENED = 3
"""A turn that goes on into its answer more often is noise or an echo; then it is answered."""


class Takes:
    """Holds the take of the open turn, if there is one, and its words once they are known."""

    def __init__(
        self,
        config: TurnConfig,
        tracker: TurnTracker,
        pause: Pause,
        sounded: Sounded,
        wires: Wires,
    ) -> None:
        self._config = config
        self._tracker = tracker
        self._pause = pause
        self._sounded = sounded
        self._playout = wires.playout
        self._to_hear = wires.to_hear
        self._publish = wires.publish
        self._shown = wires.shown
        self.take: Take | None = None
        self.words: Transcribed | None = None
        self._route: Routed | None = None
        self._weighed: Weighed | None = None
        self._number = 0
        self._reopened = 0

    # -- what is known --------------------------------------------------------------------------

    @property
    def text(self) -> str | None:
        """The words of the newest take, when they are known and are words."""
        return self.words.transcript.text if self.words and not self.words.drop else None

    @property
    def words_shown(self) -> str | None:
        """The same as it may be kept."""
        text, take = self.text, self.take
        return None if text is None else self._shown(text, take.decision if take else None)

    @property
    def is_known(self) -> bool:
        """True when the words so far are, as a whole, a phrase that the program knows."""
        route = self._route
        return route is not None and route.take is self.take and route.is_whole

    @property
    def sentence_end(self) -> float | None:
        """How likely a sentence ends with the words of the newest take, once that is known."""
        weighed = self._weighed
        return weighed.sentence_end if weighed and weighed.take is self.take else None

    @property
    def is_dropped(self) -> bool:
        """True when the words are known and get no answer."""
        return self.words is not None and bool(self.words.drop)

    def note(self, news: Routed | Weighed) -> None:
        """What the mind found out about a take."""
        if isinstance(news, Routed):
            self._route = news
        else:
            self._weighed = news

    # -- what is done ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Prepare an answer to the turn so far, behind the gate."""
        self.cancel()
        self._number += 1
        take = Take(self._tracker.turn, self._number)
        take.mark("pause")
        self.take = take
        self._to_hear.put(ToHear(self._tracker.utterance(), take))

    def cancel(self) -> None:
        """Throw the prepared answer away."""
        if self.take is not None:
            self.take.cancel()
            self._playout.forget(self.take)
        self.take = None
        self.words = None

    def commit(self, index: int) -> Answer:
        """Open the gate: the turn is complete at `index` of the sample clock."""
        take, words = self.take, self.words
        assert take is not None, "no take was begun"
        utterance = self._tracker.utterance()
        played = self._playout.open(take)
        played.asked_index = float(utterance.speech_end_sample)
        answer = Answer(
            turn=take.turn,
            take=take,
            played=played,
            commit_index=index,
            utterance=utterance,
            transcript=words.transcript if words else None,
            completeness=self._pause.completeness,
            reopened=self._reopened,
            is_cut=self._tracker.is_cut,
        )
        self.take = None
        if words is not None:
            text = self._shown(words.transcript.text, take.decision)
            self._publish(Heard(turn=take.turn, text=text))
        self._sounded.begin(answer)
        take.commit()
        self.words = None
        self._start_anew()
        return answer

    def continues(self, answer: Answer) -> bool:
        """True when the open turn began so soon into `answer` that it continues the turn before."""
        first = answer.played.first_audible_index
        if first is None or answer.utterance is None or answer.reopened >= _MOST_REOPENED:
            return False
        late = self._tracker.utterance().speech_start_sample - first
        return late < ms_to_samples(self._config.rejoin_ms)

    def join(self, answer: Answer) -> bool:
        """The user goes on: as if the turn of `answer` had never been taken for complete. False
        when it cannot be reopened any more."""
        if not self._tracker.reopen(answer.turn):
            return False
        self._number = answer.take.number
        self._reopened = answer.reopened + 1
        self._take_back(answer)
        text = answer.transcript.text if answer.transcript else ""
        text = self._shown(text, answer.take.decision)
        self._publish(PartialHeard(turn=answer.turn, text=text))
        return True

    def withdraw(self, answer: Answer) -> None:
        """The committed turn has nothing to answer."""
        self._take_back(answer)
        self._publish(TurnDropped(turn=answer.turn, why=self._why_dropped()))

    def drop(self) -> None:
        """The open turn gets no answer."""
        if self.take is not None or self._tracker.is_open:
            why, turn = self._why_dropped(), self._tracker.turn
            self.cancel()
            self._tracker.drop()
            self._publish(TurnDropped(turn=turn, why=why))
        self._start_anew()

    def _start_anew(self) -> None:
        self._number = 0
        self._reopened = 0

    def _take_back(self, answer: Answer) -> None:
        self._sounded.drop(answer)
        answer.take.withdraw()
        self._playout.forget(answer.take)

    def _why_dropped(self) -> str:
        return (self.words.drop if self.words else None) or "stopped"
