"""Figures of the program as a process: how long it takes to listen, what it costs to wait.

Starts a child for each measurement and reads its lines; loads no model itself. Main thread.
"""

from __future__ import annotations

import dataclasses
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from assistant.assemble.roles import model_paths
from assistant.config import Config
from assistant.errors import AssistantError
from assistant.folders import cache_directory

IDLE_S = 15.0

Say = Callable[[str], None]


class ChildFailed(AssistantError):
    """A process of the benchmark ended without its figures."""

    code = "E-BENCH"


def measure_process(config: Config, files: Sequence[Path], say: Say) -> dict[str, float | None]:
    """Cold and warm start in seconds, idle CPU in percent of one core, memory in 10^6 bytes.

    The cold start is None where the system cannot drop files from its page cache.
    """
    say("the program alone: cold start")
    is_cold = drop_from_cache([*model_files(config), *prepared_files()])
    cold = _child(config, idle_s=0.0, files=[])
    say("the program alone: warm start")
    starts = [_child(config, idle_s=0.0, files=[])["listening_s"] for _ in range(2)]
    say("the program alone: waiting, then answering")
    alone = _child(config, idle_s=IDLE_S, files=files)
    return {
        "cold_start_s": cold["listening_s"] if is_cold else None,
        "warm_start_s": statistics.median([*starts, alone["listening_s"]]),
        "idle_cpu_percent_of_a_core": alone["idle_cpu_percent"],
        "resident_when_listening_mb": alone["listening_mb"],
        f"peak_after_{len(files)}_answers_mb": alone.get("peak_mb"),
    }


def model_files(config: Config) -> list[Path]:
    """Every file that is read to load the configured models."""
    paths = model_paths(config)
    found: list[Path] = []
    for path in (paths.transcriber, paths.turn, paths.llm, paths.voice):
        if path is None:  # a server has it
            continue
        found += [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]
    return found


def prepared_files() -> list[Path]:
    """What set-up made of the models: the parts of the voice, the model's state, the replies."""
    return [one for one in cache_directory().rglob("*") if one.is_file()]


def drop_from_cache(files: Iterable[Path]) -> bool:
    """Have the system forget the content of `files`; False where it cannot be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for file in files:
        handle = os.open(file, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)
    return True


def _child(config: Config, *, idle_s: float, files: Sequence[Path]) -> dict[str, float]:
    """What a child tells, and after how many seconds from its creation it listens."""
    sections = dataclasses.asdict(config)
    sections.pop("path")
    names = [str(file.resolve()) for file in files]
    job = json.dumps({"config": sections, "idle_s": idle_s, "files": names})
    found: dict[str, float] = {}
    start_s = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "assistant.bench.child", job],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            told = json.loads(line)
            if "listening_mb" in told:
                found["listening_s"] = round(time.perf_counter() - start_s, 3)
            found |= told
    if child.returncode:
        what = f"a measuring process ended with exit code {child.returncode}"
        raise ChildFailed(what, "run `assistant doctor`")
    return found
