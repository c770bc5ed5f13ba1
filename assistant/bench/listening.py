"""Judges a recording of both sides by ear: when the user fell silent, when an answer sounded.

Pure functions on samples at 16 kHz; knows nothing of the engine, its detector or its clock, so
that what is measured cannot agree with the program by construction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.messages import AUDIBLE, SAMPLE_RATE_HZ, Float32Array, Int16Array, ms_to_samples

HOP = ms_to_samples(10)
"""Samples of one frame of the energy."""

_AUDIBLE_INT16 = round(AUDIBLE * 32768)
_FLOOR_DB = -90.0
_PRE_EMPHASIS = 0.95
_ABOVE_NOISE_DB = 9.0
_BELOW_SPEECH_DB = 34.0
_WORD_GAP_FRAMES = 15
_SHORTEST_WORD_FRAMES = 8
_WEAKEST_WORD_DB = 22.0
_CONTINUES_SAMPLES = ms_to_samples(100)


def levels_db(samples: Int16Array) -> Float32Array:
    """Level of each whole frame of 10 ms in dB, -90 at the least, after a pre-emphasis of 0.95:
    the rumble of a room hides a final "s" otherwise, which lies 30 dB above it up there."""
    frames = samples[: samples.size // HOP * HOP].reshape(-1, HOP).astype(np.float32) / 32768.0
    power = np.mean(np.square(frames[:, 1:] - _PRE_EMPHASIS * frames[:, :-1]), axis=1)
    levels: Float32Array = np.maximum(_FLOOR_DB, 10.0 * np.log10(power + 1e-12))
    return levels


def silence_onset(samples: Int16Array, *, not_after: int | None = None) -> int | None:
    """The sample at which the user's last word ends in int16[n]; None when nobody speaks.

    A frame is loud when the mean power of it and its neighbours is 9 dB above the noise (the tenth
    percentile of all frames) and at most 34 dB below the speech (the 95th percentile of what is
    above the noise). Loud frames less than 150 ms apart make one stretch; the last stretch that
    holds 80 ms of them and comes within 22 dB of the speech ends the user's words: a click is too
    short, a breath too weak. `not_after` is the last sample that can be speech, when a label tells.
    """
    raw = levels_db(samples)
    if not raw.size:
        return None
    smooth = _smoothed_db(raw)
    noise_db = float(np.percentile(smooth, 10))
    if not_after is not None:
        smooth = smooth[: max(1, not_after // HOP)]
    above_noise = smooth[smooth >= noise_db + _ABOVE_NOISE_DB]
    if not above_noise.size:
        return None
    speech_db = float(np.percentile(above_noise, 95))
    bar_db = max(noise_db + _ABOVE_NOISE_DB, speech_db - _BELOW_SPEECH_DB)
    is_loud = smooth >= bar_db
    words = [
        end
        for first, end in _stretches(np.flatnonzero(is_loud))
        if np.count_nonzero(is_loud[first:end]) >= _SHORTEST_WORD_FRAMES
        and smooth[first:end].max() >= speech_db - _WEAKEST_WORD_DB
    ]
    if not words:
        return None
    return (int(np.flatnonzero(raw[: words[-1]] >= bar_db)[-1]) + 1) * HOP


def _smoothed_db(levels: Float32Array) -> Float32Array:
    """The level of each frame with its two neighbours: noise jumps less, words stay."""
    power = np.convolve(np.pad(10.0 ** (levels / 10.0), 1, mode="edge"), np.ones(3) / 3, "valid")
    smoothed: Float32Array = (10.0 * np.log10(power)).astype(np.float32)
    return smoothed


def _stretches(loud: npt.NDArray[np.intp]) -> list[tuple[int, int]]:
    """Runs of frame numbers with gaps below 150 ms: first, and the one behind the last."""
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) > _WORD_GAP_FRAMES)
    firsts = np.concatenate([[0], breaks + 1])
    lasts = np.concatenate([breaks, [loud.size - 1]])
    return [(int(loud[a]), int(loud[b]) + 1) for a, b in zip(firsts, lasts, strict=True)]


def first_audible(played: Int16Array, after: int = 0) -> int | None:
    """The first sample from `after` on at or above -44 dBFS; None when there is none."""
    loud = np.flatnonzero(np.abs(played[after:].astype(np.int32)) >= _AUDIBLE_INT16)
    return after + int(loud[0]) if loud.size else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the right channel tells of one turn: the sample of the answer's first sound, None
    without one, and whether something sounded before the user's last word had ended."""

    first_audible: int | None
    is_false_start: bool


def judge(played: Int16Array, onset: int, premature_ends: list[int]) -> Answered:
    """Find the answer that follows the silence onset at sample `onset`.

    Sound that began earlier is a false start and is not taken for the answer, even where it goes
    on past the onset: it is skipped up to the end of the answer that it belongs to
    (`premature_ends`: the samples at which answers that began before the onset ended), or else up
    to its first gap of 100 ms.
    """
    is_false_start = first_audible(played[:onset]) is not None
    after = max([onset, *premature_ends])
    recent = played[max(0, onset - _CONTINUES_SAMPLES) : onset]
    if after == onset and first_audible(recent) is not None:
        after = _end_of_sound(played, onset)
    return Answered(first_audible=first_audible(played, after), is_false_start=is_false_start)


def _end_of_sound(played: Int16Array, start: int) -> int:
    """Where the sound that is under way at `start` has its first gap of 100 ms."""
    end = start
    while (following := first_audible(played[: end + _CONTINUES_SAMPLES], end)) is not None:
        end = following + 1
    return end


def seconds(samples: float) -> float:
    """Samples at 16 kHz as seconds."""
    return samples / SAMPLE_RATE_HZ
