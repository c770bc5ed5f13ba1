"""Sums in writing: where "-" is "minus" and no range, and where "2x" is no "two times".

Judges by what stands around: an equals sign, a single letter, a question for a result. Pure; any
thread.
"""

from __future__ import annotations

import re

from assistant.language.en.say.parts import NUMBER
from assistant.language.en.say.spans import Recogniser

_REACH = 40
"""So many characters around a sign are looked at."""
_LETTER = r"(?:(?<![A-Za-z])[A-Za-z]{1,2}(?![A-Za-z]))"
_TERMS = rf"(?:[\d\s+−*/×÷·^().²³-]|{_LETTER})*"
_BEFORE_EQUALS = re.compile(_TERMS + "=")
_AFTER_EQUALS = re.compile(rf"={_TERMS}$")
_GOES_ON = re.compile(
    r"[\d(.√π−-]|(?!(?:a|I)\s[a-z]{2})[A-Za-z](?![A-Za-z'’])|[A-Za-z]{2}(?=\s?[-+*/=²³^)]|$)|[a-z]{3,4}\("
)
_UNKNOWN_IN_FRONT = re.compile(r"(?:(?<![A-Za-z'’])[xyzn]|\d[xyzn]|\^\w+|[²³])$")
_IS_TERM = re.compile(r"\(?[-−]?(?:\d+(?:\.\d+)?[a-z]?|[a-z])(?![\w'’])(?!\s[a-z]{3,}s\b)")
_TERM_IN_FRONT = re.compile(r"(?:(?<![\w'’-])(?:\d*[a-z]|\d+)|[)²³])$")
_CHAIN = re.compile(r"(?<![\d.])(\d+)\s[-–−]\s(\d+)$")
_ASKED = re.compile(
    r"\b(?:what(?:['’]s|\sis|\sare|\sdoes)|compute|calculate|evaluate|solve|work out|how much is)"
    r"\s(?:[\d\s+−*/×÷-]*[+−*/×÷-]\s?)?$",
    re.IGNORECASE,
)
_NO_THING = re.compile(rf"\s?(?:[?.!,;:)]|$|[-–−+*/×÷]\s?{NUMBER})")
_RESULT = re.compile(r"\s(?:is|equals|makes|gives|leaves)\s[-−]?\d")
_ALGEBRA = re.compile(r"\s?[+−*/=^²³)-]\s?[\d(A-Za-z=]|\)")
_OF_X = re.compile(r"\b(?:for|when|if|where|let|and|solve|is)\sx\b|\bx\sis\b|[\w)]\s?=\s?[\w(-]")


def is_difference(found: re.Match[str], first: str, last: str) -> bool:
    """Whether two numbers with a dash between them are to be subtracted."""
    text, start, end = found.string, found.start(), found.end()
    falls = float(first.replace(",", "")) >= float(last.replace(",", ""))
    between = text[found.end("first") : found.start("last")]
    if "−" in between and (falls or " " in between):
        return True
    is_year = len(first) == len(last) == 4
    if falls and not is_year and _RESULT.match(text, end):
        return True
    if (
        falls
        and " " in found[0]
        and re.match(rf"\s[-–−]\s{NUMBER}(?!\w)", text[end : end + _REACH])
    ):
        return True
    before = text[max(0, start - _REACH) : start]
    is_asked = _ASKED.search(before) is not None and _NO_THING.match(text, end) is not None
    return is_asked and not is_year and (falls or " " in found[0])


def is_unknown(text: str, start: int, end: int) -> bool:
    """Whether "2x" between `start` and `end` is a term of an equation."""
    if text[end - 1] != "x" or text[end - 2] == " ":
        return False
    if re.match(r"\s?[-–]\s?\d+x", text[end : end + 8]) and "=" not in text:
        return False
    if _ALGEBRA.match(text, end) and not re.match(
        r"\s?-[A-Za-z]{2}|/[A-Za-z]{2}", text[end : end + 4]
    ):
        return text[end] != ")" or "=" in text or "(" in text[max(0, start - 12) : start]
    if re.match(r"\s[a-z]{3,}er\b|\s(?:more|less|as)\b", text[end : end + _REACH]):
        return False
    return _OF_X.search(text, max(0, start - _REACH), end + _REACH) is not None


def _minus(found: re.Match[str]) -> str | None:
    """ "2x - 3", "2^n - 1", "7/8 - 1/4 = 5/8", "n-1=4", the second of "12 - 5 - 3"."""
    text = found.string
    before = text[max(0, found.start() - _REACH) : found.start()]
    after = text[found.end() : found.end() + _REACH]
    if " " not in found[0]:
        tight = _TERM_IN_FRONT.search(before) and re.match(r"\(?\d*[a-z\d]\)?\s?=", after)
        return " minus " if tight else None
    if _BEFORE_EQUALS.match(after) or (_AFTER_EQUALS.search(before) and _GOES_ON.match(after)):
        return " minus "
    chain = _CHAIN.search(before)
    if chain is not None:
        return " minus " if int(chain[1]) >= int(chain[2]) else None
    if re.match(r"\d+x\b", after) and "=" not in text:
        return None  # "10x - 15x" is a range
    is_term = _IS_TERM.match(after) is not None
    return " minus " if is_term and _UNKNOWN_IN_FRONT.search(before) else None


SUMS = (
    Recogniser("operator", r"(?<=[\w)²³])\s?[-–−]\s?(?=[\w(−-])", _minus, needs="-–−"),
    Recogniser("operator", r"(?:(?<=[=(+*/×]\s)|(?<![\w)\]²³-]))[-−]"
                           r"(?=(?:\d+[xyzn](?![\w'’.-])|[xyzn]\s?[+*/=^²³]))",
               lambda found: "minus ", needs="-−"),
)  # fmt: skip
