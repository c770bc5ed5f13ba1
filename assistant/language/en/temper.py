"""Takes the temper out of a request: "for the third time, what's the damn time?" asks for the time.

What is left is what a part of the text layer has to understand; the mood is read from all that was
said. Words that could be meant ("play Damn") stay. Pure; any thread.
"""

from __future__ import annotations

import re

_NTH = r"(?:\w+th|second|third|\d+(?:nd|rd|th)|last)"
_SAKE = (
    r"for\s+(?:the\s+love\s+of\s+god|crying\s+out\s+loud|(?:god|heaven|goodness|christ|pete|fuck)"
    r".?s\s+sake)"
)
_TOLD = r"(?:told|asked|telling|asking)\s+you"
_AM = r"(?:.ve|\s+have|.m|\s+am)"
_MARKED = (
    rf"(?:(?:that.s|this\s+is|it.s)\s+(?:now\s+)?the\s+{_NTH}\s+time(?:\s+i{_AM}?\s+{_TOLD}|\s+now)?"
    rf"|i{_AM}?\s+(?:already|just)\s+{_TOLD}|how\s+many\s+times\s+do\s+i\s+have\s+to"
    r"\s+(?:say|ask|tell\s+you)(?:\s+(?:it|this|that))?|(?:god)?dam(?:n\s+it|mit)|oh\s+come\s+on"
    r"|come\s+on|ugh|argh|jesus(?:\s+christ)?|what\s+the\s+(?:hell|fuck|heck))"
)
_HURRY = r"(?:quick(?:ly)?|hurry(?:\s+up)?|be\s+quick)"
_LEAD = re.compile(
    rf"^(?:(?:oh|no|ok|okay|well)[,.!]?\s+)?(?:(?:for\s+the\s+{_NTH}\s+time|{_SAKE})[,.:;!]*"
    rf"|{_MARKED}[,.:;!?…]+|{_HURRY}[,.:;!…]+)\s+",
    re.I,
)
_TAIL = re.compile(
    rf"(?:[,.!?]|(?P<is_bare>))\s+for\s+the\s+{_NTH}\s+time[.!?]*$"
    rf"|[,.!?]?\s+{_SAKE}[.!?]*$|[,.!?]\s+(?:god)?dam(?:n\s+it|mit)[.!?]*$",
    re.I,
)
_COUNTED = re.compile(
    r"^(?:who|when|where|which|how|remind|note|add|write|send|tell|say)\b"
    r"|\b(?:did|was|were|had|has|have|became|won)\b",
    re.I,
)
"""Where "for the third time" counts what happened or shall happen: "when did they win for the third
time?"; behind a comma it is temper all the same."""
_SWEARING = re.compile(
    r"\b(the|a|an|my|this|that|your)\s+(?:fucking|f.ing|goddamn|damn|freaking|frigging"
    r"|bloody(?!\s+mary))\s+(?=\w)",
    re.I,
)
_FEWEST_WORDS = 2


def without_temper(text: str) -> str:
    """`text` without what only says how its speaker feels; the very same text where there is
    nothing of that, or hardly anything else."""
    calm = _SWEARING.sub(r"\1 ", _without_tail(_LEAD.sub("", text, count=1)))
    if calm == text or len(calm.split()) < _FEWEST_WORDS:
        return text
    return calm[:1].upper() + calm[1:]


def _without_tail(text: str) -> str:
    found = _TAIL.search(text)
    if found is None or (found["is_bare"] is not None and _COUNTED.search(text)):
        return text
    return text[: found.start()]
