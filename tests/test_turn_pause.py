"""The witnesses of a pause: when the turn model is asked, what is believed, what the wait is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.config import TurnConfig
from assistant.turn.attention import Attention, Mode
from assistant.turn.pause import Pause, Witnesses

CONFIG = TurnConfig(shortest_wait_ms=200, longest_wait_ms=1000)
NOTHING = Witnesses(completeness=None, words=None, sentence_end=None, is_known=False)


def paused(judge_at_ms: tuple[int, ...] = (100, 220, 340)) -> Pause:
    pause = Pause(CONFIG, judge_at_ms=judge_at_ms)
    pause.begin(1)
    return pause


def test_the_turn_model_is_asked_at_each_moment_once() -> None:
    pause = paused()
    asked = []
    for quiet_ms in range(20, 400, 20):
        if pause.is_due(quiet_ms, is_silence=True, wait_ms=1000):
            asked.append(quiet_ms)
            pause.ask(quiet_ms)
    assert asked == [100, 220, 340]


def test_a_moment_that_was_missed_is_made_up_for_once() -> None:
    pause = paused()
    assert pause.is_due(300, is_silence=True, wait_ms=1000)
    pause.ask(300)
    assert not pause.is_due(320, is_silence=True, wait_ms=1000)


@pytest.mark.parametrize(
    ("is_silence", "wait_ms", "asks"),
    [(True, 300.0, True), (True, 299.0, False), (False, 1000.0, False)],
)
def test_it_is_asked_again_when_its_answer_will_be_in_time_and_the_detector_agrees(
    is_silence: bool, wait_ms: float, asks: bool
) -> None:
    """A judgement takes 80 ms: at 220 ms it is there with 300 ms."""
    pause = paused()
    assert pause.is_due(100, is_silence=False, wait_ms=0), "the first time, always"
    pause.ask(100)
    assert pause.is_due(220, is_silence=is_silence, wait_ms=wait_ms) is asks


def test_what_was_found_of_an_earlier_pause_is_not_believed() -> None:
    pause = paused()
    earlier = pause.ask(100)
    pause.begin(1)
    assert not pause.take(earlier, 0.99)
    assert pause.completeness is None
    assert pause.take(pause.ask(100), 0.5)
    assert pause.completeness == 0.5
    pause.begin(2)
    assert (pause.completeness, pause.turn, pause.is_judged) == (None, 2, False)


def test_the_wait_is_told_when_what_is_known_changes() -> None:
    pause = paused()
    pause.ask(100)
    assert pause.wait_ms(NOTHING, 500) == 1000
    assert pause.wait_ms(NOTHING, 500) is None
    sure = replace(NOTHING, completeness=0.9999)
    assert pause.wait_ms(sure, 500) == pytest.approx(240)
    assert pause.wait_ms(replace(sure, sentence_end=0.9), 500) == pytest.approx(200)
    pause.ask(220)
    assert pause.wait_ms(replace(sure, sentence_end=0.9), 500) == pytest.approx(200), "asked anew"


def test_the_rule_is_told_all_that_is_known() -> None:
    told: list[tuple[object, ...]] = []

    def rule(
        completeness: float | None,
        text: str | None,
        config: TurnConfig,
        *,
        speech_ms: float,
        sentence_end: float | None = None,
        is_known: bool = False,
        paused_ms: float = 0.0,
    ) -> float:
        told.append((completeness, text, speech_ms, sentence_end, is_known, paused_ms))
        return 123.0

    pause = Pause(CONFIG, rule)
    known = Witnesses(completeness=0.7, words="and", sentence_end=0.2, is_known=True)
    assert pause.wait_ms(known, 900.0, 300.0) == 123.0
    assert told == [(0.7, "and", 900.0, 0.2, True, 300.0)]


def test_attention_is_open_until_a_key_says_otherwise() -> None:
    attention = Attention()
    assert (attention.mode, attention.is_deaf) == (Mode.OPEN, False)
    pushing = attention.pushing(True)
    assert (pushing.mode, pushing.is_deaf, pushing.key_ends_turn) == (Mode.PUSH, True, False)
    held = pushing.holding(True)
    assert (held.is_deaf, held.key_ends_turn) == (False, True)
    assert not attention.holding(True).key_ends_turn, "a key that is not needed ends nothing"
    muted = held.muted(True)
    assert (muted.mode, muted.is_deaf) == (Mode.MUTED, True)
    assert muted.muted(False) == held, "unmuting goes back to what was before"
