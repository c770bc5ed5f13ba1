"""Pieces that several recognisers share: how numbers are written, and their words.

Pure; any thread.
"""

from __future__ import annotations

from assistant.language.en.numbers import cardinal, decimal, digits, ordinal, year

NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
"""Digits, with commas between thousands or without, and a decimal point."""
BEFORE = r"(?<![\w.])(?<!\d[,:/])"
"""Nothing in front that would belong to the number."""
AFTER = r"(?![\w])(?![.,:/]\d)"
SIGN = r"(?:(?<![\w)\]%°.])[-−+±]\s?)"
DASH = r"\s?(?:--|[-–—−])\s?"
"""Between the two ends of a range."""
SCALES = {
    "k": "thousand", "K": "thousand", "M": "million", "m": "million", "mn": "million",
    "mio": "million", "B": "billion", "b": "billion", "bn": "billion", "T": "trillion",
    "tn": "trillion", "thousand": "thousand", "million": "million", "billion": "billion",
    "trillion": "trillion", "hundred": "hundred",
}  # fmt: skip
_SIGNS = {"-": "minus ", "−": "minus ", "–": "minus ", "+": "plus ", "±": "plus or minus "}


_LONGEST = 15
"""Longer numbers are read digit by digit, as `cardinal` does."""


def count(text: str) -> str:
    """Digits of any number as a count."""
    return digits(text) if len(text) > _LONGEST else cardinal(int(text))


def number(text: str) -> str:
    """A number as a count: "1,250.5" is "one thousand two hundred fifty point five"."""
    bare = text.replace(",", "")
    if bare.startswith("."):
        return f"point {digits(bare)}"
    whole, point, rest = bare.partition(".")
    if len(whole) > _LONGEST:
        return digits(whole) + (f" point {digits(rest)}" if point else "")
    return decimal(bare)


def signed(sign: str | None, words: str) -> str:
    """`words` with what is said for the sign in front of the number."""
    return _SIGNS.get((sign or "").strip(), "") + words


def year_or_count(text: str) -> str:
    """Four digits from 1100 to 2099 as a year, anything else as a count; digits that begin with a
    zero one by one."""
    bare = text.replace(",", "")
    if bare.isdecimal() and bare == text:
        if len(bare) > 1 and bare.startswith("0"):
            return digits(bare)
        if len(bare) == 4 and 1100 <= int(bare) <= 2099:
            return year(int(bare))
    return number(text)


def pairs(text: str) -> str:
    """The digits of a house, a room or a type in pairs: "350" is "three fifty", "1204" is "twelve
    oh four", "1600" is "sixteen hundred"."""
    if text.startswith("0") or len(text) > 4:
        return digits(text)
    if len(text) < 3 or text.endswith("000"):
        return cardinal(int(text))
    high, low = text[:-2], text[-2:]
    if low == "00":
        return f"{cardinal(int(high))} hundred"
    return f"{cardinal(int(high))} {'oh ' if low[0] == '0' else ''}{cardinal(int(low))}"


def spelled(letters: str) -> str:
    """Capitals as single letters: "MP" is "M P"."""
    return " ".join(letters)


def rank(text: str) -> str:
    """ "22" or "22nd" as "twenty-second"."""
    bare = text.replace(",", "").rstrip("stndrhSTNDRH.")
    if len(bare) > _LONGEST:
        return f"{digits(bare)}th"
    words = ordinal(int(bare))
    return f"one {words}" if words in ("hundredth", "thousandth", "millionth") else words
