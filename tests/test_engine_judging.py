"""The turn model beside the ears: asked in a pause, heard when it answers, never waited for."""

from __future__ import annotations

import dataclasses

import pytest

from assistant.audio.script import Segment
from assistant.config import Config, ReplyPauseConfig, TurnConfig
from assistant.messages import Notice
from tests.scripted import FRAME_S, Echoing, Judge, LoudnessDetector, Session, Words, drawn

JUDGED = Config(
    turn=TurnConfig(
        speculate_ms=60, shortest_wait_ms=200, longest_wait_ms=1000, pre_roll_ms=100, rejoin_ms=0
    )
)
SURE = 0.9999


def test_a_turn_that_sounds_complete_ends_a_little_later_than_one_whose_words_do_as_well() -> None:
    session = Session(config=JUDGED, judge=Judge(SURE))
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    assert turn.completeness == SURE
    assert turn.commit_s == pytest.approx(32 * FRAME_S)
    session = Session(config=JUDGED, judge=Judge(SURE), text=Echoing(sentence_end=lambda text: 0.9))
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    assert turn.commit_s == pytest.approx(30 * FRAME_S)


def test_words_that_hardly_end_a_sentence_are_waited_for() -> None:
    session = Session(config=JUDGED, judge=Judge(0.9), text=Echoing(sentence_end=lambda text: 0.1))
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    # 200 ms * exp(0.3 * (-1.3 - ln 9 - 3 ln 0.1)) = 556 ms
    assert turn.commit_s == pytest.approx(48 * FRAME_S)


def test_words_are_not_weighed_when_the_sound_alone_is_to_judge() -> None:
    weighed: list[str] = []

    def weigh(text: str) -> float:
        weighed.append(text)
        return 0.1

    for turn in (
        dataclasses.replace(JUDGED.turn, weigh_words=False),
        dataclasses.replace(JUDGED.turn, endpointing="timer", timer_ms=240),
        dataclasses.replace(JUDGED.turn, speculation=False),  # they are known after the commit
    ):
        session = Session(
            config=Config(turn=turn), judge=Judge(SURE), text=Echoing(sentence_end=weigh)
        )
        (record,) = session.run(Segment(samples=drawn("#" * 20)))
        assert record.commit_s == pytest.approx(32 * FRAME_S)
    assert weighed == []


def test_words_of_a_pause_that_is_over_are_forgotten() -> None:
    # the words of the first pause are waited for; those of the second end a sentence
    text = Echoing(sentence_end=lambda text: {"0.40": 0.1, "0.60": 0.9}[text])
    session = Session(config=JUDGED, judge=Judge(0.9), text=text)
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 15 + "#" * 10)))
    assert turn.transcript == "0.60"
    assert turn.commit_s == pytest.approx((45 + 10) * FRAME_S)


def test_a_judgement_of_a_pause_before_work_begins_is_not_kept_for_the_next() -> None:
    # with speculate_ms = 300 the first pause (10 frames) is over before anybody is asked
    turn = dataclasses.replace(JUDGED.turn, speculate_ms=300)
    session = Session(config=Config(turn=turn), judge=Judge(SURE))
    (record,) = session.run(Segment(samples=drawn("#" * 20 + "." * 10 + "#" * 20)))
    assert session.judge is not None
    assert len(session.judge.calls) == 1
    assert record.commit_s == pytest.approx(65.5 * FRAME_S)


def test_a_late_judgement_is_taken_up_within_the_frame_in_which_it_comes() -> None:
    session = Session(config=JUDGED, judge=Judge(SURE, cost_frames=20))
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    # asked with the 25th frame, answered with the 44th, taken up with the half of the next
    assert turn.commit_s == pytest.approx(44.5 * FRAME_S)


@pytest.mark.parametrize(("wait_ms", "frames"), [(240, 12), (241, 12.5), (250, 12.5), (251, 13)])
def test_a_wait_ends_with_the_first_half_of_a_frame_that_reaches_it(
    wait_ms: int, frames: float
) -> None:
    turn = dataclasses.replace(JUDGED.turn, endpointing="timer", timer_ms=wait_ms)
    session = Session(config=Config(turn=turn))
    (record,) = session.run(Segment(samples=drawn("#" * 20)))
    assert record.commit_s == pytest.approx((20 + frames) * FRAME_S)
    assert record.first_audio_s == pytest.approx(record.commit_s, abs=0.003)


def test_half_a_frame_of_a_microphone_that_is_switched_off_ends_nothing() -> None:
    turn = dataclasses.replace(JUDGED.turn, endpointing="timer", timer_ms=250)
    session = Session(config=Config(turn=turn))
    (record,) = session.run(
        Segment(samples=drawn("#" * 20)),
        commands={25: lambda engine: engine.set_push_to_talk(True)},
    )
    assert record.commit_s == pytest.approx((20 + 13) * FRAME_S)


def test_speech_that_begins_within_the_half_frame_keeps_the_turn_open() -> None:
    turn = dataclasses.replace(JUDGED.turn, endpointing="timer", timer_ms=250)
    session = Session(config=Config(turn=turn))
    (record,) = session.run(Segment(samples=drawn("#" * 20 + "." * 12 + "#" * 10)))
    assert record.reopened == 0
    assert record.commit_s == pytest.approx((42 + 12.5) * FRAME_S)


