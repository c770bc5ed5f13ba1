"""The picture of a run: where each arm's time goes, and how its latencies are spread. SVG as text.

One file without scripts, fonts or references, readable on a light and on a dark page. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from assistant.bench.figures import Summary, percentile
from assistant.engine.answer import STAGES

_WIDTH = 900
_LEFT = 190
_RIGHT = 30
_PLOT = _WIDTH - _LEFT - _RIGHT
_BAR = 26
_BAR_STEP = 42
_CURVES_HEIGHT = 240
_STAGE_COLOURS = {
    "pause": "#8d99ae",
    "transcript": "#3a86c8",
    "route": "#6a4c93",
    "first token": "#c77d3b",
    "first clause": "#e0b13c",
    "voice": "#4d9b63",
    "decision": "#c8553d",
    "sound": "#2a9d8f",
}
_ARM_COLOURS = ("#2a9d8f", "#c8553d", "#8d6cab", "#c99a2e")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#24292f}.small{font-size:11px}"
    ".title{font-size:15px;font-weight:600}.grid{stroke:#8883;stroke-width:1}"
    ".page{fill:#ffffff}.curve{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}}"
)
_STEPS_MS = (50, 100, 200, 250, 500, 1000, 2000, 5000)


def picture(summaries: Mapping[str, Summary], caption: str) -> str:
    """The SVG of `summaries`; `caption` says what was measured where and when."""
    shown = [one for one in summaries.values() if one.latency.count]
    bars = _bars(shown)
    waterfall_top = 84
    curves_top = waterfall_top + len(bars) * _BAR_STEP + 90
    height = curves_top + _CURVES_HEIGHT + 76
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        "<title>From the end of speech to the first sound</title>",
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{height}"/>',
        _text(
            20,
            28,
            "Where the time goes: medians of the stages, end of speech to first sound",
            "title",
        ),
        _legend(20, 52),
        *_waterfall(bars, waterfall_top),
        _text(20, curves_top - 28, "Share of turns answered within …", "title"),
        *_curves(shown, curves_top),
        _text(20, height - 14, caption, "small"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(x: float, y: float) -> str:
    marks = []
    for name in STAGES:
        marks.append(_rect(x, y - 10, 11, 11, _STAGE_COLOURS[name]))
        marks.append(_text(x + 16, y, name, "small"))
        x += 36 + 6.6 * len(name)
    return "".join(marks)


def _bars(shown: Sequence[Summary]) -> list[tuple[str, Mapping[str, float]]]:
    """Names and stages: an arm with several sources of answers has a bar for each of them."""
    bars: list[tuple[str, Mapping[str, float]]] = []
    for one in shown:
        if len(one.stages_by_source) > 1:
            bars += [(f"{one.arm}, {name}", ms) for name, ms in one.stages_by_source.items()]
        else:
            bars.append((one.arm, one.stages))
    return bars


def _waterfall(bars: Sequence[tuple[str, Mapping[str, float]]], top: float) -> list[str]:
    """The stages of each bar one after the other."""
    scale_ms = _round_up(max((sum(stages.values()) for _, stages in bars), default=0.0))
    bottom = top + len(bars) * _BAR_STEP
    parts = _grid(scale_ms, top - 6, bottom - 6)
    for number, (title, stages) in enumerate(bars):
        y = top + number * _BAR_STEP
        parts.append(_text(_LEFT - 10, y + 18, title, anchor="end"))
        x = float(_LEFT)
        for name, ms in stages.items():
            width = ms / scale_ms * _PLOT
            label = f"{title}, {name}: {ms:.0f} ms"
            parts.append(_rect(x, y, width, _BAR, _STAGE_COLOURS[name], label))
            x += width
        parts.append(_text(min(x + 6, _WIDTH - 64), y + 18, f"{sum(stages.values()):.0f} ms"))
    return parts


def _curves(shown: Sequence[Summary], top: float) -> list[str]:
    """The cumulative distribution of each arm's latencies; an unanswered turn never counts."""
    slowest = max((percentile(one.latencies, 0.98) for one in shown), default=0.0)
    scale_ms = _round_up(slowest)
    bottom = top + _CURVES_HEIGHT
    parts = _grid(scale_ms, top, bottom)
    for share in (0.0, 0.5, 0.95, 1.0):
        y = bottom - share * _CURVES_HEIGHT
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _PLOT}" y1="{y}" y2="{y}"/>')
        if share != 1.0:
            parts.append(_text(_LEFT - 10, y + 4, f"{share:.0%}", "small", "end"))
    for number, one in enumerate(shown):
        colour = _ARM_COLOURS[number % len(_ARM_COLOURS)]
        parts.append(_curve(one, colour, scale_ms, bottom))
        y = bottom - 14 - 18 * (len(shown) - 1 - number)
        parts.append(_rect(_LEFT + _PLOT - 190, y - 9, 18, 4, colour))
        label = f"{one.arm}: p50 {one.latency.p50:.0f} ms"
        parts.append(_text(_LEFT + _PLOT - 164, y - 2, label, "small"))
    return parts


def _curve(one: Summary, colour: str, scale_ms: float, bottom: float) -> str:
    points = [f"M{_LEFT} {bottom}"]
    for rank, ms in enumerate(one.latencies, start=1):
        if ms > scale_ms:
            break
        x = _LEFT + max(0.0, ms) / scale_ms * _PLOT
        points.append(f"H{x:.1f}V{bottom - rank / one.played * _CURVES_HEIGHT:.1f}")
    points.append(f"H{_LEFT + _PLOT}")
    return f'<path class="curve" stroke="{colour}" d="{"".join(points)}"/>'


def _grid(scale_ms: float, top: float, bottom: float) -> list[str]:
    """Vertical lines with their milliseconds below."""
    step = next((step for step in _STEPS_MS if scale_ms / step <= 10), _STEPS_MS[-1])
    parts = []
    for number in range(math.floor(scale_ms / step) + 1):
        x = _LEFT + number * step / scale_ms * _PLOT
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>')
        parts.append(_text(x, bottom + 16, f"{number * step} ms", "small", "middle"))
    return parts


def _round_up(ms: float) -> float:
    """A round end of the axis at or above `ms`."""
    step = next((step for step in _STEPS_MS if ms / step <= 10), _STEPS_MS[-1])
    return max(step, math.ceil(ms / step) * step)


def _rect(x: float, y: float, width: float, height: float, colour: str, label: str = "") -> str:
    title = f"<title>{escape(label)}</title>" if label else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height}" '
        f'fill="{colour}">{title}</rect>'
    )


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(words)}</text>'
