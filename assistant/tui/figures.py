"""The figures of a session: how long each answer took, percentiles and shares.

Pure; knows records and no widget.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.messages import Source, TurnRecord

REST = "other"
"""The name of what a record's stages leave unexplained of its latency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long one turn's answer took, in milliseconds from the end of the user's speech.

    `stages` are (name, milliseconds) in order. `latency_ms` is None when nothing sounded.
    """

    turn: int
    source: Source
    stages: tuple[tuple[str, float], ...]
    latency_ms: float | None
    is_interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The session in four numbers; a percentile is None before the first sound."""

    p50_ms: float | None
    p95_ms: float | None
    answered: int
    without_model: int


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile: a value that was really measured, never one in between."""
    if not values:
        return None
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return sorted(values)[rank - 1]


def summarise(timings: Sequence[Timing]) -> Summary:
    """p50 and p95 of the answers that sounded, and how many answers needed no language model."""
    latencies = [timing.latency_ms for timing in timings if timing.latency_ms is not None]
    return Summary(
        p50_ms=percentile(latencies, 50),
        p95_ms=percentile(latencies, 95),
        answered=len(timings),
        without_model=sum(timing.source != "model" for timing in timings),
    )


def stage_medians(timings: Sequence[Timing]) -> dict[str, float]:
    """Each stage's nearest-rank median over the turns that had it, in order of appearance."""
    seen: dict[str, list[float]] = {}
    for timing in timings:
        for name, ms in timing.stages:
            seen.setdefault(name, []).append(ms)
    return {name: percentile(values, 50) or 0.0 for name, values in seen.items()}


def timing_of(record: TurnRecord) -> Timing:
    """How long the answer of this turn took."""
    return Timing(
        turn=record.turn,
        source=record.source,
        stages=stages_of(record),
        latency_ms=record.latency_ms,
        is_interrupted=record.interrupted,
    )


def stages_of(record: TurnRecord) -> tuple[tuple[str, float], ...]:
    """The record's stages, and over 1 ms of rest as a stage of its own, so that no bar lies."""
    rest = (record.latency_ms or 0.0) - sum(record.stages_ms.values())
    return (*record.stages_ms.items(), *([(REST, rest)] if rest > 1.0 else []))
