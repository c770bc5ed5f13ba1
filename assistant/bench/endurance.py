"""One long conversation: does the hundredth turn take longer than the tenth, does memory grow?

One engine session; the recordings are said over and over, each when the answer before has ended.
What sounds is noted as it is played, not recorded. Runs on the main thread.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.audio.files import FileDevice, Pull
from assistant.audio.resample import to_int16
from assistant.audio.script import AfterAnswer, AtOnce, Segment
from assistant.bench.arms import Arm
from assistant.bench.child import resident_mb
from assistant.bench.clips import Clip
from assistant.bench.figures import percentile
from assistant.bench.listening import first_audible
from assistant.engine.engine import Engine
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, ms_to_samples
from assistant.trace import Trace

EARLY = slice(4, 25)
LATE = slice(-20, None)
MEMORY_EVERY_TURNS = 20
_GAP = ms_to_samples(300)
_POLL_S = 0.1
_QUIET_MS = 1500
_PATIENCE_MS = 15_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endurance:
    """Latencies in ms in the order of the turns (None: no answer); the memory after each
    `MEMORY_EVERY_TURNS` and at the end, in 10^6 bytes."""

    latencies: tuple[float | None, ...]
    memory_mb: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values: median of the turns 5 to 25 and of the last 20, and the memory."""
        early = [ms for ms in self.latencies[EARLY] if ms is not None]
        late = [ms for ms in self.latencies[LATE] if ms is not None]
        return {
            "turns": len(self.latencies),
            "answered": sum(ms is not None for ms in self.latencies),
            "p50_turns_5_to_25_ms": round(percentile(early, 0.5)) if early else None,
            "p50_last_20_turns_ms": round(percentile(late, 0.5)) if late else None,
            f"resident_each_{MEMORY_EVERY_TURNS}_turns_mb": list(self.memory_mb),
        }

    def as_card(self) -> str:
        """A line for each value."""
        return "\n".join(f"{key:26} {value}" for key, value in self.as_dict().items())

    def as_json(self) -> str:
        """One compact line."""
        return json.dumps({"bench_turns": 1, **self.as_dict()}, separators=(",", ":"))


class _ListeningDevice(FileDevice):
    """A `FileDevice` that notes where each answer begins; a pause of 300 ms separates two."""

    def __init__(self, segments: list[Segment]) -> None:
        super().__init__(segments)
        self.begun: list[int] = []
        self._sounded_at = -_GAP

    def run(self, pull: Pull, should_stop: Callable[[], bool]) -> None:
        def listened(count: int, index: float) -> Float32Array:
            sound = pull(count, index)
            at = first_audible(to_int16(sound))
            if at is not None:
                if round(index) + at - self._sounded_at >= _GAP:
                    self.begun.append(round(index) + at)
                self._sounded_at = round(index) + count
            return sound

        super().run(listened, should_stop)


def endure(arm: Arm, clips: Sequence[Clip], turns: int, say: Say) -> Endurance:
    """Have a conversation of so many turns with `clips`, over and over."""
    said = list(itertools.islice(itertools.cycle(clips), turns))
    first: list[AtOnce | AfterAnswer] = [AtOnce(after_ms=500)]
    rules = first + [AfterAnswer(quiet_ms=_QUIET_MS, timeout_ms=_PATIENCE_MS)] * (turns - 1)
    device = _ListeningDevice(
        [Segment(samples=c.samples, starts=rule) for c, rule in zip(said, rules, strict=True)]
    )
    arm.stages.text.forget()
    engine = Engine(arm.config, device, arm.stages, lambda update: None, Trace(None))
    engine.start()
    memory: list[float] = []
    told, quiet_s = 0, 0.0
    while not engine.is_stopped and quiet_s < 1.0:
        time.sleep(_POLL_S)
        begun = len(device.segment_starts)
        if begun > MEMORY_EVERY_TURNS * (len(memory) + 1):
            memory.append(resident_mb())
        if begun > told:
            told = begun
            say(f"turn {begun} of {turns}")
        is_over = device.exhausted and engine.is_settled
        quiet_s = quiet_s + _POLL_S if is_over or _is_overdue(device, said) else 0.0
    memory.append(resident_mb())
    engine.close()
    if engine.failure is not None:
        raise engine.failure
    return Endurance(latencies=_latencies(device, said), memory_mb=tuple(memory))


def _is_overdue(device: FileDevice, said: Sequence[Clip]) -> bool:
    """True when the last recording has had all the time that an answer may take."""
    if not device.exhausted:
        return False
    end = device.segment_starts[-1] + said[-1].samples.size
    return device.position - end > ms_to_samples(4 * _PATIENCE_MS)


def _latencies(device: _ListeningDevice, said: Sequence[Clip]) -> tuple[float | None, ...]:
    """Silence onset to the first sound after it, before the next recording begins."""
    starts = [*device.segment_starts, device.position]
    found: list[float | None] = []
    for clip, start, following in zip(said, starts, starts[1:], strict=False):
        onset = start + clip.onset
        audible = next((at for at in device.begun if onset <= at < following), None)
        found.append(None if audible is None else (audible - onset) * 1000 / SAMPLE_RATE_HZ)
    return tuple(found)
