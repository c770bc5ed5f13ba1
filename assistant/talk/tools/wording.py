"""What several skills need to put the user's own words into an answer. Pure; any thread."""

from __future__ import annotations

import re

from assistant.language.en.speakable import spoken_form
from assistant.talk.flow import Say
from assistant.talk.request import Request

_POLITE_END = re.compile(r"[\s,]+(?:please|thanks|thank you|will you|would you)$", re.IGNORECASE)
_EDGES = ' .,;:!?"“”'


def said(text: str) -> Say:
    """A sentence with the user's own words in it; the voice gets it in a form to be spoken."""
    return Say(text, spoken_form(text))


def capital(text: str) -> str:
    """`text` as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def in_sentence(answer: str) -> str:
    """The user's answer without the capital that the first word of a transcript has."""
    first = answer.split()[0]
    if first[1:] != first[1:].lower() or first in ("I", "I'm", "I'll"):
        return answer
    return answer[0].lower() + answer[1:]


def rest_of(request: Request, words: str) -> str:
    """The transcript from `words` (those of a slot at the end of a template) to its end, as it is
    written: a template is matched on words without a tail such as "today"."""
    found = request.original(words) if words in request.words else words
    at = request.text.find(found)
    rest = request.text[at:] if at >= 0 else found
    return _POLITE_END.sub("", rest.strip(_EDGES)).strip(_EDGES)
