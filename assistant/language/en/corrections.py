"""What a speaker corrects within one request: "for five, no, ten minutes", "at six, I mean seven".

Works on the transcript, because its commas tell "five, no, ten" from "no milk and no tea". A
correction is a word such as "no" or "I mean" after which a value of the same kind follows, a word
of the request is taken up again, or the request begins anew; else the text stays as it is. "Set a
timer, never mind" takes the whole request back. Knows no conversation: a request that begins with
"no" corrects an earlier one and is left alone. Pure; any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from assistant.language.en.clock import read_clock_at
from assistant.language.en.dates import Anchor, read_date
from assistant.language.en.durations import read_duration
from assistant.language.en.moments import read_moment
from assistant.language.en.normalise import normalise

NEVER_MIND = "Never mind."
LONGEST = 40
_LONGEST_VALUE = 8
_MOST_CORRECTIONS = 4

_HESITATION = r"(?:(?:uh|um|uhm|er|erm|ah|oh|well|hm|hmm)[,.…]*\s+)*"
_GAP = r"[,.]?\s+"
_MARK = re.compile(
    rf"(?P<open>[,;:.!?…–—-]*)\s+{_HESITATION}(?P<mark>"
    rf"(?:oh\s+|actually{_GAP})?no{_GAP}(?:no{_GAP})?(?:wait|sorry|actually|i\s+mean|i\s+meant|make"
    rf"\s+(?:it|that)|rather)(?:{_GAP}(?:i\s+mean|i\s+meant|make\s+(?:it|that)))?"
    rf"|(?:wait|sorry|actually){_GAP}(?:no|i\s+mean|i\s+meant|make\s+(?:it|that)|wait)"
    r"|or\s+rather|i\s+mean|i\s+meant|make\s+(?:it|that)|scratch\s+that|correction"
    r"|no|wait|sorry|actually)(?P<close>[,;:.!?…–—-]*)\s+" + _HESITATION,
    re.I,
)
_WEAK = frozenset(("no", "wait", "sorry", "actually", "make it", "make that"))
"""Words that correct something only between commas or between two values."""
_CALLED_OFF = (
    r"(?:never\s*mind(?:\s+(?:that|it|about\s+(?:it|that)))?|forget\s+(?:it|that|about\s+(?:it|that))"
    r"|cancel\s+(?:that|it)|scratch\s+that|leave\s+it|on\s+second\s+thoughts?,?\s+(?:no|do\s*n.t)"
    r"|no,?\s+do\s*n.t|no,?\s+stop|no,?\s+cancel)"
)
_TAKEN_BACK = re.compile(
    rf"^(?P<before>.*?)(?P<open>[,;.!?…–—-]*)\s+{_HESITATION}"
    rf"(?P<led>(?:(?:no|oh|wait|actually|sorry|okay|ok|but)[,.]?\s+)*){_CALLED_OFF}"
    r"(?:[,.]?\s+(?:please|thanks|thank\s+you|sorry))?[.!?…]*$",
    re.I | re.S,
)
_STOP_WORD = (
    r"(?:(?:please|okay|ok|oh|hey|no)[,.]?\s+)?(?:stop(?:\s+(?:it|that|talking))?|cancel|no"
    r"|(?:be\s+)?quiet|shut\s+up|enough|that.s\s+enough)(?:[,.]?\s+(?:please|thanks|thank\s+you))?"
)
_STOPPED = re.compile(rf".+\s\S+[.?!…]\s+{_STOP_WORD}[.!…]*", re.I | re.S)
"""A sentence of its own behind a request, said when the answer began."""
_SPOKEN_OF = re.compile(
    r"\b(?:say|says|said|saying|to|mean|means|called|named|word|words|phrase|song|album|book|film"
    r"|movie|is|of|by|play|spell|never|not|n.t|ever|will|would|can|could|should|must|and|or|if|just"
    r"|please|i|you|we|they|he|she)$",
    re.I,
)
_QUOTES = re.compile(r"\b(?:say|says|said|tell|spell|answer|reply|when\s+i)\b", re.I)
_BEGINS = frozenset(
    (
        "set start make add put remove delete take buy call remind note wake cancel stop pause"
        " create tell play convert turn give show flip roll pick repeat read write"
        " what when who how where which"
    ).split()
)
_ORDERS = frozenset(
    "add put remove delete take buy call remind note create name tick play set start make".split()
)
_PLACES = frozenset("at in for on by to from until around about".split())
_LEADS = _PLACES | {"the"}
_CLAUSES = frozenset("it i he she that this there you we they what do not is".split())
_EDGES = _PLACES | frozenset(
    "and or with of the a an some my our your more another called named than is".split()
)
_DAY_PARTS = frozenset("morning afternoon evening night tonight".split())
_NOW = datetime(2024, 1, 10)
_ANCHOR = Anchor(today=date(2024, 1, 10))


def corrected(text: str) -> str:
    """`text` as its speaker meant it in the end; the very same text where nothing was corrected.

    Longer texts than `LONGEST` words are told or dictated and stay as they are.
    """
    if text.count(" ") > LONGEST:
        return text
    if _STOPPED.fullmatch(text):
        return NEVER_MIND
    taken = _TAKEN_BACK.match(text)
    if taken is not None and _is_taken_back(taken):
        return NEVER_MIND
    for _ in range(_MOST_CORRECTIONS):
        mended = _last_corrected(text)
        if mended is None:
            break
        text = mended
    return text


def with_stop_word(text: str, word: str) -> str:
    """`text` and `word` as a sentence behind it, when that is "Stop." or the like and `text` does
    not end with it already; else `text`."""
    is_stop = re.fullmatch(rf"\W*{_STOP_WORD}\W*", word, re.I) is not None
    if not is_stop or normalise(text).endswith(normalise(word)):
        return text
    sentence = text.rstrip(" .,;:…")
    return f"{sentence}{'' if sentence.endswith(('?', '!')) else '.'} {word}"


def _is_taken_back(found: re.Match[str]) -> bool:
    before = found["before"].strip()
    if len(before.split()) < 2 or _QUOTES.search(before):
        return False
    if found["open"] or found["led"]:
        return True
    is_plain = re.search(r"never\s*mind", found[0][len(found["before"]) :], re.I) is not None
    return is_plain and _SPOKEN_OF.search(before) is None


def _last_corrected(text: str) -> str | None:
    """`text` with its last correction applied; None without one."""
    for found in reversed(list(_MARK.finditer(text))):
        before, after = text[: found.start()], text[found.end() :]
        if len(before.split()) < 2 or not after.strip() or _QUOTES.search(before):
            continue
        mark = " ".join(re.sub(r"[,.]", " ", found["mark"].lower()).split())
        is_set_off = bool(found["open"] and found["close"]) or mark not in _WEAK
        mended = _by_value(before.split(), after.split(), is_set_off)
        if mended is None and is_set_off:
            mended = _anew(before, after) or _by_words(before.split(), after.split())
        if mended is not None:
            return mended
    return None


# -- a value for a value -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Value:
    """A number, a length, a time or a day in tokens of the transcript, from `start` to `end`."""

    kind: str
    words: str
    start: int
    end: int


def _by_value(before: list[str], after: list[str], is_set_off: bool) -> str | None:
    """A value right after the correcting word takes the place of the last one of its kind."""
    led = 1 if normalise(after[0]) in _LEADS else 0
    new = _value_at(after, led)
    if new is None:
        return None
    old = _last_value(before, new.kind)
    if old is None or (old.end < len(before) and not is_set_off):
        return None
    spoken, rest = after[led : new.end], after[new.end :]
    kept = [] if _is_more(rest) else before[old.end :]
    start = old.start
    if led and start and normalise(before[start - 1]) in _LEADS:
        start, spoken = start - 1, after[: new.end]
    unit = _unit_kept(old, new)
    if unit is not None:
        spoken = [*_bare(spoken), *before[old.end - unit : old.end]]
    elif kept and normalise(before[old.end - 1]).rstrip("s") == normalise(spoken[-1]).rstrip("s"):
        spoken = [*_bare(spoken)[:-1], before[old.end - 1]]
    return " ".join([*_bare(before[:start]), *_bare(spoken), *kept, *rest])


def _is_more(rest: list[str]) -> bool:
    """True for words that say more than please."""
    return any(normalise(token) not in ("", "please", "thanks") for token in rest)


def _unit_kept(old: _Value, new: _Value) -> int | None:
    """How many tokens of the old value stay, when only its number is replaced: "five minutes, no,
    ten", "seven PM, no, eight"."""
    if not re.fullmatch(r"\d+(?:\.\d+)?", new.words):
        return None
    found = re.fullmatch(r"\d+(?:\.\d+)?((?: (?:am|pm|percent|[a-z]+))+)", old.words)
    if found is None or (old.kind == "time" and found[1] not in (" am", " pm")):
        return None
    return len(found[1].split())


