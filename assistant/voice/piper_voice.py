"""Text to speech with Piper: one clause in, its sound out piece by piece as it is decoded.

Knows nothing of takes or devices. Used by the voice thread only (and at set-up).
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.config_voice import VoiceConfig, phonemes_of
from assistant.errors import ConfigError, ModelError
from assistant.messages import AUDIBLE, Float32Array
from assistant.voice.pronounce import Pronunciation, letters_said
from assistant.voice.trimming import FADE_S, LEAD_S, TAIL_S, SilenceTrimmer
from assistant.voice.voice_graph import (
    ChunkedGraph,
    Feed,
    FeedError,
    Sessions,
    Speech,
    WholeGraph,
    WholeSpeech,
)
from assistant.voice.voice_parts import graph_identity, has_parts, open_graph, parts_name
from assistant.voice.voice_settings import (
    VoiceSettings,
    read_settings,
    speaker_number,
    voice_step,
)

_PEAK = 0.85
_TRIAL = "Hello, how can I help you today?"
_NEEDED_SHARE = 0.5
"""Share of the trial's phonemes that a voice must have: less is a voice of another script."""

_FIRST_FRAMES = 16
_MOST_FRAMES = 96
_AHEAD_FRAMES = 8
"""Sound that must be there before any is given, so that the next chunk comes in time."""


