"""What the log is told of an answer that is over. Pure; on the ears thread."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from assistant.engine.answer import Answer, CallOf
from assistant.log.entry import Entry, verdicts_of
from assistant.messages import Reply, TurnRecord


def entry_of(answer: Answer, record: TurnRecord, call_of: CallOf, *, keeps_sound: bool) -> Entry:
    """References to what is known of it; the log's own thread makes the row."""
    decision: Any = answer.take.decision
    request = getattr(decision, "request", None)
    is_said = answer.is_announcement
    is_secret = getattr(decision, "is_secret", False) or _is_hidden(answer, record)
    keeps_sound = keeps_sound and not is_secret
    return Entry(
        kind="said" if is_said else "turn",
        at=datetime.now().astimezone(),
        turn=record.turn,
        way="typed" if answer.is_typed else "voice",
        request=record.transcript,
        now=request.now if request is not None else None,
        name=record.name,
        source=record.source,
        why=record.why,
        score=record.score,
        slots=record.slots,
        steps=record.steps,
        planned=tuple(
            (answer.shown(one.text), answer.shown(one.spoken)) for one in _replies(answer, decision)
        ),
        sounded=record.reply,
        is_interrupted=record.interrupted,
        is_secret=is_secret,
        calls=partial(answer.calls, call_of),
        asked=tuple(answer.take.asked),
        model_ms=_model_ms(answer.take.marks_ns),
        verdicts=verdicts_of(_replies(answer, decision), getattr(decision, "source", "guardrail")),
        mood=getattr(request, "mood", None),
        latency_ms=None if is_said else record.latency_ms,
        stages_ms=record.stages_ms,
        takes=record.takes,
        heard=_heard(record) if answer.utterance is not None else {},
        sound=answer.utterance.samples if answer.utterance and keeps_sound else None,
        voice=_voice(decision),
    )


def unsaid_entry(reply: Reply) -> Entry:
    """What was to be said unasked, and was not: there is no speaker."""
    return Entry(
        kind="said",
        at=datetime.now().astimezone(),
        name=reply.name,
        source=reply.source,
        why=f"{reply.why}; not sounded: there is no speaker",
        planned=((reply.text, reply.said),),
    )


def _voice(decision: Any) -> Any:
    """What was measured of the voice of this turn, where something was."""
    before, after = getattr(decision, "before", None), getattr(decision, "after", None)
    if before is None or after is None or after.voices is before.voices or not after.voices:
        return None
    return after.voices[-1]


def _replies(answer: Answer, decision: Any) -> tuple[Reply, ...]:
    """The clauses that were made; of an answer of which nothing was made, those that were known."""
    replies = tuple(clause.reply for clause in answer.played.clauses)
    known: tuple[Reply, ...] = replies or getattr(decision, "replies", ())
    return known


def _is_hidden(answer: Answer, record: TurnRecord) -> bool:
    """True when the words are reported as other ones than were heard: they must not be written."""
    return answer.transcript is not None and answer.transcript.text != record.transcript


def _model_ms(marks_ns: dict[str, int]) -> float | None:
    if "route" not in marks_ns or "first clause" not in marks_ns:
        return None
    return (marks_ns["first clause"] - marks_ns["route"]) / 1e6


def _heard(record: TurnRecord) -> dict[str, float | int | None]:
    """How the words and the end of the turn were judged; seconds on the input's clock."""
    completeness = record.completeness
    return {
        "seconds": round(record.speech_end_s - record.speech_start_s, 2),
        "avg_logprob": round(record.avg_logprob, 3),
        "no_speech_prob": round(record.no_speech_prob, 3),
        "completeness": None if completeness is None else round(completeness, 3),
        "reopened": record.reopened,
    }
