"""One ear: the program's recogniser as a conversation uses it, on cuts of sound.

What was heard freely and what it became stand beside each other. Knows no turns and no engine; a
cut is what the engine would hand over. Belongs to one thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.audio.vad import make_detector
from assistant.bench.hear.recordings import Cut
from assistant.config import VadConfig
from assistant.hearing.hallucination import is_noise
from assistant.hearing.transcribe import Whisper
from assistant.messages import FRAME_SAMPLES, Evidence, Int16Array, Transcript
from assistant.talk.conversation import Conversation
from assistant.talk.decision import Decision
from assistant.turn.evidence import SpeechLog
from assistant.turn.levels import level_db


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The words that count (`text`) and those that were heard freely; empty when they were dropped
    as noise (`drop` says why). `phrases` were scored against the sound,
    `avg_logprob` is that of what was heard freely. `wall_s` and `cpu_s` are
    the seconds that it took, `cpu_s` those of all threads."""

    text: str
    free: str
    drop: str | None
    phrases: int
    avg_logprob: float
    wall_s: float
    cpu_s: float


def evidence_of(samples: Int16Array) -> Evidence:
    """What the ears would know of int16[n] at 16 kHz as one turn: from the first to the last frame
    that the detector calls speech; of nothing where it calls none so."""
    detector, log = make_detector(VadConfig()), SpeechLog()
    spoken: list[int] = []
    for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = samples[start : start + FRAME_SAMPLES]
        is_speech = detector.is_speech(frame)
        log.append(start, level_db(frame), is_speech, detector.score, False)
        if is_speech:
            spoken.append(start)
    if not spoken:
        return Evidence(score=0.0)
    return log.evidence(spoken[0], spoken[-1] + FRAME_SAMPLES)


class Ear:
    """`whisper` as `conversation` sets it up."""

    def __init__(self, whisper: Whisper, conversation: Conversation) -> None:
        self._whisper: Any = whisper
        self._conversation = conversation

    def hear(self, cut: Cut, *, fused: bool = True) -> Heard:
        """The words of a cut; without `fused` no phrases are scored."""
        whisper, talk = self._whisper, self._conversation
        whisper.count_expected = talk.count_own_words
        candidates = talk.candidates if fused else _nothing
        scored = 0

        def counted(heard: Sequence[str]) -> Sequence[str]:
            nonlocal scored
            phrases = candidates(heard)
            scored += len(phrases)
            return phrases

        whisper.candidates = counted
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        result = whisper.transcribe(cut.samples, lambda: False)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        free: Transcript = replace(result, text=result.free or result.text, free="", margin=0.0)
        found = evidence_of(cut.samples)
        drop = is_noise(result, found)
        return Heard(
            text="" if drop else result.text,
            free="" if is_noise(free, found) else free.text,
            drop=drop,
            phrases=scored,
            avg_logprob=result.avg_logprob,
            wall_s=wall_s,
            cpu_s=cpu_s,
        )

    def decide(self, text: str) -> Decision | None:
        """What the conversation does with a text, as the first of a conversation."""
        return self._conversation.decide(text) if text else None


def _nothing(heard: Sequence[str]) -> Sequence[str]:
    """No phrase competes."""
    return ()
