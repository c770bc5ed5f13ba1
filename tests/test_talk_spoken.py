"""Requests that failed when they were spoken to the whole program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.talk.decision import Decision
from assistant.talk.request import read_request
from tests.talking import Talking


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


@pytest.mark.parametrize(
    ("text", "text_noted"),
    [
        ("Add a note: book the flights.", "book the flights"),
        ("Create a note, buy stamps.", "buy stamps"),
        ("Add a note to call Ben.", "call Ben"),
    ],
)
def test_a_note_is_noted_also_right_after_a_list(talk: Talking, text: str, text_noted: str) -> None:
    talk.say("add milk to my shopping list")
    assert talk.say(text).answer == "I've noted it."
    assert text_noted in talk.say("read my notes").answer


def test_a_note_for_a_list_is_no_note(talk: Talking) -> None:
    assert talk.name("add a note to my shopping list") == "list.add"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What time is it in pairs?", "I don't know a place called Pairs."),
        ("How late may it be", None),
    ],
)
def test_a_place_that_is_none_is_named_or_left_out(
    talk: Talking, text: str, answer: str | None
) -> None:
    flow = talk.conversation.flows.get("time.zone")
    assert flow is not None
    request = read_request(text, talk.now)
    found = talk.conversation.flows.run(flow, talk.conversation.talk, request, {}, why="meaning")
    said = found.replies[0].text if isinstance(found, Decision) else None
    assert said == answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Set an alarm for 3.21pm.", "Okay, alarm today at three twenty-one PM."),
        ("Set an alarm for 9.15 tomorrow.", "Okay, alarm tomorrow at nine fifteen AM."),
        ("Remind me at 4.30 to pick up the kids.",
         "Okay, I'll remind you today at four thirty PM: pick up the kids."),
    ],
)  # fmt: skip
def test_times_are_understood_as_the_recogniser_writes_them(
    talk: Talking, text: str, answer: str
) -> None:
    assert talk.say(text).answer == answer


def test_an_alarm_is_moved_to_the_minute(talk: Talking) -> None:
    talk.say("set an alarm for 7 am")
    assert talk.say("Move my alarm to 8.30.").answer == (
        "Okay, your alarm is now tomorrow at eight thirty AM."
    )


def test_a_stop_behind_a_request_leaves_nothing(talk: Talking) -> None:
    assert talk.name("Set a timer for ten minutes. Stop.") == "talk.cancel"
    assert talk.name("How do you spell Mississippi? No") == "talk.cancel"


@pytest.mark.parametrize("text", ["And two lemons.", "add two lemons", "And 12 eggs"])
def test_so_many_of_a_thing_are_one_more_item(talk: Talking, text: str) -> None:
    talk.say("add milk to my shopping list")
    assert talk.name(text) == "list.add_more"


@pytest.mark.parametrize("text", ["add two minutes", "and 5", "add 5 and 7", "and 10 percent"])
def test_a_number_of_something_else_is_no_item(talk: Talking, text: str) -> None:
    talk.say("add milk to my shopping list")
    assert talk.name(text) != "list.add_more"


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("What is 15% of 80? Set a pasta timer for 10 minutes.",
         ["15 percent of 80 is 12.", "Okay, ten minute pasta timer."]),
        ("Set a timer for 5 minutes. Add milk to my shopping list.",
         ["Okay, five minute timer.", "I've added milk to your shopping list."]),
        ("What day is tomorrow? What time is it?",
         ["Tomorrow is Thursday, March fifth.", "It's three twenty PM."]),
        ("How do you spell cat? What is 2 plus 2?", ["Cat: C-A-T.", "2 plus 2 is 4."]),
    ],
)  # fmt: skip
def test_two_requests_of_one_turn_are_both_done(
    talk: Talking, text: str, answers: list[str]
) -> None:
    assert [reply.text for reply in talk.say(text).replies] == answers


def test_two_requests_leave_both_rows_and_never_mind_takes_the_last_back(talk: Talking) -> None:
    talk.say("Set a timer for 5 minutes. Set a pasta timer for 10 minutes.")
    assert [one.seconds for one in talk.items()] == [300, 600]


def test_two_requests_that_were_not_committed_leave_nothing(talk: Talking) -> None:
    text = "Set a timer for 5 minutes. Add milk to my shopping list."
    for _ in range(3):
        talk.conversation.preview(text)
    decision = talk.conversation.decide(text)
    assert decision is not None
    talk.conversation.commit(decision)
    talk.conversation.withdraw(decision)
    assert talk.hands.flush(10.0)
    assert talk.items() == ()
    assert talk.say("what is on my shopping list").answer == "Your shopping list is empty."


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Note that the car is red. What time is it there nobody knows.", "note.add"),
        ("Make a note that I am late. Set a timer for 5 minutes.", "note.add"),
        ("Remind me to call Dr. Brown at 6 PM.", "reminder.set"),
        ("Hello there. What time is it?", "time.now"),
        ("Good morning, what's the date today?", "date.near"),
    ],
)
def test_what_belongs_together_is_one_request(talk: Talking, text: str, name: str) -> None:
    decision = talk.conversation.decide(text)
    assert decision is not None
    assert decision.name == name
    assert "two requests" not in decision.why


def test_a_question_of_the_first_is_not_passed_over(talk: Talking) -> None:
    talk.say("add milk to my shopping list")
    decision = talk.conversation.decide("Clear my shopping list. What time is it?")
    assert decision is not None
    assert "two requests" not in decision.why


def test_a_timer_that_ended_while_the_program_was_off_does_not_run(talk: Talking) -> None:
    talk.say("set a timer for ten minutes")
    talk.wait(hours=15)
    assert talk.say("what timers are running").answer == "There is no timer running."


_STUMBLES = re.compile(r"[0-9%°€$£#*/=<>_\[\]{}@^~|\\+&]")


@pytest.mark.parametrize(
    "texts",
    [
        ("Note that the code is 4719 & the wifi is 5GHz @ home.", "Read my notes."),
        ("Remind me at 5 to call 555-1234.", "What are my reminders?", "Cancel the reminder."),
        ("Set a timer called A/B for 5 minutes.", "How long is left?", "Cancel it."),
        ("Create a list called 2026 goals.", "Add run 10k to it.", "What lists do I have?"),
        ("When I say ping 3, answer pong #4.", "Yes.", "Ping 3."),
        ("What's 2^10?", "What is 10/4?", "What's 5% of $80?", "Convert 72°F to C."),
        ("Add 2 litres of milk and 1/2 a kilo of flour to my list.", "What's on my list?"),
    ],
)
def test_the_voice_gets_no_digits_and_no_symbols(talk: Talking, texts: tuple[str, ...]) -> None:
    for text in texts:
        for reply in talk.say(text).replies:
            assert not _STUMBLES.search(reply.said), reply.said


def test_what_rings_is_spoken_without_digits(talk: Talking) -> None:
    talk.say("Remind me in 5 minutes to call unit 42.")
    talk.wait(minutes=5)
    (reply,) = talk.conversation.due_announcements()
    assert "42" in reply.text
    assert not _STUMBLES.search(reply.said)