@pytest.mark.parametrize("cost_frames", [0, 4])
def test_a_detector_that_lags_does_not_keep_the_judge_waiting(cost_frames: int) -> None:
    # the level is low from frame 20 on, and the detector says so with frame 27: before the answer
    # to what was asked with frame 24, or after it
    lagging = LoudnessDetector(lag_frames=7)
    session = Session(config=JUDGED, judge=Judge(SURE, cost_frames=cost_frames), detector=lagging)
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    assert session.judge is not None
    assert session.judge.calls == [pytest.approx(25 * FRAME_S)], "once, 100 ms after the sound"
    assert turn.commit_s == pytest.approx(32 * FRAME_S)


def test_what_a_lagging_detector_leaves_to_the_level_counts_from_the_edge() -> None:
    session = Session(
        config=JUDGED,
        judge=Judge(SURE),
        detector=LoudnessDetector(lag_frames=7),
        text=Echoing(sentence_end=lambda text: 0.9),
    )
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    assert turn.commit_s == pytest.approx(30 * FRAME_S)


def test_a_judgement_of_quiet_that_was_no_pause_is_not_used() -> None:
    session = Session(
        config=JUDGED,
        judge=Judge(SURE, later=(0.01, 10)),
        detector=LoudnessDetector(lag_frames=7),
    )
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 6 + "#" * 10)))
    assert session.judge is not None
    asked = session.judge.calls[:2]
    assert asked == [pytest.approx(25 * FRAME_S), pytest.approx(41 * FRAME_S)]
    # the second is answered with frame 50; 1.2 * 200 ms * exp(0.2 * (3.4 + 1)) = 579 ms
    assert turn.commit_s == pytest.approx(65 * FRAME_S)


def test_only_the_first_question_is_asked_on_the_levels_word() -> None:
    # 220 ms are over with frame 30, the detector knows of the pause with frame 31
    session = Session(config=JUDGED, judge=Judge(SURE), detector=LoudnessDetector(lag_frames=11))
    session.run(Segment(samples=drawn("#" * 20)))
    assert session.judge is not None
    assert session.judge.calls == [pytest.approx(25 * FRAME_S)]


def test_the_ears_hear_on_while_the_judge_works() -> None:
    session = Session(config=JUDGED, judge=Judge(SURE, cost_frames=30))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 10 + "#" * 20)))
    assert turn.transcript == "0.80", "the speech during the judgement belongs to the turn"
    assert turn.takes == 2


def test_a_judgement_about_a_pause_that_is_over_is_not_used() -> None:
    # asked in the first pause, answered in the second, which is not judged complete before
    # its own question is answered
    session = Session(config=JUDGED, judge=Judge(SURE, cost_frames=19))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 6 + "#" * 10)))
    assert session.judge is not None
    first, second = session.judge.calls[:2]
    assert second > first
    # the second question is asked with the 41st frame; the first answer comes just after it
    assert turn.commit_s >= 60 * FRAME_S


@pytest.mark.parametrize(
    ("more", "words_cost", "lag", "calls"),
    [
        (6, 5, 0, [0.5, 0.32, 1.0]),  # the words of what is new join both halves
        (10, 12, 7, [0.5, 0.4, 1.04]),  # 320 ms of speech, as the detector counts, join them
    ],
)
def test_a_judgement_of_the_second_half_is_not_used_for_the_whole(
    more: int, words_cost: int, lag: int, calls: list[float]
) -> None:
    session = Session(
        config=Config(turn=dataclasses.replace(JUDGED.turn, rejoin_ms=1500)),
        judge=Judge(SURE),
        words=Words(lambda seconds: f"{seconds:.2f}", cost_frames=words_cost),
        detector=LoudnessDetector(lag_frames=lag),
    )
    # complete with frame 31; after 16 frames the user goes on
    (joined,) = session.run(Segment(samples=drawn("#" * 20 + "." * 16 + "#" * more)))
    assert joined.reopened == 1
    assert session.judge is not None
    assert session.judge.calls == calls


def test_a_judge_that_fails_is_reported_and_the_longest_wait_ends_the_turn() -> None:
    session = Session(config=JUDGED, judge=Judge(SURE, error=RuntimeError("no memory")))
    (turn,) = session.run(Segment(samples=drawn("#" * 20)))
    assert turn.commit_s == pytest.approx(70 * FRAME_S)
    texts = [update.text for update in session.updates if isinstance(update, Notice)]
    assert any("turn model" in text and "no memory" in text for text in texts)


def test_a_pause_before_replies_counts_from_the_end_of_the_speech() -> None:
    config = Config(turn=JUDGED.turn, reply_pause_ms=ReplyPauseConfig(tool=700))
    (turn,) = Session(config=config, judge=Judge(SURE)).run(Segment(samples=drawn("#" * 20)))
    assert turn.commit_s == pytest.approx(32 * FRAME_S), "the turn ends as before"
    assert turn.first_audio_s == pytest.approx(55 * FRAME_S, abs=1e-3)
    assert turn.latency_ms == pytest.approx(700, abs=1)


def test_no_answer_begins_while_somebody_speaks() -> None:
    # complete with frame 31; the voice is ready with frame 36, into which the user goes on
    session = Session(config=JUDGED, judge=Judge(SURE))
    session.voice.cost_frames = 13
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 13 + "#" * 30)))
    assert turn.transcript == "1.00"
    assert turn.reopened == 1
    assert not session.played[: 63 * 320].any(), "nothing sounds before the last word"
