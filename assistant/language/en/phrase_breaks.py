"""Where a speaker may pause in a sentence that has no comma: before a clause or a prepositional
phrase that is not bound to the word in front of it.

Judges by lists of English words, and rather finds no place than a wrong one. Knows nothing of
voices and streams beyond that a last word may be unfinished. Pure.
"""

from __future__ import annotations

import re

WAIT_WORDS = 8
"""Whole words without a comma before a place is looked for."""
HEAD_WORDS = 4
TAIL_WORDS = 3
"""Least words on both sides, so that neither sounds like a scrap."""

_WORD = re.compile(r"\S+")
_PLAIN = re.compile(r"[\w'’-]+")
_CLAUSE = frozenset("because although though unless until while whereas which who whose".split())
_PREPOSITION = frozenset(
    "for with without from in at on by during through throughout across between among around "
    "about after before into within".split()
)
_MAYBE_CLAUSE = frozenset("and but or so if when where that since once".split())
_SUBJECT = frozenset(
    "i you he she it we they there this these those i'm i'll i'd i've you're you'll you've it's "
    "it'll he's she's we're we'll they're they'll there's that's allows allow requires require "
    "can could will would may might should is are was were has have had includes offers "
    "provides helps makes".split()
)
"""After one of these, "and", "that" and the like open a clause and not a list or a noun."""
_BINDING = frozenset(
    "interested involved engaged based focused depend depends depending rely relies consist "
    "consists look looks looking ask asks asked wait waits waiting search searching go goes going "
    "come comes coming get gets vote voting think thinking talk talks talking hear heard know "
    "worry worried deal dealing work works working live lives living believe believes log turn "
    "put take fill result results begin begins start starts stand stands call calls agree agrees "
    "associated filled covered familiar known used made responsible famous good sorry happy "
    "thank thanks "
    "one of to a an the my your his her its our their this that these those some any no every each "
    "very so too as than is are was were be been being am not and or but".split()
)
"""Words that belong to what follows: no pause after them."""


def phrase_break(text: str) -> int | None:
    """The index in `text` at which a first clause may end before the sentence does, or None while
    there is no natural place. The last of `text` may be a part of a word."""
    words = list(_WORD.finditer(text))
    whole = len(words) if text[-1:].isspace() else len(words) - 1
    if whole < WAIT_WORDS:
        return None
    for at in range(len(words) - TAIL_WORDS, HEAD_WORDS - 1, -1):
        before, word, after = (words[at + step][0] for step in (-1, 0, 1))
        if _is_place(before, word, after) and _is_closed(text[: words[at].start()]):
            return words[at].start()
    return None


def _is_place(before: str, word: str, after: str) -> bool:
    if not all(map(_PLAIN.fullmatch, (before, word, after))):
        return False
    if before[0].isupper() and after[0].isupper() and after not in ("I", "I'm", "I'll"):
        return False  # "Ministry for Science": a name
    if before[-1].isdigit():
        return False  # "at 5 in the morning"
    if before.lower() in _BINDING | _PREPOSITION | _MAYBE_CLAUSE:
        return False
    if word in _CLAUSE or word in _PREPOSITION:
        return True
    return word in _MAYBE_CLAUSE and after.lower().replace("’", "'") in _SUBJECT


def _is_closed(head: str) -> bool:
    """No quotation or bracket stays open at the end of `head`."""
    return (
        head.count('"') % 2 == 0
        and head.count("(") == head.count(")")
        and head.count("“") == head.count("”")
        and head.count("*") % 2 == 0
    )
