"""One committed turn on its way to the ear, and the record that is reported of it.

Pure bookkeeping on the sample clock; starts nothing and decides nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from assistant.engine.playout import Clause, Played
from assistant.engine.seams import Decided
from assistant.messages import (
    SAMPLE_RATE_HZ,
    Source,
    Step,
    ToolCall,
    Transcript,
    TurnRecord,
    Utterance,
)
from assistant.take import Take
from assistant.talk.decision import GUARDED, slots_as_text

STAGES = (
    "pause",
    "transcript",
    "route",
    "first token",
    "first clause",
    "voice",
    "decision",
    "sound",
)
"""The way from the end of the user's speech to the first sound, in order. Each is charged with
the time that it added to the stages before it; what ran beside them costs nothing. `pause` is the
silence before work began, `decision` the wait until the turn was judged complete, `sound` the way
through the gate and the device."""


CallOf = Callable[[Any], ToolCall]


@dataclass(slots=True)
class Answer:
    """A turn whose take is committed; `utterance` is None when nobody spoke: the request was typed,
    or there was none (a timer). `is_cut`: the user was still speaking, and nobody says it again."""

    turn: int
    take: Take
    played: Played
    commit_index: int
    utterance: Utterance | None = None
    transcript: Transcript | None = None
    completeness: float | None = None
    reopened: int = 0
    is_interrupted: bool = False
    clauses_shown: int = 0
    is_typed: bool = False
    is_cut: bool = False

    @property
    def is_announcement(self) -> bool:
        """True for what nobody asked for."""
        return self.utterance is None and not self.is_typed

    @property
    def may_be_left(self) -> bool:
        """True when nothing of it that was to be done would stay undone if it were cancelled now:
        it is decided, and waits for no write; or a word of it is there."""
        decision: Decided | None = self.take.decision
        if self.is_announcement or self.played.clauses:
            return True
        return decision is not None and decision.waits is None

    @property
    def speech_end_index(self) -> int:
        """End of the user's speech, or the commit when nobody spoke."""
        return self.commit_index if self.utterance is None else self.utterance.speech_end_sample

    @property
    def _heard(self) -> list[Clause]:
        """The clauses without those that were taken back before they sounded."""
        return [clause for clause in self.played.clauses if not clause.is_unheard]

    @property
    def rings(self) -> bool:
        """True for what rings until somebody says that it was heard."""
        return any(clause.reply.rings for clause in self.played.clauses)

    @property
    def source(self) -> Source:
        """Where the first clause came from."""
        clauses = self._heard
        return clauses[0].reply.source if clauses else "model"

    @property
    def why(self) -> str:
        """Why it was decided so; of an announcement, why it is said."""
        decision: Decided | None = self.take.decision
        if decision is not None:
            return decision.why
        clauses = self._heard
        return clauses[0].reply.why if clauses else "no clause was made"

    @property
    def name(self) -> str:
        """What was decided; of an announcement, what it is."""
        decision: Decided | None = self.take.decision
        if decision is not None:
            return decision.name
        clauses = self._heard
        return clauses[0].reply.name if clauses else ""

    @property
    def is_at_end(self) -> bool:
        """True from the first sound of the last clause on."""
        clauses = self._heard
        return self.played.is_complete and bool(clauses) and clauses[-1].played > 0

    def begun_text(self) -> str:
        """Every clause of which something sounded, whole."""
        return " ".join(c.reply.text for c in self.played.clauses if c.played)

    def calls(self, call_of: CallOf) -> tuple[ToolCall, ...]:
        """The tools that were called for it so far."""
        decision: Decided | None = self.take.decision
        if decision is None:
            return ()
        called = (*decision.calls, *decision.undoes, *decision.effects, *self.take.called)
        calls = (one if isinstance(one, ToolCall) else call_of(one) for one in called)
        return tuple(map(self._call_shown, calls))

    def shown(self, text: str) -> str:
        """Words of the answer as they may be shown and kept: without a PIN."""
        decision: Decided | None = self.take.decision
        return text if decision is None else decision.answer_shown(text)

    def _call_shown(self, call: ToolCall) -> ToolCall:
        """`call` as it may be kept."""
        slots = {name: self.shown(value) for name, value in call.slots.items()}
        result = self.shown(call.result)
        if (slots, result) == (call.slots, call.result):
            return call
        return dataclasses.replace(call, slots=slots, result=result)

    def record(self, index_at: Callable[[int], float], call_of: CallOf) -> TurnRecord:
        """What is reported; `index_at` turns nanoseconds into indices of the sample clock,
        `call_of` tells what became of an effect."""
        played = self.played
        transcript = self.transcript or Transcript(text="")
        start = self.commit_index if self.utterance is None else self.utterance.speech_start_sample
        decision: Decided | None = self.take.decision
        first_audio, end = self._first_heard, played.end_index
        return TurnRecord(
            turn=self.turn,
            speech_start_s=start / SAMPLE_RATE_HZ,
            speech_end_s=self.speech_end_index / SAMPLE_RATE_HZ,
            commit_s=self.commit_index / SAMPLE_RATE_HZ,
            first_audio_s=None if first_audio is None else first_audio / SAMPLE_RATE_HZ,
            reply_end_s=None if end is None else end / SAMPLE_RATE_HZ,
            transcript=transcript.text,
            reply=self.shown(played.text),
            source=self.source,
            why=self.why,
            takes=self.take.number,
            stages_ms=self._stages_ms(index_at),
            interrupted=self.is_interrupted,
            reopened=self.reopened,
            completeness=self.completeness,
            avg_logprob=transcript.avg_logprob,
            no_speech_prob=transcript.no_speech_prob,
            free=transcript.free,
            margin=transcript.margin,
            name=self.name,
            score=decision.score if decision else None,
            slots=slots_as_text(decision.slots) if decision else {},
            steps=(*(decision.steps if decision else ()), *self._guarded()),
            calls=self.calls(call_of),
            is_typed=self.is_typed,
            mood=decision.mood if decision else None,
        )

    def _guarded(self) -> Iterator[Step]:
        """What the guardrails did to the answer."""
        decision: Decided | None = self.take.decision
        if decision is not None and decision.source == "guardrail":
            return
        for reply in (clause.reply for clause in self._heard):
            if reply.source == "guardrail" or reply.why.startswith(GUARDED):
                why = reply.why.removeprefix(GUARDED)
                yield Step(part="answer guard", verdict="took", why=why)

    @property
    def _first_heard(self) -> float | None:
        """Where it began to sound; None also where no speaker was there to sound it."""
        return None if self.played.is_unheard else self.played.first_audible_index

    def _stages_ms(self, index_at: Callable[[int], float]) -> dict[str, float]:
        first_heard = self._first_heard
        if first_heard is None:
            return {}
        marks = {name: index_at(at_ns) for name, at_ns in self.take.marks_ns.items()}
        marks["decision"] = float(self.commit_index)
        marks["sound"] = first_heard
        reached = float(self.speech_end_index)
        stages = {}
        for name in STAGES:
            if name not in marks:
                continue
            at = min(marks[name], marks["sound"])
            stages[name] = max(0.0, at - reached) * 1000 / SAMPLE_RATE_HZ
            reached = max(reached, at)
        return stages
