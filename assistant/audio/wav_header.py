"""The header of a WAV file: sizes that a program could not fill in are mended, others refused.

Who writes into a pipe does not know how long a recording gets, and leaves 0 or 0xFFFFFFFF. Layout:
RIFF, Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991). Pure
but for reading.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

LOWEST_HZ, HIGHEST_HZ = 1_000, 768_000
"""What a recording's rate may be: a little more on both sides than anybody uses."""

_HEAD_BYTES = 65_536
_UNKNOWN_SIZES = (0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000)
_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_BITS = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64)}


class WavFault(ValueError):
    """What is wrong with the header, in words for a person."""


def mended(source: Path | io.BytesIO) -> bytes | None:
    """All of a WAV file with the sizes that it has; None when nothing is wrong, or it is none.

    `WavFault` when its header says what cannot be, `OSError` when it cannot be read.
    """
    head, size = _head(source)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    at = 12
    while at + 8 <= len(head):
        name, length = head[at : at + 4], struct.unpack_from("<I", head, at + 4)[0]
        if name == b"fmt ":
            _check_format(head[at + 8 : at + 8 + length])
        if name == b"data":
            there = size - at - 8
            if length in _UNKNOWN_SIZES and there > 0:
                return _with_sizes(source, at + 4, there)
            return None
        at += 8 + length + length % 2
    return None


def _head(source: Path | io.BytesIO) -> tuple[bytes, int]:
    """The first bytes, and how many there are in all."""
    if isinstance(source, io.BytesIO):
        whole = source.getbuffer()
        return bytes(whole[:_HEAD_BYTES]), len(whole)
    with source.open("rb") as file:
        return file.read(_HEAD_BYTES), source.stat().st_size


def _check_format(body: bytes) -> None:
    if len(body) < 16:
        raise WavFault("its format is cut short")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = struct.unpack_from("<H", body, 24)[0]
    if channels == 0:
        raise WavFault("it has no channel")
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise WavFault(f"it claims {rate_hz} samples a second, needed {LOWEST_HZ} to {HIGHEST_HZ}")
    if tag in _BITS and bits not in _BITS[tag]:
        raise WavFault(f"it has {bits} bits a sample")


def _with_sizes(source: Path | io.BytesIO, at: int, there: int) -> bytes:
    """The whole file; `at` is where the size of its sound stands."""
    whole = bytearray(source.getvalue() if isinstance(source, io.BytesIO) else source.read_bytes())
    struct.pack_into("<I", whole, at, min(there, 0xFFFFFFFE))
    struct.pack_into("<I", whole, 4, min(len(whole) - 8, 0xFFFFFFFE))
    return bytes(whole)
