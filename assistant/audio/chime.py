"""The soft sound before an announcement: two notes, synthesised. Pure; any thread."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from assistant.messages import Float32Array

_NOTES_HZ = (659.26, 987.77)
"""E5 and B5, a fifth: heard as a call, not as an alarm. Own choice."""
_NOTE_S = 0.36
_STEP_S = 0.2
"""The second note begins so long after the first."""
_PAUSE_S = 0.12
_ATTACK_S = 0.012
_DECAY_S = 0.11
_LEVEL = 0.22
_OVERTONES = ((1.0, 1.0), (2.0, 0.22), (3.0, 0.06))
"""(multiple of the frequency, share of the level): rounder than a bare sine."""


@lru_cache(maxsize=4)
def chime(rate_hz: int) -> Float32Array:
    """Two notes and a short pause, 0.68 s: float32[n] at `rate_hz`, -1 to 1, peak near 0.2."""
    out = np.zeros(round((_STEP_S + _NOTE_S + _PAUSE_S) * rate_hz), np.float32)
    for number, hz in enumerate(_NOTES_HZ):
        start = round(number * _STEP_S * rate_hz)
        note = _note(hz, rate_hz)
        out[start : start + len(note)] += note
    out.setflags(write=False)
    return out


def _note(hz: float, rate_hz: int) -> Float32Array:
    """One struck note: a quick attack, an exponential decay, an end without a click."""
    times = np.arange(round(_NOTE_S * rate_hz)) / rate_hz
    attack = np.minimum(times / _ATTACK_S, 1.0)
    release = np.minimum((_NOTE_S - times) / _ATTACK_S, 1.0)
    envelope = attack * release * np.exp(-times / _DECAY_S)
    tones = sum(
        share * np.sin(2 * np.pi * hz * multiple * times)
        for multiple, share in _OVERTONES
        if hz * multiple < rate_hz / 2
    )
    return (_LEVEL * envelope * tones).astype(np.float32)
