"""What is due rings until it was heard, once over all copies, also after an end in mid-write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.chime import chime
from assistant.cli.converse import _tell_what_is_set
from assistant.talk import due
from assistant.talk.announcer import Announcer, still_set
from assistant.talk.due import Item
from assistant.talk.store import Store, StoreError
from tests.talking import START, Talking

DONE = "Your five minute timer is done."


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def ringing(talk: Talking) -> None:
    """A five minute timer rings."""
    talk.say("set a timer for five minutes")
    assert talk.rings(minutes=5) == [DONE]


def test_a_timer_rings_again_and_again_and_then_gives_up(talk: Talking) -> None:
    talk.say("set a timer for five minutes")
    assert talk.rings(seconds=299) == []
    rung = [talk.rings(seconds=0.5) for _ in range(300)]
    assert [at for at, said in enumerate(rung) if said] == [1, *range(21, 241, 20)]
    assert {text for said in rung for text in said} == {DONE}
    (missed,) = talk.items("missed")
    assert missed.seconds == 300
    assert talk.say("what did I miss").answer == (
        "You missed one thing: your five minute timer ended at three twenty-five PM."
    )


def test_each_announcement_has_a_sound_before_it(talk: Talking) -> None:
    talk.says("set a timer for five minutes", "set a pasta timer for five minutes")
    talk.wait(minutes=5)
    (reply,) = talk.conversation.due_announcements()
    assert (reply.text, reply.rings) == (f"{DONE} Your pasta timer is done.", True)
    sound = chime(16_000)
    assert (sound.dtype, sound.shape) == (np.float32, (10_880,))
    assert 0.1 < np.abs(sound).max() < 0.3
    assert np.abs(np.diff(sound)).max() < 0.15, "no click"
    assert not sound[:1].any()
    assert not sound[-1_000:].any()


@pytest.mark.parametrize(
    "text",
    [
        "Stop.",
        "Okay.",
        "Okay, thanks.",
        "Thank you.",
        "Stop it",
        "turn it off",
        "stop the timer",
        "Okay stop",
        "Got it.",
        "I'm up",
        "that's enough",
        "be quiet",
        "dismiss",
        "cancel",
    ],
)
def test_it_rings_until_it_was_heard(talk: Talking, text: str) -> None:
    ringing(talk)
    turn = talk.say(text)
    assert (turn.answer, turn.decision.source, turn.decision.name) == (
        "Okay.",
        "stop",
        "alarm.stop",
    )
    assert talk.rings(seconds=15) == []
    assert talk.items("ringing", "missed", "set") == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Snooze.", 300),
        ("snooze for ten minutes", 600),
        ("five more minutes", 300),
        ("remind me again in two minutes", 120),
        ("not now", 300),
        ("later", 300),
        ("add a minute to the timer", 60),
    ],
)
def test_what_rings_is_snoozed(talk: Talking, text: str, seconds: int) -> None:
    ringing(talk)
    assert talk.say(text).decision.name == "alarm.snooze"
    assert talk.rings(seconds=seconds - 1) == []
    assert talk.rings(seconds=1) == [DONE]


def test_a_snooze_is_corrected(talk: Talking) -> None:
    ringing(talk)
    assert talk.say("snooze for five minutes").answer == "Okay, again in five minutes."
    assert talk.say("no, ten").answer == "Okay, again in ten minutes."
    assert talk.rings(minutes=9) == []
    assert talk.rings(minutes=1) == [DONE]


@pytest.mark.parametrize("text", ["What time is it?", "Set a timer for ten minutes.", "Hello."])
def test_other_requests_are_answered_while_it_rings(talk: Talking, text: str) -> None:
    ringing(talk)
    assert talk.say(text).decision.name not in ("alarm.stop", "alarm.snooze")
    assert talk.rings(seconds=10) == [DONE]


@pytest.mark.parametrize("text", ["Okay.", "Thank you.", "Stop.", "Snooze.", "later"])
def test_without_a_ringing_these_words_are_others(talk: Talking, text: str) -> None:
    talk.say("set a timer for five minutes")
    talk.say(text)
    assert talk.conversation.talk.last.name != "alarm.stop"
    assert len(talk.items()) == 1


def test_a_stop_that_is_withdrawn_goes_on_ringing(talk: Talking) -> None:
    ringing(talk)
    decision = talk.conversation.decide("stop")
    assert decision is not None
    talk.conversation.commit(decision)
    talk.conversation.withdraw(decision)
    assert talk.hands.flush(5.0)
    assert talk.rings(seconds=10) == [DONE]


def test_an_open_question_gets_its_yes_and_the_ringing_its_stop(talk: Talking) -> None:
    talk.say("set a timer for five minutes")
    talk.wait(minutes=5)
    talk.say("set a timer")
    talk.conversation.due_announcements()
    assert talk.say("Okay.").decision.name != "alarm.stop"
    assert talk.say("Stop.").decision.name == "alarm.stop"


@pytest.mark.parametrize(
    ("away", "said"),
    [
        ({"hours": 1}, "your pasta timer ended at three twenty-five PM"),
        ({"days": 1}, "your pasta timer ended at three twenty-five PM yesterday"),
        ({"days": 3}, "your pasta timer ended at three twenty-five PM on Wednesday"),
    ],
)
def test_what_was_missed_is_said_at_the_next_start(
    tmp_path: Path, away: dict[str, float], said: str
) -> None:
    first = Talking(tmp_path)
    first.say("set a pasta timer for five minutes")
    first.close()
    second = Talking(tmp_path)
    assert second.rings(**away) == [f"While I was away: {said}."]
    assert second.rings(seconds=10) == [f"While I was away: {said}."]
    assert second.rings(seconds=10) == []
    assert [one.name for one in second.items("missed")] == ["pasta"]
    second.close()


def test_a_machine_that_slept_through_a_ringing_says_so(talk: Talking) -> None:
    ringing(talk)
    away = "While I was away: your five minute timer ended at three twenty-five PM."
    assert talk.rings(hours=2) == [away]


def test_what_comes_again_rings_and_waits_for_its_next_day(talk: Talking) -> None:
    talk.say("wake me every weekday at half past six")
    assert talk.rings(hours=15, minutes=10) == ["It's six thirty AM. This is your alarm."]
    assert [one.due(talk.now).isoformat() for one in talk.items()] == ["2026-03-06T06:30:00+00:00"]
    talk.say("thanks")
    assert talk.items("ringing") == ()
    assert talk.rings(days=1) == ["It's six thirty AM. This is your alarm."]
    assert talk.items()[0].due(talk.now).weekday() == 0, "Friday's next is Monday"


def test_an_alarm_rings_longer_than_a_timer(talk: Talking) -> None:
    talk.say("set an alarm for four PM")
    rung = sum(bool(talk.rings(seconds=10)) for _ in range(6 * 50))
    assert rung == 30


def test_a_row_is_rung_by_one_of_two_copies(tmp_path: Path) -> None:
    stores = [Store(tmp_path), Store(tmp_path)]
    due.add(stores[0], [Item(name=f"t{n}", seconds=60, due_s=START.timestamp()) for n in range(60)])
    said: list[list[str]] = [[], []]
    start = threading.Barrier(2)

    def ring(number: int) -> None:
        announcer = Announcer(stores[number])
        start.wait()
        for half_seconds in range(40):
            now = START + timedelta(seconds=half_seconds / 8)
            said[number] += [reply.text for reply in announcer.announcements(now)]

    threads = [threading.Thread(target=ring, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)
    words = " ".join(said[0] + said[1])
    assert [words.count(f"Your t{n} timer is done.") for n in range(60)] == [1] * 60
    rows = due.items(stores[0], states=("ringing",))
    assert len(rows) == 60
    assert len({one.owner for one in rows}) <= 2


_CHILD = """
import sys
from pathlib import Path
from assistant.talk import due
from assistant.talk.due import Item
from assistant.talk.store import Store

