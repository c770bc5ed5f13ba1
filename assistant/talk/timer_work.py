"""What the flows of timers work with: reads and writes of the store, and which timer is meant.

All that reads the store is a `Call`, so that the answer to "Which one?" is judged by the timers
that were asked about. Reads in a take, writes on the hands.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from assistant.language.en.durations import name_duration, say_duration
from assistant.language.en.numbers import cardinal
from assistant.language.en.timer_words import TimerWords
from assistant.language.en.timers import find_lengths, read_timer
from assistant.language.en.which import Option, by_name, which
from assistant.talk import due
from assistant.talk.announcer import title
from assistant.talk.due import Item, Kept, State
from assistant.talk.flow import Ask, Call, HandOver
from assistant.talk.request import Request
from assistant.talk.tool import Here, tool

NO_TIMER = "There is no timer running."
WHICH_ONE = "Which one?"
KEPT_ALL = "Okay, they keep running."

# -- tools ---------------------------------------------------------------------------------------


def take_back(here: Here, kept: Kept) -> None:
    due.take_back(here.services.store, kept)


@tool
def running(here: Here) -> tuple[Item, ...]:
    """The timers that run or are paused, the next one due first; none that ended while the program
    was off and has not rung yet."""
    now_s = here.now.timestamp()
    found = due.items(here.services.store, "timer")
    return tuple(one for one in found if one.state == "paused" or one.due_s > now_s)


@tool(writes=True, sure=True, undo=take_back)
def start(here: Here, lengths: Sequence[timedelta], name: str) -> Kept:
    """Timers that start with the request."""
    now_s = here.now.timestamp()
    new = [
        Item(
            kind="timer",
            name=name,
            seconds=int(one.total_seconds()),
            due_s=now_s + one.total_seconds(),
        )
        for one in lengths
    ]
    return due.add(here.services.store, new)


@tool(writes=True, sure=True, undo=take_back)
def cancel(here: Here, ids: Sequence[int]) -> Kept:
    """Drop rows of any kind."""
    return due.remove(here.services.store, ids)


@tool(writes=True, sure=True, undo=take_back)
def move(here: Here, ids: Sequence[int], by_s: float) -> Kept:
    """Make timers end later, or sooner (then at once, at the soonest)."""
    now_s = here.now.timestamp()

    def moved(item: Item) -> Item:
        if item.state == "paused":
            return dataclasses.replace(item, left_s=max(1.0, item.left_s + by_s))
        return dataclasses.replace(item, due_s=max(now_s, item.due_s + by_s))

    return due.change(here.services.store, ids, moved)


@tool(writes=True, sure=True, undo=take_back)
def stand(here: Here, ids: Sequence[int], how: str) -> Kept:
    """Pause, resume or restart timers."""
    now_s = here.now.timestamp()

    def stood(item: Item) -> Item:
        if how == "pause" and item.state == "set":
            left_s = max(1.0, item.due_s - now_s)
            return dataclasses.replace(item, state="paused", left_s=left_s)
        if how == "resume" and item.state == "paused":
            return dataclasses.replace(item, state="set", due_s=now_s + item.left_s, left_s=0.0)
        if how == "restart":
            due_s = now_s + item.seconds
            return dataclasses.replace(item, state="set", due_s=due_s, left_s=0.0)
        return item

    return due.change(here.services.store, ids, stood)


# -- what is asked for -----------------------------------------------------------------------------


def reads(act: str) -> Callable[[Request], Mapping[str, Any] | None]:
    def read(request: Request) -> Mapping[str, Any] | None:
        found = read_words(request)
        if found is None or found.act != act:
            return None
        return slots_of(found, request)

    return read


def read_words(request: Request) -> TimerWords | None:
    """What the request asks of timers."""
    for words in dict.fromkeys((request.words, request.canonical)):
        found = read_timer(words)
        if found is not None:
            return found
    return None


def slots_of(found: TimerWords, request: Request) -> dict[str, Any]:
    """The slots of a timer's flow; those that tell nothing are left out."""
    lengths = tuple(timedelta(seconds=one) for one in found.lengths)
    place = None if found.place is None else found.place + 1
    slots = {
        "length": lengths[0] if len(lengths) == 1 else None,
        "lengths": lengths if len(lengths) > 1 else None,
        "amount": timedelta(seconds=found.amount) if found.amount else None,
        "name": request.original(found.name) if found.name else None,
        "of": timedelta(seconds=found.seconds) if found.seconds else None,
        "place": place,
        "every": True if found.is_all else None,
        "unsure": True if not found.is_sure else None,
        "bare": True if found.is_bare else None,
    }
    return {name: value for name, value in slots.items() if value is not None}


