"""Currencies by voice, from a table that the user gives; without one an honest decline.

The file is `[money] rates` of the configuration (`talk.rates`); each answer says how old it is.
Reads that file in a take; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from assistant.language.en.amounts import Said
from assistant.language.en.currencies import (
    MoneyRequest,
    currency_named,
    read_money_request,
    say_money,
)
from assistant.language.en.numbers import ordinal, year
from assistant.language.en.signs import sum_words
from assistant.talk.flow import Call, Say, Steps, flow
from assistant.talk.rates import RatesError, load_rates
from assistant.talk.request import Request
from assistant.talk.tool import Here, tool

NO_RATES = (
    "I have no exchange rates, because I work without the internet. "
    "You can give me a table of your own, as rates under money in the configuration."
)
UNREADABLE = "I can't use your table of exchange rates; the screen says why."


def _reads(request: Request) -> Mapping[str, Any] | None:
    words = sum_words(request.text)
    return None if read_money_request(words) is None else {"exchange": words}


@tool
def exchanged(here: Here, exchange: str) -> Said:
    """The answer to canonical words that ask for an exchange."""
    asked = read_money_request(exchange)
    path = here.services.config.money.rates
    if asked is None or not path:
        return Said(NO_RATES, NO_RATES)
    try:
        rates = load_rates(Path(path).expanduser())
        value = rates.convert(asked.value, asked.source.code, asked.target.code)
    except RatesError as error:
        return Said(f"I can't use your table of exchange rates: {error.what}.", UNREADABLE)
    except KeyError as error:
        missing = currency_named(str(error.args[0]).lower())
        name = missing.plural if missing is not None else str(error.args[0])
        return Said(*(f"Your table has no rate for {name}.",) * 2)
    return _told(asked, say_money(value, asked.target), rates.day, here.now.date())


def _told(asked: MoneyRequest, result: Said, day: date, today: date) -> Said:
    amount = say_money(asked.value, asked.source)
    shown, spoken = f"{day:%B} {day.day}", f"{day:%B} {ordinal(day.day)}"
    if day.year != today.year:
        shown, spoken = f"{shown}, {day.year}", f"{spoken}, {year(day.year)}"
    return Said(
        f"By your table of {shown}, {amount.shown} is {result.shown}.",
        f"By your table of {spoken}, {amount.spoken} is {result.spoken}.",
    )


@flow(
    name="money.convert",
    reads=_reads,
    examples=[
        "how much is 30 euros in dollars", "convert 200 dollars to pounds",
        "what is the exchange rate from euros to yen", "how many dollars is 15 pounds",
        "what is 1000 yen in euros", "change 40 francs into euros",
        "how much is a euro in dollars", "the dollar to euro exchange rate",
        "how many rupees do i get for 100 dollars", "turn 60 pounds into dollars",
    ],
    fixed=[NO_RATES, UNREADABLE],
)  # fmt: skip
def convert_money(here: Here, exchange: str | None = None) -> Steps | None:
    """Convert money by the user's own table."""
    return None if exchange is None else _answer(exchange)


def _answer(exchange: str) -> Steps:
    told = yield Call(exchanged, exchange=exchange)
    yield Say(told.shown, told.spoken)
    return None
