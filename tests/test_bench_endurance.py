"""One long conversation: what is measured of each turn, and what is said of all of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from assistant.audio.resample import PlaybackResampler
from assistant.bench import endurance
from assistant.bench.arms import OURS, Arm
from assistant.bench.clips import Clip
from assistant.bench.endurance import Endurance, endure
from assistant.engine.ears import Senses
from assistant.engine.engine import Stages
from assistant.messages import FRAME_SAMPLES
from tests.scripted import (
    TIMER,
    Echoing,
    Humming,
    LoudnessDetector,
    PassThrough,
    Words,
    drawn,
)

PICTURE = "......####################..."
ONSET = PICTURE.rindex("#") + 1
"""The frame at which the speech of `PICTURE` has ended."""


def conversation(text: Echoing, turns: int) -> tuple[Endurance, list[str]]:
    stages = Stages(
        senses=Senses(canceller=PassThrough(), detector=LoudnessDetector(), judge=None),
        transcriber=Words(lambda seconds: f"{seconds:.1f}"),
        noise_rule=lambda transcript, speech_ms: None,
        text=text,
        voice=Humming(seconds=0.2),
        prepared=lambda text, rate_hz: None,
        resample=PlaybackResampler,
    )
    clip = Clip(name="a", kind="b", samples=drawn(PICTURE), onset=ONSET * FRAME_SAMPLES)
    said: list[str] = []
    found = endure(Arm(name=OURS, config=TIMER, stages=stages), [clip], turns, said.append)
    return found, said


def test_each_turn_has_its_time_and_the_conversation_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endurance, "MEMORY_EVERY_TURNS", 2)
    text = Echoing(remembered=[("before", "it began")])
    found, said = conversation(text, 3)
    assert said == ["turn 1 of 3", "turn 2 of 3", "turn 3 of 3"]
    assert len(text.remembered) == 3, "it begins without a history"
    waits = [ms for ms in found.latencies if ms is not None]
    assert len(waits) == 3
    assert min(waits) >= TIMER.turn.timer_ms, "no answer begins before its turn has ended"
    assert len(found.memory_mb) == 2, "after the second turn and at the end"


def test_early_and_late_turns_are_compared() -> None:
    latencies = np.arange(1.0, 201.0).tolist()
    latencies[-1] = None
    found = Endurance(latencies=tuple(latencies), memory_mb=(700.0, 710.0))
    assert found.as_dict() == {
        "turns": 200,
        "answered": 199,
        "p50_turns_5_to_25_ms": 15,
        "p50_last_20_turns_ms": 190,
        "resident_each_20_turns_mb": [700.0, 710.0],
    }
    assert dataclasses.replace(found, latencies=()).as_dict()["p50_last_20_turns_ms"] is None
