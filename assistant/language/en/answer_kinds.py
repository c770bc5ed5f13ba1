"""Whether a sentence can answer a question, by what the question asks for.

"How much" wants a number, "when" a time, "where" a place, "who is" a name. This only rules out:
"the company lends a monitor" does not tell what a monitor costs. The expected answer type of
question answering (Li and Roth 2002), by rules. Pure; any thread.
"""

from __future__ import annotations

import re

_AMOUNT = re.compile(
    r"\b(?:how (?:much|many|long|high|old|hot|cold|far|tall|big|large|loud|heavy|fast|thick|wide"
    r"|deep|often|soon|late|early)|(?:what|how much) (?:does|do|did|will) .+ cost"
    r"|what is the (?:price|rent|fee|cost|temperature|(?:phone |telephone |account )?number)"
    r"|until when|what time|which (?:day|time|date|year)|what (?:day|date|year)|when)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:once|twice|half|quarter|every|each|daily|weekly|monthly|yearly|annual|never|always"
    r"|free|no|any ?time|immediately|at once|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january"
    r"|february|march|april|may|june|july|august|september|october|november|december|morning"
    r"|noon|afternoon|evening|night|midnight|weekends?|weekdays?|after|before|until|as soon as"
    r"|when|while|during|next|last|first|second|third|day|week|month|year)\b"
)
_ANY_AMOUNT = re.compile(r"\d|\b(?:once|twice|half|quarter|free|no|every|each|never|all|any)\b")
_COUNTED = re.compile(
    r"\b(?:how (?!often\b|soon\b|late\b|early\b|long\b)\w+ |cost\b|price\b|number\b)"
)
_WHERE = re.compile(r"\bwhere (?:is|are|can|do|does|should|must|will)\b")
_PLACE = re.compile(
    r"\b(?:in|into|on|onto|at|under|behind|beside|above|below|inside|outside|near|opposite"
    r"|between|next to|to|from|up|down|here|there|with|online)\b"
)
_WHO_IS = re.compile(r"\bwho (?:is|are|was|were) (?:the |my |our |your )?\S+(?: \S+)?$")
_NAMED = re.compile(r"(?<=[^.!?:] )(?!I\b)[A-Z][\w'’-]+")


def can_answer(question: str, sentence: str, canonical: str) -> bool:
    """`question` and `canonical` are normalised, `sentence` is as it was written, `canonical` the
    same sentence."""
    if _AMOUNT.search(question):
        wanted = _ANY_AMOUNT if _COUNTED.search(question) else _NUMBER
        return wanted.search(canonical) is not None
    if _WHERE.search(question):
        return _PLACE.search(canonical) is not None
    if _WHO_IS.search(question):
        return _NAMED.search(sentence) is not None
    return True
