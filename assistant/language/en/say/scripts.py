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


_SCRIPTS = (
    "\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f\u0530-\u058f\u0590-\u05ff\u0600-\u06ff\u0750-\u077f"
    "\u0900-\u0dff\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u10a0-\u10ff\u1200-\u137f\u1780-\u17ff"
    "\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u1100-\u11ff\uff66-\uff9f"
)

def _said(word: str) -> str:
    said = in_latin(word)
    return said.capitalize() if word[0].isupper() else said


SCRIPTS = (
    Recogniser("script", rf"[{_SCRIPTS}][{_SCRIPTS}\u0300-\u036f]*", lambda found: _said(found[0])),
)
