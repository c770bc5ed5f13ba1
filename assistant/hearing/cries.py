"""Tells cries and laughter, as Whisper writes them, from words and numbers.

Pure functions on words; knows no sound and no thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DRAWN_OUT = re.compile(r"(\w*?)([^\W\d_])\2{3,}(\w*)")
"""One letter four times in a row or more. No word of English has three; digits are numbers."""

_SOUND = re.compile(r"(?:a+h*|h+a+|o+h*|u+h*|h*m+|e+h*|h+e+y?|u+g+h+|b?r+|s?h+|z+|a+r*g+h*)")

_LAUGH = re.compile(r"(?:b?w?a*(?:ha+){2,}h?|(?:he+){2,}h?|(?:ho+){2,})")
_SYLLABLE = re.compile(r"[abm]*ha+|he+h?|ho+|ah|heh")
_CALLED = frozenset(
    {"no", "yes", "yeah", "stop", "go", "so", "hey", "hello", "help", "wait", "please"}
)
"""Words that people draw out and mean."""

_CRIED = frozenset("abeghikmorsuwyz")
"""The letters of cries: "coooool" is a word."""

_FEWEST_ALIKE = 5
_FEWEST_SYLLABLES = 3


def is_cry(words: Sequence[str]) -> bool:
    """Whether all of `words` (lower case, no punctuation) are one letter drawn out ("aaaaah",
    "hmmmmm"), with sounds between, or the same letter again and again ("a a a a a")."""
    if len(words) >= _FEWEST_ALIKE and len(set(words)) == 1 and re.fullmatch(r"[^\W\d_]", words[0]):
        return True
    is_drawn = [_is_drawn_out(word) for word in words]
    return any(is_drawn) and all(
        drawn or _SOUND.fullmatch(word) for drawn, word in zip(is_drawn, words, strict=True)
    )


def is_laughter(words: Sequence[str]) -> bool:
    """Whether nothing but laughter is in `words`: "hahaha", "ha ha ha". One "ha" is a word."""
    if all(_LAUGH.fullmatch(word) for word in words):
        return bool(words)
    return len(words) >= _FEWEST_SYLLABLES and all(
        _SYLLABLE.fullmatch(word) or _LAUGH.fullmatch(word) for word in words
    )


def _is_drawn_out(word: str) -> bool:
    found = _DRAWN_OUT.fullmatch(word)
    return found is not None and _CRIED.issuperset(word) and "".join(found.groups()) not in _CALLED
