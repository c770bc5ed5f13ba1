"""Mathematical signs, units and currencies of a transcript as words, before it is normalised.

A recogniser writes "15% of $80", "12²" or "70°F" where somebody says words, and `normalise` drops
what is no letter and no digit. Here each sign becomes the words that people say for it. Knows no
grammar of sums. Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.language.en.normalise import core, normalise

COMMA = "comma"
"""The word for a comma between the items of a list."""

_VULGAR = {
    "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8",
    "⅞": "7/8", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5", "⅘": "4/5", "⅙": "1/6", "⅚": "5/6",
}  # fmt: skip
_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen"}
_AMOUNT = r"\d[\d,]*(?:\.\d+)?(?:\s(?:hundred|thousand|million|billion|trillion)\b)?"
_LOOKS_LIKE_A_NUMBER_TO_DIAL_OR_A_DATE = re.compile(r"\d{3}-\d{4}|\d{4}-\d\d|\d-\d+-\d")
_MILLIMETERS = re.compile(r"(?<=\bmany )mm\b|(?<=\b(?:in|to) )mm\b", re.IGNORECASE)
_FACTORIAL = re.compile(
    r"^\W*(?:(?:what is|what's|calculate|compute|and|how much is)\s+)?\d+(!)\W*$", re.IGNORECASE
)


def _vulgar(found: re.Match[str]) -> str:
    return f" {_VULGAR[found[0]]}"


def _money(found: re.Match[str]) -> str:
    return f"{found['amount']} {_CURRENCIES[found['sign']]} "


def _degrees(found: re.Match[str]) -> str:
    scale = {"c": "celsius", "f": "fahrenheit", "k": "kelvin", "": ""}[(found[1] or "").lower()]
    return f" degrees {scale} "


_Replacement = str | Callable[[re.Match[str]], str]
_SIGNS: tuple[tuple[re.Pattern[str], _Replacement], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        ("[½¼¾⅓⅔⅛⅜⅝⅞⅕⅖⅗⅘⅙⅚]", _vulgar),
        ("[’‘′]", "'"),
        (rf"(?P<sign>[$€£¥])\s?(?P<amount>{_AMOUNT})", _money),
        (rf"(?P<amount>{_AMOUNT})\s?(?P<sign>[€£¥])", _money),
        (r"\s?[°º]\s?([cfk]\b)?", _degrees),
        (r"(?<=\d)\s?'\s?(\d+)(?:\s?(?:\"|''|”))?", r" feet \1 inches "),
        (r"\bkm\s?/\s?h\b|\bkmh\b|\bkph\b", "kilometers per hour"),
        (r"\bm\s?/\s?s\b", "meters per second"),
        (r"\bmph\b", "miles per hour"),
        (r"(?<=\d)\s?mm\b", " millimeters"),
        (r"(?<=\d)\s?min\b", " minutes"),
        (r"\b(k|c|m)?m²", lambda found: f" square {found[1] or ''}m "),
        (r"\b(k|c|m)?m³", lambda found: f" cubic {found[1] or ''}m "),
        ("²", " squared "),
        ("³", " cubed "),
        (r"√\s?", " square root of "),
        (r"\s?%", " percent "),
        (r"(?<=\d|\))\s*(?:\*\*|\^)\s*", " to the power of "),
        (r"\s*[×∗·]\s*|(?<=[\d)])\s*\*\s*(?=[\d(])|(?<=\d)\s?x\s?(?=\d)|(?<=\d) x (?=\w)",
         " times "),
        (r"\s*÷\s*|(?<=\d)\s+/\s+(?=\d)", " divided by "),
        (r"(?<=\d)/(?=\d)", " over "),
        (r"(?<=[\d)\s])\+(?=[\s\d(])", " plus "),
        (r"(?<=[\d)])\s*[−–]\s*(?=[\d(])|(?<=[\d)]) - (?=[\d(])|(?<=\d)-(?=\d)", " minus "),
        (r"(?<![\w.])[-−](?=\d|\.\d)", " minus "),
        (r"(?<=[\d)\s])=(?=[\s\d?]|$)", " equals "),
        (r"(?<![\w.])\.(?=\d)", " point "),
        (r"\((?=\s*(?:[\d(]|minus|open))", " open parenthesis "),
        (r"(?<=[\d)])\s*\)|(?<=percent )\)", " close parenthesis "),
    )
)  # fmt: skip


@lru_cache(maxsize=256)
def spell_signs(text: str) -> str:
    """`text` with its signs as words: "15% of $80" is "15 percent of 80 dollars". A text without
    digits is left as it is."""
    text = _MILLIMETERS.sub("millimeters", text)
    if not any(char.isdigit() for char in text) and not any(char in _VULGAR for char in text):
        return text.replace("%", " percent ")
    if _LOOKS_LIKE_A_NUMBER_TO_DIAL_OR_A_DATE.search(text):
        return text
    factorial = _FACTORIAL.match(text)
    if factorial is not None:
        text = f"{text[: factorial.start(1)]} factorial"
    for pattern, replacement in _SIGNS:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=256)
def sum_words(text: str) -> str:
    """The canonical words of `text` without their polite frame, its signs as words."""
    return core(normalise(spell_signs(text)))


@lru_cache(maxsize=256)
def list_words(text: str) -> str:
    """The same with the word `COMMA` for each comma that does not belong to a number."""
    spelled = re.sub(r",(?!\d{3}(?:\D|$))", f" {COMMA} ", spell_signs(text))
    spelled = re.sub(rf"(?:\s*\b{COMMA}\b)+\W*$", "", spelled)
    return core(normalise(spelled))
