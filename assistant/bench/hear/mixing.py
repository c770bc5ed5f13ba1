"""Adds noise to speech at a given ratio, always the same noise for the same name.

The ratio is that of the powers during the labelled speech, so that a pause or a long tail changes
nothing. Reads the noise recordings once; otherwise pure.
"""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.recording import read_recording
from assistant.bench.hear.recordings import Segments, rows
from assistant.messages import Float32Array, Int16Array, ms_to_samples

WITH_PEOPLE = frozenset(
    {
        "music_198-209-0000", "music_3436-172162-0000", "music_5703-47212-0000",
        "music_Karissa_Hobbs_-_Lets_Go_Fishin",
    }
)  # fmt: skip
"""Recordings of the noise folder in which people read or sing: no noise, and an answer to them is
no error."""

_KINDS = {"kitchen20": "kitchen", "esc10": "home", "keystrokes": "typing", "music": "music"}
_PEAK = 32767.0
_HOP = ms_to_samples(10)
_LONGEST_GAP = ms_to_samples(250)
_BELOW_PEAK_DB = 30.0
_TRIES = 40
_LEAST_SHARE = 0.25


def mixed(speech: Int16Array, where: Segments, noise: Float32Array, snr_db: float) -> Int16Array:
    """int16[n] of `speech` with `noise` (float32[n], any level) added: during the stretches `where`
    the power of the speech is `snr_db` above that of the noise. What would clip is made quieter as
    a whole, which keeps the ratio. `ValueError` when either is silent there."""
    said = speech.astype(np.float64)
    chosen = np.zeros(len(said), bool)
    for start, end in where:
        chosen[start:end] = True
    power, disturbing = np.mean(said[chosen] ** 2), np.mean(noise[chosen].astype(np.float64) ** 2)
    if not (power > 0 and disturbing > 0):
        raise ValueError("nothing to mix: one of the two is silent")
    total = said + noise * np.sqrt(power / disturbing / 10 ** (snr_db / 10))
    peak = float(np.abs(total).max())
    sound: Int16Array = np.rint(total * min(1.0, _PEAK / peak)).astype(np.int16)
    return sound


def loud_stretches(samples: Int16Array) -> Segments:
    """Where a recording without labels has its word: frames of 10 ms within 30 dB of the loudest,
    gaps below 250 ms bridged. All of it when it is silent."""
    frames = samples[: len(samples) // _HOP * _HOP].reshape(-1, _HOP).astype(np.float64)
    power = np.mean(frames**2, axis=1)
    if not power.size or power.max() <= 0:
        return ((0, len(samples)),)
    found: list[tuple[int, int]] = []
    for frame in np.flatnonzero(power >= power.max() / 10 ** (_BELOW_PEAK_DB / 10)):
        start, end = int(frame) * _HOP, (int(frame) + 1) * _HOP
        if found and start - found[-1][1] <= _LONGEST_GAP:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Noise:
    """One recording of noise: int16[n] at 16 kHz; `kind` is kitchen, home, typing or music."""

    name: str
    kind: str
    samples: Int16Array


class NoisePool:
    """All recordings of the folder `noise` without those in which people read or sing."""

    def __init__(self, data: Path) -> None:
        self._noises = read_noises(data)
        self.kinds = sorted({noise.kind for noise in self._noises})

    def under(
        self, name: str, speech: Int16Array, where: Segments, snr_db: float
    ) -> tuple[Int16Array, str]:
        """`speech` mixed with a stretch of noise, and the kind of the noise. `name` and `snr_db`
        decide which."""
        seed = zlib.crc32(f"{name} {snr_db:g}".encode())
        kind, random = self.kinds[seed % len(self.kinds)], np.random.default_rng(seed)
        of_kind = [noise for noise in self._noises if noise.kind == kind]
        for _ in range(_TRIES):
            noise = of_kind[int(random.integers(len(of_kind)))]
            stretch = _stretch(noise.samples, len(speech), random)
            if _is_loud_in(stretch, where, noise.samples):
                return mixed(speech, where, stretch, snr_db), kind
        raise ValueError(f"no {kind} noise sounds during the speech of {name}")


@functools.cache
def read_noises(data: Path, *, with_people: bool = False) -> tuple[Noise, ...]:
    """The recordings of the folder `noise`, in the order of labels.tsv."""
    return tuple(
        Noise(name, _KINDS.get(row["source"], row["source"]), read_recording(data / row["file"]))
        for row in rows(data, ("noise",))
        if (name := Path(row["file"]).stem) and (with_people or name not in WITH_PEOPLE)
    )


def _stretch(noise: Int16Array, length: int, random: np.random.Generator) -> Float32Array:
    """float32[length] of the noise from anywhere on; one that is too short begins anew."""
    start = int(random.integers(max(1, len(noise))))
    return np.resize(np.roll(noise, -start), length).astype(np.float32)


def _is_loud_in(stretch: Float32Array, where: Segments, noise: Int16Array) -> bool:
    """Whether the stretch has a fair share of the noise's power while somebody speaks: a bark in
    the pause before would be no noise."""
    heard = np.concatenate([stretch[start:end] for start, end in where])
    share = np.mean(heard.astype(np.float64) ** 2) / max(1e-9, np.mean(noise.astype(float) ** 2))
    return bool(share >= _LEAST_SHARE)
