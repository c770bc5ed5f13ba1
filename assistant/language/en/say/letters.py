"""Letters with digits or in rows: "H2O", "5G", "MP3", "COVID-19", "F-16", "J. K.", "U.S.".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import digits
from assistant.language.en.say.parts import count, pairs, spelled
from assistant.language.en.say.spans import DIGIT, Recogniser

_PIECES = re.compile(r"\d+(?:\.\d+)?|[A-Z]+(?![a-z])|[A-Za-z][a-z]*|[^\W\d]+")
_SUB = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
_SPELLED_MOST = 3
"""So many capitals beside digits are read one by one; more are a word ("COVID19", "NASA2")."""


def _piece(text: str) -> str:
    if text[0].isdecimal():
        if "." in text:
            head, _, rest = text.partition(".")
            return f"{count(head)} point {digits(rest)}"
        return pairs(text)
    if text.isupper() and len(text) <= _SPELLED_MOST:
        return spelled(text)
    return text


def mixed(text: str) -> str:
    """The words of letters and digits that are written together: "MP3" is "M P three"."""
    return " ".join(_piece(part) for part in _PIECES.findall(text.translate(_SUB)))


def _mixed(found: re.Match[str]) -> str:
    if re.fullmatch(r"[1-9]\d?[a-z]{2}", found[0]) and set(found.string) & set("=^²"):
        return mixed(re.sub(r"(?<=[a-z])(?=[a-z])", " ", found[0]))  # "4ac" of an equation
    return mixed(found[0])


def _hyphened(found: re.Match[str]) -> str:
    """ "F-16" is "F sixteen", "COVID-19" "COVID nineteen"."""
    return f"{_piece(found['letters'])} {mixed(found['rest'])}"


def _progressive(found: re.Match[str]) -> str:
    return f"{pairs(found[1])} {found[2].upper()}"


def _initials(found: re.Match[str]) -> str:
    """ "U.S." is "U S", and the last dot stays where the sentence ends."""
    letters = found["letters"]
    rest = found.string[found.end() :]
    ends = not rest.strip("\"'”’)* ") or (
        re.match(r"[\"'”’)]*\s+(?:[A-Z][a-z]*)\b", rest) is not None and _OPENERS.match(rest)
    )
    return spelled(re.sub(r"[.\s]", "", letters)) + ("." if ends else "")


_OPENERS = re.compile(
    r"[\"'”’)]*\s+(?:The|A|An|It|He|She|They|We|You|I|This|That|There|Then|And|But|So|In|On|At"
    r"|For|As"
    r"|If|When|While|My|His|Her|Our|Their|Its)\b"
)

LETTERS = (
    Recogniser("letters", r"(?<![\w'’-])A[-–]Z(?![\w'’-])|(?<=rom )[A-Z][-–][A-Z]\b|(?<=rades "
                          r")[A-Z][-–][A-Z]\b",
               lambda found: f"{found[0][0]} to {found[0][2]}", needs="-–"),
    Recogniser("letters", r"\b(?P<letters>(?:[A-Z]\.\s?){2,})(?=$|[^\w]|[A-Z][a-z])", _initials,
               needs="."),
    Recogniser("letters", r"(?<=[a-z]\s)([A-Z])\.(?=\s[A-Z][a-z])(?!\s(?:The|A|An|It|He|She"
                          r"|They|We|You|I"
               r"|This|That|There|Then|And|But|So|In|On|At|If|When)\b)", r"\1", needs="."),
    Recogniser("letters", r"(?<![\w.])([1-9]\d{2,3})([pi])\b", _progressive, needs="pi"),
    Recogniser("letters", r"(?<![\w.'-])(?P<letters>[A-Z]{1,8})-(?P<rest>\d+[A-Za-z]{0,2})"
                          r"(?![\w-])(?!\.\d)",
               _hyphened, needs="-"),
    Recogniser("letters", r"(?<![\w.'])(?=[\w₀-₉]*[\d₀-₉])(?=\w*[^\W\d_])[A-Za-z0-9₀-₉]+(?:-"
                          r"(?=\w*\d)[A-Za-z0-9]+)*"
               r"(?:\.\d+)?(?!\w)(?!\.\d)", _mixed, needs=DIGIT + "₀₁₂₃₄₅₆₇₈₉"),
)  # fmt: skip
