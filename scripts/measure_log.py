"""Measures the log: what a turn costs, and `assistant log` and `verify` with 10,000 turns.

    python scripts/measure_log.py [TURNS]

Prints one JSON line; everything is written to a temporary folder. Processor times are of one thread
or process and do not change when the machine is busy, wall times do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from assistant.log.book import Book
from assistant.log.entry import Entry, body
from assistant.log.place import configured
from assistant.log.verify import verify
from assistant.log.writer import Session, TurnLog
from assistant.messages import Step, ToolCall
from assistant.talk.guards.personal import redacted

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
STEPS = tuple(
    Step(part=f"part {at}", verdict="passed", score=0.5, why="no template of any flow covers it")
    for at in range(15)
)


def entry(number: int) -> Entry:
    """A turn as they are: 15 steps, two tools, a slot."""
    at = NOW + timedelta(minutes=number)
    calls = [
        ToolCall(name="timer_work.running", result="()", ms=0.2, writes=False),
        ToolCall(name="timer_work.start", slots={"length": "0:05:00"}, result="1", ms=0.6),
    ]
    return Entry(
        at=at,
        now=at,
        turn=number,
        request=f"Set a timer for {number} minutes.",
        name=f"timer.set{number % 7}",
        source=("tool", "precomputed", "flow")[number % 3],
        why="template of timer.set",
        score=1.0,
        slots={"length": "0:05:00"},
        steps=STEPS,
        planned=(("Okay, five minute timer.", "Okay, five minute timer."),),
        sounded="Okay, five minute timer.",
        calls=lambda: calls,
        latency_ms=350.0,
        stages_ms={"pause": 40.0, "transcript": 110.0, "route": 4.0, "voice": 30.0},
    )


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds of `work`."""
    start = clock()
    work()
    return (clock() - start) * 1000


def cost(count: int = 200) -> dict[str, float]:
    """Milliseconds a turn: for whoever hands it over, and for the log's own thread."""
    book = Book(*configured(None), make=True)
    redacted("call 415 555 2671")  # loads its library
    handed, made, appended, processor = [], [], [], []
    log = TurnLog(None, Session())
    for number in range(count):
        one = entry(number)
        handed.append(timed(lambda one=one: log.add(one)))  # type: ignore[misc]
        start = time.perf_counter()
        row = body(one, redacted)
        made.append((time.perf_counter() - start) * 1000)
        start = time.thread_time()
        appended.append(timed(lambda row=row: book.append([row])))  # type: ignore[misc]
        processor.append((time.thread_time() - start) * 1000)
    log.close()
    book.close()
    return {
        "handed_over_ms": median(handed),
        "row_made_ms": median(made),
        "row_written_ms": median(appended),
        "row_written_cpu_ms": median(processor),
    }


def command(*arguments: str, runs: int = 7) -> dict[str, float]:
    """Milliseconds of a fresh process: the least wall and processor time of some runs."""
    wall, processor = [], []
    for _ in range(runs):
        before = os.times()
        line = [sys.executable, "-m", "assistant", "log", *arguments]
        wall.append(
            timed(lambda: subprocess.run(line, stdout=subprocess.DEVNULL, check=True))  # noqa: B023
        )
        after = os.times()
        spent = after.children_user + after.children_system
        processor.append((spent - before.children_user - before.children_system) * 1000)
    return {"wall_ms": min(wall), "cpu_ms": min(processor)}


def main(turns: int = 10_000) -> None:
    """Measure, and print one JSON line."""
    with tempfile.TemporaryDirectory() as place:
        os.environ |= {"XDG_STATE_HOME": f"{place}/state", "XDG_CONFIG_HOME": f"{place}/config"}
        figures: dict[str, Any] = {"cost": cost()}
        book = Book(*configured(None), make=True)
        for start in range(0, turns, 500):
            book.append([body(entry(start + one), redacted) for one in range(500)])
        book.query("pragma wal_checkpoint(truncate)")
        figures["turns"] = book.last().seq
        figures["file_mb"] = book.path.stat().st_size / 1e6
        figures["verify_ms"] = timed(lambda: verify(book), time.process_time)
        book.close()
        figures["list"] = command()
        figures["search"] = command("--search", "9999 minutes")
        figures["since"] = command("--since", (NOW + timedelta(minutes=turns - 9)).isoformat())
        figures["show"] = command("show", "5000")
        figures["stats"] = command("stats", runs=3)
        figures["verify"] = command("verify", runs=3)
    print(json.dumps(rounded(figures)))


def rounded(value: Any) -> Any:
    """Numbers to what they mean."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return round(value, 2) if isinstance(value, float) else value


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
