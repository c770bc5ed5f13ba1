"""Timers by voice that stand still, run on or run anew.

Pure but for the tools that they call; the mind thread.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from assistant.language.en.durations import say_duration
from assistant.language.en.numbers import cardinal
from assistant.language.en.which import PLACE
from assistant.talk.announcer import title
from assistant.talk.due import Item
from assistant.talk.flow import Call, flow
from assistant.talk.timer_work import Which, reads, stand, to_change
from assistant.talk.tool import Here

NONE_PAUSED = "No timer is paused."
ALL_PAUSED = "It is paused already."

Place = Annotated[int, PLACE]


@flow(
    name="timer.pause",
    reads=reads("pause"),
    fixed=[NONE_PAUSED, ALL_PAUSED],
    examples=[
        "pause the timer",
        "hold the timer",
        "pause the pasta timer",
        "freeze the countdown",
        "pause it",
        "suspend the ten minute timer",
        "pause all timers",
        "hold my timer please",
        "pause the egg timer for now",
        "freeze my timer",
    ],
)
def pause(
    here: Here,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Let a timer stand still."""
    said = Which(name=name, of=of, place=place, every=every)
    fit = yield from to_change(said, unsure, state="set", none=ALL_PAUSED)
    return (yield from _stood(here, fit, "pause", "paused"))


@flow(
    name="timer.resume",
    reads=reads("resume"),
    examples=[
        "resume the timer",
        "continue the timer",
        "unpause the pasta timer",
        "go on with the timer",
        "resume it",
        "continue the countdown",
        "carry on with the egg timer",
        "unfreeze the timer",
        "resume all timers",
        "resume my ten minute timer",
    ],
)
def resume(
    here: Here,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Let a paused timer run on."""
    said = Which(name=name, of=of, place=place, every=every)
    fit = yield from to_change(said, unsure, state="paused", none=NONE_PAUSED)
    return (yield from _stood(here, fit, "resume", "running again"))


@flow(
    name="timer.restart",
    reads=reads("restart"),
    examples=[
        "restart the timer",
        "start the timer again",
        "reset the timer",
        "start the pasta timer over",
        "run the countdown again",
        "reset my ten minute timer",
        "restart the egg timer from the beginning",
        "repeat the timer",
        "begin the timer anew",
        "restart all timers",
    ],
)
def restart(
    here: Here,
    name: str | None = None,
    of: timedelta | None = None,
    place: Place | None = None,
    every: bool | None = None,
    unsure: bool | None = None,
    bare: bool | None = None,
) -> Any:
    """Let a timer run anew with its full length."""
    fit = yield from to_change(Which(name=name, of=of, place=place, every=every), unsure)
    if not isinstance(fit, tuple):
        return fit
    yield Call(stand, ids=[one.id for one in fit], how="restart")
    if len(fit) == 1:
        return f"Okay, the {title(fit[0])} starts again."
    return f"Okay, {cardinal(len(fit))} timers start again."


def _stood(here: Here, fit: Any, how: str, done: str) -> Any:
    """Pause or resume the timers `fit`; a text in their place is the answer."""
    if not isinstance(fit, tuple):
        return fit
    yield Call(stand, ids=[one.id for one in fit], how=how)
    return f"Okay, {done}{_with(fit, here)}."


def _with(fit: tuple[Item, ...], here: Here) -> str:
    """What is left of the one timer that was changed."""
    if len(fit) != 1:
        return ""
    return f", with {say_duration(fit[0].seconds_left(here.now))} left"
