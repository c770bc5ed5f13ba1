"""Threads are chosen by measurement and written into the configuration without harming it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.cli import tune
from assistant.config import load_config
from assistant.errors import ConfigError, ModelError
from tests.test_commands import assistant

FOUND = {("transcriber", "threads"): 1, ("llm", "threads"): 2, ("voice", "threads"): 4}


@pytest.mark.parametrize(
    ("medians", "threads"),
    [
        ({1: 100.0, 2: 60.0, 4: 35.0}, 4),
        ({1: 100.0, 2: 96.0, 4: 97.0}, 1),
        ({1: 100.0, 2: 60.0, 4: 58.0}, 2),
        ({1: 100.0, 2: 300.0}, 1),
        ({1: 100.0, 2: 96.0, 4: 94.0}, 4),
        ({1: 100.0}, 1),
    ],
)
def test_more_threads_must_be_worth_it(medians: dict[int, float], threads: int) -> None:
    assert tune.choose(medians) == threads


def test_values_are_written_and_all_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    before = (
        "# mine\n\n[llm] # the mind\nthreads = 7   # too many\nseed = 3\n\n"
        '[audio]\ninput_device = "head\\u00e9"  # kept\n\n[transcriber]\n# nothing here\n'
    )
    path.write_text(before, encoding="utf-8")
    tune.write_values(path, FOUND)
    after = path.read_text(encoding="utf-8")
    assert after.startswith(
        before.replace("threads = 7", "threads = 2").removesuffix("# nothing here\n")
    )
    assert "# nothing here\n" in after
    read = load_config(path, must_exist=True)
    assert (read.transcriber.threads, read.llm.threads, read.voice.threads) == (1, 2, 4)
    assert read.llm.seed == 3
    tune.write_values(path, FOUND)
    assert path.read_text(encoding="utf-8") == after


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "config.toml"
    tune.write_values(path, FOUND)
    assert path.read_text() == (
        "[transcriber]\nthreads = 1\n\n[llm]\nthreads = 2\n\n[voice]\nthreads = 4\n"
    )
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text("")
    real.chmod(0o600)
    link.symlink_to(real)
    tune.write_values(link, FOUND)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    assert load_config(real, must_exist=True).llm.threads == 2


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot (read|write)") as caught:
        tune.write_values(tmp_path / "file" / "config.toml", FOUND)
    assert "--config" in caught.value.next_step


def test_a_read_only_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n")
    path.chmod(0o400)
    monkeypatch.setattr(tune.os, "access", lambda *asked: False)  # the superuser may write it
    with pytest.raises(ConfigError, match=r"cannot write .*: Permission denied") as caught:
        tune.write_values(path, FOUND)
    assert "make it writable" in caught.value.next_step
    assert path.read_text() == "# mine\n"


@pytest.mark.parametrize("text", ["[llm\n", "[llm]\nthreads = 1\n[llm]\n", "[llm]\nunknown = 1\n"])
def test_a_file_that_is_wrong_is_not_touched(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        tune.write_values(path, FOUND)
    assert path.read_text() == text


def test_a_dry_run_without_tuning_is_wrong_usage() -> None:
    done = assistant("doctor", "--dry-run")
    assert done.returncode == 2
    assert "--tune" in done.stderr


@pytest.mark.parametrize("stage", tune.STAGES)
def test_a_stage_that_cannot_be_measured_is_named(tmp_path: Path, stage: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[models]\ndirectory = "{tmp_path}"\n')
    with pytest.raises(ModelError, match=f"{stage} could not be measured"):
        tune.measure(stage, [1], config, 1)


@pytest.mark.models
@pytest.mark.parametrize("stage", tune.STAGES)
def test_each_stage_does_its_job_for_each_candidate(stage: str) -> None:
    assert os.environ["ASSISTANT_PROFILE"] == "starter"
    medians = tune.measure(stage, [1], None, 1)
    assert list(medians) == [1]
    assert medians[1] > 0
