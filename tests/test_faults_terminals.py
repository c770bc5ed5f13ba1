"""What is printed ends well: control sequences, other encodings, full disks, pipes, signals."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.cli.lines import Lines
from assistant.cli.log_lines import turn_line
from assistant.harmless import harmless, one_line
from assistant.messages import Notice
from assistant.tui.lines import plain
from assistant.updates import Heard

TITLE = "\x1b]0;owned\x07"
NASTY = f"hi {TITLE}\x1b[2J\x9b31m\u202etxet\x00\x7f\ud800 end"
CONTROLS = {*map(chr, range(32)), "\x7f", *map(chr, range(0x80, 0xA0)), "\u202e"} - {"\n", "\t"}


def is_harmless(text: str) -> bool:
    text.encode("utf-8")
    return not CONTROLS & set(text)


def test_no_control_character_is_left() -> None:
    everything = "".join(map(chr, [*range(0x3100), *range(0xD7F0, 0xE010)]))
    assert is_harmless(harmless(everything))
    assert harmless("Grüße, 日本\n\tEnde 👋") == "Grüße, 日本\n\tEnde 👋"
    assert one_line("a\nassistant [tool]: b\tc") == "a assistant [tool]: b c"
    assert is_harmless(plain(NASTY).plain)


def test_lines_and_the_log_cannot_be_forged() -> None:
    out = io.StringIO()
    lines = Lines(out)
    lines.show(Heard(turn=1, text=f"{NASTY}\nassistant [tool, 3 ms]: Done."))
    lines.show(Notice(severity="warning", code="W", text=NASTY))
    lines.close()
    assert out.getvalue().count("\n") == 2
    assert is_harmless(out.getvalue())
    body = {"request": f"{NASTY}\nx", "sounded": NASTY, "at": "2026-03-04T15:20:00Z"}
    assert is_harmless(turn_line(1, body, 500))
    assert "\n" not in turn_line(1, body, 500)


def run(
    *arguments: str, env: dict[str, str] | None = None, **options: object
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        capture_output="stdout" not in options,
        timeout=240,
        check=False,
        env={**os.environ, **(env or {})},
        **options,  # type: ignore[call-overload]
    )


ASK = ("ask", "--no-model", "--now", "2026-03-04T15:20")


def test_what_the_user_typed_comes_back_without_control_sequences(tmp_path: Path) -> None:
    text = f"add {TITLE}\x9b31m milk to my list"
    for extra in ([], ["--json"]):
        done = run(*ASK, *extra, text)
        assert done.returncode == 0, done.stderr
        assert is_harmless(done.stdout.decode())
    name = tmp_path / f"a{TITLE}.wav"
    done = run("hear", str(name))
    assert done.returncode == 6
    assert is_harmless(done.stderr.decode())
    assert run(f"{TITLE}").returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_letters_that_the_terminal_lacks_become_similar_ones(encoding: str) -> None:
    done = run(*ASK, "What is 2 minus 3? … 日本 “é”", env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    said = done.stdout.decode(encoding)
    assert "What is 2 minus 3? " in said
    assert "??" in said
    if encoding == "ascii":
        assert '... ?? "e"' in said
    assert b"Traceback" not in done.stderr


# -- full, closed and unread -----------------------------------------------------------------------


def test_a_full_standard_output_is_one_coded_error() -> None:
    with open("/dev/full", "wb") as full:
        for command in (("ask", "--no-model", "hello"), ("config",), ("--help",)):
            done = run(*command, stdout=full, stderr=subprocess.PIPE)
            assert done.returncode == 1, command
            assert b"No space left on device [E-OUTPUT]" in done.stderr
            assert b"Traceback" not in done.stderr
            assert b"Exception ignored" not in done.stderr


def test_closed_streams_are_no_fault() -> None:
    program = f'exec "{sys.executable}" -m assistant ask --no-model hello'
    for closing in (">&-", "2>&-", "<&-", "<&- >&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", f"{program} {closing}"], capture_output=True, timeout=240
        )
        assert done.returncode == 0, (closing, done.stderr)
        assert b"Traceback" not in done.stderr


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m assistant config | head -1'],
        capture_output=True,
        timeout=240,
    )
    assert done.stderr == b""


def test_a_pipe_that_nobody_reads_holds_up_nobody() -> None:
    source, sink = os.pipe()
    out = os.fdopen(sink, "w")
    lines = Lines(out)
    began = time.monotonic()
    for number in range(20_000):
        lines.show(Heard(turn=1, text=f"{number} " + "x" * 100))
    assert time.monotonic() - began < 5
    assert not lines.has_no_reader
    closing = threading.Thread(target=lines.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
    assert lines.is_stuck
    os.close(source)
    lines._thread.join(10)
    assert lines.has_no_reader
    assert lines.error is None


def test_a_disk_that_is_full_ends_the_lines_with_its_error() -> None:
    lines = Lines(open("/dev/full", "w"))  # noqa: SIM115 (closed with the process)
    lines.show(Notice(severity="warning", code="W", text="x"))
    lines._thread.join(10)
    assert lines.has_no_reader
    assert lines.error is not None
    assert lines.error.strerror == "No space left on device"


# -- signals ---------------------------------------------------------------------------------------

_SESSION = """
import sys, threading, time
from assistant.cli.ending import Ending
with Ending() as ending:
    {before}
    ending.running()
    print("runs", flush=True)
    stopped = threading.Event()
    ending.wait(stopped.is_set)
    print("closing", flush=True)
    {closing}
