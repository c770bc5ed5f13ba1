"""Which questions a soak counts as asked while both devices were there, and as answered."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from pulled import Pull, Question, judged
from told import Line

SAID = [
    Line("you: What time is it?", 12.0),
    Line("assistant [tool, 300 ms]: It's five.", 14.0),
    Line("error: The microphone 'default' is gone. [N-MICROPHONE-LOST]", 20.5),
    Line("information: The microphone 'default' works. [N-MICROPHONE-BACK]", 31.0),
    Line("(not answered: no speech)", 45.0),
    Line("assistant [model, no sound]: Hm.", 62.0),
]
PULLS = [Pull("MICROPHONE", away_s=20.0, restoring_s=28.0, there_s=29.0)]


def asked(name: str, began_s: float, was_played: bool = True) -> Question:
    return Question(name, began_s, began_s + 2, began_s + 9, was_played)


def test_a_question_counts_when_both_devices_were_there_and_taken() -> None:
    questions = [
        asked("answered", 11.0),
        asked("cut off", 16.0),  # ends two seconds before the microphone goes
        asked("away", 22.0, was_played=False),
        asked("plugged in, not taken yet", 30.0),
        asked("dropped", 40.0),
        asked("without a sound", 55.0),
        asked("nothing", 70.0),
    ]
    found = judged(questions, PULLS, SAID)
    assert (found["asked"], found["asked_there"], found["answered_there"]) == (7, 4, 1)
    assert found["unanswered"] == [
        {"name": "dropped", "at_s": 29, "why": "not answered: no speech"},
        {"name": "without a sound", "at_s": 44, "why": "no sound"},
        {"name": "nothing", "at_s": 59, "why": "nothing"},
    ]
    assert (found["asked_plugged"], found["answered_plugged"]) == (5, 1)
    assert found["back_after_s"] == {"p50": 2.0, "max": 2.0}
    assert found["never_back"] == 0


def test_a_device_that_the_program_never_takes_again_is_counted() -> None:
    found = judged([asked("later", 40.0)], [Pull("both", 20.0, 28.0, 29.0)], SAID)
    assert (found["never_back"], found["asked_there"], found["asked_plugged"]) == (1, 0, 1)
