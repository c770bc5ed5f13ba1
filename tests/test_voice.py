"""The starter voice as a stream: its pieces are the whole clause, without a seam."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from assistant.assemble.loading import load_voice
from assistant.assemble.roles import model_path
from assistant.audio.resample import PlaybackResampler, resample_whole
from assistant.config import Config, VoiceConfig
from assistant.engine.mouth import Resampler
from assistant.errors import ModelError
from assistant.folders import cache_directory
from assistant.messages import Float32Array
from assistant.voice.piper_voice import PiperVoice
from assistant.voice.trimming import SilenceTrimmer, first_audible
from assistant.voice.voice_graph import ChunkedGraph, Sessions, Speech
from assistant.voice.voice_parts import TOLERANCE

pytestmark = pytest.mark.models

TEXTS = [
    "Sure.",
    "Hi there, how can I help?",
    "The weather in the north of the country will be quite cold tomorrow, with some rain in the "
    "late afternoon.",
]


def starter() -> Path:
    try:
        return model_path(Config(), "voice")
    except ModelError as error:
        pytest.skip(f"the starter models are not there: {error.what}")


@pytest.fixture(scope="module")
def calm() -> PiperVoice:
    """The voice without noise, with its parts where the program keeps them."""
    starter()
    settings = dataclasses.replace(Config().voice, noise_scale=0.0, noise_w_scale=0.0)
    return load_voice(dataclasses.replace(Config(), voice=settings))


def graph_of(voice: PiperVoice) -> ChunkedGraph:
    assert isinstance(voice.graph, ChunkedGraph), voice.whole_because
    return voice.graph


def whole_clause(voice: PiperVoice, text: str) -> Float32Array:
    """What the uncut graph makes of one sentence, trimmed in one piece."""
    import piper

    session = Sessions(2, ["CPUExecutionProvider"]).open(starter())
    made = piper.PiperVoice.load(starter())
    (phonemes,) = made.phonemize(text)
    ids = made.phonemes_to_ids(phonemes)
    feed = {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array([0, 1, 0], np.float32),
    }
    sound = session.run(None, feed)[0].reshape(-1)
    trimmer = SilenceTrimmer(voice.rate_hz)
    loud = np.clip(sound * (0.85 / voice.graph.peak), -1.0, 1.0)
    return np.concatenate([trimmer.push(loud), trimmer.finish()])


@pytest.mark.parametrize("text", TEXTS)
def test_the_pieces_joined_are_the_whole_clause(calm: PiperVoice, text: str) -> None:
    pieces = list(calm.synthesise(text, lambda: False))
    expected = whole_clause(calm, text)
    assert len(pieces) > 1
    assert all(piece.dtype == np.float32 and len(piece) for piece in pieces)
    np.testing.assert_allclose(np.concatenate(pieces), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("frames", [7, 16, 60])
def test_with_noise_chunks_of_the_same_latents_are_the_whole(calm: PiperVoice, frames: int) -> None:
    lively = PiperVoice(starter(), VoiceConfig(), 2, cache_directory() / "voices")
    graph = graph_of(lively)
    latents, sides = latents_of(lively, TEXTS[1])
    whole = Speech(graph, latents, sides).decode(latents.shape[2])
    speech, pieces = Speech(graph, latents, sides), []
    while not speech.is_over:
        pieces.append(speech.decode(frames))
    assert len(pieces) > 1
    np.testing.assert_allclose(np.concatenate(pieces), whole, rtol=0, atol=TOLERANCE)
    again, _ = latents_of(lively, TEXTS[1])
    assert again.shape != latents.shape or np.abs(again - latents).max() > 0.1


def latents_of(voice: PiperVoice, text: str) -> tuple[Float32Array, dict[str, Float32Array]]:
    (ids,) = voice.sentences(text)
    speech = voice.begin(ids)
    assert isinstance(speech, Speech)
    return speech.latents, speech.sides


def test_the_first_piece_is_short_whatever_follows_and_begins_with_sound(calm: PiperVoice) -> None:
    lengths = []
    for text in TEXTS:
        first = next(calm.synthesise(text, lambda: False))
        lengths.append(len(first) / calm.rate_hz)
        start = first_audible(first)
        assert start is not None
        assert start <= 0.0041 * calm.rate_hz
    assert max(lengths) < 0.2


def test_no_piece_is_longer_than_what_was_given_before_it(calm: PiperVoice) -> None:
    hop = graph_of(calm).hop
    given = 0
    for number, piece in enumerate(calm.synthesise(TEXTS[2], lambda: False)):
        if number:
            assert len(piece) <= 1.6 * max(given, 16 * hop)
        given += len(piece)


def test_it_asks_between_two_chunks_whether_to_stop(calm: PiperVoice) -> None:
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    stopped = list(calm.synthesise(TEXTS[2], should_stop))
    everything = sum(len(piece) for piece in calm.synthesise(TEXTS[2], lambda: False))
    assert len(stopped) <= 2
    assert 0 < sum(map(len, stopped)) < everything / 4


@pytest.mark.parametrize("to_hz", [48_000, 44_100, 16_000])
def test_resampled_while_it_comes_it_has_no_seam(calm: PiperVoice, to_hz: int) -> None:
    pieces = list(calm.synthesise(TEXTS[1], lambda: False))
    resampler: Resampler = PlaybackResampler(calm.rate_hz, to_hz)
    resampled = [resampler.push(piece) for piece in pieces]
    assert len(resampled[0]) > 0.05 * to_hz
    joined = np.concatenate([*resampled, resampler.finish()])
    whole = resample_whole(np.concatenate(pieces), calm.rate_hz, to_hz)
    np.testing.assert_allclose(joined, whole, rtol=0, atol=1e-6)


def test_several_sentences_of_one_clause_all_sound(calm: PiperVoice) -> None:
    both = sum(len(piece) for piece in calm.synthesise("Sure. Hello there.", lambda: False))
    one = sum(len(piece) for piece in calm.synthesise("Sure.", lambda: False))
    assert both > 1.5 * one
    assert list(calm.synthesise("", lambda: False)) == []


def test_a_voice_that_is_not_one_says_so(tmp_path: Path) -> None:
    source = starter()
    (tmp_path / "v.onnx").write_bytes(b"not a graph")
    settings = source.with_name(source.name + ".json").read_bytes()
    (tmp_path / "v.onnx.json").write_bytes(settings)
    with pytest.raises(ModelError, match=r"v\.onnx does not load"):
        PiperVoice(tmp_path / "v.onnx", VoiceConfig(), 1, tmp_path / "cache")
