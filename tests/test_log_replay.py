"""A session that was written down is replayed: without a difference, or with the one made."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assistant.assemble.audit import open_log, typed_entry
from assistant.assemble.loading import make_conversation, make_services
from assistant.assemble.rerun import Replayed, replay_rows
from assistant.audio.script import AfterAnswer, AtOnce, DuringAnswer, Segment, Start
from assistant.config import Config
from assistant.config_watching import LogConfig
from assistant.engine.hands import HandsThread
from assistant.log.book import Book
from assistant.log.entry import Entry, body
from assistant.log.place import head_file, log_path
from assistant.log.verify import verify
from assistant.log.writer import TurnLog
from assistant.mood import Prosody
from assistant.talk.conversation import Conversation
from assistant.talk.store import Store
from tests.scripted import Humming, Session, Words, drawn
from tests.test_engine_history import Real

START = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)

THIRTY = (
    "Set a timer for ten minutes.",
    "No, twelve.",
    "How long is left?",
    "Set a pasta timer for five minutes.",
    "How long is left on the pasta timer?",
    "Cancel the pasta timer.",
    "Never mind.",
    "Add milk and eggs to my shopping list.",
    "Add bread to my shopping list.",
    "What's on my shopping list?",
    "Take eggs off my shopping list.",
    "What's on my shopping list?",
    "Set a timer.",
    "For seven minutes.",
    "What timers are running?",
    "What is seven times eight?",
    "How many days until Christmas?",
    "What time is it?",
    "What's the date?",
    "Toss a coin.",
    "Roll a die.",
    "Tell me a joke.",
    "Another one.",
    "My name is Robin.",
    "What's my name?",
    "Remind me to call the plumber tomorrow at nine.",
    "Wake me at six thirty.",
    "What alarms are set?",
    "Thank you.",
    "Repeat that.",
)

MILES = """
from assistant.flows import flow

@flow("how far is {{town}}", name="miles.ask")
def miles(town: str = "") -> str:
    return f"It is {number} miles to {{town}}."
"""

SWITCH = """
from pathlib import Path
from assistant.flows import Call, Say, flow, tool

@tool(writes=True)
def press(what: str) -> str:
    with Path({place!r}).open("a") as file:
        file.write(what)
    return "pressed " + what

@flow("press the {{what}} button", name="button.press")
def button(what: str = ""):
    done = yield Call(press, what=what)
    yield Say(f"I have {{done}}.")
