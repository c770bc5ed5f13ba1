"""Abbreviations: "e.g.", "Mrs.", "No. 7", "pp. 3-5", "approx.", "etc.", "w/o".

Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.joints import is_word
from assistant.language.en.say.spans import Recogniser

_TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor", "Gen": "General",
    "Col": "Colonel", "Capt": "Captain", "Cpt": "Captain", "Lt": "Lieutenant", "Sgt": "Sergeant",
    "Maj": "Major", "Cpl": "Corporal", "Adm": "Admiral", "Rev": "Reverend", "Hon": "Honorable",
    "Gov": "Governor", "Sen": "Senator", "Rep": "Representative", "Pres": "President",
    "Supt": "Superintendent", "Fr": "Father", "Mt": "Mount", "Ft": "Fort", "Msgr": "Monsignor",
    "Mme": "Madame", "Mlle": "Mademoiselle", "Sra": "Señora", "Srta": "Señorita",
    "Messrs": "Messieurs",
}  # fmt: skip
_NUMBERED = {
    "no": "number", "nos": "numbers", "vol": "volume", "vols": "volumes", "ch": "chapter",
    "chap": "chapter", "p": "page", "pp": "pages", "pg": "page", "fig": "figure",
    "figs": "figures", "sec": "section", "art": "article", "eq": "equation", "apt": "apartment",
    "ste": "suite", "rm": "room", "bldg": "building", "fl": "floor", "rte": "route",
    "ext": "extension", "ver": "version", "ed": "edition", "pt": "part", "est": "established",
    "ca": "circa", "c": "circa", "ex": "example", "para": "paragraph", "op": "opus",
    "tel": "telephone", "vv": "verses", "nr": "number", "ref": "reference",
}  # fmt: skip
_LATIN = {
    "e.g": "for example", "i.e": "that is", "viz": "namely", "cf": "compare", "et al": "and others",
    "a.k.a": "also known as", "n.b": "note", "ibid": "in the same place", "q.v": "which see",
}  # fmt: skip
_ENDING = {
    "etc": "et cetera", "Inc": "Incorporated", "Ltd": "Limited", "Co": "Company",
    "Corp": "Corporation", "Jr": "Junior", "Sr": "Senior", "Bros": "Brothers",
    "dept": "department", "Dept": "Department", "govt": "government", "Govt": "Government",
    "univ": "university", "Univ": "University", "assn": "association", "Assn": "Association",
    "approx": "approximately", "Approx": "Approximately", "avg": "average", "max": "maximum",
    "min": "minimum", "temp": "temperature", "misc": "miscellaneous", "incl": "including",
    "excl": "excluding", "appt": "appointment", "tbsp": "tablespoon", "tsp": "teaspoon",
    "lbs": "pounds", "hrs": "hours", "mins": "minutes", "secs": "seconds", "yrs": "years",
    "Esq": "Esquire", "Mon": "Monday", "Tue": "Tuesday",
    "Tues": "Tuesday", "Thurs": "Thursday", "Wed": "Wednesday", "Thu": "Thursday",
    "Fri": "Friday", "Jan": "January", "Feb": "February", "Aug": "August", "Sept": "September",
    "Oct": "October", "Nov": "November", "Dec": "December", "ext": "extension", "est": "estimated",
    "tel": "telephone", "Tel": "Telephone", "dist": "district", "intl": "international",
    "natl": "national",
    "mgr": "manager", "asst": "assistant", "attn": "attention", "blvd": "boulevard",
}  # fmt: skip
_OVER = {"y": "year over year", "q": "quarter over quarter", "m": "month over month"}
_OPENER = re.compile(r"[\"'”’)*]*\s+[A-Z\"“‘(]")


def _ends_sentence(found: re.Match[str]) -> bool:
    rest = found.string[found.end() :]
    return not rest.strip("\"'”’)*_ ") or _OPENER.match(rest) is not None


def _like(found: str, words: str) -> str:
    """`words` with a capital where `found` has one."""
    return (
        words[0].upper() + words[1:]
        if found[0].isupper() and found[1:] == found[1:].lower()
        else words
    )


def _latin(found: re.Match[str]) -> str:
    return _like(found[1], _LATIN[found[1].lower()])


def _numbered(found: re.Match[str]) -> str | None:
    text = found.string
    if found[0].rstrip().endswith(".") and is_word(
        text[: found.start()], found[1], f"{text[found.end() :]} "
    ):
        return None
    words = _NUMBERED[found[1].lower()]
    return (_like(found[1], words) if not found.start() else words) + " "


def _ending(found: re.Match[str]) -> str:
    return _ENDING[found[1]] + ("." if _ends_sentence(found) else "")


def _half_of_day(found: re.Match[str]) -> str:
    words = "AM" if found[1] in "aA" else "PM"
    return words + ("." if _ends_sentence(found) else "")


def _any(table: dict[str, str]) -> str:
    return "|".join(sorted(map(re.escape, table), key=len, reverse=True))


SHORTENED = (
    Recogniser("abbreviation", rf"\b(?i:({_any(_LATIN)}))\.(?:,(?=\s))?", _latin, needs="."),
    Recogniser("abbreviation", r"\b(?:aka|AKA)\b", lambda found: "also known as", needs="aA"),
    Recogniser("abbreviation", r"\bPh\.?\s?D\b\.?(?=(\s[a-z]|,)?)", lambda found: "P H D"
               + ("." if found[0].endswith(".") and _ends_sentence(found) else ""), needs="P"),
    Recogniser("abbreviation", r"\b(Mr|Mrs|Ms)\b\.?(?=\s(?:and|&|or)\s(?:Mrs?|Ms|Dr)\b)",
               lambda found: _TITLES[found[1]], needs="M"),
    Recogniser("emoticon", r"(?<=\b(?:I|U)\s)(?:<3|❤\ufe0f?|♥\ufe0f?)(?=\s|$)",
               lambda found: "love", needs="3❤♥"),
    Recogniser("abbreviation", rf"\b({_any(_TITLES)})\.(?=\s?[A-Z])",
               lambda found: _TITLES[found[1]],
               needs="."),
    Recogniser("abbreviation", rf"\b({_any(_TITLES)})(?=\s[A-Z][a-z])(?<!\bGen)(?<!\bRep)(?<!\bHon)"
               r"(?<!\bFr)(?<!\bPres)(?<!\bMaj)", lambda found: _TITLES[found[1]]),
    Recogniser("abbreviation", rf"\b(?i:({_any(_NUMBERED)}))\.\s?(?=[#(]?\d|[A-Z]{{1,3}}-?\d|"
                               rf"(?!I\b)[IVXL]+\b)", _numbered, needs="."),
    Recogniser("abbreviation", r"\b(pp)\s(?=\d)", _numbered, needs="p"),
    Recogniser("abbreviation", r"№\s?(?=\d)", lambda found: "number ", needs="№"),
    Recogniser("abbreviation", r"\b(?:[Vv]s\b\.?|v\.(?=\s[A-Z]))(?=\s|$)",
               lambda found: _like(found[0], "versus"),
               needs="vV"),
    Recogniser("abbreviation", rf"\b({_any(_ENDING)})\.", _ending, needs="."),
    Recogniser("abbreviation", r"(?<![\w.])([aApP])\.\s?[mM]\.", _half_of_day, needs="."),
    Recogniser("abbreviation", r"(?<=%)\s?p\.\s?a\.(?=[\s,;)]|$)", lambda found: " per annum"
               + ("." if _ends_sentence(found) else ""), needs="%"),
    Recogniser("abbreviation", r"\b([MB])\.?Sc\b\.?", lambda found: f"{found[1]} S C"
               + ("." if found[0].endswith(".") and _ends_sentence(found) else ""), needs="S"),
    Recogniser("abbreviation", r"\bw/o\b", lambda found: "without", needs="/"),
    Recogniser("abbreviation", r"\bw/\s?(?=\w)", lambda found: "with ", needs="/"),
    Recogniser("abbreviation", r"(?<=%\s)([yqm])/\1(?!\w)", lambda found: _OVER[found[1]],
               needs="/"),
    Recogniser("abbreviation", r"(?<=\()([bd])\.\s(?=\d|[A-Z])",
               lambda found: "born " if found[1] == "b" else "died ", needs="("),
    Recogniser("abbreviation", r"\bc/o\b", lambda found: "care of", needs="/"),
    Recogniser("abbreviation", r"\b(?:w\.r\.t\.|wrt\b)", "with respect to", needs="w"),
    Recogniser("abbreviation", r"\b[Nn]os?\.(?=\sof\s(?!course))",
               lambda found: _like(found[0], "numbers" if "s" in found[0] else "number"),
               needs="."),
    Recogniser("abbreviation", r"\bb/c\b", lambda found: "because", needs="/"),
    Recogniser("abbreviation", r"(?<=\s)(?:etc)\b(?!\.)", lambda found: "et cetera", needs="e"),
)  # fmt: skip
