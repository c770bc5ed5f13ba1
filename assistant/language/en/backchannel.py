"""Little words that tell the speaker to go on: said over an answer, they do not stop it. Pure."""

from __future__ import annotations

import re

from assistant.language.en.normalise import normalise

_WORDS = frozenset(
    "mhm mm hm hmm uh-huh uhuh aha ah oh yeah yep yes yup okay ok right sure alright "
    "i see got it true nice cool wow really good great fine exactly".split()
)
_HUMS = frozenset("mhm mm hm hmm mm-hmm uh-huh uhuh aha ah oh".split())
_LONGEST_WORDS = 3
_SEPARATORS = re.compile(r"[^\w'-]+")


def is_backchannel(text: str) -> bool:
    """True when all of `text` is at most three little words such as "mhm" or "yeah, right"."""
    words = _SEPARATORS.sub(" ", text.lower()).split()
    return len(words) <= _LONGEST_WORDS and any(
        bool(said) and _WORDS.issuperset(said) for said in (words, normalise(text).split())
    )


def is_hum(text: str) -> bool:
    """True for sounds that are no word, such as "mhm"."""
    words = _SEPARATORS.sub(" ", text.lower()).split()
    return bool(words) and _HUMS.issuperset(words)
