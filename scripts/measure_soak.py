"""Talk to the whole program for half an hour on a virtual sound card, and count what went wrong.

    python scripts/measure_soak.py --minutes 30
    python scripts/measure_soak.py --minutes 90 --pull [--seed 1]

Starts a private PulseAudio server (pulseaudio and pulseaudio-utils are needed), `assistant run
--lines` on its microphone and speaker, and plays the recordings of ../shared/data one after the
other. Reports answered recordings, dropped input frames, output underruns, when they happened, and
the resident memory after the first minutes and at the end. With `--pull` the microphone, the
speaker, both, or the whole sound server are removed and restored at random meanwhile; it counts
which questions were asked while both were there, and which of them were answered. One JSON line
comes last.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulled import Puller, Question, judged
from told import Told

from tests.pulse import Pulse

_LOADING_S = 180
_ANSWER_S = 7.0
_LONGEST_ANSWER_S = 30.0
_PLAYING_S = 60
_SETTLED_S = 300
_MEMORY_S = 120
"""The median over so long is the memory at a time."""


@dataclass(slots=True)
class Talk:
    """What was played, and (seconds, MB) of the program's resident memory since the beginning."""

    questions: list[Question] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    minutes: float = 0.0


def resident_mb(process: int) -> float:
    """Resident memory of a process, from /proc."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def play(pulse: Pulse, path: Path) -> bool:
    """Let the microphone hear it; False when the sound server refused or stopped it."""
    try:
        pulse.play(path, patience_s=_PLAYING_S)
    except subprocess.SubprocessError:
        return False
    return True


def talk(pulse: Pulse, files: list[Path], minutes: float, program: Told) -> Talk:
    """Play `files` over and over for `minutes`, or until the program ends."""
    start_s = time.monotonic()
    done = Talk()
    for path in itertools.cycle(files):
        began_s = time.monotonic()
        if began_s - start_s > 60 * minutes or program.status is not None:
            break
        was_played = play(pulse, path)
        ended_s = time.monotonic()
        time.sleep(_ANSWER_S)
        if was_played:
            program.wait_for(r"^(assistant \[|\(not answered)", _LONGEST_ANSWER_S, began_s)
        closed_s = time.monotonic()
        done.questions.append(Question(path.stem, began_s, ended_s, closed_s, was_played))
        if program.status is None:
            done.memory.append((closed_s - start_s, resident_mb(program.number)))
    done.minutes = (time.monotonic() - start_s) / 60
    return done


def memory_mb(memory: list[tuple[float, float]], minutes: float) -> dict[str, float] | None:
    """Medians around the fifth minute (or a tenth of the time) and at the end, and the growth."""
    if not memory:
        return None
    settled_s = min(_SETTLED_S, 6 * minutes)
    last_s = memory[-1][0]
    early = [mb for at_s, mb in memory if settled_s <= at_s <= settled_s + _MEMORY_S]
    late = [mb for at_s, mb in memory if at_s >= last_s - _MEMORY_S]
    first, last = (sorted(some or [memory[-1][1]])[len(some) // 2] for some in (early, late))
    return {
        "early": round(first),
        "end": round(last),
        "most": round(max(mb for _, mb in memory)),
        "growth_percent": round(100 * (last / first - 1), 1),
    }


def events(traces: Path) -> list[dict[str, Any]]:
    """The lines of the session's trace; one that a killed program left unfinished is dropped."""
    path = next(iter(sorted(traces.glob("*.jsonl"))), None)
    if path is None:
        return []
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def traced(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures that the trace has."""
    turns = [event for event in found if event.get("event") == "turn"]
    stopped = next((event for event in found if event.get("event") == "stopped"), {})
    faults = [event for event in found if event.get("event") == "counters"]
    latencies = sorted(turn["latency_ms"] for turn in turns if turn.get("latency_ms") is not None)
    names = ("input_overflows", "output_underruns", "late_frames")
    return {
        "turns": len(turns),
        **{name: stopped.get(name) for name in names},
        "faults_at_s": [round(event["at_ms"] / 1000) for event in faults],
        "p50_ms": round(latencies[len(latencies) // 2]) if latencies else None,
    }


def soak(pulse: Pulse, files: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    """Run it, and what was measured."""
    puller = Puller(pulse, options.seed, options.pace)
    with tempfile.TemporaryDirectory() as home:
        env = {**pulse.env, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        with Told([sys.executable, "-m", "assistant", "run", "--lines"], env) as program:
            if program.wait_for("listening; Ctrl", _LOADING_S) is None:
                said = [line.text for line in program.since()]
                raise SystemExit(f"it did not listen within {_LOADING_S} s; it said: {said}")
            if options.pull:
                puller.start()
            done = talk(pulse, files, options.minutes, program)
            if options.pull:
                puller.stop()
            crashed_with = program.status
            has_stopped = crashed_with is None and program.interrupt()
        lines = program.since()
        if options.said:
            options.said.write_text("".join(f"{one.at_s:.2f} {one.text}\n" for one in lines))
        found = events(Path(home) / "assistant" / "traces")
    tracebacks = sum("Traceback" in line.text for line in lines)
    return {
        "minutes": round(done.minutes, 1),
        "recordings": len(done.questions),
        **traced(found),
        "stopped by itself": has_stopped,
        "crashes": int(crashed_with is not None or not has_stopped) + tracebacks,
        "resident_mb": memory_mb(done.memory, options.minutes),
        **(judged(done.questions, puller.pulls, lines) if options.pull else {}),
        **({"server_refused": puller.troubles, "seed": options.seed} if options.pull else {}),
    }


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--folder", default="questions")
    parser.add_argument("--pull", action="store_true", help="unplug the devices at random")
    parser.add_argument("--seed", type=int, default=1, help="of --pull")
    parser.add_argument("--pace", type=float, default=1.0, help="so many times as often as usual")
    parser.add_argument("--said", type=Path, help="also write what the program printed, with times")
    options = parser.parse_args()
    files = sorted((options.data / options.folder).glob("*.flac"))
    if not files:
        raise SystemExit(f"no recordings in {options.data / options.folder}")
    with Pulse() as pulse:
        report = soak(pulse, files, options)
    for name, value in report.items():
        print(f"{name:20} {value}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
