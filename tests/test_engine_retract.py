"""A clause that is taken back before it has sounded is never heard, to the exact frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from assistant.audio.script import Segment
from assistant.messages import FRAME_SAMPLES, Float32Array, Reply, TurnRecord, Weighing
from assistant.talk.decision import GUARDED, Decision, Speaking
from tests.scripted import FRAME_S, Echoing, Humming, SampleClock, Session, drawn

TURN = "." * 20 + "#" * 30 + "."
"""Complete with frame 69: the answer sounds from frame 70 on."""


@dataclass
class TakingBack(Echoing):
    """Gives `first`, `second`, and after `cost_frames` more what takes the second back."""

    clock: SampleClock = field(default_factory=SampleClock)
    cost_frames: int = 0
    between: tuple[str, ...] = ()

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        yield Reply(text="first", source="model", why="scripted")
        for text in self.between:
            yield Reply(text=text, source="model", why="scripted")
        second = Reply(text="one two three four", source="model", why="scripted")
        yield second
        self.clock.spend(self.cost_frames, speaking.should_stop)
        why = f"{GUARDED}test"
        yield Reply(text="third", source="guardrail", why=why, takes_back=(second,))


def played(cost_frames: int, voice_frames: int = 0) -> tuple[Session, TurnRecord]:
    """The session and its turn; each clause is 20 frames long."""
    voice = Humming(cost_frames=voice_frames)
    session = Session(voice=voice, text=TakingBack(clock=voice.clock, cost_frames=cost_frames))
    (turn,) = session.run(Segment(samples=drawn(TURN)))
    assert turn.first_audio_s == pytest.approx(70 * FRAME_S, abs=1e-3)
    return session, turn


@pytest.mark.parametrize("voice_frames", [0, 2])
def test_a_clause_that_waits_is_taken_back_whole(voice_frames: int) -> None:
    session, turn = played(cost_frames=0, voice_frames=voice_frames)
    assert turn.reply == "first third"
    assert turn.reply_end_s == pytest.approx((70 + 40) * FRAME_S, abs=1e-3)
    assert session.text.remembered == [("0.60", "first third")]
    assert turn.steps[-1].as_json() == {
        "part": "answer guard",
        "verdict": "took",
        "score": None,
        "why": "test",
    }


def test_a_clause_that_sounds_ends_in_a_fade_and_only_its_words_are_known() -> None:
    session, turn = played(cost_frames=50)
    assert turn.reply == "first one two third"
    assert turn.reply_end_s is not None
    begun = round(turn.reply_end_s / FRAME_S - 20, 1)
    assert begun == pytest.approx(101.4), "the third clause begins behind a fade of 8 ms"
    sound = session.played.astype(np.int32)
    edge = np.abs(np.diff(sound[71 * FRAME_SAMPLES : int(101.3 * FRAME_SAMPLES)])).max()
    assert edge <= np.abs(np.diff(sound[75 * FRAME_SAMPLES : 85 * FRAME_SAMPLES])).max()
    assert session.text.remembered == [("0.60", "first one two third")]


def test_a_clause_that_has_sounded_stays_said() -> None:
    _, turn = played(cost_frames=70)
    assert turn.reply == "first one two three four third"
    assert turn.reply_end_s is not None


@dataclass
class Slow(Humming):
    """Speaks in ten pieces of 0.4 s, each of which costs 20 frames."""

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        for _ in range(10):
            self.clock.spend(20, should_stop)
            yield from super().synthesise(text, should_stop)


@dataclass
class TakingBackOne(TakingBack):
    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        only = Reply(text=" ".join("abcdefghij"), source="model", why="scripted")
        yield only
        self.clock.spend(self.cost_frames, speaking.should_stop)
        why = f"{GUARDED}test"
        yield Reply(text="", source="guardrail", why=why, takes_back=(only,))


def test_of_a_clause_that_is_still_being_made_only_what_can_have_sounded_is_known() -> None:
    voice = Slow()
    session = Session(voice=voice, text=TakingBackOne(clock=voice.clock, cost_frames=45))
    (turn,) = session.run(Segment(samples=drawn(TURN)))
    assert 1 <= len(turn.reply.split()) <= 4, "of four seconds with ten words, one was heard"


@dataclass
class Listed(Humming):
    """Keeps what it was asked to say."""

    texts: list[str] = field(default_factory=list)

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        self.texts.append(text)
        return super().synthesise(text, should_stop)


def test_the_voice_is_not_asked_for_what_is_taken_back_before_its_turn() -> None:
    voice = Listed(cost_frames=10)
    text = TakingBack(clock=voice.clock, between=("between",))
    session = Session(voice=voice, text=text)
    (turn,) = session.run(Segment(samples=drawn(TURN)))
    assert turn.reply == "first between third"
    assert voice.texts[-3:] == ["first", "between", "third"]
