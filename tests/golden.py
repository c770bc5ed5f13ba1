"""What a lockstep session did, line by line, to be compared with what it did before.

`tests/golden/sessions.json` holds the lines of every session of the engine's tests. They were
recorded before the ears and the conductor came apart; a change that is to leave the turns alone
leaves them alone. `GOLDEN=write pytest tests/test_engine*.py` records them anew, for a change that
is not.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from assistant.messages import HALF_SAMPLES, SAMPLE_RATE_HZ, Notice
from assistant.trace import Trace
from assistant.updates import (
    Counters,
    Heard,
    Level,
    PartialHeard,
    Saying,
    StateChanged,
    TurnDropped,
    TurnEnded,
    Update,
)

FILE = Path(__file__).parent / "golden" / "sessions.json"
IS_WRITING = os.environ.get("GOLDEN") == "write"

RUNS: list[list[str]] = []
"""The lines of each session since this was last cleared."""


class Lines(Trace):
    """A trace that keeps what the ears thread decided, each line with the frame it came at."""

    def __init__(self) -> None:
        super().__init__(None)
        self.lines: list[str] = []
        self.rows: list[dict[str, Any]] = []
        """Every event of the trace with its fields."""
        self.position: Callable[[], int] = lambda: 0

    def event(self, kind: str, **fields: Any) -> None:
        self.rows.append({"event": kind, **fields})
        if kind == "floor":
            frame = fields["index"] / (2 * HALF_SAMPLES)
            actions = ",".join(fields["actions"])
            line = f"floor [{frame:g}] turn {fields['turn']}: {fields['what']}"
            self._add(f"{line} -> {fields['holding']} {actions}".rstrip())
        elif kind == "wait":
            known = [fields[name] for name in ("completeness", "words", "sentence_end", "is_known")]
            about = f"turn {fields['turn']} pause {fields['pause_ms']}"
            self._add(f"wait {about}: {fields['wait_ms']} {known}", replaces="wait")
        elif kind == "transcript":
            names = ("turn", "take", "text", "drop")
            self._add(f"transcript {[fields[name] for name in names]}")
        elif kind == "failure":
            self._add(f"failure {fields['stage']}: {fields['error']}")

    def update(self, update: Update) -> None:
        """What the face is told."""
        match update:
            case Level() | Counters():
                return
            case StateChanged():
                self._add(f"state {update.state.value}")
            case PartialHeard() | Heard() | Saying():
                self._add(f"{type(update).__name__} {update.turn}: {update.text}")
            case TurnDropped():
                self._add(f"dropped {update.turn}: {update.why}")
            case Notice():
                self._add(f"notice {update.code}")
            case TurnEnded():
                self._add(f"ended {_record(update)}")

    def end(self, name: str, value: Any) -> None:
        """What is known at the end of the session."""
        if isinstance(value, np.ndarray):
            value = _levels(value)
        self.lines.append(f"end {name}: {value}")

    def _add(self, line: str, replaces: str = "") -> None:
        """The words and the judgement of a pause may come in either order between two looks at the
        input: only the last wait that is set there `replaces` those before it."""
        at = f"{self.position() / (2 * HALF_SAMPLES):g} "
        if replaces:
            self.lines[:] = [old for old in self.lines if not old.startswith(at + replaces)]
        self.lines.append(at + line)


def _levels(samples: np.ndarray) -> str:
    """The peak of each 10 ms in twentieths of the full scale; "3*40" is 40 times the level 3."""
    blocks = samples[: samples.size // HALF_SAMPLES * HALF_SAMPLES].reshape(-1, HALF_SAMPLES)
    peaks = np.round(np.abs(blocks.astype(np.int32)).max(axis=1) / 32768 * 20).astype(int)
    runs = ((level, len(list(group))) for level, group in itertools.groupby(peaks))
    return " ".join(f"{level}*{count}" for level, count in runs)


def _record(update: TurnEnded) -> list[Any]:
    record = update.record
    seconds = (
        record.speech_start_s,
        record.speech_end_s,
        record.commit_s,
        record.first_audio_s,
        record.reply_end_s,
    )
    return [
        record.turn,
        record.transcript,
        record.reply,
        record.source,
        *(None if s is None else round(s * SAMPLE_RATE_HZ) for s in seconds),
        record.takes,
        record.interrupted,
        record.reopened,
        record.completeness,
    ]


def load() -> dict[str, list[list[str]]]:
    """The recorded lines: the name of a test to those of its sessions."""
    if not FILE.is_file():
        return {}
    found: dict[str, list[list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def keep(name: str, runs: list[list[str]]) -> None:
    """Record the sessions of one test."""
    kept = load()
    kept[name] = runs
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(
        json.dumps(dict(sorted(kept.items())), indent=0, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
