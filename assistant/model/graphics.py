"""What graphics cards llama.cpp found, and how much memory they have.

llama-cpp-python does not pass this on, so ggml's own functions are called (ggml-backend.h). Knows
cards by what this build of llama.cpp can use: a card that it was not built for is not there. The
first call may take a second, as the driver starts. Any thread.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

_CARD, _SHARED_CARD = 1, 2
"""GGML_BACKEND_DEVICE_TYPE_GPU and …_IGPU, which takes of the machine's memory."""


@dataclass(frozen=True, slots=True)
class CardMemory:
    """Bytes of all cards together; 0 of 0 where there is none or the driver does not say."""

    free: int
    total: int


def card_memory() -> CardMemory:
    """The memory of the cards that llama.cpp spreads a model over."""
    from llama_cpp._ggml import libggml

    return _sum_of(_devices(libggml, _CARD) or _devices(libggml, _SHARED_CARD)[:1])


def _sum_of(sizes: list[tuple[int, int]]) -> CardMemory:
    return CardMemory(sum(free for free, _ in sizes), sum(total for _, total in sizes))


def _devices(lib: Any, kind: int) -> list[tuple[int, int]]:
    """Free and total bytes of each device of a kind."""
    lib.ggml_backend_dev_count.restype = ctypes.c_size_t
    lib.ggml_backend_dev_get.argtypes = [ctypes.c_size_t]
    lib.ggml_backend_dev_get.restype = ctypes.c_void_p
    lib.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    lib.ggml_backend_dev_type.restype = ctypes.c_int
    size = ctypes.POINTER(ctypes.c_size_t)
    lib.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, size, size]
    lib.ggml_backend_dev_memory.restype = None
    found = []
    for number in range(lib.ggml_backend_dev_count()):
        device = lib.ggml_backend_dev_get(number)
        if lib.ggml_backend_dev_type(device) == kind:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            lib.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            found.append((free.value, total.value))
    return found
