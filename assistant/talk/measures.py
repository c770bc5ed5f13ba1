"""Tells of conversions: "5 miles is about 8.05 kilometers", for the eye and for the ear.

Which of the meanings of a word ("ounce", "degree") is meant follows from the unit beside it. Knows
no conversation. Pure; any thread.
"""

from __future__ import annotations

from fractions import Fraction

from assistant.language.en import units
from assistant.language.en.amounts import Said, about, say_number
from assistant.language.en.numbers import cardinal
from assistant.language.en.units import Quantity, Unit, convert

POWERS_OF_TWO = (
    " Counted in powers of two it is 1,024.",
    " Counted in powers of two it is one thousand twenty-four.",
)
_EVEN_OUT = {
    ("year", "day"): "A year has 365 days, a leap year 366.",
    ("year", "week"): "A year has 52 weeks and one day, a leap year one more.",
    ("month", "day"): "A month has 28 to 31 days, about 30.4 on average.",
    ("month", "week"): "A month has about 4.3 weeks on average.",
}
_SPOKEN = {
    "A year has 365 days, a leap year 366.": "A year has three hundred sixty-five days, "
    "a leap year three hundred sixty-six.",
    "A year has 52 weeks and one day, a leap year one more.": "A year has fifty-two weeks and one "
    "day, a leap year one more.",
    "A month has 28 to 31 days, about 30.4 on average.": "A month has twenty-eight to thirty-one "
    "days, about thirty point four on average.",
    "A month has about 4.3 weeks on average.": "A month has about four point three weeks on "
    "average.",
}
_FRACTIONS = {
    Fraction(1, 2): ("1/2", "half"), Fraction(1, 4): ("1/4", "a quarter"),
    Fraction(3, 4): ("3/4", "three quarters"), Fraction(1, 3): ("1/3", "a third"),
    Fraction(2, 3): ("2/3", "two thirds"), Fraction(1, 8): ("1/8", "an eighth"),
}  # fmt: skip
_US_KINDS = ("US gallon", "US quart", "US pint")


def pair_of(
    first: tuple[Unit, ...], second: tuple[Unit, ...], of: str = ""
) -> tuple[Unit, Unit] | None:
    """The two units that are meant: of one kind, or a weight and a volume of a substance `of`."""
    kinds: tuple[tuple[str, str], ...]
    if of:
        kinds = (("mass", "mass"), ("volume", "mass"), ("mass", "volume"), ("volume", "volume"))
    else:
        kinds = tuple((one.kind, one.kind) for one in first)
    for kind, other in kinds:
        left = next((one for one in first if one.kind == kind), None)
        right = next((one for one in second if one.kind == other), None)
        if left is not None and right is not None:
            return left, right
    return None


def told(quantity: Quantity, unit: Unit, into: Unit, of: str, counts: bool) -> Said:
    value = quantity.value
    if unit.kind == "temperature":
        return _temperature(value, unit, into)
    text = _EVEN_OUT.get((unit.name, into.name)) if value == 1 and counts else None
    if text is not None:
        return Said(text, _SPOKEN[text])
    result = _of_substance(value, unit, into, of) if of else convert(value, unit, into)
    is_rough = bool(of) or _is_uneven(unit, into)
    names = _names(unit, into)
    amount = _as_said(quantity, unit) or say_amount(value, unit.kind, *names[0])
    said = _rounded(result, into, names[1], is_rough)
    if of:
        amount += f" of {of}"
    if counts and quantity.is_single:
        verb = "is" if result == 1 else "are"
        shown = f"There {verb} {said.shown} in {_article(names[0][0])} {names[0][0]}."
        spoken = f"There {verb} {said.spoken} in {_article(names[0][0])} {names[0][0]}."
        if of:
            shown, spoken = (f"{one[:-1]} of {of}." for one in (shown, spoken))
        if unit.kind == "data" and result == 1000:
            shown, spoken = shown + POWERS_OF_TWO[0], spoken + POWERS_OF_TWO[1]
        return Said(shown, spoken)
    return Said(
        f"{_capital(amount.shown)} is {said.shown}.", f"{_capital(amount.spoken)} is {said.spoken}."
    )


def told_in_two(quantity: Quantity, unit: Unit, large: Unit, small: Unit, of: str = "") -> Said:
    """ "180 centimeters is about 5 feet 11 inches"."""
    exact = _of_substance(quantity.value, unit, small, of) if of else None
    value = convert(quantity.value, unit, small) if exact is None else exact
    each = round(large.factor / small.factor)
    whole, rest = divmod(round(value), each)
    parts = [
        say_amount(Fraction(count), one.kind, one.name, one.plural)
        for count, one in ((whole, large), (rest, small))
        if count or (one is small and not whole)
    ]
    said = Said(" ".join(one.shown for one in parts), " ".join(one.spoken for one in parts))
    said = said if value == round(value) and not of else about(said)
    amount = say_amount(quantity.value, unit.kind, unit.name, unit.plural)
    amount += f" of {of}" if of else ""
    return Said(
        f"{_capital(amount.shown)} is {said.shown}.", f"{_capital(amount.spoken)} is {said.spoken}."
    )


