"""Works out the tree of a sum exactly, with limits: fractions as long as they can be, then floats.

No text is ever evaluated. Every operation is one of a table, a power is bounded before it is
computed, and what cannot be worked out raises `SumError` with a sentence for the user. Knows no
words of a request. Pure; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistant.language.en.arithmetic import Before, Number, Operation, Tree

BY_ZERO = "Nobody can divide by zero."
TOO_LARGE = "That number is too large for me."
NOT_REAL = "There is no real number for that."
NOT_WHOLE = "That works with whole numbers only."
MIXED = "Those are different units, so I can't put them together."
ERRORS = (BY_ZERO, TOO_LARGE, NOT_REAL, NOT_WHOLE, MIXED)

MOST_BITS = 4096
"""A result of more bits than this (about 1,200 digits) is not computed."""
LARGEST_FACTORIAL = 170
"""170! is the last that a float could hold; the exact one has 307 digits."""
LARGEST_PRIME_TESTED = 10**12
"""Trial division up to its root takes below 0.1 s."""


class SumError(Exception):
    """A sum has no answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Value:
    """A result: what is counted, and whether it was rounded on its way."""

    value: Fraction
    is_exact: bool = True
    label: str = ""

    @property
    def bits(self) -> int:
        """How long its fraction is."""
        return self.value.numerator.bit_length() + self.value.denominator.bit_length()


def work_out(tree: Tree, before: Value | None = None) -> Value:
    """The value of `tree`; `before` is the result that it goes on with. Raises `SumError`."""
    if isinstance(tree, Number):
        return Value(tree.value, label=tree.label)
    if isinstance(tree, Before):
        if before is None:
            raise SumError("There is no result before.")
        return before
    values = [work_out(one, before) for one in tree.of]
    name, _, degree = tree.name.partition(" ")
    if degree:
        values.append(Value(Fraction(int(degree))))
    if name in ("+", "-"):
        values[1] = _of_the_whole(tree, values)
    result = _OPERATIONS[name](values)
    if result.bits > MOST_BITS:
        raise SumError(TOO_LARGE)
    return result


def _of_the_whole(tree: Operation, values: Sequence[Value]) -> Value:
    """ "50 plus 10 percent" adds a tenth of 50."""
    last = tree.of[1]
    is_percent = isinstance(last, Operation) and last.name == "percent"
    first = tree.of[0]
    both = isinstance(first, Operation) and first.name == "percent"
    return _times([values[0], values[1]]) if is_percent and not both else values[1]


def _same(values: Sequence[Value]) -> str:
    labels = {one.label for one in values if one.label}
    if len(labels) > 1:
        raise SumError(MIXED)
    return labels.pop() if labels else ""


def _exact(values: Sequence[Value]) -> bool:
    return all(one.is_exact for one in values)


def _linear(of: Callable[[Sequence[Fraction]], Fraction]) -> Callable[[Sequence[Value]], Value]:
    """An operation on amounts of one kind, whose result is of that kind."""

    def work(values: Sequence[Value]) -> Value:
        return Value(of([one.value for one in values]), _exact(values), _same(values))

    return work


def _times(values: Sequence[Value]) -> Value:
    labels = [one.label for one in values if one.label]
    if len(labels) > 1:
        raise SumError(MIXED)
    value = math.prod((one.value for one in values), start=Fraction(1))
    return Value(value, _exact(values), labels[0] if labels else "")


def _over(values: Sequence[Value]) -> Value:
    above, below = values
    if not below.value:
        raise SumError(BY_ZERO)
    if below.label and below.label != above.label:
        raise SumError(MIXED)
    label = "" if below.label else above.label
    return Value(above.value / below.value, _exact(values), label)


def _modulo(values: Sequence[Value]) -> Value:
    above, below = values
    if not below.value:
        raise SumError(BY_ZERO)
    return Value(above.value % below.value, _exact(values), _same(values))


