"""A person's own Piper voice speaks, or says why not: on real, small graphs."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.assemble.loading import load_voice
from assistant.audio.resample import resample_whole
from assistant.config import VoiceConfig, config_from_dict
from assistant.errors import ModelError
from assistant.messages import Float32Array
from assistant.voice.piper_voice import PiperVoice, voice_identity
from assistant.voice.prepared import PreparedReplies
from assistant.voice.voice_graph import ChunkedGraph
from tests.tiny_voice import RATES_HZ, Quality, describe_tiny_voice, hop_of, write_tiny_voice

NAMES = {"Anna": 0, "Bert": 1, "2": 0, "Carla": 2}


def own(directory: Path, *, speakers: int = 1, **changes: Any) -> Path:
    """A sound voice, but for `changes` of its description."""
    path = directory / "own.onnx"
    write_tiny_voice(path, speakers=speakers)
    if speakers > 1:
        changes = {"num_speakers": speakers, "speaker_id_map": NAMES} | changes
    describe_tiny_voice(path, **changes)
    return path


def config_of(path: Path, **values: Any) -> VoiceConfig:
    return VoiceConfig(model=str(path), noise_scale=0.0, noise_w_scale=0.0, **values)


def load(path: Path, cache: Path | None = None, **values: Any) -> PiperVoice:
    voice = PiperVoice(path, config_of(path, **values), 1, cache)
    voice.warm_up()
    return voice


def spoken(voice: PiperVoice) -> Float32Array:
    return np.concatenate(list(voice.synthesise("Good morning to all of you.", lambda: False)))


def refused(path: Path, **values: Any) -> ModelError:
    """The error of the voice, which is also that of whoever looks for its prepared sounds, as far
    as it lies in the description."""
    with pytest.raises(ModelError) as caught:
        load(path, **values)
    assert caught.value.next_step
    return caught.value


def refused_twice(path: Path, **values: Any) -> ModelError:
    error = refused(path, **values)
    with pytest.raises(ModelError) as caught:
        voice_identity(path, config_of(path, **values))
    assert str(caught.value) == str(error)
    return error


# -- speakers ----------------------------------------------------------------------------------


def test_each_speaker_has_a_voice_and_an_identity(tmp_path: Path) -> None:
    path = own(tmp_path, speakers=3)
    sounds = {name: spoken(load(path, tmp_path / "c", speaker=name)) for name in NAMES}
    assert not np.array_equal(sounds["Anna"], sounds["Bert"])
    assert not np.array_equal(sounds["Bert"], sounds["Carla"])
    np.testing.assert_array_equal(sounds["2"], sounds["Anna"])
    identities = [voice_identity(path, config_of(path, speaker=str(n)))[0] for n in (0, 1)]
    identities.append(voice_identity(path, config_of(path, speaker="Carla"))[0])
    assert len(set(identities)) == 3
    assert voice_identity(path, config_of(path))[0] == identities[0]


@pytest.mark.parametrize(
    ("asked", "same_as"),
    [("", "Anna"), ("bert", "Bert"), (" Bert ", "Bert"), ("1", "Bert"), ("0", "Anna")],
)
def test_a_speaker_is_named_or_numbered(tmp_path: Path, asked: str, same_as: str) -> None:
    path = own(tmp_path, speakers=3)
    named = spoken(load(path, tmp_path / "c", speaker=same_as))
    np.testing.assert_array_equal(spoken(load(path, tmp_path / "c", speaker=asked)), named)


def test_the_voice_says_who_speaks_when_nobody_is_named(tmp_path: Path) -> None:
    path = own(tmp_path, speakers=3, default_speaker_id=1)
    carla = spoken(load(path, speaker="Bert"))
    np.testing.assert_array_equal(spoken(load(path)), carla)


def test_all_speakers_are_equally_loud_and_share_the_parts(tmp_path: Path) -> None:
    path = own(tmp_path, speakers=3)
    peaks = {}
    for name in ("Anna", "Bert", "Anna"):
        voice = load(path, tmp_path / "cache", speaker=name)
        assert isinstance(voice.graph, ChunkedGraph), voice.whole_because
        peaks[name] = voice.graph.peak
        uncached = load(path, speaker=name).graph.peak
        assert voice.graph.peak == pytest.approx(uncached, rel=1e-4)
    assert peaks["Anna"] != peaks["Bert"]
    (parts,) = (tmp_path / "cache").iterdir()
    assert json.loads((parts / "parts.json").read_text())["peaks"].keys() == {"0", "1"}
    assert sorted(file.name for file in parts.iterdir()) == [
        "decoder.onnx", "flow.onnx", "parts.json", "text.onnx",
    ]  # fmt: skip


def test_an_unknown_speaker_is_told_who_there_is(tmp_path: Path) -> None:
    path = own(tmp_path, speakers=3)
    error = refused_twice(path, speaker="Karla")
    assert "no speaker 'Karla' among its 3" in error.what
    assert "Carla" in error.next_step
    assert "a number from 0 to 2" in error.next_step
    assert "Anna, Bert" in refused_twice(path, speaker="7").next_step
    describe_tiny_voice(path, num_speakers=3)
    assert refused_twice(path, speaker="Anna").next_step.endswith("to a number from 0 to 2")


def test_a_voice_of_one_speaker_is_asked_for_nobody(tmp_path: Path) -> None:
    path = own(tmp_path)
    assert "has one speaker" in refused_twice(path, speaker="Anna").what
    assert len(spoken(load(path, speaker="0")))


def test_prepared_sounds_are_those_of_the_speaker(tmp_path: Path) -> None:
    path, text = own(tmp_path, speakers=3), "Hello."
    found = {}
    for name in ("Anna", "Bert"):
        identity, rate_hz = voice_identity(path, config_of(path, speaker=name))
        prepared = PreparedReplies(tmp_path / "replies", identity, rate_hz, resample_whole)
        assert prepared.missing([text]) == [text]
        prepared.prepare([text], load(path, speaker=name), lambda done, total: None)
        found[name] = prepared.sound(text, rate_hz)
    assert found["Anna"] is not None
    assert found["Bert"] is not None
    assert not np.array_equal(found["Anna"], found["Bert"])


# -- description and graph ---------------------------------------------------------------------


@pytest.mark.parametrize("quality", ["low", "medium", "high"])
@pytest.mark.parametrize("speakers", [1, 3])
def test_voices_of_all_qualities_are_streamed(
    tmp_path: Path, quality: Quality, speakers: int
) -> None:
    path = tmp_path / "own.onnx"
    write_tiny_voice(path, speakers=speakers, quality=quality)
    rate_hz = RATES_HZ[quality]
    describe_tiny_voice(path, audio={"sample_rate": rate_hz}, num_speakers=speakers)
    voice = load(path, tmp_path / "cache")
    assert isinstance(voice.graph, ChunkedGraph), voice.whole_because
    assert voice.graph.hop == hop_of(quality)
    assert voice.rate_hz == rate_hz
    assert voice_identity(path, config_of(path))[1] == rate_hz
    assert 0.2 < np.abs(spoken(voice)).max() <= 1


def test_an_older_description_is_enough(tmp_path: Path) -> None:
    path = own(tmp_path, num_speakers=None, num_symbols=None, speaker_id_map=None)
    assert len(spoken(load(path)))


def test_espeak_may_be_written_as_some_training_scripts_do(tmp_path: Path) -> None:
    assert len(spoken(load(own(tmp_path, phoneme_type="PhonemeType.ESPEAK"))))
    assert len(spoken(load(own(tmp_path, phoneme_type="text", espeak=None))))


WRONG = [
    ({"audio": {"sample_rate": 0}}, "audio.sample_rate is 0, needed 8000 to 48000 Hz"),
    ({"audio": {"sample_rate": -5}}, "audio.sample_rate is -5"),
    ({"audio": {"sample_rate": True}}, "audio.sample_rate is True"),
    ({"audio": {"sample_rate": "22050"}}, "audio.sample_rate is '22050'"),
    ({"audio": []}, "it has no audio"),
    ({"audio": None}, "it has no audio"),
    ({"espeak": None}, "it has no espeak"),
    ({"espeak": {"voice": 3}}, "espeak.voice is 3"),
    ({"phoneme_id_map": {}}, "phoneme_id_map has no ^ $ _"),
    ({"phoneme_id_map": None}, "it has no phoneme_id_map"),
    ({"phoneme_id_map": {"^": [1], "$": [2], "_": 0}}, "no numbers for '_'"),
    ({"phoneme_id_map": {"^": [1], "$": [2], "_": [0], "a": []}}, "no numbers for 'a'"),
    ({"phoneme_type": "pinyin"}, "phoneme_type is 'pinyin'"),
    ({"phoneme_type": "thai"}, "phoneme_type is 'thai'"),
    ({"phoneme_type": "japanese"}, "phoneme_type is 'japanese'"),
    ({"phoneme_type": "hebrew"}, "phoneme_type is 'hebrew'"),
    ({"phoneme_type": 7}, "phoneme_type is 7"),
    ({"num_speakers": "two"}, "num_speakers is 'two'"),
    ({"speaker_id_map": [1]}, "speaker_id_map is no table"),
    ({"speaker_id_map": {"Anna": 4}}, "gives 'Anna' the number 4"),
    ({"default_speaker_id": 4}, "default_speaker_id is 4"),
    ({"vowel_clusters": [1]}, "vowel_clusters is no list"),
]


@pytest.mark.parametrize(("changes", "what"), WRONG)
def test_what_is_wrong_in_a_description_is_named(
    tmp_path: Path, changes: dict[str, Any], what: str
) -> None:
    error = refused_twice(own(tmp_path, **changes))
    assert what in error.what
    assert "own.onnx.json" in error.what
    assert "voice.model" in error.next_step


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"{}", "it has no audio"),
        (b"[]", "does not hold an object"),
        (b"null", "does not hold an object"),
        (b"", "is damaged"),
        (bytes(500), "is damaged"),
        (b"\xff\xfe{", "is damaged"),
        (None, "no Piper voice file"),
    ],
)
def test_a_description_that_is_none_is_refused(
    tmp_path: Path, content: bytes | None, what: str
) -> None:
    path = own(tmp_path)
    described = tmp_path / "own.onnx.json"
    described.unlink()
    if content is not None:
        described.write_bytes(content)
    error = refused_twice(path)
    assert what in error.what
    assert "own.onnx.json" in error.what


@pytest.mark.parametrize("cached", [False, True])
def test_a_graph_with_other_speakers_than_described_is_refused(
    tmp_path: Path, cached: bool
) -> None:
    cache = tmp_path / "cache" if cached else None
    path = own(tmp_path)
    load(path, cache)
    describe_tiny_voice(path, num_speakers=900)
    with pytest.raises(ModelError, match=r"speaks of 900 speakers and own\.onnx has one"):
        load(path, cache)
    path = own(tmp_path, speakers=3)
    load(path, cache)
    describe_tiny_voice(path)
    with pytest.raises(ModelError, match=r"speaks of one speaker and own\.onnx has several"):
        load(path, cache)
    describe_tiny_voice(path, num_speakers=900)
    load(path, cache, speaker="2")
    for _ in range(2):  # what was not heard is not remembered
        with pytest.raises(ModelError, match=r"does not load as speaker 899"):
            load(path, cache, speaker="899")


def test_a_voice_that_lacks_the_sounds_of_english_says_so(tmp_path: Path) -> None:
    few = {"_": [0], "^": [1], "$": [2], "l": [3], "щ": [4]}
    error = refused(own(tmp_path, phoneme_id_map=few))
    assert "phonemes of an English sentence" in error.what
    assert "speaks English" in error.next_step


def test_an_espeak_voice_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert "no voice 'xx-no'" in refused(own(tmp_path, espeak={"voice": "xx-no"})).what


def test_a_graph_that_gives_no_sound_is_refused(tmp_path: Path) -> None:
    path = own(tmp_path)
    write_tiny_voice(path, oddity="no sound")
    assert "gives no sound" in refused(path).what


def test_a_graph_of_another_kind_says_what_it_takes(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    path = own(tmp_path)
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Identity", ["pixels"], ["output"])],
        "other",
        [value("pixels", TensorProto.FLOAT, [1])],
        [value("output", TensorProto.FLOAT, [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    assert "is no Piper voice: it takes pixels" in refused(path).what


@pytest.mark.parametrize("content", [b"", b"not a graph", bytes(4000)])
def test_a_graph_that_is_none_does_not_load(tmp_path: Path, content: bytes) -> None:
    path = own(tmp_path)
    path.write_bytes(content)
    assert "own.onnx does not load" in refused(path).what


def test_a_directory_is_no_voice(tmp_path: Path) -> None:
    assert "name the .onnx file" in refused_twice(tmp_path).next_step


def test_the_voice_of_the_profile_is_fetched_again(tmp_path: Path) -> None:
    path = own(tmp_path, audio=[])
    with pytest.raises(ModelError) as caught:
        PiperVoice(path, dataclasses.replace(config_of(path), model=""), 1)
    assert "make models" in caught.value.next_step


@pytest.mark.parametrize(
    ("changes", "speaker"), [({"audio": {"sample_rate": -5}}, ""), ({"num_speakers": 900}, "")]
)
def test_the_doctor_says_the_same_as_the_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], speaker: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = own(tmp_path, **changes)
    settings = {"model": str(path), "speaker": speaker}
    with pytest.raises(ModelError) as caught:
        load_voice(config_from_dict({"voice": dict(settings)}))
    done = probe(tmp_path, settings)
    assert done.returncode == 4
    assert done.stdout.strip() == str(caught.value)
    assert "Traceback" not in done.stderr


def test_the_doctor_has_a_sound_voice_speak(tmp_path: Path) -> None:
    done = probe(tmp_path, {"model": str(own(tmp_path, speakers=3)), "speaker": "Bert"})
    assert done.returncode == 0, done.stdout
    assert "at 22050 Hz" in done.stdout


def probe(directory: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    config = directory / "config.toml"
    config.write_text("[voice]\n" + "".join(f"{k} = {v!r}\n" for k, v in settings.items()))
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli.probe", "voice", str(config)],
        env={**os.environ, "XDG_CACHE_HOME": str(directory / "cache")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
