"""Requests that are typed: turns of the same session, to the exact frame."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.audio.script import Segment
from assistant.config import BargeInConfig
from assistant.engine.engine import Engine
from assistant.engine.hands import HandsThread
from assistant.engine.typed import LONGEST, cleaned
from assistant.errors import InputError
from assistant.messages import Reply, State, Weighing
from assistant.talk.decision import Decision, Effect, Speaking
from assistant.talk.talk import Talk
from assistant.updates import Heard, Saying, StateChanged, TurnDropped
from tests.scripted import FRAME_S, TIMER, Echoing, Humming, SampleClock, Session, Words, drawn

QUIET = Segment(samples=drawn("." * 60))
SPOKEN = Segment(samples=drawn("#" * 20 + "." * 60))


def typing(*texts: str) -> Callable[[Engine], None]:
    """Sends these lines, one right after the other."""

    def send(engine: Engine) -> None:
        for text in texts:
            engine.submit_text(text)

    return send


def frames(seconds: float | None) -> float:
    assert seconds is not None
    return round(seconds / FRAME_S, 3)


def floor_of(session: Session) -> list[str]:
    return [
        f"{row['what']} -> {row['holding']}"
        for row in session.lines.rows
        if row["event"] == "floor" and row["holding"]
    ]


# -- like a spoken one ------------------------------------------------------------------------


def test_a_typed_line_is_decided_committed_spoken_and_remembered() -> None:
    session = Session()
    (turn,) = session.run(QUIET, commands={10: typing("what time is it")})
    assert (turn.turn, turn.transcript, turn.reply) == (
        1,
        "what time is it",
        "you said what time is it 0",
    )
    assert turn.is_typed
    assert turn.as_json()["typed"] is True
    assert session.text.log == ["did what time is it"]
    assert session.text.remembered == [("what time is it", "you said what time is it 0")]
    assert session.words.calls == []
    assert [u.text for u in session.updates if isinstance(u, Heard)] == ["what time is it"]
    assert [u.text for u in session.updates if isinstance(u, Saying)] == [turn.reply]


def test_it_is_complete_at_once_and_sounds_with_the_next_frame() -> None:
    (turn,) = Session().run(QUIET, commands={10: typing("hello")})
    assert [frames(at) for at in (turn.speech_start_s, turn.speech_end_s, turn.commit_s)] == [
        10.0
    ] * 3
    assert frames(turn.first_audio_s) == pytest.approx(11.0, abs=0.5)
    assert turn.latency_ms is not None
    assert sum(turn.stages_ms.values()) == pytest.approx(turn.latency_ms, abs=0.1)
    assert "transcript" not in turn.stages_ms
    assert turn.takes == 1


def test_it_is_one_turn_among_the_spoken_ones() -> None:
    session = Session()
    turns = session.run(
        SPOKEN, Segment(samples=drawn("#" * 30 + "." * 60)), commands={70: typing("typed")}
    )
    assert [(turn.turn, turn.transcript, turn.is_typed) for turn in turns] == [
        (1, "0.40", False),
        (2, "typed", True),
        (3, "0.60", False),
    ]
    assert len({turn.turn for turn in turns}) == 3


def test_it_is_answered_while_muted_and_the_microphone_stays_off() -> None:
    session = Session()
    turns = session.run(
        Segment(samples=drawn("#" * 90)),
        commands={1: lambda engine: engine.set_muted(True), 30: typing("typed")},
    )
    assert [turn.transcript for turn in turns] == ["typed"]
    states = [u.state for u in session.updates if isinstance(u, StateChanged)]
    assert states == [
        State.LISTENING,
        State.MUTED,
        State.THINKING,
        State.SPEAKING,
        State.MUTED,
        State.STOPPED,
    ]


def test_it_is_answered_while_nobody_holds_the_key_to_talk() -> None:
    turns = Session().run(
        Segment(samples=drawn("#" * 90)),
        commands={1: lambda engine: engine.set_push_to_talk(True), 30: typing("typed")},
    )
    assert [turn.transcript for turn in turns] == ["typed"]


# -- who may speak ----------------------------------------------------------------------------


def test_it_stops_the_voice_in_the_frame_in_which_it_comes() -> None:
    session = Session(text=Echoing(clauses=3), voice=Humming(seconds=1.5))
    first, second = session.run(SPOKEN, commands={90: typing("enough")})
    assert (first.transcript, first.interrupted) == ("0.40", True)
    assert first.reply.startswith("you said 0.40")
    assert frames(first.reply_end_s) == pytest.approx(91.0, abs=1.0)
    assert (second.transcript, frames(second.commit_s)) == ("enough", 90.0)
    assert session.text.remembered[0] == ("0.40", first.reply)
    assert session.text.log == ["did 0.40", "did enough"]
    assert "a request was typed -> pending" in floor_of(session)


def test_it_stops_the_voice_also_where_speech_may_not() -> None:
    config = dataclasses.replace(TIMER, barge_in=BargeInConfig(enabled=False))
    first, second = Session(config=config, voice=Humming(seconds=3.0)).run(
        SPOKEN, commands={90: typing("enough")}
    )
    assert (first.interrupted, second.transcript) == (True, "enough")


def test_half_a_sentence_that_is_being_spoken_gives_way_and_is_told() -> None:
    session = Session()
    (turn,) = session.run(
        Segment(samples=drawn("#" * 20 + "." * 60)), commands={25: typing("typed")}
    )
    assert (turn.transcript, turn.turn, frames(turn.commit_s)) == ("typed", 2, 25.0)
    assert [u.turn for u in session.updates if isinstance(u, TurnDropped)][:1] == [1]


def test_over_speech_into_the_answer_both_give_way() -> None:
    session = Session(voice=Humming(seconds=3.0))
    first, second = session.run(
        Segment(samples=drawn("#" * 20 + "." * 60 + "#" * 10 + "." * 60)),
        commands={86: typing("typed")},
    )
    assert (first.interrupted, second.transcript, second.interrupted) == (True, "typed", False)
    loud = abs(session.played[round((second.first_audio_s or 0) * 16000) + 640 :]).max()
    assert loud > 15000, "the voice is turned up again"


def test_speech_over_its_answer_interrupts_it_and_is_no_second_half_of_it() -> None:
    session = Session(voice=Humming(seconds=3.0))
    first, second = session.run(
        Segment(samples=drawn("." * 20 + "#" * 30 + "." * 60)), commands={10: typing("typed")}
    )
    assert (first.transcript, first.interrupted) == ("typed", True)
    assert (second.transcript, second.reopened) == ("0.60", 0)
    assert session.text.log == ["did typed", "did 0.60"], "what was done stays done"


def test_speech_before_its_first_sound_is_a_turn_of_its_own() -> None:
    session = Session(voice=Humming(cost_frames=60))
    first, second = session.run(
        Segment(samples=drawn("." * 14 + "#" * 30 + "." * 90)), commands={10: typing("typed")}
    )
    assert (first.transcript, first.reply, first.interrupted) == ("typed", "", True)
    assert (second.transcript, second.interrupted) == ("0.60", False)
    assert session.text.log == ["did typed", "did 0.60"]


@dataclass
class Pondering(Echoing):
    """Decides what is typed in 40 frames of the session, and anything else at once."""

    clock: SampleClock = field(default_factory=SampleClock)
    error: Exception | None = None

    def decide(
        self, text: str, turn: int, played: tuple[int, str, str] | None, *_: object
    ) -> Decision | None:
        if "typed" in text:
            self.clock.spend(40)
            if self.error is not None:
                raise self.error
        return super().decide(text, turn, played)


def pondering(error: Exception | None = None) -> Session:
    clock = SampleClock()
    return Session(
        text=Pondering(clock=clock, error=error),
        words=Words(lambda seconds: f"{seconds:.2f}", clock=clock),
    )


@pytest.mark.parametrize("spoken", ["#" * 20, "#" * 8])
def test_speech_before_it_is_decided_silences_it_and_it_is_done(spoken: str) -> None:
    session = pondering()
    first, second = session.run(
        Segment(samples=drawn("." * 14 + spoken + "." * 90)), commands={10: typing("typed")}
    )
    assert (first.transcript, first.name, first.reply) == ("typed", "typed", "")
    assert (first.interrupted, first.first_audio_s) == (True, None)
    heard = f"{len(spoken) * FRAME_S:.2f}"
    assert (second.transcript, second.reply) == (heard, f"you said {heard} 0")
    assert session.text.log == ["did typed", f"did {heard}"]
    until = round((second.first_audio_s or 0) * 16000)
    assert until >= 50 * 320
    assert not session.played[:until].any(), "of the first nothing sounds"


def test_noise_before_it_is_decided_leaves_it_to_be_done() -> None:
    session = pondering()
    session.drop = lambda transcript, ms: "noise"
    (turn,) = session.run(
        Segment(samples=drawn("." * 14 + "#" * 8 + "." * 90)), commands={10: typing("typed")}
    )
    assert (turn.transcript, turn.interrupted) == ("typed", True)
    assert session.text.log == ["did typed"]


def test_another_line_before_it_is_decided_comes_after_it() -> None:
    session = pondering()
    turns = session.run(
        Segment(samples=drawn("." * 14 + "#" * 20 + "." * 120)),
        commands={10: typing("typed"), 33: typing("two"), 34: typing("three")},
    )
    assert [turn.transcript for turn in turns] == ["typed", "two", "three"]
    assert session.text.log == ["did typed", "did two", "did three"]


def test_a_failure_ends_one_that_was_silenced() -> None:
    session = pondering(RuntimeError("broken"))
    first, second = session.run(
        Segment(samples=drawn("." * 14 + "#" * 20 + "." * 90)), commands={10: typing("typed")}
    )
    assert (first.transcript, first.reply, second.transcript) == ("typed", "", "0.40")
    assert session.text.log == ["did 0.40"]


def test_a_key_before_its_first_sound_takes_it_back() -> None:
    session = Session(voice=Humming(cost_frames=60))
    turns = session.run(
        QUIET, commands={10: typing("typed"), 20: lambda engine: engine.stop_talking()}
    )
    assert turns == []
    assert session.text.log == ["did typed", "undid typed"]
    assert [u.turn for u in session.updates if isinstance(u, TurnDropped)] == [1]


def test_an_announcement_that_nobody_heard_is_said_after_it() -> None:
    text = Echoing(announcements=["Your timer is done."])
    session = Session(text=text, voice=Humming(cost_frames=40))
    turns = session.run(Segment(samples=drawn("." * 120)), commands={40: typing("typed")})
    assert [turn.reply for turn in turns] == ["you said typed 0", "Your timer is done."]
    assert not any(turn.interrupted for turn in turns)


# -- several ----------------------------------------------------------------------------------


def test_of_several_lines_each_is_decided_and_done() -> None:
    session = Session()
    turns = session.run(QUIET, commands={10: typing("one", "two", "three")})
    assert [turn.transcript for turn in turns] == ["one", "two", "three"]
    assert session.text.log == ["did one", "did two", "did three"]
    assert turns[-1].reply == "you said three 0"
    assert [turn.interrupted for turn in turns] == [True, True, False]


@dataclass
class Writing(Echoing):
    """What is decided waits for a write, which takes until it is `released`."""

    hands: HandsThread = field(default_factory=HandsThread)
    released: threading.Event = field(default_factory=threading.Event)
    written: list[str] = field(default_factory=list)

    def decide(
        self, text: str, turn: int, played: tuple[int, str, str] | None, *_: object
    ) -> Decision | None:
        def write() -> None:
            self.released.wait(5.0)
            self.written.append(text)

        effect = Effect(name=text, run=write)
        return Decision(name=text, source="tool", why="scripted", after=Talk(), waits=effect)

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        assert decision.waits is not None
        if speaking.wait():
            speaking.run(decision.waits)
            yield Reply(text=f"wrote {text}", source="tool", why="scripted")


def test_a_line_waits_for_the_write_before_it() -> None:
    text = Writing()
    session = Session(text=text, hands=text.hands, voice=Humming(seconds=2.0))

    def release(engine: Engine) -> None:
        text.released.set()

    def send_both(engine: Engine) -> None:
        typing("one", "two")(engine)
        release(engine)

    first, second = session.run(QUIET, commands={10: send_both})
    assert text.written == ["one", "two"]
    assert (first.transcript, second.transcript) == ("one", "two")
    assert second.reply == "wrote two"


@given(
    picture=st.text(alphabet="####......", min_size=20, max_size=200),
    at=st.lists(st.integers(1, 150), min_size=1, max_size=4),
    cost_frames=st.integers(0, 40),
)
@settings(max_examples=25, deadline=None)
def test_whoever_speaks_each_line_is_done_once_and_is_a_turn(
    picture: str, at: list[int], cost_frames: int
) -> None:
    lines: dict[int, list[str]] = {}
    for number, frame in enumerate(at):
        lines.setdefault(frame, []).append(f"typed {number}")
    session = Session(voice=Humming(cost_frames=cost_frames))
    turns = session.run(
        Segment(samples=drawn(picture)),
        commands={frame: typing(*texts) for frame, texts in lines.items()},
    )
    wanted = [text for frame in sorted(lines) for text in lines[frame]]
    assert [line for line in session.text.log if "typed" in line] == [
        f"did {text}" for text in wanted
    ]
    assert [turn.transcript for turn in turns if turn.is_typed] == wanted
    numbers = [turn.turn for turn in turns]
    assert numbers == sorted(set(numbers))


# -- what is typed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  what  time\tis it \n", "what time is it"),
        ("\x1b[31mred\x07\x1b]0;title\x07", "[31mred ]0;title"),
        ("a\u202eb\u200bc\ud800d", "abcd"),
        ("café 北京 🙂", "café 北京 🙂"),
        ("\x00\x1b\u200b", ""),
    ],
)
def test_characters_that_cannot_be_seen_are_gone(typed: str, line: str) -> None:
    assert cleaned(typed) == line


def test_the_turn_has_the_cleaned_line_and_an_empty_one_is_no_turn() -> None:
    session = Session()
    (turn,) = session.run(QUIET, commands={10: typing("\x1b[2Jred", " \x07 ", "")})
    assert turn.transcript == "[2Jred"
    assert floor_of(session)[:1] == ["a request was typed -> pending"]
    assert floor_of(session).count("a request was typed -> pending") == 1


def test_a_line_that_is_too_long_is_refused_with_the_next_step() -> None:
    assert cleaned("a" * LONGEST) == "a" * LONGEST
    with pytest.raises(InputError) as refused:
        cleaned("a" * (LONGEST + 1))
    assert (refused.value.code, refused.value.next_step) == ("E-INPUT", "send it in parts")
    assert "1001" in refused.value.what
