"""A scripted user: what is said into the microphone, and when, judged by ear from the answers.

Pure: fed with what was played, block by block, it returns what the microphone hears. Knows no
clock but the sample index, no device and no thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.messages import Int16Array, ms_to_samples

AUDIBLE_PEAK = 164
"""Samples above this (-46 dBFS) count as something that a listener hears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtOnce:
    """Begin `after_ms` after the end of the segment before (or the start of the session)."""

    after_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterAnswer:
    """Begin when something was heard since the segment before and then `quiet_ms` of silence.

    Without any answer, begin `timeout_ms` after the end of the segment before.
    """

    quiet_ms: float = 700.0
    timeout_ms: float = 15_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DuringAnswer:
    """Begin `after_ms` after the answer to the segment before became audible: a barge-in.

    Without any answer, begin `timeout_ms` after the end of the segment before.
    """

    after_ms: float = 500.0
    timeout_ms: float = 15_000.0


Start = AtOnce | AfterAnswer | DuringAnswer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """One thing that is said: int16[n] at 16 kHz, and the rule for when it begins."""

    samples: Int16Array
    starts: Start = AtOnce()


class ScriptedUser:
    """Says `segments` one after the other; silence before, between and after them."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = list(segments)
        self._starts: list[int] = []
        self._index = 0
        self._previous_end = 0
        self._first_audible: int | None = None
        self._audible_end = 0

    @property
    def starts(self) -> tuple[int, ...]:
        """The sample indices at which the segments said so far began."""
        return tuple(self._starts)

    @property
    def is_exhausted(self) -> bool:
        """True when every segment was said to its end."""
        return len(self._starts) == len(self._segments) and self._index >= self._previous_end

    def say(self, played: Int16Array) -> Int16Array:
        """What is said during the int16[n] that are `played` at the same time: int16[n]."""
        end = self._index + played.size
        self._listen(played)
        said = np.zeros(played.size, np.int16)
        self._put_current(said)
        while self._previous_end < end and len(self._starts) < len(self._segments):
            start = self._next_start()
            if start is None or start >= end:
                break
            self._begin(max(start, self._index, self._previous_end))
            self._put_current(said)
        self._index = end
        return said

    def _listen(self, played: Int16Array) -> None:
        """Note what was audible after the end of the segment before."""
        heard = np.flatnonzero(np.abs(played.astype(np.int32)) > AUDIBLE_PEAK) + self._index
        heard = heard[heard >= self._previous_end]
        if heard.size:
            if self._first_audible is None:
                self._first_audible = int(heard[0])
            self._audible_end = int(heard[-1]) + 1

    def _next_start(self) -> int | None:
        """Where the next segment begins by its rule, as far as that is known by now."""
        rule = self._segments[len(self._starts)].starts
        if isinstance(rule, AtOnce):
            return self._previous_end + ms_to_samples(rule.after_ms)
        if self._first_audible is None:
            return self._previous_end + ms_to_samples(rule.timeout_ms)
        if isinstance(rule, DuringAnswer):
            return self._first_audible + ms_to_samples(rule.after_ms)
        return self._audible_end + ms_to_samples(rule.quiet_ms)

    def _begin(self, start: int) -> None:
        segment = self._segments[len(self._starts)]
        self._starts.append(start)
        self._previous_end = start + segment.samples.size
        self._first_audible = None

    def _put_current(self, said: Int16Array) -> None:
        """Copy the part of the newest segment that lies in this block."""
        if not self._starts:
            return
        start = self._starts[-1]
        samples = self._segments[len(self._starts) - 1].samples
        first = max(start, self._index)
        last = min(start + samples.size, self._index + said.size)
        if first < last:
            said[first - self._index : last - self._index] = samples[first - start : last - start]