class PiperVoice:
    """A Piper voice (.onnx with .onnx.json beside it). `ModelError` when it does not load.

    Its graph is cut for streaming, and the parts are kept in the directory `cache`.
    """

    def __init__(
        self, path: Path, config: VoiceConfig, threads: int = 0, cache: Path | None = None
    ) -> None:
        self._path = path
        self._settings = read_settings(path, config)
        self._speaker = speaker_number(path, self._settings, config)
        self._step = voice_step(config)
        self._config = config
        self._speed = 1.0
        self._scales = _scales(config, 1.0)
        self._phonemizing = threading.Lock()
        self.rate_hz = self._settings.rate_hz
        self._piper = _phonemizer(self._settings)
        self._pronunciation = _pronunciation(config, self._settings)
        trial = self._feed(self._trial_ids(), np.array([0, 1, 0], np.float32))
        self.graph = self._open(Sessions(threads, _providers(config)), cache, trial)
        self._gain = _PEAK / self.graph.peak

    def _trial_ids(self) -> list[int]:
        try:
            phonemes = self._piper.phonemize(_TRIAL)[0]
        except (ValueError, RuntimeError, IndexError) as error:
            raise ModelError(
                f"{self._path.name}: espeak has no voice '{self._settings.espeak_voice}' ({error})",
                self._step,
            ) from error
        known = sum(one in self._settings.phoneme_ids for one in phonemes)
        if known < _NEEDED_SHARE * len(phonemes):
            raise ModelError(
                f"{self._path.name} has {known} of the {len(phonemes)} phonemes of an English "
                "sentence: it is a voice of another script",
                "set voice.model to a voice that speaks English",
            )
        return self._settings.numbers(phonemes)

    def _open(
        self, sessions: Sessions, cache: Path | None, trial: Feed
    ) -> ChunkedGraph | WholeGraph:
        try:
            graph = open_graph(self._path, cache, sessions, trial)
        except FeedError as error:
            raise ModelError(self._misfit(error), self._step) from error
        except Exception as error:  # onnxruntime raises its own classes from C++, without a base
            raise ModelError(
                f"{self._path.name} does not load{self._as_whom}: {error}", self._step
            ) from error
        if not graph.peak >= AUDIBLE:  # also when it is not a number
            raise ModelError(f"{self._path.name} gives no sound{self._as_whom}", self._step)
        return graph

    @property
    def _as_whom(self) -> str:
        return "" if self._speaker is None else f" as speaker {self._speaker}"

    def _misfit(self, error: FeedError) -> str:
        """What is said of a graph that takes other inputs than its description promises."""
        name = self._path.name
        if "sid" in error.surplus:
            return (
                f"{name}.json speaks of {self._settings.speakers} speakers and {name} has one: "
                "they do not belong together"
            )
        if error.missing == {"sid"} and not error.surplus:
            return (
                f"{name}.json speaks of one speaker and {name} has several: they do not belong "
                "together"
            )
        return f"{name} is no Piper voice: {error}"

    @property
    def whole_because(self) -> str:
        """Why clauses are synthesised at once instead of in chunks; empty when they are not."""
        return self.graph.whole_because

    @property
    def speed(self) -> float:
        """How much faster it speaks than configured; the next clause is spoken at that speed."""
        return self._speed

    @speed.setter
    def speed(self, factor: float) -> None:
        self._speed, self._scales = factor, _scales(self._config, factor)

    def warm_up(self) -> None:
        """Pay for what only the first clause would: espeak's tables and the sessions' memory.

        `ModelError` when the voice loads and does not speak.
        """
        try:
            for _ in itertools.islice(self.synthesise(_TRIAL, lambda: False), 2):
                pass
        except Exception as error:  # as above
            raise ModelError(
                f"{self._path.name} loads and does not speak{self._as_whom}: {error}", self._step
            ) from error

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """float32[n] (-1 to 1) at `rate_hz`, piece by piece; the pieces join without a seam.

        The pieces grow, and each is decoded while those before it sound. Asks `should_stop`
        before each chunk.
        """
        for ids in self.sentences(text):
            if should_stop():
                return
            yield from self._stream(ids, should_stop)

    def begin(self, ids: list[int]) -> Speech | WholeSpeech:
        """One sentence, encoded and to be decoded; `ids` are its phonemes as the voice numbers
        them. Its sound is neither trimmed nor brought to the voice's loudness."""
        return self.graph.begin(self._feed(ids, self._scales))

    def _stream(self, ids: list[int], should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        speech = self.begin(ids)
        trimmer = SilenceTrimmer(self.rate_hz)
        hop = self.graph.hop
        ready, spoken = np.empty(0, np.float32), 0
        while not speech.is_over:
            if should_stop():
                return
            frames = min(max(_FIRST_FRAMES, spoken // hop), _MOST_FRAMES)
            sound = np.clip(speech.decode(frames) * self._gain, -1.0, 1.0)
            ready = np.concatenate([ready, trimmer.push(sound)])
            if len(ready) >= _AHEAD_FRAMES * hop and not speech.is_over:
                spoken += len(ready)
                yield ready
                ready = ready[:0]
        ready = np.concatenate([ready, trimmer.finish()])
        if len(ready):
            yield ready

    def sentences(self, text: str) -> list[list[int]]:
        """The phonemes of each sentence as the voice numbers them."""
        text = self._pronunciation.said(text)
        if self._settings.phoneme_type == "espeak":
            text = letters_said(text)
        with self._phonemizing:  # espeak keeps its state in the process
            found = [self._settings.numbers(one) for one in self._piper.phonemize(text)]
        return [ids for ids in found if ids]

    def _feed(self, ids: list[int], scales: Float32Array) -> Feed:
        feed = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": scales,
        }
        if self._speaker is not None:
            feed["sid"] = np.array([self._speaker], np.int64)
        return feed


def _pronunciation(config: VoiceConfig, settings: VoiceSettings) -> Pronunciation:
    """The user's table; `ConfigError` names phonemes that the voice does not have."""
    table = Pronunciation(config.pronounce)
    for words, sound in config.pronounce.items():
        phonemes = phonemes_of(sound)
        unknown = [one for one in phonemes if one not in settings.phoneme_ids]
        if unknown or (phonemes and settings.phoneme_type != "espeak"):
            raise ConfigError(
                f"voice.pronounce gives {words!r} phonemes that this voice does not have: "
                f"{' '.join(dict.fromkeys(unknown)) or phonemes}",
                'use those of the IPA as espeak writes them, as "/wˈɪn/", or respell the word',
                f"voice.pronounce.{words}",
            )
    return table


def _scales(config: VoiceConfig, speed: float) -> Float32Array:
    length = config.length_scale / speed
    return np.array((config.noise_scale, length, config.noise_w_scale), np.float32)


def _phonemizer(settings: VoiceSettings) -> Any:
    """Piper's way from words to phonemes, without a graph."""
    import piper

    described = {
        "audio": {"sample_rate": settings.rate_hz},
        "espeak": {"voice": settings.espeak_voice},
        "num_symbols": len(settings.phoneme_ids),
        "num_speakers": settings.speakers,
        "phoneme_type": settings.phoneme_type,
        "phoneme_id_map": settings.phoneme_ids,
        "vowel_clusters": settings.vowel_clusters,
    }
    return piper.PiperVoice(session=None, config=piper.PiperConfig.from_dict(described))


def _providers(config: VoiceConfig) -> list[str]:
    import onnxruntime

    providers = ["CPUExecutionProvider"]
    available = onnxruntime.get_available_providers()
    if config.device in ("auto", "cuda") and "CUDAExecutionProvider" in available:
        providers.insert(0, "CUDAExecutionProvider")
    elif config.device == "cuda":
        raise ModelError(
            "voice.device is cuda, and this onnxruntime has no CUDA",
            "install onnxruntime-gpu in the virtual environment, or set voice.device to auto",
        )
    return providers


def is_cut(path: Path, config: VoiceConfig, cache: Path) -> bool:
    """True when nothing is left to be cut for the directory `cache`; the voice is not loaded."""
    return has_parts(path, cache, Sessions(0, _providers(config)))


def cut_name(path: Path, config: VoiceConfig) -> str:
    """The name of the folder with the parts of the voice `path`, which is not loaded."""
    return parts_name(path, Sessions(0, _providers(config)))


def voice_identity(path: Path, config: VoiceConfig) -> tuple[str, int]:
    """What the voice's sounds are kept under, and their rate in Hz, without loading the voice.

    The first changes whenever the same text would sound otherwise: other weights, settings or
    speaker. `ModelError` as when the voice is loaded.
    """
    settings = read_settings(path, config)
    speaker = speaker_number(path, settings, config)
    digest = hashlib.sha256(path.with_name(path.name + ".json").read_bytes())
    digest.update(graph_identity(path))
    shaping: list[float] = [_PEAK, LEAD_S, TAIL_S, FADE_S]
    shaping += [config.length_scale, config.noise_scale, config.noise_w_scale]
    if speaker is not None:
        shaping.append(speaker)
    digest.update(repr(tuple(shaping)).encode())
    return digest.hexdigest()[:16], settings.rate_hz
