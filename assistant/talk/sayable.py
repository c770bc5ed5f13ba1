"""Everything that people can say to what is loaded, found by its sound.

A phrase of a reply or a flow is a source; some of its wordings, as rows of phones, are indexed by
the pairs and triples of sounds in them (as words are by n-grams in Zobel and Dart 1995). Made when
replies and flows are loaded, in about 0.1 s, and never changed. Knows no conversation. Any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assistant.language.en.phones import ANY, GAP, NONE, coarse, weight
from assistant.language.en.sayings import SAYINGS, SLOTS
from assistant.language.en.sounds import sound
from assistant.language.en.written import contracted, sentence, spelled
from assistant.language.likeness import Rows, rows_of
from assistant.language.phrases import Phrase, read_phrase
from assistant.language.slots import SlotKind
from assistant.language.wordings import Picks, Wording, Wordings, Words
from assistant.talk.flow import Flow
from assistant.talk.many_slots import MOST_WORDS, ManySlots
from assistant.talk.replies import Entry

MOST_WORDINGS = 10
"""So many wordings of one phrase are in the index; the ones between them are found from there."""
MOST_USUAL = 24
MOST_SHORT = 2
_LEAST_FIXED = 4
"""A wording with fewer sounds of its own (a slot and "on") is like everything."""
_LONGEST = 60
_KINDS = 16
_GRAMS = _KINDS**2 + _KINDS**3


@dataclass(frozen=True, slots=True)
class Source:
    """One phrase that can be said. `flow` is None for a reply; `kinds` are those of its slots;
    `is_usual` that most people say it so."""

    name: str
    wordings: Wordings
    kinds: Mapping[str, SlotKind]
    flow: Flow | None = None
    is_usual: bool = False

    def usual(self) -> Iterator[Wording]:
        """The wordings of it that are in the index."""
        if self.is_usual:
            return self.wordings.every(MOST_USUAL)
        return self.wordings.some(MOST_WORDINGS)

    @property
    def is_users(self) -> bool:
        """It stands in a file of the user's."""
        return self.flow is not None and self.flow.is_users


@dataclass(frozen=True, slots=True)
class Row:
    """A wording of a source: its words as they are said, their phones, and how many each has."""

    source: Source
    picks: Picks
    words: tuple[str, ...]
    phones: bytes
    sizes: tuple[int, ...] = ()

    @property
    def weight(self) -> float:
        """What is lost of it when nothing of its own was heard."""
        return weight(self.phones)

    @property
    def slots(self) -> int:
        """How many slots it has."""
        return self.phones.count(ANY)

    @property
    def takes_any(self) -> bool:
        """One of its slots takes any words."""
        kinds = self.source.kinds
        named = (word[1:-1] for word in self.words if word[0] == "{")
        return GAP in self.phones or any(kinds[name].name == "text" for name in named)

    @property
    def has_slots(self) -> bool:
        """It has a place for words that are not its own."""
        return ANY in self.phones or GAP in self.phones


def row_of(source: Source, picks: Picks, said: Words | None = None) -> Row:
    """The wording of `source` that `picks` choose; `said` are its words, where they are known."""
    said = source.wordings.say(picks) if said is None else said
    if source.flow is None and "*" in said:
        said = tuple(" ".join(said).strip("* ").split())
    words = tuple(contracted(said))
    sounds = tuple(map(_sound, words))
    return Row(source, picks, words, b"".join(sounds), tuple(map(len, sounds)))


def _sound(word: str) -> bytes:
    if word[0] == "{":
        return bytes((ANY,))
    return bytes((GAP,)) if word == "*" else sound(word)


class Sayable:
    """The index. `short` are the phrases of one or two words: as they are written, their
    words and phones; the user's first. `many_slots` are the flows that look for slots anywhere,
    which are read and not listed."""

    def __init__(self, flows: Iterable[Flow], entries: Iterable[Entry]) -> None:
        flows = list(flows)
        many = (ManySlots(flow) for flow in flows if flow.anywhere)
        self.many_slots = tuple(one for one in many if len(one.words) <= MOST_WORDS)
        self.rows: list[Row] = []
        met: set[tuple[str, ...]] = set()
        for source in _sources(flows, entries):
            for picks, words in source.usual():
                row = row_of(source, picks, words)
                if row.words in met or not _is_of_use(row):
                    continue
                met.add(row.words)
                self.rows.append(row)
        self.phones: Rows = rows_of([row.phones for row in self.rows], NONE)
        own = (self.phones != ANY) & (self.phones != GAP)
        self._has_slots = ~own.all(axis=1)
        self._index = _Grams(self.phones)
        short = [row for row in self.rows if len(row.words) <= MOST_SHORT and not row.has_slots]
        short.sort(key=lambda row: not row.source.is_users)
        self.short = tuple(
            (sentence([*map(spelled, row.words)]), " ".join(row.words), row.phones) for row in short
        )

    def nearest(self, heard: bytes, most: int, least: float) -> NDArray[np.intp]:
        """The places of up to `most` rows that share most with `heard`: at least the part `least`
        of their pairs and triples of sounds, the rarer ones counting more."""
        shared, whole = self._index.shared(heard)
        mine = self._index.weights
        part = np.where(self._has_slots, shared / mine, 2 * shared / (mine + whole))
        found = np.flatnonzero(part >= least)
        if len(found) > most:
            found = found[np.argpartition(-part[found], most)[:most]]
        return found


