"""`assistant doctor` on the two models that the program can do without: endings and meaning."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.assemble.loading import load_endings, load_meaning, try_endings, try_meaning
from assistant.cli.probe import PROBES
from assistant.config import load_config
from assistant.errors import ModelError
from assistant.weights.catalogue import OPTIONAL, ROLES, load_catalogue
from assistant.weights.resolve import find
from tests.test_weights_choice import put

LOADERS = {"endings": (load_endings, try_endings), "meaning": (load_meaning, try_meaning)}


def probe(role: str, config: Path) -> subprocess.CompletedProcess[str]:
    """What `assistant doctor` runs for a role."""
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli.probe", role, str(config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose models lie in a folder that is still empty."""
    path = tmp_path / "config.toml"
    path.write_text(f"[models]\ndirectory = '{tmp_path / 'models'}'\n")
    return path


def test_every_role_of_the_catalogue_is_tried() -> None:
    assert set(ROLES) <= set(PROBES)
    assert set(LOADERS) == OPTIONAL


@pytest.mark.parametrize("role", sorted(LOADERS))
@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_what_the_program_does_without_in_silence_is_said_by_the_doctor(
    config: Path, role: str, fault: str
) -> None:
    (model,) = (one for one in load_catalogue().profile("starter").values() if one.role == role)
    if fault == "damaged":
        put(model, config.parent / "models")
    load, attempt = LOADERS[role]
    settings = load_config(config, must_exist=True)
    assert load(settings) is None
    with pytest.raises(ModelError) as caught:
        attempt(settings)
    done = probe(role, config)
    assert (done.returncode, done.stdout.strip()) == (4, str(caught.value))
    assert (model.id if fault == "missing" else model.files[0].name) in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("setting", ["weigh_words = false", "endpointing = 'timer'"])
def test_a_judge_of_endings_that_is_switched_off_is_not_missed(config: Path, setting: str) -> None:
    with config.open("a") as file:
        file.write(f"[turn]\n{setting}\n")
    done = probe("endings", config)
    assert done.returncode == 0
    assert done.stdout.startswith("not used: ")


@pytest.mark.models
@pytest.mark.parametrize(
    ("role", "found", "at_least"),
    [
        ("endings", r"'What time is it' ends a request with (\d\.\d\d) \(.*\)", 0.2),
        ("meaning", r"'Turn off .*' is out of reach with (\d\.\d\d) \(actuator\) \(.*\)", 0.9),
    ],
)
def test_a_sound_model_does_a_little_work(
    tmp_path: Path, role: str, found: str, at_least: float
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("")
    try:
        find(load_config(config, must_exist=True), role)  # type: ignore[arg-type]
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")
    done = probe(role, config)
    assert done.returncode == 0, done.stdout + done.stderr
    matched = re.fullmatch(found, done.stdout.strip())
    assert matched, done.stdout
    assert float(matched[1]) >= at_least
