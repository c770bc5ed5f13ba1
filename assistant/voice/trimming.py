"""Silence around a sentence is taken away while the sentence is still coming.

Leading silence is cut, because a person waits through it; trailing silence is kept short, so that
clauses follow each other as in one sentence. Knows no voice; used by the voice thread (and at
set-up).
"""

from __future__ import annotations

import numpy as np

from assistant.messages import AUDIBLE, Float32Array

LEAD_S = 0.002
TAIL_S = 0.14
FADE_S = 0.002


def first_audible(samples: Float32Array, threshold: float = AUDIBLE) -> int | None:
    """Index of the first sample of float32[n] at or above `threshold`; None in silence."""
    loud = np.abs(samples) >= threshold
    return int(np.argmax(loud)) if loud.any() else None


class SilenceTrimmer:
    """Takes the silence before a sentence away and leaves at most 140 ms of it behind.

    Works on the sentence piece by piece and holds back no more than may have to be cut or faded.
    """

    def __init__(self, rate_hz: int) -> None:
        self._lead = int(LEAD_S * rate_hz)
        self._tail = int(TAIL_S * rate_hz)
        self._ramp = np.linspace(0, 1, int(FADE_S * rate_hz), dtype=np.float32)
        self._held = np.empty(0, np.float32)
        self._has_begun = False
        self._given = 0
        self._keep = 0

    def push(self, samples: Float32Array) -> Float32Array:
        """float32[n] of the sentence in; float32[m] of it, after the trimming, out."""
        fresh = first_audible(samples[::-1])
        self._held = np.concatenate([self._held, samples])
        if not self._has_begun:
            if fresh is None:
                self._held = self._held[max(0, len(self._held) - self._lead) :]
                return self._held[:0]
            start = first_audible(self._held) or 0
            self._held = self._held[max(0, start - self._lead) :]
            self._has_begun = True
        if fresh is not None:
            self._keep = len(self._held) - fresh + self._tail
        return self._give(min(self._keep, len(self._held)) - len(self._ramp))

    def finish(self) -> Float32Array:
        """What is left of the sentence, ending in a short fade."""
        if not self._has_begun:
            return self._held[:0]
        last = self._give(min(self._keep, len(self._held)))
        fade = min(len(last), len(self._ramp))
        last[len(last) - fade :] *= self._ramp[:fade][::-1]
        return last

    def _give(self, count: int) -> Float32Array:
        count = max(0, count)
        given = self._held[:count].copy()
        ramp = self._ramp[self._given : self._given + count]
        given[: len(ramp)] *= ramp
        self._held = self._held[count:]
        self._given += count
        self._keep -= count
        return given
