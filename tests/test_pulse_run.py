"""The whole program on a virtual microphone and speaker: talk to it, unplug it, end it."""

from __future__ import annotations

import os
import queue
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
import pytest

from assistant.messages import SAMPLE_RATE_HZ, Int16Array
from tests.pulse import Pulse, missing_tools
from tests.terminal import Terminal

pytestmark = [
    pytest.mark.pulse,
    pytest.mark.models,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

_LOADING_S = 120
_ANSWER_S = 30
_SILENCE_PEAK = 200
_VOICE_PEAK = 2_000

Say = Callable[..., Int16Array]


class Program:
    """`python -m assistant …` with its lines as they come; every wait has a deadline."""

    def __init__(self, env: dict[str, str], home: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant", *arguments],
            env={**env, "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.out: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(pipe, kept), daemon=True)
            for pipe, kept in (
                (self._process.stdout, self.out),
                (self._process.stderr, self.errors),
            )
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait(_ANSWER_S)

    def wait_for(self, pattern: str, patience_s: float = _ANSWER_S) -> str:
        """The next line, of either stream, in which `pattern` occurs (case does not matter)."""
        deadline_s = time.monotonic() + patience_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline_s - time.monotonic()))
            except queue.Empty:
                raise AssertionError(
                    f"no line with {pattern!r}; said: {self.out} errors: {self.errors[-9:]}"
                ) from None
            if re.search(pattern, line, re.IGNORECASE):
                return line

    def interrupt(self, number: int = signal.SIGINT) -> int:
        """Ctrl+C, or another signal; the exit status, once all it said was read."""
        self._process.send_signal(number)
        status = self._process.wait(_ANSWER_S)
        for reader in self._readers:
            reader.join(_ANSWER_S)
        return status

    def ended(self) -> int:
        """The exit status of a program that ends by itself, once all it said was read."""
        status = self._process.wait(_LOADING_S)
        for reader in self._readers:
            reader.join(_ANSWER_S)
        return status

    def _read(self, pipe: IO[str], kept: list[str]) -> None:
        for line in pipe:
            kept.append(line.rstrip())
            self._lines.put(line.rstrip())


@pytest.fixture
def pulse() -> Iterator[Pulse]:
    with Pulse() as server:
        yield server


def ask(pulse: Pulse, program: Program, sound: Int16Array, words: str, source: str) -> None:
    """Say it into the microphone; the words are heard and an answer sounds after the question."""
    padded = np.pad(sound, (0, SAMPLE_RATE_HZ // 2))
    with pulse.record() as heard:
        pulse.play_samples(padded)
        program.wait_for(rf"^you: .*{words}")
        program.wait_for(rf"^assistant \[({source}), \d+ ms\]: \w")
    loud = np.flatnonzero(np.abs(heard.samples.astype(np.int32)) > _VOICE_PEAK)
    assert loud.size, f"no answer was audible (peak {np.abs(heard.samples).max()})"
    question = heard.samples[: sound.size // 2]
    assert np.abs(question.astype(np.int32)).max() < _SILENCE_PEAK
    assert loud[0] > sound.size // 2


def test_it_answers_through_the_sound_card_and_survives_an_unplugged_microphone(
    pulse: Pulse, tmp_path: Path, say: Say
) -> None:
    hello, time_please = say("Hello there!"), say("What time is it?")
    with Program(pulse.env, tmp_path, "run", "--lines") as program:
        program.wait_for("listening; Ctrl", _LOADING_S)
        ask(pulse, program, hello, "hello", "precomputed")
        ask(pulse, program, time_please, "what time", "tool")
        pulse.remove_microphone()
        lost = program.wait_for("N-MICROPHONE-LOST")
        assert "microphone" in lost
        assert "is gone. Plug it in again" in lost
        pulse.restore()
        program.wait_for("N-MICROPHONE-BACK")
        ask(pulse, program, hello, "hello", "precomputed")
        assert program.interrupt() == 0
        assert not any("Traceback" in line for line in program.errors)
        assert "goodbye" in program.errors


def test_a_timer_that_is_due_without_a_speaker_is_told_and_rings_when_one_is_there(
    pulse: Pulse, tmp_path: Path, say: Say
) -> None:
    with Program(pulse.env, tmp_path, "run", "--lines") as program:
        program.wait_for("listening; Ctrl", _LOADING_S)
        ask(pulse, program, say("Set a timer for ten seconds."), "timer", "tool|flow")
        pulse.remove_speaker()
        program.wait_for("N-SPEAKER-LOST")
        told = program.wait_for("N-NOT-SAID")
        assert "ten second timer is done. There is no speaker" in told
        pulse.restore()
        program.wait_for("N-SPEAKER-BACK")
        with pulse.record() as heard:
            program.wait_for(r"^assistant \[tool, -?\d+ ms\]: Your ten second timer is done")
        assert np.abs(heard.samples.astype(np.int32)).max() > _VOICE_PEAK
        assert program.interrupt() == 0
        assert "no sound" not in "\n".join(program.out)


def test_without_a_sound_server_a_script_gets_exit_code_five(pulse: Pulse, tmp_path: Path) -> None:
    pulse.stop_server()
    with Program(pulse.env, tmp_path, "run", "--lines") as program:
        said = program.wait_for("E-DEVICE")
        assert "microphone" in said
        assert "speaker" in said
        assert program.ended() == 5
        assert program.out == []
        assert not any("Traceback" in line for line in program.errors)
    assert not list(tmp_path.rglob("*.jsonl"))


def test_the_screen_waits_for_a_device_and_shows_the_demo_when_asked(
    pulse: Pulse, tmp_path: Path, terminal: Terminal
) -> None:
    pulse.stop_server()
    places = {f"XDG_{kind}_HOME": tmp_path / kind for kind in ("STATE", "CONFIG")}
    env = {**pulse.env, **places, "ASSISTANT_PROFILE": "starter"}
    names = [name for name in env if name.startswith(("PULSE", "XDG", "ASSISTANT"))]
    assigned = " ".join(f"{name}={env[name]}" for name in names)
    root = Path(__file__).parents[1]
    command = f"PYTHONPATH={root} {assigned} {sys.executable} -m assistant run; echo ended $?"
    terminal.open(f"clear; {command}", columns=110, rows=40)
    screen = terminal.wait_for(lambda text: "N-MICROPHONE-LOST" in text, _LOADING_S)
    assert "microphone" in screen
    screen = terminal.wait_for(lambda text: "see the demo (e)" in " ".join(text.split()))
    assert "E-DEVICE" in screen
    pulse.start_server()
    terminal.wait_for(lambda text: "N-MICROPHONE-BACK" in text, 60)
    terminal.press("e")
    terminal.wait_for(lambda text: "assistant · demo" in text or "Hello there" in text, _LOADING_S)
    terminal.wait_for(lambda text: "Hello there" in text, _LOADING_S)
    terminal.press("q")
    terminal.wait_for(lambda text: "ended 0" in text, _LOADING_S)


def test_the_devices_are_listed_with_the_default_marked(pulse: Pulse) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "devices"],
        env=pulse.env,
        capture_output=True,
        text=True,
        timeout=_LOADING_S,
    )
    assert done.returncode == 0
    microphones, speakers = done.stdout.split("speakers:")
    for listed in (microphones, speakers):
        assert re.search(r"^ \* +\d+  default  \(\d+ Hz\)$", listed, re.MULTILINE)
        assert re.search(r"^   +\d+  pulse  \(\d+ Hz\)$", listed, re.MULTILINE)


@pytest.mark.parametrize(("with_echo", "expected"), [(True, "heard: "), (False, "not heard")])
def test_the_doctor_hears_its_tone_only_where_the_microphone_does(
    pulse: Pulse, with_echo: bool, expected: str
) -> None:
    if with_echo:
        pulse.add_echo()
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "doctor"],
        env=pulse.env,
        capture_output=True,
        text=True,
        timeout=_LOADING_S,
    )
    lines = done.stdout.splitlines()
    assert any(line.startswith("ok   sound devices: microphone 'default'") for line in lines)
    assert any(line.startswith(f"ok   test tone: {expected}") for line in lines), done.stdout
    assert "FAIL" not in done.stdout
    assert done.returncode == 0


