"""What was heard as a value and may have been another: "13 minutes", "3 hours in 10 minutes".

Numbers that sound alike are told apart by the sound alone, so both are given; words that no value
of the kind has are read as the nearest that one has. Knows no templates. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

import numpy as np

from assistant.language.en.normalise import normalise
from assistant.language.en.numbers import cardinal
from assistant.language.en.phones import NONE, costs, leave_costs, weight
from assistant.language.en.sounds import sound
from assistant.language.likeness import Rows, distances, rows_of

Parses = Callable[[str], bool]
"""Whether canonical words are a value of the kind."""

MOST = 3
"""So many values are given for one place, the likeliest first."""
_NEAR = 0.55
"""A word is read as another that is no farther away (0 the same, 1 nothing alike)."""
_MOST_UNKNOWN, _MOST_TRIED = 3, 24

_NUMBERS = [*range(1, 21), *range(30, 100, 10)]
_TEENS = {teen: 10 * (teen - 10) for teen in range(13, 20)}
_TWINS = {**_TEENS, **{ten: teen for teen, ten in _TEENS.items()}, 5: 9, 9: 5}
"""Numbers that are taken for each other: thirteen and thirty, five and nine."""
_SOUNDS_LIKE = {
    "for": "4", "four": "4", "fore": "4", "to": "2", "too": "2", "tree": "3", "free": "3",
    "ate": "8", "won": "1", "sex": "6", "tin": "10", "nein": "9", "line": "9",
    "in": "and", "end": "and", "an": "and", "than": "and", "on": "and", "our": "hour",
}  # fmt: skip
_LENGTH = "seconds second minutes minute hours hour days day weeks half quarter and a an".split()
_CLOCK = "AM PM o'clock noon midnight half quarter past to at in the morning evening".split()
_DAYS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday today tomorrow tonight next this "
    "January February March April May June July August September October November December the of "
    "first second third fourth fifth morning afternoon evening weekend week"
).split()
_WORDS = {
    "length": _LENGTH, "lengths": _LENGTH, "number": ["point", "half", "minus", "and"],
    "time": _CLOCK, "day": _DAYS, "moment": [*_CLOCK, *_DAYS, *_LENGTH],
    "days that come again": ["every", "weekday", "day", "weekends", *_DAYS[:7]],
    "half of the day": ["morning", "evening", "afternoon", "AM", "PM", "in", "the"],
}  # fmt: skip


def values(kind: str, said: Sequence[str], parses: Parses) -> list[str]:
    """What may have been meant by the words `said` (as they were written) in the place of a value
    of `kind`: as they are first, where that is one, then the others. Empty when none is near."""
    if not said:
        return []
    heard = " ".join(said)
    if parses(normalise(heard)):
        return [heard, *(one for one in _twins(said) if parses(normalise(one)))][:MOST]
    found: list[str] = []
    for words in _nearly(kind, said):
        text = " ".join(words)
        if parses(normalise(text)):
            found.append(text)
            if len(found) == MOST - 1:
                break
    return found


def twins(text: str) -> list[str]:
    """The same with each number in turn as the one that sounds like it."""
    return list(_twins(text.split()))


def _twins(said: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(said):
        number = normalise(word)
        if number.isdecimal() and int(number) in _TWINS:
            twin = _TWINS[int(number)]
            written = str(twin) if word.strip(",.")[:1].isdigit() else cardinal(twin)
            yield " ".join([*said[:at], written, *said[at + 1 :]])


def _nearly(kind: str, said: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words with those that no value has in the place of the nearest that one has."""
    known = {normalise(one) for one in _WORDS.get(kind, ())}
    choices: list[list[str]] = []
    unknown = 0
    for word in said:
        canonical = normalise(word)
        if word[:1].isdigit():
            choices.append([word])
        elif canonical in known or canonical[:1].isdigit():
            single = canonical.rstrip("s")
            others = [one for one in _near(kind, word) if normalise(one).rstrip("s") != single]
            choices.append([word, *others[:2]])
        else:
            unknown += 1
            choices.append([*_near(kind, word), ""])
    if kind not in _WORDS or unknown > _MOST_UNKNOWN or len(said) > 8:
        return
    ranked = sorted(product(*(range(len(one)) for one in choices)), key=sum)[:_MOST_TRIED]
    for picks in ranked:
        yield tuple(filter(None, (one[pick] for one, pick in zip(choices, picks, strict=True))))


def _near(kind: str, word: str) -> list[str]:
    """Up to three words of a kind that sound like `word`, the likest first."""
    found = [_SOUNDS_LIKE[word.lower()]] if word.lower() in _SOUNDS_LIKE else []
    heard = sound(word)
    if kind not in _WORDS or not heard:
        return found
    words, rows, weights = _vocabulary(kind)
    total = distances(heard, [0], rows, costs()).total
    apart = total / np.maximum(weights, weight(heard))
    near = [words[at] for at in np.argsort(apart)[:3] if apart[at] <= _NEAR]
    return list(dict.fromkeys([*found, *near]))


@cache
def _vocabulary(kind: str) -> tuple[list[str], Rows, np.ndarray]:
    words = [*_WORDS[kind], *(str(one) for one in _NUMBERS)]
    rows = rows_of([sound(word) for word in words], NONE)
    return words, rows, leave_costs()[rows].sum(axis=1)
