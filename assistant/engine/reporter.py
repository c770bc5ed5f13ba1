"""Tells the face, the trace, the log and the text layer what sounded of each answer.

Runs on the ears thread for the conductor; decides nothing. Remembers what was said last, because
words that come back from the room are no request.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from assistant.engine.answer import Answer, CallOf
from assistant.engine.logged import entry_of, unsaid_entry
from assistant.engine.sounded import Sounded
from assistant.engine.wires import Wires
from assistant.log.writer import TurnLog
from assistant.messages import Notice, Reply, ms_to_samples
from assistant.talk.self_echo import is_own_voice
from assistant.updates import Saying, TurnEnded

UNSAID = "N-NOT-SAID"
_ECHO_MS = 600
"""An echo may begin so long after the last sound."""


class Reporter:
    """`remember()` is called on the mind thread when `sounded` has a finished exchange."""

    def __init__(
        self,
        sounded: Sounded,
        remember: Callable[[], None],
        index_at: Callable[[int], float],
        call_of: CallOf,
        wires: Wires,
        log: TurnLog,
    ) -> None:
        self._log = log
        self._sounded = sounded
        self._remember = remember
        self._index_at = index_at
        self._call_of = call_of
        self._wires = wires
        self._said = ("", 0.0)

    def show(self, answer: Answer) -> None:
        """Publish the answer's text when another clause of it began to sound."""
        self._said = (answer.begun_text(), answer.played.end_index or 0.0)
        begun = sum(1 for clause in answer.played.clauses if clause.played)
        if begun > answer.clauses_shown:
            answer.clauses_shown = begun
            self._wires.publish(
                Saying(
                    turn=answer.turn,
                    text=answer.shown(answer.begun_text()),
                    source=answer.source,
                    why=answer.why,
                )
            )

    def report(self, answer: Answer) -> None:
        """Publish the record of an answer that is over."""
        record = answer.record(self._index_at, self._call_of)
        shown = self._wires.shown(record.transcript, answer.take.decision)
        free = self._wires.shown(record.free, answer.take.decision) if record.free else ""
        record = dataclasses.replace(record, transcript=shown, free=free)
        self._wires.playout.forget(answer.take)
        if answer.is_announcement or record.transcript:
            keeps_sound = self._log.keeps_sound
            self._log.add(entry_of(answer, record, self._call_of, keeps_sound=keeps_sound))
            self._sounded.end(answer, (record.turn, record.transcript, record.reply))
            self._wires.to_answer.put_chore(self._remember)
        else:
            self._sounded.end(answer, None)
        self._wires.trace.event("turn", **record.as_json())
        self._wires.publish(TurnEnded(record=record))

    def tell_unsaid(self, reply: Reply) -> None:
        """Show and write down what waits to be said, because there is no speaker."""
        text = f"{reply.text} There is no speaker; it is said as soon as one is there."
        self._wires.trace.event("notice", code=UNSAID, text=text)
        self._wires.publish(Notice(severity="warning", code=UNSAID, text=text))
        self._log.add(unsaid_entry(reply))

    def is_own_voice(self, text: str, began: int, *, is_question: bool) -> bool:
        """True for words that were just spoken, in speech that began while they sounded, or soon
        after: but not after a question, whose own words are often its answer."""
        said, until = self._said
        late = 0 if is_question else ms_to_samples(_ECHO_MS)
        return began <= until + late and is_own_voice(text, said)
