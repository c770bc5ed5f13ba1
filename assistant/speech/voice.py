"""Text to speech with Piper: one clause in, its sound out.

Leading silence is trimmed, because a person waits through it; trailing silence is kept short, so
that clauses follow each other as in one sentence. Knows nothing of takes or devices. Used by the
voice thread only (and at set-up).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.config import VoiceConfig
from assistant.errors import ModelError
from assistant.messages import AUDIBLE, Float32Array

_PEAK = 0.85
_LEAD_S = 0.004
_TAIL_S = 0.14
_IDENTITY_BYTES = 4_000_000


def first_audible(samples: Float32Array, threshold: float = AUDIBLE) -> int | None:
    """Index of the first sample of float32[n] at or above `threshold`; None in silence."""
    loud = np.abs(samples) >= threshold
    return int(np.argmax(loud)) if loud.any() else None


def trim(samples: Float32Array, rate_hz: int) -> Float32Array:
    """float32[n] without leading silence and with at most 140 ms of it at the end."""
    start = first_audible(samples)
    if start is None:
        return samples[:0]
    end = len(samples) - (first_audible(samples[::-1]) or 0)
    start = max(0, start - int(_LEAD_S * rate_hz))
    cut = samples[start : end + int(_TAIL_S * rate_hz)].copy()
    fade = min(len(cut), int(0.003 * rate_hz))
    cut[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    cut[len(cut) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut


class PiperVoice:
    """A Piper voice (.onnx with .onnx.json beside it). `ModelError` when it does not load."""

    def __init__(self, path: Path, config: VoiceConfig, threads: int = 0) -> None:
        description = _description(path)
        import piper

        try:
            self._piper: Any = piper.PiperVoice(
                session=_session(path, config, threads),
                config=piper.PiperConfig.from_dict(description),
            )
        except (ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"{path.name} does not load: {error}", "run `make models-verify`"
            ) from error
        self._settings = piper.SynthesisConfig(
            length_scale=config.length_scale,
            noise_scale=config.noise_scale,
            noise_w_scale=config.noise_w_scale,
        )
        self.rate_hz: int = self._piper.config.sample_rate
        self._gain = 1.0
        self._set_gain()

    def _set_gain(self) -> None:
        """One gain for the whole voice, so that short clauses are as loud as long ones."""
        peaks = [
            float(np.max(np.abs(sentence), initial=0.0))
            for sentence in self._sentences("Hello, how can I help you today?")
        ]
        self._gain = _PEAK / max(peaks) if peaks and max(peaks) > 0 else 1.0

    def _sentences(self, text: str) -> Iterator[Float32Array]:
        for phonemes in self._piper.phonemize(text):
            ids = self._piper.phonemes_to_ids(phonemes)
            if ids:
                sound = self._piper.phoneme_ids_to_audio(ids, self._settings)
                yield np.atleast_1d(np.asarray(sound, dtype=np.float32))

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """float32[n] (-1 to 1) at `rate_hz`, one piece a sentence; stops between pieces."""
        for sentence in self._sentences(text):
            if should_stop():
                return
            sound = trim(np.clip(sentence * self._gain, -1.0, 1.0), self.rate_hz)
            if len(sound):
                yield sound


def _session(path: Path, config: VoiceConfig, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    providers = ["CPUExecutionProvider"]
    available = onnxruntime.get_available_providers()
    if config.device in ("auto", "cuda") and "CUDAExecutionProvider" in available:
        providers.insert(0, "CUDAExecutionProvider")
    elif config.device == "cuda":
        raise ModelError(
            "voice.device is cuda, and this onnxruntime has no CUDA",
            "install onnxruntime-gpu in the virtual environment, or set voice.device to auto",
        )
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # onnxruntime raises its own classes from C++, without a base
        raise ModelError(
            f"{path.name} does not load: {error}", "run `make models-verify`"
        ) from error


def voice_identity(path: Path, config: VoiceConfig) -> tuple[str, int]:
    """What the voice's sounds are kept under, and their rate in Hz, without loading the voice.

    The first changes whenever the same text would sound otherwise: other weights or settings.
    """
    rate_hz = int(_description(path)["audio"]["sample_rate"])
    digest = hashlib.sha256(path.with_name(path.name + ".json").read_bytes())
    with path.open("rb") as file:  # both ends tell two voices of the same shape apart
        digest.update(file.read(_IDENTITY_BYTES))
        file.seek(-min(_IDENTITY_BYTES, path.stat().st_size), os.SEEK_END)
        digest.update(file.read())
    shaping = (_PEAK, _LEAD_S, _TAIL_S, config.length_scale, config.noise_scale)
    digest.update(repr((*shaping, config.noise_w_scale)).encode())
    return digest.hexdigest()[:16], rate_hz


def _description(path: Path) -> dict[str, Any]:
    """The voice's own JSON file."""
    settings = path.with_name(path.name + ".json")
    for needed in (path, settings):
        if not needed.is_file():
            raise ModelError(
                f"no Piper voice file {needed}", "run `make models`, or set voice.model"
            )
    try:
        found: dict[str, Any] = json.loads(settings.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(
            f"{settings.name} is damaged: {error}", "run `make models-verify`"
        ) from error
    return found
