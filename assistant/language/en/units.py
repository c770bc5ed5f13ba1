"""Units of measure by their English words, with exact factors, and quantities such as "6 feet 2".

The factors are definitions: the international yard and pound of 1959 (1 in = 2.54 cm, 1 lb =
453.59237 g), the US gallon of 231 cubic inches, the imperial gallon of 4.54609 l (NIST Handbook 44,
appendix C). Grams in a cup are customary kitchen values. Knows no request. Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from assistant.language.en.amounts import read_amount

_GALLON = Fraction("3.785411784")
_POUND = Fraction("453.59237")

_TABLE = Path(__file__).parent / "data" / "units.txt"

CELSIUS, FAHRENHEIT, KELVIN = "degree Celsius", "degree Fahrenheit", "kelvin"
DEGREE, GAS_MARK = "degree", "gas mark"
KITCHEN = ("cup", "tablespoon", "teaspoon")

GRAMS_A_CUP: dict[str, int | Fraction] = {
    "water": Fraction("236.588"),
    "milk": 245, "cream": 240, "yogurt": 245, "butter": 227, "oil": 218,
    "olive oil": 216, "vegetable oil": 218, "flour": 120, "bread flour": 120,
    "all purpose flour": 120, "whole wheat flour": 113, "almond flour": 96, "sugar": 200,
    "white sugar": 200, "granulated sugar": 200, "caster sugar": 200, "brown sugar": 213,
    "powdered sugar": 113, "icing sugar": 113, "confectioners sugar": 113, "honey": 340,
    "maple syrup": 312, "molasses": 340, "cocoa": 84, "cocoa powder": 84, "cornstarch": 112,
    "corn starch": 112, "cornmeal": 138, "salt": 288, "table salt": 288, "rice": 198,
    "white rice": 198, "oats": 89, "rolled oats": 89, "oatmeal": 89, "peanut butter": 270,
    "chocolate chips": 170, "raisins": 149, "walnuts": 113, "almonds": 142, "lentils": 190,
    "sour cream": 227, "cream cheese": 227, "cheese": 113, "grated cheese": 113,
    "parmesan": 100, "breadcrumbs": 112, "yeast": 149,
}  # fmt: skip
"""Grams of one US cup, after the weight charts that US flour mills print for bakers."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `factor` times itself is so many of the base unit of its `kind`."""

    kind: str
    factor: Fraction
    name: str
    plural: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a unit. `units` are all that the word may mean ("ounce" of weight or of volume),
    and what stands after the first unit ("6 feet 2") is added to `value` already; `parts` are both
    as they were said."""

    value: Fraction
    units: tuple[Unit, ...]
    is_single: bool = False
    parts: tuple[tuple[Fraction, Unit], ...] = ()


def _factor(text: str) -> Fraction:
    """A product or a quotient of numbers and of the names above."""
    value = Fraction(1)
    for sign, part in re.findall(r"([*/]?)([^*/]+)", text):
        number = {"POUND": _POUND, "GALLON": _GALLON}.get(part) or Fraction(part)
        value = value / number if sign == "/" else value * number
    return value


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[Unit, ...]]:
    """Every name in canonical words, with the units that it may stand for."""
    found: dict[str, tuple[Unit, ...]] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, factor, name, plural, others = line.split("|")
        unit = Unit(kind, _factor(factor), name, plural)
        also = [one.replace("_", " ") for one in re.split(r"[ ,]", others) if one]
        for word in dict.fromkeys(map(str.lower, (name, plural, *also))):
            found[word] = (*found.get(word, ()), unit)
    return found


def unit_named(words: str) -> tuple[Unit, ...]:
    """The units that these words may mean; empty for other words."""
    return _names().get(words.removeprefix("us "), ())


def is_unit(words: str) -> bool:
    """True for a unit, and for two of one kind: "feet and inches"."""
    return bool(unit_named(words)) or unit_pair(words) is not None


def unit_pair(words: str) -> tuple[Unit, Unit] | None:
    """The larger and the smaller unit of words such as "feet and inches"."""
    large, _, small = words.partition(" and ")
    for one in unit_named(large):
        for other in unit_named(small):
            if one.kind == other.kind and one.kind != "temperature" and one.factor > other.factor:
                return one, other
    return None


def units_of(name: str) -> Unit:
    """The unit with this display name in the singular."""
    return next(one for one in unit_named(name.lower()) if one.name == name)


def _unit_at(words: Sequence[str], at: int) -> tuple[tuple[Unit, ...], int]:
    for length in (5, 4, 3, 2, 1):
        found = unit_named(" ".join(words[at : at + length])) if at + length <= len(words) else ()
        if found:
            return found, length
    return (), 0


def read_quantity(text: str) -> Quantity | None:
    """The quantity that these canonical words are from start to end: "5 miles", "a week", "half a
    cup", "6 feet 2", "1 pound 3 ounces", "a mile and a half", "gas mark 4"."""
    words = text.split()
    if words[:2] == ["gas", "mark"]:
        amount = read_amount(words, 2)
        if amount is None or amount.used + 2 != len(words):
            return None
        return Quantity(amount.value, unit_named("gas mark"))
    sign = -1 if words[:1] in (["minus"], ["negative"]) else 1
    words = words[1:] if sign < 0 else words
    first = _one(words, 0)
    if first is None:
        return None
    quantity, at = first
    value = quantity.value
    if words[at : at + 3] == ["and", "a", "half"]:
        value, at = value + Fraction(1, 2), at + 3
    parts = [(value, quantity.units[0])]
    while at < len(words):
        more = _more(words, at, quantity)
        if more is None:
            return None
        added, unit, at = more
        parts.append((added, unit))
        value += added * unit.factor / quantity.units[0].factor
    is_single = quantity.is_single and value == 1
    said = tuple(parts) if len(parts) > 1 else ()
    return Quantity(sign * value, quantity.units, is_single, said)


