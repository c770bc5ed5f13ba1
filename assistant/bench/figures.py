"""From rows to figures: percentiles, medians of stages, ratios, errors of words.

Pure; knows nothing of how rows come about.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import Levenshtein

from assistant.engine.answer import STAGES
from assistant.language.en.normalise import normalise

if TYPE_CHECKING:  # rows come about with sound and models, figures without
    from assistant.bench.session import Row

SOURCES = {
    "precomputed": ("precomputed", "guardrail", "stop"),
    "tool or flow": ("tool", "flow"),
    "model": ("model",),
}
"""The groups by which latencies are split, and the sources that belong to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Nearest-rank percentiles of `count` latencies in ms; NaN without any."""

    count: int
    p50: float
    p95: float
    worst: float

    def as_json(self) -> dict[str, Any]:
        """Whole milliseconds; null for what was not measured."""
        named = {"p50": self.p50, "p95": self.p95, "worst": self.worst}
        whole = {key: None if math.isnan(ms) else round(ms) for key, ms in named.items()}
        return {"n": self.count, **whole}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one arm did on all of its recordings."""

    arm: str
    played: int
    latency: Spread
    by_source: dict[str, Spread]
    by_kind: dict[str, Spread]
    stages: dict[str, float]
    stages_by_source: dict[str, dict[str, float]]
    false_starts: int
    takes: int
    takes_wasted: int
    commit_ms: float
    cpu_s_per_turn: float
    word_error_rate: float | None
    latencies: tuple[float, ...] = field(repr=False, default=())

    def as_json(self) -> dict[str, Any]:
        """Plain values under stable keys."""
        return {
            "played": self.played,
            "answered": self.latency.count,
            "latency_ms": self.latency.as_json(),
            "by_source_ms": {key: spread.as_json() for key, spread in self.by_source.items()},
            "by_kind_ms": {key: spread.as_json() for key, spread in self.by_kind.items()},
            "stages_ms": {key: round(ms) for key, ms in self.stages.items()},
            "false_starts": self.false_starts,
            "takes": self.takes,
            "takes_wasted": self.takes_wasted,
            "commit_ms": None if math.isnan(self.commit_ms) else round(self.commit_ms),
            "cpu_s_per_turn": round(self.cpu_s_per_turn, 2),
            "word_error_rate": self.word_error_rate,
        }


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest-rank percentile: always a value that was measured; NaN of nothing."""
    ranked = sorted(values)
    if not ranked:
        return math.nan
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def spread(values: Sequence[float]) -> Spread:
    """p50, p95 and worst of `values`."""
    return Spread(
        count=len(values),
        p50=percentile(values, 0.5),
        p95=percentile(values, 0.95),
        worst=percentile(values, 1.0),
    )


def summarise(rows: Sequence[Row]) -> dict[str, Summary]:
    """One summary for each arm, in the order in which the arms first come."""
    return {
        arm: _summary(arm, [row for row in rows if row.arm == arm])
        for arm in dict.fromkeys(row.arm for row in rows)
    }


def _summary(arm: str, rows: list[Row]) -> Summary:
    by_group = {
        group: [row for row in rows if row.source in sources] for group, sources in SOURCES.items()
    }
    kinds = dict.fromkeys(row.kind for row in rows)
    return Summary(
        arm=arm,
        played=len(rows),
        latency=spread(_latencies(rows)),
        by_source={name: spread(_latencies(part)) for name, part in by_group.items() if part},
        by_kind={kind: spread(_latencies([r for r in rows if r.kind == kind])) for kind in kinds},
        stages=stage_medians(rows),
        stages_by_source={name: stage_medians(part) for name, part in by_group.items() if part},
        false_starts=sum(row.is_false_start for row in rows),
        takes=sum(row.takes for row in rows),
        takes_wasted=sum(row.takes_wasted for row in rows),
        commit_ms=percentile([r.commit_ms for r in rows if r.commit_ms is not None], 0.5),
        cpu_s_per_turn=statistics.fmean(row.cpu_s for row in rows),
        word_error_rate=word_error_rate(rows),
        latencies=tuple(sorted(_latencies(rows))),
    )


def _latencies(rows: Iterable[Row]) -> list[float]:
    return [row.latency_ms for row in rows if row.latency_ms is not None]


def stage_medians(rows: Iterable[Row]) -> dict[str, float]:
    """The median of each stage in ms over the answers, in the order of the engine; a stage that
    an answer did not need counts as 0 there."""
    measured = [row.stages for row in rows if row.stages]
    return {
        name: statistics.median(stages.get(name, 0.0) for stages in measured)
        for name in STAGES
        if any(name in stages for stages in measured)
    }


def word_error_rate(rows: Iterable[Row]) -> float | None:
    """Wrong words (substituted, lacking, added) per word said, both in the program's canonical
    spelling; None when no recording says what was said."""
    words = errors = 0
    for row in rows:
        if row.said is not None:
            said = normalise(row.said).split()
            words += len(said)
            errors += Levenshtein.distance(said, normalise(row.transcript).split())
    return round(errors / words, 4) if words else None


def ratios(summaries: Mapping[str, Summary], ours: str) -> dict[str, dict[str, float]]:
    """How many times longer than `ours` each other arm takes at the median: over everything, and
    over each kind of recordings, for what is a fixed reply here is the model's answer there."""
    if ours not in summaries:
        return {}
    own = {"all": summaries[ours].latency, **summaries[ours].by_kind}
    return {
        name: {
            kind: round(spread.p50 / own[kind].p50, 2)
            for kind, spread in {"all": summary.latency, **summary.by_kind}.items()
            if spread.count and kind in own and own[kind].count
        }
        for name, summary in summaries.items()
        if name != ours
    }
