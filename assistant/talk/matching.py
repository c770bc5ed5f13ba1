"""Which precomputed reply, if any, answers these words: exactly, nearly, or by a pattern.

A wrong hit costs more than a miss, because the language model answers what is missed. So a near
miss needs a high similarity, a lead over every other entry and the same words that carry meaning:
negations, pronouns, question words and numbers alike. Knows no dialogue state beyond the kinds of
`needs` that it is told are met. Pure after construction; any thread.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from assistant.language.en.normalise import core, normalise
from assistant.language.phrases import Phrase
from assistant.talk.replies import Entry

SHORTEST_NEAR_MISS = 9
_FREE = frozenset(
    (
        "a an the just really so very quite much then there to of for some any do does did "
        "will would could can that this please again ever still exactly actually"
    ).split()
)
_SAME = frozenset(
    (
        "not no never without nothing nobody none who what where when why how which whose i "
        "me my mine myself you your yours yourself we us our they them their he him his she "
        "her it its"
    ).split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The entry that answers, why in a few words, and how near the words are (0 to 1)."""

    entry: Entry
    why: str
    score: float = 1.0


class Matcher:
    """Finds entries; `threshold` (0 to 100) and `margin` are those of `TextConfig`."""

    def __init__(self, entries: Iterable[Entry], threshold: float, margin: float) -> None:
        self._threshold = threshold
        self._margin = margin
        self._exact: dict[str, list[Entry]] = {}
        self._near: list[tuple[str, Entry]] = []
        self._rules: list[tuple[Phrase, Entry]] = []
        self._patterns: list[tuple[Phrase, Entry]] = []
        for entry in entries:
            for phrase in entry.phrases:
                for words in phrase.expanded:
                    self._exact.setdefault(words, []).append(entry)
                self._near += [(words, entry) for words in phrase.bare]
                if phrase.has_wildcard:
                    self._patterns.append((phrase, entry))
                elif not phrase.expanded:
                    self._rules.append((phrase, entry))
        for words, entry in self._near:
            if " " in words:
                self._exact.setdefault(words, []).append(entry)
        self._near.sort(key=lambda one: len(one[0]))
        self._near_phrases = [words for words, _ in self._near]
        self._near_lengths = [len(words) for words in self._near_phrases]

    def exact(self, text: str, needs: Collection[str] = ("",)) -> Match | None:
        """The entry that has the very words of `text`, with or without their polite frame."""
        canonical = normalise(text)
        bare = core(canonical)
        for words in (canonical, bare):
            for entry in self._exact.get(words, ()):
                if entry.needs in needs:
                    return Match(entry=entry, why=f"known phrase: {entry.id}")
            for phrase, entry in self._rules:
                if entry.needs in needs and phrase.covers(words):
                    return Match(entry=entry, why=f"known phrase: {entry.id}")
        return None

    def near(self, text: str, needs: Collection[str] = ("",)) -> Match | None:
        """The entry whose words are nearly those of `text`, if it leads all others clearly."""
        words = core(normalise(text))
        if len(words) < SHORTEST_NEAR_MISS or " " not in words:
            return None
        best: dict[str, tuple[float, str, Entry]] = {}
        least = self._threshold - self._margin
        first, last = self._as_long(len(words), least / 100)
        found = process.extract(
            words, self._near_phrases[first:last], scorer=fuzz.ratio, score_cutoff=least, limit=40
        )
        for phrase, score, at in found:
            entry = self._near[first + at][1]
            if entry.needs in needs and score > best.get(entry.id, (0.0,))[0]:
                best[entry.id] = (score, phrase, entry)
        ranked = sorted(best.values(), key=lambda item: -item[0])
        if not ranked:
            return None
        score, phrase, entry = ranked[0]
        second = ranked[1][0] if len(ranked) > 1 else 0.0
        if score < self._threshold or score - second < self._margin:
            return None
        if not _means_the_same(words, phrase):
            return None
        return Match(entry=entry, why=f"nearly a known phrase: {entry.id}", score=score / 100)

    def _as_long(self, length: int, ratio: float) -> tuple[int, int]:
        """Where the phrases lie that are long and short enough to be so alike (2 · common letters /
        all letters)."""
        part = ratio / (2 - ratio)
        first = bisect.bisect_left(self._near_lengths, math.floor(length * part))
        return first, bisect.bisect_right(self._near_lengths, math.ceil(length / part))

    def pattern(
        self, text: str, needs: Collection[str] = ("",), late: bool | None = None
    ) -> Match | None:
        """The first entry with a pattern (`* coffee *`) that covers all of the words; only of
        those that are `late`, or are not, when that is given."""
        canonical = normalise(text)
        for words in dict.fromkeys((canonical, core(canonical))):
            present = set(words.split())
            for phrase, entry in self._patterns:
                if late is not None and entry.late != late:
                    continue
                if entry.needs not in needs or not present.isdisjoint(entry.unless):
                    continue
                if phrase.covers(words):
                    return Match(entry=entry, why=f"pattern of: {entry.id}")
        return None


def _means_the_same(words: str, phrase: str) -> bool:
    """True when two near phrases differ in nothing but small words and spelling."""
    mine, theirs = words.split(), phrase.split()
    if [w for w in mine if w in _SAME] != [w for w in theirs if w in _SAME]:
        return False
    extra = [w for w in mine if w not in theirs and w not in _FREE]
    lacking = [w for w in theirs if w not in mine and w not in _FREE]
    if len(extra) != len(lacking):
        return False
    return all(_is_misspelling(a, b) for a, b in zip(extra, lacking, strict=True))


def _is_misspelling(word: str, other: str) -> bool:
    """One word heard or typed in two ways, not two words that look alike."""
    if word in _SAME or other in _SAME or word[0] != other[0] or min(len(word), len(other)) < 4:
        return False
    if word[0].isdigit() or other[0].isdigit():
        return False
    return fuzz.ratio(word, other) >= 80
