"""The set-up's steps: killed at any moment, the next run completes; the rest runs side by side."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.requirements import Requirement

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
DRIVER = """
import sys
from pathlib import Path
scripts, root, *options = sys.argv[1:]
sys.path.insert(0, scripts)
import stages
root = Path(root)
stages.ROOT, stages.VENV, stages.STAMPS = root, root / ".venv", root / ".venv" / "stamps"
stages.LOG = root / ".cache" / "setup.log"
import later, native, setup
setup.PYTHON = Path(sys.executable)

def make(name, count=12):
    # many small writes, each of which may be the last one
    code = (
        "import sys, time; from pathlib import Path; folder = Path(sys.argv[1]);"
        "folder.mkdir(parents=True, exist_ok=True);"
        f"[((folder / str(k)).write_text('whole'), time.sleep(0.002)) for k in range({count})];"
        "(folder / 'last').write_text('whole')"
    )
    setup.run([sys.executable, "-c", code, str(root / name)])

def packages(*about):
    assert not setup._CUT_OFF.exists(), "a venv that was cut off is made anew"
    stages.write_whole(setup._CUT_OFF, "")
    make(".venv/packages")
    setup._CUT_OFF.unlink()

def venv():
    import shutil
    shutil.rmtree(stages.VENV, ignore_errors=True)
    make(".venv/python")

def llama(gpu, rebuild=False, progress=None):
    (stages.STAMPS / "llama").unlink(missing_ok=True)
    make(".venv/llama")

setup.make_venv, setup.install_packages, setup.install_llama = venv, packages, llama
setup.key_of = lambda *names, extra="": " ".join(names)
setup.weights = lambda: ""
setup.check_sound = lambda: None
native.cached_wheel = lambda *about: None
setup.ASSISTANT = (sys.executable, "-c", '''
import sys, time
from pathlib import Path
folder = Path(".") / "made" / " ".join(sys.argv[1:]).replace("/", "")
folder.mkdir(parents=True, exist_ok=True)
for k in range(12):
    (folder / str(k)).write_text("whole"); time.sleep(0.002)
''')
sys.argv = ["setup.py", *options]
sys.exit(setup.main())
"""
"""The set-up in another folder, where each step writes a few files slowly."""


def begin(root: Path, *options: str) -> subprocess.Popen[str]:
    root.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(SCRIPTS), str(root), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def complete(root: Path, *options: str) -> str:
    running = begin(root, *options)
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 0, out
    return out


def is_whole(folder: Path) -> bool:
    return all((folder / str(k)).is_file() for k in range(12))


def check_stamps(root: Path) -> None:
    """No stamp without the whole work of its step."""
    stamps = root / ".venv" / "stamps"
    for name, work in (("venv", "python"), ("packages", "packages"), ("llama", "llama")):
        if (stamps / name).exists():
            assert is_whole(root / ".venv" / work), name


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX process groups are killed")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "interrupt"])
def test_killed_at_random_moments_the_next_start_completes(tmp_path, how):
    draw = random.Random(14)
    began = time.monotonic()
    complete(tmp_path / "calm", "--run")
    complete(tmp_path / "calm", "--rest")
    whole_s = time.monotonic() - began
    for attempt in range(4):
        root = tmp_path / str(attempt)
        for options in (["--run"], ["--run"], ["--rest"]):
            running = begin(root, *options)
            try:
                running.communicate(timeout=draw.uniform(0.05, whole_s / 2))
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, how)
                running.communicate()
            check_stamps(root)
        complete(root, "--run")
        complete(root, "--rest")
        assert not (root / ".venv" / "stamps" / "rest.json").exists()
        assert not (root / ".venv" / "stamps" / "packages.begun").exists()
        for work in ("python", "packages", "llama"):
            assert is_whole(root / ".venv" / work)
        assert {path.name for path in (root / "made").iterdir()} >= {"prepare"}


def test_run_waits_for_what_a_conversation_needs_and_leaves_the_rest(tmp_path):
    complete(tmp_path, "--run", "--profile", "laptop")
    made = {path.name for path in (tmp_path / "made").iterdir()}
    roles = " ".join(f"--role {one}" for one in ("voice", "transcriber", "turn", "meaning"))
    assert made == {
        f"models fetch --profile laptop {roles}",
        "prepare --only speech --within 20",
    }
    assert not (tmp_path / ".venv" / "llama").exists()
    marker = tmp_path / ".venv" / "stamps" / "rest.json"
    assert json.loads(marker.read_text()) == {"gpu": "auto", "profile": "laptop"}
    assert complete(tmp_path, "--run", "--profile", "laptop") == ""  # nobody waits twice
    out = complete(tmp_path, "--rest")
    told = [json.loads(line[1:]) for line in out.splitlines() if line.startswith("@")]
    assert told[-1] == {"ready": "model"}
    assert "preparing it" in {one.get("doing") for one in told}
    assert not marker.exists()  # as the last thing
    assert "models fetch --profile laptop" in {path.name for path in (tmp_path / "made").iterdir()}
    assert complete(tmp_path, "--rest") == ""
    out = complete(tmp_path, "--run", "--profile", "laptop")
    assert "building" not in out
    assert not marker.exists()


def test_the_slowest_part_is_shown_with_the_time_that_is_left(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setitem(sys.modules, "stages", importlib.import_module("stages"))
    later = importlib.import_module("later")
    clock_s = 0.0
    monkeypatch.setattr(later.time, "monotonic", lambda: clock_s)
    progress = later.Progress({"llama.cpp": 115.0, "the download": 60.0})
    progress.at("llama.cpp", 0.01)  # too early to measure: the guess stands
    clock_s = 20.0
    progress.at("the download", 0.1)  # 180 s more
    progress.at("llama.cpp", 0.5)  # 20 s more, and not the slowest
    clock_s = 150.0
    progress.at("the download", 0.75)
    progress.at("the download", 0.751)
    told = [json.loads(line[1:]) for line in capsys.readouterr().out.splitlines()]
    assert told == [
        {"doing": "llama.cpp", "percent": 1, "left_s": 140},
        {"doing": "the download", "percent": 10, "left_s": 205},
        {"doing": "the download", "percent": 75, "left_s": 75},
    ]


def test_check_needs_no_llama_and_the_others_wait_for_everything(tmp_path):
    complete(tmp_path, "--dev", "--without-llama")
    assert not (tmp_path / ".venv" / "llama").exists()
    complete(tmp_path, "--dev", "--models", "--prepare")
    assert is_whole(tmp_path / ".venv" / "llama")
    assert not (tmp_path / ".venv" / "stamps" / "rest.json").exists()


def test_the_early_downloads_have_every_package_that_they_need():
    """Those that the set-up installs first, with all that they depend on here."""
    source = (SCRIPTS / "setup.py").read_text()
    found = re.search(r"FETCHING = \(\n(.*?)\n\)", source, re.DOTALL)
    assert found is not None
    listed = set(re.findall(r"[a-z0-9-]+", found[1])) - {"split"}
    needed = ["huggingface-hub", "httpx2", "platformdirs"]
    for name in needed:
        for line in importlib.metadata.requires(name) or []:
            one = Requirement(line)
            if one.marker is None or one.marker.evaluate({"extra": ""}):
                name_of = one.name.lower().replace("_", "-")
                needed += [name_of] if name_of not in needed else []
    assert set(needed) <= listed


def test_the_early_downloads_load_none_of_the_other_packages():
    code = "import sys, assistant.cli.bring, assistant.weights.hub; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"numpy", "typer", "rich", "pydantic", "rapidfuzz", "textual"})
