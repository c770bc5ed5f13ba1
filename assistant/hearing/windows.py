"""What Whisper's encoder is shown of an utterance: the 30 s of the paper or a short window.

Pure functions on samples; knows no model and no thread.
"""

from __future__ import annotations

import numpy as np

from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array, ms_to_samples

LONGEST_WINDOW_SAMPLES = 30 * SAMPLE_RATE_HZ
"""Whisper's positional encoding ends here (Radford et al. 2022)."""

LONGEST_WINDOW_FRAMES = 3000
"""The same in mel frames of 10 ms."""

STEP_FRAMES = 50
"""Windows have a multiple of this length. CTranslate2's oneDNN keeps the compiled convolutions of
each length that it has met, 0.7 MB for one, up to 1024 of them; the rounding leaves 55 lengths and
costs about a millisecond (docs/WHISPER.md, "Few lengths")."""

_SHORTEST_SAMPLES = ms_to_samples(500)
_SEAM_SEARCH_SAMPLES = 10 * SAMPLE_RATE_HZ
_SEAM_SAMPLES = ms_to_samples(200)

QUIET_PEAK = 0.03
"""30 dB below full scale: a quiet microphone (docs/TURNS.md, "Microphones")."""

WANTED_PEAK = 0.3
MOST_GAIN = 32.0


def to_float(samples: Int16Array) -> Float32Array:
    """int16[n] as float32[n] from -1 to 1."""
    return samples.astype(np.float32) / 32768.0


def turned_up(sound: Float32Array) -> Float32Array:
    """float32[n] as it is, or louder where its loudest sample is below `QUIET_PEAK`: Whisper's
    features are not independent of the level."""
    peak = float(np.abs(sound).max(initial=0.0))
    if not 0.0 < peak < QUIET_PEAK:
        return sound
    return sound * np.float32(min(WANTED_PEAK / peak, MOST_GAIN))


def with_room(sound: Float32Array) -> Float32Array:
    """float32[n] as it is, or with silence on both sides until it lasts 0.5 s."""
    missing = max(0, _SHORTEST_SAMPLES - len(sound))
    return np.pad(sound, (missing // 2, missing - missing // 2))


def with_tail(mel: Float32Array, *, tail_frames: int, floor_frames: int) -> Float32Array:
    """float32[mels, n] with at least `tail_frames` of padding behind it and at least `floor_frames`
    long: a multiple of `STEP_FRAMES`, at most 30 s, contiguous.

    The padding has the feature value 0, a faint steady noise of -40 dB to the model. That is also
    what faster-whisper puts behind an utterance.
    """
    frames = max(mel.shape[1] + tail_frames, floor_frames)
    frames = min(frames + -frames % STEP_FRAMES, LONGEST_WINDOW_FRAMES)
    window = np.zeros((mel.shape[0], frames), dtype=np.float32)
    kept = min(mel.shape[1], frames)
    window[:, :kept] = mel[:, :kept]
    return window


def with_silence(encoded: Float32Array, silence: Float32Array, positions: int) -> Float32Array:
    """An encoded utterance [1, n, width] with the last `positions` of `silence` [1, m, width]
    behind it; never longer than `silence`, which is 30 s encoded.

    Whisper's decoder knows the end of an utterance by the silence that fills the rest of the 30 s.
    Without it a sentence is said twice and single sounds are confused (docs/WHISPER.md).
    """
    positions = min(positions, silence.shape[1] - encoded.shape[1])
    return np.concatenate([encoded, silence[:, silence.shape[1] - positions :]], axis=1)


def split_at_quiet(samples: Int16Array, longest_samples: int) -> list[Int16Array]:
    """int16[n] in pieces of at most `longest_samples`, cut in the middle of the quietest 200 ms
    of the last 10 s of each piece."""
    pieces = []
    while len(samples) > longest_samples:
        first = max(longest_samples - _SEAM_SEARCH_SAMPLES, 1)
        stretch = to_float(samples[first:longest_samples])
        energy = np.convolve(stretch**2, np.ones(_SEAM_SAMPLES), mode="valid")
        cut = first + int(np.argmin(energy)) + _SEAM_SAMPLES // 2
        pieces.append(samples[:cut])
        samples = samples[cut:]
    pieces.append(samples)
    return pieces
