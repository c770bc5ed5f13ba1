"""SmartTurn's input and its judgement."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.errors import ModelError
from assistant.messages import Float32Array, Int16Array
from assistant.turn.smart_turn import HEARD_SAMPLES, SmartTurn, whisper_log_mel

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
MODEL = ROOT / "models" / "smart-turn-v3.2" / "smart-turn-v3.2-cpu.onnx"
needs_model = pytest.mark.skipif(not MODEL.is_file(), reason="no SmartTurn model (make models)")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings in ../shared/data")


def babble(count: int, seed: int = 0) -> Int16Array:
    """Noise that swells and fades like syllables: int16[count]."""
    noise = np.random.default_rng(seed).normal(0.0, 2000.0, count)
    return (noise * np.sin(np.arange(count) / 1500.0) ** 2).astype(np.int16)


class Recorder:
    """Stands in for the network and keeps what it was given."""

    features: Float32Array

    def run(self, _: None, fed: dict[str, Float32Array]) -> list[Float32Array]:
        (self.features,) = fed.values()
        return [np.array([[0.25]], np.float32)]


@pytest.mark.parametrize("count", [16_000, 48_123, HEARD_SAMPLES])
def test_the_spectrogram_is_that_of_whisper(count: int) -> None:
    from faster_whisper.feature_extractor import FeatureExtractor

    sound = babble(count).astype(np.float32) / 32768.0
    theirs = FeatureExtractor()(sound, padding=0)
    ours = whisper_log_mel(sound)
    assert ours.dtype == np.float32
    assert ours.shape == (80, count // 160)
    assert np.abs(ours - theirs[:, : count // 160]).max() < 1e-4


@needs_model
@pytest.mark.models
@pytest.mark.parametrize("count", [8_000, 40_000, HEARD_SAMPLES, HEARD_SAMPLES + 30_000])
def test_the_network_gets_the_last_8_s_padded_left_and_normalised_after(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, recorder = SmartTurn(MODEL, 1), Recorder()
    monkeypatch.setattr(judge, "_session", recorder)
    sound = babble(count)
    assert judge.completeness(sound) == 0.25
    expected = np.zeros(HEARD_SAMPLES)
    heard = sound[-HEARD_SAMPLES:] / 32768.0
    expected[HEARD_SAMPLES - len(heard) :] = heard
    expected = (expected - expected.mean()) / np.sqrt(expected.var() + 1e-7)
    assert recorder.features.shape == (1, 80, 800)
    wanted = whisper_log_mel(expected.astype(np.float32))
    assert np.abs(recorder.features[0] - wanted).max() < 1e-4


@needs_model
@pytest.mark.models
def test_no_sound_at_all_is_judged_without_failing() -> None:
    assert 0.0 <= SmartTurn(MODEL, 1).completeness(np.zeros(0, np.int16)) <= 1.0


@needs_model
@needs_data
@pytest.mark.models
@pytest.mark.data
def test_a_whole_question_is_complete_and_half_a_sentence_is_not() -> None:
    judge = SmartTurn(MODEL, 1)
    whole, _ = soundfile.read(DATA / "questions" / "turn_002.flac", dtype="int16")
    begun, _ = soundfile.read(DATA / "questions" / "turn_008.flac", dtype="int16")
    assert judge.completeness(whole) > 0.9
    assert judge.completeness(begun[: int(2.6 * 16_000)]) < 0.2


def test_a_missing_model_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        SmartTurn(tmp_path / "none.onnx", 1)
    assert "none.onnx" in caught.value.what
    assert 'endpointing = "timer"' in caught.value.next_step


def test_a_damaged_model_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    with pytest.raises(ModelError, match="does not load"):
        SmartTurn(broken, 1)
