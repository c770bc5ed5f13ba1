"""The decoder's beam: the ways to hear one window, and which of them is taken.

One call of CTranslate2's `generate`, whatever the prompt. Knows no window, no second look and no
known phrases. Runs on the thread that transcribes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ctranslate2

from assistant.hearing.whisper_load import OpenWhisper
from assistant.messages import Float32Array

EXPECTED_WORD = 2.0
"""What one more expected word adds to the logarithm of a hypothesis' probability: it is taken to be
about seven times as likely as the recogniser thinks (docs/WHISPER.md)."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to hear an utterance: the logarithm of its whole probability, its tokens counted."""

    text: str
    logprob: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Beam:
    """All hypotheses, the recogniser's own choice first; the `ids` of the tokens of each, and
    Whisper's own probability (0 to 1) that there was no speech."""

    found: list[Hypothesis]
    ids: list[list[int]]
    no_speech_prob: float

    @property
    def avg_logprob(self) -> float:
        """Of the own choice: by it noise is told from words, whatever is expected."""
        own = self.found[0]
        return own.logprob / (own.tokens + 1)


def decode(
    opened: OpenWhisper, memory: Float32Array, prompt: list[int], size: int, max_length: int
) -> Beam:
    """`size` hypotheses for `memory`, what the decoder is shown of one utterance: [1, positions,
    width]."""
    generated: Any = opened.model.generate(
        ctranslate2.StorageView.from_array(memory),
        [prompt],
        beam_size=size,
        num_hypotheses=size,
        max_length=max_length,
        return_scores=True,
        return_no_speech_prob=True,
    )[0]
    found = [
        Hypothesis(opened.words(tokens), score * len(tokens), len(tokens))
        for tokens, score in zip(generated.sequences_ids, generated.scores, strict=True)
    ]
    return Beam(found, generated.sequences_ids, generated.no_speech_prob)


def likeliest(found: Sequence[Hypothesis], count_expected: Callable[[str], int]) -> Hypothesis:
    """The first of `found`, the recogniser's own choice, unless one with more expected words than
    that is likelier once each of these counts for `EXPECTED_WORD`."""
    counted = [(one, count_expected(one.text)) for one in found]
    candidates = [counted[0], *(one for one in counted[1:] if one[1] > counted[0][1])]
    return max(candidates, key=lambda one: one[0].logprob + EXPECTED_WORD * one[1])[0]
