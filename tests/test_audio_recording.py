"""Reading what people hand over: rates, channels, formats, and files that are no recordings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from assistant.audio.recording import read_recording, write_stereo
from assistant.errors import InputError
from assistant.messages import Int16Array


def tone(rate_hz: int, seconds: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """440 Hz at a quarter of full scale."""
    times = np.arange(round(rate_hz * seconds)) / rate_hz
    return (0.25 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def assert_is_the_tone(samples: Int16Array, tolerance: int = 40) -> None:
    """Without the ends, where a filter settles; `tolerance` of 8192."""
    expected = tone(16_000) * 32768
    assert samples.dtype == np.int16
    assert abs(samples.size - expected.size) <= 1
    middle = slice(1600, 14_400)
    assert np.abs(samples[middle] - expected[middle]).max() <= tolerance


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_any_rate_becomes_16_khz(tmp_path: Path, rate_hz: int) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(rate_hz), rate_hz)
    assert_is_the_tone(read_recording(path))


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_channels_are_averaged(tmp_path: Path, channels: int) -> None:
    path = tmp_path / "tone.wav"
    weights = np.linspace(0.5, 1.5, channels) if channels > 1 else np.ones(1)
    soundfile.write(path, tone(16_000)[:, None] * weights, 16_000)
    assert_is_the_tone(read_recording(path))


@pytest.mark.parametrize(
    ("suffix", "subtype", "tolerance"),
    [
        ("wav", "PCM_U8", 300),
        ("wav", "PCM_24", 40),
        ("wav", "FLOAT", 40),
        ("flac", "PCM_16", 40),
        ("aiff", "PCM_16", 40),
        ("ogg", "VORBIS", 800),
        ("mp3", "MPEG_LAYER_III", 800),
    ],
)
def test_any_common_format_is_read(
    tmp_path: Path, suffix: str, subtype: str, tolerance: int
) -> None:
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(16_000), 16_000, subtype=subtype)
    samples = read_recording(path)
    assert_is_the_tone(samples[:16_000], tolerance)


@pytest.mark.parametrize(("suffix", "codec"), [("m4a", "aac"), ("webm", "libopus")])
def test_what_libsndfile_does_not_know_is_read_by_ffmpeg(
    tmp_path: Path, suffix: str, codec: str
) -> None:
    path = tmp_path / f"tone.{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48_000, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        block = np.repeat(tone(48_000)[None, :], 2, axis=0)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    samples = read_recording(path)
    assert 16_000 <= samples.size <= 17_600
    spectrum = np.abs(np.fft.rfft(samples[1600:14_400].astype(np.float64)))
    assert round(int(spectrum.argmax()) * 16_000 / 12_800) == pytest.approx(440, abs=2)
    assert np.abs(samples[1600:14_400]).max() == pytest.approx(8192, rel=0.1)


def test_16_khz_mono_int16_comes_through_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "every.wav"
    every = np.arange(-32768, 32768).astype(np.int16)
    soundfile.write(path, every, 16_000, subtype="PCM_16")
    assert np.array_equal(read_recording(path), every)


def write_nan(path: Path) -> None:
    soundfile.write(path, np.full(100, np.nan, np.float32), 16_000, subtype="FLOAT")


@pytest.mark.parametrize(
    ("name", "make", "found"),
    [
        ("absent.wav", lambda path: None, "there is no file"),
        ("directory", Path.mkdir, "is a directory"),
        ("empty.wav", Path.touch, "is empty"),
        ("text.wav", lambda path: path.write_text("hello " * 99), "not a recording"),
        ("no_sound.wav", lambda p: soundfile.write(p, np.zeros(0), 16_000), "holds no sound"),
        ("nan.wav", write_nan, "not numbers"),
    ],
)
def test_what_is_no_recording_is_told_apart(
    tmp_path: Path, name: str, make: Callable[[Path], object], found: str
) -> None:
    path = tmp_path / name
    make(path)
    with pytest.raises(InputError, match=found) as raised:
        read_recording(path)
    assert str(path) in raised.value.what
    assert raised.value.next_step


def test_stereo_is_written_whole_and_the_shorter_side_filled_up(tmp_path: Path) -> None:
    left, right = np.arange(100, dtype=np.int16), np.arange(50, dtype=np.int16)
    path = tmp_path / "both.wav"
    write_stereo(path, left, right)
    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == 16_000
    assert np.array_equal(samples[:, 0], left)
    assert np.array_equal(samples[:50, 1], right)
    assert not samples[50:, 1].any()
    assert list(tmp_path.iterdir()) == [path]


def test_a_recording_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    nothing = np.zeros(0, np.int16)
    with pytest.raises(InputError, match="cannot write"):
        write_stereo(tmp_path / "absent" / "both.wav", nothing, nothing)
