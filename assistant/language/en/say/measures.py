"""Numbers with a unit: "5 km", "60 mph", "-5 °C", "5-10%", "6'2\"", "2h 30m".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.say.parts import DASH, NUMBER, SCALES, number, signed
from assistant.language.en.say.spans import DIGIT, Recogniser

_UNITS = {
    "km": "kilometer", "hm": "hectometer", "cm": "centimeter", "mm": "millimeter", "m": "meter",
    "µm": "micrometer", "μm": "micrometer", "nm": "nanometer", "mi": "mile", "mi.": "mile",
    "ft": "foot", "ft.": "foot", "yd": "yard", "yds": "yard", "in.": "inch", "mcg": "microgram",
    "µg": "microgram", "μg": "microgram", "kg": "kilogram", "kgs": "kilogram", "mg": "milligram",
    "g": "gram", "t": "ton", "lb": "pound", "lbs": "pound", "lb.": "pound", "lbs.": "pound",
    "oz": "ounce", "oz.": "ounce", "fl oz": "fluid ounce", "fl. oz.": "fluid ounce",
    "ml": "milliliter", "mL": "milliliter", "cl": "centiliter", "dl": "deciliter",
    "dL": "deciliter", "l": "liter", "L": "liter", "gal": "gallon", "gal.": "gallon",
    "qt": "quart", "pt": "pint", "tsp": "teaspoon", "tsp.": "teaspoon", "tbsp": "tablespoon",
    "tbsp.": "tablespoon", "Tbsp": "tablespoon", "kB": "kilobyte", "KB": "kilobyte",
    "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte", "KiB": "kibibyte",
    "MiB": "mebibyte", "GiB": "gibibyte", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz",
    "GHz": "gigahertz", "ns": "nanosecond", "µs": "microsecond", "μs": "microsecond",
    "ms": "millisecond", "s": "second", "sec": "second", "sec.": "second", "secs": "second",
    "min": "minute", "min.": "minute", "mins": "minute", "h": "hour", "hr": "hour",
    "hr.": "hour", "hrs": "hour", "hrs.": "hour", "yr": "year", "yrs": "year", "yr.": "year",
    "yrs.": "year", "mins.": "minute", "secs.": "second", "wk.": "week", "wks.": "week",
    "mo.": "month", "mos.": "month", "qt.": "quart", "pt.": "pint", "yd.": "yard",
    "wk": "week",
    "wks": "week", "mo": "month", "mos": "month", "W": "watt", "kW": "kilowatt",
    "MW": "megawatt", "GW": "gigawatt", "kWh": "kilowatt hour", "MWh": "megawatt hour",
    "Wh": "watt hour", "mAh": "milliamp hour", "Ah": "amp hour", "V": "volt", "kV": "kilovolt",
    "mV": "millivolt", "mA": "milliamp", "Ω": "ohm", "kΩ": "kilohm", "dB": "decibel",
    "N": "newton", "J": "joule", "kJ": "kilojoule", "cal": "calorie", "kcal": "kilocalorie",
    "Pa": "pascal", "kPa": "kilopascal", "hPa": "hectopascal",
    "Nm": "newton meter", "N·m": "newton meter", "N⋅m": "newton meter", "px": "pixel",
    "°C": "degree Celsius",
    "° C": "degree Celsius", "℃": "degree Celsius", "°F": "degree Fahrenheit",
    "° F": "degree Fahrenheit", "℉": "degree Fahrenheit", "ºC": "degree Celsius",
    "ºF": "degree Fahrenheit", "°K": "kelvin", "°N": "degree north", "°S": "degree south",
    "°E": "degree east", "°W": "degree west", "° N": "degree north", "° S": "degree south",
    "° E": "degree east", "° W": "degree west", "º": "degree", "°": "degree",
    "km²": "square kilometer", "m²": "square meter", "cm²": "square centimeter",
    "mm²": "square millimeter", "mi²": "square mile", "ft²": "square foot", "in²": "square inch",
    "sq ft": "square foot", "sq. ft.": "square foot", "sqft": "square foot", "sq m": "square meter",
    "sq mi": "square mile", "sq km": "square kilometer", "km2": "square kilometer",
    "m2": "square meter", "m³": "cubic meter", "m3": "cubic meter", "cm³": "cubic centimeter",
    "ft³": "cubic foot", "ha": "hectare", "ac": "acre", "kn": "knot", "kt": "knot", "kts": "knot",
    "mol": "mole", "rad": "radian", "lm": "lumen", "lx": "lux", "ct": "carat", "bit": "bit",
}  # fmt: skip
_PHRASES = {
    "%": ("percent", "percent"), "‰": ("per thousand", "per thousand"),
    "mph": ("mile per hour", "miles per hour"), "MPH": ("mile per hour", "miles per hour"),
    "kmh": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "mpg": ("mile per gallon", "miles per gallon"), "MPG": ("mile per gallon", "miles per gallon"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "RPM": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"), "BPM": ("beat per minute", "beats per minute"),
    "fps": ("frame per second", "frames per second"), "FPS": ("frame per second", "frames per "
        "second"),
    "ppm": ("part per million", "parts per million"),
    "deg": ("degree", "degrees"), "deg.": ("degree", "degrees"),
    "psi": ("P S I", "P S I"),
    "mmHg": ("millimeter of mercury", "millimeters of mercury"),
    "bps": ("bit per second", "bits per second"), "kbps": ("kilobit per second", "kilobits per "
        "second"),
    "Kbps": ("kilobit per second", "kilobits per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "Mbit/s": ("megabit per second", "megabits per second"),
    "Mb/s": ("megabit per second", "megabits per second"),
    "Gb/s": ("gigabit per second", "gigabits per second"),
    "dpi": ("dot per inch", "dots per inch"), "DPI": ("dot per inch", "dots per inch"),
}  # fmt: skip
_PER = {"s²": "second squared", "100g": "one hundred grams"}
_IRREGULAR = {"foot": "feet", "inch": "inches", "hertz": "hertz", "kilohertz": "kilohertz",
              "megahertz": "megahertz", "gigahertz": "gigahertz", "kelvin": "kelvin",
              "lux": "lux"}  # fmt: skip
_NAMES = "|".join(sorted(map(re.escape, [*_UNITS, *_PHRASES]), key=len, reverse=True))
_PER_NAMES = "|".join(
    sorted(map(re.escape, ("h hr hour s s² sec second min minute day week month year kg g mg "
                           "lb L l cm³ cm² km² ft² in² "
                           "dL dl ml mL mol km mi mile m m² m³ person capita serving 100g °C "
                           "K").split()),
           key=len, reverse=True)
)  # fmt: skip
_UNIT = rf"(?P<unit>{_NAMES})(?:\s?/\s?(?P<per>{_PER_NAMES}))?(?![\w²³⁻])"
_SIGN = r"(?P<sign>(?<![\w)\]%°.])[-−+±~≈<>≤≥]\s?)?"
_SIGNS = {"~": "about ", "≈": "about ", "<": "less than ", ">": "more than ", "≤": "at most ",
          "≥": "at least "}  # fmt: skip
_OPEN = r"(?<![\w.,^])(?<!\d[/:])"
_FEET = (
    r"(?<![\w.])(?P<feet>\d{1,2})\s?(?:'|’|′|ft\.?\s)\s?(?P<inches>\d{1,2})\s?(?:\"|”|″|''"
    r"|in\b\.?)?"
)


def _plural(name: str) -> str:
    head, _, tail = name.partition(" ")
    if head in ("square", "cubic", "fluid"):
        return f"{head} {_plural(tail)}"
    if tail in ("hour", "meter"):
        return f"{head} {tail}s"
    many = _IRREGULAR.get(head, f"{head}s")
    return f"{many} {tail}".rstrip()


def unit_name(unit: str, *, is_one: bool) -> str:
    """The words of a unit by its sign: "km" is "kilometers"."""
    if unit in _PHRASES:
        return _PHRASES[unit][0 if is_one else 1]
    name = _UNITS[unit]
    return name if is_one else _plural(name)


def _per(found: re.Match[str]) -> str:
    per = found["per"]
    if not per:
        return ""
    return f" per {_PER.get(per) or _UNITS.get(per, per)}"


def _sign(text: str | None) -> str:
    mark = (text or "").strip()
    return _SIGNS.get(mark) or signed(mark, "")


def _is_kind(found: re.Match[str], unit: str) -> bool:
    """True for "a 5-km run": the unit stands with a hyphen and tells a kind."""
    return found["hyphen"] == "-" and unit not in ("%",)


def _is_of_a_thing(found: re.Match[str]) -> bool:
    """True for "a 100 km drive": an article that no plural follows, and a thing."""
    text = found.string
    before = text[max(0, found.start() - 4) : found.start()]
    return (
        re.search(r"\b[Aa]n?\s$", before) is not None
        and re.match(
            r"\s(?!of\b|or\b|and\b|is\b|in\b)[a-z]{3}", text[found.end() : found.end() + 5]
        )
        is not None
    )


def _measure(found: re.Match[str]) -> str | None:
    unit, text, scale = found["unit"], found["number"], found["scale"]
    if unit.isalpha() and unit[0].isalpha() and not _is_wanted(found, unit):
        return None
    one = text == "1" or _is_kind(found, unit) or _is_of_a_thing(found)
    said = number(text) + (f" {SCALES[scale]}" if scale else "")
    stop = "." if unit.endswith(".") and _ends(found) else ""
    return f"{_sign(found['sign'])}{said} {unit_name(unit, is_one=one)}{_per(found)}{stop}"


def _is_wanted(found: re.Match[str], unit: str) -> bool:
    """False where a letter behind a number is hardly a unit: "the 4 t", "5 s" of a plural."""
    glued = found.end("number") == found.start("unit")
    if unit == "ac" and glued:
        return False  # "4ac", "802.11ac"
    if unit in ("t", "N", "J", "V", "W", "s", "h", "g", "m", "l", "L") and not glued:
        return found.string[found.end() : found.end() + 1] not in ("'", "’")
    return True


def _ends(found: re.Match[str]) -> bool:
    """True when the dot of an abbreviation ends the sentence, too."""
    rest = found.string[found.end() :].lstrip("\"'”’)* ")
    return not rest or rest[0].isupper()


def _range(found: re.Match[str]) -> str | None:
    unit = found["unit"]
    if unit == "ac" and found.end("last") == found.start("unit"):
        return None
    stop = "." if unit.endswith(".") and _ends(found) else ""
    return (
        f"{_sign(found['sign'])}{number(found['number'])} to {number(found['last'])} "
        f"{unit_name(unit, is_one=False)}{_per(found)}{stop}"
    )


def _feet(found: re.Match[str]) -> str | None:
    feet, inches = int(found["feet"]), int(found["inches"])
    if inches > 11:
        return None
    said = f"{number(str(feet))} {'foot' if feet == 1 else 'feet'}"
    return f"{said} {number(str(inches))} {'inch' if inches == 1 else 'inches'}" if inches else said


def _is_in_quotes(text: str, end: int) -> bool:
    """Whether a quotation is open at `end`; the sign of inches stands behind a digit."""
    is_open = False
    for found in re.finditer('"', text[:end]):
        if is_open or not text[found.start() - 1 : found.start()].isdecimal():
            is_open = not is_open
    return is_open


def _inches(found: re.Match[str]) -> str | None:
    if _is_in_quotes(found.string, found.start()):
        return None  # it closes a quotation
    words = number(found["number"])
    follows = re.match(r"\s[A-Za-z]", found.string[found.end() : found.end() + 2])
    return f"{words} {'inch' if found['number'] == '1' or follows else 'inches'}"


def _lasting(found: re.Match[str]) -> str:
    """ "2h 30m" and "1m30s"."""
    hours, minutes, seconds = found["hours"], found["minutes"], found["seconds"]
    parts = []
    for text, name in ((hours, "hour"), (minutes, "minute"), (seconds, "second")):
        if text:
            parts.append(f"{number(str(int(text)))} {name}{'' if int(text) == 1 else 's'}")
    return " ".join(parts)


def _few(found: re.Match[str]) -> str:
    """ "ten min." and "a few min."."""
    one = found["number"] == "one"
    stop = "." if found["dot"] and _ends(found) else ""
    return f"{found['number']} {unit_name(found['unit'], is_one=one)}{stop}"


def _minutes(found: re.Match[str]) -> str:
    return "minutes" + ("." if found[0].endswith(".") and _ends(found) else "")


def _sides(found: re.Match[str]) -> str:
    """ "5 x 10 x 3 cm" is "five by ten by three centimeters"."""
    sides = " by ".join(map(number, re.split(r"\s?[x×]\s?", found["sides"])))
    stop = "." if found["unit"].endswith(".") and _ends(found) else ""
    return f"{sides} {unit_name(found['unit'], is_one=False)}{stop}"


MEASURES = (
    Recogniser(
        "time",
        r"\b(?P<number>few|several|couple|one|two|three|four|five|six|seven|eight|nine|ten|twelve"
        r"|fifteen|twenty|thirty|forty|forty-five|fifty|sixty|ninety)"
        r"\s(?P<unit>min|mins|sec|secs|hr|hrs|yr|yrs)\b(?P<dot>\.)?",
        _few,
        needs="ms hy",
    ),
    Recogniser("time", r"(?<=\d:\d\d\s)min\b\.?", _minutes, needs=":"),
    Recogniser(
        "length",
        rf"{_OPEN}(?P<sides>{NUMBER}(?:\s?[x×]\s?{NUMBER}){{1,4}})\s?"
        rf"(?P<unit>km|cm|mm|m|ft|ft\.|in\.|yd|px)(?![\w²³⁻])",
        _sides,
        needs="x×",
    ),
    Recogniser(
        "time",
        r"(?<![\w.:])(?P<hours>\d{1,3})\s?h(?:rs?)?\s?(?P<minutes>[0-5]?\d)\s?(?:m|min|mins)?"
        r"(?:\s?(?P<seconds>[0-5]?\d)\s?s(?:ec)?)?\b(?![.,]\d)",
        _lasting,
        needs="h",
    ),
    Recogniser(
        "time",
        r"(?<![\w.:])(?P<hours>(?!))?(?P<minutes>\d{1,3})\s?m(?:in)?\s?(?P<seconds>[0-5]?\d)\s?"
        r"s(?:ec)?\b",
        _lasting,
        needs="m",
    ),
    Recogniser("length", _FEET + r"(?!\w)", _feet, needs="'’′f"),
    Recogniser("length", rf"(?<![\w.,])({NUMBER})[\"″”]?\s?[x×]\s?({NUMBER})[\"″”](?!\w)",
               lambda found: f"{number(found[1])} by {number(found[2])} inches", needs='"″”'),
    Recogniser(
        "measure",
        rf"{_SIGN}{_OPEN}(?P<number>{NUMBER})\s?(?P<same>(?:{_NAMES})(?:/(?:{_PER_NAMES}))?){DASH}"
        rf"(?P<last>{NUMBER})\s?(?=(?P=same)){_UNIT}",
        _range,
        needs=DIGIT,
    ),
    Recogniser("measure", r"(?<![\w/])(?:km/h|m/s|kmh|mph|Mbps|Gbps|mmHg)(?![\w/])",
               lambda found: _PHRASES.get(found[0], ("", "meters per second"))[1]),
    Recogniser("length", rf"{_OPEN}(?P<number>{NUMBER})(?:-?in\b\.?(?=\s[a-z])"
                         r"|\sin(?=\s(?:tall|long|wide|deep|thick|high|by)\b)|\s?[″]|\")",
               _inches, needs='"″i'),
    Recogniser(
        "measure",
        rf"{_SIGN}{_OPEN}(?P<number>{NUMBER})(?:(?:\s?(?:%|°[CF]?))?{DASH}|\sto\s(?=\d))"
        rf"(?P<last>{NUMBER})"
        rf"\s?{_UNIT}",
        _range,
        needs=DIGIT,
    ),
    Recogniser(
        "measure",
        rf"{_SIGN}{_OPEN}(?P<number>{NUMBER})(?:\s(?P<scale>thousand|million|billion))?"
        rf"(?P<hyphen>-|\s?){_UNIT}",
        _measure,
        needs=DIGIT,
    ),
)  # fmt: skip
