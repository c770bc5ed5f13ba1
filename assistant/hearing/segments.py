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

import numpy as np

from assistant.hearing.beam import decode, likeliest
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
) -> Read:
    """The words of `size` samples whose encoding is `memory` [1, positions, width]."""
    prompt = [token for token in opened.prompt if token != opened.prompt[-1]]
    first_stamp = opened.prompt[-1] + 1  # the prompt ends with <|notimestamps|>, these follow
    seconds = size / SAMPLE_RATE_HZ
    longest = min(2 * (24 + math.ceil(9 * seconds)), _POSITIONS)
    most_tokens = longest // 2 - len(prompt)
    beam = decode(opened, memory, prompt, beam_size, longest)
    chosen = likeliest(beam.found, count_expected)
    text, tokens = chosen.text, beam.ids[beam.found.index(chosen)]
    stamps = [at for at, token in enumerate(tokens) if token >= first_stamp]
    if stamps and len(tokens) >= most_tokens and tokens[stamps[-1]] > first_stamp:
        tokens = tokens[: stamps[-1] + 1]  # it ran out of room: what follows is read again
        text = opened.words(tokens)
    is_ended = bool(stamps) and tokens[-1] >= first_stamp
    end_s = (tokens[-1] - first_stamp) * _STEP_S if is_ended else seconds
    return Read(
        transcript=Transcript(
            text=text, avg_logprob=beam.avg_logprob, no_speech_prob=beam.no_speech_prob
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
