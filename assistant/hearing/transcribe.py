"""Speech to text with a CTranslate2 Whisper: one utterance in, its words out.

Shows the encoder the utterance and a short tail instead of the 30 s of the paper, and the decoder
what the encoder once made of silence behind it (`remembered silence`, docs/WHISPER.md). Knows
nothing of turns, devices or what the words are for. `transcribe` may be called by `WORKERS` threads
at a time; it starts none of its own besides the library's workers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import ctranslate2
import numpy as np

from assistant.config import TranscriberConfig
from assistant.errors import ModelError
from assistant.hearing.repetition import (
    collapse_loops,
    ends_in_one_word,
    has_loop,
    without_echo,
)
from assistant.hearing.whisper_load import open_whisper
from assistant.hearing.windows import (
    LONGEST_WINDOW_FRAMES,
    LONGEST_WINDOW_SAMPLES,
    split_at_quiet,
    to_float,
    turned_up,
    with_room,
    with_silence,
    with_tail,
)
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array, Transcript

T = TypeVar("T")

WORKERS = 2
"""Calls that run side by side: with one, the words of a take would wait for those of a moment ago,
100 ms and more. A second one costs memory for its buffers; the weights are shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is shown of an utterance; the values come from docs/WHISPER.md.

    The encoder gets at least `tail_s` of padding behind it and `floor_s` in all; the decoder gets
    `silence_positions` (20 ms each) of remembered silence behind that.
    """

    tail_s: float
    floor_s: float
    silence_positions: int


FIRST_LOOK = Look(tail_s=1.0, floor_s=3.0, silence_positions=125)
SECOND_LOOK = Look(tail_s=4.0, floor_s=6.0, silence_positions=1500)
FULL_LOOK = Look(tail_s=30.0, floor_s=30.0, silence_positions=0)

EXPECTED_WORD = 2.0
"""What one more expected word adds to the logarithm of a hypothesis' probability: it is taken to be
about seven times as likely as the recogniser thinks (docs/WHISPER.md)."""

BEAM_SIZE = 3
"""Greedy decoding loses 4 points of the orders; 5 gains one, with expected words 3.5, and its 12 to
20 ms would delay the end of every turn (docs/WHISPER.md). Partials are decoded greedily."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to hear an utterance: the logarithm of its whole probability, its tokens counted."""

    text: str
    logprob: float
    tokens: int


def likeliest(found: Sequence[Hypothesis], count_expected: Callable[[str], int]) -> Hypothesis:
    """The first of `found`, the recogniser's own choice, unless one with more expected words than
    that is likelier once each of these counts for `EXPECTED_WORD`."""
    counted = [(one, count_expected(one.text)) for one in found]
    candidates = [counted[0], *(one for one in counted[1:] if one[1] > counted[0][1])]
    return max(candidates, key=lambda one: one[0].logprob + EXPECTED_WORD * one[1])[0]


