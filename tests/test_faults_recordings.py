"""Odd recordings: streams, headers nobody filled in, claims that cannot be, and where they go."""

from __future__ import annotations

import io
import os
import resource
import stat
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.recording import read_recording, write_stereo
from assistant.audio.written import check_writable
from assistant.errors import InputError
from assistant.messages import Int16Array
from tests.full_disk import full_beyond

TONE = (8000 * np.sin(np.arange(16_000) * 0.1)).astype(np.int16)


def wav(
    samples: Int16Array = TONE,
    *,
    rate: int = 16_000,
    channels: int = 1,
    tag: int = 1,
    bits: int = 16,
    riff: int | None = None,
    data: int | None = None,
) -> bytes:
    """A WAV file whose header says whatever is wanted."""
    body = samples.astype("<i2").tobytes()
    form = struct.pack(
        "<HHIIHH", tag, channels, rate, min(rate * channels * bits // 8, 2**32 - 1), 2, bits
    )
    sizes = (len(body) + 36 if riff is None else riff, len(body) if data is None else data)
    head = b"RIFF" + struct.pack("<I", sizes[0]) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", sizes[1]) + body


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_sizes_that_were_never_filled_in_are_mended(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(riff=size, data=size))
    assert np.array_equal(read_recording(path), TONE)
    path.write_bytes(wav(data=size))
    assert np.array_equal(read_recording(path), TONE)


def test_a_pipe_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    threading.Thread(target=fifo.write_bytes, args=(wav(data=0),), daemon=True).start()
    assert np.array_equal(read_recording(fifo), TONE)
    source, sink = os.pipe()
    threading.Thread(target=lambda: os.fdopen(sink, "wb").write(wav()), daemon=True).start()
    assert np.array_equal(read_recording(f"/dev/fd/{source}"), TONE)
    os.close(source)
    flac = io.BytesIO()
    soundfile.write(flac, TONE, 16_000, format="FLAC")
    for content in (wav(), flac.getvalue()):
        stdin = io.TextIOWrapper(io.BytesIO(content))
        monkeypatch.setattr("sys.stdin", stdin)
        assert np.array_equal(read_recording("-"), TONE)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(InputError, match=r"standard input is empty"):
        read_recording("-")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (wav(bits=0), "0 bits a sample"),
        (wav(bits=13), "13 bits a sample"),
        (wav(tag=9999), "not a recording that can be read"),
        (wav(channels=0), "no channel"),
        (wav(rate=0), "claims 0 samples a second"),
        (wav(rate=1), "claims 1 samples a second"),
        (wav(rate=4_000_000_000), "claims 4000000000 samples a second"),
        (TONE.tobytes(), "not a recording that can be read"),
        (b"RIFF\0\0\0\0WAVE", "not a recording that can be read"),
        (b"RIFF", "not a recording that can be read"),
        (wav(TONE[:0]), "holds no sound"),
        (wav()[:44], "holds no sound"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_a_recording_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=said) as caught:
        read_recording(path)
    assert caught.value.next_step
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes"


def test_raw_samples_are_told_how_to_get_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(np.random.default_rng(7).bytes(32_000))
    with pytest.raises(InputError) as caught:
        read_recording(path)
    assert "sox -t raw" in caught.value.next_step


def test_a_pair_that_cancels_itself_out_is_heard(tmp_path: Path) -> None:
    pair = np.stack([TONE, -TONE], axis=1)
    for name in ("a.wav", "a.flac"):
        soundfile.write(tmp_path / name, pair, 16_000)
        assert np.array_equal(np.abs(read_recording(tmp_path / name)), np.abs(TONE))
    soundfile.write(tmp_path / "same.wav", np.stack([TONE, TONE], axis=1), 16_000)
    assert np.array_equal(read_recording(tmp_path / "same.wav"), TONE)


def test_a_constant_offset_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, TONE // 2 - np.int16(9830), 16_000)
    heard = read_recording(path)
    assert abs(float(heard.mean())) < 1.0
    assert np.abs(heard).max() < 4200


# -- where recordings go ---------------------------------------------------------------------------


def test_a_recording_is_for_its_owner(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_stereo(tmp_path / "a.wav", TONE, TONE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.wav").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"earlier")
    with full_beyond(), pytest.raises(InputError, match="cannot write"):
        write_stereo(path, TONE, TONE)
    assert path.read_bytes() == b"earlier"
    assert [one.name for one in tmp_path.iterdir()] == ["a.wav"]


def test_a_device_is_written_into_and_never_replaced(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    for path in (Path("/dev/null"), link):
        check_writable(path)
        write_stereo(path, TONE, TONE)
    with pytest.raises(InputError, match="No space left"):
        write_stereo("/dev/full", TONE, TONE)
    for device in ("/dev/null", "/dev/full"):
        assert stat.S_ISCHR(os.stat(device).st_mode)
    assert link.is_symlink()


def test_a_pipe_gets_the_recording(tmp_path: Path) -> None:
    fifo, got = tmp_path / "fifo", []
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    write_stereo(fifo, TONE, TONE)
    reader.join(10)
    assert got[0][:4] == b"RIFF"
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.wav").write_bytes(b"")
    (tmp_path / "a.wav").symlink_to(tmp_path / "real.wav")
    write_stereo(tmp_path / "a.wav", TONE, TONE)
    assert (tmp_path / "a.wav").is_symlink()
    assert (tmp_path / "real.wav").read_bytes()[:4] == b"RIFF"


@pytest.mark.parametrize("place", ["none/a.wav", "file/a.wav", "", "/proc/nope/a.wav"])
def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        check_writable(tmp_path / place if place else tmp_path)
    assert caught.value.next_step
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
