"""A microphone that is the speaker's own monitor: known by its sound, told, and never answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.messages import SAMPLE_RATE_HZ, Int16Array
from tests.pulse import Pulse, missing_tools
from tests.test_pulse_run import Program

pytestmark = [
    pytest.mark.pulse,
    pytest.mark.models,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

_LOADING_S = 120

Say = Callable[..., Int16Array]


@pytest.fixture
def pulse() -> Iterator[Pulse]:
    with Pulse() as server:
        yield server


def heard_words(program: Program) -> list[str]:
    return [line for line in program.out if line.startswith("you: ")]


def hiss(seconds: float) -> Int16Array:
    rng = np.random.default_rng(1)
    return rng.normal(0, 40, round(seconds * SAMPLE_RATE_HZ)).astype(np.int16)


@pytest.mark.parametrize("volume_db", [0.0, -12.0, -24.0])
def test_it_does_not_answer_itself_and_says_why_it_hears_nobody(
    pulse: Pulse, tmp_path: Path, say: Say, volume_db: float
) -> None:
    question = np.pad(say("Tell me a joke."), (0, SAMPLE_RATE_HZ))
    pulse.set_monitor_volume(volume_db)
    env = {**pulse.env, "PULSE_SOURCE": "speaker.monitor"}
    with Program(env, tmp_path, "run", "--lines") as program:
        program.wait_for("listening; Ctrl", _LOADING_S)
        pulse.play_aloud(question)  # another program asks, through the speaker
        told = program.wait_for("N-MONITOR")
        assert "Plug a microphone in or choose another" in told
        answer = program.wait_for(r"^assistant \[")
        assert re.match(r"assistant \[precomputed, \d+ ms\]: \w", answer), "it was interrupted"
        pulse.play_aloud(question)  # nobody can be heard now, it is left out
        assert program.interrupt() == 0
        assert len(heard_words(program)) == 1
        assert sum(line.startswith("assistant [") for line in program.out) == 1
        assert sum("N-MONITOR" in line for line in program.out) == 1


def test_a_microphone_that_gives_way_to_the_monitor_is_noticed_and_taken_again(
    pulse: Pulse, tmp_path: Path, say: Say
) -> None:
    second_of_silence = (0, SAMPLE_RATE_HZ)
    with Program(pulse.env, tmp_path, "run", "--lines") as program:
        program.wait_for("listening; Ctrl", _LOADING_S)
        pulse.play_samples(np.pad(say("What time is it?"), second_of_silence))
        program.wait_for(r"^assistant \[")
        pulse.move_microphone_to_monitor()
        pulse.play_aloud(np.pad(say("Tell me a joke."), second_of_silence))
        program.wait_for("N-MONITOR")
        answer = program.wait_for(r"^assistant \[")
        assert re.match(r"assistant \[precomputed, \d+ ms\]: \w", answer), "it was interrupted"
        words = len(heard_words(program))
        pulse.move_monitor_to_microphone()
        pulse.play_samples(hiss(4.0))
        program.wait_for("N-MICROPHONE-BACK")
        pulse.play_samples(np.pad(say("What time is it?"), second_of_silence))
        program.wait_for(r"^you: .*what time")
        program.wait_for(r"^assistant \[tool, \d+ ms\]: \w")
        assert program.interrupt() == 0
        assert len(heard_words(program)) == words + 1
