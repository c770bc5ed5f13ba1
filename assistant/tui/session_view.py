"""What the screen shows, folded from the engine's updates, one at a time.

`fold(view, update)` is a pure function from one immutable view to the next; percentiles and
shares are computed here. Knows no widget, no clock and no thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.messages import (
    Counters,
    Heard,
    Level,
    Notice,
    PartialHeard,
    Saying,
    Source,
    State,
    StateChanged,
    TurnDropped,
    TurnEnded,
    TurnRecord,
    Update,
)

KEPT_ENTRIES = 300
"""So many turns and notices stay in the conversation; older ones leave it at the top."""


REST = "other"
"""The name of what a record's stages leave unexplained of its latency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange as far as it is known. `source` is None until an answer began to sound.

    `heard` is empty for something that the assistant says unasked (a timer that ran out).
    `name` and `score` are those of the decision ("timer.set", 0 to 1). `mood` is a word for how the
    user seemed ("annoyed"), empty when neutral.
    """

    number: int
    heard: str = ""
    is_partial: bool = False
    reply: str = ""
    source: Source | None = None
    why: str = ""
    name: str = ""
    score: float | None = None
    latency_ms: float | None = None
    is_interrupted: bool = False
    is_ended: bool = False
    mood: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEntry:
    """A notice in its place in the conversation; `number` counts the session's notices."""

    number: int
    notice: Notice


Entry = Turn | NoticeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long one turn's answer took, in milliseconds from the end of the user's speech.

    `stages` are (name, milliseconds) in order. `latency_ms` is None when nothing sounded.
    """

    turn: int
    source: Source
    stages: tuple[tuple[str, float], ...]
    latency_ms: float | None
    is_interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The session in four numbers; a percentile is None before the first sound."""

    p50_ms: float | None
    p95_ms: float | None
    answered: int
    without_model: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Everything that the screen shows of a session."""

    state: State = State.LOADING
    entries: tuple[Entry, ...] = ()
    timings: tuple[Timing, ...] = ()
    level: Level | None = None
    counters: Counters = field(default_factory=Counters)
    notices: int = 0


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: a value that was really measured, never one in between."""
    if not values:
        return None
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]


def summarise(timings: Sequence[Timing]) -> Summary:
    """p50 and p95 of the answers that sounded, and how many answers needed no language model."""
    latencies = [timing.latency_ms for timing in timings if timing.latency_ms is not None]
    return Summary(
        p50_ms=percentile(latencies, 50),
        p95_ms=percentile(latencies, 95),
        answered=len(timings),
        without_model=sum(timing.source != "model" for timing in timings),
    )


def stage_medians(timings: Sequence[Timing]) -> dict[str, float]:
    """Each stage's nearest-rank median over the turns that had it, in order of appearance."""
    seen: dict[str, list[float]] = {}
    for timing in timings:
        for name, ms in timing.stages:
            seen.setdefault(name, []).append(ms)
    return {name: percentile(values, 50) or 0.0 for name, values in seen.items()}


def fold(view: SessionView, update: Update) -> SessionView:
    """The view after one more update."""
    match update:
        case Level():
            return replace(view, level=update)
        case StateChanged(state=state):
            return replace(view, state=state)
        case Counters():
            return replace(view, counters=update)
        case Notice():
            entry = NoticeEntry(number=view.notices + 1, notice=update)
            return replace(_with_entry(view, entry), notices=view.notices + 1)
        case TurnDropped(turn=number):
            return _without_turn(view, number)
        case TurnEnded(record=record):
            return _with_record(view, record)
        case PartialHeard() | Heard() | Saying():
            turn = _find(view, update.turn) or Turn(number=update.turn)
            return _with_entry(view, _grown(turn, update))


def cleared(view: SessionView) -> SessionView:
    """The view with an empty conversation; what was measured stays."""
    return replace(view, entries=())


def _grown(turn: Turn, update: PartialHeard | Heard | Saying) -> Turn:
    """A turn with more words. Other words than before open it again: its answer is void."""
    if isinstance(update, Saying):
        return replace(
            turn,
            is_partial=False,
            reply=update.text,
            source=update.source,
            why=update.why,
        )
    is_partial = isinstance(update, PartialHeard)
    if update.text == turn.heard and not is_partial:
        return replace(turn, is_partial=False)
    return Turn(number=turn.number, heard=update.text, is_partial=is_partial)


def _find(view: SessionView, number: int) -> Turn | None:
    for entry in reversed(view.entries):
        if isinstance(entry, Turn) and entry.number == number:
            return entry
    return None


def _with_entry(view: SessionView, entry: Entry) -> SessionView:
    """`entry` in the place of the turn of the same number, or at the end."""
    if isinstance(entry, Turn):
        old = _find(view, entry.number)
        if old is not None:
            kept = tuple(entry if other is old else other for other in view.entries)
            return replace(view, entries=kept)
    return replace(view, entries=(*view.entries, entry)[-KEPT_ENTRIES:])


def _without_turn(view: SessionView, number: int) -> SessionView:
    turn = _find(view, number)
    if turn is None or turn.is_ended:
        return view
    return replace(view, entries=tuple(entry for entry in view.entries if entry is not turn))


def _stages(record: TurnRecord) -> tuple[tuple[str, float], ...]:
    """The record's stages, and over 1 ms of rest as a stage of its own, so that no bar lies."""
    rest = (record.latency_ms or 0.0) - sum(record.stages_ms.values())
    return (*record.stages_ms.items(), *([(REST, rest)] if rest > 1.0 else []))


def _with_record(view: SessionView, record: TurnRecord) -> SessionView:
    """The record replaces all that was shown of its turn before.

    What the assistant said unasked answers nobody, so it is not measured.
    """
    turn = Turn(
        number=record.turn,
        heard=record.transcript,
        reply=record.reply,
        source=record.source,
        why=record.why,
        name=record.name,
        score=record.score,
        latency_ms=record.latency_ms if record.transcript else None,
        is_interrupted=record.interrupted,
        is_ended=True,
        mood="" if record.mood is None or record.mood.is_neutral else record.mood.label,
    )
    view = _with_entry(view, turn)
    if not record.transcript:
        return view
    timing = Timing(
        turn=record.turn,
        source=record.source,
        stages=_stages(record),
        latency_ms=record.latency_ms,
        is_interrupted=record.interrupted,
    )
    others = tuple(other for other in view.timings if other.turn != record.turn)
    return replace(view, timings=(*others, timing))
