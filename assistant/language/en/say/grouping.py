"""Numbers that are grouped in another way than with commas, in the English way: "1 000 000" (ISO),
"1'000'000" (Switzerland), "1,00,000" (India), "1.000.000" and "3,50 €" (Europe).

Runs before the table, so that every recogniser knows one way of writing only. A plain blank groups
where no telephone number is meant; a decimal comma needs a unit or a currency. Pure; any thread.
"""

from __future__ import annotations

import re

_UNIT = (
    r"(?:\s?(?:[€%‰°]|(?:EUR|CHF|euros?|kr|zł|km|cm|mm|m|kg|g|mg|ml|cl|l|L|kWh|kW|W|V|Hz|GHz|GB|MB"
    r"|TB|h|km/h)(?![\w/])))"
)
_THIN = re.compile(r"(?<![\w.,+'’])\d{1,3}(?:[\u00a0\u202f\u2009'’]\d{3})+(?![\w'’])(?!\s?\d)")
_BLANK = re.compile(
    r"(?<![\w.,+:/'’-])(?<!\d )[1-9]\d{0,2}(?:(?: \d{3}){2,4}| 000)(?![\w-])(?! ?\d)"
)
_INDIAN = re.compile(r"(?<![\w.,])\d{1,2}(?:,\d\d)+,\d{3}(?![\d,]\d|\d)")
_DOTS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3})+\.000(?![\w]|\.\d)"
                   r"|(?<![\w.,])[1-9]\d{0,2}\.000(?:\.\d{3})+(?![\w]|\.\d)")  # fmt: skip
_COMMA = re.compile(
    rf"(?<![\w.,])(?P<whole>\d{{1,3}}(?:\.\d{{3}})*),(?P<rest>\d{{1,2}})(?={_UNIT})"
    r"|(?<=[€£])(?P<gap>\s?)(?P<sum>\d{1,3}(?:\.\d{3})*),(?P<cents>\d\d)(?!,?\d)"
)
_PHONE = re.compile(
    r"\b(?:call|dial|ring|text|phone|tel|fax|number|mobile|whatsapp)\b[^\d]*$", re.IGNORECASE
)


def in_english_groups(text: str) -> str:
    """`text` with its numbers grouped by commas, and with points before the decimals."""
    text = _THIN.sub(_grouped, text)
    text = _BLANK.sub(_blanks, text)
    text = _INDIAN.sub(_grouped, text)
    text = _DOTS.sub(_grouped, text)
    return _COMMA.sub(_decimals, text)


def _grouped(found: re.Match[str]) -> str:
    return f"{int(''.join(filter(str.isdecimal, found[0]))):,}"


def _blanks(found: re.Match[str]) -> str:
    """ "250 000 000", but not the telephone number "555 123 456"."""
    groups = found[0].split(" ")
    if len(groups) == 3 and len(groups[0]) == 3 and groups[-1] != "000":
        return found[0]
    if _PHONE.search(found.string, max(0, found.start() - 24), found.start()):
        return found[0]
    return _grouped(found)


def _decimals(found: re.Match[str]) -> str:
    whole = found["whole"] or found["sum"]
    rest = found["rest"] or found["cents"]
    return f"{found['gap'] or ''}{whole.replace('.', ',')}.{rest}"
