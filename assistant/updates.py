"""What the engine tells a face: frozen values, one class for each kind of news.

Knows what flows between the parts, and no part of the program.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.messages import Notice, Source, State, TurnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """The assistant went over to another state."""

    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard:
    """The words of a turn so far; a later one of the same turn replaces it."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The words of a turn that was judged complete. The same turn again replaces the earlier."""

    turn: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnDropped:
    """A turn that gets no answer (noise, no words); `why` is for the log."""

    turn: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A clause of the answer began to sound. `text` is all of the answer that began so far."""

    turn: int
    text: str
    source: Source
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded:
    """The answer to a turn ended or was interrupted; the record holds what was really played."""

    record: TurnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Microphone level of the last 100 ms: `rms_dbfs` (-120 to 0) and whether it is speech."""

    rms_dbfs: float
    is_speech: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What should stay zero in a healthy session, counted since its start."""

    input_overflows: int = 0
    output_underruns: int = 0
    late_frames: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShown:
    """What the model of a `role` ("thinks") is called from now on, or how far it is being set up;
    `is_step` marks what is worth a line of its own where only lines are shown."""

    role: str
    name: str
    is_step: bool = True


Update = (
    StateChanged
    | PartialHeard
    | Heard
    | TurnDropped
    | Saying
    | TurnEnded
    | Level
    | Counters
    | Notice
    | ModelShown
)
