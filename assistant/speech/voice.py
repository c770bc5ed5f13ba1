"""Text to speech with Piper: one clause in, its sound out piece by piece as it is decoded.

Leading silence is trimmed, because a person waits through it; trailing silence is kept short, so
that clauses follow each other as in one sentence. Knows nothing of takes or devices. Used by the
voice thread only (and at set-up).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from assistant.config import VoiceConfig
from assistant.errors import ModelError
from assistant.messages import AUDIBLE, Float32Array
from assistant.speech.voice_graph import (
    ChunkedGraph,
    Feed,
    Sessions,
    Speech,
    WholeGraph,
    WholeSpeech,
)
from assistant.speech.voice_parts import graph_identity, has_parts, open_graph

_PEAK = 0.85
_LEAD_S = 0.002
_TAIL_S = 0.14
_FADE_S = 0.002
_TRIAL = "Hello, how can I help you today?"

_FIRST_FRAMES = 16
_MOST_FRAMES = 96
_AHEAD_FRAMES = 8
"""Sound that must be there before any is given, so that the next chunk comes in time."""


def first_audible(samples: Float32Array, threshold: float = AUDIBLE) -> int | None:
    """Index of the first sample of float32[n] at or above `threshold`; None in silence."""
    loud = np.abs(samples) >= threshold
    return int(np.argmax(loud)) if loud.any() else None


class SilenceTrimmer:
    """Takes the silence before a sentence away and leaves at most 140 ms of it behind.

    Works on the sentence piece by piece and holds back no more than may have to be cut or faded.
    """

    def __init__(self, rate_hz: int) -> None:
        self._lead = int(_LEAD_S * rate_hz)
        self._tail = int(_TAIL_S * rate_hz)
        self._ramp = np.linspace(0, 1, int(_FADE_S * rate_hz), dtype=np.float32)
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


class PiperVoice:
    """A Piper voice (.onnx with .onnx.json beside it). `ModelError` when it does not load.

    Its graph is cut for streaming, and the parts are kept in the directory `cache`.
    """

    def __init__(
        self, path: Path, config: VoiceConfig, threads: int = 0, cache: Path | None = None
    ) -> None:
        description = _description(path)
        import piper

        scales = (config.noise_scale, config.length_scale, config.noise_w_scale)
        self._scales = np.array(scales, np.float32)
        try:
            settings = piper.PiperConfig.from_dict(description)
            self._piper: Any = piper.PiperVoice(session=None, config=settings)
            self.rate_hz: int = settings.sample_rate
            trial = self._feed(self.sentences(_TRIAL)[0], np.array([0, 1, 0], np.float32))
        except (ValueError, KeyError, RuntimeError, IndexError) as error:
            raise ModelError(
                f"{path.name} does not load: {error}", "run `make models-verify`"
            ) from error
        self.graph = _graph(path, cache, Sessions(threads, _providers(config)), trial)
        self._gain = _PEAK / self.graph.peak if self.graph.peak > 0 else 1.0

    @property
    def whole_because(self) -> str:
        """Why clauses are synthesised at once instead of in chunks; empty when they are not."""
        return self.graph.whole_because

    def warm_up(self) -> None:
        """Pay for what only the first clause would: espeak's tables and the sessions' memory."""
        for _ in itertools.islice(self.synthesise(_TRIAL, lambda: False), 2):
            pass

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
        found = (self._piper.phonemes_to_ids(one) for one in self._piper.phonemize(text))
        return [ids for ids in found if ids]

    def _feed(self, ids: list[int], scales: Float32Array) -> Feed:
        feed = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": scales,
        }
        if self._piper.config.num_speakers > 1:
            feed["sid"] = np.array([self._piper.config.default_speaker_id or 0], np.int64)
        return feed


def _graph(
    path: Path, cache: Path | None, sessions: Sessions, trial: Feed
) -> ChunkedGraph | WholeGraph:
    try:
        return open_graph(path, cache, sessions, trial)
    except Exception as error:  # onnxruntime raises its own classes from C++, without a base
        raise ModelError(
            f"{path.name} does not load: {error}", "run `make models-verify`"
        ) from error


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


def voice_identity(path: Path, config: VoiceConfig) -> tuple[str, int]:
    """What the voice's sounds are kept under, and their rate in Hz, without loading the voice.

    The first changes whenever the same text would sound otherwise: other weights or settings.
    """
    rate_hz = int(_description(path)["audio"]["sample_rate"])
    digest = hashlib.sha256(path.with_name(path.name + ".json").read_bytes())
    digest.update(graph_identity(path))
    shaping = (_PEAK, _LEAD_S, _TAIL_S, _FADE_S)
    scales = (config.length_scale, config.noise_scale, config.noise_w_scale)
    digest.update(repr((*shaping, *scales)).encode())
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