"""


class Talking:
    """A conversation on a clock that is moved by hand, whose turns are written down. Each turn
    takes eight seconds."""

    def __init__(self, place: Path, *, way: str = "ask", redact: bool = True) -> None:
        self.place = place
        settings = LogConfig(
            directory=str(place / "log"), head_directory=str(place / "head"), redact=redact
        )
        self.config = dataclasses.replace(Config(), log=settings)
        self.folder = place / "user"
        (self.folder / "flows").mkdir(parents=True, exist_ok=True)
        self.way = way
        self.now = START

    def converse(self, *texts: str) -> list[str]:
        """One session; what was answered."""
        services = make_services(self.config, self.place / "state")
        hands = HandsThread()
        conversation = make_conversation(
            self.config,
            None,
            services=services,
            hands=hands,
            now=lambda: self.now,
            folder=self.folder,
        )
        self.log: TurnLog = open_log(self.config, conversation, services, self.way)
        answers = []
        for number, text in enumerate(texts, 1):
            turn = conversation.converse(text, turn=number)
            self.log.add(typed_entry(turn, number, hands.call_of, {}))
            answers.append(turn.answer)
            self.now += timedelta(seconds=8)
            self.meanwhile(conversation.due_announcements())
        assert self.log.close(10.0)
        services.store.close()
        return answers

    def meanwhile(self, said: Sequence[object]) -> None:
        """Nothing is due within these sessions."""

    def book(self) -> Book:
        path = log_path(self.config.log.directory)
        return Book(path, head_file(path, self.config.log.head_directory))

    def replay(self, *rows: int) -> list[Replayed]:
        """Those rows, or all turns."""
        book = self.book()
        wanted = [row for row in book.rows("kind = 'turn'") if not rows or row.seq in rows]
        return list(replay_rows(book, self.config, wanted, None, self.folder, lambda: Store()))


@pytest.fixture
def talking(tmp_path: Path) -> Talking:
    return Talking(tmp_path)


def verdicts(found: Sequence[Replayed]) -> list[str]:
    return [one.verdict for one in found]


def test_thirty_turns_are_replayed_without_a_difference(talking: Talking) -> None:
    answers = talking.converse(*THIRTY)
    assert len(set(answers)) > 20, "they are real answers"
    found = talking.replay()
    assert [(one.request, one.differences) for one in found] == [(text, ()) for text in THIRTY]
    assert {one.remark for one in found} == {""}
    assert verify(talking.book()).problems == []


def test_a_second_session_begins_with_what_the_first_one_left(talking: Talking) -> None:
    talking.converse("Add milk to my shopping list.", "My name is Robin.")
    (read, name) = talking.converse("What's on my shopping list?", "What's my name?")
    assert "milk" in read
    assert "Robin" in name
    talking.converse("Clear my shopping list.", "Yes.")
    assert verdicts(talking.replay()) == ["same"] * 6


def test_what_is_replayed_changes_nothing(talking: Talking) -> None:
    talking.converse("Add milk to my shopping list.")
    before = Store.copied(talking.place / "state").dumped()
    for _ in range(2):
        assert verdicts(talking.replay()) == ["same"]
    assert Store.copied(talking.place / "state").dumped() == before


def test_a_flow_that_was_changed_shows_as_a_difference(talking: Talking) -> None:
    file = talking.folder / "flows" / "miles.py"
    file.write_text(MILES.format(number=40))
    assert (
        talking.converse("How far is Dover?", "What time is it?")[0] == "It is 40 miles to Dover."
    )
    assert verdicts(talking.replay()) == ["same", "same"]
    file.write_text(MILES.format(number=41))
    far, clock = talking.replay()
    (difference,) = far.differences
    assert str(difference) == "words: It is 40 miles to Dover. → It is 41 miles to Dover."
    assert clock.differences == ()
    file.write_text(MILES.format(number=40).replace("town", "city"))
    far, _ = talking.replay()
    assert [one.what for one in far.differences] == ["slot city", "slot town"]
    file.unlink()
    far, _ = talking.replay()
    assert [one.what for one in far.differences] == ["name", "slot town"]


def test_one_turn_is_replayed_after_those_before_it(talking: Talking) -> None:
    talking.converse("Set a timer.", "For seven minutes.", "How long is left?")
    (found,) = talking.replay(4)
    assert (found.row, found.request, found.verdict) == (4, "How long is left?", "same")


def test_a_tool_of_the_user_is_not_run_again_and_gives_what_it_gave(talking: Talking) -> None:
    world = talking.place / "world"
    file = talking.folder / "flows" / "button.py"
    file.write_text(SWITCH.format(place=str(world)))
    (said,) = talking.converse("Press the red button.")
    assert (said, world.read_text()) == ("I have pressed red.", "red")
    assert verdicts(talking.replay()) == ["same"]
    assert world.read_text() == "red"


TWICE = """
from assistant.flows import Call, flow, tool

@tool(writes=True)
def press(what: str) -> str:
    if what == "broken":
        raise OSError("no current")
    return "pressed " + what

@flow("press {{first}} and {{second}}", name="button.both")
def both(first: str = "", second: str = ""):
    one = yield Call(press, what=first)
    two = yield Call(press, what=second)
    return f"{one}, {two}"
"""


def test_each_call_of_one_tool_gives_its_own_result_and_a_failure_is_one_again(
    talking: Talking,
) -> None:
    (talking.folder / "flows" / "button.py").write_text(TWICE.replace("{{", "{").replace("}}", "}"))
    said = talking.converse("Press red and blue.", "Press red and broken.")
    assert said == ["pressed red, pressed blue", "Sorry, that did not work."]
    assert verdicts(talking.replay()) == ["same", "same"]


def test_a_redacted_request_is_skipped_and_said_so(talking: Talking) -> None:
    talking.converse("My card is 4111 1111 1111 1111.", "What time is it?")
    first, second = talking.replay()
    assert first.request == "My card is [card]."
    assert first.skipped == "it has personal data, which is not kept"
    assert second.verdict == "same"
    content = b"".join(path.read_bytes() for path in (talking.place / "log").iterdir())
    assert b"4111" not in content


DOOR = """
from assistant.flows import Call, Say, flow, tool

