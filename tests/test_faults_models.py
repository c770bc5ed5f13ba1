"""Weights of the right size with another content are found before they are used, by every command
alike, in some milliseconds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.assemble.check import check_parts
from assistant.assemble.roles import model_path
from assistant.config import Config, config_from_dict
from assistant.errors import EXIT_MODEL, ModelError
from assistant.weights.catalogue import Model, ModelFile, load_catalogue
from assistant.weights.sampled import PLACE_BYTES, PLACES, sample_of
from assistant.weights.store import Record, damaged, models_directory

LARGE = 3 * PLACES * PLACE_BYTES
QWEN = "qwen2.5-coder-0.5b-instruct/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
SHA_OF_NOTHING = "0" * 64


def filled(path: Path, size: int) -> None:
    """A file of noise, never twice the same place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(np.random.default_rng(1).bytes(size))


def hollow(path: Path, begin: int, end: int) -> None:
    """Make a part of a file empty and leave its size and time of change."""
    times = path.stat()
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(bytes(end - begin))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def model_of(size: int, sha256: str = "") -> Model:
    file = ModelFile(name="a.bin", bytes=size, sha256=sha256)
    return Model(id="m", role="llm", licence="MIT", note="", files=(file,), sources=())


# -- the sample --------------------------------------------------------------------------------


