"""The words by which a text is found: without common ones, and without their endings.

Both sides, questions and documents, are made alike here, so that "refunded" finds "refunds". A
light stemmer: it need not give words, only the same letters for one word. Pure; any thread.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.language.en.normalise import normalise

_COMMON = frozenset(
    (
        "a an the i me my we us our you your he him his she her it its they them their this that "
        "these those is are was were be been being am do does did done have has had having will "
        "would can could may might must shall should what which who whom whose when where why how "
        "much many long often far old there here of in on at to for from by with about into over "
        "after before if or and but not no so than then as up out off any some please tell get go "
        "goes going take takes let one say says look find need"
    ).split()
)
"""Own choice: they say nothing about what a text is about."""

_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", ""))
_SHORTEST = 3


def search_words(text: str) -> list[str]:
    """The words of `text` that tell what it is about, without their endings, in order."""
    return [stem(word) for word in normalise(text).split() if word not in _COMMON]


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A canonical word without its ending: "policies" and "policy", "climbing" and "climb"."""
    for ending, instead in _ENDINGS:
        is_long = len(word) - len(ending) >= _SHORTEST
        if word.endswith(ending) and is_long and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    if len(word) > _SHORTEST + 1 and word.endswith("e"):
        word = word[:-1]
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word
