"""A person's own Whisper loads, or says why not: on real, small models with random weights."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.loading import load_whisper
from assistant.config import TranscriberConfig, config_from_dict
from assistant.errors import ModelError
from assistant.hearing.transcribe import Whisper
from assistant.messages import SAMPLE_RATE_HZ
from tests.tiny_whisper import damage, write_tiny_whisper

BASE = Path(__file__).parents[1] / "models" / "whisper-base"


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("transcriber") / "tiny"
    write_tiny_whisper(directory)
    return directory


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("transcriber") / "tiny-many"
    write_tiny_whisper(directory, languages=("en", "de", "haw"))
    return directory


@pytest.fixture
def copy(english: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(english, tmp_path / "own"))


def load(directory: Path, language: str = "en") -> Whisper:
    config = TranscriberConfig(model=str(directory), device="cpu", threads=1, language=language)
    whisper = Whisper(directory, config)
    whisper.warm_up()
    return whisper


def refused(directory: Path, language: str = "en") -> ModelError:
    with pytest.raises(ModelError) as caught:
        load(directory, language)
    assert caught.value.next_step
    return caught.value


def hears_something(whisper: Whisper) -> bool:
    noise = np.random.default_rng(1).integers(-9000, 9000, SAMPLE_RATE_HZ).astype(np.int16)
    found = whisper.transcribe(noise, lambda: False)
    return found is not None and found.no_speech_prob > 0


@pytest.mark.parametrize("mels", [80, 128])
@pytest.mark.parametrize(
    "claimed", ['{"feature_size": 80}', '{"feature_size": 128}', "[]", "{", ""]
)
def test_the_weights_say_how_many_mels_there_are(tmp_path: Path, mels: int, claimed: str) -> None:
    write_tiny_whisper(tmp_path / "own", mels=mels)
    if claimed:
        (tmp_path / "own" / "preprocessor_config.json").write_text(claimed)
    assert hears_something(load(tmp_path / "own"))


def test_a_multilingual_model_is_told_the_language(multilingual: Path) -> None:
    assert hears_something(load(multilingual, "de"))
    assert hears_something(load(multilingual, " EN "))
    assert load(multilingual, "de").prompt_tokens() == [
        "<|startoftranscript|>",
        "<|de|>",
        "<|transcribe|>",
        "<|notimestamps|>",
    ]


@pytest.mark.parametrize(("asked", "step"), [("fr", "en, de, fr"), ("de-AT", "de"), ("", "en")])
def test_a_language_that_the_model_does_not_know_is_named(
    multilingual: Path, asked: str, step: str
) -> None:
    error = refused(multilingual, asked)
    assert f"does not know transcriber.language '{asked}'" in error.what
    assert step in error.next_step


def test_an_english_model_is_not_asked_for_german(english: Path) -> None:
    error = refused(english, "de")
    assert "understands English only" in error.what
    assert "set transcriber.language to en" in error.next_step
    assert load(english).prompt_tokens() == ["<|startoftranscript|>", "<|notimestamps|>"]


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json"])
def test_a_file_that_is_missing_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    error = refused(copy)
    assert f"missing {name}" in error.what
    if name == "tokenizer.json":
        assert "copy tokenizer.json from the model" in error.next_step


def test_nothing_is_fetched_when_the_tokenizer_is_missing(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    (copy / "tokenizer.json").unlink()
    refused(copy)


def test_the_vocabulary_may_be_lines_and_must_be_there(copy: Path) -> None:
    tokens = json.loads((copy / "vocabulary.json").read_text())
    (copy / "vocabulary.json").unlink()
    assert "missing vocabulary.json or vocabulary.txt" in refused(copy).what
    (copy / "vocabulary.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    assert hears_something(load(copy))
    damage(copy / "vocabulary.txt", "zeroed")
    assert "do not belong together" in refused(copy).what


DAMAGED = [
    ("model.bin", "cut short", "invalid payload|incomplete"),
    ("model.bin", "zeroed", "from byte 0 on it is empty"),
    ("model.bin", "half zeroed", "it is empty"),
    ("model.bin", "a hole", "it is empty"),
    ("model.bin", "empty", "incomplete"),
    ("config.json", "zeroed", "config.json is damaged"),
    ("config.json", "no JSON object", "does not hold an object"),
    ("vocabulary.json", "zeroed", "vocabulary.json is damaged"),
    ("vocabulary.json", "no JSON object", "do not belong together"),
    ("tokenizer.json", "zeroed", "tokenizer.json is damaged"),
    ("tokenizer.json", "cut short", "tokenizer.json is damaged"),
]


@pytest.mark.parametrize(("name", "kind", "what"), DAMAGED)
def test_a_damaged_file_is_named(copy: Path, name: str, kind: str, what: str) -> None:
    damage(copy / name, kind)
    error = refused(copy)
    assert re.search(what, error.what), error.what
    assert "fetch the files of transcriber.model again" in error.next_step


def test_files_of_two_models_do_not_belong_together(copy: Path, multilingual: Path) -> None:
    shutil.copy(multilingual / "tokenizer.json", copy)
    assert "do not belong together" in refused(copy).what


def test_the_settings_of_another_program_are_recognised(copy: Path) -> None:
    (copy / "config.json").write_text('{"model_type": "transcriber", "num_mel_bins": 80}')
    assert "it has no suppress_ids" in refused(copy).what


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("model.safetensors", b"x", "checkpoint for transformers"),
        ("pytorch_model.bin", b"x", "checkpoint for transformers"),
        ("ggml-base.en.bin", b"lmgg", r"whisper.cpp (GGML)"),
        ("base.en.pt", b"x", "OpenAI"),
        ("model.bin", b"lmgg" + bytes(60), "whisper.cpp (GGML)"),
    ],
)
def test_a_model_for_another_program_is_called_by_its_name(
    copy: Path, name: str, content: bytes, what: str
) -> None:
    (copy / "model.bin").unlink()
    (copy / name).write_bytes(content)
    error = refused(copy)
    assert what in error.what
    assert "ct2-transformers-converter" in error.next_step


def test_one_file_is_not_a_directory(tmp_path: Path) -> None:
    (tmp_path / "ggml-tiny.bin").write_bytes(b"lmgg")
    error = refused(tmp_path / "ggml-tiny.bin")
    assert "is a model for whisper.cpp (GGML), not the directory" in error.what


def test_weights_that_git_left_behind_are_recognised(copy: Path) -> None:
    (copy / "model.bin").write_text("version https://git-lfs.github.com/spec/v1\n")
    assert refused(copy).next_step == "run: git lfs pull"


def test_weights_that_are_no_whisper_are_refused(copy: Path) -> None:
    content = (copy / "model.bin").read_bytes()
    (copy / "model.bin").write_bytes(content.replace(b"WhisperSpec\0", b"WhispurSpec\0", 1))
    assert "does not load" in refused(copy).what


@pytest.mark.parametrize("fault", ["tokenizer.json", "language"])
def test_the_doctor_says_the_same_as_the_conversation(copy: Path, fault: str) -> None:
    settings = {"model": str(copy), "device": "cpu", "language": "en"}
    if fault == "language":
        settings["language"] = "de"
    else:
        (copy / fault).unlink()
    config = copy.parent / "config.toml"
    config.write_text("[transcriber]\n" + "".join(f"{k} = {v!r}\n" for k, v in settings.items()))
    with pytest.raises(ModelError) as caught:
        load_whisper(config_from_dict({"transcriber": dict(settings)}))
    command = [sys.executable, "-m", "assistant.cli.probe", "transcriber", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 4
    assert done.stdout.strip() == str(caught.value)
    assert "Traceback" not in done.stderr


def test_the_doctor_has_a_sound_model_work(copy: Path) -> None:
    config = copy.parent / "config.toml"
    config.write_text(f"[transcriber]\nmodel = '{copy}'\ndevice = 'cpu'\n")
    command = [sys.executable, "-m", "assistant.cli.probe", "transcriber", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "transcribed a second of noise" in done.stdout


@pytest.mark.models
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_multilingual_base_model_loads(language: str) -> None:
    if not BASE.is_dir():
        pytest.skip("needs models/whisper-base (assistant models fetch whisper-base)")
    assert hears_something(load(BASE, language))
