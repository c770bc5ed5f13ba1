"""Plain numbers: fractions, ranks, ranges and scores, versions, years, signs in front, counts.

What has a unit, a currency or a calendar is read before by other modules. Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal, digits, ordinal, year
from assistant.language.en.say.parts import (
    DASH,
    NUMBER,
    SCALES,
    count,
    number,
    pairs,
    rank,
    signed,
    spelled,
    year_or_count,
)
from assistant.language.en.say.spans import DIGIT, Recogniser
from assistant.language.en.say.sums import is_difference, is_unknown

VULGAR = {
    "½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8), "⅜": (3, 8),
    "⅝": (5, 8), "⅞": (7, 8), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6),
    "⅚": (5, 6), "⅐": (1, 7), "⅑": (1, 9), "⅒": (1, 10),
}  # fmt: skip
_GLYPHS = "".join(VULGAR)
_MEASURES = (
    "cup mile inch pound hour teaspoon tablespoon liter litre pint gallon ounce acre kilometer "
    "meter "
    "foot yard quart day year month minute second dozen mile dollar century degree point pie "
    "cake pizza"
).split()
_SHORT_MEASURES = {"tsp": "teaspoon", "tbsp": "tablespoon", "lb": "pound", "oz": "ounce",
                   "in": "inch", "mi": "mile", "km": "kilometer", "hr": "hour",
                   "c": "cup", "lbs": "pound", "kg": "kilogram", "hrs": "hour", "g": "gram",
                   "sec": "second", "s": "second", "min": "minute", "h": "hour", "m": "meter",
                   "ml": "milliliter", "cm": "centimeter", "mm": "millimeter", "ft": "foot",
                   }  # fmt: skip
_FRACTION = rf"(?:(?P<top>\d{{1,3}})[/⁄](?P<bottom>\d{{1,4}})|(?P<glyph>[{_GLYPHS}]))"
_FREE = r"(?<![\w.,/:$€£⁄])"
_END = r"(?![\w/⁄])(?![.,:]\d)"
_MEASURE = (
    rf"(?:\s(?:(?:of\s)?an?\s)?(?P<thing>{'|'.join([*_MEASURES, *_SHORT_MEASURES])})\b"
    r"(?:\.(?=\s[a-z]))?)?"
)
_RATED = re.compile(
    r"\b(?:rat(?:e[ds]?|ing)|scor(?:e[ds]?|ing)|got|gave|give|stars?|grade)\b", re.IGNORECASE
)
_TWINS = {"24/7": "twenty-four seven", "9/11": "nine eleven", "24/7/365": "twenty-four seven three "
          "sixty-five", "20/20": "twenty twenty", "50/50": "fifty fifty", "7/11": "seven eleven",
          "4/20": "four twenty", "24-7": "twenty-four seven",
          "50-50": "fifty fifty", "20-20": "twenty twenty"}  # fmt: skip
_IN_A_SUM = re.compile(r"\s*(?:[+*/×÷=]|[-–−]\s?[\d(][^a-z]{0,60}=)")
_OF_A_SUM = re.compile(r"[+*/×÷=]\s*$")
_YEAR_CUE = re.compile(
    r"(?:\b(?:in|of|since|by|until|till|from|before|after|during|year|copyright|circa|around|summer"
    r"|winter|spring|fall|autumn|early|late|mid|election|class|and|to|between|©)|[(©])\s*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s(?:people|men|women|children|percent|\w{3,}s)\b(?<!\bwas)(?<!\bthis)(?<!\bhas)(?<!\bthus)"
    r"(?<!\bis)(?<!\bas)(?<!\bhis)(?<!\bits)"
)
_SURELY_COUNTED = re.compile(
    r"\s(?:people|men|women|children|percent|words|miles|meters|feet|calories|steps|votes|users"
    r"|items"
    r"|dollars|euros|pounds|points|units|times|days|hours|minutes|seconds|books|pages|copies|lines"
    r"|tons|students|visitors|homes|houses|species|bytes|kilometers|members|employees|workers)\b"
)
_SOFTWARE = (
    r"(?:Python|Java|Node(?:\.js)?|iOS|iPadOS|macOS|Android|Windows|Ubuntu|Debian|Fedora|Linux"
    r"|kernel"
    r"|Firefox|Chrome|Safari|PHP|Ruby|Rust|Go|Swift|Kotlin|Django|Rails|React|Vue|Angular|Postgres"
    r"|PostgreSQL|MySQL|SQLite|Docker|Kubernetes|Git|GCC|Clang|CUDA|PyTorch|TensorFlow|NumPy"
    r"|Bluetooth|USB|HTTP|TLS|OpenGL|Unity|Blender|Minecraft|version|Version|release|Release"
    r"|update|firmware|build|ver\.|GPT|Llama|Qwen|Gemini|Claude)"
)


def _share(top: int, bottom: int, *, with_article: bool = False) -> str:
    """ "three quarters", "one half"; a large denominator is "over" it."""
    if bottom == 0 or (bottom > 20 and not (top == 1 and bottom in (100, 1000))) or bottom == 1:
        return f"{cardinal(top)} over {cardinal(bottom)}"
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal(bottom).removeprefix("one ")
    if top == 1:
        return f"{'a' if with_article else 'one'} {name}"
    return f"{cardinal(top)} {'halves' if bottom == 2 else name + 's'}"


def _kind(top: int, bottom: int) -> str:
    """A fraction in front of a hyphen: "half", "three quarter"."""
    name = {2: "half", 4: "quarter"}.get(bottom) or ordinal(bottom)
    return name if top == 1 else f"{cardinal(top)} {name}"


def _parts(found: re.Match[str]) -> tuple[int, int]:
    if found["glyph"]:
        return VULGAR[found["glyph"]]
    return int(found["top"]), int(found["bottom"])


def _article(thing: str) -> str:
    return f"{'an' if thing[0] in 'aio' or thing == 'hour' else 'a'} {thing}"


def _mixed(found: re.Match[str]) -> str | None:
    """ "3 1/2" is "three and a half"."""
    top, bottom = _parts(found)
    if not 0 < top < bottom or bottom > 64:
        return None
    thing = _SHORT_MEASURES.get(found["thing"] or "")
    many = {"inch": "inches", "foot": "feet"}.get(thing or "", f"{thing}s")
    tail = f" {many}" if thing else (f" {found['thing']}" if found["thing"] else "")
    whole = number(found["whole"])
    return f"{signed(found['sign'], whole)} and {_share(top, bottom, with_article=True)}{tail}"


def _fraction(found: re.Match[str]) -> str | None:
    written = found[0]
    if written in _TWINS:
        return _TWINS[written]
    top, bottom = _parts(found)
    sign = signed(found["sign"], "")
    is_rated = bottom in (5, 10, 100) and _RATED.search(found.string) is not None
    if not found["glyph"] and (top > bottom or top == bottom or is_rated):
        if found["thing"]:
            return None
        word = "out of" if top <= bottom else "over"
        return f"{sign}{cardinal(top)} {word} {cardinal(bottom)}"
    if not found["thing"]:
        if re.match(r"-[a-z]", found.string[found.end() : found.end() + 2]):  # "a 3/4-inch pipe"
            return f"{sign}{_kind(top, bottom)}"
        return sign + _share(top, bottom)
    thing = _SHORT_MEASURES.get(found["thing"], found["thing"])
    if top == 1 and bottom > 20 and thing == "second":  # "1/250 s"
        return f"{sign}one {ordinal(bottom).removeprefix('one ')} of a second"
    if (top, bottom) == (1, 2):
        return f"{sign}half {_article(thing)}"
    return f"{sign}{_share(top, bottom, with_article=True)} of {_article(thing)}"


def _range(found: re.Match[str]) -> str | None:
    """ "5-10", "1914-1918", "3-2", "10-20k"."""
    first, second = found["first"], found["last"]
    text = found.string
    if found[0] in _TWINS:
        return _TWINS[found[0]]
    is_sum = _IN_A_SUM.match(text, found.end()) or _OF_A_SUM.search(
        text, max(0, found.start() - 20), found.start()
    )
    if is_sum or (not found["scale"] and is_difference(found, first, second)):
        return f"{signed(found['sign'], number(first))} minus {number(second)}"
    scale = f" {SCALES[found['scale']]}" if found["scale"] else ""
    years = len(first) == len(second) == 4 and not scale
    say = year_or_count if years else number
    return f"{signed(found['sign'], say(first))} to {say(second)}{scale}"


def _scaled(found: re.Match[str]) -> str | None:
    """ "5M views", "10k": K behind one digit is a letter ("a 4K screen")."""
    text, scale = found["number"], found["scale"]
    follows = found.string[found.end() :]
    if scale == "k" and re.match(r"\s(?:run|race)\b", follows):
        return None
    if scale in "KB" and "." not in text and len(text) < 4:
        if scale == "K" and (
            len(text) == 1 or re.match(r"\s(?:run|race|screen|video|TV)", follows)
        ):
            return None
        if scale == "B" and not re.match(r"[\s-][a-z]", follows):
            return None
    return f"{signed(found['sign'], number(text))} {SCALES[scale]}"


def _version(found: re.Match[str]) -> str:
    name = found["name"]
    head = "version " if name in ("v", "V") else f"{name} "
    said = " point ".join(
        digits(part) if part.startswith("0") else count(part) for part in found["number"].split(".")
    )
    return head + said


def _wireless(found: re.Match[str]) -> str:
    return f"eight oh two dot eleven {spelled(found[1].upper())}".rstrip()


def _network(found: re.Match[str]) -> str:
    """ "10.0.0.0/8"."""
    address, _, size = found[0].partition("/")
    said = " dot ".join(map(digits, address.split(".")))
    return f"{said} slash {count(size)}" if size else said


def _dotted(found: re.Match[str]) -> str:
    return " point ".join(
        digits(part) if part.startswith("0") and len(part) > 1 else count(part)
        for part in found[0].split(".")
    )


def _times(found: re.Match[str]) -> str | None:
    """ "10x" and "2-3x" are times, but for the unknown of an equation."""
    first, second = found["number"], found["last"]
    if not second and is_unknown(found.string, found.start(), found.end()):
        return None
    return f"{number(first)} to {number(second)} times" if second else f"{number(first)} times"


def _by(found: re.Match[str]) -> str:
    """ "4x4" is "four by four"; in a sum it is "times"."""
    rest = found.string[found.end() :]
    is_sum = re.match(r"\s?[=+]", rest) is not None or _is_product(found[0], rest)
    word = "times" if is_sum or (found["gap"] and found["mark"] != "x") else "by"
    parts = re.split(r"\s?[x×]\s?", found[0])
    say = number if is_sum else pairs
    return f" {word} ".join(say(part) for part in parts)


def _is_product(text: str, rest: str) -> bool:
    """Whether a "×" multiplies, and does not give the size of something."""
    numbers = [int(one) for one in re.findall(r"\d+", text)]
    return "×" in text and min(numbers) < 100 and not re.match(r"\s?(?:[a-z]|[\"'])", rest)


def _plain(found: re.Match[str]) -> str:
    text, string = found["number"], found.string
    sign = found["sign"]
    is_cued = _YEAR_CUE.search(string, max(0, found.start() - 20), found.start()) is not None
    is_old = len(text) == 4 and text.isdecimal() and text.startswith("10") and not sign
    if is_old and is_cued and not _COUNTED.match(string, found.end()):
        return year(int(text))
    is_four = len(text) == 4 and text.isdecimal() and 1100 <= int(text) <= 2099
    counted = _COUNTED if is_four and int(text) < 1950 else _SURELY_COUNTED
    if is_four and not sign and not is_cued and counted.match(string, found.end()):
        return number(text)
    if sign:
        return signed(sign, number(text))
    return year_or_count(text)


def _power_of_ten(found: re.Match[str]) -> str:
    sign = "minus " if found["minus"] else ""
    return (
        f"{number(found['number'])} times ten to the power of {sign}{cardinal(int(found['power']))}"
    )


def _many(found: re.Match[str]) -> str:
    """ "18+" is "eighteen plus"."""
    return f"{number(found['number'])} plus"


def _era(found: re.Match[str]) -> str:
    text = found["number"]
    words = year(int(text)) if len(text) == 4 else number(text)
    return f"{words} {found['era'].replace('.', '')}"


def _eras(found: re.Match[str]) -> str:
    """ "551–479 BC"."""
    first = found["first"]
    return f"{year(int(first)) if len(first) == 4 else number(first)} to {_era(found)}"


def _to(found: re.Match[str]) -> str | None:
    """The dash of "1/2-3/4 cup"."""
    rest = found.string[found.end() : found.end() + 20]
    return None if re.match(r"[\d\s/+*×÷()-]*=", rest) else " to "


FRACTIONS = (
    Recogniser("range", r"(?:(?<=[^\d/]\d/\d)|(?<=^\d/\d))\s?[-–]\s?(?=\d)"
                        r"|(?<=\d)[-–](?=\d+\s\d/\d)", _to, needs="/"),
    Recogniser(
        "fraction",
        rf"(?P<sign>(?<![\w)\]])[-−])?{_FREE}(?P<whole>\d+)(?:\s|-|(?=[{_GLYPHS}])){_FRACTION}"
        + _END + _MEASURE,
        _mixed,
        needs="/⁄" + _GLYPHS,
    ),
    Recogniser("fraction", _FREE + r"24/7/365(?!\d)", lambda found: _TWINS[found[0]], needs="/"),
    Recogniser("fraction", r"(?<![\w.,/$€£-])(\d{1,3})/(\d{1,3})(?:ths?|rds?|nds?)\b",
               lambda found: _share(int(found[1]), int(found[2])), needs="/"),
    Recogniser("rating", r"(?<![\w.,/])(?P<got>\d+\.\d+)\s?/\s?(?P<most>5|10|100)(?![\w/])(?!\.\d)",
               lambda found: f"{number(found['got'])} out of {number(found['most'])}", needs="/"),
    Recogniser(
        "fraction",
        rf"(?P<sign>(?<![\w)\]])[-−])?{_FREE}{_FRACTION}{_END}{_MEASURE}",
        _fraction,
        needs="/⁄" + _GLYPHS,
    ),
)  # fmt: skip

FIGURES = (
    Recogniser("ordinal", r"(?<![\w.,])(\d+)(?:st|nd|rd|th)\s?[-–]\s?(\d+)(?:st|nd|rd|th)\b",
               lambda found: f"{rank(found[1])} to {rank(found[2])}", needs=DIGIT),
    Recogniser("ordinal", r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b(?!\.\w)",
               lambda found: rank(found[0]), needs=DIGIT),
    Recogniser("era", r"(?<![\w.,])(?P<first>\d{1,4})\s?[-–]\s?(?P<number>\d{1,4})\s?"
                      r"(?P<era>BCE|BC|CE|AD|B\.C\.(?:E\.)?|A\.D\.)(?!\w)", _eras, needs=DIGIT),
    Recogniser("era", r"(?<![\w.,])(?P<number>\d{1,4})\s?(?P<era>BCE|BC|CE|AD|B\.C\.(?:E\.)?"
                      r"|A\.D\.)"
               r"(?!\w)", _era, needs=DIGIT),
    Recogniser("version", rf"(?<![\w.])(?P<name>[vV]|{_SOFTWARE}(?=\s))\s?v?(?P<number>\d+"
                          rf"(?:\.\d+)+)"
               r"(?![\d])", _version, needs="."),
    Recogniser("address", r"(?<![\w.,])(?:\d{1,3}\.){3}\d{1,3}(?:/\d+)?(?!\w)(?!\.\d)",
               _network, needs="."),
    Recogniser("version", r"(?<![\w.,])802\.11([a-z]{0,2})\b", _wireless, needs="."),
    Recogniser("version", r"(?<![\w.,$€£])\d+(?:\.\d+){2,}(?!\w)", _dotted, needs="."),
    Recogniser("number", rf"(?<![\w.,])(?P<number>{NUMBER})[eE](?P<minus>[-−])?\+?"
                         rf"(?P<power>\d{{1,3}})\b",
               _power_of_ten, needs="eE"),
    Recogniser("times", rf"(?<![\w.,])(?P<number>{NUMBER})(?:{DASH}(?P<last>{NUMBER}))?"
                        rf"(?:\s?[x×]|(?<!\d{{4}})X)(?![\w])"
               r"(?!\s?\d)", _times, needs="x×X"),
    Recogniser("size", r"(?<![\w.,])\d+(?P<gap>\s?)(?P<mark>[x×])\s?\d+(?:\s?[x×]\s?\d+)*(?!\w)"
                       r"(?!\.\d)", _by,
               needs="x×"),
    Recogniser("range", rf"(?P<sign>(?<![\w)\]%°])[-−~])?(?<![\w.,/-])(?P<first>{NUMBER}){DASH}"
                        rf"(?P<last>{NUMBER})\s?(?P<scale>[kKMB]\b|(?:m|b|tr)illion\b)", _range,
               needs="-–—−"),
    Recogniser("number", rf"(?P<sign>(?<![\w)\]%°.])[-−+±]\s?)?(?<![\w.,])(?<!\d-)"
               rf"(?P<number>{NUMBER})\s?(?P<scale>[kKMBT]|bn|mn|tn)\b"
               r"(?!\.[A-Z])", _scaled, needs=DIGIT),
)  # fmt: skip
PLAIN = (
    Recogniser("range",
               rf"(?P<sign>(?<![\w)\]%°])[-−~])?(?<![\w.,/-])(?P<first>{NUMBER}){DASH}"
               rf"(?P<last>{NUMBER})"
               r"(?P<scale>[kKMB]\b)?(?![\w/])(?!-\d)(?![.,]\d)", _range, needs="-–—−"),
    Recogniser("ratio", r"(?<![\w.,:])(\d{1,4}(?:\.\d+)?):(\d{1,4}(?:\.\d+)?)(?![\w:])(?!\.\d)",
               lambda found: f"{number(found[1])} to {number(found[2])}", needs=":"),
    Recogniser("number", r"(?P<cue>\b(?:Room|room|Flight|flight|Route|route|Highway|highway"
                         r"|Interstate|Boeing"
               r"|Airbus|Xbox|Suite|suite|Apartment|apartment|Bus|bus|Peugeot|Gate|gate)\s)"
               r"(?P<number>\d{3,4})"
               r"(?!\w)(?![.,]\d)", lambda found: f"{found['cue']}{pairs(found['number'])}"
                                                  f"", needs=DIGIT),
    Recogniser("number", rf"(?<![\w.,])(?P<number>{NUMBER})\+(?![\w+]|\s?\d)", _many, needs="+"),
    Recogniser("number", rf"(?P<sign>(?<![\w)\]%°.])[-−+±])?(?<![\w.])(?P<number>{NUMBER})(?!\w)",
               _plain, needs=DIGIT),
)  # fmt: skip
