"""What several test modules share: the loaded stages, a made-up user, the recordings."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import numpy as np
import pytest

from assistant.assemble.loading import load_voice
from assistant.assemble.session import load_stages
from assistant.audio.resample import resample_whole, to_int16
from assistant.config import Config
from assistant.engine.engine import Stages
from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ, Int16Array
from tests import golden
from tests.terminal import Terminal

sys.dont_write_bytecode = False  # programs that tests start find the package compiled
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["ASSISTANT_PROFILE"] = "starter"  # inherited: no test fetches a model behind it
_HOME = tempfile.TemporaryDirectory(prefix="assistant-tests-")  # deleted with this process
os.environ["XDG_STATE_HOME"] = f"{_HOME.name}/state"  # inherited: no test writes into your log,
os.environ["XDG_CONFIG_HOME"] = f"{_HOME.name}/config"  # and none reads your configuration

for _name in ("SIGINT", "SIGTERM", "SIGHUP"):  # programs inherit what nohup or a shell ignores,
    _number = getattr(signal, _name, None)  # and tests send them signals
    if _number is not None and signal.getsignal(_number) is signal.SIG_IGN:
        _is_ours = _number == signal.SIGINT
        signal.signal(_number, signal.default_int_handler if _is_ours else signal.SIG_DFL)

# the same examples on every run, however busy the machine; others: --hypothesis-profile=anew
_TOO_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("anew", deadline=None, suppress_health_check=_TOO_SLOW)
hypothesis.settings.register_profile(
    "same", hypothesis.settings.get_profile("anew"), derandomize=True, database=None
)
hypothesis.settings.load_profile("same")

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--alone", choices=("only", "not"), help="the tests marked alone, or the rest")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what has the machine's terminal or sound server; choose by `--alone`. The recordings,
    which take longest, come first."""
    chosen: dict[bool, list[pytest.Item]] = {True: [], False: []}
    wanted = config.getoption("--alone")
    for item in items:
        is_alone = item.get_closest_marker("alone") or item.get_closest_marker("pulse")
        if is_alone or "terminal" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.alone)
        is_marked = item.get_closest_marker("alone") is not None
        chosen[wanted is None or is_marked == (wanted == "only")].append(item)
    config.hook.pytest_deselected(items=chosen[False])
    items[:] = sorted(chosen[True], key=lambda item: item.path.stem != "test_recordings")


@pytest.fixture(autouse=True)
def same_sessions(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lockstep sessions of the engine's tests do what they did when they were recorded."""
    golden.RUNS.clear()
    yield
    test = request.function
    if not golden.RUNS or hasattr(test, "hypothesis"):
        return
    name = f"{request.node.path.stem}::{request.node.name}"
    if golden.IS_WRITING:
        golden.keep(name, golden.RUNS)
    assert golden.load().get(name, golden.RUNS) == golden.RUNS


@pytest.fixture(scope="session")
def stages() -> Stages:
    """Every stage with its real model, once for all tests."""
    try:
        return load_stages(Config(), SAMPLE_RATE_HZ)
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")


@pytest.fixture(scope="session")
def say(stages: Stages) -> Callable[..., Int16Array]:
    """`say("words", …)`: int16[n] at 16 kHz of a made-up user; a number is a pause in ms."""
    calm = dataclasses.replace(Config().voice, noise_scale=0.0, noise_w_scale=0.0)
    voice = load_voice(dataclasses.replace(Config(), voice=calm))

    def speak(*parts: str | int) -> Int16Array:
        sounds = [np.zeros(SAMPLE_RATE_HZ // 2, np.int16)]
        for part in parts:
            if isinstance(part, int):
                sounds.append(np.zeros(part * SAMPLE_RATE_HZ // 1000, np.int16))
            else:
                made = np.concatenate(list(voice.synthesise(part, lambda: False)))
                sounds.append(to_int16(resample_whole(made * 0.5, voice.rate_hz, SAMPLE_RATE_HZ)))
        return np.concatenate(sounds)

    return speak


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real recordings; tests that need it are skipped without it."""
    if not (DATA / "labels.tsv").is_file():
        pytest.skip("the recordings are not there (../shared/data)")
    return DATA


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal under tmux, closed with all that runs in it."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed (Debian: apt-get install tmux)")
    opened = Terminal(tmp_path / "tmux")
    yield opened
    opened.close()
