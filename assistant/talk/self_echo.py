"""Did the assistant hear itself? Words that repeat what was just said are no request. Pure."""

from __future__ import annotations

from rapidfuzz import fuzz

from assistant.language.en.normalise import normalise

_SIMILARITY = 85.0
_FEWEST_WORDS = 3


def is_own_voice(text: str, said: str) -> bool:
    """True when three words and more of `text` are, almost to the letter, a part of `said`."""
    heard, spoken = normalise(text), normalise(said)
    if len(heard.split()) < _FEWEST_WORDS or len(heard) > len(spoken) + 4:
        return False
    return fuzz.partial_ratio(heard, spoken) >= _SIMILARITY
