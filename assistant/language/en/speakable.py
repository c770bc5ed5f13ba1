"""Makes written text speakable: no markup, no emoji, numbers and signs as words.

In three steps: marks without a sound go (`say/markup.py`), what is said otherwise than it is
written becomes words by one ordered table (`say/table.py`), and what is left over without a sound
goes. Works on one clause at a time, as `clauses` cuts them, or on a whole text. Knows no voice.
Pure; any thread.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tables load with the first text
    from assistant.language.en.say.spans import Recogniser

_PLAIN = re.compile(r"(?:[A-Z]?[a-z]+(?:['’][a-z]+)?|[AI])(?:,? (?:[a-z]{4,}|[a-z]{1,2}|I))*[!?]?")
_QUOTES = str.maketrans("“”„«»‘’‚\u00a0\u202f\u2009", '"""""\'\'\'   ')
_PAUSE = re.compile(r"\s+/\s+|\s+[–—]\s*|\s*—\s*|\s-{1,3}\s|(?<=[a-z])–(?=[a-z])")
_DASH = re.compile(r"(?<=\w)[–−‐‑](?=\w)")
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Sequences for a terminal, and characters at which a voice would end the text."""
_FOR_SHOW = re.compile(r"[\u2160-\u217f\u2460-\u24ff\u3380-\u33df\ufb00-\ufb06\uff01-\uff5e"
                       r"\U0001d400-\U0001d7ff]+")  # fmt: skip
_ELLIPSIS = re.compile(r"…|\.{3,}")
_LAST_BRACKET = re.compile(r"(?<=\w)\)(?=[\s\"']*$)")
_BRACKETS = re.compile(r"[()]")
_SILENT = re.compile(r"[\\/|^<>{}\[\]~*_`#$%&=@+•‣†‡]")
_DIGITS = re.compile(r"\d+")
_BEFORE_MARK = re.compile(r"\s+([,.;:!?])")
_TWICE = re.compile(r"([,;:])(?:\s*[,;:])+")
_BEFORE_END = re.compile(r"[,;:]+(?=[.!?])")


def speakable(text: str) -> str:
    """`text` as it should be spoken; empty when nothing of it can be."""
    text = _CONTROL.sub(" ", text)
    text = _FOR_SHOW.sub(_plain, unicodedata.normalize("NFC", text))
    if not text.isascii() or not _PLAIN.fullmatch(text):
        text = _in_words(text)
    return _tidy(text)


def spoken_form(text: str) -> str:
    """`text` as it should be spoken where that differs from it, else empty (`Reply.spoken`)."""
    spoken = speakable(text)
    return "" if spoken == text else spoken


def warm_up() -> None:
    """Load the tables and compile their patterns (about 100 ms), so that no first answer waits."""
    from assistant.language.en.say.markup import PASSES

    for table in (_table(), *PASSES):
        for one in table:
            _ = one.regex


@cache
def _table() -> tuple[Recogniser, ...]:
    from assistant.language.en.say.table import TABLE

    return TABLE


def _in_words(text: str) -> str:
    from assistant.language.en.say.grouping import in_english_groups
    from assistant.language.en.say.markup import without_markup
    from assistant.language.en.say.spans import rewrite

    return rewrite(in_english_groups(without_markup(text)), _table())


def _tidy(text: str) -> str:
    """What is left over without a sound is taken out, and pauses get their marks."""
    text = _ELLIPSIS.sub("...", " ".join(text.translate(_QUOTES).split()))
    text = _BRACKETS.sub(", ", _LAST_BRACKET.sub("", _PAUSE.sub(", ", text)))
    text = _SILENT.sub(" ", _DASH.sub("-", text))
    if not text.isascii():
        text = "".join(c for c in text if not _is_picture(c))
    text = _DIGITS.sub(_left_over, text)
    text = _BEFORE_MARK.sub(r"\1", " ".join(text.split()))
    text = _TWICE.sub(r"\1", text).lstrip(" ,;:")
    text = _BEFORE_END.sub("", text)
    return text if any(c.isalnum() for c in text) else ""


def _plain(found: re.Match[str]) -> str:
    """ "①", "Ⅷ", "㎏", "𝐛𝐨𝐥𝐝" as letters and digits like others."""
    return unicodedata.normalize("NFKC", found[0])


def _left_over(found: re.Match[str]) -> str:
    """Digits that no recogniser took stand within a word."""
    from assistant.language.en.say.parts import count

    return f" {count(found[0])} "


def _is_picture(char: str) -> bool:
    """Emoji, arrows, box drawing, joiners: what has no sound."""
    return (
        unicodedata.category(char) in ("So", "Sm", "Sc", "Cs", "Co", "Cn", "Sk", "Cf") or char in "️⃣"
    )
