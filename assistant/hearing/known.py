"""Decides between what was heard freely and the phrases that are known, by their scores.

Pure functions on scores; knows no model, no sound and no thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.hearing.scoring import Scored

MOST_PHRASES = 24


@dataclass(frozen=True, slots=True)
class Choice:
    """The phrase that was said, and by how much it won."""

    text: str
    margin: float


def no_candidates(heard: Sequence[str]) -> Sequence[str]:
    """Nothing is known."""
    return ()


def choose(free: Scored, known: Sequence[Scored]) -> Choice | None:
    """The phrase of `known` that wins against `free`; None when none does."""
    if not known:
        return None
    best = max(known, key=lambda one: one.total)
    gain = best.total - free.total
    return Choice(best.text, gain) if gain > 0 else None
