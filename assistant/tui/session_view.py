"""What the screen shows, folded from the engine's updates, one at a time.

`fold(view, update)` is a pure function from one immutable view to the next. Knows no widget, no
clock and no thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.messages import Notice, Source, State, TurnRecord
from assistant.tui.figures import Timing, timing_of
from assistant.updates import (
    Counters,
    Heard,
    Level,
    ModelShown,
    PartialHeard,
    Saying,
    StateChanged,
    TurnDropped,
    TurnEnded,
    Update,
)

KEPT_ENTRIES = 300
"""So many turns and notices stay in the conversation; older ones leave it at the top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange as far as it is known. `source` is None until an answer began to sound.

    `heard` is empty for something that the assistant says unasked (a timer that ran out).
    `name` and `score` are those of the decision ("timer.set", 0 to 1). `record` is there once the
    answer has ended. `mood` is a word for how the user seemed ("annoyed"), empty when neutral.
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
    record: TurnRecord | None = None
    mood: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeEntry:
    """A notice in its place in the conversation; `number` counts the session's notices."""

    number: int
    notice: Notice


Entry = Turn | NoticeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """Everything that the screen shows of a session. `mood` is the user's in the last turn;
    `models` are those whose names have changed since the start."""

    state: State = State.LOADING
    entries: tuple[Entry, ...] = ()
    timings: tuple[Timing, ...] = ()
    level: Level | None = None
    counters: Counters = field(default_factory=Counters)
    notices: int = 0
    mood: str = ""
    models: tuple[tuple[str, str], ...] = ()


def fold(view: SessionView, update: Update) -> SessionView:
    """The view after one more update."""
    match update:
        case Level():
            return replace(view, level=update)
        case StateChanged(state=state):
            return replace(view, state=state)
        case Counters():
            return replace(view, counters=update)
        case ModelShown(role=role, name=name):
            return replace(view, models=tuple({**dict(view.models), role: name}.items()))
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


def turns_of(view: SessionView) -> tuple[TurnRecord, ...]:
    """The records of the turns in the conversation that have ended, oldest first."""
    turns = (entry for entry in view.entries if isinstance(entry, Turn))
    return tuple(turn.record for turn in turns if turn.record is not None)


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
        record=record,
        mood="" if record.mood is None or record.mood.is_neutral else record.mood.label,
    )
    view = _with_entry(view, turn)
    if not record.transcript:
        return view
    others = tuple(other for other in view.timings if other.turn != record.turn)
    label = record.mood.label if record.mood else ""
    return replace(view, timings=(*others, timing_of(record)), mood=label)
