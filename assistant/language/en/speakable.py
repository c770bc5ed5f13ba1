"""Makes a clause of written text speakable: no markup, no emoji, numbers and units as words.

Works on one clause at a time, as `clauses` cuts them. Knows no voice; it removes
what any English voice would spell out oddly. Pure; any thread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from assistant.language.en.numbers import cardinal, decimal, digits, ordinal, year

Step = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_NUMBER = r"\d+(?:\.\d+)?"
_UNITS = {
    "km/h": "kilometre per hour", "kmh": "kilometre per hour", "mph": "mile per hour",
    "m/s": "metre per second", "km": "kilometre", "cm": "centimetre", "mm": "millimetre",
    "m": "metre", "mi": "mile", "ft": "foot", "kg": "kilogram", "mg": "milligram", "g": "gram",
    "lb": "pound", "lbs": "pound", "oz": "ounce", "ml": "millilitre", "l": "litre", "L": "litre",
    "mL": "millilitre", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte",
    "TB": "terabyte", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
    "ms": "millisecond", "s": "second", "min": "minute", "mins": "minute", "h": "hour",
    "hr": "hour", "hrs": "hour", "W": "watt", "kW": "kilowatt", "kWh": "kilowatt hour",
    "V": "volt", "°C": "degree Celsius", "°F": "degree Fahrenheit", "°": "degree", "%": "percent",
    "km²": "square kilometre", "m²": "square metre", "m³": "cubic metre",
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny")}
_LETTERS = (
    (r"\be\.g\.,?", "for example"), (r"\bi\.e\.,?", "that is"), (r"\betc\.", "and so on"),
    (r"\bvs\.?(?=\s)", "versus"), (r"\bapprox\.", "about"), (r"\bw/o\b", "without"),
    (r"\bw/\s?(?=\w)", "with "), (r"\bDr\.(?=\s+[A-Z])", "Doctor"), (r"\bMr\.", "Mister"),
    (r"\bMrs\.", "Missus"), (r"\bMs\.", "Miz"), (r"\bProf\.", "Professor"),
    (r"\bSt\.(?=\s+[A-Z])", "Saint"), (r"\bNo\.\s?(?=\d)", "number "),
    (r"\ba\.k\.a\.", "also known as"),
    (r"\b[Aa]\.[Mm]\.(?=\s+[a-z]|,)", "AM"), (r"\b[Pp]\.[Mm]\.(?=\s+[a-z]|,)", "PM"),
    (r"\b[Aa]\.[Mm]\.", "AM."), (r"\b[Pp]\.[Mm]\.", "PM."),
)  # fmt: skip


def speakable(clause: str) -> str:
    """`clause` as it should be spoken; empty when nothing of it can be."""
    text = unicodedata.normalize("NFC", clause)
    for steps in (_MARKUP, _SIGNS, _NUMBERS, _SYMBOLS):
        for pattern, replacement in steps:
            text = pattern.sub(replacement, text)
    text = "".join(c for c in text if not _is_picture(c))
    text = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text).lstrip(" ,;:")
    text = re.sub(r"[,;:]+(?=[.!?])", "", text)
    return text if any(c.isalnum() for c in text) else ""


def spoken_form(text: str) -> str:
    """`text` as it should be spoken where that differs from it, else empty (`Reply.spoken`)."""
    spoken = speakable(text)
    return "" if spoken == text else spoken


def _is_picture(char: str) -> bool:
    """Emoji, arrows, box drawing, joiners: what has no sound."""
    return unicodedata.category(char) in ("So", "Cs", "Co", "Cn", "Sk", "Cf") or char in "️⃣"


def _link(found: re.Match[str]) -> str:
    """A bare address as the name of its site: "https://www.example.org/a" is "example dot org"."""
    tail = "." if found[0].endswith(".") else ""
    host = re.sub(r"^www\.", "", found["host"].rstrip("."))
    return host.replace(".", " dot ") + tail


def _table_row(found: re.Match[str]) -> str:
    cells = [cell.strip() for cell in found[0].strip().strip("|").split("|")]
    return ", ".join(cell for cell in cells if cell) + "."


def _number(text: str) -> str:
    return decimal(text.replace(",", ""))


def _quantity(found: re.Match[str]) -> str:
    """A number with its unit: "3.5 km" is "three point five kilometres"."""
    number, name = found["number"].replace(",", ""), _UNITS[found["unit"]]
    if float(number) == 1:
        return f"{_number(number)} {name}"
    if name == "foot":
        return f"{_number(number)} feet"
    head, _, tail = name.partition(" ")
    if not head.endswith(("hertz", "percent")):
        head, tail = (
            (head, tail + "s")
            if tail == "hour" and head == "kilowatt"
            else ((head, tail + "s") if head in ("square", "cubic") else (head + "s", tail))
        )
    return f"{_number(number)} {head} {tail}".rstrip()


def _money(found: re.Match[str]) -> str:
    """ "$4.99" is "four dollars and ninety-nine cents"; "$5 million" is "five million dollars"."""
    one, hundredth = _MONEY[found["sign"]]
    number = found["number"].replace(",", "")
    if found["scale"]:
        return f"{_number(number)} {found['scale']} {one}s"
    whole, _, rest = number.partition(".")
    cents = int((rest + "0")[:2]) if rest else 0
    parts = []
    if int(whole) or not cents:
        parts.append(f"{cardinal(int(whole))} {one}{'' if int(whole) == 1 else 's'}")
    if cents:
        plural = "pence" if hundredth == "penny" else f"{hundredth}s"
        parts.append(f"{cardinal(cents)} {hundredth if cents == 1 else plural}")
    return " and ".join(parts)


def _clock(found: re.Match[str]) -> str:
    """ "10:30" is "ten thirty"; "22:05" is "twenty-two oh five"."""
    hour, minute = int(found["hour"]), int(found["minute"])
    half = f" {found['half'].upper()}" if found["half"] else ""
    if minute == 0:
        return f"{cardinal(hour)}{half or (' o’clock' if hour <= 12 else ' hundred hours')}"
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}{half}"


def _decade(found: re.Match[str]) -> str:
    words = year(int(found[1])) if len(found[1]) == 4 else cardinal(int(found[1]))
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _plain_number(found: re.Match[str]) -> str:
    """A number on its own; four digits without a comma are read as a year, long ones digit by
    digit when they begin with a zero."""
    text = found[0]
    bare = text.replace(",", "")
    if "," not in text and bare.isdigit():
        if len(bare) > 1 and bare.startswith("0"):
            return digits(bare)
        if len(bare) == 4 and 1100 <= int(bare) <= 2099:
            return year(int(bare))
    return _number(bare)


def _steps(*pairs: tuple[str, str | Callable[[re.Match[str]], str]], flags: int = 0) -> list[Step]:
    return [(re.compile(pattern, flags), replacement) for pattern, replacement in pairs]


_MARKUP = _steps(
    (r"```.*?(?:```|\Z)", " "),
    (r"^\s*\|?[\s:|-]*-{2,}[\s:|-]*$", ""),
    (r"^\s*\|.*\|\s*$", _table_row),
    (r"!\[([^\]]*)\]\([^)]*\)", r"\1"),
    (r"\[([^\]]+)\]\([^)]*\)", r"\1"),
    (r"<(https?://[^>]+)>", r"\1"),
    (r"</?[a-zA-Z][^>]*>", ""),
    (r"https?://(?P<host>[\w-]+(?:\.[\w-]+)+)(?:[/:?#]\S*)?", _link),
    (r"\b(?P<host>www\.[\w-]+(?:\.[\w-]+)+)(?:/\S*)?", _link),
    (r"\b([\w.+-]+)@([\w-]+)\.([\w.-]*\w)", r"\1 at \2 dot \3"),
    (r"^\s*(?:#{1,6}|>+)\s+", ""),
    (r"^\s*[-*+•‣·]\s+(?:\[[ xX]\]\s*)?", ""),
    (r"^\s*(\d{1,2})[.)]\s+(?=\S)", lambda found: f"{cardinal(int(found[1]))}: "),
    (r"`+([^`]*)`+|`+", lambda found: found[1] or ""),
    (r"(\*\*\*|\*\*|\*|___|__|~~)(?=\S)(.+?)(?<=\S)\1", r"\2"),
    (r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)", r"\1"),
    (r"\*{2,}|(?<!\w)\*(?=\w)|(?<=[\w.,!?])\*(?!\w)|_{2,}|~~", ""),
    (r"\[\^?\d+\]", ""),
    flags=re.MULTILINE | re.DOTALL & 0,
)
_MARKUP[0] = (re.compile(r"```.*?(?:```|\Z)", re.DOTALL), " ")
_SIGNS = _steps(
    *_LETTERS,
    (r"[“”„«»]", '"'),
    (r"[‘’]", "'"),
    (r"…|\.{3,}", "..."),
    (r"(?<=\d)\s*[–—-]\s*(?=\$?€?£?\d)(?!\d{1,2}-\d)", " to "),
    (r"\s+[–—]\s*|\s*[—]\s*|\s-{1,3}\s", ", "),
)
_NUMBERS = _steps(
    (r"(?<=[A-Za-z])(?=\d)", " "),
    (r"(?<![\w.])[-−](?=\d)", "minus "),
    (
        r"(?P<sign>[$€£])(?P<number>\d[\d,]*(?:\.\d+)?)(?:\s?(?P<scale>thousand|million|billion"
        r"|trillion)\b)?",
        _money,
    ),
    (r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?:\s?(?P<half>[AaPp][Mm])\b)?", _clock),
    (r"\b(\d{2}|\d{4})['’]?s\b", _decade),
    (r"\b(\d+)(?:st|nd|rd|th)\b", lambda found: ordinal(int(found[1]))),
    (rf"(?P<number>\b\d[\d,]*(?:\.\d+)?)\s?(?P<unit>{_UNIT})(?![\w²³/])", _quantity),
    (r"\b(\d+)/(\d+)/(\d+)\b", r"\1 \2 \3"),
    (r"\b1/2\b", "one half"),
    (r"\b1/4\b", "one quarter"),
    (r"\b3/4\b", "three quarters"),
    (r"(?<=\d)\s?[×x*]\s?(?=\d)", " times "),
    (r"(?<=\d)\s?/\s?(?=\d)", " over "),
    (r"(?<=\d)\s?\+\s?(?=\d)", " plus "),
    (r"\s?=\s?(?=[\d\w])", " equals "),
    (r"\d+(?:\.\d+){2,}", lambda found: " point ".join(map(_number, found[0].split(".")))),
    (r"(?<![\w])\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?", _plain_number),
)
_SYMBOLS = _steps(
    (r"\s?&\s?", " and "),
    (r"(?<=\w)\s?%", " percent"),
    (r"°", " degrees"),
    (r"#(?=\w)", "number "),
    (r"\s?@\s?(?=\w)", " at "),
    (r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
    (r"(?<=[a-z])_(?=[a-z])", " "),
    (r"[\\|^<>{}\[\]~*_`#]", " "),
    (r"[()]", ", "),
)
