"""One transcript as a row of sounds, with the words that stand behind them; and words in it that
nearly are others.

Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.language.en.normalise import normalise
from assistant.language.en.phones import GAP, NONE, costs, weight
from assistant.language.en.sounds import sound
from assistant.language.likeness import distances, rows_of

_NEAR = 0.38
"""Words are taken for others that are no farther away (0 the same, 1 nothing alike)."""
_LEAST_SOUNDS = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """`words` as they are written, without the punctuation around them; the phones of word k begin
    at `starts[k]`."""

    words: tuple[str, ...]
    phones: bytes
    starts: tuple[int, ...]

    def between(self, begin: int, end: int) -> tuple[int, int]:
        """The words, from the first to behind the last, whose middle is between two places of
        `phones`."""
        ends = [*self.starts[1:], len(self.phones)]
        middles = [(one + other) / 2 for one, other in zip(self.starts, ends, strict=True)]
        inside = [at for at, middle in enumerate(middles) if begin <= middle < end]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)


def hear(words: Sequence[str]) -> Heard:
    """Written words as they sound; those without a sound are left out."""
    kept: list[str] = []
    starts: list[int] = []
    phones = b""
    for word in words:
        stripped = word.strip('.,;:!?"“”()[]…')
        made = sound(stripped)
        if made:
            kept.append(stripped)
            starts.append(len(phones))
            phones += made
    return Heard(tuple(kept), phones, tuple(starts))


def with_others(heard: Heard, others: Sequence[str], known: Collection[str]) -> list[str]:
    """The text with some of its words replaced by one of `others` that they sound like, the likest
    first, and last with all of them replaced. Words that are one of `known` (canonical) stay."""
    rows = [sound(one) for one in others]
    met = [at for at, row in enumerate(rows) if len(row) >= _LEAST_SOUNDS]
    if not met or not heard.phones:
        return []
    gap = bytes((GAP,))
    table = rows_of([gap + rows[at] + gap for at in met], NONE)
    paths = distances(heard.phones, heard.starts, table, costs())
    found: list[tuple[float, int, int, str]] = []
    for row, at in enumerate(met):
        apart = float(paths.total[row]) / weight(rows[at])
        if not 0.0 < apart <= _NEAR:
            continue
        (_, begin), (end, _) = paths.free_places(row)
        first, last = heard.between(begin, end)
        window = normalise(" ".join(heard.words[first:last]))
        if first < last and window not in known and window != normalise(others[at]):
            found.append((apart, first, last, others[at]))
    return _replaced(heard, sorted(found))


_MOST = 6


def _replaced(heard: Heard, found: Sequence[tuple[float, int, int, str]]) -> list[str]:
    texts: list[str] = []
    taken: list[tuple[int, int, str]] = []
    for _, first, last, other in found[:_MOST]:
        texts.append(" ".join([*heard.words[:first], other, *heard.words[last:]]))
        if all(last <= begin or end <= first for begin, end, _ in taken):
            taken.append((first, last, other))
    if len(taken) > 1:
        words = list(heard.words)
        for first, last, other in sorted(taken, reverse=True):
            words[first:last] = [other]
        texts.insert(0, " ".join(words))
    return texts
