"""What a request of many slots could have been: options of its slots in the place of other words.

What was heard is read from left to right as a beginning of a template, options and little words, by
their sounds. The readings of which least is amiss are found by a beam search over the places where
words may begin. Knows no conversation and no recogniser. Pure; any thread; 2 to 10 ms a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.language.en.heard import Heard, hear
from assistant.language.en.normalise import normalise
from assistant.language.en.phones import weight
from assistant.language.en.refused import refuses
from assistant.language.en.written import spelled
from assistant.language.spans import spans
from assistant.talk.many_slots import JOINTS, LITTLE_BETWEEN, ManySlots, Node

_MOST_SOUNDS = 90
_BEAM, _ENDS = 6, 2
"""So many states are followed at a place, and so many ends of a word at one place. With 10 and 3 no
more orders are read right."""
_SLACK = 2.5
"""A state is given up that costs so much more than the cheapest at its place."""
_FAR, _FAR_BEGINNING = 0.8, 0.55
"""So much of a word, and of a beginning, may be amiss. Own choice; what decides is the sum."""
_WITHIN = 0.25
"""What it costs a word to begin or end within one that was heard."""
_SAME = 1e-3
_JOINT = 0.3
_OPEN = 0.3
"""What it costs to begin with no beginning, where a template allows that."""

Chain = tuple["Chain | None", str]
"""Words, the last first."""
Edge = tuple[int, float, int]
"""Where a word ends, how far it is, and its number."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was heard: the part of its sounds that is amiss, and its words."""

    far: float
    words: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _State:
    """What was read up to a place. `key` are the words that matter, `used` the slots."""

    cost: float
    node: Node
    words: Chain | None
    key: tuple[str, ...]
    used: tuple[str, ...] = ()


class _Search:
    """One text. `worst` is what a reading may cost."""

    def __init__(self, slots: ManySlots, heard: Heard, worst: float) -> None:
        self._slots, self._heard, self._worst = slots, heard, worst
        self._end = len(heard.phones)
        ends = [*heard.starts[1:], self._end]
        self._canonical = [normalise(one) for one in heard.words]
        self._word_at = {start: at for at, start in enumerate(heard.starts)}
        self._next = dict(zip(heard.starts, ends, strict=True))
        self._places = self._places_in()
        self._fronts: dict[int, list[_State]] = {}

    def _places_in(self) -> list[int]:
        """Where words may begin: anywhere in one that is not known, or a little one beside it."""
        words = [word.split() for word in self._canonical]
        unknown = [not all(map(self._slots.is_known, word)) for word in words]
        beside = [False, *unknown], [*unknown[1:], False]
        places: list[int] = []
        for at, start in enumerate(self._heard.starts):
            is_little = LITTLE_BETWEEN.issuperset(words[at])
            is_open = unknown[at] or (is_little and any(one[at] for one in beside))
            places += range(start, self._next[start]) if is_open else [start]
        return places

    def run(self, most: int) -> list[_State]:
        """The cheapest readings of all of it in which at least one slot is filled."""
        self._begin()
        if not self._fronts:
            return []
        edges = self._edges()
        for at in self._places:
            states = self._fronts.pop(at, None)
            for state in _cheapest(states, _BEAM) if states else ():
                if state.node is self._slots.root:
                    self._keep(at, state)
                self._follow(state, edges.get(at, ()))
        done = self._fronts.get(self._end, ())
        return _cheapest((one for one in done if one.used and one.node is self._slots.root), most)

    def _push(self, at: int, state: _State) -> None:
        if state.cost <= self._worst:
            self._fronts.setdefault(at, []).append(state)

    def _edges(self) -> dict[int, list[Edge]]:
        """For each place the words that may stand there: where each ends, its cost, its number."""
        words = self._slots.sounds
        table = spans(self._heard.phones, self._places, words)
        table[:, 0] = np.inf
        stops = np.asarray(self._places)[:, np.newaxis] + np.arange(table.shape[1])
        table[~np.isin(stops, [*self._places, self._end])] = np.inf
        found: dict[tuple[int, int], list[tuple[float, int]]] = {}
        for row, step, word in np.argwhere(table <= _FAR * words.whole).tolist():
            begin = self._places[row]
            end = begin + step
            is_within = (begin not in self._word_at) + (
                end not in self._word_at and end != self._end
            )
            cost = float(table[row, step, word]) + _WITHIN * is_within
            found.setdefault((begin, word), []).append((cost, end))
        edges: dict[int, list[Edge]] = {}
        for (begin, word), ends in found.items():
            edges.setdefault(begin, []).extend(
                (end, cost, word) for cost, end in sorted(ends)[:_ENDS]
            )
        return edges

    def _begin(self) -> None:
        """The ways to read the first words as a beginning of a template; one that is only near, or
        none, where a word tells of the flow."""
        slots, starts = self._slots, self._heard.starts
        said = frozenset(word for words in self._canonical for word in words.split())
        is_told = not said.isdisjoint(slots.telling)
        if slots.is_open and is_told:
            self._push(0, _State(_OPEN, slots.root, None, ()))
        table = spans(self._heard.phones, [0], slots.beginning_sounds)[0]
        ends = [end for end in starts[1:] if end < len(table)]
        most = _FAR_BEGINNING * slots.beginning_sounds.whole
        found = [
            (float(table[end, at]), end, one)
            for at, one in enumerate(slots.beginnings)
            for end in ends
            if table[end, at] <= most[at]
        ]
        is_plain = any(cost < _SAME for cost, _, _ in found)
        for cost, end, words in found:
            if cost < _SAME:
                words = self._heard.words[: self._word_at[end]]
            elif is_plain or not is_told:
                continue
            chain: Chain | None = None
            for word in words:
                chain = (chain, spelled(word))
            self._push(end, _State(cost, slots.root, chain, words))

    def _keep(self, at: int, state: _State) -> None:
        """Read a little word, or one that says nothing, as it was heard."""
        number = self._word_at.get(at)
        if number is not None and LITTLE_BETWEEN.issuperset(self._canonical[number].split()):
            words = (state.words, self._heard.words[number])
            self._push(self._next[at], _State(state.cost, state.node, words, state.key, state.used))

    def _follow(self, state: _State, edges: Iterable[Edge]) -> None:
        """Read words of options, and joints, where they may stand."""
        slots = self._slots
        is_free = state.node is slots.root
        for end, far, word in edges:
            cost, words = state.cost + far, (state.words, slots.spelled[word])
            key = (*state.key, slots.words[word])
            if is_free and word < len(JOINTS) and far > _SAME:
                self._push(end, _State(cost + _JOINT, slots.joined, words, state.key, state.used))
            way = state.node.ways.get(word)
            if way is None:
                continue
            if way.ways:
                self._push(end, _State(cost, way, words, key, state.used))
            slot = next((one for one in way.slots if one not in state.used), None)
            if slot is not None:
                used = (*state.used, slot)
                self._push(end, _State(cost, slots.root, words, key, used))


