"""Requests to convert: "how many feet in 3 miles", "70 fahrenheit in celsius", "a cup of flour in
grams". Gives the words of what is converted, of what and into what. Knows no factor. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.language.en.signs import sum_words
from assistant.language.en.units import GRAMS_A_CUP, is_unit, read_quantity, unit_named


@dataclass(frozen=True, slots=True)
class UnitRequest:
    """`amount` and `into` are canonical words, as is `of` (a substance, or empty). Either may be
    empty: a request that goes on with the one before, or an `into` to ask for (`is_told`).
    `counts` marks the form "how many … are in …"."""

    amount: str
    into: str
    of: str = ""
    counts: bool = False
    is_told: bool = False


_AMOUNT, _INTO = r"(?P<amount>.+?)", r"(?P<into>\S+(?: \S+){0,4}?)"
_ASKS = (
    r"(?:convert|change|turn|translate|express|give me|tell me|show me|calculate"
    r"|what (?:is|are|does|would be)|what temperature is"
    r"|how (?:much|many|long|far|tall|heavy|hot|cold|warm|big|fast|high|deep|wide"
    r"|large) (?:is|are)) (?:the )?"
)
_JOIN = (
    r"(?:converted (?:in)?to|(?:in|to|into|as)(?: terms of)?|expressed in|equal (?:to )?in"
    r"|measured in|worth in|is what in|weigh in|be in)"
)
_HOW_MANY = rf"how (?:many|much) {_INTO} (?:of (?P<of>.+?) )?"
_HOLDS = r"(?:have|has|contain|hold|weigh|make|equal|last|measure|take|cover)"
_COUNTS = (
    rf"{_HOW_MANY}(?:(?:are|is) (?:there |it )?|do (?:i|you|we) (?:get|need|have) |fit |go "
    rf"|make up |make |will fit )?(?:in|into|inside|to|per|for|equals?(?: to)?) {_AMOUNT}",
    rf"{_HOW_MANY}(?:does|do|is in|are in|is|are|makes?|equals?) {_AMOUNT}"
    rf"(?: {_HOLDS})?(?: in it)?",
    rf"(?:what is )?(?:the )?(?:number|amount) of {_INTO} in {_AMOUNT}",
)
_CONVERTS = (
    rf"(?:{_ASKS})?{_AMOUNT} {_JOIN} {_INTO}",
    rf"{_AMOUNT} (?:is|are|equals) how many {_INTO}",
    rf"in {_INTO} (?:what|how much|how long|how far) (?:is|are) {_AMOUNT}",
    rf"what {_INTO} (?:is|are) {_AMOUNT}",
)
_WEIGHS = (
    rf"(?:how much|what) (?:does|do|would|will) {_AMOUNT} weigh(?: in {_INTO})?",
    rf"how heavy (?:is|are) {_AMOUNT}(?: in {_INTO})?",
    rf"what (?:is|are) the weight of {_AMOUNT}(?: in {_INTO})?",
)
_GOES_ON = (
    rf"(?:what about|how about|and|and what about|and how about)? ?(?:in|to|into|as) {_INTO}",
    rf"(?:what about|how about) {_AMOUNT}",
    r"(?P<amount>(?:minus )?\d.*)",
)
_COUNT_RULES = tuple(map(re.compile, _COUNTS))
_CONVERT_RULES = tuple(map(re.compile, _CONVERTS))
_WEIGH_RULES = tuple(map(re.compile, _WEIGHS))
_GO_ON_RULES = tuple(map(re.compile, _GOES_ON))
_TOLD = re.compile(r"(?:convert|can you convert) (?P<amount>.+)")


@lru_cache(maxsize=256)
def read_unit_request(text: str) -> UnitRequest | None:
    """The conversion that a transcript asks for; None for any other request."""
    words = sum_words(text)
    if len(words) > 160 or not _has_a_unit(words):
        return None
    for rules, counts in ((_COUNT_RULES, True), (_CONVERT_RULES, False), (_WEIGH_RULES, False)):
        for rule in rules:
            found = rule.fullmatch(words)
            made = _made(found, counts, rules is _WEIGH_RULES) if found is not None else None
            if made is not None:
                return made
    return _going_on(words) or _told(words)


def _has_a_unit(words: str) -> bool:
    parts = words.split()
    pairs = (" ".join(parts[at : at + length]) for at in range(len(parts)) for length in (1, 2))
    return any(unit_named(one) for one in pairs)


def _made(found: re.Match[str], counts: bool, weighs: bool) -> UnitRequest | None:
    groups = found.groupdict()
    into, of = groups.get("into") or "", groups.get("of") or ""
    amount = groups["amount"]
    if weighs and not into:
        into = "grams"
    amount, found_of = _substance(amount)
    of = of or found_of
    if weighs and not of:
        return None
    if (of and of not in GRAMS_A_CUP) or read_quantity(amount) is None or not is_unit(into):
        return None
    return UnitRequest(amount, into, of, counts=counts)


def _substance(amount: str) -> tuple[str, str]:
    """ "2 cups of brown sugar" as "2 cups" and "brown sugar"."""
    for name in GRAMS_A_CUP:
        for tail in (f" of {name}", f" {name}"):
            if amount.endswith(tail):
                return _longest(amount, name)
    return amount, ""


def _longest(amount: str, name: str) -> tuple[str, str]:
    """The longest substance at the end: "brown sugar" and not "sugar"."""
    ends = [one for one in GRAMS_A_CUP if amount.endswith(f" {one}")]
    name = max(ends, key=len, default=name)
    return amount.removesuffix(f" {name}").removesuffix(" of"), name


def _going_on(words: str) -> UnitRequest | None:
    """ "And in inches?", "what about 10 miles": after a conversion only."""
    for rule in _GO_ON_RULES:
        found = rule.fullmatch(words)
        groups = found.groupdict() if found is not None else {}
        if groups.get("into") and is_unit(groups["into"]):
            return UnitRequest("", groups["into"])
        amount, of = _substance(groups.get("amount") or "")
        if amount and read_quantity(amount) is not None:
            return UnitRequest(amount, "", of)
    return None


def _told(words: str) -> UnitRequest | None:
    """ "Convert 5 miles": into what is asked for."""
    found = _TOLD.fullmatch(words)
    if found is None:
        return None
    amount, of = _substance(found["amount"])
    return UnitRequest(amount, "", of, is_told=True) if read_quantity(amount) is not None else None
