"""What rings: a sound before the words, little words that end it, and no ring after that."""

from __future__ import annotations

import pytest

from assistant.audio.chime import chime
from assistant.audio.files import FileDevice
from assistant.audio.script import DuringAnswer, Segment
from assistant.engine.engine import Engine
from assistant.messages import SAMPLE_RATE_HZ, Notice
from tests.scripted import Echoing, Humming, Session, Words, drawn

RING = "Your timer is done."


def ringing(**voice: float) -> Session:
    """A session in which a timer is due at once."""
    session = Session(text=Echoing(rings=True), voice=Humming(**voice))
    session.text.announcements = [RING]
    return session


def test_a_chime_sounds_before_the_words() -> None:
    plain, rung = ringing(), ringing()
    plain.text.rings = False
    (quiet,) = plain.run(Segment(samples=drawn("." * 100)))
    (turn,) = rung.run(Segment(samples=drawn("." * 100)))
    assert (turn.reply, quiet.reply) == (RING, RING)
    assert turn.reply_end_s is not None
    assert quiet.reply_end_s is not None
    longer = turn.reply_end_s - quiet.reply_end_s
    assert longer == pytest.approx(len(chime(SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ, abs=0.021)


@pytest.mark.parametrize(
    ("words", "ends"), [("Okay.", True), ("Got it.", True), ("stop", True), ("mhm", False)]
)
def test_a_little_word_over_a_ring_is_a_request(words: str, ends: bool) -> None:
    session = ringing(seconds=4.0)
    session.words = Words(lambda seconds: words)
    turns = session.run(
        Segment(samples=drawn("." * 60)),
        Segment(samples=drawn("#" * 13), starts=DuringAnswer(after_ms=1500)),
    )
    assert turns[0].interrupted is ends
    assert [turn.transcript for turn in turns] == (["", words] if ends else [""])


def test_a_ring_that_waits_is_dropped_when_the_user_has_said_something() -> None:
    """It comes again by itself, unless the user has just stopped it."""
    for rings, said in ((True, []), (False, [RING])):
        session = ringing()
        session.text.rings = rings
        turns = session.run(Segment(samples=drawn("#" * 40)))
        assert [turn.reply for turn in turns] == ["you said 0.80 0", *said]


def test_of_several_rings_that_wait_the_newest_is_said() -> None:
    session = ringing()
    session.text.announcements = ["Ring one.", "Ring two."]
    turns = session.run(Segment(samples=drawn("." * 100)))
    assert [turn.reply for turn in turns] == ["Ring two."]


# -- no speaker ------------------------------------------------------------------------------------


def without_speaker(monkeypatch: pytest.MonkeyPatch, until_s: float) -> None:
    """The speaker comes after so long."""
    there = property(lambda device: device.position >= until_s * SAMPLE_RATE_HZ)
    monkeypatch.setattr(FileDevice, "has_speaker", there)


def test_a_ring_waits_for_a_speaker_and_is_told_and_written_down_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_speaker(monkeypatch, until_s=3.0)
    session, rows = ringing(), []
    monkeypatch.setattr(session.log, "add", rows.append)
    (turn,) = session.run(Segment(samples=drawn("." * 250)))
    (told,) = [one for one in session.updates if isinstance(one, Notice)]
    assert (told.code, told.severity) == ("N-NOT-SAID", "warning")
    assert told.text == f"{RING} There is no speaker; it is said as soon as one is there."
    assert turn.reply == RING
    assert turn.first_audio_s is not None
    assert 3.0 <= turn.first_audio_s < 3.2
    assert [(row.kind, row.name, row.sounded) for row in rows] == [
        ("said", "", ""),
        ("said", "", RING),
    ]
    assert rows[0].planned == ((RING, RING),)
    assert "not sounded: there is no speaker" in rows[0].why


def test_what_waits_for_a_speaker_is_told_once_each_time_it_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_speaker(monkeypatch, until_s=60.0)
    session = ringing()

    def due_again(engine: object) -> None:
        session.text.announcements = [RING]

    def ends(engine: Engine) -> None:
        engine.request_stop()

    commands = {100: due_again, 200: due_again, 300: ends}
    assert session.run(Segment(samples=drawn("." * 400)), commands=commands) == []
    assert sum(isinstance(one, Notice) for one in session.updates) == 1


def test_an_answer_without_a_speaker_has_no_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    without_speaker(monkeypatch, until_s=60.0)
    (turn,) = Session().run(Segment(samples=drawn("#" * 40)))
    assert turn.reply == "you said 0.80 0"
    assert (turn.latency_ms, turn.stages_ms) == (None, {})
    monkeypatch.undo()
    (turn,) = Session().run(Segment(samples=drawn("#" * 40)))
    assert turn.latency_ms is not None