def _one(words: Sequence[str], at: int) -> tuple[Quantity, int] | None:
    """One amount with its unit; "a mile", "mile" alone is one."""
    amount = read_amount(words, at)
    is_single = False
    if amount is None or not amount.used:
        value, used = Fraction(1), int(bool(words) and words[at] in ("a", "an", "1", "the", "each"))
        is_single = True
    else:
        value, used = amount.value, amount.used
    after = at + used
    if amount is not None and amount.is_part:
        after += words[after : after + 1] == ["of"]
        after += words[after : after + 1] in (["a"], ["an"])
    units, length = _unit_at(words, after)
    if not units:
        return None
    return Quantity(value, units, is_single), after + length


def _more(words: Sequence[str], at: int, first: Quantity) -> tuple[Fraction, Unit, int] | None:
    """A smaller unit after the first: "2 inches", or a bare "2" after feet; where it ends."""
    at += words[at] == "and"
    big = first.units[0]
    if big.name == "foot" and len(words) == at + 1 and words[at].isdigit() and int(words[at]) < 12:
        return Fraction(words[at]), units_of("inch"), at + 1
    found = _one(words, at)
    if found is None or found[0].is_single:
        return None
    small = next((one for one in found[0].units if one.kind == big.kind), None)
    if small is None or small.factor >= big.factor or big.kind == "temperature":
        return None
    return found[0].value, small, found[1]


def convert(value: Fraction, unit: Unit, into: Unit) -> Fraction:
    """`value` of `unit` in units of `into`, which is of the same kind."""
    if unit.kind != "temperature":
        return value * unit.factor / into.factor
    celsius = _to_celsius(value, unit.name)
    if into.name == FAHRENHEIT:
        return celsius * 9 / 5 + 32
    if into.name == GAS_MARK:
        return (celsius * 9 / 5 + 32 - 250) / 25
    return celsius + Fraction("273.15") if into.name == KELVIN else celsius


def _to_celsius(value: Fraction, name: str) -> Fraction:
    if name == GAS_MARK:  # gas mark 1 is 275 °F and each further one 25 °F more
        return (value * 25 + 250 - 32) * 5 / 9
    if name == FAHRENHEIT:
        return (value - 32) * 5 / 9
    return value - Fraction("273.15") if name == KELVIN else value
