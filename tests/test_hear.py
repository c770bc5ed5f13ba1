"""The whole cascade with real models on made-up speech, in real time."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.assemble.playing import Player, wait_until_over
from assistant.audio.files import EchoPath, FileDevice
from assistant.audio.recording import read_recording, write_stereo
from assistant.audio.script import AfterAnswer, DuringAnswer, Segment
from assistant.config import Config
from assistant.engine.engine import Engine, Stages
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, TurnRecord
from assistant.trace import Trace
from assistant.updates import Heard, PartialHeard, TurnDropped, TurnEnded, Update

pytestmark = [pytest.mark.models, pytest.mark.alone]

Speak = Callable[..., Int16Array]
CONFIG = Config()


def converse(
    stages: Stages, *segments: Segment, echo: EchoPath | None = None
) -> tuple[list[TurnRecord], list[Update], FileDevice]:
    """One session in real time; its turns, all updates, and the device with the recording."""
    stages.text.forget()
    updates: list[Update] = []
    device = FileDevice(list(segments), record=True, echo=echo)
    engine = Engine(CONFIG, device, stages, updates.append, Trace(None))
    engine.start()
    wait_until_over(engine, device)
    engine.close()
    return [u.record for u in updates if isinstance(u, TurnEnded)], updates, device


def first_audible_s(played: Int16Array) -> float:
    """Where a listener hears the first sample, at -44 dBFS."""
    return float(np.flatnonzero(np.abs(played.astype(np.int32)) >= 0.006 * 32768)[0]) / 16_000


def test_a_greeting_is_answered_from_the_prepared_replies(stages: Stages, say: Speak) -> None:
    (turn,), _, device = converse(stages, Segment(samples=say("Hello there!")))
    assert turn.source == "precomputed"
    assert turn.reply
    assert turn.latency_ms is not None
    assert abs(first_audible_s(device.recording()[1]) - turn.first_audio_s) < 0.002
    assert sum(turn.stages_ms.values()) == pytest.approx(turn.latency_ms, abs=0.5)


def test_nothing_sounds_before_the_commit(stages: Stages, say: Speak) -> None:
    (turn,), _, device = converse(stages, Segment(samples=say("What time is it?")))
    assert turn.source == "tool"
    played = device.recording()[1]
    assert not played[: int(turn.commit_s * SAMPLE_RATE_HZ)].any()


def test_a_pause_within_a_sentence_is_one_turn(stages: Stages, say: Speak) -> None:
    sound = say("Please set a timer for", 700, "twenty minutes.")
    turns, updates, _ = converse(stages, Segment(samples=sound))
    assert [turn.source for turn in turns] == ["tool"]
    assert "20" in turns[0].transcript or "twenty" in turns[0].transcript.lower()
    assert "twenty minute" in turns[0].reply
    assert any(isinstance(update, PartialHeard) for update in updates), "seen while speaking"
    assert [u.text for u in updates if isinstance(u, Heard)][-1] == turns[0].transcript


def test_an_open_question_goes_to_the_model_and_can_be_interrupted(
    stages: Stages, say: Speak
) -> None:
    turns, _, _ = converse(
        stages,
        Segment(samples=say("Why is the sky blue?")),
        Segment(samples=say("Wait, what is the date today?"), starts=DuringAnswer(after_ms=1500)),
        Segment(samples=say("Can you repeat that?"), starts=AfterAnswer(quiet_ms=1000)),
    )
    assert turns[0].source == "model"
    assert turns[0].interrupted
    assert turns[0].reply_end_s < turns[1].speech_end_s
    assert turns[-1].reply == turns[-2].reply, "what was said last is said again"


def test_the_assistant_does_not_answer_its_own_echo(stages: Stages, say: Speak) -> None:
    echo = EchoPath(delay_ms=60, gain_db=-6)
    turns, _, _ = converse(stages, Segment(samples=say("Tell me what you can do.")), echo=echo)
    assert len(turns) == 1
    assert not turns[0].interrupted


@pytest.mark.parametrize("level", [0, 8, 60])
def test_silence_and_hiss_get_no_answer(stages: Stages, level: int) -> None:
    noise = np.random.default_rng(1).normal(0, level, 8 * SAMPLE_RATE_HZ).astype(np.int16)
    updates: list[Update] = []
    device = Player(config=CONFIG, stages=stages, trace=Trace(None), fast=True).play(
        noise, updates.append, record=True
    )
    assert not [u for u in updates if isinstance(u, (TurnEnded, TurnDropped, Heard))]
    assert not device.recording()[1].any()


def test_two_endpointings_differ_only_by_a_key(stages: Stages, say: Speak) -> None:
    timer = dataclasses.replace(
        CONFIG, turn=dataclasses.replace(CONFIG.turn, endpointing="timer", timer_ms=1500)
    )
    turns: list[TurnRecord] = []

    def keep(update: Update) -> None:
        if isinstance(update, TurnEnded):
            turns.append(update.record)

    for config in (CONFIG, timer):
        Player(config=config, stages=stages, trace=Trace(None), fast=True).play(
            say("What is the date today?"), keep
        )
    smart, timed = turns
    assert smart.source == timed.source == "tool"
    assert timed.commit_s - timed.speech_end_s == pytest.approx(1.5, abs=0.021)
    assert smart.commit_s - smart.speech_end_s < 1.0


def test_the_command_writes_json_lines_and_a_stereo_recording(tmp_path: Path, say: Speak) -> None:
    """Any rate and format in; the latency in the line is the latency in the recording."""
    sound = say("Hello there!")
    heard = tmp_path / "hello.flac"
    out = tmp_path / "out.wav"
    soundfile.write(heard, np.stack([sound, sound], axis=1), 16_000)
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "hear", str(heard), "--json", "--record", str(out)],
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    (line,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert line["file"] == str(heard)
    needed = {
        "turn", "speech_start_s", "speech_end_s", "commit_s", "first_audio_s", "reply_end_s",
        "transcript", "reply", "source", "name", "score", "slots", "steps", "why", "takes",
        "stages", "free", "margin",
    }  # fmt: skip
    assert needed <= line.keys()
    stereo, rate_hz = soundfile.read(out, dtype="int16")
    assert rate_hz == SAMPLE_RATE_HZ
    assert (stereo[: len(sound), 0] == sound).all()
    assert abs(first_audible_s(stereo[:, 1]) - line["first_audio_s"]) < 0.002


def test_a_file_that_is_no_recording_is_refused_before_anything_loads(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("not sound")
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "hear", str(text), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 6
    assert "E-INPUT" in done.stderr
    assert done.stdout == ""


def test_recordings_are_read_back_as_they_were_written(tmp_path: Path, say: Speak) -> None:
    sound = say("Hello.")
    write_stereo(tmp_path / "x.wav", sound, sound)
    assert (read_recording(tmp_path / "x.wav") == sound).all()
