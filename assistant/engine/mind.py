"""The mind thread: an answer from words, clause by clause to the voice.

Works on the newest take only and stops between two steps when its take is cancelled; while nobody
waits it has the text layer get ready, and after an exchange, or some seconds after other work, it
gives back the memory that all stages have freed. Knows the text layer through its seam; knows no
sound and decides nothing about who may speak.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.engine.mailbox import Mailbox, ToAnswer
from assistant.engine.memory import give_back_freed
from assistant.engine.mouth import Mouth
from assistant.engine.news import Announcement, Failed, Routed, Weighed
from assistant.engine.seams import Decided, MeasureVoice, TextLayer
from assistant.engine.sounded import Sounded
from assistant.engine.wires import Wires
from assistant.messages import ModelWork, ToolCall, Utterance, Weighing
from assistant.mood import Prosody
from assistant.take import Take
from assistant.talk.decision import slots_as_text

_POLL_S = 0.1
_IDLE_S = 3.0
"""After so long without work nobody is likely to be in the middle of a turn. A turn that ends in no
exchange, as the microphone was unplugged, leaves up to 60 MB behind as well."""


class Mind:
    """Owns the text layer while its thread runs. `weighs`: the words judge the turn's end, too."""

    def __init__(
        self,
        text: TextLayer,
        mouth: Mouth,
        sounded: Sounded,
        wires: Wires,
        *,
        weighs: bool,
        measure_voice: MeasureVoice | None = None,
    ) -> None:
        self._text = text
        self._sounded = sounded
        self._weighs = weighs
        self._mouth = mouth
        self._mailbox = wires.to_answer
        self._to_hear = wires.to_hear
        self._news = wires.inbox
        self._trace = wires.trace
        self._is_settled = False
        self._has_exchanged = False
        self._worked_s: float | None = None
        self._measure_voice = measure_voice
        self._reads_mood = True
        self._voice: tuple[Take, Prosody | None] | None = None

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Work until `should_stop()`; an error of one job never ends the thread."""
        while not should_stop():
            work = self._mailbox.get(_POLL_S)
            if work is None:
                self._settle(should_stop)
                continue
            try:
                self._do(work, should_stop)
            finally:
                self._mailbox.done(work)

    # -- chores ---------------------------------------------------------------------------------

    def remember(self) -> None:
        """Put the exchanges that have ended into the history, with what was really played."""
        for turn, text, answer in self._sounded.take_ended():
            self._text.remember(turn, text, answer)
            self._is_settled = False
            self._has_exchanged = True

    def forget(self) -> None:
        """Drop the conversation so far."""
        self._text.forget()
        self._is_settled = False

    def set_mood(self, enabled: bool) -> None:
        """Take the user's mood into account, or do not."""
        self._reads_mood = enabled
        self._text.set_mood(enabled)

    def listen(self, utterance: Utterance, take: Take) -> None:
        """Measure the voice of what will be answered in a moment."""
        if self._measure_voice is None or not self._reads_mood or take.is_cancelled:
            return
        start_ns = time.perf_counter_ns()
        self._voice = take, self._measure_voice(utterance.samples)
        self._trace.worked(take, "mood", start_ns)

    def announce(self) -> None:
        """Report what is due to be said without being asked."""
        for reply in self._text.due_announcements():
            self._news.put(Announcement(reply))

    # -- work -----------------------------------------------------------------------------------

    def _do(self, work: ToAnswer | Callable[[], None], should_stop: Callable[[], bool]) -> None:
        if isinstance(work, ToAnswer):
            self._worked_s = time.monotonic()
        take = work.take if isinstance(work, ToAnswer) else None
        try:
            if not isinstance(work, ToAnswer):
                work()
            elif work.take is not None:
                self._answer(work.take, work.text)
            else:
                self._is_settled = False
                self._text.anticipate(work.text, lambda: should_stop() or self._is_wanted())
        except Exception as error:  # any stage may fail in native code; the process lives on
            self._news.put(Failed(take, "mind", error))

    def _settle(self, should_stop: Callable[[], bool]) -> None:
        """Nobody waits: let the text layer get ready for the next turn, give back memory."""
        if self._is_wanted():
            self._worked_s = time.monotonic()
            return
        if not self._is_settled:
            try:
                self._text.settle(lambda: should_stop() or self._is_wanted())
            except Exception as error:  # native code may fail; the next answer just takes longer
                self._news.put(Failed(None, "language model", error))
            self._is_settled = not self._is_wanted()
        if self._is_settled and (self._has_exchanged or self._is_idle()):
            self._has_exchanged = False
            self._worked_s = None
            give_back_freed()

    def _is_idle(self) -> bool:
        """True when there was work since memory was given back, and none of late."""
        return self._worked_s is not None and time.monotonic() - self._worked_s >= _IDLE_S

    def _is_wanted(self) -> bool:
        """True when a job waits, or will in a moment: its words are being heard."""
        return self._mailbox.has_job or self._to_hear.has_live_take

    def _answer(self, take: Take, text: str) -> None:
        if take.is_cancelled:
            return
        start_ns = time.perf_counter_ns()
        decision = self._decide(take, text)
        if decision is None:
            self._mouth.put(take, None)
            return
        is_first = True
        speaking = _ForTake(self._text, take, self._mailbox, self._guarded)
        for reply in self._text.replies(decision, text, speaking, self._weighing(take)):
            take.mark("first clause")
            for earlier in reply.takes_back:
                self._mouth.take_back(take, earlier)
            if is_first:
                self._news.put(Routed(take, reply.is_whole))
            if not self._mouth.put(take, reply):
                break
            if reply.is_last:
                self._mouth.put(take, None)
            if is_first:  # the model's next words are not urgent, the first sound is
                self._mouth.wait_for_sound(take)
            is_first = False
        self._mouth.put(take, None)
        self._trace.worked(take, "answer", start_ns)

    def _decide(self, take: Take, text: str) -> Decided | None:
        """What is done with `text`, knowing all that has sounded before it."""
        self.remember()
        voice = self._voice[1] if self._voice is not None and self._voice[0] is take else None
        decision = self._text.decide(
            text,
            take.turn,
            self._sounded.so_far(take),
            voice,
            lambda: take.is_cancelled,
            self._weighing(take),
        )
        take.mark("route")
        if decision is None:
            return None
        self._trace.event(
            "decision",
            turn=take.turn,
            take=take.number,
            name=decision.name,
            why=decision.why,
            score=decision.score,
            slots=slots_as_text(decision.slots),
            steps=[step.as_json() for step in decision.steps],
            mood=decision.mood.as_json(),
        )
        take.when_committed(
            lambda: self._guarded(take, lambda: self._text.commit(decision)),
            lambda: self._guarded(take, lambda: self._text.withdraw(decision)),
        )
        take.decision = decision  # whoever sees it may rely on the line above
        return decision

    def _guarded(self, take: Take, change: Callable[[], None]) -> None:
        """Runs on the ears thread, which no text layer may end."""
        try:
            change()
        except Exception as error:
            self._news.put(Failed(take, "text layer", error))

    def _weighing(self, take: Take) -> Weighing | None:
        """Who wants to know whether a sentence ends here: the turn that is not complete yet."""
        if not self._weighs or take.is_committed:
            return None
        return Weighing(
            tell=lambda sentence_end: self._news.put(Weighed(take, sentence_end)),
            is_wanted=lambda: not take.is_committed,
        )


@dataclass(frozen=True, slots=True)
class _ForTake:
    """`Speaking` for a take: what is written waits for its commit."""

    text: TextLayer
    take: Take
    mailbox: Mailbox[ToAnswer]
    guarded: Callable[[Take, Callable[[], None]], None]

    def should_stop(self) -> bool:
        return self.take.is_cancelled

    def mark(self, name: str) -> None:
        self.take.mark(name)

    def wait(self) -> bool:
        """While it waits, nothing is being done: a recording in lockstep goes on."""
        return self.take.wait(self.mailbox.park, self.mailbox.unpark)

    def run(self, effect: Any) -> Any:
        self.take.called.append(effect)
        return self.text.run(effect, self.should_stop)

    def change(self, change: Callable[[Any], Any]) -> None:
        take = self.take
        take.when_committed(lambda: self.guarded(take, lambda: self.text.change(change)))

    def note(self, call: ToolCall) -> None:
        self.take.called.append(call)

    def asked(self, work: ModelWork) -> None:
        self.take.asked.append(work)
