"""Amounts between canonical words and fractions: "2 and a half", "3 point 1 4", "two thirds".

Numbers are digits already (`normalise`); what is read here is what stands around them. An amount is
a `Fraction`, so that nothing is lost. Knows no unit and no sum. Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.language.en.numbers import LARGEST, cardinal, decimal

SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9,
    "trillion": 10**12, "hundreds": 100, "thousands": 1000, "millions": 10**6,
}  # fmt: skip
RANKS = {
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "twentieth": 20, "hundredth": 100,
    "thousandth": 1000,
}  # fmt: skip
_PARTS = {"half": 2, "halve": 2, "quarter": 4, **RANKS}
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_WHOLE = re.compile(r"\d+")
_POWERS = ("squared", "cubed", "factorial", "to")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount that was read: its value, how many words it took, and whether it is said as a part
    of something ("a third", "half")."""

    value: Fraction
    used: int
    is_part: bool = False


def read_amount(words: Sequence[str], at: int = 0, *, joins: bool = True) -> Amount | None:
    """The amount that begins at `words[at]`. With `joins`, "a hundred and 5" is 105; without, "and"
    stands between two amounts of a list."""
    part = _part(words, at)
    if part is not None:
        return _scaled_part(words, at, part)
    whole = _number(words, at, joins)
    if whole is None:
        return None
    return _mixed(words, at, whole)


def _part(words: Sequence[str], at: int) -> Amount | None:
    """ "half", "a third", "3 quarters"."""
    first = _at(words, at)
    if first == "half":
        return Amount(Fraction(1, 2), 1, is_part=True)
    count = 1 if first in ("a", "an") else int(first) if _WHOLE.fullmatch(first) else 0
    parts = _PARTS.get(_at(words, at + 1).removesuffix("s"), 0)
    if not count or not parts:
        return None
    return Amount(Fraction(count, parts), 2, is_part=True)


def _scaled_part(words: Sequence[str], at: int, part: Amount) -> Amount:
    """ "half a million", "a quarter of a million": the part times the scale."""
    after = at + part.used
    after += _at(words, after) == "of"
    if _at(words, after) in ("a", "1") and _at(words, after + 1) in SCALES:
        scale = SCALES[words[after + 1]]
        return Amount(part.value * scale, after + 2 - at)
    return part


def _number(words: Sequence[str], at: int, joins: bool) -> Amount | None:
    """Digits, with a point or a scale that is said, or a scale alone ("a hundred")."""
    first = _at(words, at)
    if first in ("a", "an", "1") and _at(words, at + 1) in SCALES:
        return _scales(words, at, Amount(Fraction(1), 1), joins)
    if first in SCALES:
        return _scales(words, at, Amount(Fraction(1), 0), joins)
    if _DIGITS.fullmatch(first):
        value, used = first, 1
    elif first in ("point", "nought"):
        value, used = "0", int(first == "nought")
    else:
        return None
    if _at(words, at + used) == "point" and "." not in value:
        decimals = _run_of_digits(words, at + used + 1)
        if not decimals:
            return None
        value, used = f"{value}.{''.join(decimals)}", used + 1 + len(decimals)
    return _scales(words, at, Amount(Fraction(value), used), joins)


def _run_of_digits(words: Sequence[str], at: int) -> list[str]:
    found: list[str] = []
    while _WHOLE.fullmatch(_at(words, at + len(found))):
        found.append(words[at + len(found)])
    return found


def _scales(words: Sequence[str], at: int, amount: Amount, joins: bool) -> Amount:
    """`amount` times the scales that follow, and what is smaller after them."""
    value, used = amount.value, amount.used
    smallest = 0
    while _at(words, at + used) in SCALES:
        smallest = SCALES[words[at + used]]
        value, used = value * smallest, used + 1
    if not smallest or smallest == 12:
        return Amount(value, used)
    skip = int(joins and _at(words, at + used) == "and")
    rest = _number(words, at + used + skip, joins) if _is_digit(words, at + used + skip) else None
    if rest is not None and 0 < rest.value < smallest and rest.value.denominator == 1:
        return Amount(value + rest.value, used + skip + rest.used)
    return Amount(value, used)


