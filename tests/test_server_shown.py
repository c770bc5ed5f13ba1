"""Where people see that a model is elsewhere; no weights are needed for one on a server."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.assemble.roles import model_paths
from assistant.assemble.session import open_trace
from assistant.assemble.setup import prepare_model
from assistant.config import Config, config_from_dict
from assistant.config_watching import TraceConfig
from assistant.errors import ModelError
from assistant.tui.palette import SEVERITIES
from assistant.tui.status import model_lines
from tests.model_server import ScriptedServer, ended, events, listing, scripted


def remote(server: ScriptedServer) -> Config:
    llm = {"server": server.url, "server_model": "tiny:cloud", "allow_remote": True}
    return config_from_dict({"llm": llm})


def written(config: Config, path: Path) -> str:
    llm = config.llm
    path.write_text(
        f'[llm]\nserver = "{llm.server}"\nserver_model = "{llm.server_model}"\n'
        f"allow_remote = {str(llm.allow_remote).lower()}\n"
    )
    return str(path)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], capture_output=True, text=True, check=False, timeout=300
    )


def test_a_model_elsewhere_is_noted_in_the_trace(tmp_path: Path) -> None:
    with scripted() as server:
        there = replace(remote(server), trace=TraceConfig(directory=str(tmp_path)))
        here = replace(there, llm=replace(Config().llm, server=server.url))
        for config, is_remote in ((there, True), (here, False)):
            trace = open_trace(config)
            trace.close()
            assert trace.path is not None
            noted = json.loads(trace.path.read_text().splitlines()[0])
            assert (noted["event"], noted["is_remote"]) == ("model server", is_remote)
            assert server.url.removesuffix("/v1").partition("//")[2] in noted["model"]


@pytest.mark.models
def test_a_model_elsewhere_comes_first_and_in_another_colour() -> None:
    with scripted() as server:
        try:
            names = model_paths(remote(server)).names()
        except ModelError as error:
            pytest.skip(f"the starter models are not there: {error.what}")
    assert next(iter(names)) == "thinks"
    assert names["thinks"].startswith("REMOTE model at 127.0.0.1:")
    first, second, *_ = model_lines(names, 60)
    assert any(str(span.style) == SEVERITIES["warning"] for span in first.spans)
    assert not any(str(span.style) == SEVERITIES["warning"] for span in second.spans)


def test_no_weights_are_needed_and_ask_and_doctor_agree(tmp_path: Path) -> None:
    chat = events({"content": "Hello from there."}, ended())
    with scripted(chat, listing("tiny")) as server:
        config = replace(Config(), llm=replace(Config().llm, server=server.url))
        path = written(config, tmp_path / "config.toml")
        asked = run("assistant", "ask", "--config", path, "Who was Napoleon?")
        probed = run("assistant.cli.probe", "llm", path)
        prepare_model(config)
        url = server.url.removesuffix("/v1").partition("//")[2]
    assert asked.returncode == probed.returncode == 0
    assert "assistant [model]: Hello from there." in asked.stdout
    assert "REMOTE" not in asked.stderr
    assert f"tiny at {url} answered: 'Hello from there.'" in probed.stdout
    for command in (
        ("assistant", "ask", "--config", path, "Hi"),
        ("assistant.cli.probe", "llm", path),
    ):
        done = run(*command)
        assert done.returncode == 4
        assert "no language model server at" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_ask_and_doctor_say_that_a_model_is_elsewhere(tmp_path: Path) -> None:
    chat = events({"content": "Hello from there."}, ended())
    with scripted(chat, listing("tiny:cloud")) as server:
        path = written(remote(server), tmp_path / "config.toml")
        asked = run("assistant", "ask", "--config", path, "Who was Napoleon?")
        probed = run("assistant.cli.probe", "llm", path)
    assert "REMOTE model at 127.0.0.1" in asked.stderr
    assert "Hello from there." in asked.stdout
    assert "REMOTE model at 127.0.0.1" in probed.stdout
    refused = tmp_path / "refused.toml"
    refused.write_text('[llm]\nserver = "http://192.0.2.1/v1"\n')
    for command in (
        ("assistant", "ask", "--config", str(refused), "Hi"),
        ("assistant", "config", "--config", str(refused)),
        ("assistant", "doctor", "--config", str(refused)),
        ("assistant", "run", "--lines", "--config", str(refused)),
    ):
        done = run(*command)
        assert (done.returncode, "not this machine" in done.stderr) == (3, True)


@pytest.mark.models
def test_a_conversation_in_lines_says_that_a_model_is_elsewhere(tmp_path: Path) -> None:
    try:
        model_paths(Config())
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")
    silence = tmp_path / "silence.wav"
    soundfile.write(silence, np.zeros(8000, np.int16), 16_000)
    with scripted(events(ended()), listing("tiny:cloud")) as server:
        path = written(remote(server), tmp_path / "config.toml")
        done = run("assistant", "demo", str(silence), "--lines", "--config", path)
    assert done.returncode == 0, done.stderr
    assert "warning: REMOTE model at 127.0.0.1" in done.stdout
    assert "[W-REMOTE]" in done.stdout
