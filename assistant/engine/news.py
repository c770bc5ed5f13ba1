"""What the mind, the judge and the voice tell the ears, which alone decide: frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.messages import Reply, Transcript
from assistant.take import Take
from assistant.updates import PartialHeard


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The words of a take; `drop` says why they get no answer, None when they get one."""

    take: Take
    transcript: Transcript
    drop: str | None


@dataclass(frozen=True, slots=True)
class Routed:
    """The first clause of a take's answer is known; `is_whole` as in `Reply`."""

    take: Take
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely a sentence ends with the words of a take, from 0 to 1."""

    take: Take
    sentence_end: float


@dataclass(frozen=True, slots=True)
class Judged:
    """How complete the open turn sounded in the pause of that number; None when not judged."""

    pause: int
    completeness: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A stage failed for a take; `stage` and `error` are for the person and the trace."""

    take: Take | None
    stage: str
    error: BaseException


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something to say without being asked, when the floor is free."""

    reply: Reply


News = PartialHeard | Transcribed | Routed | Weighed | Failed | Announcement
"""What the conductor is told; `Judged` is for the ears alone."""
