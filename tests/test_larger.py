"""The larger model behind the conversation: scripted commands stand for gauge and download."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.cli.larger import LargerModel, is_settled, log_file, may_fetch
from assistant.cli.privacy import WAYS_OUT
from assistant.config import Config, LlmConfig, ModelsConfig
from assistant.messages import Notice
from assistant.weights.catalogue import load_catalogue
from assistant.weights.remembered import Remembered, machine_key, remember, remembered
from tests.test_weights_choice import put

FAST = 'print(\'{"prompt_ms_per_token": 1, "token_ms": 2, "card_bytes": 0}\')'
FETCH = """
import sys
from pathlib import Path
from tests.test_weights_choice import put
from assistant.weights.catalogue import load_catalogue
*ids, option, place = sys.argv[1:]
assert option == "--directory"
print("fetching", *ids)
for id in ids:
    put(load_catalogue().model(id), Path(place))
"""
DOWNLOAD = """
import os, signal, socket
signal.signal(signal.SIGINT, signal.SIG_DFL)
with socket.create_connection(("127.0.0.1", PORT)) as link, link.makefile("rw") as stream:
    print(os.getppid(), file=stream, flush=True)
    for line in stream:
        print(line, end="", file=stream, flush=True)
"""
"""Tells the id of what holds it, and gives back each line: a process that answers is alive."""
PROGRAM = """
import fcntl, signal, sys, termios
from pathlib import Path
from assistant.cli.larger import LargerModel
from assistant.config import load_config
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, lambda *about: print("interrupted", flush=True))
config = load_config(Path(sys.argv[1]), must_exist=True)
with LargerModel(config, fetch=[sys.executable, "-c", sys.argv[2]]) as larger:
    larger.start(print)
    sys.stdin.read()
