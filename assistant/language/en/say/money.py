"""Sums of money: "$1.50", "-$20", "$5-10", "€1.5M", "20 USD", "$20/month", "a $10 bill".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal
from assistant.language.en.say.parts import DASH, NUMBER, SCALES, count, number, signed
from assistant.language.en.say.spans import DIGIT, Recogniser

_CURRENCIES = {
    "$": ("dollar", "dollars", "cent"), "€": ("euro", "euros", "cent"),
    "£": ("pound", "pounds", "penny"), "¥": ("yen", "yen", ""), "₹": ("rupee", "rupees", "paisa"),
    "₩": ("won", "won", ""), "₽": ("ruble", "rubles", "kopeck"), "₺": ("lira", "lira", "kurus"),
    "₴": ("hryvnia", "hryvnias", ""), "₪": ("shekel", "shekels", ""), "฿": ("baht", "baht", ""),
    "₿": ("bitcoin", "bitcoins", ""), "₫": ("dong", "dong", ""), "₱": ("peso", "pesos", ""),
    "₦": ("naira", "naira", "kobo"),
    "₵": ("cedi", "cedis", ""), "₸": ("tenge", "tenge", ""), "₾": ("lari", "lari", ""),
    "US$": ("US dollar", "US dollars", "cent"), "C$": ("Canadian dollar", "Canadian dollar"
        "s", "cent"),
    "CA$": ("Canadian dollar", "Canadian dollars", "cent"),
    "A$": ("Australian dollar", "Australian dollars", "cent"),
    "AU$": ("Australian dollar", "Australian dollars", "cent"),
    "NZ$": ("New Zealand dollar", "New Zealand dollars", "cent"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent"),
    "R$": ("real", "reais", ""),
}  # fmt: skip
_CODES = {
    "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "C$", "AUD": "A$", "NZD": "NZ$",
    "INR": "₹", "KRW": "₩", "RUB": "₽", "UAH": "₴", "BTC": "₿", "THB": "฿", "ILS": "₪",
}  # fmt: skip
_OTHERS = {
    "CHF": ("Swiss franc", "Swiss francs", ""), "CNY": ("yuan", "yuan", ""),
    "SEK": ("Swedish krona", "Swedish kronor", ""), "NOK": ("Norwegian krone", "Norwegian "
        "kroner", ""),
    "DKK": ("Danish krone", "Danish kroner", ""), "MXN": ("Mexican peso", "Mexican pesos", ""),
    "PLN": ("zloty", "zlotys", ""), "BRL": ("real", "reais", ""), "ZAR": ("rand", "rand", ""),
}  # fmt: skip
_PENCE = {"penny": "pence", "paisa": "paise"}
_PER = {"mo": "month", "yr": "year", "hr": "hour", "h": "hour", "wk": "week", "min": "minute",
        "sec": "second", "lb": "pound", "kg": "kilogram", "gal": "gallon", "sq ft": "square foot",
        "sqft": "square foot", "kWh": "kilowatt hour", "GB": "gigabyte", "pp": "person",
        "oz": "ounce", "ea": "each", "L": "liter", "l": "liter", "m²": "square meter",
        "km": "kilometer"}  # fmt: skip
_SYMBOL = r"(?P<sign>(?:US|CA|AU|NZ|HK|C|A|R)?\$|[€£¥₹₩₽₺₴₪฿₿₫₱₦₵₸₾])"
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|trillion|bn|mn|tn|[kKMmBbT])\b)"
_MINUS = r"(?P<minus>(?<![\w)\]%°])[-−+±~≈]\s?|\()?"
_TAIL = (
    r"(?P<per>\s?/\s?(?:month|week|day|year|hour|minute|second|person|night|user|seat|item|unit"
    r"|each"
    r"|mile|share|ton|pound|gallon|kWh|mo|yr|hr|wk|min|sec|lb|kg|gal|sq "
    r"?ft|GB|pp|oz|ea|m²|km|h|l|L)\b)?"
)
_NOT_A_THING = frozenset(
    "is was are were am be been for in on to of and or per each at from by with that than if "
    "but as "
    "a an the it he she they we you i so not more less off up down over under total worth each "
    "this there where when while now today then only just will would can could may has have had "
    "after before since until every".split()
)
_NOUN = re.compile(r"[\s-]([a-z]+)")
_ARTICLE = re.compile(r"\b(?:an?|the|this|that|each|every|another|my|your|his|her|our|their"
                      r"|one)\s$",
                      re.IGNORECASE)  # fmt: skip


def _amount(text: str, scale: str | None, names: tuple[str, str, str], *, is_kind: bool) -> str:
    """A sum in words; `is_kind`: it tells what kind of thing stands behind it ("a ten dollar
    bill")."""
    one, many, hundredth = names
    bare = text.replace(",", "")
    if scale:
        return f"{number(bare)} {SCALES[scale]} {one if is_kind else many}"
    whole, _, rest = bare.partition(".")
    if len(rest) > 2 or (rest and not hundredth):
        return f"{number(bare)} {many}"
    cents = int((rest + "0")[:2]) if rest else 0
    parts = []
    whole = whole.lstrip("0") or "0"
    if whole != "0" or not cents:
        parts.append(f"{count(whole)} {one if whole == '1' or is_kind else many}")
    if cents:
        plural = _PENCE.get(hundredth, f"{hundredth}s")
        parts.append(f"{cardinal(cents)} {hundredth if cents == 1 else plural}")
    return " and ".join(parts)


def _is_kind(found: re.Match[str]) -> bool:
    """True for "a $10 bill": an article in front and a thing behind."""
    text = found.string
    noun = _NOUN.match(text, found.end())
    if noun is None or noun[1] in _NOT_A_THING or noun[1].endswith(("s", "ed", "ing")):
        return False
    return (
        text[found.end()] == "-"
        or _ARTICLE.search(text, max(0, found.start() - 20), found.start()) is not None
    )


def _per(text: str | None) -> str:
    if not text:
        return ""
    unit = text.strip(" /")
    said = _PER.get(unit, unit)
    return f" {said}" if said == "each" else f" per {said}"


def _before(found: re.Match[str]) -> str:
    """What is said for the mark in front of a sum; that in brackets stays."""
    mark = (found["minus"] or "").strip()
    if mark in ("~", "≈"):
        return "about "
    return "(" if mark == "(" else signed(mark, "")


def _sum(found: re.Match[str]) -> str:
    names = _CURRENCIES[found["sign"]]
    kind = not found["per"] and _is_kind(found)
    said = _amount(found["number"], found["scale"], names, is_kind=kind)
    inner = "minus " if found["inner"] else ""
    return f"{_before(found)}{inner}{said}{_per(found['per'])}"


def _range(found: re.Match[str]) -> str:
    names = _CURRENCIES[found["sign"]]
    first, second = found["number"], found["last"]
    scale, second_scale = found["scale"], found["scale2"]
    shares_scale = second_scale and not scale  # "$1.5-2M"
    if ("." in first and not shares_scale) or (scale and second_scale):
        head = _amount(first, scale, names, is_kind=False)
    else:
        head = number(first) + (f" {SCALES[scale]}" if scale else "")
    tail = _amount(second, second_scale, names, is_kind=False)
    return f"{_before(found)}{head} to {tail}{_per(found['per'])}"


def _behind(found: re.Match[str]) -> str:
    """ "20 €", "20 USD"."""
    mark = found["sign"]
    names = _OTHERS.get(mark) or _CURRENCIES[_CODES.get(mark, mark)]
    said = _amount(found["number"], found["scale"], names, is_kind=False)
    return f"{signed(found['minus'], '')}{said}{_per(found['per'])}"


def _in_front(found: re.Match[str]) -> str:
    names = _OTHERS.get(found["sign"]) or _CURRENCIES[_CODES[found["sign"]]]
    return _amount(found["number"], found["scale"], names, is_kind=False)


def _cents(found: re.Match[str]) -> str:
    text = found["number"]
    return f"{number(text)} cent{'' if text == '1' else 's'}{_per(found['per'])}"


_CODE = rf"(?:{'|'.join([*_CODES, *_OTHERS])})"

MONEY = (
    Recogniser(
        "money",
        rf"(?:(?P<minus>(?<![\w)\]%°])[-−+±~≈]\s?))?{_SYMBOL}\s?(?P<number>{NUMBER}){_SCALE}?"
        rf"{DASH}(?:(?P=sign)\s?)?(?P<last>{NUMBER})(?!\d)"
        + _SCALE.replace("<scale>", "<scale2>") + rf"?{_TAIL}(?![\w])",
        _range,
        needs="".join(c for c in _CURRENCIES if len(c) == 1),
    ),
    Recogniser(
        "money",
        rf"{_MINUS}{_SYMBOL}\s?(?P<inner>[-−])?(?P<number>{NUMBER}){_SCALE}?{_TAIL}",
        _sum,
        needs="".join(c for c in _CURRENCIES if len(c) == 1),
    ),
    Recogniser(
        "money",
        rf"(?P<minus>(?<![\w)\]%°])[-−+±])?(?<![\w.,])(?P<number>{NUMBER}){_SCALE}?\s?"
        rf"(?P<sign>[€£¥₹₩₽₺₴₪฿₿₫₱₦₵₸₾]|{_CODE}\b){_TAIL}(?!\w)",
        _behind,
        needs=DIGIT,
    ),
    Recogniser(
        "money",
        rf"\b(?P<sign>{_CODE})\s?(?P<number>{NUMBER}){_SCALE}?(?!\w)",
        _in_front,
        needs=DIGIT,
    ),
    Recogniser("money", rf"\bRs\.?\s?(?P<number>{NUMBER}){_SCALE}?(?!\w)",
               lambda found: _amount(found["number"], found["scale"], _CURRENCIES["₹"],
                                     is_kind=False), needs="R"),
    Recogniser("money", rf"(?<![\w.])(?P<number>{NUMBER})\s?¢{_TAIL}", _cents, needs="¢"),
)  # fmt: skip
