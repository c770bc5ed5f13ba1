"""Alarms and reminders by voice: when they are due, what is asked back, what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.talking import START, Talking

ODD = "I can repeat something only on days of the week."
EVENT = "I can remind you only at a time, not when something happens."
HALF = "In the morning or in the evening?"


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talking]:
    talking = Talking(tmp_path)
    yield talking
    talking.close()


def due_at(talk: Talking) -> list[str]:
    """When each row is due, as month-day hour:minute."""
    return [f"{one.due(talk.now):%m-%d %H:%M}" for one in talk.items()]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Set an alarm for seven AM.", "03-05 07:00"),
        ("wake me up at half past six tomorrow", "03-05 06:30"),
        ("alarm for noon please", "03-05 12:00"),
        ("I need an alarm for 5 in the morning", "03-05 05:00"),
        ("set an alarm for 4 pm", "03-04 16:00"),
        ("set an alarm for four", "03-04 16:00"),
        ("set an alarm on Friday at eight", "03-06 08:00"),
        ("set an alarm for quarter past nine tomorrow morning", "03-05 09:15"),
        ("set a timer for 7 pm", "03-04 19:00"),
        ("wake me every weekday at 6:30", "03-05 06:30"),
        ("set an alarm for every Sunday at ten", "03-08 10:00"),
        ("set an alarm for the gym at 6 AM", "03-05 06:00"),
        ("can you get me up at 0700", "03-05 07:00"),
    ],
)
def test_alarms_are_set(talk: Talking, text: str, at: str) -> None:
    assert talk.name(text) == "alarm.set"
    assert talk.items() == ()
    talk.say(text)
    assert due_at(talk) == [at]
    assert talk.items()[0].kind == "alarm"


@pytest.mark.parametrize(
    ("hour", "minute", "text", "said"),
    [
        (15, 20, "set an alarm for seven", HALF),
        (22, 0, "set an alarm for seven", "Okay, alarm tomorrow at seven AM."),
        (5, 30, "set an alarm for seven", "Okay, alarm today at seven AM."),
        (18, 30, "set an alarm for seven", "Okay, alarm today at seven PM."),
        (13, 0, "set an alarm for two", "Okay, alarm today at two PM."),
        (15, 20, "set an alarm for two", HALF),
        (9, 0, "set an alarm for eight", HALF),
    ],
)
def test_which_half_of_the_day_is_asked_only_where_both_may_be_meant(
    tmp_path: Path, hour: int, minute: int, text: str, said: str
) -> None:
    talk = Talking(tmp_path, datetime(2026, 3, 4, hour, minute, tzinfo=UTC))
    assert talk.say(text).answer == said
    talk.close()


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        ("Morning.", "03-05 07:00"),
        ("In the evening, please.", "03-04 19:00"),
        ("AM", "03-05 07:00"),
        ("7 PM", "03-04 19:00"),
        ("tonight", "03-04 19:00"),
        ("the morning one", "03-05 07:00"),
    ],
)
def test_the_half_of_the_day_is_understood(talk: Talking, answer: str, at: str) -> None:
    assert talk.say("Set an alarm for seven.").answer == HALF
    talk.say(answer)
    assert due_at(talk) == [at]


def test_an_alarm_without_a_time_is_asked_for(talk: Talking) -> None:
    assert talk.says("set an alarm", "tomorrow", "at eight") == [
        "For when?",
        "At what time?",
        "Okay, alarm tomorrow at eight AM.",
    ]
    assert talk.says("wake me up", "six thirty AM") == [
        "For when?",
        "Okay, alarm tomorrow at six thirty AM.",
    ]


def test_an_alarm_is_corrected(talk: Talking) -> None:
    talk.says("Set an alarm for seven.", "Morning.")
    for text, at in [
        ("No, at eight.", "03-05 08:00"),
        ("no, half past eight", "03-05 08:30"),
        ("sorry, I meant on Friday", "03-06 08:30"),
        ("no, in the evening", "03-06 20:30"),
        ("never mind", None),
    ]:
        talk.say(text)
        assert due_at(talk) == ([at] if at else []), text


@pytest.mark.parametrize(
    ("first", "then", "at", "rule"),
    [
        (["Set an alarm for six AM."], "Every day.", "03-05 06:00", "every day"),
        (["Set an alarm for six AM."], "Only on weekdays.", "03-05 06:00", "every weekday"),
        (["Wake me at six."], "make it weekdays only", "03-05 06:00", "every weekday"),
        (["Set an alarm for eight.", "Evening."], "every day", "03-04 20:00", "every day"),
        (["Remind me at eight to stretch."], "Every day.", "03-04 20:00", "every day"),
        (["Remind me at eight to stretch."], "No, tomorrow.", "03-05 20:00", ""),
    ],
)
def test_days_said_right_after_an_alarm_are_its_days(
    talk: Talking, first: list[str], then: str, at: str, rule: str
) -> None:
    talk.says(*first, then)
    (item,) = talk.items()
    assert due_at(talk) == [at]
    assert item.rule.split(" ", 2)[2:] == ([rule] if rule else [])


@pytest.mark.parametrize("before", ["What time is it?", "Set a timer for ten minutes.", "no"])
def test_days_alone_are_no_request(talk: Talking, before: str) -> None:
    talk.say(before)
    items = talk.items()
    assert talk.say("Every weekday.").decision.name == "model"  # type: ignore[union-attr]
    assert talk.items() == items


def test_days_after_a_cancelled_alarm_cancel_nothing(talk: Talking) -> None:
    talk.says("Set an alarm for six AM.", "Set an alarm for nine PM.", "Cancel the six AM alarm.")
    talk.say("Every day.")
    assert due_at(talk) == ["03-04 21:00"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("And another one for eight PM.", "Okay, alarm today at eight PM."),
        ("Set another one for quarter past nine tonight.", "Okay, alarm today at nine fifteen PM."),
        ("and one at noon tomorrow", "Okay, alarm tomorrow at noon."),
    ],
)
def test_another_alarm_is_set_right_after_one(talk: Talking, text: str, answer: str) -> None:
    assert not talk.name(text).startswith("alarm.")
    talk.say("Set an alarm for seven PM.")
    assert talk.say(text).answer == answer
    assert len(talk.items()) == 2


def test_alarms_are_listed_changed_and_cancelled(talk: Talking) -> None:
    assert talk.says("when is my alarm", "cancel my alarm") == [
        "There is no alarm set.",
        "There is no timer running.",
    ]
    talk.says("set an alarm for seven AM", "set an alarm for nine AM on Friday")
    assert talk.say("what alarms do I have").answer == (
        "You have two alarms: tomorrow at seven AM; and on Friday at nine AM."
    )
    for text in ("when does my alarm go off tomorrow", "what's my next alarm"):
        assert talk.say(text).answer == "Your alarm is set: tomorrow at seven AM."
    assert talk.say("change my Friday alarm to nine AM").answer == (
        "Okay, your alarm is now on Friday at nine AM."
    )
    assert talk.says("move my alarm to eight", "the seven AM one", "no, at ten") == [
        "There are two alarms: tomorrow at seven AM; and on Friday at nine AM. Which one?",
        "Okay, your alarm is now tomorrow at eight AM.",
        "Okay, your alarm is now tomorrow at ten AM.",
    ]
    assert talk.say("move my alarm from tomorrow to Friday").answer.startswith("Okay")
    assert talk.say("never mind").answer == "Okay, I took that back."
    assert talk.say("move tomorrow's alarm to eight").answer == (
        "Okay, your alarm is now tomorrow at eight AM."
    )
    assert talk.say("cancel my alarm").answer == (
        "There are two alarms: tomorrow at eight AM; and on Friday at nine AM. Which one?"
    )
    assert (
        talk.say("the one at nine").answer == "Okay, the alarm on Friday at nine AM is cancelled."
    )
    assert talk.say("push my alarm back by half an hour").answer == (
        "Okay, your alarm is now tomorrow at eight thirty AM."
    )
    assert talk.say("turn off all alarms").answer == (
        "Okay, the alarm tomorrow at eight thirty AM is cancelled."
    )


def test_an_alarm_that_comes_again_is_moved_as_a_whole(talk: Talking) -> None:
    talk.says("wake me every weekday at half past six", "change my alarm to seven")
    (item,) = talk.items()
    assert item.rule == "01234 07:00 every weekday"
    talk.say("push the alarm back by ten minutes")
    assert talk.items()[0].rule == "01234 07:10 every weekday"
    assert talk.say("list my alarms").answer == "Your alarm is set: every weekday at seven ten AM."


def test_an_alarm_of_minutes_is_a_timer_and_cancelled_as_one(talk: Talking) -> None:
    talk.say("Set an alarm for twenty minutes.")
    assert talk.say("when is my alarm").answer == (
        "There is no alarm set. The twenty minute timer has twenty minutes left."
    )
    assert talk.say("cancel my alarm").answer == "Okay, the twenty minute timer is cancelled."


@pytest.mark.parametrize(
    ("text", "what", "at"),
    [
        ("Remind me to call Anna at five.", "call Anna", "03-04 17:00"),
        ("remind me at five to call Anna", "call Anna", "03-04 17:00"),
        ("Remind me in ten minutes to check the oven", "check the oven", "03-04 15:30"),
        ("remind me on Friday at nine about the dentist", "the dentist", "03-06 09:00"),
        ("Set a reminder for six to feed McFluff", "feed McFluff", "03-04 18:00"),
        ("don't let me forget to lock the door tonight", "lock the door", "03-04 21:00"),
        ("remind me every Monday at 8 to water Dad's plants", "water Dad's plants", "03-09 08:00"),
        ("remind me tomorrow morning that Tom comes", "Tom comes", "03-05 09:00"),
        ("Remind me at noon to buy 2 eggs", "buy 2 eggs", "03-05 12:00"),
    ],
)
def test_reminders_are_set(talk: Talking, text: str, what: str, at: str) -> None:
    assert talk.name(text) == "reminder.set"
    talk.say(text)
    (item,) = talk.items()
    assert (item.kind, item.name) == ("reminder", what)
    assert due_at(talk) == [at]


def test_a_reminder_is_asked_for_what_is_not_said(talk: Talking) -> None:
    assert talk.says("remind me", "Feed McFluff.", "tomorrow at ten") == [
        "What shall I remind you of?",
        "For when?",
        "Okay, I'll remind you tomorrow at ten AM: Feed McFluff.",
    ]
    assert talk.says("remind me to call Anna tomorrow", "at nine") == [
        "At what time?",
        "Okay, I'll remind you tomorrow at nine AM: call Anna.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "When do I have to pick up Lea?",
        "when should I pick up Lea",
        "What time do I need to pick up Lea?",
    ],
)
def test_a_reminder_is_asked_for_by_what_is_to_be_done(talk: Talking, text: str) -> None:
    assert talk.name(text) not in ("reminder.list", "alarm.list")
    talk.say("remind me at six to pick up Lea from school")
    assert talk.say(text).answer == (
        "You have one reminder: pick up Lea from school, today at six PM."
    )
    assert talk.name("When should I pick tomatoes?") != "reminder.list"


def test_a_reminder_is_said_when_it_is_due(talk: Talking) -> None:
    talk.say("remind me to call Anna at five")
    assert talk.rings(minutes=99) == []
    assert talk.rings(minutes=1) == ["A reminder: call Anna."]
    talk.say("snooze for ten minutes")
    assert talk.rings(minutes=10) == ["A reminder: call Anna."]


def test_reminders_are_listed_changed_and_cancelled(talk: Talking) -> None:
    assert (
        talk.says("what are my reminders", "cancel my reminder") == ["You have no reminders."] * 2
    )
    talk.says("remind me to call Anna at five", "remind me at five tomorrow about the dentist")
    assert talk.say("what reminders do I have").answer == (
        "You have two reminders: call Anna, today at five PM; and the dentist, tomorrow at five PM."
    )
    assert talk.say("do I have any reminders for tomorrow").answer == (
        "You have one reminder: the dentist, tomorrow at five PM."
    )
    assert talk.say("Move my dentist reminder to six.").answer == (
        "Okay, the reminder 'the dentist' is now tomorrow at six PM."
    )
    assert talk.say("No, at seven.").answer == (
        "Okay, the reminder 'the dentist' is now tomorrow at seven PM."
    )
    assert talk.say("move it to Friday").answer == (
        "Okay, the reminder 'the dentist' is now on Friday at seven PM."
    )
    assert due_at(talk) == ["03-04 17:00", "03-06 19:00"]
    assert talk.say("delete the reminder to call Anna").answer == (
        "Okay, the reminder is cancelled: call Anna."
    )
    assert talk.say("cancel the piano reminder").answer == "There is no such reminder."
    assert (
        talk.say("cancel all reminders").answer == "Okay, the reminder is cancelled: the dentist."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("remind me to pay rent every month", ODD),
        (
            "set an alarm for every other day at six",
            "I can repeat something only on days of the week.",
        ),
        ("remind me when I get home to feed the dog", EVENT),
        ("remind me to feed the dog when I get home", EVENT),
        ("remind me at nine AM today to eat", "That time has passed already."),
    ],
)
def test_what_cannot_be_is_said(talk: Talking, text: str, said: str) -> None:
    assert talk.say(text).answer == said
    assert talk.items() == ()


@pytest.mark.parametrize(
    "text",
    [
        "what is an alarm",
        "who invented the alarm clock",
        "why did the alarm ring",
        "set the house alarm",
        "remove the smoke alarm",
        "is the fire alarm okay",
        "the alarm is loud",
        "are alarms bad for your health",
        "show me the alarm code",
        "remind me what I said",
        "remind me how to tie a tie",
        "remind me who wrote Faust",
        "what does this remind you of",
        "change the subject",
        "cancel my subscription",
        "move it to six",
        "that reminds me of home",
        "wake up",
        "when do you wake up",
        "delete my calendar",
    ],
)
def test_other_words_about_alarms_are_left_alone(talk: Talking, text: str) -> None:
    assert not talk.name(text).startswith(("alarm.", "reminder."))


def test_reminders_outlive_the_program(tmp_path: Path) -> None:
    first = Talking(tmp_path)
    first.say("remind me to call Anna at five")
    first.close()
    second = Talking(tmp_path, START + timedelta(hours=1))
    assert second.rings(minutes=40) == ["A reminder: call Anna."]
    second.close()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Wake me up at quarter to seven.", "Okay, alarm tomorrow at six forty-five AM."),
        ("Wake me at eight tonight.", "Okay, alarm today at eight PM."),
        ("Set an alarm for quarter to seven.", "In the morning or in the evening?"),
    ],
)
def test_waking_is_in_the_morning(tmp_path: Path, text: str, answer: str) -> None:
    talking = Talking(tmp_path)
    assert talking.say(text).answer == answer
    talking.close()


def test_a_reminder_of_nothing_asks_of_what(tmp_path: Path) -> None:
    talking = Talking(tmp_path)
    assert talking.says("Remind me in an hour.", "To feed the cat.", "No, in two hours.") == [
        "What shall I remind you of?",
        "Okay, I'll remind you in one hour: feed the cat.",
        "Okay, I'll remind you in two hours: feed the cat.",
    ]
    assert [(one.kind, one.name) for one in talking.items()] == [("reminder", "feed the cat")]
    talking.close()


@pytest.mark.parametrize(
    ("first", "then", "answer"),
    [
        ("Set an alarm for seven AM.", "No, in ten minutes.", "Okay, alarm in ten minutes."),
        ("Set an alarm for seven AM.", "No, on Friday at six.", "Okay, alarm on Friday at six AM."),
        (
            "Remind me to call Anna at five PM.",
            "No, in twenty minutes.",
            "Okay, I'll remind you in twenty minutes: call Anna.",
        ),
        (
            "Remind me every day at five PM to call Anna.",
            "No, tomorrow at nine AM.",
            "Okay, I'll remind you tomorrow at nine AM: call Anna.",
        ),
    ],
)
def test_of_two_times_the_newest_counts(talk: Talking, first: str, then: str, answer: str) -> None:
    talk.say(first)
    assert talk.say(then).answer == answer
    assert len(talk.items()) == 1


def test_the_newest_of_three_counts(talk: Talking) -> None:
    talk.says("Set an alarm for seven AM.", "No, in ten minutes.")
    assert talk.say("No, at nine PM.").answer == "Okay, alarm today at nine PM."
    talk.say("No, in half an hour.")
    assert talk.says("No, tomorrow.", "At seven AM.") == [
        "At what time?",
        "Okay, alarm tomorrow at seven AM.",
    ]
    assert len(talk.items()) == 1


def test_a_half_of_the_day_is_said_anew(talk: Talking) -> None:
    talk.says("Set an alarm for eight.", "In the evening.")
    assert talk.say("No, at nine AM.").answer == "Okay, alarm tomorrow at nine AM."
