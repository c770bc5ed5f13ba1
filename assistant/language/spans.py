"""Which words of a small vocabulary could stand where in a row of sounds, and how far each is.

Wagner and Fischer's distance (1974) of every word to every stretch that begins at one of some
places, all of them at once. Knows no language. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.language.likeness import Costs, Rows, rows_of

_LONGER = 4
"""By so many sounds what was heard may be longer than the word that was meant."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words as rows of phones [words, longest], and what is the same for every row of sounds:
    `replaced` [phones, words, longest] is what it costs to hear a phone for each of theirs, less
    what it costs to leave that out; `whole` [words] what it costs to leave all of it out."""

    rows: Rows
    replaced: NDArray[np.float32]
    leave: NDArray[np.float32]
    whole: NDArray[np.float32]

    @property
    def longest(self) -> int:
        """So many sounds one of the words can stand for."""
        return int(self.rows.shape[1]) + _LONGER


def vocabulary(sounds: Sequence[bytes], costs: Costs) -> Vocabulary:
    """The words with these phones."""
    rows = rows_of(sounds, costs.none)
    left = costs.leave[rows]
    return Vocabulary(rows, costs.replace[:, rows] - left, costs.leave, left.sum(axis=1))


def spans(heard: bytes, begins: Sequence[int], words: Vocabulary) -> NDArray[np.float32]:
    """float32[begins, sounds, words]: how far each word is from the first 0, 1, 2 … sounds that
    follow each place of `heard`; infinite behind its end. About 1 ms for 20 places and 40 words."""
    steps = min(words.longest, len(heard))
    places = np.asarray(begins)
    padded = np.frombuffer(heard + bytes(steps), np.uint8)
    table = np.zeros((len(begins), words.rows.shape[0], words.rows.shape[1] + 1), np.float32)
    found = np.full((len(begins), steps + 1, len(words.rows)), np.inf, np.float32)
    found[:, 0] = words.whole
    for step in range(steps):
        phones = padded[places + step]
        left = words.leave[phones][:, np.newaxis, np.newaxis]
        other = table[:, :, :-1] + words.replaced[phones]
        table = table + left
        np.minimum(table[:, :, 1:], other, out=table[:, :, 1:])
        np.minimum.accumulate(table, axis=2, out=table)
        inside = places + step < len(heard)
        found[inside, step + 1] = table[inside, :, -1] + words.whole
    return found