def test_the_sample_is_of_the_size_and_of_places_from_the_first_byte_to_the_last(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.bin"
    filled(path, LARGE)
    whole = sample_of(path)
    assert whole.empty == 0.0
    for begin, end in ((0, 1), (LARGE - 1, LARGE), (LARGE // 2, LARGE)):
        filled(path, LARGE)
        hollow(path, begin, end)
        assert sample_of(path).digest != whole.digest
    filled(path, LARGE)
    assert sample_of(path) == whole
    with path.open("ab") as file:
        file.write(b"x")
    assert sample_of(path).digest != whole.digest


@pytest.mark.parametrize(("share", "is_hollow"), [(0.05, False), (0.2, True), (0.5, True)])
def test_a_large_file_of_which_much_is_empty_is_hollow(
    tmp_path: Path, share: float, is_hollow: bool
) -> None:
    path = tmp_path / "a.bin"
    filled(path, LARGE)
    hollow(path, LARGE - round(LARGE * share), LARGE)
    found = sample_of(path)
    assert found.is_hollow is is_hollow
    assert found.empty == pytest.approx(share, abs=2 / PLACES)


def test_half_a_gigabyte_is_looked_at_in_less_than_fifty_milliseconds(tmp_path: Path) -> None:
    path, took = tmp_path / "a.bin", []
    with path.open("wb") as file:
        file.truncate(500_000_000)
    for number in range(5):
        os.utime(path, (number, number))  # else it is known already
        begin = time.process_time()
        sample_of(path)
        took.append(time.process_time() - begin)
    assert min(took) < 0.05


# -- what is recorded ------------------------------------------------------------------------------


def test_what_was_recorded_is_compared_though_size_and_time_are_the_same(tmp_path: Path) -> None:
    path, model = tmp_path / "m" / "a.bin", model_of(LARGE)
    filled(path, LARGE)
    assert not list(damaged([model], tmp_path))  # nothing is recorded yet
    record = Record(tmp_path)
    assert record.check(model, model.files[0], trust_stamp=True) == ""
    record.save()
    assert not list(damaged([model], tmp_path))
    hollow(path, LARGE // 2, LARGE)
    (problem,) = damaged([model], tmp_path)
    assert str(problem) == "m/a.bin is damaged: 50% of it is empty"
    assert "its SHA-256 is" in Record(tmp_path).check(model, model.files[0], trust_stamp=True)
    filled(path, LARGE)
    assert not list(damaged([model], tmp_path))  # the time of change tells nothing
    with path.open("r+b") as file:
        file.write(b"other")
    (problem,) = damaged([model], tmp_path)
    assert problem.why == "is damaged: it has changed since it was fetched"


def test_a_record_of_an_earlier_version_is_completed_without_reading_everything(
    tmp_path: Path,
) -> None:
    path, model = tmp_path / "m" / "a.bin", model_of(LARGE, SHA_OF_NOTHING)
    filled(path, LARGE)
    stamp = {"bytes": LARGE, "mtime_ns": path.stat().st_mtime_ns}
    entry = {"sha256": SHA_OF_NOTHING, **stamp}  # read in full, it would be refused
    (tmp_path / "recorded.json").write_text(json.dumps({"m/a.bin": entry}))
    assert not list(damaged([model], tmp_path))
    record = Record(tmp_path)
    assert record.check(model, model.files[0], trust_stamp=True) == ""
    record.save()
    hollow(path, 0, LARGE)
    assert [problem.why for problem in damaged([model], tmp_path)] == [
        "is damaged: 100% of it is empty"
    ]


# -- the models of the profile, and one's own -----------------------------------------------------


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """The starter's models, linked, with what is recorded of them now."""
    place, source = tmp_path / "models", models_directory()
    catalogue = load_catalogue()
    chosen = list(catalogue.profile("starter").values())
    for model in chosen:
        (place / model.id).mkdir(parents=True)
        for file in model.files:
            if not (source / model.id / file.name).is_file():
                pytest.skip(f"the starter models are not there: {model.id}")
            (place / model.id / file.name).symlink_to((source / model.id / file.name).resolve())
    shutil.copy(source / "recorded.json", place)
    record = Record(place)
    for model in chosen:
        for file in model.files:
            assert record.check(model, file, trust_stamp=True) == ""
    record.save()
    return place


def empty_copy(path: Path, kept: int = 0) -> None:
    """In the place of a linked file one of its size, of which only the beginning is there."""
    original = path.resolve()
    path.unlink()
    with original.open("rb") as source, path.open("wb") as copy:
        copy.write(source.read(kept))
        copy.truncate(original.stat().st_size)


def configured(tmp_path: Path, models: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(f"[models]\ndirectory = '{models}'\n")
    return config_from_dict({"models": {"directory": str(models)}})


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("whisper-tiny.en/model.bin", 40_000_000),
        ("whisper-tiny.en/vocabulary.txt", 0),
        ("piper-en_US-joe-medium/en_US-joe-medium.onnx", 30_000_000),
        ("piper-en_US-joe-medium/en_US-joe-medium.onnx.json", 0),
        ("smart-turn-v3.2/smart-turn-v3.2-cpu.onnx", 4_000_000),
        (QWEN, 250_000_000),
    ],
)
def test_a_damaged_file_of_the_profile_is_found_before_anything_is_loaded(
    tmp_path: Path, models: Path, name: str, kept: int
) -> None:
    config = configured(tmp_path, models)
    check_parts(config)
    empty_copy(models / name, kept)
    with pytest.raises(ModelError, match="is damaged") as caught:
        check_parts(config)
    assert str(models / name) in caught.value.what
    assert caught.value.next_step.startswith("run `make models`")


@pytest.mark.models
def test_every_command_says_the_same_of_a_damaged_language_model(
    tmp_path: Path, models: Path
) -> None:
    config = configured(tmp_path, models)
    empty_copy(
        models / "qwen2.5-coder-0.5b-instruct/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", 10**6
    )
    with pytest.raises(ModelError) as caught:
        check_parts(config)
    sound = tmp_path / "a.wav"
    soundfile.write(sound, np.zeros(16_000, np.int16), 16_000)
    said = set()
    for module, command in (
        ("assistant", ["config"]),
        ("assistant", ["ask", "hello"]),
        ("assistant", ["hear", str(sound)]),
        ("assistant", ["run", "--lines"]),
        ("assistant", ["demo", "--lines"]),
        ("assistant.cli.probe", ["llm"]),  # what `doctor` runs
    ):
        option = [] if module.endswith("probe") else ["--config"]
        done = subprocess.run(
            [sys.executable, "-m", module, *command, *option, str(tmp_path / "config.toml")],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == EXIT_MODEL, (command, done.stderr)
        shown = done.stdout if module.endswith("probe") else done.stderr
        said.add(shown.strip().removeprefix("assistant: "))
    assert said == {str(caught.value)}


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("voice", "own.onnx"),
        ("turn", "own.onnx"),
        ("transcriber", "model.bin"),
    ],
)
def test_ones_own_file_that_is_half_empty_is_found_as_well(
    tmp_path: Path, section: str, name: str
) -> None:
    path = tmp_path / "own" / name
    filled(path, LARGE)
    own = path.parent if section == "transcriber" else path
    config = config_from_dict({section: {"model": str(own)}})
    role = section
    assert model_path(config, role) == own  # type: ignore[arg-type]
    hollow(path, LARGE // 2, LARGE)
    with pytest.raises(ModelError, match="is damaged: 50% of it is empty") as caught:
        model_path(config, role)  # type: ignore[arg-type]
    assert caught.value.next_step == "fetch the file again"


@pytest.mark.models
def test_a_file_that_is_cut_short_while_it_is_in_use_ends_nothing(tmp_path: Path) -> None:
    config = Config()
    try:
        source = model_path(config, "llm")
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")
    small = source.parents[1] / "smollm2-135m-instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not small.is_file():
        pytest.skip("the judge of endings is not there")
    path = tmp_path / "own.gguf"
    shutil.copy(small, path)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from assistant.config import LlmConfig\n"
        "from assistant.model.llm import LanguageModel\n"
        "path = Path(sys.argv[1])\n"
        "config = LlmConfig(max_tokens=8, context_tokens=512, threads=1, device='cpu')\n"
        "model = LanguageModel(path, config)\n"
        "os.truncate(path, 1_000_000)\n"
        "asked = [{'role': 'user', 'content': 'Say hello.'}]\n"
        "print(len(''.join(model.stream(asked, lambda: False))) > 0, flush=True)\n"
        "os._exit(0)\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
