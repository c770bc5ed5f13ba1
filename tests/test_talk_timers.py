"""Timers and the stopwatch by voice: what is taken, what is left alone, what a row says then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.language.en.normalise import core, normalise
from assistant.language.en.timers import find_lengths, read_timer
from assistant.talk import due
from assistant.talk.decision import Decision
from assistant.talk.request import read_request
from assistant.talk.tool import Here
from assistant.talk.tools.timers import HOW_LONG, TOO_LONG
from tests.talking import Talking

NO_TIMER = "There is no timer running."


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Set a timer for five minutes.", [300]),
        ("Start a 10-minute timer.", [600]),
        ("Set a timer for one hour and twenty minutes", [4800]),
        ("Please set me a timer for two and a half minutes", [150]),
        ("Half an hour timer", [1800]),
        ("Tell me in 90 seconds.", [90]),
        ("Can you wake me up in twenty minutes?", [1200]),
        ("Set another timer for 3 minutes", [180]),
        ("Timer for 45 seconds please", [45]),
        ("Set an alarm for twenty minutes.", [1200]),
        ("a twenty minute alarm", [1200]),
        ("Set a timer for two days.", [172_800]),
        ("Set two timers, for five and ten minutes.", [300, 600]),
        ("Set timers for 5, 10 and 15 minutes", [300, 600, 900]),
        ("Set a timer for five minutes and another for ten minutes", [300, 600]),
        ("set a five minute and a ten minute timer", [300, 600]),
        ("set two ten minute timers", [600, 600]),
        ("set a timer for 5", [300]),
        ("could you time twelve minutes for me", [720]),
        ("count down from ninety seconds", [90]),
        ("let me know when ten minutes have passed", [600]),
        ("I'd like a timer of forty-five seconds", [45]),
        ("put on a timer for twelve minutes", [720]),
        ("set an alarm in two hours", [7200]),
    ],
)
def test_timers_are_set_with_the_commit_and_not_before(
    talk: Talking, text: str, seconds: list[int]
) -> None:
    decision = talk.conversation.decide(text)
    assert decision is not None
    assert (decision.name, decision.source) == ("timer.set", "tool")
    assert talk.items() == ()
    talk.say(text)
    assert [one.seconds for one in talk.items()] == seconds
    assert talk.left() == seconds


@pytest.mark.parametrize(
    ("text", "name", "seconds"),
    [
        ("Set a pasta timer for ten minutes.", "pasta", 600),
        ("a pasta timer for ten minutes", "pasta", 600),
        ("ten minute pasta timer", "pasta", 600),
        ("set a ten minute timer called Grandma's soup", "Grandma's soup", 600),
        ("set a timer for ten minutes for the rice", "rice", 600),
        ("start an Earl Grey timer for four minutes", "Earl Grey", 240),
        ("set a timer called pasta for ten minutes", "pasta", 600),
        ("set a timer named green tea for four minutes", "green tea", 240),
        ("Set a timer for the rice, nine minutes.", "rice", 540),
        ("set a timer for about nine minutes for the rice", "rice", 540),
        ("I need a timer for the bread in an hour and three quarters.", "bread", 6300),
        ("Time the eggs for me, six and a half minutes.", "eggs", 390),
        ("Time my green tea for a hundred and twenty seconds.", "green tea", 120),
        ("start a second cake timer for a hundred minutes", "cake", 6000),
    ],
)
def test_a_timer_has_a_name(talk: Talking, text: str, name: str, seconds: int) -> None:
    talk.say(text)
    (item,) = talk.items()
    assert (item.name, item.seconds) == (name, seconds)


@pytest.mark.parametrize(
    "text",
    [
        "What is a timer?",
        "Who invented the egg timer?",
        "I do not want a timer",
        "How many minutes are in an hour?",
        "How long is five minutes?",
        "Boil the eggs for five minutes",
        "How much time is left?",
        "how do timers work",
        "buy an egg timer",
        "add an egg timer to my shopping list",
        "tell me about the egg timer",
        "the timer is done",
        "my timer is broken",
        "what does an egg timer do",
        "give me five minutes",
        "hold on",
        "pause",
        "resume it",
        "take two minutes off",
        "add five minutes",
        "cancel both",
        "who ran a marathon in two hours",
        "how long until Christmas is over",
        "why did the timer stop",
        "is a minute timer better than an hourglass",
        "do you have a timer",
        "restart the computer",
        "continue the story",
        "should I set a timer for ten minutes",
        "shall I start a five minute timer",
        "time how long it takes to boil an egg",
        "set another one for twenty",
        "and one for five minutes",
        "how long on the first one",
        "ring me",
    ],
)
def test_what_is_only_half_understood_is_left_alone(talk: Talking, text: str) -> None:
    assert not talk.name(text).startswith("timer.")


def test_a_timer_without_a_length_is_asked_for(talk: Talking) -> None:
    assert talk.says("Set a timer") == [HOW_LONG]
    assert talk.items() == ()
    assert talk.say("five").answer == "Okay, five minute timer."
    assert talk.say("make it ten").answer == "Okay, ten minute timer."
    assert [one.seconds for one in talk.items()] == [600]


@pytest.mark.parametrize("text", ["Set a timer for zero minutes.", "start a timer of no seconds"])
def test_no_length_is_asked_for(talk: Talking, text: str) -> None:
    assert talk.says(text) == [HOW_LONG]
    assert talk.items() == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Set another one for twenty.", 1200),
        ("And another one for twenty minutes.", 1200),
        ("Another one, five minutes.", 300),
        ("One more for five minutes.", 300),
        ("and one for five minutes too", 300),
        ("start a second one for half an hour", 1800),
        ("start a second timer for half an hour", 1800),
        ("A second timer please, five minutes.", 300),
        ("set one for an hour as well", 3600),
    ],
)
def test_another_timer_is_set_right_after_one(talk: Talking, text: str, seconds: int) -> None:
    talk.say("Set a timer for ten minutes.")
    assert talk.say(text).decision.name == "timer.set"  # type: ignore[union-attr]
    assert sorted(talk.left()) == sorted([600, seconds])


def test_a_second_timer_has_no_length(talk: Talking) -> None:
    assert talk.says("Put a second timer on.") == [HOW_LONG]
    assert talk.items() == ()


def test_another_one_of_nothing_adds_nothing(talk: Talking) -> None:
    talk.says("Set a timer for ten minutes.", "Give me another one.")
    assert talk.left() == [600]


def test_of_several_timers_one_is_meant_by_its_place(talk: Talking) -> None:
    talk.says("Set a timer for ten minutes.", "And one for twenty minutes.")
    assert talk.say("How long on the second one?").answer == "Twenty minutes left."
    talk.say("Add five minutes to the second one.")
    assert talk.left() == [600, 1500]
    talk.say("Cancel the first.")
    assert talk.left() == [1500]


@pytest.mark.parametrize("text", ["Five minutes.", "for 5 minutes please", "make it five", "5"])
def test_a_length_answers_the_question(talk: Talking, text: str) -> None:
    talk.say("Set a timer")
    assert talk.say(text).answer == "Okay, five minute timer."


@pytest.mark.parametrize("text", ["five minutes ago I fell", "never", "what is 5 minutes", "0"])
def test_other_words_do_not_answer_it(talk: Talking, text: str) -> None:
    talk.say("Set a timer")
    talk.say(text)
    assert talk.items() == ()


def test_the_last_word_about_a_length_counts(talk: Talking) -> None:
    talk.says("Set a timer for five minutes.", "No, ten.", "Sorry, I meant a quarter of an hour.")
    assert [one.seconds for one in talk.items()] == [900]


def test_more_than_thirty_days_is_declined_honestly(talk: Talking) -> None:
    assert talk.say("set a timer for forty days").answer == TOO_LONG
    assert talk.items() == ()


def test_how_much_is_left(talk: Talking) -> None:
    assert talk.say("How much time is left on my timer?").answer == NO_TIMER
    talk.say("set a timer for five minutes")
    talk.wait(seconds=60)
    assert talk.say("How much time is left?").answer == "Four minutes left."
    talk.say("set a tea timer for two hours")
    both = "The five minute timer has four minutes left. The tea timer has two hours left."
    for text in ("how long is left on the timers", "which timers are running", "list my timers"):
        assert talk.say(text).answer == both
    assert talk.say("how long is left on the tea timer").answer == "Two hours left."
    assert talk.say("how long until the tea is done").answer == "Two hours left."
    assert talk.say("what's left on the five minute timer").answer == "Four minutes left."
    assert talk.say("how long is left on the egg timer").answer == "There is no egg timer."


def test_a_timer_is_changed(talk: Talking) -> None:
    talk.say("set a timer for ten minutes")
    for text, left in [
        ("Add five minutes to the timer.", 900),
        ("two more minutes", 1020),
        ("Take two minutes off.", 900),
        ("make the timer a minute shorter", 840),
        ("extend the timer by a minute", 900),
    ]:
        talk.say(text)
        assert talk.left() == [left], text
    assert talk.say("Pause the timer.").answer == "Okay, paused, with fifteen minutes left."
    talk.wait(hours=1)
    assert talk.left() == [900]
    assert talk.say("pause the timer").answer == "It is paused already."
    assert talk.say("Resume it.").answer == "Okay, running again, with fifteen minutes left."
    talk.wait(minutes=1)
    assert talk.left() == [840]
    assert talk.say("resume the timer").answer == "No timer is paused."
    assert talk.say("restart the timer").answer == "Okay, the ten minute timer starts again."
    assert talk.left() == [600]


def test_a_change_is_corrected_and_taken_back(talk: Talking) -> None:
    talk.says("set a timer for ten minutes", "add five minutes to the timer", "no, six")
    assert talk.left() == [960]
    talk.say("never mind")
    assert talk.left() == [600]
    assert talk.say("cancel it").answer == "Okay, never mind.", "that was taken back already"
    talk.says("pause it", "cancel it")
    assert talk.items() == ()


def test_a_withdrawn_cancel_brings_the_timer_back(talk: Talking) -> None:
    talk.say("set a timer for five minutes")
    before = talk.items()
    decision = talk.conversation.decide("cancel the timer")
    assert decision is not None
    assert decision.replies[0].text == "Okay, the five minute timer is cancelled."
    assert talk.items() == before
    talk.conversation.commit(decision)
    assert talk.hands.flush(5.0)
    assert talk.items() == ()
    talk.conversation.withdraw(decision)
    assert talk.hands.flush(5.0)
    assert talk.items() == before


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("The ten minute one.", [300, 1200]),
        ("ten", [300, 1200]),
        ("the pasta timer", [600, 1200]),
        ("pasta", [600, 1200]),
        ("the first", [600, 1200]),
        ("the second one", [300, 1200]),
        ("the last one", [300, 600]),
        ("the longest", [300, 600]),
        ("all", []),
        ("all of them", []),
        ("none of them", [300, 600, 1200]),
    ],
)
def test_which_one_understands_its_answer(talk: Talking, answer: str, left: list[int]) -> None:
    talk.says(
        "set a pasta timer for five minutes",
        "set a timer for ten minutes",
        "set a timer for twenty minutes",
    )
    asked = talk.say("Cancel my timer").answer
    assert asked == (
        "There are three timers: the pasta one, the ten minute one and the twenty minute one. "
        "Which one?"
    )
    assert talk.say(answer).decision.source == "flow"
    assert talk.left() == left


def test_the_answer_is_about_the_timers_that_were_asked_about(talk: Talking) -> None:
    """One of two runs out while the question is open."""
    talk.says("set a timer for ten seconds", "set a timer for ten minutes", "cancel my timer")
    talk.rings(seconds=11)
    assert talk.say("the ten minute one").answer == "Okay, the ten minute timer is cancelled."
    assert talk.items() == ()


def test_cancel_one_of_several_by_its_words(talk: Talking) -> None:
    assert talk.say("cancel the timer").answer == NO_TIMER
    talk.say("set two timers for five and ten minutes")
    assert talk.say("cancel the ten minute timer").answer == (
        "Okay, the ten minute timer is cancelled."
    )
    assert talk.say("cancel the 3 minute timer").answer == "There is no three minute timer."
    talk.say("set a tea timer for ten minutes")
    assert talk.say("I don't need the tea timer any more").answer == (
        "Okay, the tea timer is cancelled."
    )
    talk.say("set a timer for an hour")
    assert talk.say("stop the hour timer").answer == "Okay, the one hour timer is cancelled."
    talk.say("set a timer for ten minutes")
    assert talk.say("cancel both timers").answer == "Okay, two timers are cancelled."
    assert talk.items() == ()


def test_timers_outlive_the_program(tmp_path: Path) -> None:
    first = Talking(tmp_path)
    first.says("set a pasta timer for ten minutes", "set a timer for an hour", "start a stopwatch")
    first.close()
    second = Talking(tmp_path)
    second.wait(minutes=5)
    assert second.says("how long is left on the pasta timer", "read the stopwatch") == [
        "Five minutes left.",
        "Five minutes.",
    ]
    second.close()


@pytest.mark.parametrize(
    "text",
    [
        "set a timer for five minutes",
        "set two timers for five and ten minutes",
        "cancel the tea timer",
        "cancel all timers",
        "add a minute to the tea timer",
        "take a minute off the tea timer",
        "pause the tea timer",
        "restart the tea timer",
        "cancel my timer",
        "set an alarm for seven",
        "set an alarm for seven AM",
        "remind me to call Anna at five",
        "remind me to call Anna",
        "move my cake reminder to six",
        "cancel my alarm",
        "cancel all reminders",
        "start the stopwatch",
        "snooze",
        "stop",
        "never mind",
    ],
)
def test_fifty_decisions_leave_no_trace(talk: Talking, text: str) -> None:
    talk.says(
        "set a tea timer for ten minutes",
        "set a timer for an hour",
        "set an alarm for eight AM",
        "remind me of the cake at eight PM",
        "set a timer for one second",
    )
    talk.rings(seconds=2)
    everything = ("set", "paused", "ringing", "missed")
    rows, before = talk.items(*everything), talk.conversation.talk
    answers = {
        tuple(reply.text for reply in decision.replies)
        for decision in (talk.conversation.decide(text) for _ in range(50))
        if decision is not None
    }
    assert talk.hands.flush(5.0)
    assert len(answers) == 1
    assert talk.items(*everything) == rows
    assert talk.conversation.talk is before
    assert talk.say("is the stopwatch running").answer == "The stopwatch is not running."


def test_undo_leaves_what_has_gone_since_then_alone(talk: Talking) -> None:
    store = talk.services.store
    kept = due.add(store, [due.Item(seconds=60, due_s=1.0), due.Item(seconds=90, due_s=2.0)])
    changed = due.change(store, kept.made, lambda one: due.Item(id=one.id, seconds=1, due_s=9.0))
    gone = due.remove(store, kept.made[:1])
    due.take_back(store, changed)
    assert [(one.id, one.seconds) for one in talk.items()] == [(kept.made[1], 90)]
    due.take_back(store, gone)
    due.take_back(store, gone)
    assert [one.id for one in due.items(store)] == [kept.made[1], kept.made[0]]


def test_the_stopwatch(talk: Talking) -> None:
    assert (
        talk.says("what does the stopwatch say", "stop the stopwatch")
        == ["The stopwatch is not running."] * 2
    )
    assert talk.says("Start the stopwatch.", "start the stopwatch") == [
        "Okay, the stopwatch is running.",
        "The stopwatch is running already.",
    ]
    talk.wait(seconds=75)
    assert talk.say("How long has the stopwatch been running?").answer == (
        "One minute and fifteen seconds."
    )
    assert talk.say("stop the stopwatch").answer == "Stopped at one minute and fifteen seconds."
    talk.wait(seconds=60)
    assert talk.say("resume the stopwatch").answer == "Okay, the stopwatch is running."
    talk.wait(seconds=5)
    assert talk.say("read the stopwatch").answer == "One minute and twenty seconds."
    assert talk.says("reset the stopwatch", "is the stopwatch running") == [
        "Okay, the stopwatch is at zero.",
        "The stopwatch is not running.",
    ]


@pytest.mark.parametrize(
    "text",
    ["who invented the stopwatch", "what is a stopwatch", "buy a stopwatch", "stop the music"],
)
def test_other_words_about_a_stopwatch_are_left_alone(talk: Talking, text: str) -> None:
    assert not talk.name(text).startswith("stopwatch.")


def test_several_lengths_keep_their_order() -> None:
    assert find_lengths("a 5 minute and a 10 minute timer") == (
        [300, 600],
        "a # and a # timer",
    )
    read = read_timer(core(normalise("Add 30 seconds to the 10 minute timer")))
    assert read is not None
    assert (read.act, read.amount, read.seconds) == ("add", 30, 600)


@pytest.mark.parametrize(
    ("name", "text", "slots"),
    [
        ("timer.set", "get that egg thing going for ten minutes", {"length": 600}),
        ("timer.set", "get that thing going", {}),
        ("timer.add", "let it go on by two minutes", {"amount": 120, "of": 120}),
        ("timer.cancel", "get rid of the second ten minute thing", {"of": 600, "place": 2}),
        ("timer.left", "what about the last one", {"place": -1}),
    ],
)
def test_slots_are_found_where_only_the_meaning_is_known(
    talk: Talking, name: str, text: str, slots: dict[str, int]
) -> None:
    flow = talk.conversation.flows.get(name)
    assert flow is not None
    found = flow.understand(read_request(text, talk.now))
    seconds = {
        slot: value if isinstance(value, int) else int(value.total_seconds())
        for slot, value in found.items()
    }
    assert seconds == slots


def test_a_length_that_fits_no_timer_is_the_amount(talk: Talking) -> None:
    talk.say("set a timer for ten minutes")
    flow = talk.conversation.flows.get("timer.add")
    assert flow is not None
    request = read_request("let it go on by two minutes", talk.now)
    decision = talk.conversation.flows.run(
        flow, talk.conversation.talk, request, flow.understand(request), why="meaning"
    )
    assert isinstance(decision, Decision)
    assert decision.replies[0].text == "Okay, two minutes more."


def test_a_correction_is_one_for_a_minute_only(talk: Talking) -> None:
    talk.say("Set a timer for ten minutes.")
    talk.wait(seconds=50)
    talk.say("No, five minutes.")
    assert talk.left() == [300]
    talk.wait(seconds=70)
    assert talk.name("No, six minutes.") != "timer.set"
    talk.say("No, six minutes.")
    assert [one.seconds for one in talk.items()] == [300]


def test_an_effect_does_not_hold_the_effects_before_it(talk: Talking) -> None:
    """Each would hold the talk before it, and so all talks since the session began."""
    talk.say("Set a timer for ten minutes.")
    talk.say("Set an alarm for seven.")
    talk.say("Set a timer for five minutes.")
    (effect,) = talk.conversation.talk.last.effects
    held = [cell.cell_contents for cell in effect.run.__closure__ or ()]
    (here,) = [one for one in held if isinstance(one, Here)]
    assert here.talk.last.name == "alarm.set"
    assert (here.talk.last.effects, here.talk.last.run, here.talk.waiting) == ((), None, ())


@pytest.mark.parametrize("item", ["bread", "ten minutes", "500 hours", "a half"])
def test_many_times_and_is_read_at_once(item: str) -> None:
    words = " and ".join([item] * 60)
    began = time.process_time()
    read_timer(f"set a timer for {words}")
    assert time.process_time() - began < 1
