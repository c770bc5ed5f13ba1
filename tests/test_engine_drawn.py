"""Drawn sessions whose every line is recorded (tests/golden): who held the floor, frame by frame.

Each draws one way in which people and the assistant meet. What is right about them is tested to the
frame elsewhere; here it is only that nothing changes unseen.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest

from assistant.audio.script import AfterAnswer, DuringAnswer, Segment
from assistant.config import Config, TurnConfig
from assistant.engine.engine import Engine
from assistant.messages import Transcript
from tests import golden
from tests.scripted import TIMER, Echoing, Humming, Judge, LoudnessDetector, Session, Words, drawn

JUDGED = Config(turn=TurnConfig(speculate_ms=60, shortest_wait_ms=200, longest_wait_ms=1000))

Commands = dict[int, Callable[[Engine], None]]


def named(words: dict[float, str], other: str = "what is the time") -> Words:
    """Transcribes speech of about so many seconds as these words."""

    def transcribe(seconds: float) -> str:
        return next((text for about, text in words.items() if abs(about - seconds) < 0.05), other)

    return Words(transcribe)


def no_words(transcript: Transcript, speech_ms: float) -> str | None:
    return None if transcript.text else "no words"


def over(picture: str, after_ms: float) -> Segment:
    """Speech over the answer to what was said before."""
    return Segment(samples=drawn(picture), starts=DuringAnswer(after_ms=after_ms))


ASKED = Segment(samples=drawn("." * 10 + "#" * 25))


def test_a_long_interruption() -> None:
    Session(text=Echoing(clauses=4), voice=Humming(seconds=1.0)).run(
        ASKED, over("#" * 45, 1800), tail_s=1.0
    )


def test_a_short_no_over_the_answer() -> None:
    session = Session(words=named({0.24: "No."}), voice=Humming(seconds=4.0))
    session.run(ASKED, over("#" * 12, 2000), tail_s=1.0)


def test_a_backchannel_over_the_answer() -> None:
    session = Session(words=named({0.24: "Mhm."}), voice=Humming(seconds=4.0))
    session.run(ASKED, over("#" * 12, 2000), tail_s=1.0)


def test_words_over_the_answer_that_are_late() -> None:
    words = named({0.24: "No."})
    words.cost_frames = 40
    session = Session(words=words, voice=Humming(seconds=4.0))
    session.run(ASKED, over("#" * 12 + "." * 30 + "#" * 12, 2000), tail_s=1.0)


def test_words_over_the_end_of_the_answer() -> None:
    words = named({0.24: "No."})
    words.cost_frames = 30
    session = Session(words=words, voice=Humming(seconds=1.0))
    session.run(ASKED, over("#" * 12, 700), tail_s=1.0)


def test_coughs_before_and_over_the_answer() -> None:
    session = Session(
        words=named({0.1: "", 0.16: ""}), drop=no_words, voice=Humming(seconds=3.0, cost_frames=40)
    )
    coughs = drawn("#" * 25 + "." * 30 + "#" * 5 + "." * 60 + "#" * 8 + "." * 40 + "#" * 8)
    session.run(Segment(samples=coughs), tail_s=1.0)


def test_going_on_again_and_again() -> None:
    Session(voice=Humming(seconds=1.0)).run(
        Segment(samples=drawn(("#" * 15 + "." * 24) * 6 + "#" * 15)), tail_s=1.0
    )


def test_going_on_before_the_answer_again_and_again() -> None:
    Session(voice=Humming(cost_frames=40)).run(
        Segment(samples=drawn(("#" * 15 + "." * 28) * 4 + "#" * 15)), tail_s=1.0
    )


def test_announcements_between_and_under_turns() -> None:
    session = Session(voice=Humming(seconds=0.8, cost_frames=10))

    def announce(engine: Engine) -> None:
        session.text.announcements = ["The eggs.", "The bread."]

    session.run(
        Segment(samples=drawn("." * 20 + "#" * 40 + "." * 150 + "#" * 20)),
        commands={30: announce, 130: announce},
        tail_s=1.5,
    )


def test_an_announcement_that_is_interrupted() -> None:
    session = Session(voice=Humming(seconds=3.0), text=Echoing(announcements=["The eggs."]))
    session.run(Segment(samples=drawn("." * 80 + "#" * 30)), tail_s=1.0)


def test_keys_at_any_time() -> None:
    session = Session(voice=Humming(seconds=1.5))
    commands: Commands = {
        20: lambda e: e.stop_talking(),
        95: lambda e: e.stop_talking(),
        120: lambda e: e.set_muted(True),
        150: lambda e: e.set_muted(False),
        170: lambda e: e.clear(),
    }
    session.run(
        Segment(samples=drawn("#" * 40 + "." * 10 + "#" * 20 + "." * 40 + "#" * 60 + "." * 60)),
        commands=commands,
        tail_s=1.0,
    )


def test_the_talk_key_over_an_answer() -> None:
    session = Session(voice=Humming(seconds=2.0))
    commands: Commands = {
        1: lambda e: e.set_push_to_talk(True),
        5: lambda e: e.hold_to_talk(True),
        45: lambda e: e.hold_to_talk(False),
        80: lambda e: e.hold_to_talk(True),
        120: lambda e: e.hold_to_talk(False),
    }
    session.run(Segment(samples=drawn("#" * 30 + "." * 60 + "#" * 25)), commands=commands)


def test_pauses_of_every_length_judged() -> None:
    judge = Judge(0.7, later=(0.97, 6), cost_frames=3)
    session = Session(config=JUDGED, judge=judge, text=Echoing(sentence_end=lambda text: 0.5))
    picture = "".join("#" * 14 + "." * pause for pause in (4, 9, 14, 19, 24, 29, 34))
    session.run(Segment(samples=drawn(picture)), tail_s=1.0)


def test_a_judge_and_words_that_are_slow() -> None:
    words = Words(lambda seconds: f"{seconds:.2f} and", cost_frames=8)
    session = Session(
        config=JUDGED,
        judge=Judge(0.9, cost_frames=12),
        words=words,
        detector=LoudnessDetector(lag_frames=5),
    )
    session.run(
        Segment(samples=drawn("#" * 20 + "." * 16 + "#" * 20 + "." * 60 + "#" * 15)), tail_s=1.0
    )


def test_without_speculation() -> None:
    turn = dataclasses.replace(TIMER.turn, speculation=False)
    session = Session(
        config=dataclasses.replace(TIMER, turn=turn),
        words=named({0.24: "", 0.5: "yes"}),
        drop=no_words,
        voice=Humming(seconds=2.0),
    )
    session.run(
        Segment(samples=drawn("#" * 12 + "." * 50 + "#" * 25)), over("#" * 30, 900), tail_s=1.0
    )


def test_a_conversation() -> None:
    session = Session(text=Echoing(clauses=2), voice=Humming(seconds=0.6))
    session.run(
        *(
            Segment(samples=drawn("#" * frames), starts=AfterAnswer(quiet_ms=quiet_ms))
            for frames, quiet_ms in ((15, 500), (25, 100), (40, 900), (12, 40))
        ),
        tail_s=1.0,
    )


@pytest.mark.parametrize("seed", range(6))
def test_anything(seed: int) -> None:
    """A minute of somebody who speaks as it comes."""
    chance = random.Random(seed)
    picture = ""
    while len(picture) < 700:
        picture += "#" * chance.randint(2, 50) + "." * chance.randint(2, 70)
    judged = seed % 2 == 1
    session = Session(
        config=JUDGED if judged else TIMER,
        judge=Judge(chance.choice([0.3, 0.8, 0.97])) if judged else None,
        words=named({0.2: "mhm", 0.1: "", 0.3: "no"}, other="something else"),
        drop=no_words,
        voice=Humming(seconds=chance.choice([0.4, 1.5]), cost_frames=chance.choice([0, 15])),
        text=Echoing(clauses=chance.choice([1, 3])),
        detector=LoudnessDetector(lag_frames=chance.choice([0, 3])),
    )
    commands: Commands = {chance.randint(100, 600): lambda e: e.stop_talking()}
    session.run(Segment(samples=drawn(picture)), commands=commands, tail_s=1.0)


def test_every_session_here_was_recorded() -> None:
    kept = golden.load()
    own = [name for name, value in globals().items() if name.startswith("test_")]
    assert golden.IS_WRITING or all(
        any(key.split("::")[1].split("[")[0] == name for key in kept) for name in own[:-1]
    )
