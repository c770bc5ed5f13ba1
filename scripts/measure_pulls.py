"""Pull a virtual sound card's plugs many times a minute, and count crashes of the sound device.

    python scripts/measure_pulls.py --minutes 20 [--seed 1] [--unguarded] [--slow-stderr]

Runs the program's `SoundDevice` alone, in a process that is started again after a crash, on a
private PulseAudio server whose microphone, speaker, both, or which itself is removed and restored
at random. `--unguarded` opens what was lost without the scout. `--slow-stderr` reads what PortAudio
complains of so slowly that an opening that fails takes a while to do so: the moment in which a
crash is possible becomes long. Reports pulls, openings by the device's own process and how many of
them failed, crashes, how soon a device was back, and the memory at the beginning and the end. One
JSON line comes last.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulled import Puller, back_after_s
from told import Line

from tests.pulse import Pulse

_PACE = 12.0
_SMALLEST_PIPE = 4096
_SETTLED_S = 30.0


class Program:
    """A process with a `SoundDevice`; what it tells, line by line."""

    def __init__(self, env: dict[str, str], options: argparse.Namespace) -> None:
        own = [sys.executable, __file__, "--device"]
        self.process = subprocess.Popen(
            [*own, "--unguarded"] if options.unguarded else own,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines: list[Line] = []
        self.facts: list[dict[str, float]] = []
        assert self.process.stderr is not None
        fcntl.fcntl(self.process.stderr.fileno(), fcntl.F_SETPIPE_SZ, _SMALLEST_PIPE)
        self._pause_s = 0.002 if options.slow_stderr else 0.0
        for work in (self._listen, self._read_complaints):
            threading.Thread(target=work, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if "code" in told:
                self.lines.append(Line(f"[{told['code']}]", time.monotonic()))
            else:
                self.facts.append(told)

    def _read_complaints(self) -> None:
        assert self.process.stderr is not None
        while os.read(self.process.stderr.fileno(), 64):
            time.sleep(self._pause_s)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Pull for so long; what came of it."""
    programs: list[Program] = []
    crashes: list[int] = []
    with Pulse() as pulse:
        programs.append(Program(pulse.env, options))
        puller = Puller(pulse, options.seed, options.pace)
        puller.start()
        end_s = time.monotonic() + 60 * options.minutes
        while (left_s := end_s - time.monotonic()) > 0:
            try:
                crashes.append(programs[-1].process.wait(left_s))
            except subprocess.TimeoutExpired:
                break
            programs.append(Program(pulse.env, options))
        puller.stop()
        time.sleep(5)
        programs[-1].process.kill()
    lines = [line for program in programs for line in program.lines]
    last = [program.facts[-1] for program in programs if program.facts]
    return {
        "minutes": options.minutes,
        "pulls": len(puller.pulls),
        "openings": sum(fact["openings"] for fact in last),
        "failed": sum(fact["failed"] for fact in last),
        "crashes": len(crashes),
        "exit_statuses": sorted(set(crashes)),
        "resident_mb": [f["mb"] for f in (programs[-1].facts[1:2] + programs[-1].facts[-1:])],
        **back_after_s(puller.pulls, lines),
    }


def be_the_device(options: argparse.Namespace) -> None:
    """The process that is measured: a sound device that plays silence and throws away what it
    hears."""
    import numpy as np
    import sounddevice

    from assistant.audio.device import SoundDevice
    from assistant.audio.scout import Scout
    from assistant.config import AudioConfig

    counts = {"openings": 0, "failed": 0}
    for name in ("InputStream", "OutputStream"):
        setattr(sounddevice, name, _counting(getattr(sounddevice, name), counts))
    device = SoundDevice(AudioConfig())
    if options.unguarded:
        device.scout = Scout(device.output_rate_hz, command=())
    lock = threading.Lock()

    def tell(**fact: Any) -> None:
        with lock:
            print(json.dumps(fact), flush=True)

    device.on_notice = lambda notice: tell(code=notice.code)
    sound = (lambda count, index: np.zeros(count, np.float32), lambda: False)
    threading.Thread(target=device.run, args=sound, daemon=True).start()
    began_s, told_s = time.monotonic(), -1.0
    while True:
        device.read(0.1)
        since_s = time.monotonic() - began_s
        if since_s - told_s > 1 and (since_s > _SETTLED_S or told_s < 0):
            told_s = since_s
            tell(**counts, mb=round(_resident_mb(), 1))


def _counting(make: Any, counts: dict[str, int]) -> Any:
    def counted(**settings: Any) -> Any:
        counts["openings"] += 1
        try:
            return make(**settings)
        except Exception:
            counts["failed"] += 1
            raise

    return counted


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=_PACE)
    parser.add_argument("--unguarded", action="store_true")
    parser.add_argument("--slow-stderr", action="store_true")
    parser.add_argument("--device", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.device:
        be_the_device(options)
        return
    report = measure(options)
    for name, value in report.items():
        print(f"{name:16} {value}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
