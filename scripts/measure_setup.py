"""A first start, measured: a fresh clone, empty caches, `make run` until everything is there.

    python scripts/measure_setup.py [--rounds 3]
    python scripts/measure_setup.py --kills 10 [--per-clone 4] [--seed 1]

Clones this checkout's HEAD into a temporary folder, with a home, caches, configuration and state of
its own, starts a private PulseAudio server and `make run ARGS=--lines` on its microphone and
speaker. When it listens, it is asked "What time is it?" by voice. Times, in seconds after `make
run`: `listening`, `first_sound` of the answer at the speaker, `everything` (the set-up behind the
conversation says so). With `--kills` the process group is killed (SIGKILL) at that many random
moments, `--per-clone` in one clone after the other, and the start that follows must come to its
end. One JSON line comes last. Downloads some 900 MB for each clone.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from stages import ROOT
from told import Told

from assistant.messages import SAMPLE_RATE_HZ, Int16Array
from tests.pulse import Pulse

QUESTION = "What time is it?"
_LISTENING = r"listening; Ctrl"
_ANSWER = r"^assistant \[\w+, -?\d+ ms"
_DONE = "everything is there"
_LISTENS_S, _ANSWERS_S = 1_800.0, 60.0
_KILLED_AFTER_S = (1.0, 150.0)
_GONE_S = 30.0
_LOUD = 2_000
_KEPT = ("ASSISTANT_", "PULSE_", "XDG_", "HF_HOME", "PYTHONPATH", "VIRTUAL_ENV", "MAKE")
"""Variables that begin so are those of this process, and not handed on."""


class Newcomer:
    """A clone in `place`, with nothing of this machine's but its packages' configuration."""

    def __init__(self, place: Path, pulse: Pulse) -> None:
        self.clone = place / "clone"
        home = place / "home"
        home.mkdir(parents=True)
        subprocess.run(
            ["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(self.clone)], check=True
        )
        own = {name: value for name, value in os.environ.items() if not name.startswith(_KEPT)}
        ours = {name: value for name, value in pulse.env.items() if name.startswith("PULSE_")}
        folders = {f"XDG_{kind}_HOME": str(home / kind) for kind in ("CACHE", "CONFIG", "STATE")}
        self._env = {**own, **ours, **folders, "XDG_DATA_HOME": str(home / "DATA")}
        pip = Path.home() / ".config" / "pip" / "pip.conf"
        if pip.is_file() and "PIP_CONFIG_FILE" not in own:
            self._env["PIP_CONFIG_FILE"] = str(pip)
        self._env["HOME"] = str(home)

    def start(self) -> Told:
        """`make run`, in lines."""
        return Told(["make", "run", "ARGS=--lines"], self._env, self.clone)

    def is_done(self) -> bool:
        """The set-up has said that nothing is left, or there never was a rest to do."""
        return _DONE in self.log() or not (self.clone / ".venv/stamps/rest.json").exists()

    def log(self) -> str:
        """What the set-up has written about its steps so far."""
        path = self.clone / ".cache" / "setup.log"
        return path.read_text("utf-8") if path.exists() else ""

    def settle(self) -> None:
        """Wait until nothing of it runs any more; half a minute at most."""
        waited(lambda: not self.left_running(), _GONE_S)

    def left_running(self) -> list[int]:
        """Processes that work in the clone or run its Python."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == os.getpid():
                continue
            try:
                works_in = os.readlink(entry / "cwd")
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if works_in.startswith(str(self.clone)) or str(self.clone) in command:
                found.append(int(entry.name))
        return found


def waited(is_so: Callable[[], bool], patience_s: float) -> bool:
    """Ask every half second until it is so; False when it never was."""
    deadline_s = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.5)
    return True


