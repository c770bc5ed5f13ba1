"""The demo in a real terminal: its conversation ends, and the screen has its very words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli.demo_script import SCRIPT
from tests.terminal import Terminal

pytestmark = pytest.mark.models

DEADLINE_S = 240.0


def words_of(screen: str) -> str:
    """The text to the right of each gutter mark, without wrapping and borders."""
    lines = []
    for line in screen.splitlines():
        if "▎" in line:
            lines.append(line.split("▎", 1)[1].split("│")[0].strip())
    return " ".join(" ".join(lines).split())


def test_the_screen_has_every_word_of_the_demo(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "turns.jsonl"
    terminal.open(f"clear; {sys.executable} -m assistant demo --json {out}", columns=160, rows=120)
    screen = terminal.wait_for(lambda text: "The demo has ended" in text, DEADLINE_S)
    turns = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(turns) >= 5
    sources = {turn["source"] for turn in turns}
    assert {"precomputed", "tool", "model"} <= sources
    assert any(turn["interrupted"] for turn in turns)
    shown = words_of(screen)
    for turn in turns:
        assert " ".join(turn["transcript"].split()) in shown
        assert " ".join(turn["reply"].split()) in shown
    terminal.press("q")
    terminal.wait_for(lambda text: "LISTENING" not in text, 30.0)


def test_without_a_terminal_the_demo_prints_lines_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "demo"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=DEADLINE_S,
    )
    assert done.returncode == 0, done.stderr
    spoken = [line for line in done.stdout.splitlines() if line.startswith("you: ")]
    answered = [line for line in done.stdout.splitlines() if line.startswith("assistant [")]
    assert len(answered) >= 5
    assert len(spoken) >= len(SCRIPT)
    assert "Traceback" not in done.stderr
