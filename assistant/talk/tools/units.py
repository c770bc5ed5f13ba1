"""Units by voice: "how many feet in 3 miles", "70 fahrenheit in celsius", "and in meters?".

The words are read by `language.en.unit_requests`, the factors are in `language.en.units`. What has
just been converted is kept as what the tool gave, so that "and in inches" goes on with it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assistant.language.en.amounts import Said
from assistant.language.en.unit_requests import UnitRequest, read_unit_request
from assistant.language.en.units import is_unit, read_quantity, unit_named, unit_pair
from assistant.language.slots import SlotKind
from assistant.talk.flow import Ask, Call, Say, Steps, flow
from assistant.talk.measures import pair_of, told, told_in_two
from assistant.talk.request import Request
from assistant.talk.tool import Here, tool

INTO_WHAT = "Into which unit?"
NO_SUCH_UNIT = "I don't know that unit. Into which one?"
DIFFERENT = "Those two measure different things."


@dataclass(frozen=True, slots=True)
class Converted:
    """What was converted and into what; `told` is the answer."""

    amount: str
    into: str
    of: str
    told: Said


def _reads(request: Request) -> Mapping[str, Any] | None:
    found = read_unit_request(request.text)
    return None if found is None else {"conversion": request.text}


def _parse_unit(words: str, now: datetime) -> str | None:
    for lead in ("", "into ", "in ", "to "):
        name = words.removeprefix(lead)
        if words.startswith(lead) and is_unit(name):
            return name
    return None


UNIT = SlotKind(
    name="unit",
    pattern=r"(?:\S+ ){1,5}?",
    parse=_parse_unit,
    find=lambda words, now: None,
)


@tool
def converted(here: Here, amount: str, into: str, of: str, counts: bool) -> Converted | None:
    """The conversion of canonical words; None when the two measure different things."""
    quantity = read_quantity(amount)
    if quantity is None:
        return None
    split = unit_pair(into)
    pair = pair_of(quantity.units, split or unit_named(into), of)
    if pair is None:
        return None
    if split is not None:
        return Converted(amount, into, of, told_in_two(quantity, pair[0], *split, of))
    return Converted(amount, into, of, told(quantity, *pair, of, counts))


@flow(
    name="unit.convert",
    reads=_reads,
    examples=[
        "how many inches are in 5 feet", "convert 20 kilometers to miles",
        "what is 90 degrees fahrenheit in celsius", "how many minutes are in a day",
        "how many teaspoons in a tablespoon", "how many ounces are there in 2 pounds",
        "what is 12 stone in kilograms", "how many milliliters is half a cup",
        "5 foot 9 in centimeters", "how many grams is 2 cups of flour",
        "what does a cup of sugar weigh", "how many liters in a gallon",
        "how many yards are in a mile", "60 miles per hour in kilometers per hour",
        "what is gas mark 6 in fahrenheit", "how many megabytes in a gigabyte",
        "how many acres is a square mile", "convert 3 quarts to liters",
        "how many hours is 200 minutes", "200 degrees celsius in fahrenheit",
    ],
    fixed=[INTO_WHAT, NO_SUCH_UNIT, DIFFERENT],
)  # fmt: skip
def convert_units(here: Here, conversion: str | None = None) -> Steps | None:
    """Convert a measure into another unit."""
    request = read_unit_request(conversion) if conversion else None
    last = here.talk.last
    before = last.inputs[-1] if last.name == "unit.convert" and last.inputs else None
    if request is None:
        return None
    if isinstance(before, Converted) and not request.is_told:
        request = _merged(request, before)
    if not request.amount or not (request.into or request.is_told):
        return None
    is_ordered = here.request.words.startswith("convert")
    if not is_ordered and not request.is_told and not _fits(request):
        return None
    return _answer(request)


def _merged(request: UnitRequest, before: Converted) -> UnitRequest:
    """A request that goes on with the conversion before: its unit, or its amount."""
    if not request.amount:
        return replace(request, amount=before.amount, of=before.of)
    return request if request.into else replace(request, into=before.into)


def _fits(request: UnitRequest) -> bool:
    quantity = read_quantity(request.amount)
    if quantity is None:
        return False
    into = unit_pair(request.into) or unit_named(request.into)
    pair = pair_of(quantity.units, into, request.of)
    return pair is not None and pair[0] != pair[1]


def _answer(request: UnitRequest) -> Steps:
    into = request.into or (yield Ask(INTO_WHAT, UNIT, retry=NO_SUCH_UNIT))
    found = yield Call(
        converted, amount=request.amount, into=into, of=request.of, counts=request.counts
    )
    if found is None:
        yield Say(DIFFERENT)
    else:
        yield Say(found.told.shown, found.told.spoken)
    return None
