"""GGUF files for tests: small ones made up, and real ones whose metadata is changed.

Writes and reads the format by itself, without the program's reader.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

F32, Q8_0 = 0, 8
_ALIGNMENT = 32
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}

SMALL_MODEL: dict[str, Any] = {
    "general.architecture": "llama",
    "llama.context_length": 2048,
    "llama.embedding_length": 64,
    "llama.block_count": 2,
    "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2,
}
MATRIX = ("blk.0.ffn_up.weight", (64, 640), Q8_0)


def write_gguf(
    path: Path,
    metadata: Mapping[str, Any],
    tensors: Sequence[tuple[str, tuple[int, ...], int]] = (MATRIX,),
    fill: bytes = b"\x5a",
) -> Path:
    """A GGUF file with `metadata` and tensors (name, shape, kind) full of the byte `fill`."""
    infos, data = b"", b""
    for name, shape, kind in tensors:
        weights = 1
        for length in shape:
            weights *= length
        infos += _text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
        infos += struct.pack("<IQ", kind, len(data))
        data += fill * (weights * 4 if kind == F32 else weights // 32 * 34)
        data += bytes(-len(data) % _ALIGNMENT)
    entries = b"".join(_text(key) + _value(value) for key, value in metadata.items())
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)) + entries + infos
    path.write_bytes(head + bytes(-len(head) % _ALIGNMENT) + data)
    return path


def with_metadata(source: Path, target: Path, changes: Mapping[str, Any]) -> Path:
    """A copy of the model `source` with other metadata; None takes an entry away."""
    with source.open("rb") as file, target.open("wb") as out:
        _, version, tensor_count, entry_count = struct.unpack("<4sIQQ", file.read(24))
        entries = {}
        for _ in range(entry_count):
            start = file.tell()
            key = _read_text(file).decode()
            _skip_value(file, *struct.unpack("<I", file.read(4)))
            end = file.tell()
            file.seek(start)
            entries[key] = file.read(end - start)
        start = file.tell()
        for _ in range(tensor_count):
            _read_text(file)
            (dimensions,) = struct.unpack("<I", file.read(4))
            file.seek(8 * dimensions + 12, 1)
        end = file.tell()
        file.seek(start)
        infos = file.read(end - start)
        file.seek(end + -end % _ALIGNMENT)
        for key, value in changes.items():
            entries.pop(key, None)
            if value is not None:
                entries[key] = _text(key) + _value(value)
        head = struct.pack("<4sIQQ", b"GGUF", version, tensor_count, len(entries))
        head += b"".join(entries.values()) + infos
        out.write(head + bytes(-len(head) % _ALIGNMENT))
        shutil.copyfileobj(file, out, 1 << 22)
    return target


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value[0], int):
        return struct.pack(f"<IIQ{len(value)}I", 9, 4, len(value), *value)
    return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(_text, value))


def _read_text(file: BinaryIO) -> bytes:
    return file.read(*struct.unpack("<Q", file.read(8)))


def _skip_value(file: BinaryIO, kind: int) -> None:
    if kind == 8:
        _read_text(file)
    elif kind == 9:
        inner, count = struct.unpack("<IQ", file.read(12))
        for _ in range(count):
            _skip_value(file, inner)
    else:
        file.seek(_SIZES[kind], 1)