class Whisper:
    """A loaded model. `directory` holds model.bin, config.json, tokenizer.json, vocabulary.*.

    Raises `ModelError` when files are missing, damaged or of another kind, the language is not
    known or the device is not there.
    """

    def __init__(self, directory: Path, config: TranscriberConfig) -> None:
        self.count_expected: Callable[[str], int] = lambda text: 0
        """How many words of a text somebody expects to hear; set once, before the threads start."""
        self._is_short = config.window == "short"
        self._opened = open_whisper(directory, config, WORKERS)
        self._model: Any = self._opened.model
        self._silence = self._tried(self._remembered_silence)
        if not np.isfinite(self._silence).all():
            raise ModelError(
                f"the weights of the Whisper in {directory} are damaged: they give no numbers",
                self._opened.again,
            )

    def warm_up(self) -> None:
        """One run on a second of nothing, so that the first utterance pays for no lazy set-up.

        `ModelError` when the model loads and does not work.
        """
        nothing = np.ones(SAMPLE_RATE_HZ, dtype=np.int16)  # zeros would not reach the model
        self._tried(lambda: self.transcribe(nothing, lambda: False, is_partial=True))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know about where the model runs; empty when all is as set."""
        return self._opened.remarks

    def prompt_tokens(self) -> list[str]:
        """What the decoder is given before the first word: language and task, where it has them."""
        return [self._opened.tokenizer.id_to_token(token) for token in self._opened.prompt]

    def _tried(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (RuntimeError, ValueError) as error:
            raise ModelError(
                f"the Whisper in {self._opened.directory} loads and does not work: {error}",
                self._opened.again,
            ) from error

    def transcribe(
        self, samples: Int16Array, should_stop: Callable[[], bool], *, is_partial: bool = False
    ) -> Transcript | None:
        """int16[n] at 16 kHz to words; None when `should_stop()` said so between two steps.

        A partial is decoded greedily and never looked at twice. Sound above 30 s is split at a
        quiet place.
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
        beam_size = 1 if is_partial else BEAM_SIZE
        look = FIRST_LOOK if self._is_short else FULL_LOOK
        result = self._decode(sound, should_stop, look, beam_size)
        if result is None:
            return None
        if self._is_short and _says_it_again(result.text):
            if is_partial:
                return replace(result, text=without_echo(collapse_loops(result.text)))
            result = self._decode(sound, should_stop, SECOND_LOOK, beam_size)
            if result is None:
                return None
        return replace(result, text=collapse_loops(result.text))

    def _decode(
        self, sound: Float32Array, should_stop: Callable[[], bool], look: Look, beam_size: int
    ) -> Transcript | None:
        if should_stop():
            return None
        mel = self._opened.features(turned_up(with_room(sound)))
        if should_stop():
            return None
        window = with_tail(
            mel, tail_frames=round(look.tail_s * 100), floor_frames=round(look.floor_s * 100)
        )
        memory = with_silence(self._encode(window), self._silence, look.silence_positions)
        if should_stop():
            return None
        most_tokens = min(12 + math.ceil(9 * len(sound) / SAMPLE_RATE_HZ), 224)
        generated = self._model.generate(
            ctranslate2.StorageView.from_array(memory),
            [self._opened.prompt],
            beam_size=beam_size,
            num_hypotheses=beam_size,
            max_length=len(self._opened.prompt) + most_tokens,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        found = [
            Hypothesis(self._opened.words(tokens), score * len(tokens), len(tokens))
            for tokens, score in zip(generated.sequences_ids, generated.scores, strict=True)
        ]
        own = found[0]  # by whose confidence noise is told from words, whatever is expected
        return Transcript(
            text=likeliest(found, self.count_expected).text,
            avg_logprob=own.logprob / (own.tokens + 1),
            no_speech_prob=generated.no_speech_prob,
        )

    def _encode(self, mel: Float32Array) -> Float32Array:
        """float32[mels, frames] as the decoder's memory [1, frames / 2, width]."""
        features = ctranslate2.StorageView.from_array(mel[np.newaxis])
        return np.array(self._model.encode(features, to_cpu=True))

    def _remembered_silence(self) -> Float32Array:
        """What the encoder makes of 30 s with nothing in them."""
        return self._encode(np.zeros((self._model.n_mels, LONGEST_WINDOW_FRAMES), np.float32))


def _says_it_again(text: str) -> bool:
    return without_echo(text) != text or has_loop(text) or ends_in_one_word(text)


def _joined(parts: list[tuple[Transcript, float]]) -> Transcript:
    """Texts in order; scores weighted by the length of the sound."""
    total = sum(length for _, length in parts) or 1.0
    return Transcript(
        text=" ".join(part.text for part, _ in parts if part.text),
        avg_logprob=sum(part.avg_logprob * length for part, length in parts) / total,
        no_speech_prob=sum(part.no_speech_prob * length for part, length in parts) / total,
    )
