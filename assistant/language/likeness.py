"""How like one row of sounds is to many others at once: a weighted edit distance with free places.

Levenshtein's distance by Wagner and Fischer (1974), a row at a time over all candidates, with the
costs of a language (`language/en/sounds.py`) and with places of a template that take any sounds.
Knows no language. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint8]
"""uint8[candidates, longest]: the phones of each candidate, filled up with `Costs.none`."""

_SAME = 1e-3
_WITHIN = 0.4
"""What it costs a free place to begin or end within a word that was heard."""


@dataclass(frozen=True, slots=True)
class Costs:
    """`replace` [phones, symbols] and `leave` [symbols] as costs of 0 to 1, `hold` [symbols] what
    each further sound in a free place costs; `free` is the first of the symbols that stand for any
    sounds, `none` the one that stands for nothing."""

    replace: NDArray[np.float32]
    leave: NDArray[np.float32]
    hold: NDArray[np.float32]
    free: int
    none: int


def rows_of(sounds: Sequence[bytes], none: int) -> Rows:
    """Rows of phones, as long as the longest."""
    longest = max(map(len, sounds), default=0)
    filled = b"".join(one.ljust(longest, bytes((none,))) for one in sounds)
    return np.frombuffer(filled, np.uint8).reshape(len(sounds), longest)


def distances(heard: bytes, starts: Sequence[int], rows: Rows, costs: Costs) -> Paths:
    """How far `heard` is from each of `rows`; `starts` are the places in `heard` where words begin.

    About 1 ms for 30 phones against 64 rows of as many.
    """
    leave = costs.leave[rows]
    reach = np.concatenate([np.zeros((len(rows), 1), np.float32), leave.cumsum(axis=1)], axis=1)
    is_free = (rows >= costs.free) & (rows != costs.none)
    is_edge = is_free.copy()
    is_edge[:, 1:] |= is_free[:, :-1]
    edge, hold = is_edge * np.float32(_WITHIN), costs.hold[rows]
    steps = {}
    for phone in set(heard):
        replaced = costs.replace[phone][rows] - leave
        steps[phone] = replaced, replaced + edge, np.where(is_free, hold, costs.leave[phone])
    begins = frozenset(starts)
    table = np.empty((len(heard) + 1, *reach.shape), np.float32)
    table[0] = 0.0  # all of it is without `reach`, so that leaving symbols out costs nothing
    other = np.empty(leave.shape, np.float32)
    for at, phone in enumerate(heard):
        before, row = table[at], table[at + 1]
        within, across, left = steps[phone]
        np.add(before[:, :-1], within if at in begins else across, out=other)
        np.add(before[:, 1:], left, out=row[:, 1:])
        np.minimum(row[:, 1:], other, out=row[:, 1:])
        np.add(before[:, 0], costs.leave[phone], out=row[:, 0])
        np.minimum.accumulate(row, axis=1, out=row)
    table += reach
    return Paths(heard, begins, rows, costs, table)


@dataclass(frozen=True, slots=True)
class Paths:
    """The distances, and how each came about."""

    heard: bytes
    begins: frozenset[int]
    rows: Rows
    costs: Costs
    table: NDArray[np.float32]

    @property
    def total(self) -> NDArray[np.float32]:
        """float32[candidates]: the distance of each."""
        result: NDArray[np.float32] = self.table[-1, :, -1]  # what is filled up costs nothing
        return result

    def free_places(self, candidate: int) -> list[tuple[int, int]]:
        """Where in `heard` each free place of a candidate begins and ends."""
        return self._traced(candidate)[0]

    def amiss(self, candidate: int) -> list[float]:
        """What each symbol of a candidate costs, with the sounds that were heard before it."""
        return self._traced(candidate)[1]

    def _traced(self, candidate: int) -> tuple[list[tuple[int, int]], list[float]]:
        row, table = self.rows[candidate].tolist(), self.table[:, candidate].tolist()
        at, column = len(self.heard), len(row)
        places: list[tuple[int, int]] = []
        amiss = [0.0] * len(row)
        while column > 0:
            symbol = row[column - 1]
            before = at
            if self.costs.free <= symbol != self.costs.none:
                at = self._begin(table, at, column, symbol)
                places.append((at, before))
                amiss[column - 1] += table[before][column] - table[at][column - 1]
                column -= 1
            elif at == 0 or self._is_left(table[at], column, symbol):
                amiss[column - 1] += table[at][column] - table[at][column - 1]
                column -= 1
            else:
                here, phone = table[at][column], self.heard[at - 1]
                spared = table[at - 1][column] + float(self.costs.leave[phone])
                at -= 1
                if abs(spared - here) < _SAME:
                    amiss[column - 1] += here - table[at][column]
                else:
                    amiss[column - 1] += here - table[at][column - 1]
                    column -= 1
        if row:
            amiss[0] += table[at][0]
        return places[::-1], amiss

    def _is_left(self, row: list[float], column: int, symbol: int) -> bool:
        """A symbol of the candidate was not heard."""
        return abs(row[column - 1] + float(self.costs.leave[symbol]) - row[column]) < _SAME

    def _begin(self, table: list[list[float]], end: int, column: int, symbol: int) -> int:
        """Where the free place before `column`, which ends at `end`, begins."""
        skipped, held = float(self.costs.leave[symbol]), float(self.costs.hold[symbol])
        at = end
        while at > 0:
            here = table[at][column]
            cost = float(self.costs.replace[self.heard[at - 1], symbol])
            cost += 0.0 if at - 1 in self.begins else _WITHIN
            if abs(table[at - 1][column - 1] + cost - here) < _SAME:
                return at - 1
            if abs(table[at][column - 1] + skipped - here) < _SAME:
                return at
            if abs(table[at - 1][column] + held - here) > _SAME:
                return at
            at -= 1
        return 0
