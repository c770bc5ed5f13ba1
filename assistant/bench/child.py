"""One measurement of the program alone, in a process of its own: `python -m assistant.bench.child`.

Loads every stage, listens, and says so in lines of JSON on standard output; then, as the job says,
goes on listening to a quiet room, or answers recordings. Started by `process`; the main thread
waits beside the engine's threads.
"""

from __future__ import annotations

import json
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assemble.session import load_stages
from assistant.audio.files import FileDevice
from assistant.audio.recording import read_recording
from assistant.audio.script import AfterAnswer, AtOnce, Segment
from assistant.bench.clips import faint_noise
from assistant.config import Config, config_from_dict
from assistant.engine.engine import Engine, Stages
from assistant.messages import SAMPLE_RATE_HZ, State
from assistant.private import keep_private
from assistant.trace import Trace
from assistant.updates import StateChanged, Update

_STATUS = Path("/proc/self/status")
_SETTLED_S = 1.0
_POLL_S = 0.05
_LONGEST_S = 180.0


def main() -> None:
    """Run the job in the first argument: a JSON object with `config`, `idle_s` and `files`."""
    keep_private()
    job = json.loads(sys.argv[1])
    config = config_from_dict(job["config"])
    stages = load_stages(config, SAMPLE_RATE_HZ)
    listen(config, stages, job["idle_s"])
    if job["files"]:
        answer(config, stages, [Path(file) for file in job["files"]])


def listen(config: Config, stages: Stages, idle_s: float) -> None:
    """Report when the engine listens; then the CPU that `idle_s` of a quiet room take."""
    listening = threading.Event()

    def publish(update: Update) -> None:
        if isinstance(update, StateChanged) and update.state is State.LISTENING:
            listening.set()

    room = faint_noise(np.zeros(round((idle_s + 2 * _SETTLED_S) * SAMPLE_RATE_HZ), np.int16))
    engine = Engine(config, FileDevice([Segment(samples=room)]), stages, publish, Trace(None))
    engine.start()
    if not listening.wait(_LONGEST_S):
        sys.exit(1)
    _tell({"listening_mb": resident_mb()})
    if idle_s:
        time.sleep(_SETTLED_S)
        cpu_s, start_s = time.process_time(), time.perf_counter()
        time.sleep(idle_s)
        share = (time.process_time() - cpu_s) / (time.perf_counter() - start_s)
        _tell({"idle_cpu_percent": round(100 * share, 2)})
    engine.close()


def answer(config: Config, stages: Stages, files: list[Path]) -> None:
    """Answer recordings one after the other and report the most memory that was held."""
    first: list[AtOnce | AfterAnswer] = [AtOnce(after_ms=500)]
    rules = first + [AfterAnswer(quiet_ms=1000)] * (len(files) - 1)
    segments = [
        Segment(samples=read_recording(file), starts=rule)
        for file, rule in zip(files, rules, strict=True)
    ]
    device = FileDevice(segments)
    engine = Engine(config, device, stages, lambda update: None, Trace(None))
    engine.start()
    end_s = time.monotonic() + _LONGEST_S
    settled_s = 0.0
    while time.monotonic() < end_s and settled_s < _SETTLED_S:
        time.sleep(_POLL_S)
        is_over = device.exhausted and engine.is_settled
        settled_s = settled_s + _POLL_S if is_over else 0.0
    engine.close()
    _tell({"peak_mb": peak_mb()})


def resident_mb() -> float:
    """Memory held now, in units of 10^6 bytes; the peak where the system does not tell."""
    return _status_mb("VmRSS") or peak_mb()


def peak_mb() -> float:
    """The most memory held so far, in units of 10^6 bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    return _status_mb("VmHWM") or round(most * unit / 1e6, 1)


def _status_mb(key: str) -> float | None:
    """A size from Linux's /proc; None elsewhere."""
    if not _STATUS.is_file():
        return None
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{key}:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return None


def _tell(found: dict[str, Any]) -> None:
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
