"""Roman numerals: "World War II", "Henry VIII", "Chapter IV", "the XIX century".

Only beside a word that calls for one; "I", "MIX" and "CD" are words or letters anywhere else. Pure;
any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.numbers import cardinal, ordinal
from assistant.language.en.say.spans import Recogniser

_LETTERS = frozenset("LC")
"""Alone they are letters ("Type C"), but for what has so many."""
_LONG_ROWS = frozenset(("Super Bowl", "Psalm", "Canto", "Sonnet", "Chapter"))
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN = (
    r"(?P<roman>(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?!\w)(?!['’]"
    r"(?!s\b)\w)"
)
_THINGS = (
    "Chapter|Part|Book|Volume|Vol\\.|Act|Scene|Section|Appendix|Phase|Type|Level|Stage|Class|Title"
    "|Article|Table|Figure|Fig\\.|Episode|World War|Super Bowl|WrestleMania|Final "
    "Fantasy|Rocky|Apollo"
    "|Saturn|Mark|Grade|Unit|Lesson|Canto|Psalm|Symphony|Sonata|Opus|Rule|Category|Schedule"
    "|Division"
    "|Group|Tier|Factor|Page|Step|Round|Gemini|Godfather|Iron Man|Star Wars|Street "
    "Fighter|Civilization"
    "|Diablo|Dragon Quest|Age of Empires|Red Dead Redemption|Grand Theft "
    "Auto|Quake|Doom|Mortal Kombat"
    "|Amendment|Annex|Exhibit|Proposition|Highway|Route|Area|Camp|Corps"
)
_NAMES = (
    "Henry|Louis|Charles|Elizabeth|George|Edward|William|James|Richard|Mary|Philip|Philippe"
    "|Napoleon"
    "|Catherine|Peter|Ivan|Nicholas|Alexander|Alexandre|Frederick|Friedrich|Wilhelm|Willem|Leopold"
    "|Ferdinand|Francis|François|Franz|Gustav|Gustavus|Christian|Harald|Harold|Haakon|Olaf|Olav"
    "|Carl"
    "|Karl|Carlos|Otto|Leo|Pius|Benedict|Gregory|Clement|Innocent|Urban|Boniface|Celestine|Sixtus"
    "|Julius|Adrian|Hadrian|Paul|John|Ramses|Ramesses|Rameses|Thutmose|Amenhotep|Seti|Cleopatra"
    "|Ptolemy|Xerxes|Darius|Cyrus|Mehmed|Murad|Selim|Suleiman|Mahmud|Ahmed|Emmanuel|Alfonso|Sancho"
    "|Robert|David|Malcolm|Kenneth|Margaret|Margrethe|Matilda|Anne|Felipe|Albert|Rainier|Baldwin"
    "|Conrad|Konrad|Theodore|Theodosius|Constantine|Justinian|Umberto|Joseph|Maximilian|Rudolf"
    "|Sigismund|Stephen|Bela|Ladislaus|Casimir|Boris|Simeon|Hamid|Tiberius|Valentinian|Michael"
    "|Manuel"
    "|Alexios|Basil|Leonid|Pedro|Isabella|Juan|Eric|Erik|Valdemar|Abdullah|Hussein|Mohammed|Faisal"
    "|Hassan|Artaxerxes|Antiochus|Seleucus|Mithridates|Nebuchadnezzar|Edmund|Victoria|Beatrix"
    "|Wenceslaus"
    "|Bonaparte|Nicolas|Pope \\w+|King \\w+|Queen \\w+|Emperor \\w+|Tsar \\w+|Sultan "
    "\\w+|Kaiser \\w+"
)
_GIVEN = (
    "James|John|Robert|Michael|William|David|Richard|Joseph|Thomas|Charles|Christopher|Daniel"
    "|Matthew"
    "|Anthony|Mark|Donald|Steven|Paul|Andrew|Joshua|Kenneth|Kevin|Brian|George|Timothy|Ronald"
    "|Edward"
    "|Jason|Jeffrey|Ryan|Jacob|Gary|Nicholas|Eric|Jonathan|Stephen|Larry|Justin|Scott|Brandon"
    "|Benjamin|Samuel|Gregory|Frank|Alexander|Raymond|Patrick|Jack|Dennis|Henry|Walter|Peter|Harold"
    "|Douglas|Carl|Arthur|Albert|Thurston|Cornelius|Theodore|Martin|Robin|Ken|Hank|Davis"
)
_AFTER_ONE = (
    r"(?=$|[\s]*[.,;:!?)\"”’]|\s(?:of|was|ruled|reigned|died|became|and|had|to|in|the|by|for|is"
    r"|from|with)\b)"
)


def roman_value(text: str) -> int:
    """The value of a well-formed Roman numeral: "XIV" is 14."""
    total = 0
    for one, after in zip(text, [*text[1:], ""], strict=True):
        value = _VALUES[one]
        total += -value if after and _VALUES[after] > value else value
    return total


def _title(words: str) -> str:
    return "-".join(part.capitalize() for part in words.split("-"))


def _thing(found: re.Match[str]) -> str | None:
    if not found["roman"] or (found["roman"] in _LETTERS and found["name"] not in _LONG_ROWS):
        return None
    return f"{found['name']} {_title(cardinal(roman_value(found['roman'])))}"


def _two(found: re.Match[str]) -> str | None:
    if not found["roman"]:
        return None
    link = found["link"].strip()
    first, second = (_title(cardinal(roman_value(found[name]))) for name in ("first", "roman"))
    return f"{found['name']} {first} {'to' if link in '-–' else link} {second}"


def _ruler(found: re.Match[str]) -> str | None:
    if not found["roman"]:
        return None
    return f"{found['name']} the {_title(ordinal(roman_value(found['roman'])))}"


def _heir(found: re.Match[str]) -> str | None:
    return f"{found['name']} the {_title(ordinal(roman_value(found['roman'])))}"


def _century(found: re.Match[str]) -> str | None:
    return ordinal(roman_value(found["roman"])) if found["roman"] else None


ROMAN = (
    Recogniser("roman", rf"\b(?P<name>{_THINGS})\s{_ROMAN}", _thing, needs="IVXLC"),
    Recogniser("roman", rf"\b(?P<name>{_THINGS.replace('|', 's|')}s)\s(?P<first>[IVX]+)"
                        rf"(?P<link>\s(?:and|to)\s|-|–)"
               rf"{_ROMAN}", _two, needs="IVXLC"),
    Recogniser("roman", rf"\b(?P<name>{_NAMES})\s(?!I(?!\w))(?<!Malcolm\s(?=X\b))"
                        rf"{_ROMAN}", _ruler, needs="IVXLC"),
    Recogniser("roman", rf"\b(?P<name>{_NAMES})\s(?P<roman>I)(?!\w)(?!['’](?!s\b)\w){_AFTER_ONE}",
               _ruler,
               needs="I"),
    Recogniser("roman", rf"\b(?P<name>(?:{_GIVEN})\s(?:[A-Z]\.\s)?[A-Z][a-z]+),?\s(?P<roman>III"
                        rf"|II|IV)(?!\w)",
               _heir, needs="I"),
    Recogniser("roman", rf"\b{_ROMAN}(?=(?:th|st|nd|rd)?\s(?:century|centuries|Olympi|Corps"
                        rf"|Army|Legion))",
               _century, needs="IVXLC"),
    Recogniser("roman", r"(?<=[a-z]\s)(?P<roman>VIII|VII|XIII|XIV|XVIII|XVII|XVI|XII|XIX|III"
                        r"|II)(?!\w)"
               r"(?!['’.-]\w)", lambda found: _title(cardinal(roman_value(found["roman"]))),
               needs="IVX"),
)  # fmt: skip
