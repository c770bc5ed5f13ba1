"""SmartTurn v3: the probability, from the sound alone, that a speaker has finished.

The network is a Whisper-tiny encoder with a small head (model card: pipecat-ai/smart-turn-v3). It
wants the whole turn with its pre-roll, the last 8 s of it, zero-padded on the left, normalised to
zero mean and unit variance after the padding, as Whisper's log-mel spectrogram. The spectrogram
is made here with numpy alone.

Knows sound and a file; nothing of waits or words. Belongs to one thread (the ears).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

HEARD_SAMPLES = 8 * SAMPLE_RATE_HZ
_N_FFT = 400
_HOP = 160
_BANDS = 80
_FRAMES = HEARD_SAMPLES // _HOP
_NEXT_STEP = 'run `assistant models` to fetch it again, or set endpointing = "timer" under [turn]'


class SmartTurn:
    """The network in `path` on `threads` threads; `ModelError` when it is missing or damaged."""

    def __init__(self, path: Path, threads: int) -> None:
        if not path.is_file():
            raise ModelError(f"no SmartTurn model at {path}", _NEXT_STEP)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's exceptions share no base but this
            raise ModelError(
                f"the SmartTurn model {path} does not load: {error}", _NEXT_STEP
            ) from error
        entry = self._session.get_inputs()[0]
        if list(entry.shape[1:]) != [_BANDS, _FRAMES]:
            raise ModelError(
                f"the model {path} takes {entry.name} {entry.shape}, SmartTurn v3 takes"
                f" [batch, {_BANDS}, {_FRAMES}]",
                _NEXT_STEP,
            )
        self._input = entry.name

    def completeness(self, samples: Int16Array) -> float:
        """0 (the speaker goes on) to 1 (has finished) for int16[n], the whole turn so far."""
        features = whisper_log_mel(_prepared(samples))[np.newaxis]
        (score,) = self._session.run(None, {self._input: features})
        return float(np.asarray(score).reshape(-1)[0])


def whisper_log_mel(sound: Float32Array) -> Float32Array:
    """Whisper's log-mel spectrogram, float32[80, n // 160], of float32[n] at 16 kHz.

    Hann window of 25 ms every 10 ms, reflected edges, 80 triangular bands on Slaney's mel scale,
    log10 floored at 8 below the maximum, then (x + 4) / 4 (Radford et al. 2022, section 2.2, and
    the constants in openai/whisper's audio.py).
    """
    padded = np.pad(sound, _N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[:-_HOP:_HOP]
    spectrum = np.fft.rfft(frames * _window())
    power = spectrum.real**2 + spectrum.imag**2
    log_mel = np.log10(np.maximum(power @ _mel_bands(), 1e-10))
    floored = np.maximum(log_mel, log_mel.max() - 8.0)
    return np.ascontiguousarray((floored.T + 4.0) / 4.0, dtype=np.float32)


def _prepared(samples: Int16Array) -> Float32Array:
    """The last 8 s, zeros on the left, then zero mean and unit variance: float32[128000]."""
    heard = samples[-HEARD_SAMPLES:].astype(np.float32) / 32768.0
    padded = np.zeros(HEARD_SAMPLES, np.float32)
    padded[HEARD_SAMPLES - len(heard) :] = heard
    padded -= padded.mean()
    padded /= np.sqrt(padded.var() + np.float32(1e-7))
    return padded


@cache
def _window() -> Float32Array:
    """A periodic Hann window."""
    return np.hanning(_N_FFT + 1)[:-1].astype(np.float32)


@cache
def _mel_bands() -> Float32Array:
    """float32[201, 80]: triangles of equal area, evenly spaced in Slaney's mel (Auditory Toolbox,
    1998): linear to 1 kHz at 200/3 Hz a mel, then 27 mels for each factor of 6.4."""
    top = 15.0 + 27.0 * np.log(SAMPLE_RATE_HZ / 2 / 1000.0) / np.log(6.4)
    mels = np.linspace(0.0, top, _BANDS + 2)
    edges = np.where(
        mels < 15.0, mels * 200.0 / 3.0, 1000.0 * np.exp((mels - 15.0) * np.log(6.4) / 27.0)
    )
    bins = np.linspace(0.0, SAMPLE_RATE_HZ / 2, _N_FFT // 2 + 1)[:, np.newaxis]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    area = 2.0 / (edges[2:] - edges[:-2])
    bands: Float32Array = (np.maximum(0.0, np.minimum(rising, falling)) * area).astype(np.float32)
    return bands
