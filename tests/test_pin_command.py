"""`assistant pin set` and `pin clear`, typed at a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from assistant.talk.pins import Pins
from assistant.talk.store import Store

NOTHING_FOLLOWS_S = 20.0


def typed(folder: Path, command: str, *answers: str) -> tuple[int, str]:
    """The exit code of `assistant pin COMMAND`, and all that the terminal showed."""
    code = [sys.executable, "-m", "assistant", "pin", command, "--state", str(folder)]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, code)
    shown, waiting = "", list(answers)
    while select.select([terminal], [], [], NOTHING_FOLLOWS_S)[0]:
        try:
            piece = os.read(terminal, 4096).decode()
        except OSError:  # it has ended
            break
        shown += piece
        if waiting and shown.endswith(": "):  # the blank comes once nothing is echoed any more
            os.write(terminal, f"{waiting.pop(0)}\n".encode())
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def verdict(folder: Path, digits: str) -> str:
    return Pins(Store(folder)).check(digits, datetime.now().astimezone()).verdict


def test_a_script_may_write_the_pin(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "assistant", "pin", "set", "--state", str(tmp_path)]
    for given, code, told in (
        ("4711\n4711\n", 0, "The PIN is set.\n"),
        ("4711\n0815\n0815\n", 0, "The PIN is set.\n"),
        ("", 6, "assistant: that is not the PIN; nothing was changed [E-INPUT]\n"),
    ):
        ended = subprocess.run(command, input=given, text=True, capture_output=True, timeout=60)
        assert (ended.returncode, ended.stdout) == (code, "")
        assert ended.stderr.startswith(told)
    assert verdict(tmp_path, "0815") == "right"


def test_a_pin_is_set_changed_and_cleared(tmp_path: Path) -> None:
    code, shown = typed(tmp_path, "set", "4711", "4711")
    assert code == 0
    assert "The PIN is set." in shown
    assert "4711" not in shown
    assert verdict(tmp_path, "4711") == "right"

    code, shown = typed(tmp_path, "set", "1111")
    assert code == 6
    assert "that is not the PIN; nothing was changed [E-INPUT]" in shown
    assert typed(tmp_path, "set", "4711", "081500", "081500")[0] == 0
    assert verdict(tmp_path, "081500") == "right"

    assert typed(tmp_path, "clear", "4711")[0] == 6
    assert typed(tmp_path, "clear", "081500")[0] == 0
    assert verdict(tmp_path, "081500") == "none"
    assert "No PIN is set." in typed(tmp_path, "clear")[1]


def test_what_is_no_pin_is_refused(tmp_path: Path) -> None:
    assert "a PIN has 4 to 12 digits" in typed(tmp_path, "set", "12a4")[1]
    assert "a PIN has 4 to 12 digits" in typed(tmp_path, "set", "123")[1]
    assert "the two are not the same" in typed(tmp_path, "set", "1234", "1235")[1]
    assert not Pins(Store(tmp_path)).is_set


def test_wrong_tries_lock_the_command_as_well(tmp_path: Path) -> None:
    typed(tmp_path, "set", "4711", "4711")
    for _ in range(3):
        typed(tmp_path, "clear", "1111")
    code, shown = typed(tmp_path, "clear")
    assert code == 6
    assert "the PIN was wrong too often" in shown
    assert "wait five minutes" in shown


FLOW = """
from assistant.flows import Call, Tool, flow

unlock = Tool(name="home.unlock", function=lambda: "It is open.", writes=True, needs_pin=True)

@flow("unlock the door")
def unlocking():
    return (yield Call(unlock))
"""


def test_no_file_and_no_line_has_the_digits(tmp_path: Path) -> None:
    """The whole program: what it prints, and all that it leaves on the disk."""
    flows = tmp_path / "config" / "assistant" / "flows"
    flows.mkdir(parents=True)
    (flows / "door.py").write_text(FLOW)
    state = tmp_path / "state" / "assistant"
    Pins(Store(state)).set("4711")
    env = {
        **os.environ,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    said = ["Unlock the door, 4711.", "4 7 1 2", "Four seven one one.", "What time is it?"]
    asked = [sys.executable, "-m", "assistant", "ask", "--no-model", "--json"]
    done = subprocess.run(
        [*asked, "--state", str(state), *said], capture_output=True, text=True, env=env
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["text"] for row in rows] == [
        "Unlock the door, ••••", "••••", "••••", "What time is it?",
    ]  # fmt: skip
    assert [row["reply"] for row in rows[:3]] == [
        "What is the PIN?", "That is not the PIN. What is the PIN?", "It is open.",
    ]  # fmt: skip
    kept = [done.stdout, done.stderr]
    kept += [one.read_bytes().decode("latin-1") for one in state.rglob("*") if one.is_file()]
    assert any("unlocking" in text for text in kept[2:]), "the log is among them"
    for digits in ("4711", "4712", "4 7 1", "our seven"):
        assert not any(digits in text for text in kept)
