"""`assistant clean`: what is of no use any more goes, all else stays."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from assistant.assemble.roles import model_path
from assistant.cli import clean as cleaning
from assistant.cli.clean import clean, find_old
from assistant.cli.in_use import parts_in_use, sounds_in_use, states_in_use
from assistant.config import Config, config_from_dict
from assistant.errors import InputError, ModelError
from assistant.folders import cache_directory, state_directory

CONFIG = Config()
FOREIGN = "0123456789abcdef"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A cache and a state of some months: the paths that must stay. The others begin with 0123."""
    try:
        model_path(CONFIG, "voice")
    except ModelError as error:
        pytest.skip(error.what)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    cache, state = cache_directory(), state_directory()
    stay, go = [], []
    for name in sounds_in_use(CONFIG):
        stay.append(made(cache / "replies" / name / "a.wav"))
    (demo,) = (name for name in sounds_in_use(CONFIG) if "-" in name)
    stay.append(made(cache / "demo" / demo / "a.wav"))
    stay += [made(cache / "voices" / name / "parts.json") for name in parts_in_use(CONFIG)]
    stay += [made(cache / "llm" / f"{name}.kv") for name in states_in_use(CONFIG)]
    for folder in ("replies", "demo", "voices"):
        go.append(made(cache / folder / FOREIGN / "a"))
    go.append(made(cache / "llm" / f"{FOREIGN}.kv"))
    go.append(made(cache / "documents" / f"{FOREIGN}.sqlite3"))
    go.append(aged(made(cache / "wheels" / f"{FOREIGN}" / "a.whl"), 9))
    os.utime(cache / "wheels" / FOREIGN, (0, 0))
    stay.append(made(cache / "wheels" / "llama-new" / "a.whl"))
    stay.append(made(cache / "log-head-0123.json"))
    go.append(aged(made(state / "traces" / "20250102T030405.000001-1.jsonl"), 40))
    stay.append(made(state / "traces" / "20260102T030405.000001-1.jsonl"))
    stay.append(aged(made(state / "traces" / "mine.txt"), 400))
    for name in ("state.sqlite3", "log.sqlite3", "profile.json", "terminal.log", "pin.json"):
        stay.append(aged(made(state / name), 400))
    return stay


def made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 10)
    return path


def aged(path: Path, days: int) -> Path:
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_what_is_of_no_use_goes_and_all_else_stays(
    kept: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(tmp_path)
    clean(dry_run=True, yes=False, days=30, config=None)
    assert files(tmp_path) == before
    told = capsys.readouterr().out
    assert told.count(FOREIGN) == 6
    assert "in 7 places" in told
    assert "70 bytes" in told
    clean(dry_run=False, yes=True, days=30, config=None)
    assert files(tmp_path) == set(kept)
    capsys.readouterr()
    clean(dry_run=False, yes=True, days=30, config=None)
    assert capsys.readouterr().out == "nothing to delete\n"


@pytest.mark.usefixtures("kept")
def test_nothing_goes_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(InputError, match="nobody is there to be asked"):
        clean(dry_run=False, yes=False, days=30, config=None)
    monkeypatch.setattr(cleaning.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "no")
    clean(dry_run=False, yes=False, days=30, config=None)
    assert "nothing was deleted" in capsys.readouterr().out
    assert files(tmp_path) == before


@pytest.mark.usefixtures("kept")
def test_what_cannot_be_told_is_left_alone() -> None:
    told: list[str] = []
    gone = config_from_dict({"voice": {"model": "/nowhere/voice.onnx"}})
    found = {one.path.parent.name for one in find_old(gone, 30, told.append)}
    assert found == {"llm", "documents", "wheels", "traces"}
    assert len([line for line in told if "is left alone" in line]) == 3


@pytest.mark.usefixtures("kept")
def test_a_link_is_deleted_and_not_what_it_leads_to(tmp_path: Path) -> None:
    outside = made(tmp_path / "mine" / "a.txt")
    link = cache_directory() / "replies" / "0123link"
    link.symlink_to(outside.parent)
    clean(dry_run=False, yes=True, days=30, config=None)
    assert not link.is_symlink()
    assert outside.is_file()


@pytest.mark.usefixtures("kept")
def test_leftovers_of_a_write_go_after_a_day() -> None:
    (name, *_) = parts_in_use(CONFIG)
    fresh = made(cache_directory() / "voices" / f"{name}.abc" / "encoder.onnx").parent
    stale = made(cache_directory() / "voices" / f"{name}.def" / "encoder.onnx").parent
    os.utime(stale, (0, 0))
    clean(dry_run=False, yes=True, days=30, config=None)
    assert fresh.is_dir()
    assert not stale.exists()
