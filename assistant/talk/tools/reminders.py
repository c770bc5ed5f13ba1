"""Reminders by voice: set, listed, changed and cancelled, and what was missed.

Pure but for the tools that they call; the mind thread.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any

from assistant.language.en.which import HALF, PLACE
from assistant.language.slots import Clock, Moment, Recurrence
from assistant.talk import alarm_work as work
from assistant.talk import due
from assistant.talk.alarm_work import Said
from assistant.talk.announcer import was_due
from assistant.talk.due import Item
from assistant.talk.flow import Ask, Call, HandOver, flow
from assistant.talk.timer_work import cancel
from assistant.talk.tool import Here, tool

OF_WHAT = "What shall I remind you of?"
NO_REMINDER = "You have no reminders."
NO_SUCH_REMINDER = "There is no such reminder."
NOTHING_MISSED = "You have missed nothing."

_OPENING = re.compile(r"^(?:please )?(?:to|about|of|that) ", re.IGNORECASE)
"""How the answer to "What of?" begins."""
Half = Annotated[str, HALF]
Place = Annotated[int, PLACE]


@flow(
    name="reminder.set",
    reads=work.reads("set", "reminder"),
    fixed=[OF_WHAT, work.NO_EVENTS],
    examples=[
        "remind me to call Anna at five",
        "remind me tomorrow at nine about the dentist",
        "remind me in twenty minutes to check the oven",
        "set a reminder for six to feed the cat",
        "remind me every weekday at eight to take my pills",
        "set a reminder",
        "remind me to buy milk",
        "don't let me forget to lock the door tonight",
        "I need a reminder to water the plants on Sunday at ten",
        "remind me at noon that the bus leaves",
        "make sure I remember the cake at four",
        "add a reminder to ring the bank on Monday morning",
    ],
)
def set_reminder(
    here: Here,
    clock: Clock | None = None,
    day: date | None = None,
    days: Recurrence | None = None,
    half: Half | None = None,
    when: Moment | None = None,
    text: str | None = None,
    odd: str | None = None,
) -> Any:
    """Keep something to say at a time."""
    if odd:
        return odd
    what = text or _OPENING.sub("", (yield Ask(OF_WHAT, str)))
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    moment = yield from work.when_exactly(here, said, wakes=False)
    at = moment.resolve(here.now)
    if at is None or at <= here.now:
        return work.PASSED
    item = Item(kind="reminder", name=what, due_s=at.timestamp(), rule=work.rule(moment, at))
    yield Call(work.add, item=item)
    return f"Okay, I'll remind you {work.told(moment, at, here.now)}: {what}."


@flow(
    "what did i (ask|tell) you to remind me (of|about)",
    "what (should|do) you [have to|need to] remind me (of|about)",
    "what (should|must|do) i [have to|need to] (remember|not forget) [today]",
    "what am i supposed to remember",
    name="reminder.list",
    reads=work.reads("list", "reminder"),
    fixed=[NO_REMINDER],
    examples=[
        "what reminders do I have",
        "list my reminders",
        "do I have any reminders for tomorrow",
        "read me my reminders",
        "when is my dentist reminder",
        "show all reminders",
        "are there any reminders today",
        "how many reminders are set",
        "what are my reminders",
        "tell me my reminders for Friday",
    ],
)
def list_reminders(
    here: Here,
    clock: Clock | None = None,
    day: date | None = None,
    days: Recurrence | None = None,
    half: Half | None = None,
    when: Moment | None = None,
    text: str | None = None,
    place: Place | None = None,
    unsure: bool | None = None,
) -> Any:
    """Read the reminders."""
    found = yield Call(work.waiting, kind="reminder")
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    fit = work.meant(found, here, text=text, said=said, place=place)
    if unsure:  # "when do I have to call Anna" is asked of a reminder only where its text says so
        fit = tuple(one for one in fit if text and f" {text.lower()} " in f" {one.name.lower()} ")
    if unsure and not fit:
        yield HandOver()
    if not fit:
        return NO_SUCH_REMINDER if found else NO_REMINDER
    listed = work.listing([work.label(one, here.now) for one in fit])
    return f"You have {work.count(fit)}: {listed}."


@flow(
    name="reminder.cancel",
    reads=work.reads("cancel", "reminder"),
    fixed=[NO_SUCH_REMINDER],
    examples=[
        "cancel my reminder",
        "delete the reminder to call Anna",
        "cancel the dentist reminder",
        "clear all reminders",
        "remove the reminder for tomorrow",
        "forget the reminder about the cake",
        "drop my last reminder",
        "cancel the five o'clock reminder",
        "get rid of all my reminders",
        "turn off the reminder to take my pills",
    ],
)
def cancel_reminder(
    here: Here,
    clock: Clock | None = None,
    day: date | None = None,
    days: Recurrence | None = None,
    half: Half | None = None,
    when: Moment | None = None,
    text: str | None = None,
    every: bool | None = None,
    place: Place | None = None,
) -> Any:
    """Drop a reminder, or all."""
    found = yield Call(work.waiting, kind="reminder")
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    fit = work.meant(found, here, text=text, said=said, place=place)
    if not fit:
        return NO_SUCH_REMINDER if found else NO_REMINDER
    gone = yield from work.chosen(fit, here, every)
    if not gone:
        return work.KEPT_ALL
    yield Call(cancel, ids=[one.id for one in gone])
    if len(gone) == 1:
        return f"Okay, the reminder is cancelled: {gone[0].name}."
    return f"Okay, {work.count(gone)} are cancelled."


@flow(
    name="reminder.change",
    reads=work.reads("change", "reminder"),
    examples=[
        "move my dentist reminder to six",
        "change the reminder to call Anna to tomorrow",
        "postpone the dentist reminder by an hour",
        "push my reminder back to eight",
        "reschedule the cake reminder to Friday at four",
        "move it to six",
        "shift my last reminder to noon",
        "delay the reminder by ten minutes",
        "change my reminder to seven in the evening",
        "bring the reminder forward by half an hour",
    ],
)
def change_reminder(
    here: Here,
    clock: Clock | None = None,
    day: date | None = None,
    days: Recurrence | None = None,
    half: Half | None = None,
    when: Moment | None = None,
    text: str | None = None,
    every: bool | None = None,
    place: Place | None = None,
    by: timedelta | None = None,
    of: Moment | None = None,
    last: bool | None = None,
) -> Any:
    """Put a reminder to another time."""
    if last and not here.talk.last.name.startswith("reminder."):
        yield HandOver()
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    return (yield from work.changed(here, "reminder", said, text, place, by, of, newest=bool(last)))


@tool
def missed(here: Here) -> tuple[Item, ...]:
    """What rang and was not stopped."""
    return due.items(here.services.store, states=["missed"])


@flow(
    "(what|anything) did i miss [while i was (away|out|gone|asleep)]",
    "did i miss (anything|something|(a|an|any) (alarm|timer|reminder)[s])",
    "(what|which) (alarms|timers|reminders) did i miss",
    "have i missed (anything|something|(a|an|any) (alarm|timer|reminder))",
    name="reminder.missed",
    fixed=[NOTHING_MISSED],
    examples=["what did I miss", "did I miss anything", "which reminders did I miss"],
)
def what_was_missed(here: Here) -> Any:
    """Tell what rang while nobody answered."""
    found = yield Call(missed)
    if not found:
        return NOTHING_MISSED
    listed = "; ".join(was_due(one, here.now) for one in found[-5:])
    return f"You missed {work.count_all(found)}: {listed}."
