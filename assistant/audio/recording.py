"""Recordings on disk: any common audio file in, a stereo WAV file out.

Knows files and nothing of devices or time. Called by whichever thread sets a session up or ends it.
"""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import soundfile

from assistant.audio.resample import resample_whole, to_int16
from assistant.errors import InputError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

_KNOWN = "use WAV, FLAC, Ogg, MP3, M4A or WebM"


def read_recording(path: Path | str) -> Int16Array:
    """The sound of a file as int16[n] mono at 16 kHz: any rate, channel count and common format.

    Channels are averaged. libsndfile reads it, or FFmpeg (PyAV) what that does not know.
    `InputError` when the file is absent, a directory, unreadable, not audio or empty.
    """
    path = Path(path)
    _check_readable(path)
    try:
        samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        mono = np.asarray(samples.mean(axis=1), dtype=np.float32)
    except soundfile.LibsndfileError:
        mono, rate_hz = _read_with_ffmpeg(path)
    if mono.size == 0:
        raise InputError(f"{path} holds no sound", "check that the recording was finished")
    if not np.isfinite(mono).all():
        raise InputError(f"{path} holds values that are not numbers", "export the recording again")
    return to_int16(resample_whole(mono, rate_hz, SAMPLE_RATE_HZ))


def write_stereo(path: Path | str, left: Int16Array, right: Int16Array) -> None:
    """Two int16[n] channels at 16 kHz as a WAV file, which appears whole or not at all.

    The shorter channel is filled up with silence. `InputError` when it cannot be written.
    """
    path = Path(path)
    stereo = np.zeros((max(left.size, right.size), 2), np.int16)
    stereo[: left.size, 0] = left
    stereo[: right.size, 1] = right
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        soundfile.write(unfinished, stereo, SAMPLE_RATE_HZ, subtype="PCM_16", format="WAV")
        unfinished.replace(path)
    except (OSError, soundfile.SoundFileError) as error:
        raise InputError(f"cannot write {path}: {error}", "choose another place") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _check_readable(path: Path) -> None:
    """Tell an absent, an unreadable and an empty file apart before any decoder sees it."""
    if path.is_dir():
        raise InputError(f"{path} is a directory", "name one recording in it")
    try:
        with path.open("rb") as file:
            is_empty = not file.read(1)
    except FileNotFoundError as error:
        raise InputError(f"there is no file {path}", "check the spelling") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", "check its rights") from error
    if is_empty:
        raise InputError(f"{path} is empty (0 bytes)", "check that the recording was finished")


def _read_with_ffmpeg(path: Path) -> tuple[Float32Array, int]:
    """float32[n] mono at the file's own rate and that rate in Hz."""
    blocks: list[Float32Array] = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise InputError(f"{path} has no sound in it", _KNOWN)
            rate_hz = container.streams.audio[0].rate
            as_float = av.AudioResampler(format="fltp")  # to mono it would sum, not average
            for frame in (*container.decode(audio=0), None):
                blocks += [part.to_ndarray().mean(axis=0) for part in as_float.resample(frame)]
    except (av.FFmpegError, ValueError) as error:
        raise InputError(f"{path} is not a recording that can be read: {error}", _KNOWN) from error
    mono = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
    return mono, rate_hz