def _mixed(words: Sequence[str], at: int, whole: Amount) -> Amount:
    """`whole` with a fraction after it: "2 and a half", "1 1 over 2", "3 over 4", and the scale
    of such a number: "2 and a half million"."""
    after = at + whole.used
    if whole.value.denominator != 1:
        return whole
    if _at(words, after) == "over":
        return _over(words, at, whole) or whole
    if _is_digit(words, after) and _at(words, after + 1) == "over":
        below = _over(words, after, Amount(Fraction(words[after]), 1))
        if below is not None and below.value < 1:
            return Amount(whole.value + below.value, whole.used + below.used)
    if _at(words, after) == "and":
        part = _part(words, after + 1)
        if part is not None and part.value < 1:
            used = whole.used + 1 + part.used
            value = whole.value + part.value
            if _at(words, at + used) in SCALES:
                return Amount(value * SCALES[words[at + used]], used + 1)
            return Amount(value, used)
    return whole


def _over(words: Sequence[str], at: int, above: Amount) -> Amount | None:
    """ "3 over 4" as one number, unless a power binds the lower one."""
    below = _at(words, at + above.used + 1)
    if not _WHOLE.fullmatch(below) or not int(below):
        return None
    if _at(words, at + above.used + 2) in _POWERS:
        return None
    return Amount(above.value / int(below), above.used + 2, is_part=above.value < int(below))


def _at(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _is_digit(words: Sequence[str], at: int) -> bool:
    return bool(_DIGITS.fullmatch(_at(words, at)))


# -- to words ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """An amount for the eye ("1,234.5") and for the ear ("one thousand …"), with "about" before it
    where it is rounded."""

    shown: str
    spoken: str

    def __add__(self, more: str) -> Said:
        return Said(f"{self.shown}{more}", f"{self.spoken}{more}")


def say_number(value: Fraction, *, is_exact: bool = True, places: int = 4) -> Said:
    """`value` as people write and say it.

    A decimal of more than `places` places is rounded: to two places, below 1 to three digits that
    count. Then, and when it is not `is_exact`, it is "about"."""
    if value and (abs(value) > LARGEST or abs(value) < Fraction(1, 10_000)):
        return _scientific(value, is_exact)
    if value.denominator == 1 and is_exact:
        return _plain(value, 0)
    for digits in range(places + 1):
        if is_exact and (value * 10**digits).denominator == 1:
            return _plain(value, digits)
    return about(_rounded(value))


def about(said: Said) -> Said:
    """The same with "about" before it."""
    return Said(f"about {said.shown}", f"about {said.spoken}")


def _rounded(value: Fraction) -> Said:
    places = 2
    while abs(value) < 1 and abs(value) * 10**places < 100 and places < 8:
        places += 1
    rounded = round(value, places)
    while places and (rounded * 10 ** (places - 1)).denominator == 1:
        places -= 1
    return _plain(rounded, places)


def _plain(value: Fraction, places: int) -> Said:
    sign = ("-", "minus ") if value < 0 else ("", "")
    scaled = abs(round(value * 10**places))
    whole, rest = divmod(scaled, 10**places)
    tail = f".{rest:0{places}d}" if places else ""
    spoken = decimal(f"{whole}{tail}") if places else cardinal(whole)
    return Said(f"{sign[0]}{whole:,}{tail}", f"{sign[1]}{spoken}")


def _scientific(value: Fraction, is_exact: bool) -> Said:
    """Beyond a quadrillion, or below a ten-thousandth: so many times a power of ten."""
    power = len(str(abs(value.numerator))) - len(str(value.denominator))
    while abs(value) >= Fraction(10) ** (power + 1):
        power += 1
    while abs(value) < Fraction(10) ** power:
        power -= 1
    mantissa = value / Fraction(10) ** power
    rounded = round(mantissa, 2)
    front = _rounded(rounded)
    said = Said(
        f"{front.shown} × 10^{power}",
        f"{front.spoken} times ten to the power of {cardinal(power)}",
    )
    return said if is_exact and rounded == mantissa else about(said)