store = Store(Path(sys.argv[1]))
due.prepare(store)

def pair(number):
    yield Item(name=f"{number} first", seconds=1, due_s=1.0)
    if number == int(sys.argv[2]):
        print("in the middle", flush=True)
        sys.stdin.read()
    yield Item(name=f"{number} second", seconds=1, due_s=1.0)

for number in range(int(sys.argv[2]) + 1):
    due.add(store, pair(number))
"""


def test_an_end_in_the_middle_of_a_write_leaves_whole_rows(tmp_path: Path) -> None:
    """Each write is two rows; the program is killed between them, at another write each time."""
    for writes in range(10):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(tmp_path), str(writes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "in the middle\n"
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait(30.0) == -signal.SIGKILL
        child.communicate()
        store = Store(tmp_path)
        assert [one.name for one in due.items(store)] == [
            f"{number} {half}" for number in range(writes) for half in ("first", "second")
        ]
        due.remove(store, [one.id for one in due.items(store)])
        store.close()


def test_a_store_that_fails_is_told_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    announcer = Announcer(store)
    assert announcer.announcements(START) == []
    store.close()
    with pytest.raises(StoreError):
        announcer.announcements(START)
    assert announcer.announcements(START) == []


def test_quitting_tells_what_still_runs(
    talk: Talking, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = talk.services.store
    assert still_set(store, talk.now) == ""
    talk.says("set a pasta timer for ten minutes", "set a timer for an hour")
    talk.wait(minutes=4)
    assert still_set(store, talk.now) == (
        "still run: pasta timer (six minutes left) and one hour timer (fifty-six minutes left). "
        "Nothing rings while the program is off; the next start says what was missed."
    )
    talk.say("cancel the pasta timer")
    now = datetime.now().astimezone()
    due.add(store, [Item(name="tea", seconds=600, due_s=now.timestamp() + 600)])
    _tell_what_is_set(tmp_path)
    assert capsys.readouterr().err.startswith("still run: one hour timer and tea timer (")
    _tell_what_is_set(tmp_path / "empty")
    assert capsys.readouterr().err == ""
