"""Alarms by voice: set, listed, changed and cancelled; and what ends or postpones a ringing.

Pure but for the tools that they call; the mind thread.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Annotated, Any

from assistant.language.en.durations import say_duration
from assistant.language.en.which import HALF, MINUTES, PLACE
from assistant.language.slots import Clock, Moment, Recurrence
from assistant.talk import alarm_work as work
from assistant.talk import due
from assistant.talk.alarm_work import Said
from assistant.talk.due import Item, Kept
from assistant.talk.flow import Call, HandOver, flow
from assistant.talk.timer_work import Which, cancel, cancelled, running, take_back, timers_left
from assistant.talk.tool import Here, tool

NO_ALARM = "There is no alarm set."
NO_SUCH_ALARM = "There is no such alarm."
NOTHING_RINGS = "Nothing is ringing."
STOPPED = "Okay."
SNOOZE = timedelta(minutes=5)
"""How long a snooze is that names no length. Own choice."""

Half = Annotated[str, HALF]
Place = Annotated[int, PLACE]
Minutes = Annotated[timedelta, MINUTES]


@tool
def was_about_alarms(here: Here) -> bool:
    """The last answer was about alarms. A tool, because the talk is another when it is replayed."""
    return here.talk.last.name.startswith("alarm.")


@flow(
    name="alarm.set",
    reads=work.reads("set", "alarm"),
    fixed=[
        work.WHEN,
        work.AT_WHAT_TIME,
        work.MORNING_OR_EVENING,
        work.PASSED,
        work.ODD_DAYS,
        work.WHICH_ONE,
        work.KEPT_ALL,
    ],
    examples=[
        "set an alarm for seven",
        "wake me up at half past six tomorrow",
        "alarm for noon please",
        "set an alarm for every weekday at six thirty",
        "I need an alarm for five in the morning",
        "get me up at eight on Saturday",
        "wake me at six",
        "set an alarm",
        "add an alarm for ten tonight",
        "make an alarm called gym for six AM",
        "set a timer for seven PM",
        "put an alarm on for quarter to nine",
    ],
)
def set_alarm(
    here: Here,
    clock: Clock | None = None,
    day: date | None = None,
    days: Recurrence | None = None,
    half: Half | None = None,
    when: Moment | None = None,
    text: str | None = None,
    odd: str | None = None,
    unsure: bool | None = None,
) -> Any:
    """Set an alarm."""
    if unsure and not (yield Call(was_about_alarms)):
        yield HandOver()
    if odd:
        return odd
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    moment = yield from work.when_exactly(here, said, wakes=True)
    at = moment.resolve(here.now)
    if at is None or at <= here.now:
        return work.PASSED
    item = Item(kind="alarm", name=text or "", due_s=at.timestamp(), rule=work.rule(moment, at))
    yield Call(work.add, item=item)
    return f"Okay, {f'{text} ' if text else ''}alarm {work.told(moment, at, here.now)}."


@flow(
    name="alarm.list",
    reads=work.reads("list", "alarm"),
    fixed=[NO_ALARM],
    examples=[
        "what alarms are set",
        "when is my alarm",
        "list my alarms",
        "is my alarm on",
        "do I have an alarm for tomorrow",
        "what time is my alarm set for",
        "show me all alarms",
        "how many alarms do I have",
        "when does the alarm go off",
        "which alarms are active",
    ],
)
def list_alarms(
    here: Here,
    clock: Clock | None = None,
    day: date | None = None,
    days: Recurrence | None = None,
    half: Half | None = None,
    when: Moment | None = None,
    text: str | None = None,
    place: Place | None = None,
) -> Any:
    """Tell which alarms are set."""
    found = yield Call(work.waiting, kind="alarm")
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    fit = work.meant(found, here, text=text, said=said, place=place)
    if text and not fit:
        yield HandOver()
    if not fit:
        timers = yield Call(running)
        also = f" {timers_left(timers, here)}" if timers and not found else ""
        return f"{NO_SUCH_ALARM if found else NO_ALARM}{also}"
    listed = work.listing([work.label(one, here.now) for one in fit])
    if len(fit) == 1:
        return f"Your alarm is set: {listed}."
    return f"You have {work.count(fit)}: {listed}."


@flow(
    name="alarm.cancel",
    reads=work.reads("cancel", "alarm"),
    fixed=[NO_SUCH_ALARM],
    examples=[
        "cancel my alarm",
        "delete the seven o'clock alarm",
        "turn off all alarms",
        "turn my alarm off",
        "remove the alarm for tomorrow",
        "cancel my next alarm",
        "get rid of the alarm",
        "clear all my alarms",
        "cancel the gym alarm",
        "disable the alarm for Saturday",
    ],
)
def cancel_alarm(
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
    """Cancel an alarm, or all."""
    found = yield Call(work.waiting, kind="alarm")
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    fit = work.meant(found, here, text=text, said=said, place=place)
    if text and not fit:
        yield HandOver()
    if not fit and not found and said == Said():  # "an alarm for twenty minutes" is a timer
        return (yield from cancelled(Which(every=every)))
    if not fit:
        return NO_SUCH_ALARM if found else NO_ALARM
    gone = yield from work.chosen(fit, here, every)
    if not gone:
        return work.KEPT_ALL
    yield Call(cancel, ids=[one.id for one in gone])
    if len(gone) == 1:
        return f"Okay, the alarm {work.when_due(gone[0], here.now)} is cancelled."
    return f"Okay, {work.count(gone)} are cancelled."


@flow(
    name="alarm.change",
    reads=work.reads("change", "alarm"),
    examples=[
        "change my alarm to eight",
        "move the alarm to half past six",
        "push my alarm back by half an hour",
        "move my seven o'clock alarm to eight",
        "postpone the alarm by ten minutes",
        "shift my alarm to tomorrow at nine",
        "reschedule the gym alarm to six AM",
        "delay my alarm by a quarter of an hour",
        "update my alarm to seven fifteen",
        "bring my alarm forward by twenty minutes",
    ],
)
def change_alarm(
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
    """Put an alarm to another time."""
    if last and not here.talk.last.name.startswith("alarm."):
        yield HandOver()
    said = Said(clock=clock, day=day, days=days, half=half, when=when)
    return (yield from work.changed(here, "alarm", said, text, place, by, of, newest=bool(last)))


# -- what rings ------------------------------------------------------------------------------------


@tool
def ringing(here: Here) -> tuple[Item, ...]:
    """What rings now."""
    return due.items(here.services.store, states=["ringing"])


@tool(writes=True, sure=True, undo=take_back)
def put_off(here: Here, ids: list[int], by: timedelta) -> Kept:
    """Rows that ring are due again later."""
    due_s = here.now.timestamp() + by.total_seconds()

    def later(item: Item) -> Item:
        return dataclasses.replace(
            item, state="set", due_s=due_s, owner="", since_s=0.0, rung_s=0.0, is_late=False
        )

    return due.change(here.services.store, ids, later)


@flow(name="alarm.stop", fixed=[STOPPED, NOTHING_RINGS])
def stop_ringing(here: Here) -> Any:
    """End a ringing; the part `Ringing` asks for it."""
    found = yield Call(ringing)
    if not found:
        return NOTHING_RINGS
    yield Call(cancel, ids=[one.id for one in found])
    return STOPPED


@flow(
    "snooze [it|that|this|(the|my|this) (alarm|timer|reminder)] [please] [(for|by) {length}]",
    "(ring|remind me|wake me|call me|tell me) [up] again in {length}",
    name="alarm.snooze",
    fixed=[NOTHING_RINGS, "Okay, again in five minutes."],
    examples=[
        "snooze",
        "snooze for ten minutes",
        "snooze the alarm",
        "ring again in five minutes",
        "wake me up again in a quarter of an hour",
        "snooze it by eight minutes",
        "remind me again in ten minutes",
        "snooze that",
        "snooze the reminder for half an hour",
        "call me again in two minutes",
    ],
)
def snooze(here: Here, length: Minutes | None = None) -> Any:
    """Let what rings ring again later."""
    found = yield Call(ringing)
    if not found:
        return NOTHING_RINGS
    by = length or SNOOZE
    yield Call(put_off, ids=[one.id for one in found], by=by)
    return f"Okay, again in {say_duration(int(by.total_seconds()))}."