class _Grams:
    """Which rows have which pairs and triples of sounds."""

    def __init__(self, rows: Rows) -> None:
        grams, owners = _grams(coarse()[rows])
        order = np.argsort(grams, kind="stable")
        counts = np.bincount(grams, minlength=_GRAMS)
        self._begins = np.concatenate([[0], counts.cumsum()])
        self._owners = owners[order]
        self._rarity = np.log((len(rows) + 1) / (counts + 1)).astype(np.float32)
        self.weights = np.maximum(
            np.bincount(owners, self._rarity[grams], minlength=len(rows)), 1e-3
        )

    def shared(self, heard: bytes) -> tuple[NDArray[np.float64], float]:
        """For each row the weight of what it shares with `heard`; the weight of all of that."""
        kinds = coarse()[np.frombuffer(heard, np.uint8)][np.newaxis]
        grams = np.unique(_grams(kinds)[0])
        parts = [self._owners[self._begins[one] : self._begins[one + 1]] for one in grams]
        weights = np.repeat(self._rarity[grams], [len(part) for part in parts])
        owners = np.concatenate(parts) if parts else np.zeros(0, np.int32)
        shared = np.bincount(owners, weights, minlength=len(self.weights))
        return np.minimum(shared, self.weights), float(self._rarity[grams].sum())


def _grams(kinds: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """The pairs and triples within rows of kinds of sounds, as numbers, and the row of each."""
    one = np.pad(kinds.astype(np.uint16), ((0, 0), (0, 2)))
    first, second, third = one[:, :-2], one[:, 1:-1], one[:, 2:]
    is_pair = (first > 0) & (second > 0)
    is_triple = is_pair & (third > 0)
    pairs = (first * _KINDS + second)[is_pair]
    triples = (_KINDS**2 + (first * _KINDS + second) * _KINDS + third)[is_triple]
    owners = np.broadcast_to(np.arange(len(one), dtype=np.int32)[:, np.newaxis], first.shape)
    return np.concatenate([pairs, triples]), np.concatenate([owners[is_pair], owners[is_triple]])


def _is_of_use(row: Row) -> bool:
    if GAP in row.phones and (row.source.flow is None or row.source.flow.anywhere):
        return False
    free = row.phones.count(ANY) + row.phones.count(GAP)
    return 0 < len(row.phones) <= _LONGEST and (not free or len(row.phones) - free >= _LEAST_FIXED)


def _sources(flows: Iterable[Flow], entries: Iterable[Entry]) -> Iterator[Source]:
    for flow in flows:
        options = {name: kind.options for name, kind in flow.slots.items() if kind.options}
        for phrase in flow.templates:
            wordings = Wordings(phrase.choice, options)
            yield Source(flow.name, wordings, flow.slots, flow, is_usual=flow.is_users)
        sayings = () if flow.is_users else SAYINGS.get(flow.name, ())
        for phrase in map(_saying, sayings):
            yield Source(flow.name, Wordings(phrase.choice, {}), SLOTS, flow, is_usual=True)
        if not flow.templates and not sayings:
            for phrase in map(_saying, flow.examples):
                yield Source(flow.name, Wordings(phrase.choice, {}), SLOTS, flow)
    for entry in entries:
        for phrase in entry.phrases:
            yield Source(entry.id, Wordings(phrase.choice, {}), {})
        for phrase in map(_saying, SAYINGS.get(entry.id, ())):
            yield Source(entry.id, Wordings(phrase.choice, {}), SLOTS, is_usual=True)


_PATTERNS = {name: kind.pattern for name, kind in SLOTS.items()}


@cache
def _saying(notation: str) -> Phrase:
    return read_phrase(notation, _PATTERNS)
