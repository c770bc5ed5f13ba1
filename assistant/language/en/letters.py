"""How a word that no dictionary has is read, by its letters.

Rules of our own for English spelling, good enough to find a name by its sound. Pure; any thread.
"""

from __future__ import annotations

import re
import unicodedata

from assistant.language.en.phones import phones_of

_SPELLINGS = {
    "tch": "CH", "igh": "AY", "eau": "OW", "sch": "SH", "dge": "JH", "ough": "AO", "augh": "AO",
    "eigh": "EY", "tion": "SH AH N", "sion": "ZH AH N", "ous": "AH S", "sh": "SH", "ch": "CH",
    "th": "TH", "ph": "F", "gh": "", "ck": "K", "qu": "K W", "ng": "NG", "wh": "W", "ee": "IY",
    "ea": "IY", "oo": "UW", "ou": "AW", "ow": "OW", "ai": "EY", "ay": "EY", "oi": "OY", "oy": "OY",
    "au": "AO", "aw": "AO", "ie": "IY", "ei": "EY", "ey": "IY", "oa": "OW", "ue": "UW", "ew": "UW",
    "er": "ER", "ar": "AA R", "or": "AO R", "ir": "ER", "ur": "ER", "ce": "S", "ci": "S IH",
    "cy": "S IY", "ge": "JH", "gi": "JH IH", "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH",
    "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N",
    "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W",
    "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(_SPELLINGS, key=len, reverse=True)))
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW"}
_SILENT_E = re.compile(r"([aeiou])([bcdfgklmnprstvz])e(s?)$")
_FIRST = {"y": "Y", "kn": "N", "wr": "R", "ps": "S", "x": "Z"}


def by_letters(word: str) -> bytes:
    """A word as its letters are mostly read."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", word) if one in _ALPHABET)
    begin = next((one for one in _FIRST if plain.startswith(one)), "")
    plain, first = plain[len(begin) :], _FIRST.get(begin, "")
    ended = _SILENT_E.search(plain)
    tail = ""
    if ended is not None and len(plain) > len(ended[0]) - 1:
        last = "S" if ended[2] == "c" else "JH" if ended[2] == "g" else _SPELLINGS[ended[2]]
        tail = f"{_LONG[ended[1]]} {last} {'Z' if ended[3] else ''}"
        plain = plain[: ended.start()]
    read = " ".join(_SPELLINGS[one] for one in _SPELLING.findall(plain))
    phones = phones_of(f"{first} {read} {tail}")
    return bytes(one for at, one in enumerate(phones) if at == 0 or one != phones[at - 1])


_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz")