def readings(slots: ManySlots, text: str, most: int, farthest: float) -> list[Reading]:
    """Up to `most` ways to read a text in which no more than `farthest` is amiss, the likeliest
    first; none of one that is too long, or in which something is refused: "without milk" sounds
    like "with oat milk"."""
    if refuses(normalise(text)):
        return []
    heard = hear(text.replace("-", " ").split())
    if not 0 < len(heard.phones) <= _MOST_SOUNDS:
        return []
    whole = weight(heard.phones)
    found = _Search(slots, heard, farthest * whole).run(most)
    return [Reading(one.cost / whole, _said(one.words)) for one in found]


def _cheapest(states: Iterable[_State], most: int) -> list[_State]:
    """Up to `most` states in which different words matter."""
    met: set[tuple[int, tuple[str, ...]]] = set()
    chosen: list[_State] = []
    for one in sorted(states, key=lambda state: state.cost):
        if chosen and one.cost > chosen[0].cost + _SLACK:
            break
        key = id(one.node), one.key
        if key not in met:
            met.add(key)
            chosen.append(one)
            if len(chosen) == most:
                break
    return chosen


def _said(chain: Chain | None) -> tuple[str, ...]:
    words: list[str] = []
    while chain is not None:
        chain, word = chain
        words.append(word)
    return tuple(reversed(words))


def likeliest(
    flows: Sequence[ManySlots], texts: Sequence[str], most: int, farthest: float
) -> list[Reading]:
    """Up to `most` readings, by all flows, of the ways in which one utterance was heard, in which
    no more than `farthest` is amiss; none where nothing is amiss with the first way."""
    found: dict[tuple[str, ...], Reading] = {}
    for number, text in enumerate(texts):
        for slots in flows:
            read = readings(slots, text, most, farthest)
            if number == 0 and read and read[0].far < _SAME:
                return []
            for one in read:
                key = tuple(map(str.lower, one.words))
                if key not in found or one.far < found[key].far:
                    found[key] = one
    return sorted(found.values(), key=lambda one: one.far)[:most]
