"""Currencies by their English words, and sums of money as people say them.

"Pounds" are money here; whether weight was meant is for the caller, who knows what stands beside.
Knows no rate. Pure; any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from assistant.language.en.amounts import Said, about, read_amount, say_number
from assistant.language.en.numbers import cardinal

_TABLE = """
USD|dollar|dollars|cent|us dollar,us dollars,american dollar,american dollars,buck,bucks
EUR|euro|euros|cent|
GBP|pound|pounds|penny|pound sterling,pounds sterling,british pound,british pounds,quid,sterling
JPY|yen|yen||japanese yen
CHF|Swiss franc|Swiss francs|centime|franc,francs
CAD|Canadian dollar|Canadian dollars|cent|
AUD|Australian dollar|Australian dollars|cent|
NZD|New Zealand dollar|New Zealand dollars|cent|
SGD|Singapore dollar|Singapore dollars|cent|
HKD|Hong Kong dollar|Hong Kong dollars|cent|
CNY|yuan|yuan||chinese yuan,renminbi
INR|rupee|rupees||indian rupee,indian rupees
MXN|Mexican peso|Mexican pesos|centavo|peso,pesos
BRL|real|reais|centavo|brazilian real,brazilian reais,reals
SEK|Swedish krona|Swedish kronor||kronor,krona,swedish crowns
NOK|Norwegian krone|Norwegian kroner||kroner,krone,norwegian crowns
DKK|Danish krone|Danish kroner||danish crowns
ISK|Icelandic krona|Icelandic kronur||
PLN|zloty|zlotys||polish zloty,polish zlotys
CZK|Czech koruna|Czech korunas||koruna,korunas,czech crowns,crowns
HUF|forint|forints||hungarian forint,hungarian forints
TRY|Turkish lira|Turkish liras||lira,liras
UAH|hryvnia|hryvnias||
KRW|won|won||korean won
ZAR|rand|rand|cent|south african rand
THB|baht|baht||thai baht
ILS|shekel|shekels||israeli shekel,israeli shekels
AED|dirham|dirhams||
SAR|riyal|riyals||
"""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency by its ISO code; `cent` names its hundredth, empty where nobody counts those."""

    code: str
    name: str
    plural: str
    cent: str = ""


@lru_cache(maxsize=1)
def _names() -> dict[str, Currency]:
    found: dict[str, Currency] = {}
    for line in _TABLE.strip().splitlines():
        code, name, plural, cent, others = line.split("|")
        currency = Currency(code, name, plural, cent)
        for word in (code, name, plural, *filter(None, others.split(","))):
            found[word.lower()] = currency
    return found


def currency_named(words: str) -> Currency | None:
    """The currency of these canonical words ("us dollars", "eur"), if there is one."""
    return _names().get(words.removeprefix("the "))


@dataclass(frozen=True, slots=True)
class MoneyRequest:
    """So much of one currency in another."""

    value: Fraction
    source: Currency
    target: Currency


_AMOUNT, _INTO = r"(?P<amount>.+?)", r"(?P<into>\S+(?: \S+){0,3}?)"
_RULES = tuple(
    re.compile(rule)
    for rule in (
        r"(?:(?:convert|change|exchange|turn|what (?:is|are|would be)|how much (?:is|are|would)"
        rf"|give me|tell me|calculate) )?{_AMOUNT}(?: worth| be)? (?:in|to|into|for|as) {_INTO}",
        rf"how (?:many|much) {_INTO} (?:is|are|(?:is |are )?in|for|(?:do|would|will|can) i get for"
        rf"|equals?|makes?)(?: there in)? {_AMOUNT}",
        r"(?:what is )?(?:the )?(?:current )?(?:exchange|conversion) rate"
        rf" (?:of|from|for|between)? ?(?:the )?{_AMOUNT} (?:to|and|in|into|against) {_INTO}",
        rf"(?:what is )?(?:the )?{_AMOUNT}(?: to| in)? {_INTO} (?:exchange |conversion )?rate",
    )
)


def read_money_request(words: str) -> MoneyRequest | None:
    """The exchange that canonical words ask for; None for other requests."""
    if len(words) > 120:
        return None
    for rule in _RULES:
        found = rule.fullmatch(words)
        target = currency_named(found["into"]) if found is not None else None
        if found is None or target is None:
            continue
        read = _amount(found["amount"])
        if read is not None and read[1] != target:
            return MoneyRequest(read[0], read[1], target)
    return None


def _amount(text: str) -> tuple[Fraction, Currency] | None:
    words = text.split()
    amount = read_amount(words)
    used = amount.used if amount is not None else int(words[0] in ("a", "an", "1"))
    currency = currency_named(" ".join(words[used:]))
    if currency is None:
        return None
    return (amount.value if amount is not None else Fraction(1)), currency


def say_money(value: Fraction, currency: Currency) -> Said:
    """ "7 dollars and 56 cents", "about 12.35 kroner"; rounded to hundredths."""
    hundredths = round(abs(value) * 100)
    sign = ("-", "minus ") if value < 0 and hundredths else ("", "")
    whole, rest = divmod(hundredths, 100)
    if not currency.cent and abs(value) >= 100:
        whole, rest = round(abs(value)), 0
    parts = [(whole, currency.name, currency.plural)] if whole or not rest else []
    if rest and currency.cent:
        pence = "pence" if currency.cent == "penny" else f"{currency.cent}s"
        parts.append((rest, currency.cent, pence))
    elif rest:
        return _decimal(Fraction(hundredths, 100) * (-1 if value < 0 else 1), value, currency)
    told = [
        Said(
            f"{count:,} {one if count == 1 else many}",
            f"{cardinal(count)} {one if count == 1 else many}",
        )
        for count, one, many in parts
    ]
    joined = Said(
        sign[0] + " and ".join(one.shown for one in told),
        sign[1] + " and ".join(one.spoken for one in told),
    )
    is_exact = abs(value) == whole + Fraction(rest, 100)
    return joined if is_exact else about(joined)


def _decimal(rounded: Fraction, value: Fraction, currency: Currency) -> Said:
    said = say_number(rounded) + f" {currency.plural}"
    return said if rounded == value else about(said)
