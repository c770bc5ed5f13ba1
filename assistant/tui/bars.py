"""The arithmetic of the latency bars: scales, ticks and how many cells each stage gets.

Pure numbers and text; knows no colour and no widget.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def round_scale(longest_ms: float) -> float:
    """The round number of milliseconds that the full width stands for, at least `longest_ms`."""
    if longest_ms <= 100:
        return 100.0
    power = 10.0 ** math.floor(math.log10(longest_ms))
    return next(step * power for step in _STEPS if step * power >= longest_ms - 1e-9)


def cells(
    stages: Sequence[tuple[str, float]], scale_ms: float, width: int
) -> list[tuple[str, int]]:
    """(name, number of cells) per stage. Edges are rounded, not lengths, so that the bar's end is
    right to half a cell whatever the number of stages."""
    filled: list[tuple[str, int]] = []
    end_ms, last_edge = 0.0, 0
    for name, ms in stages:
        end_ms += max(ms, 0.0)
        edge = min(width, round(end_ms / scale_ms * width))
        if edge > last_edge:
            filled.append((name, edge - last_edge))
            last_edge = edge
    return filled


def format_ms(ms: float | None) -> str:
    """Whole milliseconds, or seconds from ten seconds on; a dash for None."""
    if ms is None:
        return "–"
    return f"{ms:.0f} ms" if ms < 9999.5 else f"{ms / 1000:.1f} s"


def axis(scale_ms: float, width: int) -> str:
    """A line of `width` cells with 0, the half and the whole of the scale at their places."""
    start, half, whole = "0", f"{scale_ms / 2:g}", f"{scale_ms:g} ms"
    middle = max(len(start) + 1, width // 2 - len(half) // 2)
    line = start.ljust(middle) + half
    return (line.ljust(width - len(whole)) + whole)[:width].ljust(width)
