"""Addresses: house numbers, "St." as street or saint, "Dr." as drive or doctor, states, zip codes.

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.joints import OPENERS
from assistant.language.en.numbers import digits, ordinal
from assistant.language.en.say.parts import pairs
from assistant.language.en.say.spans import DIGIT, Recogniser

_KINDS = {
    "St": "Street", "Ave": "Avenue", "Av": "Avenue", "Blvd": "Boulevard", "Rd": "Road",
    "Dr": "Drive", "Ln": "Lane", "Ct": "Court", "Pl": "Place", "Sq": "Square", "Pkwy": "Parkway",
    "Hwy": "Highway", "Ter": "Terrace", "Cir": "Circle", "Trl": "Trail", "Expy": "Expressway",
    "Fwy": "Freeway", "Cres": "Crescent", "Tpke": "Turnpike",
}  # fmt: skip
_FULL = (
    "Street|Avenue|Boulevard|Road|Drive|Lane|Court|Place|Square|Parkway|Highway|Way|Terrace"
    "|Circle|Broadway"
)
_SIDES = {"N": "North", "S": "South", "E": "East", "W": "West", "NE": "Northeast",
          "NW": "Northwest", "SE": "Southeast", "SW": "Southwest"}  # fmt: skip
_SIDE = r"(?:NE|NW|SE|SW|N|S|E|W)\b\.?"
_STATES = dict(
    pair.split(":") for pair in (
        "AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut "
        "DE:Delaware FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa "
        "KS:Kansas KY:Kentucky LA:Louisiana ME:Maine MD:Maryland MA:Massachusetts MI:Michigan "
        "MN:Minnesota MS:Mississippi MO:Missouri MT:Montana NE:Nebraska NV:Nevada NH:New_Hampshire "
        "NJ:New_Jersey NM:New_Mexico NY:New_York NC:North_Carolina ND:North_Dakota OH:Ohio "
        "OK:Oklahoma OR:Oregon PA:Pennsylvania RI:Rhode_Island SC:South_Carolina SD:South_Dakota "
        "TN:Tennessee TX:Texas UT:Utah VT:Vermont VA:Virginia WA:Washington WV:West_Virginia "
        "WI:Wisconsin WY:Wyoming DC:D_C"
    ).split()
)  # fmt: skip
_WORDS_TOO = frozenset("HI ID IN LA MA ME OH OK OR PA".split())
_OF_PLACES = frozenset(
    "Port Sault Mount Mt Fort East West Lake Cape Bury Grand Big Old New".split()
)
_WORD = re.compile(r"\s+([A-Z][\w'’]*)")
_LAST = re.compile(r"(?:(?P<more>[\w.,'’]+)\s+)?(?P<word>[\w'’]+)\s$")


def _stop(text: str, end: int) -> str:
    """The dot of a short form that ends the sentence, too; empty where it does not."""
    rest = text[end:].lstrip("\"'”’)*")
    if not rest.strip():
        return "."
    follows = _WORD.match(rest)
    return "." if follows is not None and follows[1] in OPENERS else ""


def _is_behind_a_name(found: re.Match[str]) -> bool:
    """True when the word in front is a name that a street may have, and nothing is a title."""
    text = found.string
    before = _LAST.search(text, 0, found.start())
    if before is None:
        return False
    word = before["word"]
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", word):
        return True
    if word in OPENERS:
        return False
    if not word[0].isupper() or word in _OF_PLACES:
        return False
    follows = _WORD.match(text, found.end())
    if follows is None or follows[1] in OPENERS:
        return True  # no name behind
    begins = before["more"] is None or before["more"].endswith((".", "!", "?", ":"))
    if begins or word in OPENERS:
        return False
    return before["more"] is not None and before["more"][0].isdecimal()


def _st(found: re.Match[str]) -> str:
    if _is_behind_a_name(found):
        return "Street" + (_stop(found.string, found.end()) if found["dot"] else "")
    follows = _WORD.match(found.string, found.end())
    if follows is None:
        return "Street" + (_stop(found.string, found.end()) if found["dot"] else "")
    return "Saint"


def _dr(found: re.Match[str]) -> str:
    if _is_behind_a_name(found):
        return "Drive" + (_stop(found.string, found.end()) if found["dot"] else "")
    return "Doctor"


def _kind(found: re.Match[str]) -> str:
    stop = _stop(found.string, found.end()) if found["dot"] else ""
    return f"{_KINDS[found['kind']]}{stop}"


def _house(found: re.Match[str]) -> str:
    """The number, the side and the street: "221B Baker St." """
    letter = f" {found['letter']}" if found["letter"] else ""
    side = f" {_SIDES[found['side'].rstrip('.')]}" if found["side"] else ""
    name = re.sub(r"\d+(?=st|nd|rd|th)", lambda one: one[0], found["name"])
    name = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda one: ordinal(int(one[1])).capitalize(), name)
    said = (
        f"{pairs(found['number'])}{letter}{side} {name} {_KINDS.get(found['kind'], found['kind'])}"
    )
    end = found.end()
    if found["behind"]:
        said += f" {_SIDES[found['behind'].rstrip('.')]}"
        return said + (_stop(found.string, end) if found["behind"].endswith(".") else "")
    return said + (_stop(found.string, end) if found["dot"] else "")


def _side(found: re.Match[str]) -> str:
    return _SIDES[found["side"].rstrip(".")]


def _state(found: re.Match[str]) -> str | None:
    code, zip_code = found["state"], found["zip"]
    if code in _WORDS_TOO and not zip_code:
        return None
    said = _STATES[code].replace("_", " ")
    if zip_code:
        said += " " + ", ".join(digits(part) for part in zip_code.split("-"))
    return said


def _box(found: re.Match[str]) -> str:
    return f"P O Box {pairs(found[1])}"


_KIND = rf"(?P<kind>{'|'.join(_KINDS)}|{_FULL})\b(?P<dot>\.)?"

STREETS = (
    Recogniser(
        "address",
        rf"(?<![\w.,$€£/:-])(?P<number>\d{{1,5}})(?P<letter>[A-H])?\s(?:(?P<side>{_SIDE})\s)?"
        rf"(?P<name>(?:(?:[A-Z][a-z'’]+|\d+(?:st|nd|rd|th)|St\.|Mt\.)\s){{1,3}}?){_KIND}"
        r"(?:,?\s(?P<behind>(?:NE|NW|SE|SW|N|S|E|W)\b\.?))?(?!\w)",
        lambda found: _house(found).replace("  ", " "),
        needs=DIGIT,
    ),
    Recogniser("address", rf"\b(?P<side>{_SIDE})(?=\s(?:[A-Z][a-z]+|\d+(?:st|nd|rd|th))\s"
               rf"(?:{'|'.join(_KINDS)}|{_FULL})\b)", _side),
    Recogniser("address", r"\bSt\b(?P<dot>\.)?(?=[\s,;:.!?)\"”’]|$)", _st, needs="S"),
    Recogniser("address", r"\bDr\b(?P<dot>\.)?(?=[\s,;:!?)\"”’]|$)", _dr, needs="D"),
    Recogniser("address", r"(?<=[a-z]\s)(?P<kind>Ave|Blvd|Rd|Ln|Sq|Pkwy|Hwy|Cir|Expy|Fwy|Tpke)\b"
               r"(?P<dot>\.)?", _kind),
    Recogniser("address", r"\b(?P<kind>Hwy|Blvd|Ave)\b(?P<dot>\.)?(?=\s\d|\s[A-Z]|\sof\b)", _kind),
    Recogniser("address", rf"(?<=[a-z.],\s)(?P<state>{'|'.join(_STATES)}"
                          rf")\b(?:,?\s(?P<zip>\d{{5}}(?:-\d{{4}})?)\b)?"
               r"(?![\w-])", _state, needs=","),
    Recogniser("address", rf"(?<=[a-z]\s)(?P<state>{'|'.join(_STATES)}"
                          rf")\s(?P<zip>\d{{5}}(?:-\d{{4}})?)\b",
               _state, needs=DIGIT),
    Recogniser("address", r"\bP\.?\s?O\.?\s[Bb]ox\s(\d+)\b", _box, needs="P"),
)  # fmt: skip
