"""Cuts streamed text into clauses to be spoken: the first one early, later ones by sentence.

Never cuts within a number, a date, an address, a quotation or a formula (`joints`). Never loses,
doubles or reorders a character other than white space, but the end of an answer that was cut off.
Knows nothing of voices, and nothing of markup except that a fenced block of code stays in one
piece. Pure; one generator per answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.language.en.joints import ends_after_short_form, is_joint, is_open, is_word
from assistant.language.en.phrase_breaks import phrase_break

FIRST_CLAUSE_LETTERS = 10
LONGEST_CLAUSE = 240
_LOOKED_AT = 2 * LONGEST_CLAUSE
"""So many characters are looked at for an end: a clause is cut within them in any case, and a long
text takes a time that grows with its length."""
LONGEST_WITHOUT_END = 160
"""An answer with more letters and no end of a sentence ran into the limit of its length."""
_FEWEST_WORDS = 3
_DANGLING = frozenset("a an the my your our their and or but of".split())
"""No sentence ends with one of these."""
_SELDOM_LAST = _DANGLING | frozenset(
    "to in on at with for from by as than that which who is are was were his her its this".split()
)
_FENCE = "```"
_STOPS = ".!?…。！？"
_END = re.compile(rf"(?<![{_STOPS}])[{_STOPS}]++[\"'”’»)\]*_]*+(?=\s)|\n")
_SOFT = re.compile(r"(?<![,;:—–])[,;:—–]++[\"'”’»)*_]*+(?=\s)|\s[—–-](?=\s)")
_ENTITY = re.compile(r"&#?\w+;$")
_LAST_WORD = re.compile(r"(\S+?)\.+[\"'”’)\]*_]*$")
_MEASURED = re.compile(r"\d[ -]?(?:in|sec|pt)\.[\"'”’)\]*_]*$")
_LONGEST_WORD = 60
_SUM_GOES_ON = re.compile(r"\s*+(?:[=≤≥≈×÷]|[<>+*/−-]\s)|\s*+[<>+*/−-]?$")
_FACTORIAL = re.compile(r"(?:\d|(?<![\w'’])[A-Za-z]|\))!$")
_COUNT_IN_FRONT = re.compile(r"^\d+-(?=[a-z])")
_LIST_NUMBER = re.compile(r"\s*[*_>#-]*\s*\d{1,3}\.$")
_FINISHED = re.compile(r"[.!?…。！？:][\"'”’)\]*_`]*\s*$")


def clauses(tokens: Iterator[str], *, keep_unfinished: bool = True) -> Iterator[str]:
    """Clauses of the text that arrives in pieces, each without white space around it.

    The first may end at a comma once it has `FIRST_CLAUSE_LETTERS` letters, or before a phrase that
    a speaker would set apart (`phrase_break`) when none comes. With
    `keep_unfinished=False` the last words are dropped when they do not end a sentence although an
    earlier sentence did, which is how an answer looks that ran into the limit of its length. When
    no sentence did, such an answer ends at its last soft break.
    """
    buffer = ""
    received = 0
    is_first = True
    had_sentence = False
    for token in tokens:
        buffer = (buffer + token).lstrip()
        received += len(token)
        while (cut := _cut(buffer, is_first=is_first)) is not None:
            clause, buffer = buffer[:cut].strip(), buffer[cut:]
            if clause:
                is_first = False
                had_sentence = had_sentence or bool(_FINISHED.search(clause))
                yield clause
    rest = buffer.strip()
    if rest and (keep_unfinished or _FINISHED.search(rest)):
        yield rest
    elif rest and not had_sentence:
        yield _closed(rest, is_cut_off=received > LONGEST_WITHOUT_END)


def _closed(rest: str, *, is_cut_off: bool) -> str:
    """The only sentence of an answer, which lacks its end: as it is, unless it was cut off; then up
    to the last soft break, or without the words that wait for another, and with a full stop."""
    words = rest.split()
    if not is_cut_off and words[-1].lower() not in _DANGLING:
        return rest
    breaks = [found.start() for found in _SOFT.finditer(f"{rest} ") if found.start()]
    if breaks and len(rest[: breaks[-1]].split()) >= _FEWEST_WORDS:
        return f"{rest[: breaks[-1]].rstrip()}."
    waiting = _SELDOM_LAST if is_cut_off else _DANGLING
    while len(words) > 1 and words[-1].lower().strip(",;:—–-") in waiting:
        words.pop()
    return f"{' '.join(words).rstrip(',;:—–- ')}."


def _cut(buffer: str, *, is_first: bool) -> int | None:
    """Where the first complete clause of `buffer` ends, or None while that is open."""
    if buffer.lstrip().startswith(_FENCE):
        start = buffer.index(_FENCE) + len(_FENCE)
        end = buffer.find(_FENCE, start)
        return None if end < 0 else end + len(_FENCE)
    fence = buffer.find(_FENCE)
    open_text = buffer[: _LOOKED_AT if fence < 0 else min(fence, _LOOKED_AT)]
    for found in _END.finditer(open_text):
        if found[0] == "\n":
            if open_text[: found.start()].strip():
                return found.end()
            continue
        verdict = _ends_sentence(open_text, found)
        if verdict is None:
            break
        if verdict and (found.end() > LONGEST_CLAUSE or not is_open(open_text[: found.end()])):
            return found.end()
    if 0 < fence <= _LOOKED_AT and open_text.strip():
        return fence
    if is_first:
        return _soft_cut(open_text)
    return _forced_cut(open_text)


def _ends_sentence(text: str, end: re.Match[str]) -> bool | None:
    """Whether the stop at `end` ends a sentence; None while the next word is needed to tell."""
    before = text[: end.end()]
    if not end[0].startswith((".", "…")):
        return _is_no_factorial(before, text[end.end() :])
    if _LIST_NUMBER.fullmatch(before):
        return False
    last = _LAST_WORD.search(before, max(0, len(before) - _LONGEST_WORD))
    raw = last[1].lstrip("\"'“‘([*_") if last else ""
    raw = _COUNT_IN_FRONT.sub("", raw)
    word = raw.lower()
    following = text[end.end() :]
    if end[0].startswith(("...", "…", "..")):
        after = following.lstrip()
        return (after[0].isupper() or not after[0].isalnum()) if after else None
    if raw in ("in", "sec", "pt") and _MEASURED.search(before):
        word = "oz"  # a unit, as any other
    if raw in ("No", "no", "Ed", "C"):
        is_plain = is_word(before[: before.rindex(raw)], raw, following)
        if is_plain is None or is_plain:
            return is_plain
    return ends_after_short_form(word, following)


def _is_no_factorial(before: str, following: str) -> bool | None:
    """Whether "!" and "?" end a sentence: not in "5! = 120"."""
    if _FACTORIAL.search(before, max(0, len(before) - 3)) is None:
        return True
    goes_on = _SUM_GOES_ON.match(following)
    if goes_on is None:
        return True
    return None if goes_on.end() == len(following) else False


def _soft_cut(text: str) -> int | None:
    """The end of a first clause at a comma or the like, once it is long enough to be spoken; in
    a long sentence without one, at a place where a speaker may pause."""
    for found in _SOFT.finditer(text):
        head = text[: found.end()]
        if sum(map(str.isalpha, head)) < FIRST_CLAUSE_LETTERS or found.end() >= len(text):
            continue
        if _ENTITY.search(head, max(0, len(head) - 12)):
            continue
        joint = is_joint(head, text[found.end() :])
        if joint is None:
            return _forced_cut(text)
        if not joint and not is_open(head):
            return found.end()
    pause = None if _END.search(text) else phrase_break(text[:LONGEST_CLAUSE])
    return _forced_cut(text) if pause is None else pause


def _forced_cut(text: str) -> int | None:
    """Somewhere between words in a sentence that has grown too long to wait for its end."""
    if len(text) <= LONGEST_CLAUSE:
        return None
    soft = [
        found.end()
        for found in _SOFT.finditer(text, FIRST_CLAUSE_LETTERS, LONGEST_CLAUSE)
        if not is_joint(text[: found.end()], text[found.end() :])
        and not _ENTITY.search(text, max(0, found.end() - 12), found.end())
    ]
    if soft:
        return soft[-1]
    blanks = [at for at in range(FIRST_CLAUSE_LETTERS, LONGEST_CLAUSE) if text[at] == " "]
    free = [at for at in blanks if not (text[at - 1].isdigit() or text[at + 1].isdigit())]
    if blanks:
        return (free or blanks)[-1]
    blank = text.find(" ", LONGEST_CLAUSE, 2 * LONGEST_CLAUSE)  # behind a long address
    if blank > 0:
        return blank
    return LONGEST_CLAUSE if len(text) >= 2 * LONGEST_CLAUSE else None
