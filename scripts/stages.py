"""Steps of the set-up: each leaves a stamp when it is done, and is skipped while that holds.

A stamp is written whole or not at all, after the step's work. A step that was interrupted, by
Ctrl+C, by kill or by the power, has none and is done again. Knows no step. Standard library only.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
LOG = ROOT / ".cache" / "setup.log"

Key = Callable[[], str | None]


class SetupError(Exception):
    """A step cannot go on; the text says what to do."""


class Step:
    """One step: `key()` is what it depends on (None: do it every time), `work()` does it."""

    def __init__(self, name: str, doing: str, key: Key, work: Callable[[], None]) -> None:
        self.name = name
        self.doing = doing
        self.key = key
        self.work = work

    @property
    def is_done(self) -> bool:
        """True when the stamp of this very key is there."""
        stamp = STAMPS / self.name
        return stamp.exists() and stamp.read_text("utf-8") == self.key()

    def leave_stamp(self) -> None:
        """Remember that the step was done."""
        key = self.key()
        if key is not None:
            write_whole(STAMPS / self.name, key)

    def perform(self) -> float:
        """Do it, remember and log that; how many seconds it took."""
        begin = time.monotonic()
        self.work()
        self.leave_stamp()
        took = time.monotonic() - begin
        write_log(f"{self.name} {took:.1f} s")
        return took


def perform(chosen: list[Step]) -> None:
    """Do every step that is not done; print and log how long each one took."""
    took: list[str] = []
    for number, step in enumerate(chosen, start=1):
        if step.is_done:
            continue
        print(f"[{number}/{len(chosen)}] {step.doing} …", flush=True)
        took.append(f"{step.name} {step.perform():.1f} s")
    if took:
        print(f"ready: {', '.join(took)}", flush=True)


def run_lines(
    command: Sequence[str], on_line: Callable[[str], object], env: Mapping[str, str] | None = None
) -> int:
    """Run a command in the checkout; `on_line` gets each line of its two outputs, with its end, as
    soon as it is written. Its exit status."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            on_line(line)
    return running.returncode


def write_whole(path: Path, text: str) -> None:
    """Put `text` into `path`; who is killed meanwhile leaves the old file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    with partial.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)


def write_log(line: str) -> None:
    """Add a line with the time of day to the log of the set-up."""
    LOG.parent.mkdir(exist_ok=True)
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"{now} {line}\n")
