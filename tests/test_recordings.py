"""The real engine on real recordings: every question is answered, noise is not."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.playing import Player
from assistant.audio.recording import read_recording
from assistant.config import Config
from assistant.engine.engine import Stages
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, TurnRecord
from assistant.trace import Trace
from assistant.updates import Heard, TurnDropped, TurnEnded, Update

pytestmark = [pytest.mark.models, pytest.mark.data]

TALKING = {
    # recordings of the noise folder in which people talk, sing or call out: an answer is no error
    "music_198-209-0000",
    "music_3436-172162-0000",
    "music_5703-47212-0000",
    "music_Karissa_Hobbs_-_Lets_Go_Fishin",
}


def labels(data: Path, folder: str) -> list[dict[str, str]]:
    with (data / "labels.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [row for row in rows if row["file"].startswith(f"{folder}/")]


def play(
    stages: Stages, sound: Int16Array, *, fast: bool
) -> tuple[list[TurnRecord], list[Update], Int16Array]:
    updates: list[Update] = []
    player = Player(config=Config(), stages=stages, trace=Trace(None), fast=fast)
    device = player.play(sound, updates.append, record=True)
    turns = [update.record for update in updates if isinstance(update, TurnEnded)]
    return turns, updates, device.recording()[1]


def test_every_question_is_heard_committed_and_answered(stages: Stages, data: Path) -> None:
    """All of them, as one conversation, in lockstep (the real-time figures are in docs)."""
    stages.text.forget()
    rows = labels(data, "questions")
    assert len(rows) == 31
    reopened = 0
    for row in rows:
        turns, updates, played = play(stages, read_recording(data / row["file"]), fast=True)
        assert turns, f"no turn in {row['file']}"
        for turn in turns:
            assert turn.transcript, row["file"]
            assert turn.reply, row["file"]
            assert turn.first_audio_s is not None
            assert turn.commit_s <= turn.first_audio_s
            if turn.turn == 1 and not turn.reopened:  # who went on may have heard a beginning
                assert not played[: int(turn.commit_s * SAMPLE_RATE_HZ)].any()
        reopened += sum(turn.reopened for turn in turns)
        assert [u.text for u in updates if isinstance(u, Heard)][-1] == turns[-1].transcript
    assert reopened <= 2, "two sentences in one breath are taken for two turns more often"


@pytest.mark.alone
@pytest.mark.parametrize("number", [3, 10, 18, 25])
def test_in_real_time_the_record_agrees_with_the_recording(
    stages: Stages, data: Path, number: int
) -> None:
    stages.text.forget()
    row = labels(data, "questions")[number]
    turns, _, played = play(stages, read_recording(data / row["file"]), fast=False)
    heard = np.flatnonzero(np.abs(played.astype(np.int32)) >= 0.006 * 32768)
    assert turns[0].first_audio_s == pytest.approx(heard[0] / SAMPLE_RATE_HZ, abs=0.002)


def test_noise_gets_almost_no_answer(stages: Stages, data: Path) -> None:
    """33 minutes of kitchen, home, typing and music; docs/TURNS.md names what is answered."""
    answered: list[tuple[str, str]] = []
    dropped = 0
    for row in labels(data, "noise"):
        sound = np.concatenate([read_recording(data / row["file"]), np.zeros(16_000, np.int16)])
        turns, updates, _ = play(stages, sound, fast=True)
        dropped += sum(isinstance(update, TurnDropped) for update in updates)
        if Path(row["file"]).stem not in TALKING:
            answered += [(row["file"], turn.transcript) for turn in turns]
    print(f"\n{len(answered)} answers, {dropped} turns dropped: {answered}")
    assert len(answered) <= 5, answered
