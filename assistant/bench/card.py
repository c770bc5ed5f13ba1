"""The card that a person reads and the one line of JSON that a program reads. Pure text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.bench.arms import ABOUT, OURS, REPLIES_FILE
from assistant.bench.clips import MADE_UP
from assistant.bench.figures import Spread, Summary, ratios
from assistant.bench.picture import picture

_NOTES = (
    "Latency: end of the user's last word (by energy, in the recording) to the first sample of the",
    "answer at or above -44 dBFS in the recording of what was played. Nearest-rank percentiles.",
    "The baselines use the same weights, speech detection and prompt; their Whisper decodes",
    "greedily (stock: beam of 5), and their model has read the history beforehand.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that a run gave; `process` and `machine` are plain values."""

    summaries: Mapping[str, Summary]
    machine: Mapping[str, Any]
    models: Mapping[str, str]
    recordings: Mapping[str, int]
    process: Mapping[str, float | None] = field(default_factory=dict)

    def as_json(self) -> str:
        """One compact line with stable keys."""
        summaries = dict(self.summaries)
        line = {
            "bench": 1,
            "arms": {name: summary.as_json() for name, summary in summaries.items()},
            "ratio_p50": ratios(summaries, OURS),
            "process": dict(self.process),
            "recordings": dict(self.recordings),
            "replies": REPLIES_FILE.name,
            "models": dict(self.models),
            "machine": dict(self.machine),
        }
        return json.dumps(line, separators=(",", ":"))

    def as_picture(self) -> str:
        """The SVG of the stages and of the distribution."""
        told = sum(self.recordings.values())
        caption = (
            f"{told} recordings in each arm; {self.machine.get('processor')}, "
            f"{self.machine.get('cores')} cores; {self.machine.get('date')}"
        )
        return picture(self.summaries, caption)

    def as_card(self) -> str:
        """The card: a table of arms, the split by source, stages, process and machine."""
        parts = [
            self._title(),
            _table(self.summaries),
            _spreads(
                "by source of the answer, ms",
                {name: one.by_source for name, one in self.summaries.items()},
            ),
            _spreads(
                "by recordings, ms", {name: one.by_kind for name, one in self.summaries.items()}
            ),
            _stages(self.summaries),
            _ratios(self.summaries),
            _process(self.process),
            self._origin(),
        ]
        return "\n\n".join(part for part in parts if part)

    def _title(self) -> str:
        told = ", ".join(f"{count} {_kind_name(kind)}" for kind, count in self.recordings.items())
        return f"Turns: {told}\n" + "\n".join(_NOTES)

    def _origin(self) -> str:
        machine = self.machine
        versions = ", ".join(f"{k} {v}" for k, v in machine.get("versions", {}).items())
        return "\n".join(
            [
                f"replies: {REPLIES_FILE.name} of the benchmark (coffee orders are answered by a "
                "template) before the program's own",
                f"models: {', '.join(self.models.values())}",
                f"machine: {machine.get('processor')}, {machine.get('cores')} cores, "
                f"{machine.get('system')}, load {machine.get('load_1min')} at the start",
                f"python {machine.get('python')}; {versions}",
                f"date: {machine.get('date')}",
                *(f"{name}: {ABOUT[name]}" for name in self.summaries if name in ABOUT),
            ]
        )


def _kind_name(kind: str) -> str:
    return f"{kind} (synthetic voice)" if kind == MADE_UP else kind


def _table(summaries: Mapping[str, Summary]) -> str:
    head = (
        f"{'arm':11} {'answered':>9} {'p50':>6} {'p95':>6} {'worst':>6}  ms "
        f"{'false starts':>13} {'takes wasted':>13} {'commit':>7} {'CPU s/turn':>11} {'WER':>7}"
    )
    lines = [head]
    for name, one in summaries.items():
        answered = f"{one.latency.count}/{one.played}"
        wer = "" if one.word_error_rate is None else f"{one.word_error_rate:.1%}"
        lines.append(
            f"{name:11} {answered:>9} {_spread(one.latency)}     {one.false_starts:>13} "
            f"{one.takes_wasted:>13} {_ms(one.commit_ms, 7)} {one.cpu_s_per_turn:>11.2f} {wer:>7}"
        )
    return "\n".join(lines)


def _spreads(title: str, by_arm: Mapping[str, Mapping[str, Spread]]) -> str:
    """A line for each arm and group, under `title`."""
    lines = [title]
    for name, groups in by_arm.items():
        for group, found in groups.items():
            lines.append(f"  {name:11} {group:13} n={found.count:<4} {_spread(found)}")
    return "\n".join(lines)


def _stages(summaries: Mapping[str, Summary]) -> str:
    ours = summaries.get(OURS)
    if ours is None or not ours.stages:
        return ""
    lines = ["stages of the program, medians in ms, each with what it adds to those before"]
    for label, stages in {"all": ours.stages, **ours.stages_by_source}.items():
        told = "  ".join(f"{name} {ms:.0f}" for name, ms in stages.items())
        lines.append(f"  {label:13} {told}")
    return "\n".join(lines)


def _ratios(summaries: Mapping[str, Summary]) -> str:
    found = ratios(summaries, OURS)
    if not found:
        return ""
    lines = ["median latency of the baselines, in times that of the program"]
    for name, by_kind in found.items():
        told = "  ".join(f"{kind} {ratio:.2f}" for kind, ratio in by_kind.items())
        lines.append(f"  {name:11} {told}")
    return "\n".join(lines)


def _process(process: Mapping[str, float | None]) -> str:
    if not process:
        return ""
    lines = ["the program alone, each in a process of its own"]
    lines += [f"  {key:32} {'-' if v is None else f'{v:g}'}" for key, v in process.items()]
    return "\n".join(lines)


def _spread(found: Spread) -> str:
    return f"{_ms(found.p50, 6)} {_ms(found.p95, 6)} {_ms(found.worst, 6)}"


def _ms(value: float, width: int) -> str:
    return f"{'-' if math.isnan(value) else f'{value:.0f}':>{width}}"
