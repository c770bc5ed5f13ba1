"""The rest of the set-up behind the conversation: scripted commands stand for the script."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.cli.behind import SetUpBehind, lacks_model, log_file, rest_of_setup
from assistant.cli.lines import Lines
from assistant.config import Config, LlmConfig, ModelsConfig
from assistant.errors import ModelError
from assistant.messages import Notice
from assistant.updates import ModelShown
from assistant.weights.catalogue import load_catalogue
from tests.test_weights_choice import put

_WAIT_S = 60
WHOLE = """
import json
def tell(**what): print("@" + json.dumps(what), flush=True)
tell(doing="llama.cpp", percent=1, left_s=200)
print("a line for the log", flush=True)
tell(doing="llama.cpp", percent=43, left_s=125)
print("@ no JSON", flush=True)
tell(doing="preparing it", left_s=20)
tell(ready="model")
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Config(models=ModelsConfig(directory=str(tmp_path / "models")))


class Heard:
    """What the face is told, and whether the model was asked for."""

    def __init__(self, brings: Sequence[str] = ("qwen",), error: ModelError | None = None) -> None:
        self.updates: list[Notice | ModelShown] = []
        self.brings = brings
        self.error = error
        self.brought = 0
        self.finished = 0

    def bring(self) -> Sequence[str]:
        self.brought += 1
        if self.error:
            raise self.error
        return self.brings

    def end(self) -> None:
        self.finished += 1

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.updates if isinstance(one, ModelShown)]

    @property
    def notices(self) -> list[tuple[str, str]]:
        return [(one.code, one.text) for one in self.updates if isinstance(one, Notice)]


def work(config: Config, heard: Heard, code: str, venv: Path) -> SetUpBehind:
    with SetUpBehind(config, [sys.executable, "-c", code], venv) as behind:
        behind.start(heard.updates.append, heard.bring, heard.end)
        assert behind.wait(_WAIT_S)
    return behind


def test_it_shows_how_far_it_is_and_brings_the_model(config, tmp_path):
    heard = Heard(brings=("qwen-0.5b", "its context is smaller"))
    behind = work(config, heard, WHOLE, tmp_path)
    assert heard.names == [
        "model being set up: llama.cpp 1 %, about 3 min",
        "model being set up: llama.cpp 43 %, about 2 min",
        "model being set up: preparing it, less than a minute",
        "qwen-0.5b",
    ]
    assert heard.notices == [("I-MODEL", "its context is smaller.")]
    assert (heard.brought, heard.finished) == (1, 1)
    assert behind.awaited is None
    assert "a line for the log" in log_file().read_text()


def test_the_conversation_reads_how_long_it_will_take(config, tmp_path):
    behind = work(config, Heard(), WHOLE.replace('tell(ready="model")', "1/0"), tmp_path)
    assert behind.awaited is not None
    assert (behind.awaited.left_s, behind.awaited.has_failed) == (20.0, True)


def test_a_failure_is_told_once_with_its_reason_and_the_log(config, tmp_path):
    heard = Heard()
    why = "set-up stopped: there is no C++ compiler.\\n  Debian: apt-get\\nThen run it again."
    work(config, heard, f"raise SystemExit('{why}')", tmp_path)
    ((code, text),) = heard.notices
    assert code == "W-SETUP"
    assert "could not be set up: there is no C++ compiler. It goes on" in text
    assert str(log_file()) in text
    assert heard.names == ["could not be set up"]
    assert (heard.brought, heard.finished) == (0, 0)


def test_a_model_that_does_not_load_is_told(config, tmp_path):
    heard = Heard(error=ModelError("it is damaged", "fetch it again"))
    behind = work(config, heard, WHOLE, tmp_path)
    assert behind.awaited is not None
    assert behind.awaited.has_failed
    assert [code for code, _ in heard.notices] == ["W-SETUP"]
    assert "it is damaged" in heard.notices[0][1]


def test_where_only_replies_are_left_nothing_is_awaited_or_brought(config, tmp_path):
    for model in load_catalogue().profile("starter").values():
        put(model, tmp_path / "models")
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / "llama").touch()
    heard = Heard()
    behind = work(config, heard, WHOLE, tmp_path)
    assert behind.awaited is None
    assert behind.is_needed  # no start makes the replies that this one is making
    assert heard.updates == []
    assert (heard.brought, heard.finished) == (0, 1)


def test_without_anything_left_what_comes_afterwards_begins_at_once(config):
    heard = Heard()
    with SetUpBehind(config, []) as behind:
        assert behind.awaited is None
        assert not behind.is_needed
        behind.start(heard.updates.append, heard.bring, heard.end)
        assert heard.finished == 1


def test_leaving_ends_it_and_what_it_started(config, tmp_path):
    pipe = tmp_path / "alive"
    os.mkfifo(pipe)
    holding = f"f = open({str(pipe)!r}, 'w'); f.write('y'); f.flush(); import time; time.sleep(40)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {holding!r}])"
    heard = Heard()
    with SetUpBehind(config, [sys.executable, "-c", code], tmp_path) as behind:
        behind.start(heard.updates.append, heard.bring, heard.end)
        with pipe.open() as reading:
            assert reading.read(1) == "y"
            behind.close()
            start = time.monotonic()
            assert reading.read() == ""  # nobody holds it any more
            assert time.monotonic() - start < 20
    assert heard.updates == []


def test_only_a_checkout_with_its_own_environment_and_the_marker_has_a_rest(tmp_path):
    checkout, venv = tmp_path, tmp_path / ".venv"
    assert rest_of_setup(checkout, venv) == []  # an installed package has no script
    (checkout / "scripts").mkdir()
    script = checkout / "scripts" / "setup.py"
    script.touch()
    (venv / "stamps").mkdir(parents=True)
    assert rest_of_setup(checkout, venv) == []
    (venv / "stamps" / "rest.json").touch()
    assert rest_of_setup(checkout, venv) == [sys.executable, str(script), "--rest"]
    assert rest_of_setup(checkout, tmp_path / "another") == []


def test_a_model_of_a_server_or_of_ones_own_is_not_awaited_for_its_file(config, tmp_path):
    assert lacks_model(config, tmp_path)
    assert not lacks_model(Config(llm=LlmConfig(server="http://127.0.0.1:1/v1")), tmp_path)
    (tmp_path / "stamps").mkdir()
    (tmp_path / "stamps" / "llama").touch()
    assert lacks_model(config, tmp_path)
    assert not lacks_model(Config(llm=LlmConfig(model="/my.gguf")), tmp_path)


def test_plain_lines_show_steps_only(capsys):
    lines = Lines(sys.stdout)
    lines.show(ModelShown(role="thinks", name="is being set up: llama.cpp 20 %"))
    lines.show(ModelShown(role="thinks", name="is being set up: llama.cpp 21 %", is_step=False))
    lines.close()
    assert capsys.readouterr().out == "thinks: is being set up: llama.cpp 20 %\n"