def _value_at(tokens: list[str], start: int) -> _Value | None:
    for end in range(min(len(tokens), start + _LONGEST_VALUE), start, -1):
        kind = _kind(" ".join(tokens[start:end]))
        if kind is not None:
            return _Value(kind, normalise(" ".join(tokens[start:end])), start, end)
    return None


def _last_value(tokens: list[str], kind: str) -> _Value | None:
    """The last value that one of `kind` can replace, as long as possible."""
    for end in range(len(tokens), 0, -1):
        best = None
        for start in range(end - 1, max(-1, end - _LONGEST_VALUE - 1), -1):
            if normalise(tokens[start]) in _PLACES and start < end - 1:
                continue
            found = _kind(" ".join(tokens[start:end]))
            if found is not None and (found == kind or (found in _TIMES and kind in _TIMES)):
                best = _Value(found, normalise(" ".join(tokens[start:end])), start, end)
        if best is not None:
            return best
    return None


_TIMES = ("number", "length", "time")


@lru_cache(maxsize=256)
def _kind(text: str) -> str | None:
    words = normalise(text)
    if not words or words.split()[0] in _PLACES:
        return None
    if re.fullmatch(r"\d+(?:\.\d+)?(?: percent)?", words):
        return "number"
    length = read_duration(words)
    if length is not None and length[1] == len(words):
        return "length"
    clock = read_clock_at(words)
    if clock is not None and clock[1] == len(words):
        return "time"
    if words in _DAY_PARTS or read_date(words, _ANCHOR) is not None:
        return "day"
    moment = read_moment(words, _NOW)
    return "day" if moment is not None and moment.clock is None else None