def _power(values: Sequence[Value]) -> Value:
    base, exponent = values
    if base.label or exponent.label:
        raise SumError(MIXED)
    power = exponent.value
    if not base.value and power < 0:
        raise SumError(BY_ZERO)
    if power.denominator == 1:
        length = max(base.bits - 1, 1)
        if base.value not in (0, 1, -1) and length * abs(power) > 2 * MOST_BITS:
            raise SumError(TOO_LARGE)
        if abs(power) > 10**6:
            power = Fraction(power.numerator % 2) if base.value == -1 else Fraction(1)
        return Value(base.value ** int(power), _exact(values))
    if base.value < 0:
        raise SumError(NOT_REAL)
    if power.numerator == 1:
        return _root([base, Value(Fraction(power.denominator))])
    return _as_float(lambda: float(base.value) ** float(power))


def _root(values: Sequence[Value]) -> Value:
    base, degree = values[0], int(values[1].value)
    if base.label:
        raise SumError(MIXED)
    if base.value < 0 and degree % 2 == 0:
        raise SumError(NOT_REAL)
    sign = -1 if base.value < 0 else 1
    size = abs(base.value)
    above, below = (_whole_root(one, degree) for one in (size.numerator, size.denominator))
    if above is not None and below is not None:
        return Value(sign * Fraction(above, below), base.is_exact)
    return _as_float(lambda: sign * float(size) ** (1 / degree))


def _whole_root(number: int, degree: int) -> int | None:
    """The whole root of `number`, if there is one."""
    if degree == 2:
        root = math.isqrt(number)
        return root if root * root == number else None
    try:
        guess = round(number ** (1 / degree))
    except OverflowError:
        return None
    return next(
        (one for one in (guess - 1, guess, guess + 1) if one >= 0 and one**degree == number), None
    )


def _as_float(work: Callable[[], float]) -> Value:
    try:
        return Value(Fraction(work()).limit_denominator(10**12), is_exact=False)
    except (OverflowError, ValueError):
        raise SumError(TOO_LARGE) from None


def _factorial(values: Sequence[Value]) -> Value:
    number = values[0].value
    if number.denominator != 1 or number < 0:
        raise SumError(NOT_WHOLE)
    if number > LARGEST_FACTORIAL:
        raise SumError(TOO_LARGE)
    return Value(Fraction(math.factorial(int(number))), _exact(values))


def _average(values: Sequence[Value]) -> Value:
    total = _linear(lambda of: Fraction(sum(of)))(values)
    return Value(total.value / len(values), total.is_exact, total.label)


def _share(values: Sequence[Value]) -> Value:
    ratio = _over(values)
    if ratio.label:
        raise SumError(MIXED)
    return Value(ratio.value * 100, ratio.is_exact, "percent")


def _divisible(values: Sequence[Value]) -> Value:
    rest = _modulo(values)
    return Value(Fraction(int(not rest.value)))


_OPERATIONS: dict[str, Callable[[Sequence[Value]], Value]] = {
    "+": _linear(lambda of: of[0] + of[1]),
    "-": _linear(lambda of: of[0] - of[1]),
    "sum": _linear(lambda of: Fraction(sum(of))),
    "distance": _linear(lambda of: abs(of[0] - of[1])),
    "negative": _linear(lambda of: -of[0]),
    "double": _linear(lambda of: 2 * of[0]),
    "triple": _linear(lambda of: 3 * of[0]),
    "halve": _linear(lambda of: of[0] / 2),
    "*": _times,
    "of": _times,
    "product": _times,
    "/": _over,
    "mod": _modulo,
    "percent": lambda of: Value(of[0].value / 100, of[0].is_exact),
    "power": _power,
    "root": _root,
    "factorial": _factorial,
    "average": _average,
    "share": _share,
    "off": lambda of: Value(of[0].value * (1 - of[1].value / 100), _exact(of), of[0].label),
    "on": lambda of: Value(of[0].value * (1 + of[1].value / 100), _exact(of), of[0].label),
    "tip": lambda of: Value(of[0].value * of[1].value / 100, _exact(of), of[0].label),
    "divisible": _divisible,
}


def smallest_factor(number: int) -> int | None:
    """The smallest prime that divides `number`; `number` itself when it is prime, None below 2.
    Raises `SumError` beyond `LARGEST_PRIME_TESTED`."""
    if number > LARGEST_PRIME_TESTED:
        raise SumError(TOO_LARGE)
    if number < 2:
        return None
    if number % 2 == 0:
        return 2
    for factor in range(3, math.isqrt(number) + 1, 2):
        if number % factor == 0:
            return factor
    return number
