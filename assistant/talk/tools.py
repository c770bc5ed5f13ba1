"""What is worked out rather than looked up: the time, the date and timers.

Each tool reads canonical words and declines (None) unless it knows every one of them, so that the
language model gets what is only half understood. A tool acts through the `effect` of its answer and
never before; `undo` reverses that exactly. Knows no dialogue: that it asks something back is told
by `Answer.asks`. Runs on the mind thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assistant.language.en.clock import answer_date, answer_time
from assistant.language.en.durations import find_duration, name_duration, say_duration
from assistant.language.en.normalise import core, normalise
from assistant.language.en.numbers import cardinal
from assistant.talk.timers import Timer, TimerStore

HOW_LONG = "For how long?"
NO_TIMER = "There is no timer running."
FIXED_TEXTS = (HOW_LONG, NO_TIMER)

_TIMER_NAMES = frozenset(["timer", "timers", "countdown", "countdowns", "stopwatch"])
_SET_VERBS = frozenset(
    "set start make create begin add put run give get open need want use time count".split()
)
_SET_WORDS = _SET_VERBS | frozenset(
    (
        "i me us up on a an another the my new second one 1 # timer countdown for of to that "
        "is lasting lasts with at going go off in it down from now some have length time "
        "clock ring rings you should be run runs"
    ).split()
)
_CALL_VERBS = frozenset("remind alert tell notify wake ping call warn beep let".split())
_CALL_WORDS = _CALL_VERBS | frozenset(
    "me up again in after when # from now is are over past have passed know time at".split()
)
_LEFT_WORDS = _TIMER_NAMES | frozenset(
    (
        "how much many long more longer time minutes seconds hours is are there left "
        "remaining until does do has have on for in the my it a any that to go goes got off "
        "still ends end finished over rings ring done what check show tell me about status of "
        "when will be running set up i far along active going give"
    ).split()
)
_CANCEL_VERBS = frozenset(
    (
        "cancel stop delete remove clear end kill abort forget drop dismiss turn switch shut "
        "disable"
    ).split()
)
_CANCEL_WORDS = (
    _CANCEL_VERBS
    | _TIMER_NAMES
    | frozenset("all every both of the my that those this off # for existing current i set".split())
)
_ALL_WORDS = frozenset(["all", "every", "both", "timers", "countdowns"])
_LENGTH_ONLY = re.compile(r"(?:(?:for|set|it|make|about|to|say|maybe|let us|around|i|think) )*#")
_BARE_MINUTES = re.compile(r"(?:(?:for|make it|say|about) )?(\d{1,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A tool's answer: what is said, the tool's name, what committing it does, and whether it asks
    for the length of a timer."""

    text: str
    tool: str
    effect: Callable[[], None] | None = None
    undo: Callable[[], None] | None = None
    asks: bool = False


class Tools:
    """All tools; `now` gives the local time of the laptop."""

    def __init__(self, timers: TimerStore, now: Callable[[], datetime]) -> None:
        self._timers = timers
        self.now = now

    def answer(self, text: str) -> Answer | None:
        """The answer to `text`, or None when no tool understands all of it."""
        canonical = normalise(text)
        words = core(canonical)
        time = answer_time(words, self.now())
        if time is not None:
            return Answer(text=time, tool="time")
        day = answer_date(canonical, self.now().date()) or answer_date(words, self.now().date())
        if day is not None:
            return Answer(text=day, tool="date")
        return self._timer(words)

    def length(self, text: str) -> Answer | None:
        """The answer to "For how long?": a timer, when `text` is a length and nothing else.

        A bare number counts minutes.
        """
        words = core(normalise(text))
        found = find_duration(words)
        if found is not None:
            return self._start(found[0]) if _LENGTH_ONLY.fullmatch(found[1]) else None
        bare = _BARE_MINUTES.fullmatch(words)
        return self._start(60 * int(bare[1])) if bare and int(bare[1]) else None

    def _timer(self, words: str) -> Answer | None:
        found = find_duration(words)
        seconds, rest = found if found else (0, words)
        said = set(rest.split())
        is_named = bool(said & _TIMER_NAMES)
        if is_named and said & _CANCEL_VERBS and said <= _CANCEL_WORDS:
            return self._cancel(seconds, everything=bool(said & _ALL_WORDS))
        if not seconds and said <= _LEFT_WORDS and _asks_left(said):
            return self._left() if is_named or self._timers.running() else None
        if seconds and said <= _CALL_WORDS and {"me", "#"} <= said and said & _CALL_VERBS:
            return self._start(seconds)
        if not said <= _SET_WORDS:
            return None
        if seconds and (is_named or rest in ("set it for #", "count down #", "count down from #")):
            return self._start(seconds)
        return Answer(text=HOW_LONG, tool="timer", asks=True) if is_named else None

    def _start(self, seconds: int) -> Answer:
        started: list[Timer] = []

        def effect() -> None:
            started.append(self._timers.start(seconds))

        def undo() -> None:
            self._timers.remove(started)
            started.clear()

        text = f"Okay, {name_duration(seconds)} timer."
        return Answer(text=text, tool="timer", effect=effect, undo=undo)

    def _cancel(self, seconds: int, *, everything: bool) -> Answer:
        running = self._timers.running()
        chosen = [timer for timer in running if not seconds or timer.seconds == seconds]
        if not chosen and seconds and running:
            return Answer(text=f"There is no {name_duration(seconds)} timer.", tool="timer")
        if not chosen:
            return Answer(text=NO_TIMER, tool="timer")
        if len(chosen) > 1 and not everything and not seconds:
            names = " and ".join(f"the {name_duration(timer.seconds)} one" for timer in chosen)
            count = cardinal(len(chosen))
            return Answer(text=f"There are {count} timers: {names}. Which one?", tool="timer")
        return self._cancelled(chosen if everything else chosen[:1])

    def _cancelled(self, chosen: list[Timer]) -> Answer:
        gone: list[Timer] = []

        def effect() -> None:
            gone.extend(self._timers.remove(chosen))

        def undo() -> None:
            self._timers.restore(gone)
            gone.clear()

        if len(chosen) == 1:
            text = f"Okay, the {name_duration(chosen[0].seconds)} timer is cancelled."
        else:
            text = f"Okay, {cardinal(len(chosen))} timers are cancelled."
        return Answer(text=text, tool="timer", effect=effect, undo=undo)

    def _left(self) -> Answer:
        left = [
            (name_duration(timer.seconds), say_duration(self._timers.left_s(timer)))
            for timer in self._timers.running()
        ]
        if not left:
            return Answer(text=NO_TIMER, tool="timer")
        if len(left) == 1:
            return Answer(text=f"{left[0][1].capitalize()} left.", tool="timer")
        said = " ".join(f"The {name} timer has {rest} left." for name, rest in left)
        return Answer(text=said, tool="timer")


def _asks_left(said: set[str]) -> bool:
    """True for words that ask how long it still takes, or whether a timer runs."""
    if said & {"left", "remaining", "longer"} and said & {"how", "what", "check", "is", "tell"}:
        return bool(said & {"time", "much", "long", "longer", "minutes", "timer", "timers"})
    if {"what", "a"} <= said:
        return False
    asks = said & {"how", "what", "when", "check", "show", "is", "are", "status", "do"}
    return bool(asks) and bool(said & _TIMER_NAMES) and not said & {"for"}
