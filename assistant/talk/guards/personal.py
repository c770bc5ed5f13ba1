"""Finds personal data in a text and puts a word for its kind in its place.

Cards (Luhn), IBANs (checksum), US social security numbers by the words before or behind them,
phone numbers, e-mail addresses and PINs, as they are written and as
a recogniser writes them when they are spoken ("four one one one", "anna dot lee at example dot
com"). Whoever writes a trace, a log or a screen calls `redacted`. Knows no rule and no
conversation. Pure; any thread. The libraries load with the first number that needs them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

KINDS = ("card", "iban", "ssn", "phone", "e-mail", "pin")
SPOKEN = {
    "card": "a card number",
    "iban": "an account number",
    "ssn": "a social security number",
    "phone": "a phone number",
    "e-mail": "an e-mail address",
    "pin": "a PIN",
}
"""What the voice says in the place of each kind."""

_REGION = "US"
"""Where a number without a country code is looked up; one with a code is found anywhere."""

_DIGITS = {
    word: str(value)
    for value, words in enumerate(
        ("zero oh o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TEENS_DIGITS = {word: str(value) for value, word in enumerate(_TEENS, 10)}
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), "23456789", strict=True)
)
_WORD = "|".join((*_DIGITS, *_TEENS_DIGITS))
_UNIT = "|".join(word for word in _DIGITS if _DIGITS[word] != "0")
_SPELLED = re.compile(
    rf"\b(?:(?P<many>double|triple)[ -](?P<what>{_WORD}|\d)"
    rf"|(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<unit>{_UNIT}))?|(?P<word>{_WORD}))\b",
    re.I,
)
_HINT = re.compile(rf"[\d@]|\bat\b|\b(?:{_WORD}|{'|'.join(_TENS)})\b", re.I)

_GAP = r"[ .,\-–/()]{0,3}"
_RUN = re.compile(rf"(?<![\w.])\+?\(?\d+(?:{_GAP}\d+)*")
_IBAN = re.compile(rf"\b[A-Za-z]{_GAP}[A-Za-z](?:{_GAP}\d){{2}}(?:{_GAP}[A-Za-z0-9]){{11,30}}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NO_NAMES = "look|looks|looking|meet|met|found|it|me|us|him|her|them|is|are|was|be|order|book|not"
_NAME = r"(?:\w(?:,? \w){1,40}\b|[\w']+)"
"""A word, or one that is spelled: "a n n a"."""
_PROVIDER = (
    r"(?:g ?mail|google ?mail|hotmail|outlook|yahoo|icloud|proton(?: ?mail)?|aol|gmx|live|msn)"
)
_SPOKEN_EMAIL = re.compile(
    rf"\b(?!(?:{_NO_NAMES})\b){_NAME}(?:(?: dot | underscore | dash | hyphen |[.-]){_NAME})*"
    rf" at (?:{_PROVIDER} (?:com|net|org|me|de|fr|it|es|nl|co uk)"
    r"|[\w-]+(?:(?: dot |\.)[\w-]+)*(?: dot |\.)(?:com|org|net|edu|gov|io|dev|info|me|app|de|uk"
    r"|fr|it|es|nl|eu|ch|at|us|ca|au|in|co))\b",
    re.I,
)
_PIN = re.compile(
    r"\b(?:pin|p\.i\.n\.?|passcode|pass code|password|cvv|cvc|(?:security|access|door|alarm|secret"
    r"|unlock|verification) code)\b(?:['’]s)?(?: (?:number|code))?"
    r"(?: for (?:my|the|our|your) \w+)?\W{0,3}(?:(?:now|is|was|it's|its|it is|to"
    r"|as|equals|should be|here)\W{1,3}){0,3}$",
    re.I,
)
_PIN_BEHIND = re.compile(
    r"\W{1,3}(?:is|was)(?: (?:my|the|our|your|his|her))?(?: \w+)? (?:pin|passcode|pass code)\b",
    re.I,
)
_PHONE_CUE = re.compile(
    r"\b(?:phone|number|call|dial|cell|mobile|text|reach|ring|fax|landline|telephone|whatsapp)\b"
    r"(?:\W+\w+){0,5}\W*$",
    re.I,
)
_IS = r"\W{0,3}(?:(?:now|is|was|it's|its|it is|as|equals|here)\W{1,3}){0,3}"
_SSN = re.compile(rf"\b(?:ssn|s\.s\.n\.|s s n|social security|social)(?: number)?{_IS}$", re.I)
_SSN_BEHIND = re.compile(
    r"\W{1,3}(?:is|was) (?:my|the|our|your|his|her) (?:\w+ )?(?:ssn|social security)\b", re.I
)
_SSN_DIGITS = 9
_NEAR = 120
"""So many characters before and after a number tell what it is; the longest cue has about 60."""
_TIMES = re.compile(r"\W{0,3}(?:times|plus|minus|divided|percent|multiplied|x)\b", re.I)


@dataclass(frozen=True, slots=True)
class Personal:
    """One piece of personal data: characters `start` to `end` of the text."""

    kind: str
    start: int
    end: int


def redacted(text: str, kinds: Collection[str] = KINDS, *, is_pin: bool = False) -> str:
    """`text` with "[card]" and the like in the place of personal data of `kinds`. `is_pin` says
    that the text answers the question for a PIN: all its digits are one."""
    return _replaced(text, find_personal(text, kinds, is_pin=is_pin), {k: f"[{k}]" for k in KINDS})


def redacted_for_speech(text: str, kinds: Collection[str] = KINDS) -> str:
    """`text` with "a card number" and the like in the place of personal data of `kinds`."""
    return _replaced(text, find_personal(text, kinds), SPOKEN)


def find_personal(
    text: str, kinds: Collection[str] = KINDS, *, is_pin: bool = False
) -> list[Personal]:
    """All personal data of `kinds` in `text`, in order and without overlap."""
    if not _HINT.search(text):
        return []
    plain = _Digits(text)
    found = [one for one in _candidates(text, plain, is_pin=is_pin) if one.kind in kinds]
    kept: list[Personal] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def warm_up() -> None:
    """Load the libraries now, so that no thread that may not wait loads them with a number."""
    redacted("+1 415 555 2671, 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00")


class _Digits:
    """A text with its spelled numbers as digits; knows where each character came from."""

    def __init__(self, text: str) -> None:
        pieces: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        at = 0
        for found in _SPELLED.finditer(text):
            self._keep(text, at, found.start(), pieces)
            digits = _as_digits(found)
            pieces.append(digits)
            self._starts += [found.start()] * len(digits)
            self._ends += [found.end()] * len(digits)
            at = found.end()
        self._keep(text, at, len(text), pieces)
        self.text = "".join(pieces)

    def _keep(self, text: str, start: int, end: int, pieces: list[str]) -> None:
        pieces.append(text[start:end])
        self._starts += range(start, end)
        self._ends += range(start + 1, end + 1)

    def personal(self, kind: str, start: int, end: int) -> Personal:
        """Characters `start` to `end` of this text, as those of the text that it was made of."""
        return Personal(kind, self._starts[start], self._ends[end - 1])


def _as_digits(found: re.Match[str]) -> str:
    if found["many"]:
        what = found["what"].lower()
        digits = _DIGITS.get(what) or _TEENS_DIGITS.get(what) or what
        return digits * (2 if found["many"].lower() == "double" else 3)
    if found["tens"]:
        return _TENS[found["tens"].lower()] + _DIGITS.get((found["unit"] or "zero").lower(), "0")
    word = found["word"].lower()
    return _DIGITS.get(word) or _TEENS_DIGITS[word]


def _candidates(text: str, plain: _Digits, *, is_pin: bool) -> Iterator[Personal]:
    for pattern in (_EMAIL, _SPOKEN_EMAIL):
        for found in pattern.finditer(text):
            yield Personal("e-mail", *found.span())
    for found in _IBAN.finditer(plain.text):
        end = _iban_end(found)
        if end:
            yield plain.personal("iban", found.start(), end)
    for found in _RUN.finditer(plain.text):
        kind = _kind(plain.text, found, is_pin=is_pin)
        if kind:
            yield plain.personal(kind, found.start(), found.end())
    if sum(map(str.isdigit, plain.text)) >= 7:
        for start, end in _phones(plain.text):
            yield plain.personal("phone", start, end)


def _kind(text: str, found: re.Match[str], *, is_pin: bool) -> str:
    """What a run of digits is, or ""."""
    groups = re.findall(r"\d+", found[0])
    count = sum(map(len, groups))
    start, end = found.span()
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    if is_pin:
        return "pin"
    if count >= 13 and _has_card(groups):
        return "card"
    if count == _SSN_DIGITS and (_SSN.search(before) or _SSN_BEHIND.match(after)):
        return "ssn"
    if 3 <= count <= 12 and (_PIN.search(before) or _PIN_BEHIND.match(after)):
        return "pin"
    if 6 <= count <= 15 and _PHONE_CUE.search(before) and not _TIMES.match(after):
        return "phone"
    return ""


def _has_card(groups: list[str]) -> bool:
    """True when neighbouring groups make a card's number: 13 to 19 digits with the check digit of
    ISO/IEC 7812 (Luhn)."""
    from stdnum import luhn

    for first in range(len(groups)):
        number = ""
        for group in groups[first:]:
            number += group
            if len(number) > 19:
                break
            if len(number) >= 13 and number[0] in "23456" and luhn.is_valid(number):
                return True
    return False


def _iban_end(found: re.Match[str]) -> int:
    """Where the longest IBAN with a right checksum (ISO 13616) ends that begins here, or 0."""
    from stdnum import iban

    compact = [(at, one) for at, one in enumerate(found[0]) if one.isalnum()]
    for length in range(min(34, len(compact)), 14, -1):
        if iban.is_valid("".join(one for _, one in compact[:length])):
            return found.start() + compact[length - 1][0] + 1
    return 0


def _phones(text: str) -> Iterator[tuple[int, int]]:
    """Valid phone numbers, with a country's code or of `_REGION`."""
    import phonenumbers

    for found in phonenumbers.PhoneNumberMatcher(text, _REGION):
        if not _TIMES.match(text, found.end):
            yield found.start, found.end


def _replaced(text: str, found: list[Personal], words: dict[str, str]) -> str:
    pieces: list[str] = []
    at = 0
    for one in found:
        pieces += (text[at : one.start], words[one.kind])
        at = one.end
    return "".join((*pieces, text[at:]))
