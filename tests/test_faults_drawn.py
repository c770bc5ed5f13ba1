"""Whatever is handed in ends in an answer or a coded error: drawn configurations, recordings,
models and voices. A seed that fails is named by its number."""

from __future__ import annotations

import io
import json
import random
import shutil
import string
import time
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant.assemble.check import check_parts
from assistant.assemble.loading import make_conversation, make_services
from assistant.assemble.session import open_trace
from assistant.audio.recording import read_recording
from assistant.config import (
    Config,
    LlmConfig,
    TranscriberConfig,
    VoiceConfig,
    config_from_dict,
    load_config,
)
from assistant.config_paths import PATHS
from assistant.errors import EXIT_CONFIG, EXIT_INPUT, EXIT_MODEL, AssistantError
from assistant.hearing.transcribe import Whisper
from assistant.log.place import log_path
from assistant.model.chat_template import ChatTemplate, TemplateSource
from assistant.model.gguf_check import check_chat_model
from assistant.voice.piper_voice import PiperVoice
from tests.chat_templates import BROKEN
from tests.gguf_files import SMALL_MODEL, write_gguf
from tests.test_faults_recordings import TONE, wav
from tests.tiny_voice import describe_tiny_voice, write_tiny_voice
from tests.tiny_whisper import write_tiny_whisper

LONGEST_S = 20.0
"""A hang is what takes longer; on an idle machine most take milliseconds."""


def outcome(look: Callable[[], object], allowed: set[int]) -> str:
    """ "ok", or the code of the error, which has a next step and an allowed exit status."""
    began_s = time.monotonic()
    found: AssistantError | None = None
    try:
        look()
    except AssistantError as error:
        found = error
    assert time.monotonic() - began_s < LONGEST_S
    if found is None:
        return "ok"
    assert found.what
    assert found.next_step, found.what
    assert found.exit_status in allowed
    return found.code


# -- configurations --------------------------------------------------------------------------------

SECTIONS = {
    name: kind for name, kind in typing.get_type_hints(Config).items() if is_dataclass(kind)
}
TEXTS = (
    "",
    "x",
    "C:\\temp\\new",
    "/dev/null/x",
    "/proc/self/mem",
    "~nobody-there/x",
    "a\0b",
    "\x1b]0;t\x07",
    "x" * 5000,
    "日本",
    "127.0.0.1:1",
    "http://[::1/v1",
    "https://user:secret@example.org:99999/",
    "${HOME}",
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(0, -1, 1, 7, 10**30, -(2**63), 0.5, 1e308, True, False),
    *([], ["x"], [1, "x"], {}, {"x": 1}),
)


def as_toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value) if isinstance(value, str) else repr(value)


def drawn_config(chance: random.Random) -> bytes:
    """Some keys with values that fit, nearly fit or do not; sometimes no TOML at all, or in another
    encoding."""
    lines = []
    if chance.random() < 0.1:
        section = chance.choice(["llm", "transcriber", "turn", "voice"])
        return f"[{section}]\nmodel = {as_toml(chance.choice(TEXTS[1:]))}\n".encode()
    for section in chance.sample(sorted(SECTIONS), chance.randint(1, 3)):
        name = section if chance.random() < 0.95 else section + chance.choice(string.ascii_letters)
        lines.append(f"[{name}]")
        specs = fields(SECTIONS[section])
        for spec in chance.sample(specs, min(len(specs), chance.randint(1, 2))):
            key = spec.name if chance.random() < 0.9 else spec.name[:-1] + "x"
            value = chance.choice(VALUES)
            low, high = spec.metadata["low"], spec.metadata["high"]
            if low is not None and chance.random() < 0.7:
                value = chance.choice([low, high, int((low + high) / 2), low - 1])
            elif spec.metadata["choices"] and chance.random() < 0.7:
                value = chance.choice(spec.metadata["choices"])
            lines.append(f"{key} = {as_toml(value)}")
    content = ("\n".join(lines) + "\n").encode()
    kind = chance.random()
    if kind < 0.1:
        return content.decode().encode(chance.choice(["utf-16", "utf-8-sig", "utf-32"]))
    if kind < 0.2:
        at = chance.randrange(len(content))
        return content[:at] + chance.randbytes(3) + content[at:]
    return content.replace(b"\\\\", b"\\") if kind < 0.3 else content


