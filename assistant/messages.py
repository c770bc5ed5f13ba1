"""What flows between the parts: frozen values whose names carry their units.

Knows no part of the program. Audio is mono; an `index` counts input samples at 16 kHz from the
start of the session and is the only clock that the parts share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from assistant.mood import Mood

SAMPLE_RATE_HZ = 16_000
FRAME_SAMPLES = 320
FRAME_MS = 20
HALF_SAMPLES = FRAME_SAMPLES // 2

AUDIBLE = 0.006
"""Amplitude (-44 dBFS) from which a sample counts as heard; a quiet room masks less."""

Int16Array = npt.NDArray[np.int16]
Float32Array = npt.NDArray[np.float32]

Messages = list[dict[str, str]]
"""A conversation as chat models take it, oldest first: `role` (system, user, assistant) and
`content` of each message."""

Source = Literal["guardrail", "stop", "flow", "precomputed", "tool", "model"]
Severity = Literal["information", "warning", "error"]


def ms_to_samples(ms: float) -> int:
    """Milliseconds on the input clock as samples at 16 kHz."""
    return round(ms * SAMPLE_RATE_HZ / 1000)


class TurnDecision(Enum):
    """What to do with the user's turn after a frame or half of one, not what was measured."""

    WAIT = "wait"
    STARTED = "started"
    SPECULATE = "speculate"
    RESUMED = "resumed"
    COMMIT = "commit"
    DISCARDED = "discarded"
    LONG = "long"


