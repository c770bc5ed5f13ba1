"""hibari behind the voice's seam: its sound, what it is kept under, and what is said without it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.assemble.loading import load_voice, open_prepared, voice_identity
from assistant.assemble.roles import model_path
from assistant.config import Config, VoiceConfig, config_from_dict
from assistant.errors import ModelError
from assistant.messages import AUDIBLE
from assistant.voice import hibari_voice
from assistant.voice.hibari_voice import HibariVoice
from assistant.voice.prepared import LoadedVoice
from tests.tiny_voice import describe_tiny_voice, write_tiny_voice

TWO = "Good morning. It is twenty past nine, and it looks like rain."


@pytest.fixture(scope="module")
def voice() -> HibariVoice:
    pytest.importorskip("hibari", reason="needs the package hibari-tts (pip install hibari-tts)")
    made = HibariVoice(VoiceConfig(engine="hibari"))
    made.warm_up()
    return made


@pytest.fixture
def installed() -> None:
    pytest.importorskip("hibari", reason="needs the package hibari-tts (pip install hibari-tts)")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No network and an empty folder where the package keeps further voices."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path / "voices"))
    return tmp_path / "voices"


def settings(**values: Any) -> Config:
    return config_from_dict({"voice": {"engine": "hibari", **values}})


def refused(config: Config) -> ModelError:
    """The error of the voice, which is also that of whoever looks for its prepared sounds."""
    with pytest.raises(ModelError) as caught:
        load_voice(config)
    assert caught.value.next_step
    return caught.value


def refused_twice(config: Config) -> ModelError:
    error = refused(config)
    with pytest.raises(ModelError) as caught:
        open_prepared(config)
    assert str(caught.value) == str(error)
    return error


def test_a_sentence_is_a_piece_that_begins_with_sound(voice: HibariVoice) -> None:
    pieces = list(voice.synthesise(TWO, lambda: False))
    assert len(pieces) == 2
    assert voice.rate_hz == 24_000
    for piece in pieces:
        loud = np.flatnonzero(np.abs(piece) >= AUDIBLE)
        assert piece.dtype == np.float32
        assert loud[0] <= 0.003 * voice.rate_hz
        assert len(piece) - loud[-1] <= 0.142 * voice.rate_hz
        assert np.abs(piece).max() <= 1
        assert piece[-1] == 0


def test_the_same_words_sound_the_same(voice: HibariVoice) -> None:
    once, again = (np.concatenate(list(voice.synthesise(TWO, lambda: False))) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_it_asks_before_each_sentence_whether_to_stop(voice: HibariVoice) -> None:
    answers = iter([False, True])
    assert len(list(voice.synthesise(TWO, lambda: next(answers)))) == 1
    assert next(answers, None) is None


@pytest.mark.parametrize(
    "text", ["", "   ", "…", "!?", "🙂", "日本語", "*", "[a](/b/)", "a" * 3000]
)
def test_no_text_is_too_odd(voice: HibariVoice, text: str) -> None:
    for piece in voice.synthesise(text, lambda: False):
        assert np.isfinite(piece).all()


def test_a_longer_scale_is_slower(voice: HibariVoice) -> None:
    slow = HibariVoice(VoiceConfig(engine="hibari", length_scale=1.5))
    usual = sum(map(len, voice.synthesise(TWO, lambda: False)))
    assert 1.3 < sum(map(len, slow.synthesise(TWO, lambda: False))) / usual < 1.7


@pytest.mark.models
def test_it_is_as_loud_as_piper(voice: HibariVoice) -> None:
    try:
        other = load_voice(Config())
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")

    def level_db(one: LoadedVoice) -> float:
        sound = np.concatenate(list(one.synthesise(TWO, lambda: False)))
        power = (sound[: len(sound) // 480 * 480].reshape(-1, 480) ** 2).mean(axis=1)
        return float(10 * np.log10(power[power > power.max() / 1000].mean()))

    assert level_db(voice) == pytest.approx(level_db(other), abs=3)


def test_each_setting_has_prepared_sounds_of_its_own(installed: None) -> None:
    found = [
        voice_identity(config)[0]
        for config in (settings(), settings(length_scale=1.2), settings(), settings(threads=2))
    ]
    assert found[0] == found[2] == found[3] != found[1]
    assert voice_identity(settings())[1] == 24_000


def test_replies_are_prepared_and_found_again(
    installed: None, voice: HibariVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    prepared = open_prepared(settings())
    assert prepared.prepare([TWO], voice, lambda done, total: None) == 1
    sound = open_prepared(settings()).sound(TWO, 48_000)
    assert sound is not None
    spoken = sum(map(len, voice.synthesise(TWO, lambda: False)))
    assert len(sound) == pytest.approx(2 * spoken, abs=10)
    assert open_prepared(settings(length_scale=1.2)).sound(TWO, 48_000) is None


@pytest.mark.usefixtures("installed")
def test_an_unknown_voice_is_told_which_there_are(offline: Path) -> None:
    error = refused_twice(settings(speaker="karla"))
    assert "hibari has no voice 'karla'" in error.what
    assert "heart" in error.next_step
    assert "emma" in error.next_step


@pytest.mark.usefixtures("installed")
def test_a_voice_that_is_not_on_the_disk_is_not_fetched(offline: Path) -> None:
    error = refused_twice(settings(speaker="emma"))
    assert str(offline) in error.what
    assert "--voice emma" in error.next_step


@pytest.mark.usefixtures("installed")
def test_a_voice_on_the_disk_is_spoken(offline: Path) -> None:
    from hibari import voices

    offline.mkdir()
    usual = Path(voices.voice_path("heart"))
    (offline / voices.VOICES["emma"]["file"]).write_bytes(usual.read_bytes())
    emma = load_voice(settings(speaker="emma"))
    assert sum(map(len, emma.synthesise("Hello.", lambda: False))) > 0.2 * emma.rate_hz
    heart = voice_identity(settings())
    assert voice_identity(settings(speaker="emma")) != heart
    assert model_path(settings(), "voice") == usual


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("content", [b"", b"not a graph", bytes(4000)])
def test_weights_that_are_none_do_not_load(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.onnx").write_bytes(content)
    error = refused(settings(model=str(tmp_path / "own.onnx")))
    assert "own.onnx does not load" in error.what
    assert "leave voice.model empty" in error.next_step


@pytest.mark.usefixtures("installed")
def test_a_voice_of_the_other_engine_is_refused(tmp_path: Path) -> None:
    write_tiny_voice(tmp_path / "own.onnx")
    describe_tiny_voice(tmp_path / "own.onnx")
    error = refused(settings(model=str(tmp_path / "own.onnx")))
    assert "no hibari voice: it takes input, input_lengths, scales" in error.what
    assert "voice.engine to piper" in error.next_step
    assert "no hibari voice file" in refused_twice(settings(model="/nowhere.onnx")).what


@pytest.mark.usefixtures("installed")
def test_it_does_not_run_on_a_card() -> None:
    assert "runs on the processor" in refused(settings(device="cuda")).what


def test_without_the_package_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hibari", None)
    error = refused_twice(settings())
    assert "hibari-tts is not installed" in error.what
    assert f"{sys.executable} -m pip install 'hibari-tts>=0.2.1,<0.3'" in error.next_step
    with pytest.raises(ModelError, match="not installed"):
        hibari_voice.voice_identity(VoiceConfig(engine="hibari"))


def run(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    config = directory / "config.toml"
    config.write_text('[voice]\nengine = "hibari"\n')
    paths = [str(directory), os.environ.get("PYTHONPATH", "")]
    return subprocess.run(
        [sys.executable, "-m", *command],
        env={
            **os.environ,
            "XDG_CACHE_HOME": str(directory / "cache"),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_doctor_says_the_same_as_the_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hibari.py").write_text("raise ImportError('not here')\n")
    done = run(tmp_path, "assistant.cli.probe", "voice", str(tmp_path / "config.toml"))
    monkeypatch.setitem(sys.modules, "hibari", None)
    assert done.returncode == 4
    assert done.stdout.strip() == str(refused(settings()))
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("installed")
def test_the_doctor_and_say_speak_with_it(tmp_path: Path) -> None:
    config, out = str(tmp_path / "config.toml"), tmp_path / "hello.wav"
    done = run(tmp_path, "assistant.cli.probe", "voice", config)
    assert "at 24000 Hz" in done.stdout
    said = run(tmp_path, "assistant", "say", "Hello there.", "-o", str(out), "--config", config)
    assert said.returncode == 0, said.stderr
    with wave.open(str(out)) as file:
        assert file.getframerate() == 24_000
        assert 0.4 < file.getnframes() / 24_000 < 3
