"""Numbers that are dialled or given digit by digit: telephones, emergency calls, PINs, zip codes.

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal, digits
from assistant.language.en.say.spans import DIGIT, Recogniser

_GAP = r"[-.\s·–]"
_START = r"(?<![\w.,$€£#/-])"
_END = r"(?![\w/])(?![-.]\d)"
_EXTENSION = r"(?:,?\s?(?P<ext>[Ee]xt(?:ension)?\.?|x)\s?(?P<inner>\d{1,6}))?"
_CALL = (
    r"(?P<cue>\b(?i:call|dial|ring|phone|text|fax|tel\.?|telephone|mobile|cell|number is|whatsapp"
    r"|at|phone:|tel:|hotline)\s(?:us\s(?:at|on)\s|me\s(?:at|on)\s|on\s)?)"
)
_CODE = (
    r"(?P<cue>\b(?i:pin|code|passcode|password|zip|account|card|order|tracking|serial|extension"
    r"|confirmation|reference|ticket|invoice|ID)(?i:\s(?:number|code|no\.|is|was))*:?\s#?)"
)


def _groups(text: str) -> list[str]:
    found: list[str] = re.findall(r"\d+", text)
    if len(found) == 1 and len(found[0]) in (7, 10, 11):
        one = found[0]
        head = [one[:1]] if len(one) == 11 else []
        one = one[len(head[0]) if head else 0 :]
        return [*head, *([one[:3], one[3:]] if len(one) == 7 else [one[:3], one[3:6], one[6:]])]
    return found


def _said(text: str) -> str:
    groups = _groups(text)
    words = ["eight hundred" if one == "800" and at < 2 else digits(one)
             for at, one in enumerate(groups)]  # fmt: skip
    return ("plus " if text.lstrip(" (").startswith("+") else "") + ", ".join(words)


def _phone(found: re.Match[str]) -> str:
    said = _said(found["phone"])
    if not found["ext"]:
        return said
    inner = found["inner"]
    return f"{said} extension {cardinal(int(inner)) if len(inner) < 3 else digits(inner)}"


def _international(found: re.Match[str]) -> str | None:
    count = sum(c.isdecimal() for c in found["phone"])
    return _phone(found) if 8 <= count <= 15 else None


def _called(found: re.Match[str]) -> str:
    return f"{found['cue']}{_said(found['phone'])}"


def _code(found: re.Match[str]) -> str:
    return (
        f"{found['cue']}{', '.join(digits(part) for part in re.findall(r'[0-9]+', found['code']))}"
    )


def _dashed(found: re.Match[str]) -> str:
    parts = found[0].split("-")
    if all(len(part) == 1 for part in parts):
        return " ".join(map(digits, parts))
    return ", ".join(map(digits, parts))


PHONES = (
    Recogniser(
        "phone",
        rf"(?<![\w.,+-])(?P<phone>00[1-9]\d{{0,2}}(?:{_GAP}\(?\d{{1,5}}\)?){{2,6}}){_EXTENSION}{_END}",
        _international,
        needs="0",
    ),
    Recogniser(
        "phone",
        rf"(?<![\w+])(?P<phone>\+\d{{1,3}}{_GAP}?(?:\(\d{{1,4}}\){_GAP}?)?\d{{1,5}}"
        rf"(?:{_GAP}?\d{{2,5}}){{1,5}}){_EXTENSION}{_END}",
        _international,
        needs="+",
    ),
    Recogniser(
        "phone",
        rf"(?<![\w.,$€£#/-])(?P<phone>(?:1{_GAP})?(?:\(\d{{3}}\)\s?"
        rf"|\d{{3}}{_GAP})\d{{3}}{_GAP}\d{{4}})"
        rf"{_EXTENSION}{_END}",
        _phone,
        needs=DIGIT,
    ),
    Recogniser(
        "phone",
        rf"{_START}(?P<phone>\d{{3}}-\d{{4}}){_EXTENSION}{_END}",
        _phone,
        needs="-",
    ),
    Recogniser(
        "phone",
        rf"{_START}(?P<phone>(?:0\d{{2,4}}|\(0\d{{1,4}}\)){_GAP}\d{{3,4}}{_GAP}"
        rf"?\d{{3,4}}){_EXTENSION}{_END}",
        _phone,
        needs=DIGIT,
    ),
    Recogniser(
        "phone",
        rf"{_CALL}(?P<phone>911|112|999|988|411|311|211|511|101|111|000"
        rf"|\d{{5,7}}|\d{{10,11}}){_END}",
        _called,
        needs=DIGIT,
    ),
    Recogniser(
        "phone",
        rf"{_CALL.replace('|at|', '|')}(?P<phone>\d{{3,4}}[-. ]\d{{3,4}}(?:[-. ]\d{{3,4}})?)"
        r"(?![\w%])(?![-.]\d)",
        _called,
        needs=DIGIT,
    ),
    Recogniser("phone", rf"{_START}(?P<cue>)(?P<phone>1[38]00 \d{{3}} \d{{3}}"
                        rf"|0[358]\d\d[- ]\d{{3,4}}){_END}", _called, needs=DIGIT),
    Recogniser("phone", r"(?<![\w.-])(?P<phone>(?:1[- ])?8\d\d)-(?P<word>[A-Z]{2,}(?:-[A-Z]+)*)\b",
               lambda found: f"{_said(found['phone'])}, {found['word'].lower().replace('-', ' ')}",
               needs="-"),
    Recogniser("phone", r"(?<!Porsche )(?<![\w.,$€£-])(?P<cue>)(?P<phone>911)(?![\w%-])(?![.,]\d)"
                        r"(?!\s(?!calls|does|always|operators|services|centers|dispatchers"
                        r"|sometimes)[a-z]{3,}s\b)",
               _called, needs="9"),
    Recogniser("phone", r"(?P<cue>\b[Tt]ext\s[A-Z]{2,}\sto\s)(?P<phone>\d{4,6})\b", _called,
               needs=DIGIT),
    Recogniser("phone", r"(?P<cue>\barea code\s)(?P<phone>\d{3})\b", _called, needs=DIGIT),
    Recogniser(
        "phone", r"(?<![\w.$€£-])\d{1,4}-\d{1,4}(?:-\d{1,6})+(?![\w-])", _dashed, needs="-"
    ),
    Recogniser("code", rf"{_CODE}(?P<code>\d{{3,}}(?:[- ]\d{{2,}})*)\b(?![.,]\d|%)", _code,
               needs=DIGIT),
)  # fmt: skip
