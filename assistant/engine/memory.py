"""Gives memory that the stages have freed back to the operating system, and spares what is loaded
from garbage collections.

glibc keeps what the native libraries free, in heaps that threads share, and holes of ever new
sizes make these heaps grow although nothing more is in use. Knows no stage; any thread may call.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from functools import cache


def give_back_freed() -> None:
    """Return the free pages between the blocks in use: 0.5 to 3.5 ms, and 2 to 3 ms again for the
    stage that needs pages next. Not while somebody waits.

    Does nothing where the C library is not glibc; how other allocators behave was not measured.
    Source: malloc_trim(3).
    """
    trim = malloc_trim()
    if trim is not None:
        trim(0)


def keep_what_is_loaded() -> None:
    """Leave what is there now out of every later garbage collection: it lives as long as the
    program.

    A full collection over the text layer's objects alone (67,000) holds every thread for 10 to
    20 ms, while somebody may wait. Call once, when all is loaded. Source: `gc.freeze` in Python's
    library reference.
    """
    gc.collect()
    gc.freeze()


@cache
def malloc_trim() -> Callable[[int], int] | None:
    """The C library's own function; None where it has none."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):  # no such library (Windows), or not in it (macOS)
        return None
    trim.argtypes = (ctypes.c_size_t,)
    found: Callable[[int], int] = trim
    return found