def spoken(text: str) -> Int16Array:
    """int16[n] at 16 kHz in the voice of this checkout, with half a second of silence around."""
    from assistant.assemble.loading import load_voice
    from assistant.audio.resample import resample_whole, to_int16
    from assistant.config import Config

    voice = load_voice(Config())
    made = np.concatenate(list(voice.synthesise(text, lambda: False)))
    sound = to_int16(resample_whole(made * 0.5, voice.rate_hz, SAMPLE_RATE_HZ))
    return np.pad(sound, SAMPLE_RATE_HZ // 2)


def ask(pulse: Pulse, program: Told, question: Int16Array) -> dict[str, Any]:
    """Ask once; when the answer sounded first, and the line that shows it."""
    with pulse.record() as heard:
        began_s = time.monotonic()
        pulse.play_samples(question)
        line = program.wait_for(_ANSWER, _ANSWERS_S, began_s)
    said = heard.samples[question.size - SAMPLE_RATE_HZ // 2 :]  # the answer comes after the words
    loud = np.flatnonzero(np.abs(said.astype(np.int32)) > _LOUD)
    if line is None or not loud.size:
        return {"first_sound": None, "answer": None}
    at_s = began_s + (question.size - SAMPLE_RATE_HZ // 2 + int(loud[0])) / SAMPLE_RATE_HZ
    return {"first_sound": round(at_s - program.began_s, 1), "answer": line.text}


def complete(
    newcomer: Newcomer, pulse: Pulse, question: Int16Array, patience_s: float
) -> dict[str, Any]:
    """One start until everything is there; its times."""
    with newcomer.start() as program:
        line = program.wait_for(_LISTENING, _LISTENS_S)
        if line is None:
            return {"listening": None, "said": [one.text for one in program.since()][-15:]}
        times: dict[str, Any] = {"listening": round(line.at_s - program.began_s, 1)}
        times |= ask(pulse, program, question)
        print(f"so far: {times}", file=sys.stderr, flush=True)

        def is_over() -> bool:
            has_failed = any("[W-SETUP]" in one.text for one in program.since())
            return newcomer.is_done() or has_failed or program.status is not None

        is_done = waited(is_over, patience_s) and newcomer.is_done()
        times["everything"] = round(time.monotonic() - program.began_s, 1) if is_done else None
        model = program.wait_for(r"^thinks: (?!.*(set up|%))", 30, line.at_s) if is_done else None
        times["model"] = model.text if model else None
        times["stopped by itself"] = program.interrupt()
        said = [one.text for one in program.since()]
    times["warnings"] = [text for text in said if text.startswith(("warning", "error"))]
    times["steps"] = [entry.partition(" ")[2] for entry in newcomer.log().splitlines()]
    return times


def kill_once(newcomer: Newcomer, after_s: float) -> dict[str, Any]:
    """Start, kill after so long; what it was at, and which processes outlived it."""
    with newcomer.start() as program:
        waited(lambda: program.status is not None, after_s)
        ended = program.status
        program.kill()
        said = [one.text for one in program.since()]
    newcomer.settle()
    return {
        "after_s": round(after_s, 1),
        "at": next((text for text in reversed(said) if text.strip()), ""),
        "ended_before": ended,
        "left_running": len(newcomer.left_running()),
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All rounds, or all kills."""
    question = spoken(QUESTION)
    drawn = random.Random(options.seed)
    rounds: list[dict[str, Any]] = []
    kills_left, began = options.kills, os.getloadavg()
    while kills_left > 0 or (not options.kills and len(rounds) < options.rounds):
        with Pulse() as pulse, tempfile.TemporaryDirectory(dir=options.place) as place:
            newcomer = Newcomer(Path(place), pulse)
            killed = []
            for _ in range(min(kills_left, options.per_clone)):
                killed.append(kill_once(newcomer, drawn.uniform(*_KILLED_AFTER_S)))
                print(f"killed: {killed[-1]}", file=sys.stderr, flush=True)
            kills_left -= len(killed)
            done = complete(newcomer, pulse, question, options.patience)
            rounds.append({**done, **({"killed": killed} if killed else {})})
            print(f"round: {rounds[-1]}", file=sys.stderr, flush=True)
            newcomer.settle()
    whole = [one for one in rounds if one.get("everything") and one.get("first_sound")]
    return {
        "rounds": rounds,
        "completed": len(whole),
        "kills": options.kills,
        "slowest_first_sound": max((one["first_sound"] for one in whole), default=None),
        "slowest_everything": max((one["everything"] for one in whole), default=None),
        "load": [round(began[0], 1), round(os.getloadavg()[0], 1)],
        "cores": os.cpu_count(),
    }


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--per-clone", type=int, default=4, help="kills before a start may end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=1_800.0, help="seconds for everything")
    parser.add_argument("--place", type=Path, help="where the clones lie (default: temporary)")
    report = measure(parser.parse_args())
    for name, value in report.items():
        print(f"{name:20} {value}")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
