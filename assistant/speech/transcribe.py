"""Speech to text with a CTranslate2 Whisper: one utterance in, its words out.

Shows the encoder a short window instead of the 30 s of the paper and looks again with the full
window when the result is doubtful. Knows nothing of turns, devices or what the words are for.
A `Whisper` belongs to the thread that uses it (the mind); it starts none of its own besides the
library's workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from assistant.config import WhisperConfig, thread_count
from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array, Transcript
from assistant.speech.repetition import collapse_loops, has_loop, without_echo
from assistant.speech.windows import (
    LONGEST_WINDOW_FRAMES,
    LONGEST_WINDOW_SAMPLES,
    split_at_quiet,
    to_float,
    with_room,
    with_tail,
)

_FILES = ("model.bin", "config.json", "tokenizer.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How an utterance is shown to the model; the defaults come from docs/WHISPER.md."""

    tail_s: float = 2.0
    floor_s: float = 3.0
    beam_size: int = 1
    recheck_below_logprob: float = -0.5


class Whisper:
    """A loaded model. `directory` holds model.bin, config.json, tokenizer.json, vocabulary.*.

    Raises `ModelError` when files are missing or damaged or the device is not there.
    """

    def __init__(
        self, directory: Path, config: WhisperConfig, decoding: Decoding | None = None
    ) -> None:
        self._decoding = decoding or Decoding()
        self._is_short = config.window == "short"
        self._whisper = _load(directory, config)
        self._model: Any = self._whisper.model
        multilingual: bool = self._model.is_multilingual
        try:
            tokenizer = Tokenizer(
                self._whisper.hf_tokenizer,
                multilingual,
                task="transcribe",
                language=config.language if multilingual else "en",
            )
        except ValueError as error:
            raise ModelError(str(error), "set whisper.language to a code such as en") from error
        self._tokenizer: Any = tokenizer
        self._prompt: list[int] = [*tokenizer.sot_sequence, tokenizer.no_timestamps]

    def warm_up(self) -> None:
        """One run on a second of silence, so that the first utterance pays for no lazy set-up."""
        self.transcribe(np.zeros(SAMPLE_RATE_HZ, dtype=np.int16), lambda: False, is_partial=True)

    def transcribe(
        self, samples: Int16Array, should_stop: Callable[[], bool], *, is_partial: bool = False
    ) -> Transcript | None:
        """int16[n] at 16 kHz to words; None when `should_stop()` said so between two steps.

        A partial is never looked at twice. Sound above 30 s is split at a quiet place.
        """
        parts: list[tuple[Transcript, float]] = []
        for piece in split_at_quiet(samples, LONGEST_WINDOW_SAMPLES - SAMPLE_RATE_HZ):
            part = self._transcribe_piece(to_float(piece), should_stop, is_partial)
            if part is None:
                return None
            parts.append((part, len(piece)))
        return _joined(parts)

    def _transcribe_piece(
        self, sound: Float32Array, should_stop: Callable[[], bool], is_partial: bool
    ) -> Transcript | None:
        if not np.any(sound):
            return Transcript(text="", avg_logprob=0.0, no_speech_prob=1.0)
        result = self._decode(sound, should_stop, is_full=not self._is_short)
        if result is None:
            return None
        if self._is_short and self._is_doubtful(result):
            if is_partial:
                return replace(result, text=without_echo(collapse_loops(result.text)))
            again = self._decode(sound, should_stop, is_full=True)
            if again is None:
                return None
            result = result if has_loop(again.text) and not has_loop(result.text) else again
        return replace(result, text=collapse_loops(result.text))

    def _is_doubtful(self, result: Transcript) -> bool:
        return (
            result.avg_logprob < self._decoding.recheck_below_logprob
            or without_echo(result.text) != result.text
            or has_loop(result.text)
        )

    def _decode(
        self, sound: Float32Array, should_stop: Callable[[], bool], *, is_full: bool
    ) -> Transcript | None:
        if should_stop():
            return None
        features = self._features(sound, is_full)
        if should_stop():
            return None
        encoded = self._model.encode(ctranslate2.StorageView.from_array(features))
        if should_stop():
            return None
        most_tokens = min(12 + math.ceil(9 * len(sound) / SAMPLE_RATE_HZ), 224)
        generated = self._model.generate(
            encoded,
            [self._prompt],
            beam_size=self._decoding.beam_size,
            max_length=len(self._prompt) + most_tokens,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = generated.sequences_ids[0]
        return Transcript(
            text=self._tokenizer.decode(tokens).strip(),
            avg_logprob=generated.scores[0] * len(tokens) / (len(tokens) + 1),
            no_speech_prob=generated.no_speech_prob,
        )

    def _features(self, sound: Float32Array, is_full: bool) -> Float32Array:
        """float32[1, mels, frames] with 100 frames a second."""
        mel = self._whisper.feature_extractor(with_room(sound))
        decoding = self._decoding
        window = with_tail(
            mel,
            tail_frames=LONGEST_WINDOW_FRAMES if is_full else round(decoding.tail_s * 100),
            floor_frames=round(decoding.floor_s * 100),
        )
        return np.ascontiguousarray(window[np.newaxis])


def _load(directory: Path, config: WhisperConfig) -> Any:
    """The model on the device asked for, 8-bit weights."""
    missing = [name for name in _FILES if not (directory / name).is_file()]
    if missing:
        raise ModelError(
            f"no Whisper in {directory}: missing {', '.join(missing)}; needed {', '.join(_FILES)}",
            "run: make models",
        )
    has_cuda = config.device in ("auto", "cuda") and ctranslate2.get_cuda_device_count() > 0
    if config.device == "cuda" and not has_cuda:
        raise ModelError(
            "whisper.device is cuda and CTranslate2 finds no CUDA device",
            "set whisper.device to auto or cpu",
        )
    threads = thread_count(config.threads)
    try:
        return WhisperModel(
            str(directory),
            device="cuda" if has_cuda else "cpu",
            compute_type="int8_float16" if has_cuda else "int8",
            cpu_threads=threads,
            local_files_only=True,
        )
    except Exception as error:  # the libraries raise RuntimeError, ValueError and bare Exception
        raise ModelError(
            f"the Whisper in {directory} does not load: {error}",
            "the files may be damaged; run: make models",
        ) from error


def _joined(parts: list[tuple[Transcript, float]]) -> Transcript:
    """Texts in order; scores weighted by the length of the sound."""
    total = sum(length for _, length in parts) or 1.0
    return Transcript(
        text=" ".join(part.text for part, _ in parts if part.text),
        avg_logprob=sum(part.avg_logprob * length for part, length in parts) / total,
        no_speech_prob=sum(part.no_speech_prob * length for part, length in parts) / total,
    )
