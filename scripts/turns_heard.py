"""What detector, tracker and recogniser make of a recording, without engine, judge and answer.

Shared by the scripts that measure hearing. A turn ends with a pause of half a second, and its words
are those of the sound up to the beginning of that pause, as in the engine.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.vad import make_detector
from assistant.config import TurnConfig, VadConfig
from assistant.hearing.transcribe import Whisper
from assistant.messages import (
    FRAME_SAMPLES,
    AudioFrame,
    Evidence,
    Float32Array,
    Int16Array,
    Transcript,
    TurnDecision,
    Utterance,
)
from assistant.turn.tracker import TurnTracker

PAUSE_MS = 500
_NOTHING = np.zeros(FRAME_SAMPLES, np.int16)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardTurn:
    """One turn: sample indices of its speech, its words and what the sound says of it."""

    speech_start: int
    speech_end: int
    transcript: Transcript
    evidence: Evidence


def labels(data: Path, folder: str) -> list[dict[str, str]]:
    """The rows of `labels.tsv` of one folder that are 16 kHz and mono."""
    with (data / "labels.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        row
        for row in rows
        if row["file"].startswith(f"{folder}/")
        and (row["rate_hz"], row["channels"]) == ("16000", "1")
    ]


def heard_turns(sound: Int16Array, whisper: Whisper) -> list[HeardTurn]:
    """The turns in int16[n] at 16 kHz, ended and not discarded."""
    detector = make_detector(VadConfig())
    tracker = TurnTracker(TurnConfig(endpointing="timer", timer_ms=PAUSE_MS))
    turns: list[HeardTurn] = []
    paused: Utterance | None = None
    for start in range(0, len(sound) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        samples = sound[start : start + FRAME_SAMPLES]
        is_speech = detector.is_speech(samples)
        frame = AudioFrame(samples=samples, index=start, played=_NOTHING)
        decision = tracker.step(frame, is_speech, detector.score)
        if decision in (TurnDecision.STARTED, TurnDecision.SPECULATE):
            paused = tracker.utterance() if decision is TurnDecision.SPECULATE else None
        elif decision is TurnDecision.COMMIT:
            whole = tracker.utterance()
            transcript = whisper.transcribe((paused or whole).samples, lambda: False)
            assert transcript is not None
            turns.append(
                HeardTurn(
                    speech_start=whole.speech_start_sample,
                    speech_end=whole.speech_end_sample,
                    transcript=transcript,
                    evidence=(paused or whole).evidence,
                )
            )
    return turns


def with_silence(sound: Float32Array, before_s: float = 1.0, after_s: float = 1.2) -> Float32Array:
    """float32[n] between two stretches of faint hiss (-80 dBFS)."""
    random = np.random.default_rng(1)
    before, after = (
        random.normal(0, 1e-4, round(seconds * 16_000)).astype(np.float32)
        for seconds in (before_s, after_s)
    )
    return np.concatenate([before, sound, after])
