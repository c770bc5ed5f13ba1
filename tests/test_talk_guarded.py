"""A guarded tool runs after a yes, or the PIN, of this very run, and on no other path."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from assistant.assemble.loading import make_services
from assistant.config import Config
from assistant.language.en.normalise import normalise
from assistant.language.en.pins import HIDDEN, hide_all, hide_runs, read_pin, without_pin
from assistant.talk import gate
from assistant.talk.flow import Ask, Call, Flow, Steps, flow
from assistant.talk.gate import Secret
from assistant.talk.grants import Grant, GuardedError
from assistant.talk.pins import PinError, Pins
from assistant.talk.store import Store
from assistant.talk.talk import Talk
from assistant.talk.tool import Here, Tool
from assistant.talk.tools.calling import CALL
from tests.talking import START, Talking

DIGITS = "4711"
CONFIRMED = "Shall I unlock the {door} door?"


class House:
    """What the tool did."""

    def __init__(self) -> None:
        self.unlocked: list[str] = []
        self.locked: list[str] = []


def unlock_tool(house: House, **kind: Any) -> Tool:
    def unlock(door: str = "front") -> str:
        house.unlocked.append(door)
        return f"The {door} door is unlocked."

    def undo(here: Here, result: str) -> None:
        house.locked.append(result)

    kind = {"writes": True, "undo": undo, "speak": None, **kind}
    return Tool(name="home.unlock", function=unlock, about="Unlock a door.", **kind)


def unlock_flow(tool: Tool) -> Flow:
    @flow(
        "(unlock|open) [the] {door} door",
        "unlock",
        name="door.unlock",
        examples=["let me in at the front"],
        again=True,
    )
    def unlock(door: Literal["front", "back"] | None = None) -> Steps:
        said = yield Call(tool, door=door or "front")
        return str(said or "Unlocked.")

    return unlock


class Home(Talking):
    """A conversation with a guarded tool, by template and by its name."""

    def __init__(self, folder: Path, pin: str = "", **kind: Any) -> None:
        super().__init__(folder)
        self.house = House()
        self.tool = unlock_tool(self.house, **kind)
        self.conversation.flows.exchange(
            (dataclasses.replace(unlock_flow(self.tool), is_users=True),)
        )
        self.services.toolbox.exchange("test", [self.tool])
        if pin:
            self.services.pins.set(pin)

    def call(self, **arguments: Any) -> str:
        """The tool by its name, as a model or a server calls it; committed."""
        flows = self.conversation.flows
        request = read(self, "call it")
        found = flows.run(
            flows.get(CALL),
            self.conversation.talk,
            request,
            {"tool": "home.unlock", "arguments": arguments},
            why="called",
        )
        self.conversation.commit(found)
        return " ".join(one.text for one in found.replies)


def read(home: Home, text: str) -> Any:
    from assistant.talk.request import read_request

    return read_request(text, home.now)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, DIGITS, needs_pin=True)
    yield home
    home.close()


@pytest.fixture
def confirmed(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, confirm=CONFIRMED)
    yield home
    home.close()


# -- confirm --------------------------------------------------------------------------------------


def test_a_yes_comes_before_the_call(confirmed: Home) -> None:
    assert confirmed.says("Unlock the back door.") == ["Shall I unlock the back door?"]
    assert confirmed.house.unlocked == []
    assert confirmed.says("Yes.") == ["The back door is unlocked."]
    assert confirmed.house.unlocked == ["back"]


def test_a_no_ends_politely(confirmed: Home) -> None:
    assert confirmed.says("Unlock the back door.", "No.", "Yes.")[1] == gate.REFUSED
    assert confirmed.house.unlocked == []
    assert not confirmed.conversation.talk.waiting


def test_a_corrected_call_is_asked_for_again(confirmed: Home) -> None:
    confirmed.says("Unlock the front door.", "Yes.")
    assert confirmed.says("No, the back.") == ["Shall I unlock the back door?"]
    assert confirmed.house.unlocked == ["front"]
    assert confirmed.says("Yes.") == ["The back door is unlocked."]


def test_once_more_is_asked_for_again(confirmed: Home) -> None:
    confirmed.says("Unlock the front door.", "Yes.")
    assert confirmed.says("Again.") == ["Shall I unlock the front door?"]
    assert confirmed.house.unlocked == ["front"]


def test_two_requests_in_one_sentence_do_not_pass_it(confirmed: Home) -> None:
    confirmed.says("Unlock the front door and set a timer for ten minutes.")
    assert confirmed.house.unlocked == []


@pytest.mark.parametrize("kind", [{"writes": False}, {"sure": True}, {}])
def test_reads_and_sure_writes_wait_as_well(tmp_path: Path, kind: dict[str, bool]) -> None:
    home = Home(tmp_path, confirm=CONFIRMED, **kind)
    home.say("Unlock the front door.")
    home.conversation.preview("Yes.")
    assert home.house.unlocked == []
    home.say("Yes.")
    assert home.house.unlocked == ["front"]
    home.close()


def test_a_tool_that_changes_under_the_question_is_asked_for_again(confirmed: Home) -> None:
    assert confirmed.call(door="back") == "Shall I unlock the back door?"
    changed = dataclasses.replace(confirmed.tool, about="Open the gate and send the key away.")
    confirmed.services.toolbox.exchange("test", [changed])
    assert confirmed.says("Yes.") == ["Shall I unlock the back door?"]
    assert confirmed.house.unlocked == []


def test_undone_and_done_again_is_asked_for_again(confirmed: Home) -> None:
    confirmed.says("Unlock the front door.", "Yes.")
    conversation = confirmed.conversation
    decision = conversation.decide("Never mind.")
    assert decision is not None
    conversation.commit(decision)
    conversation.withdraw(decision)
    confirmed.hands.flush(5)
    assert confirmed.house.locked == ["The front door is unlocked."]
    assert confirmed.house.unlocked == ["front"]


# -- the PIN --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    ["4711", "Four seven one one.", "47 11", "Forty seven eleven.", "Four seven double one",
     "The PIN is 4-7-1-1.", "It's four, seven, one, one.", "Um, four seven eleven."],
)  # fmt: skip
def test_the_pin_is_read_as_it_is_spoken(guarded: Home, said: str) -> None:
    assert guarded.says("Unlock the front door.") == [gate.ASK_PIN]
    assert guarded.house.unlocked == []
    assert guarded.says(said) == ["The front door is unlocked."]
    assert guarded.house.unlocked == ["front"]


def test_without_a_pin_it_is_said_how_to_set_one(tmp_path: Path) -> None:
    home = Home(tmp_path, needs_pin=True)
    assert home.says("Unlock the front door.") == [gate.NOT_SET]
    assert home.house.unlocked == []
    assert not home.conversation.talk.waiting
    home.close()


def test_a_yes_comes_before_the_pin(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS, confirm=CONFIRMED, needs_pin=True)
    answers = home.says("Unlock the back door.", "Yes.", "4712", "4711")
    assert answers == [
        "Shall I unlock the back door?",
        gate.ASK_PIN,
        f"{gate.WRONG} {gate.ASK_PIN}",
        "The back door is unlocked.",
    ]
    assert home.house.unlocked == ["back"]
    home.close()


def test_three_wrong_tries_lock_it_for_longer_and_longer(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS, needs_pin=True)
    home.say("Unlock the front door.")
    assert home.says("1111", "2222") == [f"{gate.WRONG} {gate.ASK_PIN}"] * 2
    locked = "The PIN was wrong too often. I take none for another five minutes."
    assert home.says("3333") == [f"{gate.WRONG} {locked}"]
    assert home.says("Unlock the front door.", "4711")[0] == locked
    home.wait(minutes=4, seconds=30)
    home.close()

    again = Home(tmp_path, needs_pin=True)  # after a restart
    again.now = START + timedelta(minutes=4, seconds=30)
    one = "The PIN was wrong too often. I take none for another one minute."
    assert again.says("Unlock the front door.") == [one]
    again.wait(seconds=31)
    again.say("Unlock the front door.")
    again.says("1111", "2222")
    assert "ten minutes" in again.say("3333").answer
    again.wait(minutes=10, seconds=1)
    assert again.says("Unlock the front door.", "4711")[1] == "The front door is unlocked."
    assert again.house.unlocked == ["front"]
    again.close()


def test_takes_count_no_tries(guarded: Home) -> None:
    guarded.say("Unlock the front door.")
    for _ in range(8):
        guarded.conversation.preview("1111")
    assert guarded.says("4711") == ["The front door is unlocked."]


def test_what_is_no_pin_is_asked_for_again_and_counts_as_no_try(guarded: Home) -> None:
    guarded.say("Unlock the front door.")
    assert guarded.says("One two.", "I forgot it") == [gate.NOT_DIGITS, gate.NOT_DIGITS]
    assert guarded.says("4711") == ["The front door is unlocked."]


def test_never_mind_ends_it(guarded: Home) -> None:
    guarded.says("Unlock the front door.", "Never mind.", "4711")
    assert guarded.house.unlocked == []


def test_another_request_in_between_keeps_the_question(guarded: Home) -> None:
    guarded.say("Unlock the front door.")
    answer = guarded.say("What time is it?").answer
    assert answer.endswith(gate.ASK_PIN)
    assert guarded.says("4711") == ["The front door is unlocked."]


def test_digits_correct_no_value(guarded: Home) -> None:
    guarded.say("Unlock the front door.")
    assert guarded.says("No, 4711.") == ["The front door is unlocked."]


def test_a_cancelled_pin_is_asked_for_anew(guarded: Home) -> None:
    guarded.says("Unlock the front door.", "4711")
    assert guarded.says("No, the back.") == [gate.ASK_PIN]
    assert guarded.says("Never mind.", "Again.")[1] != "The back door is unlocked."
    assert guarded.house.unlocked == ["front"]


def test_by_its_name_it_is_asked_for_as_well(guarded: Home) -> None:
    assert guarded.call(door="back") == gate.ASK_PIN
    assert guarded.says("4711") == ["The back door is unlocked."]


def test_a_yes_is_good_for_its_run_alone(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS, confirm=CONFIRMED, needs_pin=True)
    home.says("Unlock the front door.", "Yes.")
    (waiting,) = home.conversation.talk.waiting
    (grant,) = waiting.inputs
    assert isinstance(grant, Grant)
    flows, talk = home.conversation.flows, home.conversation.talk
    unlock = flows.get("door.unlock")
    assert unlock is not None
    for run in (
        dataclasses.replace(waiting, number=waiting.number + 1),
        dataclasses.replace(waiting, request=read(home, "another request")),
        dataclasses.replace(waiting, slots={"door": "back"}),
    ):
        outcome = flows.replay(unlock, talk, read(home, "go on"), run)
        assert outcome is not None
        assert isinstance(outcome.asks, gate.Permission)
        assert outcome.inputs == ()
    home.close()


def test_a_yes_is_good_for_its_place_alone(tmp_path: Path) -> None:
    home = Home(tmp_path, confirm=CONFIRMED)

    @flow("twice", name="door.twice")
    def twice() -> Steps:
        yield Call(home.tool, door="front")
        yield Call(home.tool, door="front")
        return "Twice."

    home.conversation.flows.exchange((dataclasses.replace(twice, is_users=True),))
    assert home.says("Twice.", "Yes.") == ["Shall I unlock the front door?"] * 2
    (waiting,) = home.conversation.talk.waiting
    first, result = waiting.inputs
    forged = dataclasses.replace(waiting, inputs=(first, result, first))
    outcome = home.conversation.flows.replay(
        twice, home.conversation.talk, read(home, "go on"), forged
    )
    assert outcome is not None
    assert outcome.waits is None
    assert outcome.asks is not None
    assert home.says("Yes.") == ["Twice."]
    assert home.house.unlocked == ["front", "front"]
    home.close()


# -- no digit is kept -----------------------------------------------------------------------------

SAID_WITHIN = (
    "Unlock the front door, 4711.", "Unlock the front door, my PIN is four seven one one.",
    "4711, unlock the front door.", "Unlock, four seven double one.",
    "Unlock the front door with code 4711 please.",
    "Unlock the front door, four seven, you know, one one.",
    "Unlock the front door, fore seven won won.",
)  # fmt: skip


@pytest.mark.parametrize("said", SAID_WITHIN)
def test_a_pin_within_the_request_is_asked_for_again(guarded: Home, said: str) -> None:
    turn = guarded.say(said)
    assert turn.answer == gate.ASK_PIN
    assert HIDDEN in turn.text
    assert guarded.house.unlocked == []
    keeps_nothing(guarded, turn)


def keeps_nothing(home: Home, turn: Any) -> None:
    """No value of the conversation, of the turn or of the state folder has the digits."""
    decision = turn.decision
    found = repr((home.conversation.talk, turn, decision.slots, decision.steps, decision.why))
    for kept in (found, *texts_of(home)):
        assert "4711" not in kept
        assert "4 7 1 1" not in kept
        assert "four seven" not in kept.lower()
        assert "fore seven" not in kept.lower()
        assert "won won" not in kept.lower()


def texts_of(home: Home) -> Iterator[str]:
    folder = home.services.store.directory
    assert folder is not None
    for path in folder.iterdir():
        yield path.read_bytes().decode("latin-1")


@pytest.mark.parametrize("said", ["4711", "Four seven one one.", "It is 4711, I think"])
def test_no_value_keeps_the_digits(guarded: Home, said: str) -> None:
    guarded.say("Unlock the front door.")
    assert guarded.conversation.shown(said) == HIDDEN
    turn = guarded.say(said)
    assert turn.text == HIDDEN
    assert guarded.house.unlocked == ["front"]
    assert guarded.conversation.talk.requests[-1] == HIDDEN
    keeps_nothing(guarded, turn)


def test_a_wrong_pin_is_hidden_as_well(guarded: Home) -> None:
    guarded.say("Unlock the front door.")
    turn = guarded.say("four seven one two")
    assert turn.text == HIDDEN
    assert "four seven" not in repr(guarded.conversation.talk)


@pytest.mark.parametrize("said", SAID_WITHIN)
def test_also_where_a_yes_comes_first(tmp_path: Path, said: str) -> None:
    home = Home(tmp_path, DIGITS, confirm=CONFIRMED, needs_pin=True)
    turn = home.say(said)
    assert turn.answer == "Shall I unlock the front door?"
    assert HIDDEN in turn.text
    keeps_nothing(home, turn)
    turn = home.say("Yes, 4711.")
    assert turn.answer == gate.ASK_PIN
    keeps_nothing(home, turn)
    home.close()


def test_what_was_said_before_the_question_is_hidden_when_it_comes(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS, needs_pin=True)

    @flow("enter *", name="door.enter")
    def enter() -> Steps:
        door = yield Ask("By which door?", ["front", "back"])
        return str((yield Call(home.tool, door=door)))

    home.conversation.flows.exchange((dataclasses.replace(enter, is_users=True),))
    assert home.says("Enter, 4711.", "The back.") == ["By which door?", gate.ASK_PIN]
    assert home.conversation.talk.requests == [f"Enter, {HIDDEN}", "The back."]
    home.close()


def test_an_amount_is_no_pin(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS)
    sent: list[int] = []
    tool = Tool(
        name="bank.send", function=lambda amount: sent.append(amount), writes=True, needs_pin=True
    )

    @flow("send {amount} dollars", name="bank.send")
    def send(amount: int | None = None) -> Steps:
        yield Call(tool, amount=amount)
        return "Sent."

    home.conversation.flows.exchange((dataclasses.replace(send, is_users=True),))
    assert home.says("Send 5000 dollars.", "4711") == [gate.ASK_PIN, "Sent."]
    assert sent == [5000]
    home.close()


def test_digits_that_are_no_pin_are_shown(guarded: Home) -> None:
    turn = guarded.say("What is 1234 times 2?")
    assert turn.text == "What is 1234 times 2?"
    assert turn.answer == "1,234 times 2 is 2,468."


def test_the_model_reads_no_pin(guarded: Home) -> None:
    guarded.say("Unlock the front door.")
    decision = guarded.conversation.decide("Who was agent 4711 of the crown?")
    assert decision is not None
    assert decision.shown("Who was agent 4711 of the crown?") == HIDDEN


def test_a_secret_is_taken_once_and_not_shown() -> None:
    secret = Secret("4711")
    assert "4711" not in repr(secret)
    with pytest.raises(TypeError):
        dataclasses.replace.__globals__["copy"].copy(secret)
    assert (secret.take(), secret.take()) == ("4711", "")


@pytest.mark.parametrize(
    ("text", "shown", "bare"),
    [
        ("unlock the door, 1234", "unlock the door, ••••", "unlock the door"),
        ("call four seven", "call four seven", None),
        ("1234", "••••", None),
        ("set a timer for 10 minutes", "set a timer for 10 minutes", None),
        ("two three double four please", "•••• please", "please"),
    ],
)
def test_rows_of_digits_are_found(text: str, shown: str, bare: str | None) -> None:
    assert hide_runs(text) == shown
    assert without_pin(text) == bare


def test_what_sounds_like_digits_is_a_pin_only_near_the_question_for_it(guarded: Home) -> None:
    text = "We won too, for two to one."
    assert hide_runs(text) == text
    assert guarded.conversation.shown("Note that we won too for two to one.").endswith("to one.")
    assert hide_runs("Won, seven, I mean, to ate.", is_near=True) == f"{HIDDEN}."
    for innocent in ("Unlock the door for one hour.", "Open it at four, you know, or later."):
        assert hide_runs(innocent, is_near=True) == innocent
    assert read_pin(normalise("fore seven won one")) == "4711"


def test_only_words_without_digits_are_left() -> None:
    assert hide_all("never mind") == "never mind"
    assert hide_all("for one two") == HIDDEN
    assert read_pin(normalise("one two three")) is None
    assert read_pin(normalise("one two three four cats")) is None


# -- the second lock, and the file ----------------------------------------------------------------


def test_the_tool_itself_refuses_without_a_grant(guarded: Home) -> None:
    flows, talk = guarded.conversation.flows, guarded.conversation.talk
    request = read(guarded, "unlock")
    here = Here(now=guarded.now, talk=talk, request=request, services=guarded.services)
    with pytest.raises(GuardedError, match=r"home\.unlock needs the PIN first"):
        guarded.tool(here, door="front")
    assert flows.get(CALL) is not None
    run = guarded.services.grants
    forged = dataclasses.replace(run.issue("pin", "another run", 0, "another call"), run="this run")
    with pytest.raises(GuardedError):
        guarded.tool(dataclasses.replace(here, grants=(forged,)), door="front")
    assert guarded.house.unlocked == []


def test_the_hash_is_kept_with_salt_for_its_owner_only(tmp_path: Path) -> None:
    one, other = Pins(Store(tmp_path / "a")), Pins(Store(tmp_path / "b"))
    one.set(DIGITS)
    other.set(DIGITS)
    assert one.path is not None
    assert stat.S_IMODE(os.stat(one.path).st_mode) == 0o600
    kept = [json.loads(pins.path.read_text()) for pins in (one, other) if pins.path]
    assert kept[0]["hash"] != kept[1]["hash"]
    assert one.check(DIGITS, START).verdict == "right"
    one.clear()
    assert (one.is_set, one.check(DIGITS, START).verdict) == (False, "none")


def test_a_damaged_file_opens_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS, needs_pin=True)
    assert home.services.pins.path is not None
    home.services.pins.path.write_text('{"n": 2, "r": 8}')
    with pytest.raises(PinError, match="cannot be read"):
        home.services.pins.check(DIGITS, START)
    home.say("Unlock the front door.")
    assert "cannot be read" in home.say(DIGITS).answer
    assert home.house.unlocked == []
    home.close()


def test_two_copies_share_the_tries(tmp_path: Path) -> None:
    one, other = (make_services(Config(), tmp_path).pins for _ in range(2))
    one.set(DIGITS)
    verdicts = [pins.check("0000", START).verdict for pins in (one, other, one)]
    assert verdicts == ["wrong"] * 3
    assert other.check(DIGITS, START).verdict == "locked"


def test_what_was_caught_stays_hidden_where_its_digits_are(tmp_path: Path) -> None:
    home = Home(tmp_path, DIGITS, confirm=CONFIRMED, needs_pin=True)
    home.says("Unlock the front door.", "How do I build a bomb with 4711 nails?")
    exchange = home.conversation.talk.history[-1]
    assert HIDDEN in exchange.request
    assert exchange.read == "…"
    home.close()


def test_no_digits_are_in_what_a_model_reads_instead() -> None:
    talk = Talk().hiding("tell acme 4711", "tell them 4711")
    talk = talk.with_played(1, "tell acme 4711", "Okay.", 10).without_digits(hide_runs)
    assert DIGITS not in repr(talk.history)


@pytest.mark.parametrize("text", ["Note that the PIN is 4711.", "What is 4711 times 2?"])
def test_another_request_over_the_question_for_the_pin_leaves_no_digits(
    guarded: Home, text: str
) -> None:
    guarded.says("Unlock the front door.")
    decision = guarded.say(text).decision
    assert decision is not None
    assert decision.slots
    assert DIGITS not in repr(dict(decision.slots))


def test_nor_does_the_answer_to_it(guarded: Home) -> None:
    turn = guarded.says("Unlock the front door.") and guarded.say("Add 4711 to my shopping list.")
    assert DIGITS in turn.answer, "what is said aloud stays"
    talk = guarded.conversation.talk
    assert talk.history[-1].answer.startswith(f"I've added {HIDDEN}")
    assert DIGITS not in talk.last_answer
    assert guarded.says("What is 1234 times 2?", "4711")[1] == "The front door is unlocked."
    assert "2,468" in guarded.say("What is 1234 times 2?").answer
    assert "2,468" in guarded.conversation.talk.history[-1].answer


def test_a_pin_with_an_uh_in_it_is_hidden() -> None:
    text = "Unlock the door, four, seven, uh, one, one."
    assert hide_runs(text) == f"Unlock the door, {HIDDEN}."
    assert without_pin(text) == "Unlock the door"
    assert hide_runs("At five, uh, six.") == "At five, uh, six."
    assert hide_all("Um.") == "Um."
