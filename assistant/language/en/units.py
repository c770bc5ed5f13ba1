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

from assistant.language.en.amounts import read_amount
from assistant.language.en.normalise import normalise

_GALLON = Fraction("3.785411784")
_POUND = Fraction("453.59237")

_TABLE = """
length|1|meter|meters|metre metres m
length|1000|kilometer|kilometers|kilometre kilometres km kms k ks
length|0.01|centimeter|centimeters|centimetre centimetres cm cms
length|0.001|millimeter|millimeters|millimetre millimetres mm
length|0.000001|micrometer|micrometers|micrometre micrometres micron microns
length|0.000000001|nanometer|nanometers|nanometre nanometres
length|0.0254|inch|inches|
length|0.3048|foot|feet|ft
length|0.9144|yard|yards|yd yds
length|1609.344|mile|miles|mi
length|1852|nautical mile|nautical miles|
length|1.8288|fathom|fathoms|
length|201.168|furlong|furlongs|
length|9460730472580800|light year|light years|lightyear lightyears
length|149597870700|astronomical unit|astronomical units|
mass|1|gram|grams|gramme grammes g gs
mass|1000|kilogram|kilograms|kilo kilos kg kgs kilogramme kilogrammes
mass|0.001|milligram|milligrams|mg
mass|1000000|metric ton|metric tons|tonne tonnes
mass|POUND|pound|pounds|lb lbs
mass|POUND/16|ounce|ounces|oz
mass|POUND*14|stone|stone|stones
mass|POUND*2000|US ton|US tons|ton tons,short_ton short_tons
mass|0.2|carat|carats|
volume|1|liter|liters|litre litres l ltr
volume|0.001|milliliter|milliliters|millilitre millilitres ml mls cc ccs
volume|0.01|centiliter|centiliters|centilitre centilitres cl
volume|0.1|deciliter|deciliters|decilitre decilitres dl
volume|GALLON|US gallon|US gallons|gallon gallons
volume|GALLON/4|US quart|US quarts|quart quarts
volume|GALLON/8|US pint|US pints|pint pints
volume|GALLON/16|cup|cups|
volume|GALLON/128|fluid ounce|fluid ounces|ounce ounces oz,fl_oz
volume|GALLON/256|tablespoon|tablespoons|tbsp tbsps,table_spoon table_spoons
volume|GALLON/768|teaspoon|teaspoons|tsp tsps,tea_spoon tea_spoons
volume|GALLON/128*3/2|shot|shots|
volume|4.54609|imperial gallon|imperial gallons|british_gallon british_gallons uk_gallon uk_gallons
volume|0.56826125|imperial pint|imperial pints|british_pint british_pints uk_pint uk_pints
volume|GALLON*42|barrel|barrels|
volume|1000|cubic meter|cubic meters|cubic_metre cubic_metres cubic_m
volume|0.001|cubic centimeter|cubic centimeters|cubic_centimetre cubic_centimetres cubic_cm
volume|28.316846592|cubic foot|cubic feet|
volume|0.016387064|cubic inch|cubic inches|
volume|764.554857984|cubic yard|cubic yards|
area|1|square meter|square meters|square_metre square_metres square_m
area|1000000|square kilometer|square kilometers|square_kilometre square_kilometres square_km
area|0.0001|square centimeter|square centimeters|square_centimetre square_centimetres square_cm
area|0.09290304|square foot|square feet|
area|0.00064516|square inch|square inches|
area|0.83612736|square yard|square yards|
area|2589988.110336|square mile|square miles|
area|4046.8564224|acre|acres|
area|10000|hectare|hectares|
speed|1|meter per second|meters per second|metre_per_second metres_per_second meters_a_second
speed|1000/3600|kilometer per hour|kilometers per hour|kilometre_per_hour kilometres_per_hour kilometers_an_hour kilometres_an_hour
speed|1609.344/3600|mile per hour|miles per hour|mph miles_an_hour mile_an_hour
speed|1852/3600|knot|knots|
speed|0.3048|foot per second|feet per second|feet_a_second
time|1|second|seconds|
time|60|minute|minutes|
time|3600|hour|hours|
time|86400|day|days|
time|604800|week|weeks|
time|1209600|fortnight|fortnights|
time|2628000|month|months|
time|31536000|year|years|
time|315360000|decade|decades|
time|3153600000|century|centuries|
time|31536000000|millennium|millennia|millenniums
time|0.001|millisecond|milliseconds|
time|0.000001|microsecond|microseconds|
time|0.000000001|nanosecond|nanoseconds|
data|1|byte|bytes|
data|1/8|bit|bits|
data|1000|kilobyte|kilobytes|kb kbs
data|1000000|megabyte|megabytes|mb mbs meg megs
data|1000000000|gigabyte|gigabytes|gb gbs gig gigs
data|1000000000000|terabyte|terabytes|tb tbs
data|1000000000000000|petabyte|petabytes|pb
data|1000/8|kilobit|kilobits|
data|1000000/8|megabit|megabits|
data|1000000000/8|gigabit|gigabits|
data|1024|kibibyte|kibibytes|
data|1048576|mebibyte|mebibytes|
data|1073741824|gibibyte|gibibytes|
energy|1|joule|joules|
energy|1000|kilojoule|kilojoules|kj
energy|4.184|small calorie|small calories|
energy|4184|calorie|calories|kilocalorie kilocalories kcal
energy|3600000|kilowatt hour|kilowatt hours|kwh
power|1|watt|watts|
power|1000|kilowatt|kilowatts|kw
power|745.69987158227022|horsepower|horsepower|hp horse_power
pressure|1|pascal|pascals|
pressure|100000|bar|bars|
pressure|101325|atmosphere|atmospheres|
pressure|6894.757293168|psi|psi|pounds_per_square_inch pound_per_square_inch
angle|1|degree|degrees|
angle|57.295779513082321|radian|radians|
temperature|1|degree Celsius|degrees Celsius|celsius centigrade c degree_celsius degrees_celsius degree_centigrade degrees_centigrade degree_c degrees_c
temperature|1|degree Fahrenheit|degrees Fahrenheit|fahrenheit f degree_fahrenheit degrees_fahrenheit degree_f degrees_f farenheit
temperature|1|kelvin|kelvin|kelvins degrees_kelvin
temperature|1|degree|degrees|
temperature|1|gas mark|gas mark|
"""

CELSIUS, FAHRENHEIT, KELVIN = "degree Celsius", "degree Fahrenheit", "kelvin"
DEGREE, GAS_MARK = "degree", "gas mark"
KITCHEN = ("cup", "tablespoon", "teaspoon")

GRAMS_A_CUP = {
    "water": 237, "milk": 245, "cream": 240, "yogurt": 245, "butter": 227, "oil": 218,
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
    for line in _TABLE.strip().splitlines():
        kind, factor, name, plural, others = line.split("|")
        unit = Unit(kind, _factor(factor), name, plural)
        also = [one.replace("_", " ") for one in re.split(r"[ ,]", others) if one]
        for word in dict.fromkeys(map(str.lower, (name, plural, *also))):
            found[word] = (*found.get(word, ()), unit)
            canonical = normalise(word)
            if canonical not in (word, ""):
                found[canonical] = (*found.get(canonical, ()), unit)
    return found


def unit_named(words: str) -> tuple[Unit, ...]:
    """The units that these words may mean; empty for other words."""
    return _names().get(words.removeprefix("us "), ())


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
