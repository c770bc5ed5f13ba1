"""Nothing leaves the machine: every command under strace, each socket and file looked at."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile

from assistant.assemble.roles import model_path, model_paths
from assistant.config import Config
from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ
from tests.api_server import api_server
from tests.mcp_servers.running import HOUSE, http_server
from tests.pulse import Pulse, missing_tools
from tests.terminal import Terminal
from tests.traced import DEADLINE_S, Home, interrupt, why_untraceable

pytestmark = pytest.mark.skipif(bool(why_untraceable()), reason=why_untraceable())

PROGRAM = ("-m", "assistant")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where the set-up was done."""
    skip_without_models()
    return Home(tmp_path_factory.mktemp("set-up"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home where nothing was done yet, after the program said a question into a file there."""
    skip_without_models()
    home = Home(tmp_path_factory.mktemp("fresh"), is_set_up=False)
    made = str(home.out / "made.wav")
    home.run(*PROGRAM, "say", "What time is it?", "--output", made)
    return home


@pytest.fixture(scope="module")
def question(fresh: Home) -> Path:
    """A recording of a question."""
    samples, rate_hz = soundfile.read(fresh.out / "made.wav", dtype="int16")
    path = fresh.out / "question.wav"
    soundfile.write(path, np.pad(samples, rate_hz // 3), rate_hz)
    return path


def skip_without_models() -> None:
    try:
        model_paths(Config())
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- the check itself ------------------------------------------------------------------------------


def test_a_name_that_is_looked_up_is_seen(tmp_path: Path) -> None:
    home = Home(tmp_path, is_set_up=False)
    home.run("-c", "import socket; socket.getaddrinfo('assistant.invalid', 80)", status=1)
    found = home.findings()
    assert "a name is looked up" in found


def test_a_connection_is_seen(tmp_path: Path) -> None:
    home = Home(tmp_path, is_set_up=False)
    home.run("-c", "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))")
    found = home.findings()
    assert "a socket that is not of this machine" in found
    assert "192.0.2.1" in found


def test_a_file_in_another_cache_and_one_that_stays_behind_are_seen(tmp_path: Path) -> None:
    home = Home(tmp_path, is_set_up=False)
    code = (
        "import os; os.makedirs(os.path.expanduser('~/.cache/Maker'));"
        "open(os.path.expanduser('~/.cache/Maker/id'), 'w').close();"
        "open(os.environ['TMPDIR'] + '/session', 'w').close()"
    )
    home.run("-c", code)
    found = home.findings()
    assert ".cache/Maker/id" in found
    assert "left behind" in found


# -- the commands ----------------------------------------------------------------------------------


@pytest.mark.models
def test_the_first_words_are_said_into_a_file(fresh: Home) -> None:
    assert any((fresh.cache / "voices").rglob("*.onnx"))  # the voice was cut here, not found
    assert rights(fresh.out / "made.wav") == 0o600
    assert fresh.findings() == ""


@pytest.mark.models
def test_a_recording_is_heard_and_written_for_its_owner_only(home: Home, question: Path) -> None:
    record = home.out / "heard.wav"
    said = home.run(*PROGRAM, "hear", "--fast", "--json", "--record", str(record), str(question))
    assert '"transcript"' in said
    assert home.findings() == ""
    assert rights(record) == 0o600
    assert {rights(home.cache), rights(home.state)} == {0o700}
    traces = list(home.state.rglob("*.jsonl"))
    assert traces
    assert {rights(path) for path in traces} == {0o600}


@pytest.mark.models
def test_the_model_is_asked(home: Home) -> None:
    assert "assistant [model]" in home.run(*PROGRAM, "ask", "Why is the sky blue?")
    assert home.findings() == ""


@pytest.mark.models
def test_a_conversation_in_lines(home: Home, question: Path) -> None:
    said = home.run(*PROGRAM, "demo", "--lines", str(question), str(question))
    assert said.count("assistant [") == 2
    assert home.findings() == ""


@pytest.mark.models
def test_a_conversation_on_the_screen(home: Home, question: Path, terminal: Terminal) -> None:
    terminal.open(home.shell_line(*PROGRAM, "demo", str(question)) + "; echo ended with $?")
    terminal.wait_for(lambda text: "The demo has ended" in text, DEADLINE_S)
    terminal.press("q")
    terminal.wait_for(lambda text: "ended with 0" in text, DEADLINE_S)
    assert home.findings() == ""
    assert rights(home.state / "terminal.log") == 0o600


@pytest.mark.models
def test_every_part_is_checked(home: Home) -> None:
    said = home.run(*PROGRAM, "doctor", "--no-tone")
    assert said.count("ok   ") >= 7
    assert home.findings() == ""


@pytest.mark.models
def test_what_is_stored_is_shown(home: Home) -> None:
    assert "ORT_DISABLE_TELEMETRY" in home.run(*PROGRAM, "doctor", "--privacy")
    assert home.findings() == ""


@pytest.mark.models
@pytest.mark.pulse
@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
def test_a_conversation_on_the_sound_card(
    home: Home, question: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Pulse() as pulse:
        for name in pulse.env:
            if name.startswith("PULSE_"):
                monkeypatch.setitem(home.env, name, pulse.env[name])
        with home.started(*PROGRAM, "run", "--lines") as process:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "listening; Ctrl+C" in line:
                    pulse.play(question)
                if line.startswith("assistant ["):
                    break
            assert interrupt(process) == 0, said
        assert "assistant [" in said
        assert home.findings(pulse.env["PULSE_SERVER"].removeprefix("unix:")) == ""


# -- what the configuration names ------------------------------------------------------------------

ASK = ("ask", "--no-model", "What is the weather in Berlin?", "What can you do?")


def test_where_no_server_is_configured_none_is_asked(tmp_path: Path) -> None:
    home = Home(tmp_path, is_set_up=False)
    with api_server() as server:
        assert "assistant [" in home.run(*PROGRAM, *ASK)
    assert home.findings() == ""
    assert server.got == []


def test_an_interface_is_asked_where_it_was_configured_and_nowhere_else(tmp_path: Path) -> None:
    home = Home(tmp_path, is_set_up=False)
    config = home.out / "config.toml"
    with api_server() as server:
        config.write_text(
            f"""[apis.weather]
            url = "{server.url}/weather/{{city}}"
            phrases = ["what is the weather in {{city}}"]
            answer = "It is {{current.temperature}} degrees."
            slots = {{city = "text"}}"""
        )
        said = home.run(*PROGRAM, *ASK, "--config", str(config))
    assert "It is 21.5 degrees." in said
    assert [one["path"] for one in server.got] == ["/weather/Berlin"]
    assert home.findings(servers=[("127.0.0.1", server.server_address[1])]) == ""
    assert "not of this machine" in home.findings(servers=[("127.0.0.1", 9)])
    assert "not of this machine" in home.findings()


def test_a_server_of_tools_is_asked_where_it_was_configured_and_nowhere_else(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path, is_set_up=False)
    config = home.out / "config.toml"
    with http_server(tmp_path) as url:
        config.write_text(f"[mcp.servers.house]\nurl = '{url}'\n")
        home.run(*PROGRAM, *ASK, "--config", str(config))
    port = urlsplit(url).port or 0
    assert home.findings(servers=[("127.0.0.1", port)]) == ""
    assert f"htons({port})" in home.findings()


def test_a_program_of_tools_is_started_and_nothing_leaves(tmp_path: Path) -> None:
    home = Home(tmp_path, is_set_up=False)
    config = home.out / "config.toml"
    command = json.dumps([sys.executable, str(HOUSE), "stdio"])
    config.write_text(f"[mcp.servers.house]\ncommand = {command}\n")
    home.run(*PROGRAM, *ASK, "--config", str(config))
    assert "house.py" in home.trace()
    assert home.findings() == ""


# -- what could be made to look something up -------------------------------------------------------


@pytest.mark.models
def test_a_recording_that_names_addresses_fetches_nothing(home: Home) -> None:
    playlist = home.out / "song.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:9,\nhttp://assistant.invalid/a.ts\n#EXT-X-ENDLIST\n")
    assert "E-INPUT" in home.run(*PROGRAM, "hear", str(playlist), status=6)
    assert home.findings() == ""


@pytest.mark.models
def test_a_model_that_is_not_there_is_not_looked_for_elsewhere(home: Home) -> None:
    whisper = home.out / "Systran" / "faster-whisper-tiny.en"
    whisper.mkdir(parents=True)
    for name in ("model.bin", "config.json"):
        (whisper / name).write_bytes(b"{}")
    config = home.out / "config.toml"
    config.write_text(f'[transcriber]\nmodel = "{whisper}"\n')
    question = home.out / "silence.wav"
    soundfile.write(question, np.zeros(SAMPLE_RATE_HZ, np.int16), SAMPLE_RATE_HZ)
    said = home.run(*PROGRAM, "hear", "--config", str(config), str(question), status=4)
    assert "tokenizer.json" in said
    assert home.findings() == ""


@pytest.mark.models
def test_a_voice_whose_phonemes_need_a_download_fetches_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = home.out / "chinese.onnx"
    voice.write_bytes(model_path(Config(), "voice").read_bytes())
    description = json.loads(model_path(Config(), "voice").with_suffix(".onnx.json").read_text())
    voice.with_suffix(".onnx.json").write_text(
        json.dumps({**description, "phoneme_type": "pinyin"})
    )
    (home.out / "unicode_rbnf.py").write_text("RbnfEngine = None\n")  # as if it were installed
    config = home.out / "chinese.toml"
    config.write_text(f'[voice]\nmodel = "{voice}"\n')
    monkeypatch.setitem(home.env, "PYTHONPATH", f"{home.env['PYTHONPATH']}:{home.out}")
    output = str(home.out / "none.wav")
    said = home.run(*PROGRAM, "say", "--config", str(config), "Hello", "-o", output, status=None)
    assert "[E-" in said
    found = home.findings()  # Piper makes a folder for the download before it asks for it
    assert "not of this machine" not in found
    assert "looked up" not in found
