"""Words of other scripts in Latin letters, as an English voice can read them: "привет" is "privet".

By the tables of anyascii, which loads when such a word comes; without that package the words are
left out. Latin letters with their marks stay: the voice knows "café". Pure; any thread.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.language.en.say.spans import Recogniser


@lru_cache(maxsize=256)
def in_latin(word: str) -> str:
    """`word` in Latin letters; empty where nothing is known."""
    try:
        from anyascii import anyascii
    except ImportError:
        return ""
    return " ".join("".join(c for c in anyascii(word) if c.isalnum() or c == " ").lower().split())


_SCRIPTS = "\u0370-\u1cff\u1f00-\u1fff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc"
"""The blocks of letters that are not Latin, roughly; signs are in others."""


def _said(word: str) -> str:
    said = in_latin(word)
    return said.capitalize() if word[0].isupper() else said


SCRIPTS = (
    Recogniser("script", rf"[{_SCRIPTS}][{_SCRIPTS}\u0300-\u036f]*", lambda found: _said(found[0])),
)