class State(Enum):
    """What the assistant is doing, as the person at the laptop would say it."""

    LOADING = "loading"
    LISTENING = "listening"
    HEARING = "hearing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    MUTED = "muted"
    NO_DEVICE = "no device"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFrame:
    """20 ms of microphone sound: `samples` int16[320] mono 16 kHz, `index` of its first sample.

    `played` int16[320] is what the speaker played during the same samples, for the echo canceller.
    """

    samples: Int16Array
    index: int
    played: Int16Array


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfFrame:
    """The first 10 ms of the frame that is being heard: `samples` int16[160] mono 16 kHz as the
    microphone gave them, `index` of the first. The whole frame, with these in it, follows."""

    samples: Int16Array
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the ears know of the speech in an utterance, whatever its words are.

    `speech_ms` is what the detector called speech, without the pauses; `span_ms` is from its start
    to its end; `score` (0 to 1) is how sure the detector was of it on average; `level_db` (dB below
    full scale) its level and `over_db` how far that is above the sound before it; `is_background`
    says that it is talk that was there behind louder speech.
    """

    speech_ms: float = 0.0
    span_ms: float = 0.0
    score: float = 1.0
    level_db: float = 0.0
    is_background: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A snapshot of what the user said so far in one turn.

    `samples` int16[n] from `start_sample` on (with pre-roll); `speech_end_sample` is the index of
    the end of the last speech; `is_partial` marks a snapshot made while the user still speaks.
    `joined_sample` is where the later half begins of a turn that went on into its answer.
    """

    turn: int
    samples: Int16Array
    start_sample: int
    speech_start_sample: int
    speech_end_sample: int
    is_partial: bool = False
    joined_sample: int | None = None
    evidence: Evidence = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """Words of one utterance, with the mean log-probability of a token and Whisper's own
    probability that there was no speech (0 to 1).

    `free` is what was heard freely where `text` is a known phrase that won against it on the sound,
    else empty; `margin` is by how much it won (docs/WHISPER.md, "Known phrases"). `avg_logprob` is
    then that of the likelier of the two.
    """

    text: str
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    free: str = ""
    margin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one part of the text layer said to a request: `verdict` "took" or "passed", how sure it
    was (0 to 1; None where it does not count) and why. A tool of another program is a part of its
    own, with the verdict "called"."""

    part: str
    verdict: str
    score: float | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields that say something."""
        score = None if self.score is None else round(self.score, 3)
        return {"part": self.part, "verdict": self.verdict, "score": score, "why": self.why}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One tool that was called for a turn, up to the moment of the report.

    `slots` are its arguments, `result` what it gave or what went wrong, both as text for people.
    `outcome` is "done", "failed", "too slow", "taken back", or "waiting" while it has not begun and
    "running" while it has not ended; `ms` is how long it took, None while that is not known.
    """

    name: str
    slots: dict[str, str] = field(default_factory=dict)
    outcome: str = "done"
    result: str = ""
    ms: float | None = None
    writes: bool = True

    def as_json(self) -> dict[str, Any]:
        """The fields as plain values."""
        return {
            "name": self.name,
            "slots": self.slots,
            "outcome": self.outcome,
            "result": self.result,
            "ms": None if self.ms is None else round(self.ms, 2),
            "writes": self.writes,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWork:
    """What the language model was asked (`prompt`) and gave (`text`, in `pieces`), how long it took
    (`ms`) and the processor time of all threads of this process meanwhile (`cpu_ms`)."""

    prompt: Messages
    text: str
    ms: float
    cpu_ms: float
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One clause or sentence to be spoken, where it came from and why (for the audit log).

    `text` is shown, `spoken` is said where that differs. `name` is that of the decision
    ("timer.set"). `is_whole` says that the request is, from start to end, words that the program
    knows: hardly any will follow. `is_last` says beforehand that no further clause will come.
    `rings` has a sound before the words, for what nobody asked for just now. `takes_back` are
    replies of the same answer that were given before and are not to be heard, as far as they have
    not sounded. `from_outside`: others wrote, or may have written, what it says (a server, a
    document, a tool of the user's files); it is data, and no order in it is said.
    """

    text: str
    source: Source
    why: str
    name: str = ""
    spoken: str = ""
    is_whole: bool = False
    is_last: bool = False
    rings: bool = False
    takes_back: tuple[Reply, ...] = ()
    from_outside: bool = False

    @property
    def said(self) -> str:
        """What the voice is given."""
        return self.spoken or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """Somebody who wants to know how likely a sentence ends with the user's words: `tell(p)` with
    0 to 1, as long as `is_wanted()`."""

    tell: Callable[[float], None]
    is_wanted: Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stage's work for one take, in nanoseconds of the process's monotonic clock."""

    turn: int
    take: int
    stage: str
    start_ns: int
    end_ns: int
    outcome: Literal["done", "cancelled", "failed"] = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """Everything that is reported about one answered turn; seconds are on the input's clock.

    `stages_ms` are the pieces of the way from the end of the user's speech to the first audible
    sample, in order and without overlap, so that they sum to `latency_ms`. `name`, `score`,
    `slots`, `steps` and `mood` are those of the decision; `calls` are the tools in the order of
    their calls. A typed request is as if it had been spoken in no time at the moment of its commit.
    `free` and `margin` are those of the `Transcript`.
    """

    turn: int
    speech_start_s: float
    speech_end_s: float
    commit_s: float
    first_audio_s: float | None
    reply_end_s: float | None
    transcript: str
    reply: str
    source: Source
    why: str
    takes: int
    stages_ms: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False
    reopened: int = 0
    completeness: float | None = None
    avg_logprob: float = 0.0
    no_speech_prob: float = 0.0
    free: str = ""
    margin: float = 0.0
    name: str = ""
    score: float | None = None
    slots: dict[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    is_typed: bool = False
    mood: Mood | None = None

    @property
    def latency_ms(self) -> float | None:
        """End of the user's speech to the first audible sample of the answer."""
        if self.first_audio_s is None:
            return None
        return (self.first_audio_s - self.speech_end_s) * 1000

    def as_json(self) -> dict[str, Any]:
        """The fields as plain values, seconds and milliseconds rounded to what they mean."""
        return {
            "turn": self.turn,
            "speech_start_s": round(self.speech_start_s, 3),
            "speech_end_s": round(self.speech_end_s, 3),
            "commit_s": round(self.commit_s, 3),
            "first_audio_s": None if self.first_audio_s is None else round(self.first_audio_s, 4),
            "reply_end_s": None if self.reply_end_s is None else round(self.reply_end_s, 3),
            "latency_ms": None if self.latency_ms is None else round(self.latency_ms, 1),
            "transcript": self.transcript,
            "free": self.free,
            "margin": round(self.margin, 2),
            "reply": self.reply,
            "source": self.source,
            "name": self.name,
            "score": None if self.score is None else round(self.score, 3),
            "slots": self.slots,
            "steps": [step.as_json() for step in self.steps],
            "calls": [call.as_json() for call in self.calls],
            "mood": None if self.mood is None else self.mood.as_json(),
            "why": self.why,
            "takes": self.takes,
            "stages": {name: round(ms, 1) for name, ms in self.stages_ms.items()},
            "interrupted": self.interrupted,
            "reopened": self.reopened,
            "completeness": None if self.completeness is None else round(self.completeness, 4),
            "avg_logprob": round(self.avg_logprob, 3),
            "no_speech_prob": round(self.no_speech_prob, 3),
            "typed": self.is_typed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence for the person: what happened and the next step. `code` is stable."""

    severity: Severity
    code: str
    text: str
