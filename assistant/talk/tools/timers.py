"""Timers by voice: set, changed, asked for and cancelled. What they ring with is in `announcer`.

Pure but for the tools that they call; the mind thread.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from assistant.language.en.durations import name_duration, say_duration
from assistant.language.en.numbers import cardinal
from assistant.language.en.which import LENGTHS, MINUTES, PLACE
from assistant.talk.flow import Ask, Call, HandOver, Steps, flow
from assistant.talk.timer_work import (
    KEPT_ALL,
    NO_TIMER,
    WHICH_ONE,
    Which,
    cancelled,
    follows,
    lengthen,
    listed,
    meant,
    move,
    named_lengths,
    on,
    reads,
    running,
    start,
    time_left,
    timers_left,
    to_change,
)
from assistant.talk.tool import Here

HOW_LONG = "For how long?"
HOW_MUCH = "By how much?"
TOO_LONG = "I can run a timer for thirty days at most."
LONGEST = timedelta(days=30)
MOST = 50
"""More timers at a time are a mistake of hearing."""

Lengths = Annotated[tuple[timedelta, ...], LENGTHS]
Minutes = Annotated[timedelta, MINUTES]
Place = Annotated[int, PLACE]
_FIXED = (
    HOW_LONG, HOW_MUCH, NO_TIMER, WHICH_ONE, KEPT_ALL, TOO_LONG
)  # fmt: skip


@flow(
    name="timer.set",
    reads=reads("set"),
    parts=["for {length}", "(of|in|lasting|from) {length}", "{length} (timer|countdown)"],
    fixed=_FIXED,
    examples=[
        "set a timer for five minutes",
        "start a timer",
        "ten minute timer",
        "a pasta timer for eight minutes",
        "can you start a twenty minute countdown",
        "set two timers for five and ten minutes",
        "I need a timer for half an hour",
        "time twelve minutes for me",
        "set an alarm for twenty minutes",
        "wake me in an hour",
        "count down from ninety seconds",
        "set another timer for three minutes",
        "tell me when fifteen minutes are over",
    ],
)
def set_timer(
    here: Here,
    length: Minutes | None = None,
    lengths: Lengths | None = None,
    name: str | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Start a timer, or several at once."""
    yield from follows(here, bare)
    if lengths is None and length is None:
        lengths = named_lengths(here) or None
    if lengths is None:
        one = length or (yield Ask(HOW_LONG, MINUTES, retry="For how many minutes?"))
        lengths = (one,)
    if max(lengths) > LONGEST:
        return TOO_LONG
    if len((yield Call(running))) + len(lengths) > MOST:
        return f"There are {cardinal(MOST)} timers already. Cancel some of them first."
    yield Call(start, lengths=lengths, name=name or "")
    seconds = [int(one.total_seconds()) for one in lengths]
    if len(seconds) > 1:
        told = listed([say_duration(one) for one in seconds])
        return f"Okay, {cardinal(len(seconds))} timers: {told}."
    return f"Okay, {name_duration(seconds[0])} {f'{name} ' if name else ''}timer."