def _is_uneven(unit: Unit, into: Unit) -> bool:
    """Months in anything but years and longer: they differ in length."""
    both = {unit.name, into.name}
    return "month" in both and not both & {"year", "decade", "century", "millennium"}


def _as_said(quantity: Quantity, unit: Unit) -> Said | None:
    """ "6 feet 2 inches" as it was said."""
    if not quantity.parts or quantity.parts[0][1] != unit:
        return None
    told = [say_amount(count, one.kind, one.name, one.plural) for count, one in quantity.parts]
    return Said(" ".join(one.shown for one in told), " ".join(one.spoken for one in told))


def _names(unit: Unit, into: Unit) -> tuple[tuple[str, str], tuple[str, str]]:
    """Both units in the singular and plural; "US" is said only where it tells something."""
    us = all(one.name in (*_US_KINDS, *units.KITCHEN, "fluid ounce") for one in (unit, into))

    def named(one: Unit) -> tuple[str, str]:
        if us or one.kind != "volume":
            return one.name.removeprefix("US ") if us else one.name, (
                one.plural.removeprefix("US ") if us else one.plural
            )
        return one.name, one.plural

    return named(unit), named(into)


def _of_substance(value: Fraction, unit: Unit, into: Unit, of: str) -> Fraction:
    """Between volume and weight, by the grams that a cup of it weighs."""
    cup = units.units_of("cup")
    grams = Fraction(units.GRAMS_A_CUP[of])
    if unit.kind == into.kind:
        return convert(value, unit, into)
    if unit.kind == "volume":
        return convert(value, unit, cup) * grams / into.factor
    return convert(value * unit.factor / grams, cup, into)


def _temperature(value: Fraction, unit: Unit, into: Unit) -> Said:
    """Whole degrees, unless tenths were said or the result has them exactly."""
    if unit.name == units.DEGREE:
        other = units.FAHRENHEIT if into.name == units.CELSIUS else units.CELSIUS
        unit = units.units_of(other)
    if into.name == units.DEGREE:
        other = units.FAHRENHEIT if unit.name == units.CELSIUS else units.CELSIUS
        into = units.units_of(other)
    result = convert(value, unit, into)
    is_even = (result * 10).denominator == 1 and units.GAS_MARK not in (unit.name, into.name)
    places = 1 if is_even or value.denominator != 1 else 0
    rounded = result if is_even else round(result, places)
    if unit.name == units.GAS_MARK and into.name == units.CELSIUS:
        rounded = Fraction(round(result, -1))  # as ovens are marked
    if into.name == units.GAS_MARK:
        rounded = Fraction(max(1, min(10, round(result))))
    source, target = _degrees(value, unit), _degrees(rounded, into)
    target = target if rounded == result else about(target)
    return Said(
        f"{_capital(source.shown)} is {target.shown}.",
        f"{_capital(source.spoken)} is {target.spoken}.",
    )


def _degrees(value: Fraction, unit: Unit) -> Said:
    number = say_number(value)
    if unit.name == units.GAS_MARK:
        return Said(f"gas mark {number.shown}", f"gas mark {number.spoken}")
    return number + f" {unit.name if value == 1 else unit.plural}"


# -- amounts with their unit ---------------------------------------------------------------------


def say_amount(value: Fraction, kind: str, name: str, plural: str) -> Said:
    """ "5 miles", "half a cup", "1 1/2 hours" (fractions for kitchen and time), "6.5 feet"."""
    if value == 1:
        return Said(f"1 {name}", f"one {name}")
    whole, rest = divmod(value, 1)
    if kind in ("volume", "time") and rest in _FRACTIONS and whole < 100:
        shown, spoken = _FRACTIONS[rest]
        if not whole:
            of = "" if spoken == "half" else "of "
            return Said(f"{shown} {name}", f"{spoken} {of}{_article(name)} {name}")
        spoken = "a half" if spoken == "half" else spoken
        return Said(
            f"{int(whole)} {shown} {plural}", f"{cardinal(int(whole))} and {spoken} {plural}"
        )
    return say_number(value, places=3) + f" {plural}"


def _rounded(value: Fraction, into: Unit, names: tuple[str, str], is_rough: bool) -> Said:
    """A result with its unit: exact where it is short, else about three digits that count."""
    fraction = value % 1
    is_kitchen = into.name in units.KITCHEN or into.kind == "time"
    places = 2 if abs(value) < 1000 else 0
    is_plain = (value * 10**places).denominator == 1 or (is_kitchen and fraction in _FRACTIONS)
    if is_plain and not is_rough:
        return say_amount(value, into.kind, *names)
    if abs(value) < 10:
        said = say_number(value, is_exact=False)
        return said + f" {names[0] if said.shown == 'about 1' else names[1]}"
    rounded = round(value, 1) if abs(value) < 100 else Fraction(round(value))
    said = say_number(rounded) + f" {names[1]}"
    return said if said.shown.startswith("about") else about(said)


def _article(name: str) -> str:
    return "an" if name[0] in "aeio" or name.startswith("hour") else "a"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
