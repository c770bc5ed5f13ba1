"""Words that are being made while the turn goes on, ends or is dropped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.audio.script import Segment
from assistant.engine.hearing import Hearing
from assistant.engine.mailbox import Busy, Mailbox, ToHear
from assistant.engine.playout import Playout
from assistant.engine.wires import Wires
from assistant.messages import Int16Array, Transcript
from assistant.take import Take
from assistant.trace import Trace
from assistant.updates import PartialHeard, TurnDropped
from tests.scripted import SAID, Session, Words, drawn


def slow_words(frames: int) -> Words:
    return Words(lambda seconds: f"{seconds:.2f}", cost_frames=frames)


def test_the_words_of_a_pause_that_ended_are_the_words_so_far() -> None:
    session = Session(words=slow_words(10))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 8 + "#" * 20)))
    assert turn.transcript == "0.80"
    shown = [update.text for update in session.updates if isinstance(update, PartialHeard)]
    assert "0.40" in shown, "what was heard before the user went on is shown"
    assert session.text.log == ["did 0.80"]


def test_the_newest_words_do_not_wait_for_older_ones() -> None:
    session = Session(words=slow_words(25))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 6 + "#" * 8)))
    # the first words are due 25 frames after the first pause; the second do not queue behind them
    assert turn.transcript == "0.56"
    assert turn.stages_ms["transcript"] <= 25 * 20


def test_words_that_come_after_the_turn_was_stopped_are_nobodys() -> None:
    session = Session(words=slow_words(10))
    turns = session.run(
        Segment(samples=drawn("#" * 20)), commands={28: lambda engine: engine.stop_talking()}
    )
    assert turns == []
    assert any(isinstance(update, TurnDropped) for update in session.updates)
    assert session.words.calls == [0.4], "they were being made when the turn was dropped"


def test_the_session_goes_on_after_a_turn_was_stopped() -> None:
    session = Session(words=slow_words(10))
    (turn,) = session.run(
        Segment(samples=drawn("#" * 20 + "." * 60 + "#" * 30)),
        commands={28: lambda engine: engine.stop_talking()},
    )
    assert turn.transcript == "0.60"


def heard_beside(*, is_cancelled: bool) -> list[str]:
    """The words so far that are passed on while the other thread has to do with a take."""
    busy = Busy()
    mailbox: Mailbox[ToHear] = Mailbox(busy)
    wires = Wires(
        playout=Playout(16_000),
        publish=lambda update: None,
        trace=Trace(None),
        busy=busy,
        to_hear=mailbox,
        to_answer=Mailbox(busy),
    )
    is_over = False

    class Once:
        def transcribe(
            self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
        ) -> Transcript | None:
            nonlocal is_over
            heard = None if should_stop() else Transcript(text="so far")
            is_over = True
            return heard

    take = Take(1, 1)
    mailbox.put(ToHear(SAID, take))
    assert mailbox.get(0.0) is not None
    if is_cancelled:
        take.cancel()
    mailbox.put(ToHear(SAID))
    Hearing(Once(), lambda transcript, evidence: None, wires).run(lambda: is_over)
    shown = []
    while not wires.inbox.empty():
        news = wires.inbox.get()
        assert isinstance(news, PartialHeard)
        shown.append(news.text)
    return shown


def test_live_words_go_on_while_a_take_that_was_thrown_away_is_still_read() -> None:
    assert heard_beside(is_cancelled=True) == ["so far"]
    assert heard_beside(is_cancelled=False) == []


def test_the_words_of_a_take_that_was_thrown_away_hold_nobody_up() -> None:
    """The mind reads ahead while they are still being made, and not while somebody waits."""
    mailbox: Mailbox[ToHear] = Mailbox(Busy())
    take = Take(1, 1)
    mailbox.put(ToHear(SAID, take))
    assert mailbox.has_live_take, "it waits"
    job = mailbox.get(0.0)
    assert isinstance(job, ToHear)
    assert mailbox.has_live_take, "it is being heard"
    take.cancel()
    assert not mailbox.has_live_take
    assert not mailbox.is_idle
    mailbox.done(job)
    assert mailbox.is_idle


_JOKE = "Tell me a joke."


class LosesTheLast(Words):
    """Hears the first words only of a turn that went on; by itself it hears "Stop."."""

    def transcribe(
        self, samples: Int16Array, should_stop: Callable[[], bool], *, is_partial: bool = False
    ) -> Transcript | None:
        heard = super().transcribe(samples, should_stop)
        if heard is None or not is_partial:
            return heard
        return Transcript(text="Stop.") if self.calls[-1] < 0.4 else None


@pytest.mark.parametrize(("later", "transcript"), [(16, f"{_JOKE} Stop."), (40, _JOKE)])
def test_a_stop_word_said_into_the_answer_is_not_lost(later: int, transcript: str) -> None:
    session = Session(words=LosesTheLast(lambda seconds: _JOKE if seconds > 0.5 else "Joke"))
    (turn,) = session.run(Segment(samples=drawn("#" * 20 + "." * 22 + "#" * later)))
    assert (turn.transcript, turn.reopened) == (transcript, 1)
