"""`assistant pin set` and `pin clear`, typed at a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
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
