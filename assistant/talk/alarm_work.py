"""What the flows of alarms and reminders work with: the moment that is meant, and which one.

Reads in a take, writes on the hands (by the tools of `timer_work`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from assistant.language.en.alarms import AlarmWords, Noun, read_alarm
from assistant.language.en.clock import clock_in_part
from assistant.language.en.moments import say_moment
from assistant.language.en.numbers import cardinal
from assistant.language.en.which import HALF, Option, by_name, which
from assistant.language.slots import Clock, Moment, Recurrence
from assistant.talk import due
from assistant.talk.due import Item, Kept
from assistant.talk.flow import Ask, Call
from assistant.talk.request import Request
from assistant.talk.timer_work import take_back
from assistant.talk.tool import Here, tool

WHEN = "For when?"
AT_WHAT_TIME = "At what time?"
MORNING_OR_EVENING = "In the morning or in the evening?"
PASSED = "That time has passed already."
ODD_DAYS = "I can repeat something only on days of the week."
NO_EVENTS = "I can remind you only at a time, not when something happens."
WHICH_ONE = "Which one?"
KEPT_ALL = "Okay, they stay."
MOST = 200
_SOON = timedelta(hours=1)
_MORNING = range(4, 12)
_DAY_BEGINS = 7
"""A reminder is not moved to an earlier time, unless that is said. Own choice."""


# -- what is asked for -----------------------------------------------------------------------------


def reads(act: str, noun: Noun) -> Callable[[Request], Mapping[str, Any] | None]:
    """`reads` of a flow for `act` on alarms or reminders."""

    def read(request: Request) -> Mapping[str, Any] | None:
        for words in dict.fromkeys((request.canonical, request.words)):
            found = read_alarm(words, request.now)
            if found is not None and found.act == act and found.noun in (noun, ""):
                return _slots(found, request)
        return None

    return read


def _slots(found: AlarmWords, request: Request) -> dict[str, Any]:
    """The slots of a flow. Those of the moment are always there, so that a correction finds them:
    what has a length from now is in `when`, else its parts are apart."""
    moment = found.moment or Moment()
    is_after = moment.after is not None
    slots: dict[str, Any] = {
        "clock": moment.clock,
        "day": moment.date,
        "days": moment.recurrence,
        "half": None,
        "when": moment if is_after or moment.part else None,
    }
    said = {
        "text": spelled(request.text, found.text),
        "of": found.of,
        "by": timedelta(seconds=found.by_s) if found.by_s else None,
        "every": found.is_all,
        "place": found.place,
        "odd": ODD_DAYS if found.repeats else NO_EVENTS if found.at_event else None,
        "last": not found.noun,
        "unsure": not found.is_sure,
    }
    return slots | {name: value for name, value in said.items() if value}


def spelled(text: str, words: str) -> str:
    """Canonical `words` as the transcript `text` writes them, which may have others between them;
    `words` themselves where it does not."""
    return Request(text=text, canonical=words, words=words, now=_ANY).original(words) or words


_ANY = datetime(2000, 1, 1)


# -- the moment ------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The slots of a moment. `when` stands for what the others lack."""

    clock: Clock | None = None
    day: date | None = None
    days: Recurrence | None = None
    half: str | None = None
    when: Moment | None = None

    def moment(self) -> Moment:
        """All that was said as one value."""
        when = self.when or Moment()
        clock = self.clock or when.clock
        if self.half and clock is not None:
            clock = Clock(clock.hour % 12 + (12 if self.half == "pm" else 0), clock.minute)
        if when.part and clock is not None:
            clock = clock_in_part(clock, when.part)
        days = self.days or when.recurrence
        return Moment(
            date=None if days else self.day or when.date,
            clock=clock,
            after=None if self.clock else when.after,
            recurrence=days,
            part="" if clock else when.part,
        )


