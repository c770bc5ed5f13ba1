"""The phones of English, and how alike two of them are.

A row of phones is a row of bytes, a number for each. Knows no words. Pure; any thread.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.language.likeness import Costs

VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
_CONSONANTS = {
    # manner, place (0 lips to 4 throat), voiced
    "P": ("stop", 0.0, 0), "B": ("stop", 0.0, 1), "T": ("stop", 1.5, 0), "D": ("stop", 1.5, 1),
    "K": ("stop", 3.2, 0), "G": ("stop", 3.2, 1), "CH": ("both", 2.3, 0), "JH": ("both", 2.3, 1),
    "F": ("hiss", 0.2, 0), "V": ("hiss", 0.2, 1), "TH": ("hiss", 1.0, 0), "DH": ("hiss", 1.0, 1),
    "S": ("hiss", 1.5, 0), "Z": ("hiss", 1.5, 1), "SH": ("hiss", 2.3, 0), "ZH": ("hiss", 2.3, 1),
    "HH": ("hiss", 4.0, 0), "M": ("nose", 0.0, 1), "N": ("nose", 1.5, 1), "NG": ("nose", 3.2, 1),
    "L": ("flow", 1.5, 1), "R": ("flow", 2.0, 1), "W": ("glide", 0.0, 1), "Y": ("glide", 2.3, 1),
}  # fmt: skip
PHONES = (*VOWELS, *_CONSONANTS)
"""The phones of the dictionary (ARPAbet without stress); the number of each is its place."""
ANY, GAP, NONE = len(PHONES), len(PHONES) + 1, len(PHONES) + 2
"""In a row of phones: any sounds, any or no sounds, and nothing."""

_PLACES = {
    # height (0 open to 3 closed) and backness (0 front to 2 back) where a vowel begins and ends
    "AA": (0, 1.6, 0, 1.6), "AE": (0.6, 0.2, 0.6, 0.2), "AH": (1.2, 1.2, 1.2, 1.2),
    "AO": (0.8, 2, 0.8, 2), "AW": (0.2, 1, 2, 1.8), "AY": (0.2, 1, 2.4, 0.2),
    "EH": (1.2, 0.2, 1.2, 0.2), "ER": (1.6, 1.2, 1.6, 1.2), "EY": (1.6, 0.1, 2.5, 0.1),
    "IH": (2.3, 0.4, 2.3, 0.4), "IY": (3, 0, 3, 0), "OW": (1.6, 1.9, 2.3, 2),
    "OY": (1, 2, 2.4, 0.3), "UH": (2.3, 1.7, 2.3, 1.7), "UW": (3, 1.8, 3, 1.8),
}  # fmt: skip
_MANNERS = {
    ("stop", "both"): 0.3, ("stop", "hiss"): 0.45, ("both", "hiss"): 0.25, ("nose", "stop"): 0.5,
    ("nose", "flow"): 0.5, ("flow", "glide"): 0.35, ("nose", "glide"): 0.6, ("stop", "flow"): 0.6,
}  # fmt: skip
_OTHER_MANNER = 0.75
_VOICING = 0.2
_VOWEL_STEP, _PLACE_STEP = 0.16, 0.15
_NEAR_VOWEL = {
    ("R", "ER"): 0.3, ("W", "UW"): 0.4, ("Y", "IY"): 0.4, ("W", "OW"): 0.6, ("W", "UH"): 0.5,
    ("Y", "IH"): 0.5, ("L", "OW"): 0.7, ("L", "UH"): 0.7, ("L", "AH"): 0.75, ("R", "AO"): 0.75,
}  # fmt: skip
_WEAK = {"AH": 0.4, "IH": 0.45, "ER": 0.6, "HH": 0.4, "T": 0.5, "D": 0.5, "Y": 0.5, "R": 0.5}
_CONSONANT, _VOWEL = 0.6, 0.7
_TAKEN = 0.3
"""What it costs that any sounds are taken for a slot: a phrase without one is preferred."""
_HELD = 0.03
"""What each further sound in a slot costs: words of the phrase itself are preferred."""
_BOUND = 1.0
"""The costs are our own: by the places where phones are made (International Phonetic Association
1999), in steps of a size so that most mishearings that we have seen stay below 0.35 a phone."""


def _between(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _PLACES and other in _PLACES:
        apart = zip(_PLACES[one], _PLACES[other], strict=True)
        return min(_BOUND, 0.1 + _VOWEL_STEP * sum(abs(a - b) for a, b in apart) / 1.6)
    if one in _PLACES or other in _PLACES:
        return _NEAR_VOWEL.get((one, other), _NEAR_VOWEL.get((other, one), _BOUND))
    manner, place, voiced = _CONSONANTS[one]
    other_manner, other_place, other_voiced = _CONSONANTS[other]
    cost = _PLACE_STEP * abs(place - other_place) + _VOICING * (voiced != other_voiced)
    if manner != other_manner:
        pair = (manner, other_manner)
        cost += _MANNERS.get(pair, _MANNERS.get(pair[::-1], _OTHER_MANNER))
    return min(_BOUND, cost)


@cache
def replace_costs() -> NDArray[np.float32]:
    """What it costs to hear the one for the other, float32[phones, phones + 3]: 0 the same to 1
    nothing alike. `ANY` takes all for a little, `GAP` for nothing, `NONE` takes none."""
    costs = np.zeros((len(PHONES), len(PHONES) + 3), np.float32)
    for at, one in enumerate(PHONES):
        for place, other in enumerate(PHONES):
            costs[at, place] = _between(one, other)
    costs[:, ANY] = _TAKEN
    costs[:, NONE] = _BOUND
    return costs


@cache
def leave_costs() -> NDArray[np.float32]:
    """What it costs to hear a phone not at all, or where there is none: float32[phones + 3]."""
    costs = [_WEAK.get(one, _VOWEL if one in _PLACES else _CONSONANT) for one in PHONES]
    return np.array([*costs, 2.0, 0.05, 0.0], np.float32)


@cache
def costs() -> Costs:
    """All of these costs."""
    hold = np.zeros(len(PHONES) + 3, np.float32)
    hold[ANY] = _HELD
    return Costs(replace_costs(), leave_costs(), hold, ANY, NONE)


@lru_cache(maxsize=16384)
def weight(phones: bytes) -> float:
    """What it costs to hear none of a row of phones; the places of a slot count nothing."""
    own = np.frombuffer(phones, np.uint8)
    return float(leave_costs()[own[(own != ANY) & (own != GAP)]].sum())


_KINDS = (
    "AA AO OW UW UH AW OY", "IY IH EH EY AE AY", "AH ER", "P B", "T D DH TH", "K G",
    "CH JH SH ZH", "F V", "S Z", "M N NG", "L R", "W Y",
)  # fmt: skip


@cache
def coarse() -> NDArray[np.uint8]:
    """For each phone the number (1 to 12) of those that are taken for each other; 0 for what is no
    sound to go by (the h, `ANY`, `GAP`, `NONE`)."""
    kinds = {phone: at for at, row in enumerate(_KINDS, 1) for phone in row.split()}
    return np.array([*(kinds.get(one, 0) for one in PHONES), 0, 0, 0], np.uint8)


def phones_of(row: str) -> bytes:
    """Phones as they are written in the dictionary, with a blank between them."""
    return bytes(map(_NUMBERS.__getitem__, row.split()))


_NUMBERS = {phone: number for number, phone in enumerate(PHONES)}