@flow(
    name="timer.change",
    reads=reads("change"),
    examples=[
        "change the timer to twenty minutes",
        "make it seven minutes instead",
        "make the timer a quarter of an hour",
        "change my timer to half an hour",
        "turn the timer into a five minute one",
        "adjust the timer to nine minutes",
    ],
)
def change(
    here: Here,
    amount: Minutes | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Let a timer run for another length, from its start."""
    yield from follows(here, bare)
    found = yield Call(running)
    if amount is None:
        return None
    if not found:
        yield HandOver("" if unsure else f"set a timer for {_said(amount)}")
    fit = yield from to_change(Which(), unsure)
    if not isinstance(fit, tuple):
        return fit
    if amount > LONGEST:
        return TOO_LONG
    yield Call(lengthen, ids=[one.id for one in fit], seconds=int(amount.total_seconds()))
    (item, *_) = fit
    name = f"{item.name} " if item.name else ""
    return f"Okay, {name_duration(int(amount.total_seconds()))} {name}timer."


@flow(
    name="timer.left",
    reads=reads("left"),
    examples=[
        "how much time is left on the timer",
        "how long is left on the pasta timer",
        "which timers are running",
        "when does my timer go off",
        "is there a timer running",
        "list my timers",
        "how much longer on the countdown",
        "what timers do I have",
        "check the timer",
        "how many minutes remain on the timer",
    ],
)
def left(
    here: Here,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Tell how long the timers still run."""
    yield from follows(here, bare)
    found = yield Call(running)
    said = Which(name=name, of=of, place=place)
    fit = meant(found, said)
    if unsure and not fit:
        yield HandOver()
    if not fit:
        return said.none(found)
    if len(fit) == 1 and (len(found) == 1 or name or of or place):
        return time_left(fit[0], here, is_named=bool(fit[0].name) and not name)
    return timers_left(fit, here)


@flow(
    name="timer.cancel",
    reads=reads("cancel"),
    examples=[
        "cancel the timer",
        "stop the pasta timer",
        "cancel all timers",
        "delete the ten minute timer",
        "turn the timer off",
        "cancel both timers",
        "remove my second timer",
        "end the countdown",
        "clear all my timers",
        "kill the egg timer",
    ],
)
def cancel_timer(
    here: Here,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Cancel a timer, or all."""
    yield from follows(here, bare)
    if unsure and not (yield Call(running)):
        yield HandOver()
    return (yield from cancelled(Which(name=name, of=of, place=place, every=every)))


@flow(
    name="timer.add",
    reads=reads("add"),
    parts=["by {amount}", "(add|another|extra|more) {amount}", "{amount} (to|more|longer|extra)"],
    examples=[
        "add five minutes to the timer",
        "five more minutes on the timer",
        "extend the timer by ten minutes",
        "give the pasta timer two more minutes",
        "make the timer a minute longer",
        "put three extra minutes on the timer",
        "add another minute",
        "add thirty seconds to the egg timer",
        "prolong the countdown by a quarter of an hour",
        "increase the timer by two minutes",
    ],
)
def add_time(
    here: Here,
    amount: Minutes | None = None,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Let a timer run longer."""
    yield from follows(here, bare)
    said = Which(name=name, of=of, place=place, every=every)
    return (yield from _moved(said, amount, unsure, 1, "more"))


@flow(
    name="timer.take_off",
    reads=reads("take_off"),
    parts=["by {amount}", "(take|remove|cut) {amount}", "{amount} (off|less|shorter|from)"],
    examples=[
        "take two minutes off the timer",
        "take five minutes off",
        "make the timer three minutes shorter",
        "remove a minute from the pasta timer",
        "shorten the timer by ten minutes",
        "reduce the countdown by thirty seconds",
        "subtract two minutes from the timer",
        "knock five minutes off the timer",
        "cut the timer by a minute",
        "take half an hour off my timer",
    ],
)
def take_off(
    here: Here,
    amount: Minutes | None = None,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Let a timer end sooner."""
    yield from follows(here, bare)
    said = Which(name=name, of=of, place=place, every=every)
    return (yield from _moved(said, amount, unsure, -1, "less"))


def _moved(
    said: Which, amount: timedelta | None, unsure: bool | None, sign: int, word: str
) -> Steps:
    """Move the ends of the timers that are meant by a length, later (`sign` 1) or sooner (-1)."""
    fit = yield from to_change(said, unsure, amount=amount)
    if not isinstance(fit, tuple):
        return fit
    length = amount or (yield Ask(HOW_MUCH, MINUTES))
    yield Call(move, ids=[one.id for one in fit], by_s=sign * length.total_seconds())
    return f"Okay, {_said(length)} {word}{on(fit)}."


def _said(length: timedelta) -> str:
    return say_duration(int(length.total_seconds()))
