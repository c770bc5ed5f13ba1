"""The rest of the set-up, behind a conversation: llama.cpp, the language models, what is left.

`scripts/setup.py --run` leaves the marker `rest.json` when something is left, and `assistant run`
starts `scripts/setup.py --rest`, which ends it. Its standard output is for the program: a line that
begins with "@" is JSON: `doing` and `percent` (what is being done), `left_s` (until the language
model is there), `ready` ("model": it can be loaded). All other lines are for a log. Any step may be
interrupted; the next start goes on. Standard library only.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from stages import ROOT, STAMPS, SetupError, Step, run_lines, write_log, write_whole

MARKER = STAMPS / "rest.json"

AFTERWARDS_S = 25.0
"""From the last part to a model that is ready: installing, rewriting, reading the instructions.
On two cores."""

_TENTHS = re.compile(r": (\d+) %$")
_WHEELS = re.compile(r", (\d+) of (\d+) with pip")


def remember(**wanted: str) -> None:
    """Leave the marker: with what options the rest is to be done."""
    write_whole(MARKER, json.dumps(wanted))


def wanted() -> dict[str, str] | None:
    """What the marker says; None without one."""
    try:
        found = json.loads(MARKER.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return {str(name): str(value) for name, value in found.items()}


def forget() -> None:
    """Nothing is left: take the marker away."""
    MARKER.unlink(missing_ok=True)
    write_log("everything is there")


class Progress:
    """Tells how far the slowest of the parts is that run side by side, and when all will be done.
    Any thread."""

    def __init__(self, guesses: dict[str, float]) -> None:
        """`guesses` has seconds for each part, for as long as it has not been measured."""
        self._left_s = dict(guesses)
        self._began_s = dict.fromkeys(guesses, time.monotonic())
        self._percent = dict.fromkeys(guesses, -1)
        self._lock = threading.Lock()

    def at(self, part: str, share: float) -> None:
        """`part` is done to this share (0 to 1)."""
        with self._lock:
            took_s = time.monotonic() - self._began_s[part]
            if share > 0.05:
                self._left_s[part] = took_s / share * (1 - share)
            percent = int(share * 100)
            if percent == self._percent[part]:
                return
            self._percent[part] = percent
            left_s = max(self._left_s.values()) + AFTERWARDS_S
            slowest = max(self._left_s, key=lambda one: self._left_s[one])
        if part == slowest:
            tell(doing=part, percent=percent, left_s=round(left_s))


def tell(**what: object) -> None:
    """One line for the program."""
    print(f"@{json.dumps(what)}", flush=True)


def side_by_side(works: Sequence[Callable[[], None]]) -> None:
    """Do all of them at the same time; raises what the first of them raised, after all ended."""
    with ThreadPoolExecutor(len(works)) as pool:
        for one in [pool.submit(work) for work in works]:
            one.result()


def do(step: Step) -> None:
    """Do a step unless it is done."""
    if not step.is_done:
        step.perform()


def follow(command: Sequence[str], at: Callable[[float], None]) -> None:
    """Run a download and pass its lines on; `at` gets its share, as far as the lines say it.
    `SetupError` when it fails."""
    last = ""

    def show(line: str) -> None:
        nonlocal last
        last = line.strip() or last
        print(line, end="", flush=True)
        if found := _TENTHS.search(line.rstrip()):
            at(int(found[1]) / 100)
        elif found := _WHEELS.search(line):
            at((int(found[1]) - 1) / int(found[2]))

    if run_lines(command, show) != 0:
        raise SetupError(last)


def finish(
    llama: Callable[[Callable[[float], None]], None],
    models: Callable[[Callable[[float], None]], None],
    model_ready: Sequence[str],
    everything: Sequence[str],
    guesses: dict[str, float],
) -> None:
    """Do the rest: both parts side by side, each told where to report its share; then the two
    commands, which make the model ready and what else there is to make."""
    progress = Progress(guesses)
    first, second = guesses
    progress.at(max(guesses, key=lambda part: guesses[part]), 0.0)
    side_by_side(
        [
            lambda: llama(lambda share: progress.at(first, share)),
            lambda: models(lambda share: progress.at(second, share)),
        ]
    )
    tell(doing="preparing it", left_s=round(AFTERWARDS_S))
    _run(model_ready)
    tell(ready="model")
    _run(everything)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SetupError(f"failed with status {done.returncode}: {' '.join(command)}")