"""
"""Stands for `assistant run`: in the foreground of the terminal that is its standard input."""
_WAIT_S = 60


def script(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Profile auto where the starter's models are, on a machine with room."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("ASSISTANT_PROFILE", "ASSISTANT_NO_FETCH", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("assistant.weights.resolve.memory_bytes", lambda: 16 * 10**9)
    monkeypatch.setattr("assistant.weights.choice._SPARE_DISK_BYTES", -(10**13))
    for model in load_catalogue().profile("starter").values():
        put(model, tmp_path / "models")
    return Config(models=ModelsConfig(directory=str(tmp_path / "models")))


@pytest.fixture
def said() -> list[Notice]:
    return []


def work(config: Config, said: list[Notice], gauge: str, fetch: str) -> None:
    with LargerModel(config, gauge=script(gauge), fetch=script(fetch)) as larger:
        larger.start(said.append)
        assert larger.wait(_WAIT_S)


def test_a_fast_machine_gets_a_larger_model_and_is_told_once(config, said):
    work(config, said, FAST, FETCH)
    assert [(notice.code, notice.severity) for notice in said] == [("I-LARGER", "information")]
    assert (
        "qwen2.5-coder-1.5b-instruct is ready; it will be used from the next start" in said[0].text
    )
    choice = remembered()
    assert choice is not None
    assert choice.profile == "laptop"
    assert log_file().read_text().splitlines()[-1] == "fetching qwen2.5-coder-1.5b-instruct"
    assert is_settled(config)
    with LargerModel(config, gauge=script("raise SystemExit"), fetch=script("1/0")) as larger:
        larger.start(said.append)  # the thread is not even started
        with pytest.raises(RuntimeError):
            larger.wait(0)
    assert len(said) == 1


def test_a_slow_machine_keeps_the_starter_and_nothing_is_said(config, said):
    slow = FAST.replace('"token_ms": 2', '"token_ms": 90')
    work(config, said, slow, "raise SystemExit('not to be called')")
    assert said == []
    choice = remembered()
    assert choice is not None
    assert choice.profile == "starter"
    assert "would take" in choice.why


def test_a_download_that_fails_is_told_once_and_tried_at_each_start(config, said):
    work(config, said, FAST, "raise SystemExit('no network')")
    assert [notice.code for notice in said] == ["W-LARGER"]
    assert "no network" in log_file().read_text()
    work(config, said, "1/0", "raise SystemExit('none again')")
    assert len(said) == 1
    assert "none again" in log_file().read_text()
    work(config, said, "1/0", FETCH)
    assert [notice.code for notice in said] == ["W-LARGER", "I-LARGER"]


@pytest.mark.parametrize("gauge", ["raise SystemExit(4)", "print('{}')", "print('words')"])
def test_a_machine_that_cannot_be_measured_is_told_and_nothing_is_kept(config, said, gauge):
    work(config, said, gauge, "1/0")
    assert [notice.code for notice in said] == ["W-LARGER"]
    assert "could not be measured" in said[0].text
    assert remembered() is None


def test_a_choice_for_another_machine_is_made_anew(config, said):
    remember(Remembered(profile="starter", why="old", key="1 core"))
    assert not is_settled(config)
    work(config, said, FAST, FETCH)
    choice = remembered()
    assert choice is not None
    assert (choice.profile, choice.key) == ("laptop", machine_key(load_catalogue()))


def test_leaving_ends_the_download_and_what_it_started(config, said, tmp_path):
    """The command starts another, as the fetch starts pip, which holds a pipe while it lives."""
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    holding = f"f = open({str(pipe)!r}, 'w'); f.write('y'); f.flush(); import time; time.sleep(40)"
    fetch = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {holding!r}])"
    with LargerModel(config, gauge=script(FAST), fetch=script(fetch)) as larger:
        larger.start(said.append)
        with pipe.open() as reading:
            assert reading.read(1) == "y"
            larger.close()
            start = time.monotonic()
            assert reading.read() == ""  # the end: nobody holds it any more
            assert time.monotonic() - start < 20
        assert larger.wait(_WAIT_S)
    assert said == []


@pytest.mark.skipif(os.name != "posix", reason="terminals with process groups are POSIX's")
def test_ctrl_c_spares_the_download_which_ends_when_the_program_is_gone(config, tmp_path):
    remember(Remembered(profile="laptop", why="", key=machine_key(load_catalogue())))
    file = tmp_path / "config.toml"
    file.write_text(f"[models]\ndirectory = '{config.models.directory}'\n")
    keyboard, terminal = os.openpty()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_WAIT_S)
        download = DOWNLOAD.replace("PORT", str(server.getsockname()[1]))
        program = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(file), download],
            stdin=terminal,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert program.stdout is not None
        try:
            link = server.accept()[0]
            link.settimeout(_WAIT_S)
            with link, link.makefile("rw") as stream:
                leash = int(stream.readline())
                os.write(keyboard, b"\x03")
                assert select.select([program.stdout], [], [], _WAIT_S)[0]
                assert program.stdout.readline() == b"interrupted\n"  # the whole group got it
                print("are you there?", file=stream, flush=True)
                assert stream.readline() == "are you there?\n"
                assert os.getsid(leash) != os.getsid(program.pid)
                program.kill()
                assert stream.readline() == ""  # nobody holds the connection any more
        finally:
            program.kill()
            program.wait()
            program.stdout.close()
            os.close(keyboard)
            os.close(terminal)


@pytest.mark.parametrize(
    "forbid",
    [
        lambda patch: patch.setenv("ASSISTANT_NO_FETCH", "1"),
        lambda patch: patch.setenv("HF_HUB_OFFLINE", "1"),
        lambda patch: patch.setenv("ASSISTANT_PROFILE", "starter"),
    ],
)
def test_what_forbids_to_fetch(config, monkeypatch, forbid: Callable[[pytest.MonkeyPatch], None]):
    assert may_fetch(config)
    forbid(monkeypatch)
    assert not may_fetch(config)


def test_a_setting_or_a_model_of_ones_own_forbids_to_fetch(config):
    assert not may_fetch(Config(models=ModelsConfig(fetch_larger=False)))
    assert not may_fetch(Config(models=ModelsConfig(profile="laptop")))
    assert not may_fetch(Config(llm=LlmConfig(model="/my.gguf")))
    assert not may_fetch(Config(llm=LlmConfig(server="http://127.0.0.1:1/v1")))


def test_the_report_on_privacy_tells_of_it_until_it_is_done(config, said):
    (way,) = (way for way in WAYS_OUT if way.name == "larger model")
    assert "assistant run" in way.in_force(config, {})
    work(config, said, FAST, FETCH)
    assert way.in_force(config, {}) == ""
