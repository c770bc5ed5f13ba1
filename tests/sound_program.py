"""A process with a `SoundDevice` in it, steered line by line: what the PulseAudio tests listen to.

PortAudio reads the environment once, when it is loaded, and a test must be able to pull the plug:
so the device under test lives in a process of its own. `SoundProgram` is the test's end of it.
"""

from __future__ import annotations

import importlib
import json
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from assistant.messages import AudioFrame, Float32Array, Int16Array

_PATIENCE_S = 90


class SoundProgram:
    """Start it with the environment of a `Pulse`; every wait is for an event, never for a time.
    `limits` takes the place of constants, by module and name ("scout._FRESH_S")."""

    def __init__(
        self, env: dict[str, str], limits: dict[str, float] | None = None, **audio: Any
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), json.dumps(audio), json.dumps(limits or {})],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.seen: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read_events, daemon=True)
        self._reader.start()

    def __enter__(self) -> SoundProgram:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(_PATIENCE_S)

    @property
    def number(self) -> int:
        """The process id."""
        return self._process.pid

    def wait_for(self, event: str) -> dict[str, Any]:
        """Block until the next event of that kind (a notice's code, 'hears', 'played', 'saved')."""
        while True:
            happened = self._events.get(timeout=_PATIENCE_S)
            self.seen.append(happened)
            if happened["event"] == event:
                return happened

    def wait_for_frames(self, count: int) -> None:
        """Block until so many further frames were read."""
        self._say("frames", count)
        self.wait_for("frames")

    def play(self, samples: Float32Array, path: Path) -> None:
        """Let it play float32[n] at its own output rate; returns when all of it was pulled."""
        np.save(path, samples)
        self._say("play", str(path))
        self.wait_for("played")

    def select(self, input_device: str) -> None:
        """Change the microphone over while it runs."""
        self._say("select", input_device)

    def sound(self, path: Path) -> tuple[Int16Array, Int16Array]:
        """All frames so far: heard and played, int16[n] each."""
        self._say("save", str(path))
        self.wait_for("saved")
        with np.load(path) as saved:
            return saved["heard"], saved["played"]

    def stall(self, seconds: float) -> None:
        """Stop the whole process for a while, as a machine that is busy elsewhere does."""
        self._process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._process.send_signal(signal.SIGCONT)

    def facts(self) -> dict[str, Any]:
        """Counters and rates of the device now."""
        self._say("facts", "")
        return self.wait_for("facts")

    def _say(self, verb: str, argument: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([verb, argument]) + "\n")
        self._process.stdin.flush()

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._events.put(json.loads(line))


class _Program:
    """The other end: owns the device, answers the lines on its standard input."""

    def __init__(self, audio: dict[str, Any]) -> None:
        from assistant.audio.device import SoundDevice
        from assistant.config import AudioConfig

        self._lock = threading.Lock()
        self._frames: list[AudioFrame] = []
        self._halves = 0
        self._to_play: Float32Array = np.zeros(0, np.float32)
        self._tell_at: int | None = None
        self.device = SoundDevice(AudioConfig(**audio))
        self.device.on_notice = lambda notice: self.tell(notice.code, text=notice.text)

    def tell(self, event: str, **facts: Any) -> None:
        with self._lock:
            print(json.dumps({"event": event, **facts}), flush=True)

    def pull(self, count: int, index: float) -> Float32Array:
        piece, self._to_play = self._to_play[:count], self._to_play[count:]
        if piece.size and not self._to_play.size:
            self.tell("played", index=index)
        return np.pad(piece, (0, count - piece.size))

    def read(self) -> None:
        """Collect the frames for ever; say so at the first one and when a count is reached."""
        while True:
            frame = self.device.read(1.0)
            if not isinstance(frame, AudioFrame):
                self._halves += frame is not None
                continue
            self._frames.append(frame)
            if len(self._frames) == 1:
                self.tell("hears")
            if self._tell_at is not None and len(self._frames) >= self._tell_at:
                self._tell_at = None
                self.tell("frames")

    def answer(self) -> None:
        for line in sys.stdin:
            verb, argument = json.loads(line)
            if verb == "play":
                self._to_play = np.load(argument)
            elif verb == "frames":
                self._tell_at = len(self._frames) + argument
            elif verb == "select":
                self.device.select(input_device=argument)
            elif verb == "facts":
                self._tell_facts()
            elif verb == "save":
                self._save(argument)

    def _tell_facts(self) -> None:
        counters = self.device.counters()
        self.tell(
            "facts",
            rate_hz=self.device.output_rate_hz,
            input_overflows=counters.input_overflows,
            output_underruns=counters.output_underruns,
            late_frames=counters.late_frames,
            halves_of_frames=self._halves / max(1, len(self._frames)),
            indices_are_contiguous=all(
                later.index - earlier.index == 320
                for earlier, later in zip(self._frames, self._frames[1:], strict=False)
            ),
        )

    def _save(self, path: str) -> None:
        frames = list(self._frames)
        np.savez(
            path,
            heard=np.concatenate([frame.samples for frame in frames]),
            played=np.concatenate([frame.played for frame in frames]),
        )
        self.tell("saved")


def main() -> None:
    """Run until killed."""
    for name, limit in json.loads(sys.argv[2]).items():
        module, _, constant = name.partition(".")
        its_module = importlib.import_module(f"assistant.audio.{module}")
        assert hasattr(its_module, constant)
        setattr(its_module, constant, limit)
    program = _Program(json.loads(sys.argv[1]))
    sound = (program.pull, lambda: False)
    threading.Thread(target=program.device.run, args=sound, daemon=True).start()
    threading.Thread(target=program.read, daemon=True).start()
    program.answer()


if __name__ == "__main__":
    main()