def settled(moment: Moment, now: datetime, *, wakes: bool) -> Moment | None:
    """`moment` with an exact time of day; None when it must be asked for which half of the day.

    What wakes is in the morning on another day. Today, or without a day, the next reading is meant
    when it is in the morning, within the next hour, or when the other one is in the night.
    """
    clock = moment.clock
    if clock is None or clock.is_exact:
        return moment
    morning, evening = clock.readings()
    is_other_day = moment.recurrence is not None or moment.date not in (None, now.date())
    if not wakes:
        at = moment.resolve(now)
        return moment.at(Clock(at.hour, at.minute)) if at else None
    if is_other_day:
        return moment.at(morning if morning.hour in _MORNING else evening)
    soonest = clock.next_after(now)
    is_am = soonest.hour < 12
    other_is_night = is_am is False and morning.hour not in _MORNING
    if soonest.hour in _MORNING or other_is_night or soonest - now <= _SOON:
        return moment.at(morning if is_am else evening)
    return None


def when_exactly(here: Here, said: Said, *, wakes: bool) -> Generator[Any, Any, Moment]:
    """The moment that is meant, after what must be asked."""
    moment = said.moment()
    if moment == Moment():
        moment = yield Ask(WHEN, Moment, retry="Say a time of day, please.")
        if said.half and moment.clock is not None:
            moment = moment.at(moment.clock.in_half(said.half))
    if not moment.has_time or (wakes and moment.part and moment.clock is None):
        part = moment.part
        clock = yield Ask(AT_WHAT_TIME, Clock)
        moment = moment.at(clock_in_part(clock, part) if part else clock)
    if moment.after is None and moment.clock is not None and not moment.clock.is_exact:
        sure = settled(moment, here.now, wakes=wakes)
        if sure is None:
            half = yield Ask(MORNING_OR_EVENING, HALF)
            sure = moment.at(moment.clock.in_half(half))
        moment = sure
    return moment


def told(moment: Moment, at: datetime, now: datetime) -> str:
    """When it will be, as it is said: "tomorrow at seven AM", "in twenty minutes"."""
    if moment.after is not None and moment.after < timedelta(days=1):
        return say_moment(moment, now)
    clock = Clock(at.hour, at.minute)
    if moment.recurrence is not None:
        return say_moment(Moment(recurrence=moment.recurrence, clock=clock), now)
    return say_moment(Moment(date=at.date(), clock=clock), now)


def rule(moment: Moment, at: datetime) -> str:
    """How `moment` comes again, as it is kept."""
    if moment.recurrence is None:
        return ""
    return due.rule_of(moment.recurrence, Clock(at.hour, at.minute))


def when_due(item: Item, now: datetime) -> str:
    """When a row is due, as it is said."""
    at = item.due(now)
    if item.rule:
        return f"{item.rule.split(' ', 2)[2]} at {say_moment(_clock_only(at), now)[3:]}"
    return say_moment(Moment(date=at.date(), clock=Clock(at.hour, at.minute)), now)


def _clock_only(at: datetime) -> Moment:
    return Moment(clock=Clock(at.hour, at.minute))


# -- rows ------------------------------------------------------------------------------------------


@tool
def waiting(here: Here, kind: Noun) -> tuple[Item, ...]:
    """The alarms or reminders that are set, the next one due first."""
    return due.items(here.services.store, kind)


@tool(writes=True, sure=True, undo=take_back)
def add(here: Here, item: Item) -> Kept:
    """One more row."""
    return due.add(here.services.store, [item])


@tool(writes=True, sure=True, undo=take_back)
def shift(here: Here, ids: Sequence[int], due_s: float, new_rule: str) -> Kept:
    """Put rows to another time."""

    def shifted(item: Item) -> Item:
        return dataclasses.replace(item, due_s=due_s, rule=new_rule, state="set")

    return due.change(here.services.store, ids, shifted)


def option(item: Item, now: datetime) -> Option:
    """A row as something to choose."""
    at = item.due(now)
    return Option(id=item.id, name=item.name, clock=(at.hour, at.minute))


def meant(
    found: Sequence[Item], here: Here, *, text: str | None, said: Said, place: int | None
) -> tuple[Item, ...]:
    """The rows that fit what was said, all of them when nothing was."""
    left = list(found)
    if text:
        ids = by_name(text.lower().split(), [option(one, here.now) for one in left])
        within = [one for one in left if text.lower() in one.name.lower()]
        left = [one for one in left if ids and one.id in ids] or within
    moment = said.moment()
    if moment.recurrence is not None:
        left = [one for one in left if one.rule.endswith(moment.recurrence.label)]
    if moment.date is not None:
        left = [one for one in left if one.due(here.now).date() == moment.date]
    if moment.clock is not None:
        times = [(one.hour, one.minute) for one in moment.clock.readings()]
        left = [one for one in left if option(one, here.now).clock in times]
    if place is not None and left:
        left = [left[place - 1 if place > 0 else -1]] if abs(place) <= len(left) else []
    return tuple(left)


