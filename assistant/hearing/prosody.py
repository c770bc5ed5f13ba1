"""Measures the voice of one utterance: pitch, level and speaking rate, in numpy.

Pitch is the median of voiced frames by the autocorrelation that is divided by that of its window
(Boersma 1993), the rate counts syllable nuclei as peaks of the loudness (de Jong & Wempe 2009).
Knows no speaker, no words and no thread; a call takes two milliseconds and keeps nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array
from assistant.mood import Prosody

LONGEST_S = 8.0
"""Only so much of the end of an utterance is looked at, which bounds the cost."""
SHORTEST_S = 0.35
"""Less speech than this says nothing of a voice."""

_BLOCK = 160
_BLOCKS_HZ = SAMPLE_RATE_HZ / _BLOCK
_DOWN = 4
_RATE_HZ = SAMPLE_RATE_HZ // _DOWN
_WINDOW = 160  # 40 ms at 4 kHz: two periods of the lowest pitch
_MOST_WINDOWS = 100
_FFT = 512
_LOWEST_HZ, _HIGHEST_HZ = 70, 400
_VOICED = 0.5
"""Height of the normalised autocorrelation from which a frame has a pitch; Praat takes 0.45."""
_FEWEST_VOICED = 8
_NEAR = 0.9
"""The shortest lag whose peak is as high as this part of the highest is taken: longer ones are its
multiples."""
_BELOW_PEAK_DB = 25.0
_ABOVE_FLOOR_DB = 6.0
_DIP_DB = 2.0
"""A nucleus lies so far above the dip before it (de Jong & Wempe 2009)."""

_GAP = np.ones(11)  # 50 ms to either side

BoolArray = npt.NDArray[np.bool_]

_HANN = np.hanning(_WINDOW).astype(np.float32)
_LAGS = np.arange(_RATE_HZ // _HIGHEST_HZ, _RATE_HZ // _LOWEST_HZ + 2)


def _autocorrelation(frames: Float32Array) -> Float32Array:
    spectrum = np.fft.rfft(frames, _FFT, axis=-1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.fft.irfft(power, _FFT, axis=-1).astype(np.float32)


_OF_WINDOW = _autocorrelation(_HANN)[: _LAGS[-1] + 1]
_OF_WINDOW = _OF_WINDOW / _OF_WINDOW[0]


def measure_prosody(samples: Int16Array) -> Prosody | None:
    """What is measured of int16[n] at 16 kHz, pauses included; None for too little of a voice."""
    samples = samples[-int(LONGEST_S * SAMPLE_RATE_HZ) :]
    samples = samples[: samples.size // _BLOCK * _BLOCK]
    if samples.size < SHORTEST_S * SAMPLE_RATE_HZ:
        return None
    sound: Float32Array = samples.astype(np.float32) / np.float32(32768)
    power = np.square(sound.reshape(-1, _BLOCK)).mean(axis=1)
    levels = 10 * np.log10(power + 1e-10)
    is_speech = _speech(levels)
    speech_s = float(is_speech.sum()) / _BLOCKS_HZ
    if speech_s < SHORTEST_S:
        return None
    pitch_st = _pitch(sound, is_speech)
    if pitch_st is None:
        return None
    return Prosody(
        pitch_st=pitch_st,
        level_dbfs=float(10 * np.log10(power[is_speech].mean() + 1e-10)),
        rate_hz=_nuclei(levels, is_speech) / _spoken_s(is_speech),
        speech_s=speech_s,
    )


def _speech(levels: Float32Array) -> BoolArray:
    """Which blocks of 10 ms are loud enough to be the voice: within 25 dB of its loudest parts and
    well above the room."""
    floor, loud = np.percentile(levels, (5, 95))
    found: BoolArray = levels > max(loud - _BELOW_PEAK_DB, min(floor + _ABOVE_FLOOR_DB, loud - 6))
    return found


def _pitch(sound: Float32Array, is_speech: BoolArray) -> float | None:
    """The median pitch in semitones above 1 Hz; None when hardly anything is voiced."""
    low = sound.reshape(-1, _DOWN).mean(axis=1)
    starts = np.flatnonzero(is_speech) * (_BLOCK // _DOWN)
    starts = starts[(starts + _WINDOW <= low.size)]
    starts = starts[:: max(2, -(-starts.size // _MOST_WINDOWS))]
    if starts.size < _FEWEST_VOICED:
        return None
    raw = low[starts[:, None] + np.arange(_WINDOW)]
    frames: Float32Array = (raw - raw.mean(axis=1, keepdims=True)) * _HANN
    found = _autocorrelation(frames)[:, : _LAGS[-1] + 1]
    heights = (found / (found[:, :1] + 1e-9) / _OF_WINDOW)[:, _LAGS]
    inner = heights[:, 1:-1]
    is_peak = (inner >= heights[:, :-2]) & (inner > heights[:, 2:])
    peaks = np.where(is_peak, inner, 0.0)
    highest = peaks.max(axis=1)
    voiced = np.flatnonzero(highest >= _VOICED)
    if voiced.size < _FEWEST_VOICED:
        return None
    first = (peaks[voiced] >= _NEAR * highest[voiced, None]).argmax(axis=1) + 1
    before, at, after = (heights[voiced, first + step] for step in (-1, 0, 1))
    lags = _LAGS[first] + 0.5 * (before - after) / (before - 2 * at + after - 1e-9)
    return float(12 * np.log2(_RATE_HZ / np.median(lags)))


def _spoken_s(is_speech: BoolArray) -> float:
    """Seconds of speech with the dips between syllables, without pauses."""
    return float((np.convolve(is_speech, _GAP, mode="same") > 0).sum()) / _BLOCKS_HZ


def _nuclei(levels: npt.NDArray[np.floating], is_speech: BoolArray) -> int:
    """How many syllables: peaks of the smoothed level with a dip of 2 dB between them."""
    smooth = np.convolve(levels, np.full(5, 0.2), mode="same")
    inner = smooth[1:-1]
    turns = np.flatnonzero((inner - smooth[:-2]) * (smooth[2:] - inner) <= 0) + 1
    count, low, high = 0, np.inf, -np.inf
    for place in turns:
        level = smooth[place]
        if level > high and is_speech[place]:
            high = level
        if high - low >= _DIP_DB and level <= high - _DIP_DB:
            count, low, high = count + 1, level, -np.inf
        low = min(low, level) if level < low or high == -np.inf else low
    return count
