"""What `auto` chooses, what it remembers, and what takes a missing model's place."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from assistant.config import Config, ModelsConfig
from assistant.errors import ModelError
from assistant.weights import resolve
from assistant.weights.catalogue import Model, load_catalogue
from assistant.weights.choice import Candidate, Machine, Speed, choose, first_sound_ms
from assistant.weights.remembered import Remembered, choice_file, machine_key, remember, remembered

CANDIDATES = (
    Candidate(profile="starter", llm_bytes=491_400_064, missing_bytes=0),
    Candidate(profile="laptop", llm_bytes=1_117_320_768, missing_bytes=1_117_320_768),
    Candidate(profile="gpu", llm_bytes=4_683_074_240, missing_bytes=6_300_000_000, needs_gpu=True),
)
PLAIN = Machine(cores=2, memory_bytes=24 * 10**9, free_disk_bytes=30 * 10**9, card_bytes=0)
MEASURED = Speed(prompt_ms_per_token=10.4, token_ms=23)


@pytest.mark.parametrize(
    ("machine", "speed", "profile", "words"),
    [
        ({}, (10.4, 23), "laptop", "laptop: 2 cores, 24 GB; a first sound after about 0.7 s"),
        ({}, (10.4, 40), "starter", "; laptop would take 1.1 s"),
        ({}, (3.0, 38), "laptop", "0.9 s"),
        ({"memory_bytes": 3 * 10**9}, (10.4, 23), "starter", "; laptop needs 4 GB of memory"),
        ({"memory_bytes": 4.1 * 10**9}, (10.4, 23), "laptop", "4 GB"),
        ({"free_disk_bytes": 10**9}, (10.4, 23), "starter", "; laptop needs 2.7 GB of free disk"),
        ({"card_bytes": 8 * 10**9}, (0.5, 3), "gpu", "a graphics card of 8 GB; a first sound"),
        ({"card_bytes": 8 * 10**9}, (10.4, 23), "laptop", "; gpu would take 2.8 s"),
        ({"card_bytes": 7 * 10**9}, (0.5, 3), "laptop", "gpu needs 8 GB on the graphics card"),
        ({"card_bytes": 8 * 10**9, "memory_bytes": 4.2e9}, (0.5, 3), "gpu", "4 GB, a graphics"),
        ({"card_bytes": 8 * 10**9, "memory_bytes": 3.8e9}, (0.5, 3), "starter", "needs 4 GB"),
        ({}, (0.5, 3), "laptop", "gpu needs a graphics card that llama.cpp and Whisper can use"),
        ({}, (200, 300), "starter", "starter: 2 cores"),
        ({"memory_bytes": 0}, (0.5, 3), "starter", "starter: 2 cores"),
    ],
)
def test_the_cleverest_profile_that_answers_in_time_is_chosen(machine, speed, profile, words):
    choice = choose(
        dataclasses.replace(PLAIN, **machine),
        Speed(prompt_ms_per_token=speed[0], token_ms=speed[1]),
        CANDIDATES,
    )
    assert choice.profile == profile
    assert words in choice.why
    assert "\n" not in choice.why


def test_the_first_sound_is_eight_tokens_read_nine_written_and_the_voice():
    assert first_sound_ms(Speed(prompt_ms_per_token=10, token_ms=20)) == 8 * 10 + 9 * 20 + 60


def test_what_is_on_the_disk_already_needs_no_room():
    full = dataclasses.replace(PLAIN, free_disk_bytes=0)
    there = [dataclasses.replace(candidate, missing_bytes=0) for candidate in CANDIDATES]
    assert choose(full, MEASURED, there).profile == "laptop"


# -- what is remembered ----------------------------------------------------------------------------


@pytest.fixture
def automatic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Profile auto, with folders of its own and no model on the disk."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("ASSISTANT_PROFILE")
    return Config(models=ModelsConfig(directory=str(tmp_path / "models")))


def test_a_choice_is_kept_and_auto_means_it(automatic: Config) -> None:
    catalogue = load_catalogue()
    assert remembered() is None
    assert resolve.profile_name(automatic, catalogue) == "starter"
    assert "until `assistant run` has measured" in resolve.choice_line(automatic)
    made = Remembered(profile="laptop", why="laptop: fast", key=machine_key(catalogue))
    remember(made)
    assert remembered() == made
    assert resolve.profile_name(automatic, catalogue) == "laptop"
    assert resolve.choice_line(automatic) == "profile auto chose laptop: fast"


@pytest.mark.parametrize("content", ["", "[]", '{"profile": 1, "why": "", "key": ""}', "{}"])
def test_a_file_that_is_no_choice_counts_as_none(automatic: Config, content: str) -> None:
    choice_file().parent.mkdir(parents=True)
    choice_file().write_text(content)
    assert remembered() is None


def test_a_choice_of_a_profile_that_is_gone_means_the_starter(automatic: Config) -> None:
    remember(Remembered(profile="palace", why="", key=""))
    assert resolve.profile_name(automatic, load_catalogue()) == "starter"


def test_the_variable_goes_before_the_remembered_choice(automatic, monkeypatch):
    remember(Remembered(profile="laptop", why="", key=""))
    monkeypatch.setenv("ASSISTANT_PROFILE", "gpu")
    assert resolve.profile_name(automatic, load_catalogue()) == "gpu"
    assert resolve.choice_line(automatic) == ""


def test_the_key_changes_with_the_catalogue() -> None:
    catalogue = load_catalogue()
    assert machine_key(dataclasses.replace(catalogue, digest="0" * 64)) != machine_key(catalogue)


# -- what takes a missing model's place ------------------------------------------------------------


def put(model: Model, directory: Path) -> None:
    """Files of the right size, without content."""
    (directory / model.id).mkdir(parents=True)
    for file in model.files:
        with (directory / model.id / file.name).open("wb") as made:
            made.truncate(file.bytes)


def test_the_next_smaller_model_that_is_there_takes_the_place_and_is_said(tmp_path: Path) -> None:
    config = Config(models=ModelsConfig(profile="gpu", directory=str(tmp_path)))
    catalogue = load_catalogue()
    with pytest.raises(ModelError, match=r"qwen2\.5-7b-instruct.* is missing"):
        resolve.find(config, "llm")
    for model_id in ("qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct"):
        put(catalogue.model(model_id), tmp_path)
        assert resolve.find(config, "llm") == (catalogue.model(model_id), tmp_path / model_id)
    assert resolve.stand_ins(config, ["llm", "transcriber"]) == [
        "qwen2.5-7b-instruct is not here; qwen2.5-coder-1.5b-instruct takes its place"
    ]
    put(catalogue.model("qwen2.5-7b-instruct"), tmp_path)
    assert resolve.find(config, "llm")[0].id == "qwen2.5-7b-instruct"
    assert resolve.stand_ins(config, ["llm"]) == []


def test_no_larger_model_takes_the_place_of_a_smaller_one(tmp_path: Path) -> None:
    put(load_catalogue().model("qwen2.5-coder-1.5b-instruct"), tmp_path)
    config = Config(models=ModelsConfig(profile="starter", directory=str(tmp_path)))
    with pytest.raises(ModelError):
        resolve.find(config, "llm")
