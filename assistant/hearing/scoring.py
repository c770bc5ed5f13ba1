"""How likely Whisper holds given words for a sound that it has encoded already.

One pass of the decoder over all texts at once; nothing is generated. Knows no turn and no rule of
what follows from the numbers. Runs on the thread that transcribes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ctranslate2
import numpy as np

from assistant.hearing.whisper_load import OpenWhisper
from assistant.messages import Float32Array

_FEWEST_FRAMES = 2
"""`align` also says where each word stands, which nobody asks here: of 20 ms it costs nothing."""

_LEAST_PROBABILITY = 1e-9
"""Smaller ones are rounded to it: their logarithm would outweigh all other words."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A text and the logarithm of the probability of each of its tokens, given the sound and the
    tokens before."""

    text: str
    logprobs: tuple[float, ...]

    @property
    def total(self) -> float:
        """The logarithm of the probability of the text."""
        return sum(self.logprobs)

    @property
    def mean(self) -> float:
        """The same for one token; 0.0 for no token."""
        return self.total / len(self.logprobs) if self.logprobs else 0.0


def score(
    opened: OpenWhisper, memory: Float32Array, texts: Sequence[tuple[str, str]]
) -> list[Scored]:
    """Each text, given with the spelling in which Whisper would write it, against `memory`, what
    the decoder is shown of one utterance: [1, positions, width].

    The end of the text is no part of it (`align` leaves it out): a full stop stands for it.
    """
    tokens = [
        opened.tokenizer.encode(f" {spelled}", add_special_tokens=False).ids for _, spelled in texts
    ]
    aligned = opened.model.align(
        ctranslate2.StorageView.from_array(np.repeat(memory, len(texts), axis=0)),
        opened.prompt[:-1],  # `align` adds <|notimestamps|> itself
        tokens,
        _FEWEST_FRAMES,
    )
    return [
        Scored(text, tuple(_logarithms(one.text_token_probs)))
        for (text, _), one in zip(texts, aligned, strict=True)
    ]


def _logarithms(probabilities: Sequence[float]) -> list[float]:
    least = np.maximum(np.asarray(probabilities, np.float32), _LEAST_PROBABILITY)
    logs: list[float] = np.log(least).tolist()
    return logs
