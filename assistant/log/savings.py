"""What was saved by not asking the language model, estimated from this machine's own model turns.

A turn that another part answers would have taken the model's median time and processor time: that
is the estimate. `ms` is from the decision to the first clause, `cpu_ms` the processor time of all
threads of this process while the model generated. Reading the conversation ahead, which happens
while the user speaks, is not in it; neither is what a model server on the side uses. Pure; any
thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SAVES = ("precomputed", "tool", "flow", "guardrail")
"""Sources of answers that the model would have been asked for. "stop" is none: nobody would ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCost:
    """What a model turn costs here, the medians of `turns` of them; None when there is none."""

    turns: int = 0
    ms: float | None = None
    cpu_ms: float | None = None

    @classmethod
    def of(cls, ms: Sequence[float], cpu_ms: Sequence[float]) -> ModelCost:
        """The medians of what was measured."""
        return cls(
            turns=len(ms),
            ms=median(ms) if ms else None,
            cpu_ms=median(cpu_ms) if cpu_ms else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Savings:
    """`turns` of `answered` needed no model; what that saved is None while no model turn is known
    to estimate it from (`cost.turns` 0)."""

    answered: int = 0
    turns: int = 0
    cost: ModelCost = ModelCost()

    @property
    def ms(self) -> float | None:
        """Milliseconds that nobody waited."""
        return None if self.cost.ms is None else self.turns * self.cost.ms

    @property
    def cpu_s(self) -> float | None:
        """Processor seconds that were not used."""
        return None if self.cost.cpu_ms is None else self.turns * self.cost.cpu_ms / 1000

    @property
    def share(self) -> float | None:
        """The share of the answers that needed no model, 0 to 1."""
        return self.turns / self.answered if self.answered else None

    def as_json(self) -> dict[str, Any]:
        """The fields as plain values."""
        return {
            "answered": self.answered,
            "without_model": self.turns,
            "model_turns_measured": self.cost.turns,
            "median_model_ms": _rounded(self.cost.ms),
            "median_model_cpu_ms": _rounded(self.cost.cpu_ms),
            "saved_ms": _rounded(self.ms),
            "saved_cpu_s": _rounded(self.cpu_s),
        }


def saves(body: Mapping[str, Any]) -> bool:
    """Whether the turn of this row was answered without the model, which would have been asked."""
    return not body.get("model") and body.get("source") in SAVES


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of both in the middle. (The library's takes 10 ms to load.)"""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
