"""What the log is told of an answer that is over. Pure; on the ears thread."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from assistant.engine.answer import Answer, CallOf
from assistant.engine.seams import Decided
from assistant.log.entry import Entry, verdicts_of
from assistant.messages import Reply, Transcript, TurnRecord


def entry_of(answer: Answer, record: TurnRecord, call_of: CallOf, *, keeps_sound: bool) -> Entry:
    """References to what is known of it; the log's own thread makes the row."""
    decision: Decided | None = answer.take.decision
    request = decision.request if decision is not None else None
    heard = answer.transcript or Transcript(text=record.transcript, free=record.free)
    is_hidden = (heard.text, heard.free) != (record.transcript, record.free)
    is_secret = is_hidden or (decision is not None and decision.is_secret)
    is_said, replies = answer.is_announcement, _replies(answer, decision)
    return Entry(
        kind="said" if is_said else "turn",
        at=datetime.now().astimezone(),
        turn=record.turn,
        way="typed" if answer.is_typed else "voice",
        request=record.transcript,
        free=record.free,
        now=request.now if request is not None else None,
        name=record.name,
        source=record.source,
        why=record.why,
        score=record.score,
        slots=record.slots,
        steps=record.steps,
        planned=tuple((answer.shown(one.text), answer.shown(one.spoken)) for one in replies),
        sounded=record.reply,
        is_interrupted=record.interrupted,
        is_secret=is_secret,
        calls=partial(answer.calls, call_of),
        asked=tuple(answer.take.asked),
        model_ms=_model_ms(answer.take.marks_ns),
        verdicts=verdicts_of(replies, decision.source) if decision is not None else (),
        mood=record.mood,
        latency_ms=None if is_said else record.latency_ms,
        stages_ms=record.stages_ms,
        takes=record.takes,
        heard=_heard(record) if answer.utterance is not None else {},
        sound=(
            answer.utterance.samples
            if answer.utterance is not None and keeps_sound and not is_secret
            else None
        ),
        voice=decision.voice if decision is not None else None,
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


def _replies(answer: Answer, decision: Decided | None) -> tuple[Reply, ...]:
    """The clauses that were made; of an answer of which nothing was made, those that were known."""
    made = tuple(clause.reply for clause in answer.played.clauses)
    return made or (decision.replies if decision is not None else ())


def _model_ms(marks_ns: dict[str, int]) -> float | None:
    if "route" not in marks_ns or "first clause" not in marks_ns:
        return None
    return (marks_ns["first clause"] - marks_ns["route"]) / 1e6


def _heard(record: TurnRecord) -> dict[str, float | int | None]:
    """How the words and the end of the turn were judged; seconds on the input's clock."""
    completeness = record.completeness
    margin = {"margin": round(record.margin, 2)} if record.free else {}
    return {
        "seconds": round(record.speech_end_s - record.speech_start_s, 2),
        "avg_logprob": round(record.avg_logprob, 3),
        "no_speech_prob": round(record.no_speech_prob, 3),
        "completeness": None if completeness is None else round(completeness, 3),
        "reopened": record.reopened,
        **margin,
    }