# -- words for words -----------------------------------------------------------------------------


def _anew(before: str, after: str) -> str | None:
    """A request that begins once more: "set a timer, no wait, add milk to the list"."""
    first, again = normalise(before).split()[:1], normalise(after).split()[:1]
    is_request = bool(first and again) and first[0] in _BEGINS and again[0] in _BEGINS
    return after if is_request and len(after.split()) >= 2 else None


def _by_words(before: list[str], after: list[str]) -> str | None:
    """Words that take up the last place of the request ("to Anna, I mean to Bob"), or the last
    name in it ("add milk, no, bread to the list")."""
    first, head = normalise(before[0]), (normalise(after[0]).split() or [""])[0]
    said = [normalise(token) for token in before]
    if head in _CLAUSES or first not in _ORDERS | _BEGINS:
        return None
    if head in _PLACES:
        if head not in said:
            return None
        place = len(said) - 1 - said[::-1].index(head)
        return " ".join([*before[:place], *after])
    edge = max((at for at, word in enumerate(said) if word in _EDGES or at == 0), default=0)
    new = next((at for at, token in enumerate(after) if normalise(token) in _PLACES), len(after))
    if edge == len(before) - 1 or not new or new > 3 or len(before) - edge > 5:
        return None
    if first not in _ORDERS and said[edge] not in _PLACES:
        return None
    kept = after[1:] if head in ("the", "a", "an", "some", "my") and said[edge] in _EDGES else after
    return " ".join([*_bare(before[: edge + 1]), *kept]) if kept else None


def _bare(tokens: list[str]) -> list[str]:
    """`tokens` without the punctuation at the end of the last one."""
    return [*tokens[:-1], tokens[-1].rstrip(",;:.!?…–—-")] if tokens else []
