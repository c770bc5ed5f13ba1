"""Answers a question out of a note: "where did I park?" after "note that I parked on level three".

Only a question about the user's own things, all of whose words stand in one note, is answered; the
note is read as it was taken. Every other question is left to the parts after this one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.language.en.normalise import normalise
from assistant.talk.flow import Call, HandOver, Steps, flow
from assistant.talk.request import Request
from assistant.talk.tool import Here
from assistant.talk.tools.notes import Note, all_notes
from assistant.talk.tools.wording import said

_OWN_QUESTION = re.compile(
    r"(?:do you (?:know|remember) |can you remember |remind me |tell me )?"
    r"(?:(?:where|when) (?:is|are|was|were|did|do|have) (?:the|my|our|i|we) "
    r"|what (?:is|was|are|were) (?:the|my|our) |(?:what|which) .*\b(?:did|do|have) (?:i|we) "
    r"|where (?:i|we) |who (?:has|did|do|is) (?:the|my|our|i|we) )(?:.+)"
)
_SMALL = frozenset(
    "a an the my our your i we me us you it is are was were be been do does did have has had what "
    "where when which who that this to of in on at for by with and again now put leave keep left "
    "remember know tell remind can got get go 1".split()
)
_LONGEST = 10
_LEAST = 3
"""A word with fewer letters is no key to a note."""


def _reads(request: Request) -> Mapping[str, Any] | None:
    words = request.canonical
    if len(words.split()) > _LONGEST or not _OWN_QUESTION.fullmatch(words):
        return None
    return {"wanted": words} if _keys(words) else None


def _keys(words: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in words.split() if word not in _SMALL)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word.removesuffix(ending).removesuffix("e")
    return word.removesuffix("e") if len(word) > _LEAST else word


@flow(name="note.find", reads=_reads)
def find(here: Here, wanted: str | None = None) -> Steps:
    """Answer a question about what you have noted."""
    keys = _keys(wanted or "")
    notes: tuple[Note, ...] = yield Call(all_notes)
    found = [one for one in notes if keys and keys <= _keys(normalise(one.text))]
    if not found or all(len(one) < _LEAST for one in keys):
        yield HandOver()
    return said(f"You noted: {found[-1].text}.")