@tool(writes=True, needs_pin=True)
def unlock() -> str:
    return "open"

@flow("unlock the door", name="door.unlock")
def door():
    yield Call(unlock)
    yield Say("It is open.")
"""


def test_a_pin_is_nowhere_in_the_log_and_its_turn_is_skipped(talking: Talking) -> None:
    (talking.folder / "flows" / "door.py").write_text(DOOR)
    make_services(talking.config, talking.place / "state").pins.set("739164")
    said = "Seven three nine one six four."
    asks, opened = talking.converse("Unlock the door.", said, "What time is it?")[:2]
    assert (asks[-1], opened) == ("?", "It is open."), (asks, opened)
    rows = [row.body for row in talking.book().rows("kind = 'turn'")]
    assert set(rows[1]["request"]) <= set("• .")
    content = b"".join(path.read_bytes() for path in (talking.place / "log").iterdir())
    for words in (b"739164", b"three nine", b"7391"):
        assert words not in content.replace(b" ", b" ")
    assert verdicts(talking.replay()) == ["same", "skipped", "same"]


def test_what_the_model_chose_and_what_was_asked_outside_is_skipped(talking: Talking) -> None:
    talking.converse("What time is it?")
    book = talking.book()
    (row,) = (row.body for row in book.rows("kind = 'turn'"))
    chosen = {**row, "steps": [{"part": "tool choice", "verdict": "lamp"}], "name": "lamp.set"}
    asked = {**row, "name": "api.weather"}
    assert book.append([chosen, asked]) == [3, 4]
    _, model, api = talking.replay()
    assert model.skipped == "the model chose a tool, and is not asked"
    assert api.skipped == "it asked another program, and none is asked again"


def test_the_voice_of_then_is_heard_again(talking: Talking) -> None:
    heard: list[object] = []
    talking.converse("What time is it?")
    book = talking.book()
    (row,) = (row.body for row in book.rows("kind = 'turn'"))
    voice = Prosody(pitch_st=84.25, level_dbfs=-31.123456, rate_hz=4.5, speech_s=1.25)
    entry = Entry(at=START, now=START, request="x", voice=voice)
    assert body(entry, lambda text: text)["voice"] == dataclasses.asdict(voice)
    book.append([{**row, "voice": dataclasses.asdict(voice)}])
    real = Conversation.decide

    def noting(*given: object, **options: object) -> object:
        heard.append(options.get("voice"))
        return real(*given, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Conversation, "decide", noting)
        assert verdicts(talking.replay()) == ["same", "same"]
    assert heard == [None, voice]


def test_redaction_can_be_switched_off(tmp_path: Path) -> None:
    talking = Talking(tmp_path, redact=False)
    talking.converse("My card is 4111 1111 1111 1111.")
    assert verdicts(talking.replay()) == ["same"]
    (row,) = talking.book().rows("kind = 'turn'")
    assert row.body["request"] == "My card is 4111 1111 1111 1111."


def test_without_the_state_of_then_that_of_now_is_taken_and_said_so(talking: Talking) -> None:
    talking.converse("Add milk to my shopping list.", "What's on my shopping list?")
    talking.converse("What's on my shopping list?")
    book = talking.book()
    assert book.forget("seq = 2") == [2]
    book.close()
    first, second = talking.replay()
    remark = "what was set and listed then is not kept"
    assert (first.remark, second.remark) == ("", remark)
    assert [one.what for one in first.differences] == ["words"], "the milk was forgotten with it"


def test_a_conversation_that_was_forgotten_is_forgotten_again(talking: Talking) -> None:
    talking.way = "run"
    services = make_services(talking.config)
    hands = HandsThread()
    conversation = make_conversation(
        talking.config, None, services=services, hands=hands, now=lambda: talking.now
    )
    log = open_log(talking.config, conversation, services, "run")
    for number, text in enumerate(("Tell me a joke.", "", "Another one."), 1):
        if not text:
            conversation.forget()
            continue
        turn = conversation.converse(text, turn=number)
        log.add(typed_entry(turn, number, hands.call_of, {}))
    assert log.close(10.0)
    kinds = [row.body["kind"] for row in talking.book().rows()]
    assert kinds == ["session", "turn", "cleared", "turn"]
    assert verdicts(talking.replay()) == ["same", "same"]


def test_a_timer_that_rings_in_between_rings_in_the_replay(tmp_path: Path) -> None:
    talking = Ringing(tmp_path, way="run")
    answers = talking.converse("Set a timer for ten seconds.", "What time is it?", "Stop.")
    assert talking.rang == ["Your ten second timer is done."]
    assert verdicts(talking.replay()) == ["same"] * 3, answers
    names = [row.body["name"] for row in talking.book().rows("kind = 'turn'")]
    assert names == ["timer.set", "time.now", "alarm.stop"], "nothing else would stop a timer so"


class Ringing(Talking):
    """As `Talking`, and what is announced is written down."""

    rang: list[str] = []  # noqa: RUF012

    def meanwhile(self, said: Sequence[object]) -> None:
        for one in said:
            text = str(getattr(one, "text", ""))
            self.rang = [*self.rang, text]
            self.log.add(Entry(kind="said", at=self.now, sounded=text, turn=-1))


def test_the_hash_of_the_rules_is_the_same_in_every_process_and_another_for_other_rules(
    talking: Talking,
) -> None:
    code = (
        "from assistant.assemble.loading import make_conversation\n"
        "from assistant.config import Config\n"
        "print(make_conversation(Config(), None).knowledge.rules)"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in "123"
    }
    own = make_conversation(talking.config, None).knowledge
    assert seen == {own.rules}
    talking.folder.joinpath("flows", "miles.py").write_text(MILES.format(number=40))
    other = make_conversation(talking.config, None, folder=talking.folder)
    assert other.knowledge.rules != own.rules


def test_a_hash_that_was_made_while_the_rules_changed_is_not_kept(
    talking: Talking, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.talk import knowledge

    flow = talking.folder.joinpath("flows", "miles.py")
    flow.write_text(MILES.format(number=40))
    conversation = make_conversation(talking.config, None, folder=talking.folder)
    made: list[str] = []
    real = knowledge.rules_digest

    def digest(*parts: Any) -> str:
        made.append(real(*parts))
        if len(made) == 1:  # on the log's thread, while the mind takes up a change
            flow.write_text(MILES.format(number=4000))
            conversation.reload()
        return made[-1]

    monkeypatch.setattr(knowledge, "rules_digest", digest)
    found = conversation.knowledge.rules
    fresh = make_conversation(talking.config, None, folder=talking.folder)
    assert found == conversation.knowledge.rules == fresh.knowledge.rules
    assert found != made[0]


# -- spoken, through the engine --------------------------------------------------------------------


def test_a_spoken_session_with_interruptions_is_replayed_without_a_difference(
    tmp_path: Path,
) -> None:
    talking = Talking(tmp_path, way="hear")
    services = make_services(talking.config, tmp_path / "state")
    hands = HandsThread()
    conversation = make_conversation(
        talking.config, None, services=services, hands=hands, folder=talking.folder
    )
    said: tuple[tuple[str, Start], ...] = (
        ("Set a timer for ten minutes.", AtOnce()),
        ("What can you do?", AfterAnswer(quiet_ms=1500)),
        ("Say that again.", DuringAnswer(after_ms=2200)),
        ("No.", DuringAnswer(after_ms=2200)),
        ("Add milk to my shopping list.", AfterAnswer(quiet_ms=1500)),
        ("How long is left?", AfterAnswer(quiet_ms=1500)),
    )
    session = Session(
        text=Real(conversation=conversation),
        words=Words(lambda loud_s: said[round((loud_s / 0.02 - 9) / 3)][0]),
        voice=Humming(seconds=4.0),
        hands=hands,
        log=open_log(talking.config, conversation, services, "hear"),
    )
    session.run(
        *(
            Segment(samples=drawn("#" * (9 + 3 * place)), starts=starts)
            for place, (_, starts) in enumerate(said)
        )
    )
    assert session.log.close(10.0)
    rows = [row.body for row in talking.book().rows("kind = 'turn'")]
    assert [row["request"] for row in rows] == [text for text, _ in said]
    cut = [row for row in rows if row.get("interrupted")]
    assert cut, "one answer at least was interrupted"
    assert cut[0]["sounded"] != " ".join(cut[0]["planned"])
    found = talking.replay()
    assert [(one.request, one.differences) for one in found] == [(text, ()) for text, _ in said]
