"""Words that a voice gets wrong, said as the user wrote them down (`[voice.pronounce]`).

Whole words only, capitals make no difference, and the longest entry that fits has the words. Knows
no voice. Pure; any thread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.config_voice import phonemes_of
from assistant.language.en.speakable import speakable

_LETTER_A = re.compile(r"(?<=[a-z,] )A(?= [a-z])")
"""The letter within a sentence ("an A four page"), which espeak takes for the article."""


class Pronunciation:
    """Puts the sound of each entry of `table` (words to a respelling or to phonemes) in the place
    of its words: `said(text)`. Phonemes become "[[dʒɪf]]", which Piper takes as they are."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self._sounds: dict[str, str] = {}
        forms: set[str] = set()  # "straße" has no equal among folded words
        for words, sound in table.items():  # "K2" as it is written, and as the voice gets it
            for form in (words, _as_given(words)):
                self._sounds[" ".join(form.casefold().split())] = _sound(sound)
                forms.add(" ".join(form.lower().split()))
        self._sounds.pop("", None)
        longest_first = sorted((forms | set(self._sounds)) - {""}, key=len, reverse=True)
        entries = "|".join(r"\s+".join(map(re.escape, one.split())) for one in longest_first)
        self._regex = (
            re.compile(rf"(?<![\w])(?:{entries})(?!\w)", re.IGNORECASE) if entries else None
        )

    def said(self, text: str) -> str:
        """`text` with the words of the table as they are said."""
        if self._regex is None:
            return text
        return self._regex.sub(self._found, text)

    def _found(self, found: re.Match[str]) -> str:
        return self._sounds.get(" ".join(found[0].casefold().split()), found[0])

    @property
    def phonemes(self) -> dict[str, str]:
        """The entries that are phonemes, by their words."""
        return {
            words: sound[2:-2] for words, sound in self._sounds.items() if sound.startswith("[[")
        }


def _as_given(words: str) -> str:
    """`words` as the voice gets them: "U.S." is "U S". Empty where they would be other words, as
    "three million" for "3M"."""
    said = speakable(words).rstrip(".")
    if any(map(str.isdigit, words)):
        runs = re.findall(r"[^\W\d_]+", words)
        if not all(re.search(rf"\b{' ?'.join(run)}\b", said, re.IGNORECASE) for run in runs):
            return ""
    return said


def _sound(sound: str) -> str:
    phonemes = phonemes_of(sound)
    return f"[[{phonemes}]]" if phonemes else " ".join(sound.split())


def letters_said(text: str) -> str:
    """`text` for espeak, with the letter A as a letter."""
    return _LETTER_A.sub("[[ˈeɪ]]", text)
