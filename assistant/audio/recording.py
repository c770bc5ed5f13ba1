"""Recordings on disk: any common audio file in, a stereo WAV file out.

Knows files and nothing of devices or time. Called by whichever thread sets a session up or ends it.
"""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
import soundfile

from assistant.audio.channels import Mixdown
from assistant.audio.resample import resample_whole, to_int16
from assistant.audio.wav_header import HIGHEST_HZ, LOWEST_HZ, WavFault, mended
from assistant.audio.written import write_whole
from assistant.errors import InputError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

_KNOWN = "use WAV, FLAC, Ogg, MP3, M4A or WebM"
_RAW = (
    f"{_KNOWN}; raw samples need a header first, as by: sox -t raw -r 16000 -e signed -b 16 -c 1 "
    "FILE new.wav"
)
_LONGEST_S = 4 * 3600
_MOST_PIPED = 1_000_000_000
_BLOCK_FRAMES = 1 << 20
_LEAST_OFFSET = 0.01


def read_recording(path: Path | str) -> Int16Array:
    """The sound of a file as int16[n] mono at 16 kHz: any rate, channel count and common format;
    `-` is standard input, and what is no regular file is read to its end first.

    Channels are averaged, but of a pair that cancels itself out, or of which one is dead, one is
    taken (`Mixdown`); a constant offset is taken out. libsndfile reads it, or FFmpeg (PyAV) what
    that does not know. A WAV header whose sizes were never filled in is mended. `InputError` when
    the file is absent, a directory, unreadable, not audio, empty, or longer than four hours.
    """
    path = Path(path)
    name = "standard input" if str(path) == "-" else str(path)
    source: Path | io.BytesIO = path
    if (content := _streamed(path, name)) is not None:
        source = io.BytesIO(content)
    source = _mended(source, name)
    try:
        with soundfile.SoundFile(source) as file:
            _check_length(name, file.samplerate, file.frames)
            rate_hz, mono = file.samplerate, _mono(file)
    except (soundfile.LibsndfileError, TypeError):  # the latter for a name that ends in .raw
        mono, rate_hz = _read_with_ffmpeg(source, name)
    if mono.size == 0:
        raise InputError(f"{name} holds no sound", "check that the recording was finished")
    if not np.isfinite(mono).all():
        raise InputError(f"{name} holds values that are not numbers", "export the recording again")
    _check_length(name, rate_hz, mono.size)
    offset = mono.mean(dtype=np.float64)
    if abs(offset) > _LEAST_OFFSET:
        mono = mono - np.float32(offset)
    return to_int16(resample_whole(mono, rate_hz, SAMPLE_RATE_HZ))


def write_stereo(path: Path | str, left: Int16Array, right: Int16Array) -> None:
    """Two int16[n] channels at 16 kHz as a WAV file (mode 0600), which appears whole or not at all;
    a device or a pipe is written into.

    The shorter channel is filled up with silence. `InputError` when it cannot be written.
    """
    stereo = np.zeros((max(left.size, right.size), 2), np.int16)
    stereo[: left.size, 0] = left
    stereo[: right.size, 1] = right
    made = io.BytesIO()
    soundfile.write(made, stereo, SAMPLE_RATE_HZ, subtype="PCM_16", format="WAV")
    write_whole(Path(path), made.getvalue())


def _streamed(path: Path, name: str) -> bytes | None:
    """All that comes out of standard input, a pipe or a device; None for a regular file, which is
    checked instead: absent, unreadable and empty are told apart before any decoder sees it."""
    if str(path) == "-":
        return _whole(sys.stdin.buffer, name)
    if path.is_dir():
        raise InputError(f"{path} is a directory", "name one recording in it")
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(path.stat().st_mode):
                return _whole(file, name)
            is_empty = not file.read(1)
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}", "check the spelling") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check its rights") from error
    if is_empty:
        raise _empty(name)
    return None


def _whole(file: BinaryIO, name: str) -> bytes:
    try:
        content = file.read(_MOST_PIPED + 1)
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}", _KNOWN) from error
    if not content:
        raise _empty(name)
    if len(content) > _MOST_PIPED:
        raise InputError(f"{name} is longer than 1 GB", "take a part of it, as a file")
    return content


def _empty(name: str) -> InputError:
    return InputError(f"{name} is empty (0 bytes)", "check that the recording was finished")


def _mended(source: Path | io.BytesIO, name: str) -> Path | io.BytesIO:
    """`source`, or all of it in memory with a WAV header that says what is there."""
    try:
        found = mended(source)
    except WavFault as fault:
        raise InputError(f"{name} is not a recording that can be read: {fault}", _KNOWN) from fault
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}", "check its rights") from error
    return source if found is None else io.BytesIO(found)


def _check_length(name: str, rate_hz: int, frames: int) -> None:
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise InputError(
            f"{name} claims {rate_hz} samples a second, needed {LOWEST_HZ} to {HIGHEST_HZ}",
            "export the recording again",
        )
    if frames > _LONGEST_S * rate_hz:
        raise InputError(f"{name} is longer than four hours", "cut it into parts")


def _mono(file: soundfile.SoundFile) -> Float32Array:
    """float32[n] of all channels together."""
    mixdown = Mixdown(file.samplerate)
    read = file.blocks(_BLOCK_FRAMES, dtype="float32", always_2d=True)
    blocks = [mixdown.push(block) for block in read]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _read_with_ffmpeg(source: Path | io.BytesIO, name: str) -> tuple[Float32Array, int]:
    """float32[n] mono at the file's own rate and that rate in Hz."""
    blocks: list[Float32Array] = []
    frames = 0
    try:
        if isinstance(source, io.BytesIO):
            source.seek(0)
        with av.open(str(source) if isinstance(source, Path) else source, "r") as container:
            if not container.streams.audio:
                raise InputError(f"{name} has no sound in it", _RAW)
            rate_hz = getattr(container.streams.audio[0], "rate", None)
            if rate_hz is None:  # a format that FFmpeg has no decoder for
                raise InputError(
                    f"{name} is not a recording that can be read: it has a format "
                    "that nobody knows",
                    _RAW,
                )
            _check_length(name, rate_hz, frames)
            mixdown = Mixdown(rate_hz)
            as_float = av.AudioResampler(format="fltp")  # to mono it would sum, not average
            for frame in (*container.decode(audio=0), None):
                parts: list[Float32Array] = [
                    np.asarray(part.to_ndarray().T, np.float32) for part in as_float.resample(frame)
                ]
                blocks += map(mixdown.push, parts)
                frames += sum(len(part) for part in parts)
                _check_length(name, rate_hz, frames)
    except (av.FFmpegError, ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{name} is not a recording that can be read: {error}", _RAW) from error
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32), rate_hz