def test_two_hundred_configurations(tmp_path: Path) -> None:
    path, seen = tmp_path / "config.toml", []
    for seed in range(200):
        path.write_bytes(drawn_config(random.Random(seed)))

        def look() -> None:
            config = load_config(path, must_exist=True)
            check_parts(config)

        try:
            seen.append(outcome(look, {EXIT_CONFIG, EXIT_MODEL}))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {path.read_bytes()!r}") from error
    assert {"ok", "E-CONFIG", "E-MODEL"} <= set(seen)
    assert seen.count("ok") >= 10


@pytest.mark.parametrize("place", PATHS)
def test_whatever_stands_for_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)  # some of them are relative, and are made
    section, key = place.split(".")
    for number, text in enumerate(TEXTS):

        def look(text: str = text) -> None:
            config = config_from_dict({section: {key: text}})
            check_parts(config)
            open_trace(config).close()
            services = make_services(config)
            services.documents.close()
            log_path(config.log.directory).exists()

        try:
            outcome(look, {EXIT_CONFIG, EXIT_MODEL})
        except Exception as error:
            raise AssertionError(f"text {number}: {text[:40]!r}") from error


def test_some_of_the_valid_ones_answer(tmp_path: Path) -> None:
    path, answered = tmp_path / "config.toml", 0
    for seed in range(200):
        path.write_bytes(drawn_config(random.Random(seed)))

        def look() -> None:
            nonlocal answered
            config = load_config(path, must_exist=True)
            conversation = make_conversation(config, None)
            turn = conversation.converse(
                "What is two plus two?", lambda: False, lambda name: None, 1
            )
            answered += "4" in turn.answer or "four" in turn.answer

        if answered >= 12:
            return
        try:
            outcome(look, {EXIT_CONFIG, EXIT_MODEL})
        except Exception as error:
            raise AssertionError(f"seed {seed}: {path.read_bytes()!r}") from error
    raise AssertionError(f"only {answered} answered")


# -- recordings ------------------------------------------------------------------------------------


