"""Runs the parts of the measurement of hearing and puts their findings together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from assistant.assemble.roles import model_path
from assistant.bench.hear.commands import home, orders
from assistant.bench.hear.cost import cost
from assistant.bench.hear.kit import Finding, Kit
from assistant.bench.hear.long_speech import long_speech
from assistant.bench.hear.questions import questions
from assistant.bench.hear.singles import noise, words
from assistant.bench.machine import describe_machine
from assistant.errors import ConfigError

PARTS: dict[str, Callable[[Kit], Finding]] = {
    "orders": orders,
    "home": home,
    "words": words,
    "noise": noise,
    "questions": questions,
    "long": long_speech,
    "cost": cost,
}


def parse_parts(only: Sequence[str]) -> list[str]:
    """The named parts in the order of `PARTS`; all of them for none. `ConfigError` for one that
    does not exist."""
    unknown = sorted(set(only) - set(PARTS))
    if unknown:
        raise ConfigError(f"there is no part '{unknown[0]}'", f"known: {', '.join(PARTS)}")
    return [name for name in PARTS if not only or name in only]


def measure(kit: Kit, names: Sequence[str]) -> Iterator[tuple[str, Finding]]:
    """Each part with what it found, as soon as it is there."""
    for name in names:
        started = time.perf_counter()
        finding = PARTS[name](kit)
        kit.say(f"{name}: {time.perf_counter() - started:.0f} s")
        yield name, finding


def summary(kit: Kit, found: dict[str, Finding]) -> dict[str, Any]:
    """All figures, and what they were measured on and with, as plain values."""
    return {
        "eval_hear": 1,
        "quick": kit.is_quick,
        "held_out": kit.is_held_out,
        "recogniser": model_path(kit.config, "transcriber").name,
        "machine": describe_machine(),
        **{name: finding.figures for name, finding in found.items()},
    }
