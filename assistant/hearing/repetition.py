"""Finds and cuts the loops into which a Whisper decoder can fall ("the cup of the cup of the …").

Pure functions on text; knows no model, no sound and no thread.
"""

from __future__ import annotations

import re
import zlib

LONGEST_PERIOD_WORDS = 12
"""A loop's unit is looked for up to this length; longer ones show in the compression ratio."""

FEWEST_LOOPED_WORDS = 8
"""Shorter runs are left alone: people do say "no no no no" and count "ten, ten, ten"."""

FEWEST_MEANT_WORDS = 3
"""One word so many times in a row is a person's own ("no no no", "two two two"): Whisper says a
single word once more, not twice."""

FEWEST_BROKEN_OFF_WORDS = 3
"""So many words of a second saying show it, though the rest of it is missing."""

HIGHEST_COMPRESSION_RATIO = 2.4
"""Text that zlib packs better is a loop (Radford et al. 2022, section 4.5)."""


def compression_ratio(text: str) -> float:
    """Bytes of `text` over bytes after zlib; about 0.6-1.8 for natural sentences."""
    raw = text.encode("utf-8")
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def has_loop(text: str) -> bool:
    """True when a unit of one to twelve words stands in `text` many times in a row."""
    return collapse_loops(text) != text or compression_ratio(text) > HIGHEST_COMPRESSION_RATIO


def collapse_loops(text: str) -> str:
    """`text` with every loop cut down to its first unit; other text comes back unchanged.

    Words are compared without case and punctuation. A unit of one word must stand eight times in
    a row, one of two words four times, and every longer one three times.
    """
    words = text.split()
    keys = _keys(words)
    kept: list[str] = []
    at = 0
    while at < len(words):
        period, end = _loop_at(keys, at)
        kept.extend(words[at : at + period])
        at = end
    return " ".join(kept) if len(kept) < len(words) else text


def without_echo(text: str) -> str:
    """`text` without a last stretch of words that only says the words before it again.

    Behind too short a window Whisper says a whole sentence twice ("Is it far? Is it far?"); the
    second time may be broken off, but begins where a sentence began. Text without such an end comes
    back unchanged, and so does one that ends in a word said three times or more.
    """
    words = text.split()
    keys = _keys(words)
    if ends_in_one_word(text):
        return text
    for period in range(1, len(words)):
        at = len(words)
        while at > period and _same_word(keys, at - 1, at - 1 - period):
            at -= 1
        said_again = len(words) - at
        if said_again >= period or (
            said_again >= FEWEST_BROKEN_OFF_WORDS and _begins_a_sentence(words, at - period)
        ):
            return " ".join(words[:at])
    return text


def ends_in_one_word(text: str) -> bool:
    """Whether the last words are one word said three times or more ("no no no no no")."""
    last = _keys(text.split())[-FEWEST_MEANT_WORDS:]
    return len(last) == FEWEST_MEANT_WORDS and len(set(last)) == 1


def _begins_a_sentence(words: list[str], at: int) -> bool:
    return at == 0 or words[at - 1].endswith((".", "?", "!"))


def _same_word(keys: list[str], at: int, before: int) -> bool:
    """Whether word `at` says word `before` again; the very last word may be broken off, but "555"
    is no beginning of "5555"."""
    if at == len(keys) - 1 and keys[at] and not keys[at].isdigit():
        return keys[before].startswith(keys[at])
    return keys[at] == keys[before]


def _keys(words: list[str]) -> list[str]:
    return [re.sub(r"[^\w']", "", word).lower() for word in words]


def _loop_at(keys: list[str], at: int) -> tuple[int, int]:
    """Length of the unit that repeats from word `at` on and the end of its run; (1, at + 1) when
    nothing repeats there."""
    for period in range(1, LONGEST_PERIOD_WORDS + 1):
        end = at + period
        while end < len(keys) and keys[end] == keys[end - period]:
            end += 1
        repeats = (end - at) // period
        if repeats >= 3 and repeats * period >= FEWEST_LOOPED_WORDS:
            return period, end
    return 1, at + 1
