"""`assistant doctor --privacy`, and what the program sees to before it loads anything."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from assistant import QUIET_SWITCHES
from assistant.assemble.places import config_path, trace_directory
from assistant.cli.privacy import WAYS_OUT, report_privacy
from assistant.cli.stored import describe, stores
from assistant.config import Config
from assistant.config_watching import TraceConfig
from assistant.folders import cache_directory
from assistant.private import refuses_others

QUIET = {**QUIET_SWITCHES, "HF_HUB_OFFLINE": "1"}

needs_rights = pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr("assistant.cli.privacy.refuses_others", lambda: True)


def fill(place: Path, text: str = "12345") -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


# -- what is stored --------------------------------------------------------------------------------


def test_everything_that_is_stored_is_listed_with_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    fill(config_path())
    fill(trace_directory(Config()) / "one.jsonl")
    fill(trace_directory(Config()) / "two.jsonl")
    for part in ("replies/x/a.wav", "demo/b.wav", "voices/x/text.onnx", "llm/c.kv"):
        fill(cache_directory() / part)
    assert report_privacy(Config(), QUIET)
    shown = capsys.readouterr().out
    for store in stores(Config()):
        if not store.is_foreign:
            assert str(store.place) in shown
    assert shown.count("1 file, 5 bytes") == 5
    assert shown.count("2 files, 10 bytes") == 1
    assert f"rm {config_path()}" in shown
    assert f"rm -r {trace_directory(Config())}" in shown
    assert "terminal.log\n                  not there" in shown
    assert "rm -r" not in shown.split("terminal.log")[1].split("prepared sounds")[0]


def test_every_folder_of_the_cache_is_listed() -> None:
    listed = {store.place for store in stores(Config())}
    used = {"replies", "demo", "voices", "llm", "wheels"}
    assert {cache_directory() / name for name in used} <= listed


def test_traces_elsewhere_and_switched_off_are_shown_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "my traces"
    fill(elsewhere / "one.jsonl")
    report_privacy(Config(trace=TraceConfig(directory=str(elsewhere), enabled=False)), QUIET)
    shown = capsys.readouterr().out
    assert "Switched off" in shown
    assert f"rm -r '{elsewhere}'" in shown


def test_what_onnxruntime_left_earlier_is_shown_only_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report_privacy(Config(), QUIET)
    assert "DeveloperTools" not in capsys.readouterr().out
    fill(tmp_path / "cache" / "Microsoft/DeveloperTools/.onnxruntime/deviceid")
    report_privacy(Config(), QUIET)
    assert "Microsoft/DeveloperTools/.onnxruntime" in capsys.readouterr().out


@needs_rights
@pytest.mark.parametrize(
    ("folder", "file", "readers"),
    [
        (0o755, 0o644, "everybody on this machine"),
        (0o755, 0o640, "your group"),
        (0o750, 0o644, "your group"),
        (0o755, 0o600, "you only"),
        (0o700, 0o644, "you only"),
    ],
)
def test_who_may_read_is_read_off_the_disk(folder: int, file: int, readers: str) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as directory:  # pytest's own are closed to others
        place = Path(directory)
        fill(place / "one")
        (place / "one").chmod(file)
        place.chmod(folder)
        assert describe(place) == f"1 file, 5 bytes, readable by {readers}"


# -- what may leave --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("server", "leads_away"),
    [
        ("", False),
        ("unix:/run/user/1000/pulse/native", False),
        ("{3d12}unix:/run/user/1000/pulse/native", False),
        ("/run/user/1000/pulse/native", False),
        ("tcp:localhost:4713 127.0.0.1 tcp6:[::1]:4713", False),
        ("tcp:192.0.2.7:4713", True),
        ("studio.example", True),
        ("{3d12}tcp:studio.example unix:/run/native", True),
        ("localhost.example", True),
    ],
)
def test_a_sound_server_elsewhere_is_told(
    server: str, leads_away: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    report_privacy(Config(), {**QUIET, "PULSE_SERVER": server})
    now = capsys.readouterr().out.split("now ")[1].split("\n")[0]
    assert ("sound server: " in now) is leads_away
    assert ("nothing" in now) is not leads_away


def test_a_way_that_is_configured_is_told_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    way = dataclasses.replace(
        WAYS_OUT[0], name="model server", in_force=lambda config, environment: "192.0.2.9:8080"
    )
    monkeypatch.setattr("assistant.cli.privacy.WAYS_OUT", (*WAYS_OUT, way))
    report_privacy(Config(), QUIET)
    assert "model server: 192.0.2.9:8080" in capsys.readouterr().out.split("now ")[1].split("\n")[0]


@pytest.mark.parametrize("switch", sorted(QUIET))
def test_a_switch_that_is_not_set_is_told_and_is_a_failure(
    switch: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not report_privacy(Config(), {**QUIET, switch: "0"})
    assert f"NOT SET {switch}=0" in capsys.readouterr().out


def test_a_process_that_would_connect_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("assistant.cli.privacy.refuses_others", refuses_others)
    assert not report_privacy(Config(), QUIET)  # this process, that of the tests, is not held back
    assert "NOT SET Python code is refused" in capsys.readouterr().out


# -- before anything is loaded ---------------------------------------------------------------------


def python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("switch", sorted(QUIET_SWITCHES))
def test_the_switches_are_forced_and_reach_c_and_child_processes(switch: str) -> None:
    code = (
        "import assistant, ctypes, subprocess;"
        "libc = ctypes.CDLL(None); libc.getenv.restype = ctypes.c_char_p;"
        f"print(libc.getenv(b'{switch}').decode(), subprocess.getoutput('echo ${switch}'))"
    )
    assert python(code, **{switch: "0"}) == "1 1"


@needs_rights
def test_a_command_works_offline_and_for_its_owner_only(tmp_path: Path) -> None:
    code = (
        "import os; from assistant.private import keep_private; keep_private('ask');"
        "import faster_whisper, huggingface_hub.constants as hub;"
        "print(hub.is_offline_mode(), oct(os.umask(0)))"
    )
    folders = [tmp_path / kind / "assistant" for kind in ("cache", "state")]
    for folder in folders:
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    assert python(code, HF_HUB_OFFLINE="0") == "True 0o77"
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


@needs_rights
def test_the_command_that_fetches_is_left_as_it_is() -> None:
    code = (
        "import os, socket; os.umask(0o022); from assistant.private import keep_private;"
        "keep_private('models');"
        "socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9));"
        "print(os.environ['HF_HUB_OFFLINE'], oct(os.umask(0)))"
    )
    assert python(code, HF_HUB_OFFLINE="0") == "0 0o22"


REFUSED = (
    "from assistant.private import PrivacyError, allow_host, keep_private\nkeep_private('run')\n"
)


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.getaddrinfo('assistant.invalid', 80)",
        "import socket; socket.getaddrinfo(b'assistant.invalid', 80)",
        "import socket; socket.gethostbyname('assistant.invalid')",
        "import socket; socket.socket().connect(('192.0.2.1', 80))",
        "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 80))",
        "import urllib.request; urllib.request.urlopen('http://localhost.invalid/')",
        "import httpx2; httpx2.get('http://192.0.2.1/')",
        "import asyncio; asyncio.run(asyncio.open_connection('assistant.invalid', 80))",
        "allow_host('192.0.2.2'); import socket; socket.socket().connect(('192.0.2.1', 80))",
    ],
)
def test_python_code_reaches_no_other_machine(attempt: str) -> None:
    code = f"{REFUSED}try:\n    {attempt}\nexcept PrivacyError as error:\n    print(error)"
    said = python(code, no_proxy="*")
    assert "E-NETWORK" in said
    assert "docs/PRIVACY.md" in said
    assert any(
        host in said for host in ("assistant.invalid", "192.0.2.1", "2001:db8::1", "localhost.")
    )


def test_the_refusal_names_who_wanted_the_connection() -> None:
    attempt = "import urllib.request; urllib.request.urlopen('http://assistant.invalid/')"
    code = f"{REFUSED}try:\n    {attempt}\nexcept PrivacyError as error:\n    print(error)"
    assert "urllib, called by __main__ tried to reach assistant.invalid" in python(code)


def test_what_is_on_this_machine_or_allowed_is_reached() -> None:
    attempts = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(('localhost', server.getsockname()[1]), 5).close()\n"
        "socket.getaddrinfo(None, 80); socket.getaddrinfo('::1', 80)\n"
        "allow_host('192.0.2.1')\n"
        "socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))\n"
        "print('reached')"
    )
    assert python(REFUSED + attempts) == "reached"


def test_the_command_line_shows_the_report_and_sees_to_the_rights(tmp_path: Path) -> None:
    (tmp_path / "cache" / "assistant").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "doctor", "--privacy"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "now             nothing" in done.stdout
    assert "set     HF_HUB_OFFLINE=1" in done.stdout
    assert "set     Python code is refused" in done.stdout
    assert "NOT SET" not in done.stdout
    if os.name == "posix":
        assert (tmp_path / "cache" / "assistant").stat().st_mode & 0o777 == 0o700
