"""Counts word errors between a label and a transcript, both in one spelling.

Lower case, punctuation dropped, digits to words; ounces, oz, shots, skimmed, ice and "ok" to one
spelling each. It is the same for labels and transcripts. Pure functions.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

# fmt: off
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_SPELLINGS = {
    "ok": "okay", "oz": "ounce", "ounces": "ounce", "shots": "shot", "ice": "iced",
    "skimmed": "skim", "after party": "afterparty", "i will": "i'll", "what is": "what's",
}  # fmt: skip


def normalised(text: str) -> list[str]:
    """The words of a label or a transcript in one spelling."""
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda m: _ordinal_in_words(m[1]), text.lower())
    text = re.sub(r"\d+", lambda m: f" {_number_in_words(m[0])} ", text.replace("’", "'"))
    text = " ".join(re.sub(r"[^a-z' ]", " ", text).split())
    for spelling, usual in _SPELLINGS.items():
        text = re.sub(rf"\b{spelling}\b", usual, text)
    return text.split()


def word_errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, insertions and deletions (Levenshtein distance on words)."""
    return int(Levenshtein.distance(said, heard))


def has_every_slot(label: str, heard: list[str]) -> bool:
    """True when each word of each value ("size=twelve ounce; …") is among the words."""
    values = [slot.split("=")[1] for slot in label.split("; ")]
    return all(word in heard for value in values for word in normalised(value))


def _number_in_words(digits: str) -> str:
    """ "42" as "forty two"; from 1000 on digit by digit."""
    value = int(digits)
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        rest = f" {_number_in_words(str(value % 100))}" if value % 100 else ""
        return f"{_ONES[value // 100]} hundred{rest}"
    return " ".join(_ONES[int(digit)] for digit in digits)


def _ordinal_in_words(digits: str) -> str:
    """ "4" of "4th" as "fourth"."""
    *head, last = _number_in_words(digits).split()
    plain = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return " ".join([*head, _ORDINALS.get(last, plain)])
