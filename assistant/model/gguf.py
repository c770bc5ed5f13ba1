"""The header of a GGUF file: what a model says of itself, read without loading it.

Reads metadata and the table of tensors (GGUF versions 2 and 3, little-endian) with the standard
library, so that a file can be judged in milliseconds. Knows the format and no model; judging is
`gguf_check`'s. Any thread may call it.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_LONGEST_KEPT_ARRAY = 4096
_MOST_DIMENSIONS = 4
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"}
_SCALARS[12] = "d"
_LOAD_AGAIN = "fetch the file again, or set llm.model to another GGUF file"

_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 36), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210),
    15: (256, 292), 16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18),
    21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
    40: (64, 36), 41: (128, 18), 42: (64, 18),
}  # fmt: skip
"""Kind of tensor to the weights in a block and the bytes of one; a kind that is not here is newer
than this table, and its tensors are taken to be empty."""

_FOREIGN = (
    (b"version https://git-lfs", "it is a pointer of Git LFS, not the file itself", "git lfs pull"),
    (b"<!doctype html", "it is a web page", ""),
    (b"<html", "it is a web page", ""),
    (b"PK\x03\x04", "it is a zip or PyTorch file", ""),
    (b"\x80\x02", "it is a pickle of PyTorch", ""),
    (b"ggjt", "it is in the GGML format that came before GGUF", ""),
    (b"lmgg", "it is in the GGML format that came before GGUF", ""),
)


@dataclass(frozen=True, slots=True)
class Tensor:
    """`start` is the byte in the file where its data begin, `size` how many bytes they are (0 when
    the kind is unknown), `kind` llama.cpp's number for the way its weights are written."""

    name: str
    shape: tuple[int, ...]
    kind: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """`metadata` holds scalars, texts and arrays of up to 4096 numbers; of a longer array, and of
    one of texts, the number of elements. `data_start` is where the tensors' data begin."""

    path: Path
    metadata: dict[str, Any]
    tensors: list[Tensor]
    data_start: int
    file_bytes: int

    @property
    def architecture(self) -> str:
        """The family of the model, such as `llama`; empty when the file does not say."""
        return str(self.metadata.get("general.architecture", ""))

    def of_model(self, key: str) -> Any:
        """The value of `key` under the name of the architecture; None when absent."""
        return self.metadata.get(f"{self.architecture}.{key}")

    @property
    def data_end(self) -> int:
        """The byte after the last tensor: how long the file has to be."""
        return max((tensor.start + tensor.size for tensor in self.tensors), default=self.data_start)


def damaged(path: Path, why: str, next_step: str = _LOAD_AGAIN) -> ModelError:
    """The error for a file that cannot be loaded; `why` is a sentence without a full stop."""
    return ModelError(f"{path.name} does not load: {why}", next_step or _LOAD_AGAIN)


def read_header(path: Path) -> GgufHeader:
    """The header of the GGUF file `path`; `ModelError` when it is none, cut short or cannot be
    read."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise damaged(path, "it is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(path, data).header()
    except OSError as error:
        raise damaged(path, str(error.strerror or error), "check llm.model") from error


class _Reader:
    """Reads forward through the bytes of one file."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self._path = path
        self._data = data
        self._size = len(data)
        self._at = 0

    def header(self) -> GgufHeader:
        if self._data[: len(_MAGIC)] != _MAGIC:
            raise self._foreign(self._data[:64])
        self._at = len(_MAGIC)
        version = self._number("I")
        if version not in _VERSIONS:
            swapped = int.from_bytes(version.to_bytes(4, "little"), "big")
            why = "is for big-endian machines" if swapped in _VERSIONS else f"has version {version}"
            raise damaged(self._path, f"this GGUF file {why}; versions 2 and 3 are read")
        tensor_count, entry_count = self._number("Q"), self._number("Q")
        metadata: dict[str, Any] = {}
        for _ in range(self._plausible(entry_count, 13)):
            key = self._text()
            metadata[key] = self._value(self._number("I"))
        found = [self._tensor() for _ in range(self._plausible(tensor_count, 24))]
        alignment = metadata.get("general.alignment", 32)
        if type(alignment) is not int or alignment <= 0:
            raise self._nonsense()
        data_start = -(-self._at // alignment) * alignment
        tensors = [Tensor(n, s, k, data_start + at, size) for n, s, k, at, size in found]
        return GgufHeader(self._path, metadata, tensors, data_start, self._size)

    def _value(self, kind: int, depth: int = 0) -> Any:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY and depth < 2:
            return self._array(depth)
        if kind in _SCALARS:
            return self._number(_SCALARS[kind])
        raise self._nonsense()

    def _array(self, depth: int) -> list[Any] | int:
        kind, count = self._number("I"), self._number("Q")
        if kind in _SCALARS:
            code = _SCALARS[kind]
            data = self._read(self._plausible(count, struct.calcsize(code)) * struct.calcsize(code))
            return list(struct.unpack(f"<{count}{code}", data)) if self._is_short(count) else count
        if kind == _STRING:
            self._skip_texts(self._plausible(count, 8))
            return int(count)
        for _ in range(self._plausible(count, 4)):
            self._value(kind, depth + 1)
        return int(count)

    def _skip_texts(self, count: int) -> None:
        at, data, length = self._at, self._data, struct.Struct("<Q").unpack_from
        try:
            for _ in range(count):
                at += 8 + length(data, at)[0]
        except (struct.error, OverflowError):
            raise self._cut() from None
        if at > self._size:
            raise self._cut()
        self._at = at

    def _tensor(self) -> tuple[str, tuple[int, ...], int, int, int]:
        name = self._text()
        dimensions = self._number("I")
        if dimensions > _MOST_DIMENSIONS:
            raise self._nonsense()
        shape = tuple(self._number("Q") for _ in range(dimensions))
        kind, offset = self._number("I"), self._number("Q")
        weights = 1
        for length in shape:
            weights *= length
        per_block, block_bytes = _BLOCKS.get(kind, (1, 0))
        return name, shape, kind, offset, weights // per_block * block_bytes

    def _number(self, code: str) -> Any:
        return struct.unpack(f"<{code}", self._read(struct.calcsize(code)))[0]

    def _text(self) -> str:
        return self._read(self._number("Q")).decode("utf-8", errors="replace")

    def _read(self, count: int) -> bytes:
        if count > self._size - self._at:
            raise self._cut()
        self._at += count
        return self._data[self._at - count : self._at]

    def _cut(self) -> ModelError:
        return damaged(
            self._path, f"it is cut short or damaged in its header ({self._size:,} bytes)"
        )

    def _plausible(self, count: int, least_bytes: int) -> int:
        """`count` of things that take so many bytes at least; an error if the file has no room."""
        if count * least_bytes > self._size:
            raise self._nonsense()
        return count

    @staticmethod
    def _is_short(count: int) -> bool:
        return count <= _LONGEST_KEPT_ARRAY

    def _nonsense(self) -> ModelError:
        return damaged(self._path, "its header makes no sense, so the file is damaged")

    def _foreign(self, start: bytes) -> ModelError:
        if not start.strip(b"\0"):
            return damaged(self._path, "it begins with zeros")
        for beginning, what, step in _FOREIGN:
            if start.lower().startswith(beginning.lower()):
                return damaged(self._path, what, step)
        if start[8:9] == b"{":
            what = "it is a safetensors file"
            return damaged(self._path, what, "convert it to GGUF, or set llm.model to a GGUF file")
        return damaged(self._path, "it is not a GGUF file", "set llm.model to a GGUF file")
