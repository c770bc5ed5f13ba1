"""Text to speech with hibari-tts: one clause in, its sound out sentence by sentence.

A small English voice that is quick enough to make a sentence whole before it sounds. Its package is
optional. Nothing is ever fetched: a further voice of the package must be on the disk. Knows
nothing of takes or devices. Used by the voice thread only (and at set-up).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.config_voice import VoiceConfig
from assistant.errors import ModelError
from assistant.messages import Float32Array
from assistant.voice.pronounce import Pronunciation
from assistant.voice.trimming import FADE_S, LEAD_S, TAIL_S, SilenceTrimmer
from assistant.voice.voice_parts import graph_identity

_PACKAGE = "hibari-tts"
_TRIAL = "Hello, how can I help you today?"
_TAKEN = {"ids", "speed"}

_GAIN = 1.65
"""The voice is 4.3 dB quieter than Piper's as this program plays it (docs/VOICE.md)."""

_SEED = 0
"""Of the noise in the voice: the same words sound the same each time."""


class HibariVoice:
    """The voice of the package, or that of `config.speaker` or `config.model`.

    `ModelError` when the package is not installed or the voice is not there or does not load.
    """

    def __init__(self, config: VoiceConfig, threads: int = 1) -> None:
        self._path = model_file(config)
        self._configured_speed = 1.0 / config.length_scale
        self._busy = threading.Lock()
        self._pronunciation = Pronunciation(config.pronounce)
        self.speed = 1.0
        """How much faster it speaks than configured; the next clause is spoken at that speed."""
        package = _package()
        self.rate_hz: int = package.SAMPLE_RATE
        if config.device == "cuda":
            raise ModelError(
                "voice.device is cuda, and hibari runs on the processor", "set voice.device to auto"
            )
        try:
            self._voice: Any = package.Hibari(
                voice=_name(config), model=str(self._path), threads=max(1, threads)
            )
        except Exception as error:  # onnxruntime raises its own classes from C++, without a base
            raise ModelError(f"{self._path} does not load: {error}", _step(config)) from error
        taken = {value.name for value in self._voice.sess.get_inputs()}
        if taken != _TAKEN:
            raise ModelError(
                f"{self._path} is no hibari voice: it takes {', '.join(sorted(taken))}",
                "leave voice.model empty, or set voice.engine to piper",
            )
        self._config = config

    def warm_up(self) -> None:
        """Pay for what only the first clause would: the lexicon and the session's memory.

        `ModelError` when the voice loads and does not speak.
        """
        try:
            sound = list(self.synthesise(_TRIAL, lambda: False))
        except Exception as error:  # as above
            raise ModelError(
                f"{self._path} loads and does not speak: {error}", _step(self._config)
            ) from error
        if not sound:
            raise ModelError(f"{self._path} gives no sound", _step(self._config))

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """float32[n] (-1 to 1) at `rate_hz`, one piece a sentence; the pieces join without a seam.

        Asks `should_stop` before each sentence.
        """
        with self._busy:
            sentences = list(self._voice.phonemize(self._pronunciation.said(text)))
        for phonemes in sentences:
            if should_stop():
                return
            speed = self._configured_speed * self.speed
            with self._busy:  # a lesson may be prepared while an answer is spoken
                spoken = self._voice.from_phonemes(phonemes, speed=speed, seed=_SEED)
            trimmer = SilenceTrimmer(self.rate_hz)
            sound = np.concatenate([trimmer.push(_louder(spoken)), trimmer.finish()])
            if len(sound):
                yield sound


def _louder(sound: Float32Array) -> Float32Array:
    """As loud as Piper, or as loud as goes without clipping; silence when it is no sound."""
    peak = float(np.max(np.abs(sound), initial=0.0))
    if not np.isfinite(peak):
        return sound[:0]
    return np.asarray(sound * min(_GAIN, 1.0 / max(peak, 1e-6)), np.float32)


def voice_identity(config: VoiceConfig) -> tuple[str, int]:
    """What the voice's sounds are kept under, and their rate in Hz, without loading the voice.

    The first changes whenever the same text would sound otherwise. `ModelError` as when the voice
    is loaded.
    """
    digest = hashlib.sha256(graph_identity(model_file(config)))
    made_by = (_PACKAGE, importlib.metadata.version(_PACKAGE), _name(config))
    shaping = (_GAIN, _SEED, LEAD_S, TAIL_S, FADE_S, config.length_scale)
    digest.update(repr((*made_by, *shaping)).encode())
    return digest.hexdigest()[:16], int(_package().SAMPLE_RATE)


def model_file(config: VoiceConfig) -> Path:
    """The weights of the voice; `ModelError` when the package or they are not there."""
    _package()
    from hibari import voices

    name = _name(config)
    if name not in voices.VOICES:
        known = ", ".join(voices.VOICES)
        raise ModelError(
            f"hibari has no voice '{name}'",
            f"set voice.speaker to one of {known}, or leave it empty",
        )
    if config.model:
        path = Path(config.model).expanduser()
        if not path.is_file():
            raise ModelError(
                f"no hibari voice file {path}",
                "leave voice.model empty for the package's voice, or set voice.engine to piper",
            )
        return path
    try:
        path = Path(voices.voice_path(name, download_missing=False))
        if path.is_file():
            return path
    except FileNotFoundError as error:
        path = Path(str(error))
    raise ModelError(
        f"hibari's voice '{name}' is not on this machine: {path} is missing", _fetch(name)
    )


def _name(config: VoiceConfig) -> str:
    return config.speaker.strip() or "heart"


def _fetch(name: str) -> str:
    """How a voice gets onto the disk: by the person, never by this program."""
    command = f"{Path(sys.executable).parent / 'hibari'} Hello. --voice {name} -o hello.wav"
    return f"fetch it once over the network: {command}; or leave voice.speaker empty"


def _step(config: VoiceConfig) -> str:
    if config.model:
        return "leave voice.model empty for the voice in the package"
    return f"install it again: {sys.executable} -m pip install --force-reinstall {_PACKAGE}"


def _package() -> Any:
    try:
        import hibari
    except ImportError as error:
        raise ModelError(
            f"voice.engine is hibari, and the package {_PACKAGE} is not installed",
            f"run: {sys.executable} -m pip install '{_PACKAGE}>=0.2.1,<0.3'; or set voice.engine "
            "to piper",
        ) from error
    return hibari
