"""A stopwatch: one for all copies of the program, by the wall clock, in the store.

Pure but for the tools that it calls; the mind thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

from assistant.language.en.durations import say_duration
from assistant.talk.flow import Call, flow
from assistant.talk.store import Store
from assistant.talk.tool import Here, tool

NOT_RUNNING = "The stopwatch is not running."
STARTED = "Okay, the stopwatch is running."
RUNS_ALREADY = "The stopwatch is running already."
RESET = "Okay, the stopwatch is at zero."

TABLES = """
create table if not exists stopwatch (
  id integer primary key check (id = 1),
  since_s real,
  before_s real not null default 0
);
"""
_prepared: WeakSet[Store] = WeakSet()


@dataclass(frozen=True, slots=True)
class Watch:
    """`since_s` is when it was started, in seconds since the epoch (None while it stands),
    `before_s` what it showed then."""

    since_s: float | None = None
    before_s: float = 0.0

    def seconds(self, here: Here) -> int:
        """What it shows."""
        runs = 0.0 if self.since_s is None else max(0.0, here.now.timestamp() - self.since_s)
        return round(self.before_s + runs)


def prepare(store: Store) -> None:
    """Make the table where it is missing."""
    if store not in _prepared:
        store.has(TABLES)
        _prepared.add(store)


@tool
def shown(here: Here) -> Watch | None:
    """The stopwatch as it is; None when it was never started, or was reset."""
    prepare(here.services.store)
    rows = here.services.store.rows("select since_s, before_s from stopwatch where id = 1")
    return Watch(rows[0]["since_s"], rows[0]["before_s"]) if rows else None


def _write(here: Here, watch: Watch | None) -> None:
    store = here.services.store
    prepare(store)
    if watch is None:
        store.write("delete from stopwatch")
        return
    store.write(
        "insert or replace into stopwatch (id, since_s, before_s) values (1, ?, ?)",
        (watch.since_s, watch.before_s),
    )


@tool(writes=True, sure=True, undo=_write)
def put(here: Here, watch: Watch | None) -> Watch | None:
    """Put another state in the place of the present one, which is given back."""
    before = shown(here)
    _write(here, watch)
    return before if isinstance(before, Watch) else None


_THE = "(the|a|my|this) stopwatch"


@flow(
    f"(start|begin|run|launch|open|give me|set|restart|resume|continue) [up] ({_THE}|stopwatch)",
    f"(start|begin|run) {_THE} [again|over]",
    "start timing [me|this|now]",
    "stopwatch [start]",
    "time me [now]",
    name="stopwatch.start",
    fixed=[STARTED, RUNS_ALREADY],
    examples=[
        "start the stopwatch",
        "begin the stopwatch",
        "run a stopwatch",
        "start timing",
        "start timing me",
        "resume the stopwatch",
        "stopwatch start",
        "give me a stopwatch",
        "restart the stopwatch",
        "continue my stopwatch",
    ],
)
def start(here: Here) -> Any:
    """Start the stopwatch, or let it go on."""
    words = here.request.words.split()
    watch = yield Call(shown)
    goes_on = {"resume", "continue"} & set(words)
    if watch is not None and watch.since_s is not None and not {"restart", "over"} & set(words):
        return RUNS_ALREADY
    before_s = watch.before_s if watch is not None and goes_on else 0.0
    yield Call(put, watch=Watch(here.now.timestamp(), before_s))
    return STARTED


@flow(
    f"(stop|end|halt|pause|finish|hold) ({_THE}|stopwatch)",
    "stop timing [me|this|now]",
    "stopwatch stop",
    name="stopwatch.stop",
    fixed=[NOT_RUNNING],
    examples=[
        "stop the stopwatch",
        "end the stopwatch",
        "pause the stopwatch",
        "stop timing",
        "stopwatch stop",
        "halt my stopwatch",
        "finish the stopwatch",
        "hold the stopwatch",
        "stop timing me",
        "stop my stopwatch",
    ],
)
def stop(here: Here) -> Any:
    """Stop the stopwatch and read it."""
    watch = yield Call(shown)
    if watch is None or watch.since_s is None:
        return NOT_RUNNING
    seconds = watch.seconds(here)
    yield Call(put, watch=Watch(None, float(seconds)))
    return f"Stopped at {_time(seconds)}."


@flow(
    f"what does {_THE} (say|show|read) [now]",
    f"what is [the time] on {_THE}",
    f"(how long|how much time) [is|has|does] [on] {_THE} [run|been running|say|show|running|on]",
    f"how long has {_THE} [been] (run|running|going|on)",
    f"(read|check|show|tell me) [me] {_THE}",
    f"is {_THE} (running|on|still running)",
    "stopwatch time",
    name="stopwatch.read",
    fixed=[NOT_RUNNING],
    examples=[
        "what does the stopwatch say",
        "how long has the stopwatch been running",
        "read the stopwatch",
        "check the stopwatch",
        "what is on the stopwatch",
        "show me the stopwatch",
        "is the stopwatch running",
        "how much time is on the stopwatch",
        "what does my stopwatch show",
        "what is the time on the stopwatch",
    ],
)
def read(here: Here) -> Any:
    """Tell what the stopwatch shows."""
    watch = yield Call(shown)
    if watch is None:
        return NOT_RUNNING
    time = _time(watch.seconds(here))
    return f"{time.capitalize()}{'' if watch.since_s is not None else ', and it is stopped'}."


@flow(
    f"(reset|clear|zero|cancel|delete|set) {_THE} [to (zero|0)|back to (zero|0)|back]",
    f"(put|set) {_THE} back [to (zero|0)]",
    name="stopwatch.reset",
    fixed=[RESET],
    examples=[
        "reset the stopwatch",
        "clear the stopwatch",
        "set the stopwatch back to zero",
        "cancel the stopwatch",
        "zero the stopwatch",
        "put the stopwatch back to zero",
        "reset my stopwatch",
        "clear my stopwatch",
        "delete the stopwatch",
        "set the stopwatch to zero",
    ],
)
def reset(here: Here) -> Any:
    """Put the stopwatch to zero."""
    if (yield Call(shown)) is None:
        return NOT_RUNNING
    yield Call(put, watch=None)
    return RESET


def _time(seconds: int) -> str:
    return say_duration(seconds) if seconds else "zero seconds"
