"""The gate: what may sound, in which order, and what is remembered of it."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.engine.playout import Playout
from assistant.messages import Reply
from assistant.take import Take


def loud(count: int, value: float = 0.5) -> np.ndarray:
    return np.full(count, value, np.float32)


def reply(text: str) -> Reply:
    return Reply(text=text, source="tool", why="test")


def filled(playout: Playout, take: Take, *texts: str, samples: int = 320) -> None:
    for text in texts:
        clause = playout.begin_clause(take, reply(text))
        playout.add(take, clause, loud(samples))
        clause.is_whole = True


def test_a_clause_that_is_taken_back_after_the_report_leaves_nothing_behind() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "hello")
    said = playout.open(take).clauses[0].reply
    take.cancel()
    playout.forget(take)
    playout.retract(take, said)
    assert not playout._played
    assert not playout._retracted


def test_nothing_sounds_before_the_commit() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "hello")
    assert not playout.pull(320, 0.0).any()
    take.commit()
    assert playout.pull(320, 320.0).all()
    assert playout.open(take).first_audible_index == 320.0
    assert playout.open(take).end_index == 640.0


def test_a_cancelled_take_is_never_heard() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "hello")
    take.cancel()
    take.commit()
    assert not playout.pull(320, 0.0).any()


def test_an_interrupted_sound_fades_and_the_next_take_follows() -> None:
    playout, first, second = Playout(16_000), Take(1, 1), Take(2, 1)
    filled(playout, first, "one two three four", samples=1280)
    filled(playout, second, "next")
    first.commit()
    second.commit()
    playout.pull(320, 0.0)
    first.cancel()
    out = playout.pull(640, 320.0)
    assert np.abs(np.diff(out[:128])).max() < 0.05, "a ramp, not a click"
    assert (out[128:448] == 0.5).all(), "the next take begins when the ramp is over"
    assert playout.open(first).text == "one"


def test_what_was_played_is_told_by_clause_and_word() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "first clause.", "and four more words", samples=400)
    take.commit()
    playout.pull(600, 0.0)
    assert playout.open(take).text == "first clause. and four"
    assert not playout.open(take).is_over
    playout.pull(200, 600.0)
    playout.complete(take)
    assert playout.open(take).text == "first clause. and four more words"
    assert playout.open(take).is_over


def test_a_take_is_not_over_while_a_clause_may_still_come() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "hello")
    take.commit()
    playout.pull(640, 0.0)
    assert not playout.open(take).is_over
    playout.complete(take)
    assert playout.open(take).is_over


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 48_000])
def test_indices_are_on_the_input_clock_whatever_the_rate(rate_hz: int) -> None:
    playout, take = Playout(rate_hz), Take(1, 1)
    clause = playout.begin_clause(take, reply("hello"))
    quiet_then_loud = np.concatenate([np.zeros(rate_hz // 10, np.float32), loud(rate_hz // 10)])
    playout.add(take, clause, quiet_then_loud)
    clause.is_whole = True
    take.commit()
    playout.pull(rate_hz, 1000.0)
    assert playout.open(take).first_audible_index == pytest.approx(1000 + 1600, abs=1)
    assert playout.open(take).end_index == pytest.approx(1000 + 3200, abs=1)


def test_ducking_is_a_ramp_and_ends() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "hello", samples=3200)
    take.commit()
    playout.pull(320, 0.0)
    playout.duck(-12.0)
    ramp = playout.pull(320, 320.0)
    assert ramp[0] == pytest.approx(0.5)
    assert ramp[-1] == pytest.approx(0.5 * 10 ** (-12 / 20), rel=1e-3)
    playout.unduck()
    playout.pull(320, 640.0)
    assert (playout.pull(320, 960.0) == 0.5).all()


def test_a_clause_is_taken_back_before_during_and_after_its_sound() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    said = [reply(text) for text in ("one two", "three four", "five six")]
    for one in said[:2]:
        clause = playout.begin_clause(take, one)
        playout.add(take, clause, loud(640))
        clause.is_whole = True
    take.commit()
    playout.pull(320, 0.0)
    playout.retract(take, said[0])
    playout.retract(take, said[2])
    out = playout.pull(640, 320.0)
    assert out[127] < 0.01, "8 ms of fade"
    assert out[128] == 0.5, "then the next clause"
    late = playout.begin_clause(take, said[2])
    playout.add(take, late, loud(640))
    late.is_whole = True
    playout.complete(take)
    playout.pull(640, 960.0)
    assert not playout.pull(320, 1600.0).any(), "what was taken back before it began"
    assert playout.open(take).text == "one three four"
    assert playout.open(take).is_over
    playout.retract(take, said[1])
    assert playout.open(take).text == "one three four"


def test_only_the_very_reply_is_taken_back() -> None:
    playout, take = Playout(16_000), Take(1, 1)
    filled(playout, take, "same words", "same words", samples=320)
    take.commit()
    playout.retract(take, playout.open(take).clauses[0].reply)
    assert np.count_nonzero(playout.pull(960, 0.0)) == 320
    assert playout.open(take).text == "same words"
