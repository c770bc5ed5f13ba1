"""The speech detectors, on made sounds and on recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.gain import MOST_DB, QUIET_DB, WANTED_DB, QuietGain
from assistant.audio.vad import PairedDetector, SileroDetector, WebRtcDetector, make_detector
from assistant.config import VadConfig
from assistant.errors import ModelError
from assistant.messages import FRAME_SAMPLES, Int16Array

DATA = Path(__file__).parents[1].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings in ../shared/data")
SILENCE = np.zeros(16_000, np.int16)


def decisions(
    detector: WebRtcDetector | SileroDetector | PairedDetector, sound: Int16Array
) -> list[bool]:
    """The decision for each whole frame of `sound`."""
    whole = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES]
    return [detector.is_speech(frame) for frame in whole.reshape(-1, FRAME_SAMPLES)]


def recording(name: str) -> Int16Array:
    sound, rate_hz = soundfile.read(DATA / name, dtype="int16")
    assert rate_hz == 16_000
    return np.asarray(sound, np.int16)


class CountingSilero(SileroDetector):
    """Silero that counts the frames it was given."""

    heard = 0

    def is_speech(self, samples: Int16Array) -> bool:
        self.heard += 1
        return super().is_speech(samples)


@pytest.mark.parametrize("kind", ["webrtc", "silero", "paired"])
def test_digital_silence_is_not_speech(kind: str) -> None:
    detector = make_detector(VadConfig(detector=kind))
    decisions(detector, SILENCE)  # WebRTC's detector calls the first frames of all speech
    assert not any(decisions(detector, SILENCE))


@needs_data
@pytest.mark.data
@pytest.mark.parametrize(("kind", "least"), [("webrtc", 0.98), ("silero", 0.9), ("paired", 0.9)])
def test_a_sentence_is_speech_and_the_second_before_it_is_not(kind: str, least: float) -> None:
    sound = np.concatenate((SILENCE, recording("questions/turn_001.flac")[int(0.7 * 16_000) :]))
    found = decisions(make_detector(VadConfig(detector=kind)), sound)
    assert np.mean(found[int(1.1 * 50) : int(2.6 * 50)]) >= least
    assert not any(found[10:45])


@needs_data
@pytest.mark.data
@pytest.mark.parametrize("kind", ["silero", "paired"])
def test_typing_is_not_speech(kind: str) -> None:
    keys = sorted((DATA / "noise").glob("*typing*")) or sorted((DATA / "noise").glob("*key*"))
    assert keys
    detector = make_detector(VadConfig(detector=kind))
    assert not any(any(decisions(detector, recording(f"noise/{key.name}"))) for key in keys[:3])


@needs_data
@pytest.mark.data
def test_reset_forgets_all_earlier_frames() -> None:
    sound = recording("questions/turn_002.flac")
    for kind in ("webrtc", "silero", "paired"):
        detector = make_detector(VadConfig(detector=kind))
        first = decisions(detector, sound)
        detector.reset()
        assert decisions(detector, sound) == first


def test_the_judge_sleeps_while_the_opener_is_quiet() -> None:
    judge = CountingSilero(0.5, 0.35)
    paired = PairedDetector(WebRtcDetector(3), judge)
    decisions(paired, SILENCE)  # the opener settles
    judge.heard = 0
    decisions(paired, SILENCE)
    assert judge.heard == 0
    assert not paired.is_awake


@needs_data
@pytest.mark.data
def test_the_judge_hears_the_past_when_it_wakes_and_decides_as_if_never_asleep() -> None:
    sound = np.concatenate((SILENCE, SILENCE, recording("questions/turn_001.flac")))
    alone = decisions(SileroDetector(0.5, 0.35), sound)
    paired = decisions(PairedDetector(WebRtcDetector(3), SileroDetector(0.5, 0.35)), sound)
    assert any(alone)
    assert abs(alone.index(True) - paired.index(True)) <= 2
    assert np.mean(np.array(alone) == np.array(paired)) > 0.97


def test_hysteresis_holds_speech_between_the_two_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = SileroDetector(0.5, 0.35)
    scores = iter([0.4, 0.6, 0.4, 0.36, 0.3, 0.4])

    class Scripted:
        def run(self, _: None, fed: dict[str, np.ndarray]) -> list[np.ndarray]:
            assert fed["input"].shape == (1, 576)
            return [np.array([[next(scores)]], np.float32), fed["h"], fed["c"]]

    monkeypatch.setattr(detector, "_session", Scripted())
    window = np.zeros(512, np.int16)
    found = [detector.is_speech(window) for _ in range(6)]
    assert found == [False, True, True, True, False, False]


def test_a_damaged_file_is_an_error_with_a_next_step(tmp_path: Path) -> None:
    broken = tmp_path / "silero.onnx"
    broken.write_bytes(b"no network")
    with pytest.raises(ModelError) as caught:
        SileroDetector(0.5, 0.35, broken)
    assert str(broken) in caught.value.what
    assert 'detector = "webrtc"' in caught.value.next_step


def frame_at(level_db: float) -> Int16Array:
    """20 ms of a tone with its level in dB below full scale."""
    times = np.arange(FRAME_SAMPLES)
    height = 32768 * np.sqrt(2) * 10 ** (level_db / 20)
    return np.rint(height * np.sin(2 * np.pi * times / 40)).astype(np.int16)


def gain_after(*levels_db: float) -> float:
    gain = QuietGain()
    for level_db in levels_db:
        gain.follow(frame_at(level_db))
    return 20 * float(np.log10(gain.factor))


def test_a_quiet_microphone_is_turned_up_after_300_ms_of_speech() -> None:
    assert gain_after(*[-50.0] * 14) == 0.0
    assert gain_after(*[-50.0] * 15) == pytest.approx(WANTED_DB + 50, abs=0.2)
    assert gain_after(*[-70.0] * 15) == pytest.approx(MOST_DB)


def test_a_microphone_that_is_loud_enough_is_left_as_it_is() -> None:
    assert gain_after(*[QUIET_DB + 1] * 100) == 0.0
    assert gain_after(*[-60.0] * 14, -30.0, *[-60.0] * 100) == 0.0, "one loud frame says it"
    assert gain_after(*[-60.0] * 15, -30.0) == 0.0


def test_a_loud_word_is_forgotten_by_a_decibel_a_second() -> None:
    assert gain_after(-30.0, *[-50.0] * 490) == 0.0
    assert gain_after(-30.0, *[-50.0] * 510) > 10.0


def test_how_sure_the_detectors_are_of_silence() -> None:
    for kind in ("webrtc", "silero", "paired"):
        detector = make_detector(VadConfig(detector=kind))
        decisions(detector, SILENCE)
        assert detector.score < 0.1, kind


@needs_data
@pytest.mark.data
def test_how_sure_the_detectors_are_of_a_sentence() -> None:
    sound = recording("questions/turn_001.flac")[int(0.7 * 16_000) : int(2.2 * 16_000)]
    for kind, least, most in (("webrtc", 0.7, 0.76), ("silero", 0.9, 1.0), ("paired", 0.9, 1.0)):
        detector = make_detector(VadConfig(detector=kind))
        scores = []
        for frame in sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(
            -1, FRAME_SAMPLES
        ):
            detector.is_speech(frame)
            scores.append(detector.score)
        assert least <= float(np.median(scores)) <= most, kind
