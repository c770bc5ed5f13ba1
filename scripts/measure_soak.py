"""Talk to the whole program for half an hour on a virtual sound card, and count what went wrong.

    python scripts/measure_soak.py --minutes 30

Starts a private PulseAudio server (pulseaudio and pulseaudio-utils are needed), `assistant run
--lines` on its microphone and speaker, and plays the recordings of ../shared/data one after the
other. Reports answered recordings, dropped input frames, output underruns, when they happened, and
the resident memory after the first minutes and at the end. One JSON line comes last.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.pulse import Pulse

_LOADING_S = 180
_ANSWER_S = 7.0
_SETTLED_S = 180
_STOPPING_S = 30.0


def resident_mb(process: int) -> float:
    """Resident memory of a process, from /proc."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def wait_for_first_line(trace: Path) -> Path:
    """The trace file of the session, once it exists and says that the engine has started."""
    deadline_s = time.monotonic() + _LOADING_S
    while time.monotonic() < deadline_s:
        for path in trace.glob("*.jsonl"):
            if '"started"' in path.read_text(encoding="utf-8"):
                return path
        time.sleep(0.5)
    raise SystemExit(f"the assistant did not start within {_LOADING_S} s")


def talk(pulse: Pulse, files: list[Path], minutes: float, process: int) -> tuple[int, list[float]]:
    """Play `files` over and over for `minutes`; how many were played, and the memory meanwhile."""
    start_s = time.monotonic()
    played, memory = 0, []
    for path in itertools.cycle(files):
        if time.monotonic() - start_s > 60 * minutes:
            break
        pulse.play(path)
        time.sleep(_ANSWER_S)
        played += 1
        if time.monotonic() - start_s > min(_SETTLED_S, 30 * minutes):
            memory.append(resident_mb(process))
    return played, memory


def _waited(program: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the program ended within so many seconds; what it has measured is kept either way."""
    try:
        program.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def events(trace: Path) -> list[dict[str, Any]]:
    """The lines of a trace; one that a killed program left unfinished is dropped."""
    whole, _, _ = trace.read_text(encoding="utf-8").rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", default="questions")
    options = parser.parse_args()
    files = sorted((options.data / options.folder).glob("*.flac"))
    if not files:
        raise SystemExit(f"no recordings in {options.data / options.folder}")
    with Pulse() as pulse, tempfile.TemporaryDirectory() as home:
        env = {**pulse.env, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        program = subprocess.Popen(
            [sys.executable, "-m", "assistant", "run", "--lines"],
            env={**env, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            trace = wait_for_first_line(Path(home) / "assistant" / "traces")
            played, memory = talk(pulse, files, options.minutes, program.pid)
            os.kill(program.pid, signal.SIGINT)
            has_stopped = _waited(program, _STOPPING_S)
        finally:
            program.kill()
            program.wait()
        found = events(trace)
    turns = [event for event in found if event.get("event") == "turn"]
    stopped = next((event for event in found if event.get("event") == "stopped"), {})
    counters = {
        name: stopped.get(name) for name in ("input_overflows", "output_underruns", "late_frames")
    }
    faults = [event for event in found if event.get("event") == "counters"]
    latencies = sorted(turn["latency_ms"] for turn in turns if turn.get("latency_ms") is not None)
    report = {
        "minutes": options.minutes,
        "recordings": played,
        "turns": len(turns),
        "stopped by itself": has_stopped,
        **counters,
        "faults_at_s": [round(event["at_ms"] / 1000) for event in faults],
        "resident_mb": [round(memory[0]), round(memory[-1])] if memory else None,
        "p50_ms": round(latencies[len(latencies) // 2]) if latencies else None,
    }
    for name, value in report.items():
        print(f"{name:20} {value}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
