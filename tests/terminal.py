"""A real terminal for tests: one tmux server each, its screen read as text."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class Terminal:
    """A terminal of its own tmux server."""

    def __init__(self, socket: Path) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]

    def run(self, *command: str) -> str:
        """One tmux command; what it prints."""
        done = subprocess.run([*self._tmux, *command], capture_output=True, text=True, check=True)
        return done.stdout

    def open(self, command: str, *, columns: int = 80, rows: int = 24) -> None:
        """Start a shell in the terminal, free of a size that a test runner exports, and type."""
        size = ("-x", str(columns), "-y", str(rows))
        self.run("new-session", "-d", "-s", "t", *size, "/bin/sh")
        self.run("send-keys", "-t", "t", "unset COLUMNS LINES; " + command, "Enter")

    def press(self, key: str) -> None:
        """Press one key."""
        self.run("send-keys", "-t", "t", key)

    def wait_for(self, is_there: Callable[[str], bool], deadline_s: float = 30.0) -> str:
        """The screen as soon as it satisfies `is_there`; fails at the deadline."""
        deadline = time.monotonic() + deadline_s
        screen = ""
        while time.monotonic() < deadline:
            screen = self.run("capture-pane", "-p", "-t", "t")
            if is_there(screen):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"not seen within {deadline_s:.0f} s, the screen is:\n{screen}")

    def close(self) -> None:
        """End the server and what runs in it."""
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)
