"""The core, to the exact frame: takes, gates, interruptions, reopened turns, failures."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assemble.playing import Player
from assistant.audio.script import AfterAnswer, DuringAnswer, Segment
from assistant.config import BargeInConfig
from assistant.errors import ModelError
from assistant.messages import Float32Array, Notice, State
from assistant.trace import Trace
from assistant.updates import Heard, Saying, StateChanged, TurnDropped
from tests.scripted import FRAME_S, TIMER, Echoing, Humming, Session, Words, drawn


def test_a_turn_is_answered_one_frame_after_its_commit() -> None:
    session = Session()
    (turn,) = session.run(Segment(samples=drawn("." * 20 + "#" * 30 + ".")))
    assert turn.transcript == "0.60"
    assert turn.reply == "you said 0.60 0"
    assert turn.speech_start_s == pytest.approx(20 * FRAME_S)
    assert turn.speech_end_s == pytest.approx(50 * FRAME_S)
    # 400 ms of silence are complete with frame 69; what is pulled then sounds from frame 70 on
    assert turn.commit_s == pytest.approx(70 * FRAME_S)
    assert turn.first_audio_s == pytest.approx(70 * FRAME_S, abs=1e-3)
    assert turn.reply_end_s == pytest.approx(turn.first_audio_s + 0.4, abs=1e-3)


def test_what_runs_beside_the_stages_outlives_a_recording() -> None:
    """The servers of tools are there for the next recording of `assistant hear`, too."""
    closed: list[str] = []
    stages = dataclasses.replace(Session().stages(), close=lambda: closed.append("closed"))
    player = Player(config=TIMER, stages=stages, trace=Trace(None), fast=True)
    for _ in range(2):
        player.play(drawn("." * 10 + "#" * 30 + "."), lambda update: None)
    assert closed == []


def test_the_record_agrees_with_the_recording() -> None:
    session = Session()
    (turn,) = session.run(Segment(samples=drawn("." * 20 + "#" * 30 + ".")))
    loud = np.flatnonzero(np.abs(session.played.astype(np.int32)) > 200)
    assert turn.first_audio_s == pytest.approx(loud[0] / 16000, abs=1e-3)
    assert sum(turn.stages_ms.values()) == pytest.approx(turn.latency_ms)


def test_a_pause_within_a_turn_costs_a_take_and_nothing_else() -> None:
    session = Session()
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 10 + "#" * 20)))
    assert turn.takes == 2
    assert turn.transcript == "0.80"
    assert session.words.calls == [0.4, 0.8]
    assert session.text.log == ["did 0.80"], "the first take must have had no effect"


def test_no_sound_comes_before_the_turn_is_complete() -> None:
    session = Session()
    session.run(Segment(samples=drawn("#" * 20 + "." * 15 + "#" * 20)))
    assert not session.played[: 75 * 320].any()


def test_going_on_right_into_the_answer_joins_both_halves() -> None:
    session = Session()
    # the answer begins at frame 40; the user is back at frame 42, well within the rejoin window
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 22 + "#" * 40)))
    assert turn.reopened == 1
    assert turn.transcript == "1.20"
    assert session.text.log == ["did 0.40", "undid 0.40", "did 1.20"]
    assert [text for text, _ in session.text.remembered] == ["1.20"]


def test_an_interruption_stops_the_voice_and_keeps_what_was_said() -> None:
    session = Session(text=Echoing(clauses=3), voice=Humming(seconds=1.5))
    first, second = session.run(
        Segment(samples=drawn("#" * 20)),
        Segment(samples=drawn("#" * 40), starts=DuringAnswer(after_ms=2000)),
    )
    assert first.interrupted
    assert first.reply.startswith("you said 0.40 0")
    assert "0.40 2" not in first.reply
    assert session.text.remembered[0] == (first.transcript, first.reply)
    assert second.transcript == "0.80"
    # stopped when 320 ms of speech were heard: two frames later at most
    assert first.reply_end_s == pytest.approx(second.speech_start_s + 0.32, abs=3 * FRAME_S)


def test_a_cough_only_ducks_the_voice() -> None:
    session = Session(
        words=Words(lambda seconds: "" if seconds < 0.2 else "hello"),
        drop=lambda transcript, ms: None if transcript.text else "no words",
        voice=Humming(seconds=3.0),
    )
    (turn,) = session.run(
        Segment(samples=drawn("#" * 20)),
        Segment(samples=drawn("#" * 6), starts=DuringAnswer(after_ms=1500)),
    )
    assert not turn.interrupted
    assert turn.reply == "you said hello 0"
    answer = session.played[round(turn.first_audio_s * 16000) :].astype(np.float64)
    loudness = [np.abs(answer[i : i + 320]).max() for i in range(0, 45000, 320)]
    assert min(loudness) < 0.3 * max(loudness), "it was turned down"
    assert loudness[-1] > 0.9 * max(loudness), "and up again"


def test_barge_in_can_be_turned_off() -> None:
    config = dataclasses.replace(TIMER, barge_in=BargeInConfig(enabled=False))
    session = Session(config=config, voice=Humming(seconds=2.0))
    turns = session.run(
        Segment(samples=drawn("#" * 20)),
        Segment(samples=drawn("#" * 30), starts=DuringAnswer(after_ms=500)),
    )
    assert not turns[0].interrupted
    assert turns[0].reply == "you said 0.40 0"


def test_noise_gets_no_answer_and_the_next_turn_does() -> None:
    session = Session(
        drop=lambda transcript, ms: "no speech" if float(transcript.text) < 0.3 else None
    )
    (turn,) = session.run(Segment(samples=drawn("#" * 10 + "." * 60 + "#" * 30)))
    assert turn.transcript == "0.60"
    assert [u.why for u in session.updates if isinstance(u, TurnDropped)] == ["no speech"]
    assert session.text.log == ["did 0.60"]


def test_silence_gets_nothing_at_all() -> None:
    session = Session()
    assert session.run(Segment(samples=drawn("." * 500))) == []
    assert not session.played.any()
    assert session.words.calls == []


def test_a_failing_stage_is_said_and_survived() -> None:
    session = Session()
    session.words.error = ModelError("the model broke", "mend it")

    session.run(Segment(samples=drawn("#" * 20 + "." * 40)))
    notices = [u for u in session.updates if isinstance(u, Notice)]
    assert notices
    assert "the model broke" in notices[0].text
    states = [u.state for u in session.updates if isinstance(u, StateChanged)]
    assert states[-2:] == [State.LISTENING, State.STOPPED]


def test_a_failing_voice_ends_the_turn_in_silence() -> None:
    session = Session()
    session.voice.error = RuntimeError("no voice")
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    assert turn.first_audio_s is None
    assert turn.reply == ""
    assert any(isinstance(u, Notice) and "no voice" in u.text for u in session.updates)


def test_each_answer_waits_for_the_one_before() -> None:
    session = Session()
    turns = session.run(
        *[Segment(samples=drawn("#" * n), starts=AfterAnswer(quiet_ms=500)) for n in (15, 25, 35)]
    )
    assert [turn.transcript for turn in turns] == ["0.30", "0.50", "0.70"]
    assert [turn.turn for turn in turns] == [1, 2, 3]


def test_clauses_are_shown_as_they_begin_to_sound() -> None:
    session = Session(text=Echoing(clauses=2))
    session.run(Segment(samples=drawn("#" * 20)))
    shown = [update.text for update in session.updates if isinstance(update, Saying)]
    assert shown == ["you said 0.40 0", "you said 0.40 0 you said 0.40 1"]


def test_an_announcement_is_said_when_the_floor_is_free() -> None:
    session = Session()
    session.text.announcements = ["Your timer is done."]
    (turn,) = session.run(Segment(samples=drawn("." * 50)))
    assert turn.turn == -1
    assert turn.reply == "Your timer is done."
    assert turn.source == "tool"


def test_going_on_before_the_answer_joins_both_halves() -> None:
    """The voice needs a second; the user is back before it: one turn, one answer."""
    session = Session(voice=Humming(cost_frames=50))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 30 + "#" * 40)))
    assert turn.reopened == 1
    assert turn.transcript == "1.20"
    assert session.text.log == ["did 0.40", "undid 0.40", "did 1.20"]


def test_a_short_word_before_the_answer_joins_it_too() -> None:
    session = Session(voice=Humming(cost_frames=60))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 30 + "#" * 12)))
    assert turn.reopened == 1
    assert turn.transcript == "0.64"


def test_a_click_while_thinking_does_not_start_the_answer_anew() -> None:
    session = Session(voice=Humming(cost_frames=60))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 30 + "#" * 6 + "." * 40)))
    assert turn.reopened == 0
    assert turn.takes == 1
    assert session.text.log == ["did 0.40"]


def test_a_key_before_the_first_sound_takes_the_effect_back() -> None:
    session = Session(voice=Humming(cost_frames=60))
    turns = session.run(
        Segment(samples=drawn("#" * 20 + "." * 60)), commands={50: lambda e: e.stop_talking()}
    )
    assert turns == []
    assert session.text.log == ["did 0.40", "undid 0.40"]
    assert not session.played.any()


def test_a_key_in_the_answer_silences_it() -> None:
    session = Session(voice=Humming(seconds=3.0))
    (turn,) = session.run(
        Segment(samples=drawn("#" * 20 + "." * 60)), commands={70: lambda e: e.stop_talking()}
    )
    assert turn.interrupted
    assert turn.reply_end_s == pytest.approx(71 * FRAME_S, abs=2 * FRAME_S)


def test_muting_in_the_middle_of_a_sentence_drops_it() -> None:
    session = Session()
    turns = session.run(
        Segment(samples=drawn("#" * 40)), commands={20: lambda e: e.set_muted(True)}
    )
    assert turns == []
    assert session.words.calls == []


def test_push_to_talk_ends_the_turn_with_the_key_and_not_with_the_silence() -> None:
    session = Session()
    (turn,) = session.run(
        Segment(samples=drawn("#" * 20 + "." * 60 + "#" * 20 + "." * 30)),
        commands={
            1: lambda e: e.set_push_to_talk(True),
            2: lambda e: e.hold_to_talk(True),
            105: lambda e: e.hold_to_talk(False),
        },
    )
    assert turn.transcript == "0.78", "the first frame came before the key"
    assert turn.commit_s == pytest.approx(105 * FRAME_S, abs=2 * FRAME_S)


def test_a_turn_that_is_too_long_is_cut_once() -> None:
    limit = dataclasses.replace(TIMER.turn, longest_turn_s=5.0)
    session = Session(config=dataclasses.replace(TIMER, turn=limit))
    turns = session.run(Segment(samples=drawn("#" * 650)))
    assert [turn.reopened for turn in turns] == [0] * len(turns)
    assert len(turns) == 2
    assert not any("undid" in line for line in session.text.log)


def test_an_announcement_gives_way_and_comes_later() -> None:
    """The user begins while it is being synthesised: it is said after the answer, once."""
    session = Session(voice=Humming(cost_frames=20))
    session.text.announcements = ["Your timer is done."]
    turns = session.run(Segment(samples=drawn("." * 30 + "#" * 30)))
    assert [turn.reply for turn in turns] == ["you said 0.60 0", "Your timer is done."]
    assert not session.played[30 * 320 : 60 * 320].any()


def test_speech_over_the_end_of_an_answer_is_not_cut_by_what_was_waited_for_before() -> None:
    """The first is complete before its words are known, which the end of the answer makes up for;
    the second, over the end of the next answer, goes on."""
    session = Session(
        config=dataclasses.replace(TIMER, turn=dataclasses.replace(TIMER.turn, rejoin_ms=0)),
        words=Words(lambda seconds: f"{seconds:.2f}", cost_frames=30),
        voice=Humming(seconds=1.0),
    )
    turns = session.run(
        Segment(samples=drawn("#" * 25)),
        Segment(samples=drawn("#" * 12), starts=DuringAnswer(after_ms=300)),
        Segment(samples=drawn("#" * 40), starts=DuringAnswer(after_ms=1400)),
    )
    assert [round(float(turn.transcript), 1) for turn in turns] == [0.5, 0.2, 0.8]
    assert [turn.reopened for turn in turns] == [0, 0, 0]


def test_a_voice_that_hangs_keeps_nobody_from_hearing() -> None:
    """Its queue is full of announcements that a key has stopped, and another one is due."""
    spoke: list[str] = []

    class Stuck(Humming):
        def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
            if not spoke:
                self.clock.spend(200)
            spoke.append(text)
            return super().synthesise(text, should_stop)

    session = Session(
        text=Echoing(announcements=["One.", "Two.", "Three.", "Four."]), voice=Stuck()
    )
    turns = session.run(
        Segment(samples=drawn("." * 80 + "#" * 30 + "." * 40)),
        commands={at: lambda e: e.stop_talking() for at in (40, 50, 60)},
        tail_s=1.0,
    )
    heard = [update.text for update in session.updates if isinstance(update, Heard)]
    assert heard == ["0.60"]
    assert spoke == ["One.", "you said 0.60 0", "Three.", "Four."]
    assert [turn.reply for turn in turns] == ["you said 0.60 0", "Three.", "Four."]


def test_a_face_that_fails_ends_the_session_and_is_told() -> None:
    session = Session(fails_on=Saying)
    with pytest.raises(BrokenPipeError):
        session.run(Segment(samples=drawn("#" * 20)))


def test_little_words_do_not_stop_the_answer_and_others_do() -> None:
    for words, stops in (("mhm", False), ("Yeah, right.", False), ("no", True), ("stop", True)):
        session = Session(
            words=Words(lambda seconds, words=words: "a question" if seconds > 0.35 else words),
            voice=Humming(seconds=4.0),
        )
        turns = session.run(
            Segment(samples=drawn("#" * 20)),
            Segment(samples=drawn("#" * 13), starts=DuringAnswer(after_ms=1500)),
        )
        assert turns[0].interrupted is stops, words


@given(
    picture=st.text(alphabet="####......", min_size=20, max_size=300),
    keys=st.dictionaries(
        st.integers(1, 250),
        st.sampled_from(["stop", "mute", "unmute", "clear", "type"]),
        max_size=4,
    ),
    cost_frames=st.integers(0, 60),
)
@settings(max_examples=25, deadline=None)
def test_whatever_happens_the_floor_is_free_again(
    picture: str, keys: dict[int, str], cost_frames: int
) -> None:
    """`run` fails when the session does not come to rest within a minute of sample time."""
    does = {
        "stop": lambda e: e.stop_talking(),
        "mute": lambda e: e.set_muted(True),
        "unmute": lambda e: e.set_muted(False),
        "clear": lambda e: e.clear(),
        "type": lambda e: e.submit_text("typed"),
    }
    session = Session(voice=Humming(cost_frames=cost_frames))
    turns = session.run(
        Segment(samples=drawn(picture)), commands={at: does[key] for at, key in keys.items()}
    )
    for before, after in itertools.pairwise(turns):
        assert (
            before.reply_end_s is None
            or after.first_audio_s is None
            or (before.reply_end_s <= after.first_audio_s)
        )
