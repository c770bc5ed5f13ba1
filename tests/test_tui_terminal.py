"""The face in a real terminal (tmux), with libraries that write to descriptors 1 and 2."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from assistant.tui.terminal import guarded_terminal
from tests.terminal import Terminal

TESTS = Path(__file__).parent


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_the_screen_stays_clean_and_alive_while_c_libraries_write(
    terminal: Terminal, tmp_path: Path
) -> None:
    log = tmp_path / "state" / "native.log"
    script = TESTS / "tui_in_terminal.py"
    terminal.open(f"clear; PYTHONPATH={TESTS.parent} {sys.executable} {script} {log}")

    screen = terminal.wait_for(lambda text: "I need your PIN" in text and "q Quit" in text)
    assert "noise from C" not in screen
    assert len([line for line in screen.splitlines() if line.strip()]) >= 23
    assert "5 of 6 (83 %)" in screen

    before = size_of(log)
    terminal.wait_for(lambda _: size_of(log) > before + 1000)
    terminal.press("m")
    screen = terminal.wait_for(lambda text: "microphone muted" in text)
    assert "noise from C" not in screen
    terminal.press("h")
    screen = terminal.wait_for(lambda text: "Where an answer comes from" in text)
    assert "noise from C" not in screen
    terminal.press("Escape")
    terminal.wait_for(lambda text: "I need your PIN" in text)

    terminal.press("q")
    screen = terminal.wait_for(lambda text: "ended with 0" in text)
    assert "LISTENING" not in screen
    assert log.read_text().startswith("ALSA lib pcm.c: noise from C\n")
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_request_to_end_leaves_the_terminal_as_it_was(terminal: Terminal, tmp_path: Path) -> None:
    script, process = TESTS / "tui_in_terminal.py", tmp_path / "pid"
    face = f"PYTHONPATH={TESTS.parent} exec {sys.executable} {script} {tmp_path / 'log'}"
    terminal.open(f"clear; sh -c 'echo $$ > {process}; {face}'")
    terminal.wait_for(lambda text: "I need your PIN" in text and "q Quit" in text)
    os.kill(int(process.read_text()), signal.SIGTERM)
    screen = terminal.wait_for(lambda text: "ended with 0" in text)
    assert "LISTENING" not in screen


def test_ctrl_z_stops_the_program_and_fg_brings_it_back(terminal: Terminal, tmp_path: Path) -> None:
    script = TESTS / "tui_in_terminal.py"
    terminal.open("exec bash --norc -i")
    command = f"clear; PYTHONPATH={TESTS.parent} {sys.executable} {script} {tmp_path / 'log'}"
    terminal.run("send-keys", "-t", "t", command, "Enter")
    terminal.wait_for(lambda text: "q Quit" in text)
    terminal.press("C-z")
    terminal.wait_for(lambda text: "Stopped" in text and "q Quit" not in text)
    terminal.run("send-keys", "-t", "t", "fg", "Enter")
    terminal.wait_for(lambda text: "q Quit" in text and "I need your PIN" in text)
    terminal.press("q")
    terminal.wait_for(lambda text: "ended with 0" in text)


_HANGS = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
import assistant.cli.converse as converse, assistant.cli.demo_script as demo
from assistant.__main__ import main
hang = lambda *given, **named: ThreadPoolExecutor().submit(threading.Event().wait).result()
converse.load_stages, converse.check_parts = hang, lambda config: None
demo.demo_segments = lambda config: []
sys.argv = ["assistant", "demo"]
main()
"""


def test_a_load_that_hangs_can_be_left(terminal: Terminal, tmp_path: Path) -> None:
    script = tmp_path / "hangs.py"
    script.write_text(_HANGS)
    terminal.open(f"clear; PYTHONPATH={TESTS.parent} {sys.executable} {script}; echo left with $?")
    terminal.wait_for(lambda text: "LOADING" in text)
    terminal.press("q")
    screen = terminal.wait_for(lambda text: "left with 0" in text)
    assert "LOADING" not in screen
    assert "Traceback" not in screen


def test_the_size_of_the_terminal_is_still_known(terminal: Terminal, tmp_path: Path) -> None:
    script = TESTS / "tui_in_terminal.py"
    terminal.open(f"clear; PYTHONPATH={TESTS.parent} {sys.executable} {script} {tmp_path / 'log'}")
    terminal.wait_for(lambda text: "q Quit" in text)
    terminal.run("resize-window", "-t", "t", "-x", "120", "-y", "40")
    screen = terminal.wait_for(lambda text: "This session" in text)
    assert max(len(line) for line in screen.splitlines()) == 120
    terminal.press("q")
    terminal.wait_for(lambda text: "ended with 0" in text)


def test_descriptors_and_streams_are_put_back(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from assistant.tui.terminal import guarded_terminal\n"
        "streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)\n"
        f"with guarded_terminal(Path({str(tmp_path / 'log')!r})):\n"
        "    os.write(1, b'one\\n'); os.write(2, b'two\\n')\n"
        "    print('out'); print('err', file=sys.__stderr__)\n"
        "assert streams == (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)\n"
        "os.write(1, b'after\\n'); print('last', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("out\nafter\n", "err\nlast\n")
    assert (tmp_path / "log").read_text() == "one\ntwo\n"


def test_no_descriptor_is_leaked(tmp_path: Path) -> None:
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else set()
    for _ in range(3):
        with guarded_terminal(tmp_path / "log"):
            pass
    after = set(os.listdir("/proc/self/fd")) if before else set()
    assert len(after) == len(before)
