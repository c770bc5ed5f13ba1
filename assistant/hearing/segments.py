"""Reads sound of many sentences with timestamps, so that none of them is left out.

Without timestamps Whisper may stop at a pause in mid-sound, also with a beam and the full window;
with them it says where each segment ends, and where it ends too early the rest is read apart (as
stock does: Radford et al. 2022, section 3.8). Knows the opened model and no utterance; runs on
whichever thread calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np

from assistant.hearing.whisper_load import OpenWhisper
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Transcript

FROM_S = 10.0
"""Shorter sound that is no part of a longer one is read without timestamps: so all was measured
that docs/WHISPER.md says of commands."""

_STEP_S = 0.02
_POSITIONS = 448
"""Of Whisper's decoder. CTranslate2 generates at most half of `max_length`: whoever allows 224 gets
113 tokens, and of 28 s of speech the last sentence is missing."""
_LEAST_REST_S = 1.5
_LEAST_SPEECH_S = 0.6
"""So much sound at the level of speech behind the last segment is read apart."""
_SPEECH_DB = 20.0


@dataclass(frozen=True, slots=True)
class Read:
    """What was heard, and up to which sample; all of the sound where no end was given."""

    transcript: Transcript
    end: int


def read_segments(
    opened: OpenWhisper,
    memory: Float32Array,
    size: int,
    beam_size: int,
    count_expected: Callable[[str], int],
    expected_word: float,
) -> Read:
    """The words of `size` samples whose encoding is `memory` [1, positions, width]. Expected words
    count as in `likeliest`."""
    prompt = [token for token in opened.prompt if token != opened.prompt[-1]]
    first_stamp = opened.prompt[-1] + 1  # the prompt ends with <|notimestamps|>, these follow
    seconds = size / SAMPLE_RATE_HZ
    longest = min(2 * (24 + math.ceil(9 * seconds)), _POSITIONS)
    most_tokens = longest // 2 - len(prompt)
    generated: Any = opened.model.generate(
        ctranslate2.StorageView.from_array(memory),
        [prompt],
        beam_size=beam_size,
        num_hypotheses=beam_size,
        max_length=longest,
        return_scores=True,
        return_no_speech_prob=True,
    )[0]
    found = [
        (opened.words(tokens), score * len(tokens), tokens)
        for tokens, score in zip(generated.sequences_ids, generated.scores, strict=True)
    ]
    own = found[0]
    least = count_expected(own[0])
    better = [one for one in found[1:] if count_expected(one[0]) > least]
    chosen = max([own, *better], key=lambda one: one[1] + expected_word * count_expected(one[0]))
    text, tokens = chosen[0], list(chosen[2])
    stamps = [at for at, token in enumerate(tokens) if token >= first_stamp]
    if stamps and len(tokens) >= most_tokens and tokens[stamps[-1]] > first_stamp:
        tokens = tokens[: stamps[-1] + 1]  # it ran out of room: what follows is read again
        text = opened.words(tokens)
    is_ended = bool(stamps) and tokens[-1] >= first_stamp
    end_s = (tokens[-1] - first_stamp) * _STEP_S if is_ended else seconds
    return Read(
        transcript=Transcript(
            text=text,
            avg_logprob=own[1] / (len(own[2]) + 1),
            no_speech_prob=generated.no_speech_prob,
        ),
        end=min(size, round(end_s * SAMPLE_RATE_HZ)),
    )


def has_more(sound: Float32Array, end: int) -> bool:
    """Whether float32[n] goes on behind the sample `end` with something as loud as its speech."""
    rest = sound[end:]
    if rest.size < _LEAST_REST_S * SAMPLE_RATE_HZ:
        return False
    frame = SAMPLE_RATE_HZ // 50
    frames = sound[: sound.size // frame * frame].reshape(-1, frame)
    levels = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-9)
    bar = float(np.percentile(levels, 90)) - _SPEECH_DB
    bar = max(bar, float(np.percentile(levels, 5)) + 6)
    loud = int((levels[end // frame :] > bar).sum())
    return loud * frame >= _LEAST_SPEECH_S * SAMPLE_RATE_HZ
