"""The wordings of what can be said that sound most like one way to hear an utterance.

A shortlist by shared sounds, the distance of each, and from the nearest of each phrase step by step
to a nearer one, a bracket at a time (hill climbing). Pure; any thread; about 2 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from assistant.language.en.heard import Heard
from assistant.language.en.phones import GAP, NONE, costs, weight
from assistant.language.likeness import Paths, distances, rows_of
from assistant.talk.own_words import LITTLE
from assistant.talk.sayable import Row, Sayable, row_of

NEAR, NEAR_AROUND, NEAR_ANY = 0.5, 0.38, 0.3
"""A phrase may have been said when no more of it is amiss (0: the same sounds, 1: nothing alike);
one with slots, whose own words are fewer; one with a `*`. Fitted (docs/TEXT.md)."""
OTHER_WORD = 0.85
"""A word of which more is amiss is another word, and the phrase another phrase."""
_UNSAID = 1.3
"""So much of what was heard may belong to no word of a phrase at one place: two or three sounds."""
_EXPLAINED = 0.6
_LONGER = 3
MOST_NEAR = 20
PROMISING = 0.55
"""A wording is worth looking for a nearer one of the same phrase."""
_LEAST_SHARED = 0.3
_MOST_ROWS = 64
_MOST_REFINED = 4
_MOST_AROUND = 32
_ROUNDS = 3
_BETTER = 1e-4
_FOR_SLOT = 0.27
"""So much of the distance is for a slot that is filled: words of the phrase itself are preferred to
it, and no more."""

Near = tuple[float, Row]
"""How far a wording is from what was heard, and the wording."""


class NearWordings:
    """Those of an index."""

    def __init__(self, sayable: Sayable) -> None:
        self._sayable = sayable

    def find(self, heard: Heard) -> list[Near]:
        """The wordings near enough, the nearest first."""
        places = self._sayable.nearest(heard.phones, _MOST_ROWS, _LEAST_SHARED)
        rows = [self._sayable.rows[at] for at in places]
        if not rows:
            return []
        met = {row.words: (far, row) for far, row in _measured(heard, rows)}
        front: dict[int, Near] = {}
        for far, row in met.values():
            phrase = id(row.source.wordings)
            if far <= PROMISING and far < front.get(phrase, (1.0,))[0]:
                front[phrase] = far, row
        nearest = sorted(front.values(), key=lambda one: one[0])[:_MOST_REFINED]
        for _ in range(_ROUNDS):
            nearest = _nearer(heard, nearest, met)
        whole = weight(heard.phones)
        near = [one for one in met.values() if one[0] <= _near_enough(one[1], whole)]
        near = sorted(near, key=lambda one: one[0])[:MOST_NEAR]
        paths = aligned(heard, [row.phones for _, row in near])
        return [one for at, one in enumerate(near) if _is_alike(paths.amiss(at), one[1])]


def _near_enough(row: Row, heard: float) -> float:
    """How far a wording may be: less, where it explains little of what was heard."""
    if not row.has_slots:
        return NEAR
    most = NEAR_ANY if GAP in row.phones else NEAR_AROUND
    return most * min(1.0, row.weight / (_EXPLAINED * heard)) if row.takes_any else most


def _is_alike(amiss: Sequence[float], row: Row) -> bool:
    """No longer word of the wording is another one than what was heard in its place."""
    at = 0
    for word, size in zip(row.words, row.sizes, strict=True):
        cost = sum(amiss[at : at + size])
        is_longer = size >= _LONGER and word not in LITTLE
        if word[0] not in "{*" and cost > OTHER_WORD * weight(row.phones[at : at + size]) + (
            0.0 if is_longer else _UNSAID
        ):
            return False
        at += size
    return True


def _nearer(heard: Heard, front: Sequence[Near], met: dict[tuple[str, ...], Near]) -> list[Near]:
    """Of each in `front` the nearest wording next to it, where that is nearer; all of them are then
    in `met`."""
    owners: list[int] = []
    rows: list[Row] = []
    for at, (_, row) in enumerate(front):
        for picks in islice(row.source.wordings.around(row.picks), _MOST_AROUND):
            other = row_of(row.source, picks)
            if other.words not in met and other.phones:
                met[other.words] = 1.0, other
                owners.append(at)
                rows.append(other)
    nearest: dict[int, Near] = {}
    if rows:
        for at, one in zip(owners, _measured(heard, rows), strict=True):
            met[one[1].words] = one
            if one[0] < nearest.get(at, front[at])[0] - _BETTER:
                nearest[at] = one
    return list(nearest.values())


def _measured(heard: Heard, rows: Sequence[Row]) -> list[Near]:
    """How much of each row is amiss."""
    paths = aligned(heard, [row.phones for row in rows])
    whole = weight(heard.phones)
    totals = paths.total.tolist()
    return [
        (max(0.0, far - _FOR_SLOT * row.slots) / _full(row, whole), row)
        for far, row in zip(totals, rows, strict=True)
    ]


def aligned(heard: Heard, rows: Sequence[bytes]) -> Paths:
    """What was heard against rows of phones."""
    return distances(heard.phones, heard.starts, rows_of(rows, NONE), costs())


def apart(heard: Heard, rows: Sequence[bytes]) -> list[float]:
    """How far each of `rows`, which have no slots, is from what was heard: 0 to about 1."""
    whole = weight(heard.phones)
    totals: list[float] = aligned(heard, rows).total.tolist()
    return [far / max(weight(row), whole, 0.1) for far, row in zip(totals, rows, strict=True)]


def _full(row: Row, heard: float) -> float:
    """The weight of all that could be amiss. Of what a `*` takes a quarter counts: some of it is
    known."""
    own = max(row.weight, 0.1)
    if GAP in row.phones:
        return own + max(0.0, heard - own) / 4
    return own if row.has_slots else max(own, heard)
