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


class U16(int):
    """A number that is written in two bytes."""


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
    entries = {key: _text(key) + _value(value) for key, value in metadata.items()}
    path.write_bytes(_head(entries, infos, len(tensors)) + data)
    return path


def with_metadata(source: Path, target: Path, changes: Mapping[str, Any]) -> Path:
    """A copy of the model `source` with other metadata; None takes an entry away."""
    with source.open("rb") as file, target.open("wb") as out:
        entries, infos, start = _parts(file)
        for key, value in changes.items():
            entries.pop(key, None)
            if value is not None:
                entries[key] = _text(key) + _value(value)
        out.write(_head(entries, b"".join(info for _, info in infos), len(infos)))
        file.seek(start)
        shutil.copyfileobj(file, out, 1 << 22)
    return target


def split_model(source: Path, directory: Path, count: int) -> list[Path]:
    """The model `source` in `count` files, as llama.cpp's gguf-split leaves them."""
    made = []
    with source.open("rb") as file:
        entries, infos, start = _parts(file)
        ends = [offset for offset, _ in infos[1:]] + [source.stat().st_size - start]
        for number in range(count):
            told = {"split.no": U16(number), "split.count": U16(count)}
            added = {key: _text(key) + _value(value) for key, value in told.items()}
            key = "split.tensors.count"
            added[key] = _text(key) + struct.pack("<Ii", 5, len(infos))
            first, last = number * len(infos) // count, (number + 1) * len(infos) // count
            base = infos[first][0]
            own = b"".join(
                info[:-8] + struct.pack("<Q", at - base) for at, info in infos[first:last]
            )
            made.append(directory / f"{source.stem}-{number + 1:05d}-of-{count:05d}.gguf")
            with made[-1].open("wb") as out:
                out.write(_head({**(entries if number == 0 else {}), **added}, own, last - first))
                file.seek(start + base)
                out.write(file.read(ends[last - 1] - base))
    return made


def _parts(file: BinaryIO) -> tuple[dict[str, bytes], list[tuple[int, bytes]], int]:
    """Of an open file: its entries as they are written, each tensor's offset and entry in the table
    (in the order of the data), and where the data begin."""
    _, _, tensor_count, entry_count = struct.unpack("<4sIQQ", file.read(24))
    entries, infos = {}, []
    for _ in range(entry_count):
        start = file.tell()
        key = _read_text(file).decode()
        _skip_value(file, *struct.unpack("<I", file.read(4)))
        entries[key] = _between(file, start)
    for _ in range(tensor_count):
        start = file.tell()
        _read_text(file)
        (dimensions,) = struct.unpack("<I", file.read(4))
        file.seek(8 * dimensions + 12, 1)
        info = _between(file, start)
        infos.append((struct.unpack("<Q", info[-8:])[0], info))
    return entries, sorted(infos), file.tell() + -file.tell() % _ALIGNMENT


def _between(file: BinaryIO, start: int) -> bytes:
    """What lies between `start` and where the file is read next, which stays the same."""
    end = file.tell()
    file.seek(start)
    return file.read(end - start)


def _head(entries: Mapping[str, bytes], infos: bytes, tensor_count: int) -> bytes:
    head = struct.pack("<4sIQQ", b"GGUF", 3, tensor_count, len(entries))
    head += b"".join(entries.values()) + infos
    return head + bytes(-len(head) % _ALIGNMENT)


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, U16):
        return struct.pack("<IH", 2, value)
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
