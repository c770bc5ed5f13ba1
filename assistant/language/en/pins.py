"""A PIN as it is spoken or written in English, and texts without it.

"One two three four", "12 34", "double four one oh" are digits that are meant one by one. Knows
nothing of what a PIN opens. Pure; any thread.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from assistant.language.slots import SlotKind

HIDDEN = "••••"
"""What stands in the place of a PIN wherever a text is shown or kept."""
FEWEST, MOST = 4, 12
"""So many digits a PIN has (ISO 9564-1 gives this range)."""

_SOUNDS = {
    "oh": "0",
    "o": "0",
    "to": "2",
    "too": "2",
    "for": "4",
    "fore": "4",
    "ate": "8",
    "won": "1",
}
"""Words that a recogniser writes for digits in a row."""
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_AROUND = frozenset(
    "it is the my a pin code passcode password number that here okay yes so well and".split()
)

_ONES = "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
_WORD = (
    rf"(?:\d[\d.,:-]*|(?:{_ONES}|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|double|triple|treble|oh)(?![^\W\d_]))"
)
_FILLERS = ("uh", "um", "uhm", "er", "erm", "hm", "ah")
_SOUND = rf"(?:to|too|for|fore|ate|won|o|hundred|thousand|and|{'|'.join(_FILLERS)})(?![^\W\d_])"
_GAP = r"[\s,.;:-]*"
_RUN = re.compile(rf"(?<![^\W_]){_WORD}(?:{_GAP}(?:{_SOUND}{_GAP})*{_WORD})*", re.I)
_ASIDE = r"(?:you know|i mean|i think|i guess|let me (?:see|think)|wait|sorry|then|like|well)"
_ALIKE = rf"(?:{_WORD}|(?:to|too|for|fore|ate|won|o)(?![^\W\d_]))"
_NEAR_RUN = re.compile(
    rf"(?<![^\W_]){_ALIKE}(?:{_GAP}(?:(?:{_SOUND}|{_ASIDE}(?![^\W\d_])){_GAP})*{_ALIKE})*", re.I
)
"""A row of digits as `_RUN`, with words that a recogniser writes for them also at its ends, and
what is said while somebody thinks: too wide for requests that have nothing to do with a PIN."""
_THOUGHT = re.compile(rf"\b{_ASIDE}\b", re.I)
_LEAD = re.compile(
    r"[\s,.;:-]*(?:\b(?:with|using|by|and|the|my|pin|code|passcode|password|number|is|it|that|use)"
    r"\b[\s,.;:-]*)*$",
    re.I,
)
_ANY = re.compile(rf"(?<![^\W_])(?:{_WORD}|(?!(?:{'|'.join(_FILLERS)})\b){_SOUND})", re.I)
_COUNTS = {"ten": 2, "eleven": 2, "twelve": 2, "twenty": 2, "double": 2, "triple": 3, "treble": 3}


def read_pin(words: str) -> str | None:
    """The digits in canonical `words` ("1 2 double 4"), when there is nothing else in them but
    "the PIN is"; None unless they are 4 to 12."""
    said = [word for word in words.split() if word not in _AROUND]
    digits = _digits(said)
    return digits if digits is not None and FEWEST <= len(digits) <= MOST else None


def _digits(words: list[str]) -> str | None:
    found, times = "", 1
    for word in words:
        if word in _TIMES:
            times = _TIMES[word]
            continue
        digits = _SOUNDS.get(word) or re.sub(r"[.:,-]", "", word)
        if not digits.isdecimal() or not digits.isascii():
            return None
        found += digits[0] * times + digits[1:] if times > 1 else digits
        times = 1
    return found


def _parse(words: str, now: datetime) -> str | None:
    return read_pin(words)


def _find(words: str, now: datetime) -> tuple[Any, str] | None:
    """The longest row of digits among other words, and the words without it."""
    said = words.split()
    for length in range(len(said), 0, -1):
        for start in range(len(said) - length + 1):
            row = said[start : start + length]
            digits = None if row[0] in _SOUNDS or row[-1] in _SOUNDS else _digits(row)
            if digits is not None and FEWEST <= len(digits) <= MOST:
                return digits, " ".join(said[:start] + said[start + length :])
    return None


PIN = SlotKind(name="pin", pattern=r"(?:\S+ )+", parse=_parse, find=_find)


def has_digit(text: str) -> bool:
    """Whether any word of `text` is a digit, or sounds like one."""
    return _ANY.search(text) is not None


def hide_all(text: str) -> str:
    """`HIDDEN` in the place of an answer to "What is the PIN?"; a text without any digit, such as
    "never mind", as it is."""
    return HIDDEN if has_digit(text) else text


def hide_runs(text: str, *, is_near: bool = False) -> str:
    """`text` with each row of digits hidden that is long enough to be a PIN. `is_near`: it leads to
    the question for the PIN, and "fore seven, you know, won won" is one as well."""
    rule = _NEAR_RUN if is_near else _RUN
    return rule.sub(lambda run: HIDDEN if _is_long(run[0]) else run[0], text)


def without_pin(text: str) -> str | None:
    """ "Unlock the door, my PIN is 1234." as "Unlock the door"; None when there is no row of digits
    that may be a PIN, or nothing else."""
    runs = [run for run in _RUN.finditer(text) if _is_long(run[0])]
    runs = runs or [run for run in _NEAR_RUN.finditer(text) if _is_long(run[0])]
    for run in reversed(runs):
        head, tail = _LEAD.sub("", text[: run.start()]), text[run.end() :].lstrip(" ,.;:-!?")
        text = " ".join(filter(None, (head, tail)))
    return text if runs and text.strip() else None


def _is_long(run: str) -> bool:
    """Whether a row of digits has as many as a PIN, however its words are read."""
    count = 0
    for word in re.findall(r"\d+|[^\W\d_]+", _THOUGHT.sub(" ", run.lower())):
        if word not in _FILLERS:
            count += len(word) if word[0].isdigit() else _COUNTS.get(word, 1)
    return count >= FEWEST
