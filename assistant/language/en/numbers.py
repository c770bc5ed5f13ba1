"""Numbers between words and digits, both ways, in English.

Words to digits serves matching ("twenty-five" and "25" must be the same request); digits to words
serves speaking (a voice must not have to guess how "1,250" is read). Knows no grammar beyond the
number itself: whether "one" counts or points at something is for the caller to decide. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_ORDINAL_ENDS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ONES = {word: value for value, word in enumerate(_UNITS)}
_DECADES = {word: 10 * value for value, word in enumerate(_TENS) if value >= 2} | {"fourty": 40}
_RANKS = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth".split(),
        range(1, 10),
        strict=True,
    )
)
_LATE_RANKS = {f"{word}th": value for word, value in _ONES.items() if value >= 13} | {
    f"{word[:-1]}ieth": value for word, value in _DECADES.items() if word != "fourty"
}
_BIG = {word: scale for scale, word in _SCALES}
LARGEST = 10**15 - 1


def cardinal(number: int) -> str:
    """`number` in words, British "and" left out: 1250 is "one thousand two hundred fifty".

    Beyond `LARGEST` the digits are read one by one.
    """
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number > LARGEST:
        return digits(str(number))
    if number < 20:
        return _UNITS[number]
    if number < 100:
        tens, rest = divmod(number, 10)
        return _TENS[tens] + (f"-{_UNITS[rest]}" if rest else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_UNITS[hundreds]} hundred" + (f" {cardinal(rest)}" if rest else "")
    scale, name = next(item for item in _SCALES if number >= item[0])
    head, rest = divmod(number, scale)
    return f"{cardinal(head)} {name}" + (f" {cardinal(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """`number` as a rank in words: 21 is "twenty-first"."""
    words = cardinal(number)
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    head, last = words[:cut], words[cut:]
    if last in _ORDINAL_ENDS:
        return head + _ORDINAL_ENDS[last]
    return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def year(number: int) -> str:
    """A year from 1000 to 2999 as it is spoken: 1984 is "nineteen eighty-four"."""
    high, low = divmod(number, 100)
    if not 1000 <= number <= 2999 or 2000 <= number <= 2009:
        return cardinal(number)
    if low == 0:
        return cardinal(number) if high % 10 == 0 else f"{cardinal(high)} hundred"
    return f"{cardinal(high)} {'oh ' if low < 10 else ''}{cardinal(low)}"


def digits(text: str) -> str:
    """Every digit of `text` read on its own; other characters are passed over."""
    return " ".join(_UNITS[int(c)] for c in text if c in "0123456789")


def decimal(text: str) -> str:
    """Plain digits with an optional point, in words: "3.25" is "three point two five"."""
    whole, _, fraction = text.partition(".")
    words = cardinal(int(whole or "0"))
    return f"{words} point {digits(fraction)}" if fraction else words


def words_to_digits(words: Sequence[str]) -> list[str]:
    """`words` with every run that spells one number replaced by its digits.

    "twenty" "five" gives "25", "one" "hundred" "and" "five" gives "105", and so does "a" for
    "one"; "a hundred" alone stays, and two numbers side by side ("five" "six") stay two. Digits
    that are there already are left as they are.
    """
    out: list[str] = []
    at = 0
    while at < len(words):
        value, used = _read_number(words, at)
        if words[at] == "a" and words[at - 1 : at] != ["half"]:
            value, used = _read_number(["one", *words[at + 1 :]], 0)
            used = used if used > len("a hundred".split()) else 0
        out.append(str(value) if used else words[at])
        at += used or 1
    return out


def ranks_to_digits(words: Sequence[str]) -> list[str]:
    """`words` with the ranks from the 13th to the 99th as digits: "twenty" "fourth" gives "24th".

    "twenty" "second" stays, because a twenty second timer is no 22nd; so do first to twelfth.
    """
    out: list[str] = []
    for word in words:
        rank = _RANKS.get(word)
        if out and rank and out[-1] in _DECADES and word != "second":
            out[-1] = rank_in_digits(_DECADES[out[-1]] + rank)
        elif word in _LATE_RANKS:
            out.append(rank_in_digits(_LATE_RANKS[word]))
        else:
            out.append(word)
    return out


def rank_in_digits(number: int) -> str:
    """`number` as a rank in digits: 21 is "21st"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


def _read_number(words: Sequence[str], start: int) -> tuple[int, int]:
    """The number that begins at `start` and how many words spell it (0 when none does)."""
    total, used = 0, 0
    ceiling = LARGEST + 1
    while start + used < len(words):
        skip = 1 if used and words[start + used] == "and" else 0
        group, length = _read_group(words, start + used + skip)
        if not length:
            break
        scale = 1
        after = start + used + skip + length
        if after < len(words) and words[after] in _BIG:
            scale = _BIG[words[after]]
            length += 1
        is_joined = scale == 1 and skip == 1
        if scale >= ceiling or (is_joined and ceiling > 1000) or (used and ceiling == 1):
            break
        total += group * scale
        used += skip + length
        ceiling = scale
        if scale == 1:
            break
    return total, used


def _read_group(words: Sequence[str], start: int) -> tuple[int, int]:
    """A number below 1000 that begins at `start`, and how many words spell it."""
    value, used = _read_below_100(words, start)
    if not used:
        return 0, 0
    after = start + used
    if 1 <= value <= 9 and after < len(words) and words[after] == "hundred":
        value, used = value * 100, used + 1
        skip = 1 if start + used < len(words) and words[start + used] == "and" else 0
        rest, length = _read_below_100(words, start + used + skip)
        if length:
            return value + rest, used + skip + length
    return value, used


def _read_below_100(words: Sequence[str], start: int) -> tuple[int, int]:
    if start >= len(words):
        return 0, 0
    word = words[start]
    if word in _DECADES:
        unit = _ONES.get(words[start + 1], 0) if start + 1 < len(words) else 0
        return (_DECADES[word] + unit, 2) if 1 <= unit <= 9 else (_DECADES[word], 1)
    return (_ONES[word], 1) if word in _ONES else (0, 0)