def sound_files() -> list[bytes]:
    """The same second in several formats."""
    made = []
    for form, subtype in (
        ("WAV", "PCM_16"),
        ("WAV", "FLOAT"),
        ("WAV", "IMA_ADPCM"),
        ("WAVEX", "PCM_24"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("MP3", "MPEG_LAYER_III"),
        ("AIFF", "PCM_16"),
        ("AU", "PCM_16"),
        ("CAF", "PCM_16"),
    ):
        out = io.BytesIO()
        soundfile.write(out, TONE, 16_000, format=form, subtype=subtype)
        made.append(out.getvalue())
    return made


def damaged(content: bytes, chance: random.Random) -> bytes:
    size, kind = len(content), chance.randrange(6)
    at = chance.randrange(min(size, 200) if chance.random() < 0.7 else size)
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + bytes(min(8, size - at)) + content[at + 8 :]
    if kind == 2:
        return content[:at] + b"\xff" * min(8, size - at) + content[at + 8 :]
    if kind == 3:
        return content[at:]
    if kind == 4:
        return content[:at] + chance.randbytes(4) + content[at + 4 :]
    return content[: size // 2] + bytes(size - size // 2)


def test_sixty_odd_recordings(tmp_path: Path) -> None:
    files, seen, formats = sound_files(), [], (0, 1, 3, 6, 17, 85, 9999, 65534)
    for seed in range(60):
        chance = random.Random(seed)
        content = damaged(chance.choice(files), chance)
        if seed % 4 == 0:
            content = wav(
                rate=chance.choice([0, 1, 8000, 44_100, 768_000, 2**32 - 1]),
                channels=chance.choice([0, 1, 2, 7, 65_535]),
                tag=chance.choice(formats),
                bits=chance.choice([0, 1, 8, 16, 24, 32, 64, 65_535]),
                riff=chance.choice([0, 36, 2**32 - 1]),
                data=chance.choice([0, 1, 32_000, 2**31 - 1, 2**32 - 1]),
            )
        path = tmp_path / f"{seed}.{chance.choice(['wav', 'mp3', 'raw', 'flac', 'x'])}"
        path.write_bytes(content)

        def look(path: Path = path) -> None:
            assert read_recording(path).dtype == np.int16

        try:
            seen.append(outcome(look, {EXIT_INPUT}))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {content[:80]!r}") from error
    assert {"ok", "E-INPUT"} == set(seen)


# -- models and voices -----------------------------------------------------------------------------

DESCRIPTIONS: tuple[Any, ...] = (
    {},
    [],
    None,
    3,
    {"audio": {"sample_rate": 0}},
    {"audio": {"sample_rate": -5}},
    {"audio": {"sample_rate": "22050"}},
    {"audio": []},
    {"num_speakers": 900},
    {"num_speakers": -1},
    {"num_speakers": "one"},
    {"phoneme_type": "pinyin"},
    {"phoneme_type": "thai"},
    {"phoneme_type": "japanese"},
    {"phoneme_type": ["espeak"]},
    {"phoneme_type": "PhonemeType.ESPEAK"},
    {"phoneme_id_map": {}},
    {"phoneme_id_map": {"^": [1], "$": [2], "_": [0]}},
    {"phoneme_id_map": {"^": [1], "$": [2], "_": [0], "a": [10**9]}},
    {"phoneme_id_map": {"^": "1", "$": [2], "_": [0]}},
    {"espeak": {"voice": "xx-nowhere"}},
    {"espeak": {}},
    {"speaker_id_map": {"Anna": 7}},
    {"default_speaker_id": 3},
    {"vowel_clusters": "a"},
)


def test_odd_voices(tmp_path: Path) -> None:
    path = tmp_path / "own.onnx"
    write_tiny_voice(path)
    seen = []
    for number, changes in enumerate(DESCRIPTIONS):
        is_whole = changes in ({}, None, 3) or isinstance(changes, list)
        describe_tiny_voice(path, **({} if is_whole else changes))
        if is_whole:
            path.with_name("own.onnx.json").write_text(json.dumps(changes), encoding="utf-8")

        def look() -> None:
            voice = PiperVoice(path, VoiceConfig(model=str(path)), 1, tmp_path / "cache")
            voice.warm_up()
            assert sum(map(len, voice.synthesise("Good morning.", lambda: False)))

        try:
            seen.append(outcome(look, {EXIT_MODEL}))
        except Exception as error:
            raise AssertionError(f"description {number}: {changes}") from error
    assert seen.count("ok") == 1, "PhonemeType.ESPEAK is what some training scripts write"


def test_odd_models_that_hear(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    write_tiny_whisper(whole)

    def mels(directory: Path) -> None:
        (directory / "preprocessor_config.json").write_text('{"feature_size": 128}')

    def zeroed(name: str) -> Callable[[Path], object]:
        return lambda directory: (directory / name).write_bytes(
            bytes((directory / name).stat().st_size)
        )

    vocabulary = next(path.name for path in whole.iterdir() if path.stem == "vocabulary")
    changes: list[tuple[Callable[[Path], object], str]] = [
        (mels, "ok"),
        (zeroed(vocabulary), "E-MODEL"),
        (zeroed("model.bin"), "E-MODEL"),
        (zeroed("tokenizer.json"), "E-MODEL"),
        (zeroed("config.json"), "E-MODEL"),
        (lambda directory: shutil.rmtree(directory), "E-MODEL"),
    ]
    for number, (change, expected) in enumerate(changes):
        directory = Path(shutil.copytree(whole, tmp_path / str(number)))
        change(directory)

        def look(directory: Path = directory) -> None:
            config = TranscriberConfig(model=str(directory), device="cpu", threads=1)
            whisper = Whisper(directory, config)
            whisper.warm_up()

        assert outcome(look, {EXIT_MODEL}) == expected, number


@pytest.mark.parametrize("seed", range(12))
def test_odd_models_that_think(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    told = dict(SMALL_MODEL)
    for key in chance.sample(sorted(told), 2):
        told[key] = chance.choice(["", "x", 2**31 - 1, True, [1, 2], 0])
    path = write_gguf(tmp_path / "m.gguf", told, fill=chance.choice([b"\x5a", b"\0"]))
    content = path.read_bytes()
    if chance.random() < 0.5:
        path.write_bytes(damaged(content, chance))
    outcome(lambda: check_chat_model(path, LlmConfig(), 1 << 40), {EXIT_MODEL})


@pytest.mark.parametrize("name", BROKEN)
def test_odd_templates(name: str) -> None:
    source = TemplateSource(BROKEN[name][0], "the template")
    tokens = {"bos_token": "<bos>", "eos_token": "</s>"}
    assert outcome(lambda: ChatTemplate(source, tokens, {}, str), {EXIT_MODEL}) == "E-MODEL"
