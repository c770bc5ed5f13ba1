"""How the tests themselves are run: in two runs, whose exit statuses are joined."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "scripts" / "run_tests.py"


@pytest.mark.parametrize(
    ("statuses", "status"),
    [((0, 0), 0), ((1, 0), 1), ((0, 1), 1), ((5, 0), 0), ((0, 5), 0), ((5, 5), 5), ((5, 1), 1)],
)
def test_one_run_that_failed_is_enough(statuses: tuple[int, ...], status: int) -> None:
    spec = importlib.util.spec_from_file_location("run_tests", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.joined(statuses) == status


@pytest.mark.parametrize(
    ("only", "expected"), [("only", "test_terminal test_marked"), ("not", "test_plain")]
)
def test_each_test_is_in_one_of_the_runs(tmp_path: Path, only: str, expected: str) -> None:
    (tmp_path / "test_x.py").write_text(
        "import pytest\n"
        "def test_plain(): ...\n"
        "def test_terminal(terminal): ...\n"
        "@pytest.mark.pulse\n"
        "def test_marked(): ...\n"
    )
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
    command += [
        "-p",
        "tests.conftest",
        "--alone",
        only,
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "no:cacheprovider",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    found = [line.split("::")[1] for line in done.stdout.splitlines() if "::" in line]
    assert found == expected.split(), done.stdout + done.stderr
