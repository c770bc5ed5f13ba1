"""Runs the program under strace in a home of its own, and says what it did outside of that.

The environment is made from nothing: libraries report their use less where they see a build server
(CI, GITHUB_ACTIONS …), and a check that ran only there would prove nothing.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.folders import cache_directory
from tests.strace_lines import TRACED, file_findings, network_findings, read_calls

ROOT = Path(__file__).resolve().parents[1]
DEADLINE_S = 150

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH")
_MADE_AT_SET_UP = ("replies", "voices", "llm", "demo")

# What the system's sound libraries keep for themselves, whichever program they are part of: where
# the server is and the key to it; a piece of memory under a file's name. None of it is sound.
_SOUND_SERVICE = re.compile(
    r"(/run/user/\d+|/var/run|/run)/(pulse/native|pipewire-0)|/dev/shm/jack_.*|/tmp/jack-.*"
)
_SOUND_FILES = re.compile(r"/dev/shm/(jack|pulse|sem\.|lttng).*|/tmp/jack-.*")
# Devices, the kernel's own (a thread that names itself) and Python's compiled modules.
_HARMLESS_FILES = re.compile(
    r"/dev/(null|zero|tty|ptmx|pts/.*|snd/.*|dsp\d*|mixer\d*|audio\d*|sequencer\d*)"
    r"|/proc/(self|\d+)/.*|.*/__pycache__(/[^/]+\.pyc(\.\d+)?)?"
)


@functools.cache
def why_untraceable() -> str:
    """Why strace cannot watch a program here; empty when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed (Debian: apt-get install strace)"
    tried = subprocess.run([*_strace(Path(os.devnull)), "true"], capture_output=True, text=True)
    return f"strace may not watch programs here: {tried.stderr[-200:]}" if tried.returncode else ""


class Home:
    """A home directory below `place`, with what the set-up made for this machine if `is_set_up`."""

    def __init__(self, place: Path, *, is_set_up: bool = True) -> None:
        self.place = place
        self.home = place / "home"
        self.out = place / "out"
        self._temporary, self._runtime = place / "tmp", place / "run"
        for directory in (self.home, self.out, self._temporary, self._runtime):
            directory.mkdir(parents=True, mode=0o700)
        self.cache = self.home / ".cache" / "assistant"
        self.state = self.home / ".local" / "state" / "assistant"
        self.config = self.home / ".config" / "assistant"
        if is_set_up:
            for name in _MADE_AT_SET_UP:
                made = cache_directory() / name
                if made.is_dir():
                    shutil.copytree(made, self.cache / name)
        quiet = place / "pulse-client.conf"
        quiet.write_text("autospawn = no\n")
        self.env = {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "ASSISTANT_PROFILE": "starter",
            "HOME": str(self.home),
            "TMPDIR": str(self._temporary),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "PULSE_CLIENTCONFIG": str(quiet),
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "TERM": "screen-256color",
        }
        self._traces = 0

    def command(self, *arguments: str) -> list[str]:
        """`python ARGUMENTS` under strace, whose lines `findings` reads."""
        self._traces += 1
        return [*_strace(self._trace()), sys.executable, *arguments]

    def run(self, *arguments: str, status: int | None = 0) -> str:
        """Run `python ARGUMENTS` to its end, which must have this exit status, or any with None;
        its two outputs."""
        with self.started(*arguments) as process:
            output, _ = process.communicate()
        assert status in (None, process.returncode), output[-2000:]
        return output

    @contextmanager
    def started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """`python ARGUMENTS` running, its two outputs joined in `stdout`; `interrupt` ends it, and
        so does the deadline."""
        process = subprocess.Popen(
            self.command(*arguments),
            cwd=self.place,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

        def end() -> None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

        deadline = threading.Timer(DEADLINE_S, end)
        deadline.start()
        try:
            with process:
                try:
                    yield process
                finally:
                    if process.poll() is None:
                        end()
        finally:
            deadline.cancel()

    def shell_line(self, *arguments: str) -> str:
        """The same as a line for a shell in a terminal."""
        env = [f"{name}={value}" for name, value in self.env.items()]
        line = ["env", "-i", *env, *self.command(*arguments)]
        return f"cd {shlex.quote(str(self.place))}; {shlex.join(line)}"

    def findings(self, *services: str, servers: Collection[tuple[str, int]] = ()) -> str:
        """What the last command did that it should not have, or left in the folder for temporary
        files, one a line; `services` are the Unix sockets that it was told to use, `servers` the
        addresses with their ports."""
        text = self.trace()
        calls = list(read_calls(text.splitlines()))
        assert any("assistant" in call.args or "python" in call.args for call in calls), text[:500]
        start = str(self.place)
        left = [f"left behind: {path}" for path in sorted(self._temporary.rglob("*"))]
        known = {*services}
        found = network_findings(
            calls, lambda path: path in known or self._is_sound_service(path), start, servers
        )
        return "\n".join([*found, *file_findings(calls, self._is_own, start), *left])

    def trace(self) -> str:
        """All that strace wrote of the last command."""
        return self._trace().read_text(encoding="utf-8", errors="replace")

    def _trace(self) -> Path:
        return self.place / f"trace-{self._traces}"

    def _is_sound_service(self, path: str) -> bool:
        in_runtime = path.startswith(f"{self._runtime}/pulse/")
        return in_runtime or bool(_SOUND_SERVICE.fullmatch(path))

    def _is_own(self, path: str) -> bool:
        own = (self.cache, self.state, self.config, self.out, self._temporary)
        sound = (self._runtime / "pulse", self.home / ".config" / "pulse")
        place = Path(path)
        if any(place == folder or folder in place.parents for folder in (*own, *sound)):
            return True
        if any(place in folder.parents for folder in own):  # ~/.local, made on the way to ours
            return self.place in place.parents
        return bool(_SOUND_FILES.fullmatch(path) or _HARMLESS_FILES.fullmatch(path))


def interrupt(process: subprocess.Popen[str]) -> int:
    """Ctrl+C for the program and its strace, which waits for it; the exit status."""
    os.killpg(process.pid, signal.SIGINT)
    return process.wait(DEADLINE_S)


def _strace(trace: Path) -> list[str]:
    return ["strace", "-f", "-y", "-qq", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={TRACED}"]
