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
from assistant.hearing.beam import decode, likeliest
from assistant.hearing.hallucination import SILENT
from assistant.hearing.known import (
    BATCH,
    MOST_PHRASES,
    Choice,
    choose,
    is_settled,
    no_candidates,
    spelled_like,
)
from assistant.hearing.repetition import (
    collapse_loops,
    ends_in_one_word,
    has_loop,
    without_echo,
)
from assistant.hearing.scoring import Scored, score
from assistant.hearing.segments import FROM_S, Read, has_more, read_segments
from assistant.hearing.settled import joined
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

_MOST_SEGMENTS = 4
"""So many times a piece is read on behind the place where the decoder stopped."""

BEAM_SIZE = 3
"""Greedy decoding loses 4 points of the orders; 5 gains one, with expected words 3.5, and its 12 to
20 ms would delay the end of every turn (docs/WHISPER.md). Partials are decoded greedily."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was heard freely: the transcript, the different texts of the beam, that of the
    transcript first, and the encoded window [1, positions, width] without silence behind it."""

    transcript: Transcript
    texts: tuple[str, ...]
    encoded: Float32Array


class Whisper:
    """A loaded model. `directory` holds model.bin, config.json, tokenizer.json, vocabulary.*.

    Raises `ModelError` when files are missing, damaged or of another kind, the language is not
    known or the device is not there.
    """

    def __init__(self, directory: Path, config: TranscriberConfig) -> None:
        self.count_expected: Callable[[str], int] = lambda text: 0
        """How many words of a text somebody expects to hear; set once, before the threads start."""
        self.candidates: Callable[[Sequence[str]], Sequence[str]] = no_candidates
        """The phrases that may have been said where the beam heard these texts, best first, spelled
        as Whisper writes; none where the words are plain. Set once, before the threads start."""
        self.choose: Callable[[Scored, Sequence[Scored]], Choice | None] = choose
        """The rule between the free text and the phrases; exchanged by who fits it."""
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
        self,
        samples: Int16Array,
        should_stop: Callable[[], bool],
        *,
        is_partial: bool = False,
        is_part: bool = False,
    ) -> Transcript | None:
        """int16[n] at 16 kHz to words; None when `should_stop()` said so between two steps.

        A partial is decoded greedily and never looked at twice. Sound above 30 s is split at a
        quiet place. `is_part`: more was said before or after it. Of these, and of sound of 10 s and
        more, every sentence is read (hearing/segments.py); only the rest may be a known phrase.
        """
        parts: list[tuple[Transcript, float]] = []
        is_long = is_part or len(samples) >= FROM_S * SAMPLE_RATE_HZ
        for piece in split_at_quiet(samples, LONGEST_WINDOW_SAMPLES - SAMPLE_RATE_HZ):
            if is_long and not is_partial:
                part = self._read_segments(to_float(piece), should_stop)
            else:
                part = self._transcribe_piece(to_float(piece), should_stop, is_partial)
            if part is None:
                return None
            parts.append((part, len(piece)))
        return joined(parts)

    def _transcribe_piece(
        self, sound: Float32Array, should_stop: Callable[[], bool], is_partial: bool
    ) -> Transcript | None:
        if not np.any(sound):
            return Transcript(text="", avg_logprob=0.0, no_speech_prob=1.0)
        beam_size = 1 if is_partial else BEAM_SIZE
        look = FIRST_LOOK if self._is_short else FULL_LOOK
        found = self._decode(sound, should_stop, look, beam_size)
        if found is None:
            return None
        result = found.transcript
        if self._is_short and _says_it_again(result.text):
            if is_partial:
                return replace(result, text=without_echo(collapse_loops(result.text)))
            found = self._decode(sound, should_stop, SECOND_LOOK, beam_size)
            if found is None:
                return None
            result = found.transcript
        result = replace(result, text=collapse_loops(result.text))
        if is_partial:
            return result
        return self._against_known(replace(found, transcript=result), should_stop)

    def _against_known(self, found: Decoded, should_stop: Callable[[], bool]) -> Transcript:
        """What was heard freely, or the known phrase that wins against it on the same sound."""
        heard = found.transcript
        phrases = self.candidates(found.texts)[:MOST_PHRASES] if self._opened.can_align else ()
        if not phrases:
            return heard
        memory = self._with_silence(found.encoded, FIRST_LOOK)
        free, known = Scored("", ()), list[Scored]()
        texts = [heard.text] * bool(heard.text) + list(phrases)
        for at in range(0, len(texts), BATCH):
            if should_stop():
                return heard
            batch = texts[at : at + BATCH]
            scored = score(
                self._opened, memory, [(one, spelled_like(one, heard.text)) for one in batch]
            )
            if at == 0 and heard.text:
                free, *scored = scored
            known += scored
            if is_settled(free, known):
                break
        choice = self.choose(free, known)
        if choice is None:
            return heard
        return replace(
            heard,
            text=choice.text,
            avg_logprob=max(heard.avg_logprob, choice.mean) if heard.text else choice.mean,
            free=heard.text,
            margin=choice.margin,
        )

    def _read_segments(
        self, sound: Float32Array, should_stop: Callable[[], bool]
    ) -> Transcript | None:
        """All sentences of float32[n], also those behind a pause at which the decoder stops."""
        parts: list[tuple[Transcript, float]] = []
        sound = turned_up(sound)
        at = 0
        while len(parts) < _MOST_SEGMENTS and (at == 0 or has_more(sound, at)):
            if not np.any(sound[at:]):
                break
            read = self._read_segment(sound[at:], should_stop, FIRST_LOOK)
            if self._is_short and read is not None and _says_it_again(read.transcript.text):
                read = self._read_segment(sound[at:], should_stop, SECOND_LOOK)
            if read is None:
                return None
            text = collapse_loops(read.transcript.text)
            if at and read.transcript.no_speech_prob > SILENT:
                break
            parts.append((replace(read.transcript, text=text), float(read.end)))
            if read.end == 0:
                break
            at += read.end
        return joined(parts) if parts else Transcript(text="", no_speech_prob=1.0)

    def _read_segment(
        self, sound: Float32Array, should_stop: Callable[[], bool], look: Look
    ) -> Read | None:
        if should_stop():
            return None
        look = look if self._is_short else FULL_LOOK
        encoded = self._encode_sound(with_room(sound), look, should_stop)
        if encoded is None:
            return None
        memory = self._with_silence(encoded, look)
        return read_segments(self._opened, memory, len(sound), BEAM_SIZE, self.count_expected)

    def _decode(
        self, sound: Float32Array, should_stop: Callable[[], bool], look: Look, beam_size: int
    ) -> Decoded | None:
        if should_stop():
            return None
        encoded = self._encode_sound(turned_up(with_room(sound)), look, should_stop)
        if encoded is None:
            return None
        most_tokens = min(12 + math.ceil(9 * len(sound) / SAMPLE_RATE_HZ), 224)
        prompt = self._opened.prompt
        beam = decode(
            self._opened,
            self._with_silence(encoded, look),
            prompt,
            beam_size,
            len(prompt) + most_tokens,
        )
        transcript = Transcript(
            text=likeliest(beam.found, self.count_expected).text,
            avg_logprob=beam.avg_logprob,
            no_speech_prob=beam.no_speech_prob,
        )
        texts = (transcript.text, *(one.text for one in beam.found))
        return Decoded(transcript, tuple(dict.fromkeys(texts)), encoded)

    def _encode_sound(
        self, sound: Float32Array, look: Look, should_stop: Callable[[], bool]
    ) -> Float32Array | None:
        """float32[n] with the tail of `look`, encoded: [1, positions, width]; None when stopped."""
        mel = self._opened.features(sound)
        if should_stop():
            return None
        window = with_tail(
            mel, tail_frames=round(look.tail_s * 100), floor_frames=round(look.floor_s * 100)
        )
        encoded = self._encode(window)
        return None if should_stop() else encoded

    def _with_silence(self, encoded: Float32Array, look: Look) -> Float32Array:
        """What the decoder is shown of an encoded window."""
        return with_silence(encoded, self._silence, look.silence_positions)

    def _encode(self, mel: Float32Array) -> Float32Array:
        """float32[mels, frames] as the decoder's memory [1, frames / 2, width]."""
        features = ctranslate2.StorageView.from_array(mel[np.newaxis])
        return np.array(self._model.encode(features, to_cpu=True))

    def _remembered_silence(self) -> Float32Array:
        """What the encoder makes of 30 s with nothing in them."""
        return self._encode(np.zeros((self._model.n_mels, LONGEST_WINDOW_FRAMES), np.float32))


def _says_it_again(text: str) -> bool:
    return without_echo(text) != text or has_loop(text) or ends_in_one_word(text)