Chosen = Generator[Any, Any, "tuple[Item, ...]"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which timer is meant, as far as it was said."""

    name: str | None = None
    of: timedelta | None = None
    place: int | None = None
    every: bool | None = None

    @property
    def label(self) -> str:
        """What such a timer is called."""
        seconds = int(self.of.total_seconds()) if self.of else 0
        return f"{self.name or name_duration(seconds)} timer"

    def none(self, found: Sequence[Item]) -> str:
        """What is said when none of `found` fits."""
        return f"There is no {self.label}." if found and (self.name or self.of) else NO_TIMER


def option(item: Item) -> Option:
    """A timer as something to choose."""
    return Option(id=item.id, name=item.name, seconds=item.seconds)


def meant(found: Sequence[Item], said: Which) -> tuple[Item, ...]:
    """The timers that fit what was said, all of them when nothing was."""
    left = list(found)
    if said.of is not None:
        left = [one for one in left if one.seconds == said.of.total_seconds()]
    if said.name:
        words = said.name.lower().split()
        ids = by_name(words, [option(one) for one in left]) or ()
        same = [one for one in left if one.name.lower() == said.name.lower()]
        left = same or [one for one in left if one.id in ids]
    if said.place is not None and left:
        at = said.place - 1 if said.place > 0 else len(left) - 1
        left = left[at : at + 1]
    return tuple(left)


def chosen(found: Sequence[Item], said: Which) -> Chosen:
    """The timers that are meant, after "Which one?" where it must be asked."""
    fit = meant(found, said)
    if len(fit) <= 1 or said.every:
        return fit
    if said.of is not None and not said.name:
        return fit[:1]
    names = listed([f"the {title(one).removesuffix(' timer')} one" for one in fit])
    text = f"There are {cardinal(len(fit))} timers: {names}. {WHICH_ONE}"
    ids = yield Ask(text, which([option(one) for one in fit]), retry=WHICH_ONE)
    return tuple(one for one in fit if one.id in ids)


def listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def to_change(
    said: Which,
    unsure: bool | None,
    *,
    state: State | None = None,
    none: str = NO_TIMER,
    amount: timedelta | None = None,
) -> Generator[Any, Any, tuple[Item, ...] | str | None]:
    """The timers to change (those in `state`), or what is said when there are none; None when the
    words do not mean timers after all. A length that fits no timer may be the `amount`."""
    found = yield Call(running)
    if amount is not None and said.of == amount and not meant(found, said):
        said = dataclasses.replace(said, of=None)
    able = tuple(one for one in found if state is None or one.state == state)
    if unsure and (not able or (said.name and not meant(able, said))):
        yield HandOver()
    if not meant(found, said):
        return said.none(found)
    if not meant(able, said):
        return none
    fit = yield from chosen(able, said)
    return fit or KEPT_ALL


@tool(writes=True, sure=True, undo=take_back)
def lengthen(here: Here, ids: Sequence[int], seconds: int) -> Kept:
    """Let timers run so long from their start."""
    now_s = here.now.timestamp()

    def other(item: Item) -> Item:
        by_s = seconds - item.seconds
        if item.state == "paused":
            return dataclasses.replace(item, seconds=seconds, left_s=max(1.0, item.left_s + by_s))
        return dataclasses.replace(item, seconds=seconds, due_s=max(now_s, item.due_s + by_s))

    return due.change(here.services.store, ids, other)


def follows(here: Here, bare: bool | None) -> Generator[Any, Any, None]:
    """Hand over words that mean a timer only right after a request about timers."""
    if bare and not (yield Call(was_about_timers)):
        yield HandOver()


@tool
def was_about_timers(here: Here) -> bool:
    """The last answer was about timers. A tool, because the talk is another when it is replayed."""
    return here.talk.last.name.startswith("timer.")


def named_lengths(here: Here) -> tuple[timedelta, ...]:
    """The lengths that are anywhere in the request."""
    return tuple(timedelta(seconds=one) for one in find_lengths(here.request.words)[0])


def on(fit: Sequence[Item]) -> str:
    return f" on the {title(fit[0])}" if len(fit) == 1 and fit[0].name else ""


def cancelled(said: Which) -> Generator[Any, Any, str]:
    """Cancel the timers that are meant; what is said then."""
    found = yield Call(running)
    if not meant(found, said):
        return said.none(found)
    gone = yield from chosen(found, said)
    if not gone:
        return KEPT_ALL
    yield Call(cancel, ids=[one.id for one in gone])
    if len(gone) == 1:
        return f"Okay, the {title(gone[0])} is cancelled."
    return f"Okay, {cardinal(len(gone))} timers are cancelled."


def time_left(item: Item, here: Here, *, is_named: bool) -> str:
    """How long a timer still runs, with what it is called or without."""
    rest = say_duration(item.seconds_left(here.now))
    stands = item.state == "paused"
    if is_named:
        return f"The {title(item)} has {rest} left{' and is paused' if stands else ''}."
    return f"{rest.capitalize()} left{', and it is paused' if stands else ''}."


def timers_left(found: Sequence[Item], here: Here) -> str:
    """How long each timer still runs."""
    return " ".join(time_left(one, here, is_named=True) for one in found)
