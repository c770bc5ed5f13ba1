"""The Makefile and the pins: what a fresh machine meets first."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PINS = ("requirements.txt", "requirements-dev.txt", "requirements-build.txt")


def output_of(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment or None
    )


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_every_target_for_people():
    done = output_of("make")
    assert done.returncode == 0, done.stderr
    listed = set(re.findall(r"^  make ([a-z-]+) ", done.stdout, re.MULTILINE))
    assert listed >= {"help", "run", "demo", "setup", "models", "models-verify", "test", "check"}
    assert listed >= {"clean", "clean-models"}


def test_a_python_that_does_not_fit_is_refused_and_a_fitting_one_is_found():
    refused = output_of("sh", "scripts/find_python.sh", PYTHON="/bin/false", PATH="/usr/bin:/bin")
    assert refused.returncode == 1
    assert "is not a Python 3.11, 3.12 or 3.13" in refused.stderr
    found = output_of("sh", "scripts/find_python.sh", PYTHON=sys.executable, PATH="/usr/bin:/bin")
    assert found.stdout.strip() == sys.executable


def test_no_python_at_all_is_answered_with_the_package_to_install(tmp_path):
    (tmp_path / "cat").symlink_to(shutil.which("cat") or "/bin/cat")
    done = output_of(shutil.which("sh") or "/bin/sh", "scripts/find_python.sh", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "apt-get install python3 python3-venv" in done.stderr


@pytest.mark.parametrize("name", [*PINS, "requirements-llama.txt"])
def test_pins_have_hashes_and_name_no_index_and_no_place_on_a_disk(name):
    text = (ROOT / name).read_text("utf-8")
    pins = re.findall(r"^[A-Za-z0-9._-]+==", text, re.MULTILINE)
    assert pins
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pins)
    assert not re.search(r"https?://|file:|--index-url|--extra-index-url|--find-links| @ ", text)


def test_every_dependency_of_the_project_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = {
        found.replace("_", "-").lower()
        for name in ("requirements-dev.txt", "requirements-llama.txt")
        for found in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / name).read_text(), re.MULTILINE)
    }
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=\[; ]", line)[0].lower() for line in wanted}
    assert names <= pinned