def test_a_typed_request_is_answered_aloud_while_muted_and_without_a_microphone(
    pulse: Pulse, tmp_path: Path, terminal: Terminal
) -> None:
    homes = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    ours = {name: value for name, value in pulse.env.items() if os.environ.get(name) != value}
    env = " ".join(f"{name}={shlex.quote(value)}" for name, value in {**ours, **homes}.items())
    here = Path(__file__).parents[1]
    terminal.open(f"clear; cd {here}; env {env} {sys.executable} -m assistant run; echo $? left")
    terminal.wait_for(lambda text: "LISTENING" in text, _LOADING_S)
    terminal.press("m")
    terminal.wait_for(lambda text: "microphone muted" in text)
    # its stream is there to stay: it has delivered three seconds of the silence that it is fed
    terminal.wait_for(lambda text: "N-MICROPHONE-SILENT" in text)
    pulse.remove_microphone()
    terminal.wait_for(lambda text: "NO DEVICE" in text)
    terminal.press("t")
    terminal.wait_for(lambda text: "type a request" in text)
    with pulse.record() as heard:
        terminal.run("send-keys", "-t", "t", "-l", "what is seventeen times three")
        terminal.press("Enter")
        terminal.wait_for(lambda text: "17 times 3 is 51." in text and "1 tool" in text)
    assert np.abs(heard.samples.astype(np.int32)).max() > _VOICE_PEAK
    terminal.press("Escape")
    terminal.wait_for(lambda text: "q Quit" in text)
    terminal.press("Enter")
    screen = terminal.wait_for(lambda text: "Turn 1" in text)
    assert "typed" in screen
    assert "first sound from enter" in screen
    terminal.press("Escape")
    terminal.wait_for(lambda text: "Turn 1" not in text)
    terminal.press("q")
    terminal.wait_for(lambda text: "0 left" in text)
