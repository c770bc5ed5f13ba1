"""Enumerations in English: "milk, eggs and butter" into three items, and three items into words.

Works on words as a user wrote or said them, and keeps their spelling. Knows no list. Pure; any
thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language.en.groceries import apart, is_counted
from assistant.language.en.normalise import normalise
from assistant.language.en.numbers import cardinal

_TOGETHER = frozenset(
    (
        "mac and cheese|macaroni and cheese|salt and pepper|fish and chips|half and half"
        "|salt and vinegar|cookies and cream|cream and onion|gin and tonic|rum and coke"
        "|peanut butter and jelly|sweet and sour|pork and beans|franks and beans|rice and beans"
        "|oil and vinegar|arm and hammer|head and shoulders|ben and jerrys|m and ms"
        "|black and white|cheese and onion|ham and cheese|bed and breakfast|nuts and bolts"
        "|shampoo and conditioner set|odds and ends|bits and pieces|surf and turf|bubble and squeak"
    ).split("|")
)
"""What is one thing although there is an "and" in it."""

_TASK_VERBS = frozenset(
    (
        "answer arrange ask bake book borrow bring brush buy call cancel change charge check choose"
        " clean clear collect cook cut deliver do drop email empty feed fetch file fill find finish"
        " fix fold get give go help hoover install iron invite learn look mail make meet mop move"
        " mow order organize pack paint pay phone pick plan plant practice prepare print pull put"
        " read renew repair replace reply return ring schedule sell send set shop sign sort speak"
        " start study sweep take talk tell text throw tidy train try turn update vacuum visit wash"
        " walk water wipe wrap write"
    ).split()
)
"""In a list of things to do, an "and" before one of these begins another one."""

_SEPARATOR = re.compile(r"\s*[,;]\s*(?:(?:and|or|plus)\s+)?|\s+(?:and also|and then|and|plus)\s+")
_COMMA = re.compile(r"\s*[,;]\s*(?:and\s+)?")
_LEADING = re.compile(r"^(?:and|also|plus|some more|some|any|another|more|the)\s+", re.IGNORECASE)
_KEY_LEADING = re.compile(r"^(?:a|an|the|some|my|our|more|to|1|please)\s+(?=\S)")
_TRAILING = re.compile(r"[\s,]+(?:please|thanks|thank you|too|as well|also)$", re.IGNORECASE)


def split_items(text: str, *, tasks: bool = False) -> list[str]:
    """The items of an enumeration in their own spelling.

    `tasks`: they are things to do, and an "and" within one ("buy milk and eggs") does not part it.
    """
    text = text.strip(" .!?")
    pieces = _split_tasks(text) if tasks else _groceries_apart(_split_things(text))
    cleaned = [_cleaned(piece) for piece in pieces]
    return [piece for piece in dict.fromkeys(cleaned) if normalise(piece)]


def _split_things(text: str) -> list[str]:
    pieces: list[str] = []
    joint = ""
    start = 0
    for found in [*_SEPARATOR.finditer(text), None]:
        piece = text[start : found.start() if found else len(text)]
        if pieces and joint.strip() == "and" and _belong_together(pieces[-1], piece):
            pieces[-1] = f"{pieces[-1]}{joint}{piece}"
        else:
            pieces.append(piece)
        if found:
            joint, start = found[0], found.end()
    return pieces


def _groceries_apart(pieces: list[str]) -> list[str]:
    """The same with groceries in a row told apart: "milk eggs" of "milk eggs and bread"."""
    parted: list[str] = []
    for piece in pieces:
        words = _cleaned(piece).split()
        lengths = apart(" ".join(words).lower()) or []
        is_row = (
            len(lengths) > 2 or len(pieces) > 1 or any(is_counted(one.lower()) for one in words)
        )
        if len(lengths) < 2 or not is_row:
            parted.append(piece)
            continue
        for length in lengths:
            parted.append(" ".join(words[:length]))
            words = words[length:]
    return parted


def _belong_together(before: str, after: str) -> bool:
    """True when the last words before an "and" and the first after it are one thing."""
    words = f" {normalise(before)} and {normalise(after)} "
    apart = (f" {normalise(before)} ", f" {normalise(after)} ")
    return any(f" {one} " in words and not any(one in part for part in apart) for one in _TOGETHER)


def _split_tasks(text: str) -> list[str]:
    pieces: list[str] = []
    for part in _COMMA.split(text):
        words = re.split(r"\s+and(?: then| also)?\s+", part)
        for at, piece in enumerate(words):
            first = normalise(piece).split()[:1]
            if at and not (first and first[0] in _TASK_VERBS):
                pieces[-1] = f"{pieces[-1]} and {piece}"
            else:
                pieces.append(piece)
    return pieces


def _cleaned(piece: str) -> str:
    piece = piece.strip(' .,;:!?"“”')
    before = None
    while piece != before:
        before = piece
        piece = _TRAILING.sub("", _LEADING.sub("", piece)).strip()
    return piece


def item_key(item: str) -> str:
    """The canonical words of an item without articles, by which two of them are the same."""
    words = normalise(item)
    before = None
    while words != before:
        before = words
        words = _KEY_LEADING.sub("", words)
    return words


def find_item(wanted: str, keys: Sequence[str]) -> int | None:
    """The place in `keys` (of `item_key`) of the one that `wanted` means; None when none or several
    do. "egg" finds "eggs", "milk" finds "oat milk" when there is no other milk."""
    key = item_key(wanted)
    if key in keys:
        return keys.index(key)
    singular = _singular(key)
    alike = [at for at, one in enumerate(keys) if _singular(one) == singular]
    if not alike:
        words = set(singular.split())
        alike = [at for at, one in enumerate(keys) if words and words <= _singulars(one)]
    if not alike:
        words = set(singular.split())
        alike = [
            at for at, one in enumerate(keys) if len(one.split()) > 1 and _singulars(one) <= words
        ]
    return alike[0] if len(alike) == 1 else None


def _singular(key: str) -> str:
    return " ".join(_singular_word(word) for word in key.split())


def _singulars(key: str) -> set[str]:
    return {_singular_word(word) for word in key.split()}


def _singular_word(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("oes", "shes", "ches", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def join_items(items: Sequence[str]) -> str:
    """ "milk, eggs and butter"; with a comma before the last where an item has an "and" itself."""
    if len(items) < 2:
        return "".join(items)
    comma = "," if any(" and " in one for one in items) else ""
    return f"{', '.join(items[:-1])}{comma} and {items[-1]}"


def count_things(count: int, thing: str = "thing") -> str:
    """ "one thing", "three things", "nothing" where `thing` is "thing" and there are none."""
    if count == 0:
        return "nothing" if thing == "thing" else f"no {thing}s"
    return f"{cardinal(count)} {thing}{'' if count == 1 else 's'}"