def chosen(
    fit: tuple[Item, ...], here: Here, every: bool | None
) -> Generator[Any, Any, tuple[Item, ...]]:
    """One of several, after "Which one?"; all of them where that was said."""
    if len(fit) <= 1 or every:
        return fit
    listed = listing([label(one, here.now) for one in fit])
    ids = yield Ask(
        f"There are {count(fit)}: {listed}. {WHICH_ONE}",
        which([option(one, here.now) for one in fit]),
        retry=WHICH_ONE,
    )
    return tuple(one for one in fit if one.id in ids)


def label(item: Item, now: datetime) -> str:
    """A row in a list: "call Anna, today at five PM"."""
    return ", ".join(filter(None, (item.name, when_due(item, now))))


def count(found: Sequence[Item]) -> str:
    """How many of them: "one alarm", "two reminders"."""
    noun = found[0].kind
    return f"{cardinal(len(found))} {noun}{'' if len(found) == 1 else 's'}"


def count_all(found: Sequence[Item]) -> str:
    """How many things of any kind."""
    return "one thing" if len(found) == 1 else f"{cardinal(len(found))} things"


def listing(parts: Sequence[str]) -> str:
    """Labels, which may have commas, one after the other."""
    return "; ".join(parts[:-1]) + ("; and " if len(parts) > 1 else "") + parts[-1]


def changed(
    here: Here,
    kind: Noun,
    said: Said,
    text: str | None,
    place: int | None,
    by: timedelta | None,
    of: Moment | None,
    *,
    newest: bool,
) -> Generator[Any, Any, str | None]:
    """Put a row to the time of `said`, or `by` later; `newest` means the one that was made last.

    A new time of day keeps the day and the half of the day of the row, a new day its time of day.
    """
    found = yield Call(waiting, kind=kind)
    fit = meant(found, here, text=text, said=Said(when=of), place=place)
    if newest and fit:
        fit = (max(fit, key=lambda one: one.id),)
    if not fit:
        return f"There is no such {kind}." if found else NONE[kind]
    (item, *_) = (yield from chosen(fit, here, None)) or (None,)
    if item is None:
        return KEPT_ALL
    moment = said.moment()
    if by is not None:
        at = item.due(here.now) + by
        clock = Clock(at.hour, at.minute)
        moment = Moment(date=None if item.rule else at.date(), clock=clock)
    moment = _kept(item, moment, here.now)
    new = moment.resolve(here.now)
    if new is None or new <= here.now:
        return PASSED
    new_rule = rule(moment, new)
    yield Call(shift, ids=[item.id], due_s=new.timestamp(), new_rule=new_rule)
    return f"Okay, {_name(item)} is now {told(moment, new, here.now)}."


NONE = {"alarm": "There is no alarm set.", "reminder": "You have no reminders."}


def _kept(item: Item, moment: Moment, now: datetime) -> Moment:
    """`moment` with what the row has of its own, where nothing else was said."""
    at = item.due(now)
    if moment.after is not None:
        return moment
    if moment.clock is None and not moment.part:
        moment = moment.at(Clock(at.hour, at.minute))
    clock = moment.clock
    if clock is not None and not clock.is_exact:
        near = clock.in_half("am" if at.hour < 12 else "pm")
        is_early = item.kind == "reminder" and near.hour < _DAY_BEGINS
        moment = moment.at(clock.in_half("pm") if is_early else near)
    if moment.date is not None or moment.recurrence is not None:
        return moment
    if not item.rule:
        return dataclasses.replace(moment, date=at.date())
    days, _, name = item.rule.split(" ", 2)
    return dataclasses.replace(moment, recurrence=Recurrence(frozenset(map(int, days)), name))


def _name(item: Item) -> str:
    return f"the reminder '{item.name}'" if item.kind == "reminder" else "your alarm"