print("closed", ending.is_wanted, flush=True)
"""


def session(before: str = "pass", closing: str = "pass") -> subprocess.Popen[str]:
    text = _SESSION.format(before=before, closing=closing)
    command = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n" + text
    return subprocess.Popen(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_two_quick_signals_are_one_request(number: int) -> None:
    for gap_s in (0.0, 0.0005, 0.005):
        process = session(closing="time.sleep(0.2)")
        assert process.stdout is not None
        assert process.stdout.readline() == "runs\n"
        for _ in range(3):
            process.send_signal(number)
            time.sleep(gap_s)
        out, errors = process.communicate(timeout=60)
        assert (out, errors, process.returncode) == ("closing\nclosed True\n", "", 0)


def test_a_signal_before_there_is_anything_to_close_ends_at_once() -> None:
    process = session(before='print("loads", flush=True); threading.Event().wait()')
    assert process.stdout is not None
    assert process.stdout.readline() == "loads\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 130


def test_who_asks_again_while_it_closes_does_not_wait() -> None:
    process = session(closing="threading.Event().wait()")
    assert process.stdout is not None
    assert process.stdout.readline() == "runs\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "closing\n"
    time.sleep(1.1)  # a second request is one that comes a second later
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 130


@pytest.mark.parametrize("after_s", [0.05, 0.2, 0.4, 0.8])
def test_an_interrupt_during_imports_leaves_no_traceback(after_s: float) -> None:
    command = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command += "import sys; sys.argv = ['assistant', 'ask', 'hello']\n"
    command += "import assistant.__main__ as program; print('begins', flush=True); program.main()"
    process = subprocess.Popen(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    time.sleep(after_s)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=240)
    assert "Traceback" not in errors
    assert process.returncode == 130, errors


def test_whoever_is_to_ignore_signals_goes_on_ignoring_them() -> None:
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
            "from assistant.cli.ending import Ending\n"
            "with Ending() as ending:\n    ending.running()\n"
            "    os.kill(os.getpid(), signal.SIGHUP)\n"
            "    print(ending.is_wanted)",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.stdout == "False\n"


# -- the unexpected --------------------------------------------------------------------------------


def test_what_nobody_expected_is_one_line_and_its_traceback_a_file(tmp_path: Path) -> None:
    code = (
        "import sys, assistant.cli.options as options\n"
        "def broken(path): raise ZeroDivisionError('in the \\x1b[31m engine')\n"
        "options.read_config = broken\n"
        "sys.argv = ['assistant', 'config']\n"
        "from assistant.__main__ import main; main()"
    )
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=env, timeout=240)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert said.startswith("assistant: ZeroDivisionError: in the ␛[31m engine [E-INTERNAL]\n")
    (log,) = tmp_path.rglob("terminal.log")
    assert str(log) in said
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_json_lines_stay_json() -> None:
    done = run(*ASK, "--json", f"note {NASTY.replace(chr(0), '').replace(chr(0xD800), '')}")
    assert json.loads(done.stdout)["text"]


@pytest.mark.models
def test_a_session_ends_though_nobody_reads_its_lines(tmp_path: Path, say: object) -> None:
    import soundfile

    sound = tmp_path / "a.wav"
    soundfile.write(sound, say("What time is it?"), 16_000)  # type: ignore[operator]
    source, sink = os.pipe()
    os.set_blocking(sink, False)
    with suppress(BlockingIOError):
        while os.write(sink, b"x" * 4096):
            pass
    os.set_blocking(sink, True)
    done = run("hear", "--fast", str(sound), stdout=sink, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    os.close(source)
    os.close(sink)
