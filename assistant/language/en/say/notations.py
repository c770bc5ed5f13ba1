"""Small notations with a reading of their own: "GMT-5", "40°26′N", "4:33.12", "f(x)", "Psalm 23:4",
"401(k)", "#FF5733", "--verbose", "f/1.8", "page xii", "mc²".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal, digits, year
from assistant.language.en.say.parts import number, pairs
from assistant.language.en.say.roman import roman_value
from assistant.language.en.say.spans import DIGIT, Recogniser

_SIDES = {"N": "north", "S": "south", "E": "east", "W": "west"}
_FUNCTIONS = {
    "sin": "sine", "cos": "cosine", "tan": "tangent", "log": "log", "ln": "natural log",
    "exp": "exponential", "sqrt": "the square root",
}  # fmt: skip
_PEOPLE = "John|Mark|Luke|Matthew|James|Peter|Daniel|Joshua|Timothy|Titus|Jude|Ruth|Job|Samuel"
_BOOKS = (
    "Genesis|Exodus|Leviticus|Deuteronomy|Judges|Kings|Chronicles|Psalms?|Proverbs|Ecclesiastes"
    "|Isaiah|Jeremiah|Ezekiel|Hosea|Acts|Romans|Corinthians|Galatians|Ephesians|Philippians"
    "|Colossians|Thessalonians|Hebrews|Revelation|Quran|Surah"
)
_LOWER = r"(?P<roman>(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3}))"
_REACH = 120
"""So many characters around a number are looked at."""
_EMERGENCY = re.compile(r"emergenc|ambulance|police|fire (?:brigade|department)", re.IGNORECASE)
_ELECTRIC = re.compile(
    r"\d\s?(?:V|W|mA|kW)\b|\b(?:volts?|watts?|current|fuses?|circuit|charger|amps?)\b"
)


def _zone(found: re.Match[str]) -> str:
    sign = "plus" if "+" in found["sign"] else "minus"
    minutes = int(found["minutes"] or 0)
    return f"{found['zone']} {sign} {cardinal(int(found['hours']))}" + (
        f" {cardinal(minutes)}" if minutes else ""
    )


def _angle(found: re.Match[str]) -> str:
    """ "40°26′46″N"."""
    made = []
    for name in ("degree", "minute", "second"):
        if found[name]:
            made.append(f"{number(found[name])} {name}{'' if found[name] == '1' else 's'}")
    return " ".join([*made, _SIDES.get(found["side"] or "", "")]).rstrip()


def _lap(found: re.Match[str]) -> str:
    """ "4:33.12", "1:02:03.5": a time that was stopped."""
    made = []
    for text, name in ((found["hours"], "hour"), (found["minutes"], "minute")):
        if text and int(text):
            made.append(f"{cardinal(int(text))} {name}{'' if int(text) == 1 else 's'}")
    whole, _, rest = found["seconds"].partition(".")
    return " ".join([*made, cardinal(int(whole)), "point", digits(rest), "seconds"])


def signs(text: str) -> str:
    """Letters and digits one by one: "F5" is "F five"."""
    return " ".join(digits(c) if c.isdecimal() else c.upper() for c in text)


def _network(found: re.Match[str]) -> str:
    """ "00:1A:2B:3C:4D:5E", "fe80::1"."""
    if not any(map(str.isdecimal, found[0])):
        return found[0]
    parts = found[0].split("/")[0].split(":")
    said = ", ".join(signs(one) for one in parts if one)
    return said + (f", slash {number(found[0].split('/')[1])}" if "/" in found[0] else "")


def _verse(found: re.Match[str]) -> str | None:
    book, verse = found["book"], found["verse"]
    is_clock = re.search(rf"(?:{_PEOPLE})$", book) and len(verse) == 2 and int(verse) < 60
    if is_clock and not found["last"]:
        return None
    last = f" to {number(found['last'])}" if found["last"] else ""
    return f"{book} {number(found['chapter'])} {number(verse)}{last}"


def _function(found: re.Match[str]) -> str:
    name = found["name"]
    primes = {1: " prime", 2: " double prime"}.get(len(found["prime"]), "")
    return f"{_FUNCTIONS.get(name, name)}{primes} of "


def _letters(found: re.Match[str]) -> str:
    return " ".join(found[0])


def _lower_roman(found: re.Match[str]) -> str | None:
    roman = found["roman"]
    return cardinal(roman_value(roman.upper())) if len(roman) > 1 else None


def _many(words: str) -> str:
    """ "sixteens", "twenties", "sixes"."""
    if words.endswith("y"):
        return f"{words[:-1]}ies"
    return f"{words}{'es' if words.endswith('x') else 's'}"


def _is_near(cue: re.Pattern[str], found: re.Match[str]) -> bool:
    return (
        cue.search(found.string, max(0, found.start() - _REACH), found.end() + _REACH) is not None
    )


def _emergency(found: re.Match[str]) -> str | None:
    return digits(found[0]) if _is_near(_EMERGENCY, found) else None


def _amps(found: re.Match[str]) -> str | None:
    if not _is_near(_ELECTRIC, found):
        return None
    return f"{number(found['number'])} amp{'' if found['number'] == '1' else 's'}"


def _paragraph(found: re.Match[str]) -> str:
    """ "401(k)", "501(c)(3)"."""
    more = f" {cardinal(int(found[3]))}" if found[3] else ""
    return f"{pairs(found[1])} {found[2].upper()}{more}"


NOTATIONS = (
    Recogniser("zone", r"\b(?P<zone>UTC|GMT)(?P<sign>\s?[-−+](?=\d)|–|\s\+\s)(?P<hours>1[0-4]|0?\d)"
                       r"(?::?(?P<minutes>[0-5]\d))?(?![\w:])(?!\s?[AaPp]\.?[Mm])", _zone,
               needs=DIGIT),
    Recogniser("angle", r"(?<![\w.,])(?P<degree>\d{1,3})°\s?(?P<minute>\d{1,2})[′'’]\s?"
                        r"(?:(?P<second>\d{1,2}(?:\.\d+)?)(?:[″\"”]|'')\s?)?(?P<side>[NSEW]\b)?",
               _angle, needs="°"),
    Recogniser("time", r"(?<![\w.:,])(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,2}):"
                       r"(?P<seconds>[0-5]\d\.\d{1,3})(?![\w:]|\.\d)", _lap, needs=":"),
    Recogniser("address", r"(?<![\w:.])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:])", _network,
               needs=":"),
    Recogniser("address", r"(?<![\w:.])(?=[0-9A-Fa-f:]{0,39}::|(?:[0-9A-Fa-f]{1,4}:){7})"
                          r"(?=[A-Fa-f:]{0,39}\d)(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}"
                          r"(?:/\d{1,3})?(?![\w:])", _network, needs=":"),
    Recogniser("color", r"(?<!\w)#(?=\d*[A-Fa-f])(?=[A-Fa-f]*\d)([0-9A-Fa-f]{6})(?!\w)",
               lambda found: f"hash {signs(found[1])}", needs="#"),
    Recogniser("name", r"(?<![\w.])([3-5]\d\d)\(([a-z])\)(?:\((\d)\))?(?!\w)", _paragraph,
               needs="("),
    Recogniser("name", r"\b(?P<name>Boeing )?(?P<type>7[0-8]7)-(?P<size>[7-9]00|[89]|10|[23]00)\b",
               lambda found: f"{found['name'] or ''}{pairs(found['type'])} "
                             f"{number(found['size'])}", needs="7"),
    Recogniser("verse", rf"\b(?P<book>{_BOOKS}|{_PEOPLE})\s(?P<chapter>\d{{1,3}}):"
                        r"(?P<verse>\d{1,3})(?:[-–](?P<last>\d{1,3}))?(?![\w:])"
                        r"(?!\s?[AaPp]\.?[Mm])", _verse, needs=":"),
    Recogniser("camera", r"(?<![\w.])f(?:/(\d{1,2}(?:\.\d)?)|(\d{1,2}\.\d))(?![\w/])",
               lambda found: f"f {number(found[1] or found[2])}", needs="f"),
    Recogniser("option", r"(?<!\S)--(?=[A-Za-z]{2})", lambda found: "dash dash ", needs="-"),
    Recogniser("option", r"(?<!\S)-(?=[a-mo-wA-Z](?:[\s,.;]|$))(?!\w\s[-+*/=])",
               lambda found: "dash ", needs="-"),
    Recogniser("slash", r"(?<![\w/])[aA]/[bB](?=[\s-]test)", lambda found: "A B", needs="/"),
    Recogniser("star", r"(?<=\bSELECT )\*|(?<=\()\*(?=\))", lambda found: "star", needs="*"),
    Recogniser("given", r"(?<=P\(\w)\s?\|\s?(?=\w\))", lambda found: " given ", needs="|"),
    Recogniser("function", r"(?<![\w.'’])(?P<name>[fghFGP](?!.(?<=\()[a-z]{3})|sin|cos|tan|log|ln"
                           r"|exp|sqrt)(?P<prime>['′’]{0,2})\((?=[^()\s][^()]{0,24}\))",
               _function, needs="("),
    Recogniser("function", r"\blog(?:_?(\d{1,2})|([₀-₉]{1,2}))\s?(?:\(|(?=\d|[a-z]\b))",
               lambda found: f"log base {_base(found)} of ", needs="l"),
    Recogniser("power", r"(?<![\w'’])(?!(?:[kcmdhn]m|mi|ft|in|yd)[²³^])[a-z]{2}(?=[²³]|\^[23]\b)",
               _letters, needs="²³^"),
    Recogniser("letters", r"(?<=[=+*/−-]\s)(?!pi\b|is\b)[a-z]{2}(?=\s?[+*=−-]\s?\w)", _letters,
               needs="="),
    Recogniser("many", r"(?<![\w.,$])(1,?000|100|10)s(?=\sof\b)",
               lambda found: {"100": "hundreds", "10": "tens"}.get(found[1], "thousands"),
               needs="1"),
    Recogniser("year", r"\b([QH])([1-4])['’](\d\d)\b",
               lambda found: f"{found[1]} {cardinal(int(found[2]))} {year(2000 + int(found[3]))}",
               needs="QH"),
    Recogniser("code", r"\b([A-Z]{1,3})-(\d+)((?:-\d+)+)(?!\w)",
               lambda found: ", ".join([f"{' '.join(found[1])} {digits(found[2])}",
                                        *map(digits, found[3].split("-")[1:])]), needs="-"),
    Recogniser("type", r"\b(7[0-8]7)(?=\s(?:MAX|Max|Dreamliner)\b)",
               lambda found: pairs(found[1]), needs="7"),
    Recogniser("type", r"\b(7[0-8]7)s\b", lambda found: f"{pairs(found[1])}s", needs="7"),
    Recogniser("type", r"\b([A-Z]{1,4})-(\d{1,3})s\b",
               lambda found: f"{' '.join(found[1])} {_many(pairs(found[2]))}", needs="-"),
    Recogniser("type", r"(?<=[a-z]-)(\d{1,3})s\b", lambda found: _many(number(found[1])),
               needs="-"),
    Recogniser("range", r"#(\d+)\s?[-–]\s?#?(\d+)(?!\w)",
               lambda found: f"number {number(found[1])} to {number(found[2])}", needs="#"),
    Recogniser("roman", r"(?<=\b(?i:page|part|item|note)\s)" + _LOWER + r"(?![\w'’])", _lower_roman,
               needs="iv"),
    Recogniser("roman", r"(?<=\b(?i:chapter|section)\s)" + _LOWER + r"(?![\w'’])", _lower_roman,
               needs="iv"),
    Recogniser("roman", r"(?<=\b(?i:scene|table)\s)" + _LOWER + r"(?![\w'’])", _lower_roman,
               needs="iv"),
    Recogniser("roman", r"(?<![\w.'’])" + _LOWER + r"(?=\))", _lower_roman, needs=")"),
    Recogniser("roman", r"\bWW\s?(III|II|I|[123])(?![\w'’])",
               lambda found: "World War " + ("One", "Two", "Three")[
                   int(found[1]) - 1 if found[1].isdecimal() else len(found[1]) - 1],
               needs="W"),
    Recogniser("phone", r"(?<![\w.,$€£+/:-])(?:112|999|000|111|110|118|119)(?![\w%/:-])(?![.,]\d)"
                        r"(?!\s(?:people|men|women|children|percent|million|[a-z]{3,}s)\b)",
               _emergency, needs="19"),
    Recogniser("measure", r"(?<![\w.,$€£-])(?P<number>\d{1,3}(?:\.\d+)?)\s?A(?=[,.;)]|$"
                          r"|\s(?:fuse|current|circuit|breaker|charger)\b)", _amps, needs="A"),
)  # fmt: skip


def _base(found: re.Match[str]) -> str:
    """The base of a logarithm, in figures of any height."""
    low = found[2] or ""
    return number(found[1] or "".join(str(ord(c) - ord("₀")) for c in low))
