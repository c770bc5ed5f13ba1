"""Takes the masks off words that are written so that a rule does not find them.

Spaced letters ("b o m b"), digits for letters ("b0mb"), letters of other alphabets and invisible
ones, letters that are repeated, words without blanks, misspellings, and what a recogniser writes
for words that sound alike (guards.toml). Only words worth a mask are changed, so that "math" stays
"math". Knows no rules. Pure after loading; any thread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

_HOMOGLYPHS = str.maketrans(
    "авеёіјкмноорстухԁԍһαβεικνορτυχɑɡıℓ’‘",
    "abeeijkmhoopctyxdghabeikvoptuxagil''",
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_SPACED = re.compile(
    r"(?<![^\W_])[^\W\d_](?:[ \t._*~/+\-,]{1,4}[^\W\d_])+(?![^\W_])(?!')(?:(?<=[._*]\w)[._*])?"
)
_GAP = re.compile(r"[ \t]{2,}")
_TOKEN = re.compile(r"[^\W_][\w@$!|]*(?:'\w+)*")
_REPEATED = re.compile(r"(.)\1{2,}")
_ASIDES = re.compile(
    r",? *\b(?:you know|i mean|like|um|uh|uhm|er|erm|well|so to say|sort of|let's say),", re.I
)
_INVISIBLE = ("Cf", "Mn", "Me", "Cc")

_FUNCTION_WORDS = frozenset(
    """
    a an the i me my you your he she it we they them one some to of in on at and or for from
    with how do does did can could would should is are was be what where when who why tell
    show give explain teach say want need like let please help know about all any this that
    these those home house pipe gas into out get make build cook buy use write list steps recipe now
    just
    """.split()
)
_SHORTEST_GLUED = 9
_FUZZY_FROM = 6
_FUZZIER_FROM = 10


class Unmasking:
    """`sensitive` words are worth a mask, `known` ones are near them and mean something else,
    `heard` says what is meant by what a recogniser writes."""

    def __init__(
        self, sensitive: Iterable[str], known: Iterable[str], heard: Mapping[str, str]
    ) -> None:
        self._sensitive = frozenset(sensitive)
        self._known = frozenset(known) | _FUNCTION_WORDS
        self._long = sorted(word for word in self._sensitive if len(word) >= _FUZZY_FROM)
        self._vocabulary = self._sensitive | _FUNCTION_WORDS
        self._short = {said: meant for said, meant in heard.items() if " " not in said}
        phrases = sorted((said for said in heard if " " in said), key=len, reverse=True)
        self._heard = dict(heard)
        self._phrases = re.compile(
            rf"\b(?:{'|'.join(map(re.escape, phrases))})\b" if phrases else r"(?!)"
        )
        self._mended = lru_cache(maxsize=4096)(self._word)

    def __call__(self, text: str) -> str:
        """`text` in small letters without masks; equal but for case where it has none."""
        plain = unaccented(text).lower()
        plain = _SPACED.sub(self._joined, plain)
        plain = _TOKEN.sub(lambda found: self._mended(found[0]), plain)
        return self._phrases.sub(lambda found: self._heard[found[0]], plain)

    def _joined(self, found: re.Match[str]) -> str:
        """Spaced letters in one piece, or as words where wider gaps stand between them."""
        words = [re.sub(r"[\W_]", "", part) for part in _GAP.split(found[0])]
        if sum(map(len, words)) < 3:
            return found[0]
        words = [word for word in words if word]
        plain = " ".join(self._split(word) or word for word in words)
        return found[0] if self._sensitive.isdisjoint(plain.split()) else plain

    def _word(self, token: str) -> str:
        word = token.rstrip("!|")
        if word in self._known or word in self._sensitive or len(word) < 3 or word.isdigit():
            return token
        if word in self._short:
            return self._short[word]
        if not word.isalpha():
            word = word.translate(_LEET)
            if word in self._sensitive:
                return word
            return self._near(word) or token if word.isalpha() else token
        if _REPEATED.search(word):
            for times in (r"\1", r"\1\1"):
                shorter = _REPEATED.sub(times, word)
                if shorter in self._sensitive:
                    return shorter
        return self._near(word) or self._split(word) or token

    def _near(self, word: str) -> str:
        """The one sensitive word that this is a misspelling of, or ""."""
        if len(word) < _FUZZY_FROM - 1:
            return ""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= _FUZZIER_FROM else 1
        found = process.extractOne(word, self._long, scorer=OSA.distance, score_cutoff=most)
        if found is None or word[0] != found[0][0] or (len(word) < _FUZZY_FROM and found[1] > 1):
            return ""
        if word in (f"{found[0]}s", f"{found[0]}d", f"{found[0]}r", f"{found[0]}ed"):
            return ""  # another form of the word, which the rules know or do not
        return str(found[0])

    def _split(self, glued: str) -> str:
        """Words written without blanks, of which one is sensitive; "" when they are none."""
        if len(glued) < 4 or (len(glued) < _SHORTEST_GLUED and glued[1:] not in self._sensitive):
            return ""
        best: list[list[str] | None] = [[]] + [None] * len(glued)
        for end in range(1, len(glued) + 1):
            for start in range(max(0, end - 16), end):
                before, word = best[start], glued[start:end]
                if before is None or word not in self._vocabulary:
                    continue
                old = best[end]
                if old is None or len(before) + 1 < len(old):
                    best[end] = [*before, word]
        words = best[-1]
        if not words or not self._sensitive.intersection(words):
            return ""
        return " ".join(words)


def unaccented(text: str) -> str:
    """`text` in plain letters: without accents and invisible characters, and with Latin letters for
    those of other alphabets that look like them."""
    if text.isascii():
        return text
    kept = (one for one in unicodedata.normalize("NFKD", text) if _is_visible(one))
    plain = "".join(kept)
    if any("\u0370" <= one <= "\u052f" or one in "ɑɡıℓ’‘" for one in plain):
        return "".join(_latin(one) for one in plain)
    return plain


def without_asides(text: str) -> str:
    """`text` without "you know" and the like and without commas: "kill, myself"."""
    if "," not in text:
        return text
    return re.sub(r"[ ,]+", " ", _ASIDES.sub(" ", text))


def _is_visible(one: str) -> bool:
    return one in "\n\t" or unicodedata.category(one) not in _INVISIBLE


def _latin(one: str) -> str:
    small = one.lower().translate(_HOMOGLYPHS)
    return small.upper() if one.isupper() else small
