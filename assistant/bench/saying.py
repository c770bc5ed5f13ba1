"""Is what the voice is given right, and is it understood? Tables of texts, and a round trip.

A table has a header and tab-separated lines: text, spoken, kind (`\\n` in a text is a new line).
The round trip speaks sentences with numbers, drawn from a seed, has Whisper write them down, and
compares the numbers as values: "$12.50" and "twelve dollars and fifty cents" are the same. Knows
the voice and the recogniser by their functions only. One thread.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.bench.figures import percentile
from assistant.errors import InputError
from assistant.language.en.clauses import clauses
from assistant.language.en.numbers import ordinal, words_to_digits
from assistant.language.en.speakable import speakable

SEED = 15
SENTENCES = 200
QUICK_SENTENCES = 40
_REPEATED = 3
"""The least of so many times counts: a busy machine only ever adds."""
_HEADER = ("text", "spoken", "kind")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SPLIT = re.compile(r"[^\W\d_]+|\d+")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table: what is written, and what is to be said."""

    text: str
    spoken: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of a line. `is_exact`: every sign is as wanted; `is_right`: every word is.
    `us` are the microseconds that a clause of it took."""

    line: Line
    said: str
    is_exact: bool
    is_right: bool
    us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One sentence of the round trip: written, said, and what was heard of it."""

    kind: str
    text: str
    said: str
    heard: str
    is_understood: bool


def read_table(path: Path) -> list[Line]:
    """The lines of a table; `InputError` when it is none."""
    try:
        rows = [row.split("\t") for row in path.read_text(encoding="utf-8").split("\n") if row]
    except (OSError, UnicodeError) as error:
        raise InputError(f"cannot read {path}: {error}", "name a table of texts") from error
    if not rows or tuple(rows[0][:3]) != _HEADER:
        raise InputError(
            f"{path} does not begin with the columns text, spoken and kind", "name a table of texts"
        )
    short = next((at for at, row in enumerate(rows, 1) if len(row) < len(_HEADER)), None)
    if short is not None:
        raise InputError(f"{path}, line {short}: fewer than three columns", "put tabs between them")
    return [
        Line(text=row[0] if "\\frac" in row[0] else row[0].replace("\\n", "\n"), spoken=row[1],
             kind=row[2])
        for row in rows[1:]
    ]  # fmt: skip


def said(text: str) -> list[str]:
    """What the voice is given for `text`, clause by clause."""
    return [spoken for clause in clauses(iter(text)) if (spoken := speakable(clause))]


def words(text: str) -> list[str]:
    """The words of `text` in small letters, without marks."""
    return _WORD.findall(text.casefold())


def judge(line: Line) -> Judged:
    """Have one line said, and compare."""
    cut = list(clauses(iter(line.text)))
    taken = []
    for _ in range(_REPEATED):
        start = time.perf_counter()
        spoken = " ".join(filter(None, map(speakable, cut)))
        taken.append((time.perf_counter() - start) / max(1, len(cut)))
    return Judged(
        line=line,
        said=spoken,
        is_exact=spoken == line.spoken,
        is_right=words(spoken) == words(line.spoken),
        us=min(taken) * 1e6,
    )


def by_kind(judged: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """Right ones and all, for each kind in the order of the table."""
    found: dict[str, tuple[int, int]] = {}
    for one in judged:
        right, count = found.get(one.line.kind, (0, 0))
        found[one.line.kind] = (right + one.is_right, count + 1)
    return found


def times_us(judged: Sequence[Judged]) -> tuple[float, float]:
    """Microseconds a clause at the median, and at the 95th percentile."""
    taken = [one.us for one in judged]
    return percentile(taken, 0.5), percentile(taken, 0.95)


# -- the round trip -------------------------------------------------------------------------------


def sentences(count: int = SENTENCES, seed: int = SEED) -> list[tuple[str, str]]:
    """`count` pairs of kind and sentence; one number each, in turn of every kind."""
    draw = random.Random(seed)
    makers = (_price, _clock, _date, _phone, _count, _measure)
    return [makers[at % len(makers)](draw) for at in range(count)]


def _price(draw: random.Random) -> tuple[str, str]:
    thing = draw.choice(("ticket", "lamp", "jacket", "dinner", "book", "guitar"))
    pounds = draw.choice((draw.randint(2, 99), draw.randint(100, 999)))
    amount = draw.choice((f"${pounds}", f"${pounds}.{draw.randint(11, 99)}", f"€{pounds}"))
    return "price", f"The {thing} costs {amount} in the shop."


def _clock(draw: random.Random) -> tuple[str, str]:
    hour, minute = draw.randint(1, 12), draw.choice((5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55))
    half = draw.choice(("am", "pm", "a.m.", "p.m."))
    what = draw.choice(("The meeting starts", "The train leaves", "The film begins", "We eat"))
    return "clock", f"{what} at {hour}:{minute:02} {half} tomorrow."


def _date(draw: random.Random) -> tuple[str, str]:
    month, day, year = draw.randint(1, 12), draw.randint(1, 28), draw.randint(1950, 2035)
    written = draw.choice(
        (f"{_MONTHS[month - 1]} {day}, {year}", f"{year}-{month:02}-{day:02}",
         f"{month:02}/{day:02}/{year}")
    )  # fmt: skip
    return "date", f"The contract was signed on {written}."


def _phone(draw: random.Random) -> tuple[str, str]:
    area, first, last = draw.randint(201, 989), draw.randint(200, 999), draw.randint(1000, 9999)
    written = draw.choice((f"{area}-{first}-{last}", f"({area}) {first}-{last}", f"{first}-{last}"))
    return "phone", f"You can call the office at {written}."


def _count(draw: random.Random) -> tuple[str, str]:
    number = draw.choice(
        (draw.randint(11, 999), draw.randint(1001, 9999), draw.randint(1, 99) * 1000)
    )
    thing = draw.choice(("people live in the village", "books are in the library", "visitors came"))
    return "count", f"About {number:,} {thing}."


def _measure(draw: random.Random) -> tuple[str, str]:
    written = draw.choice(
        (f"{draw.randint(2, 90)} km", f"{draw.randint(2, 90)}.{draw.randint(1, 9)} kg",
         f"{draw.randint(-9, 38)} °C", f"{draw.randint(2, 99)}%", f"{draw.randint(20, 90)} mph")
    )  # fmt: skip
    return "measure", f"The display shows {written} now."


@lru_cache(maxsize=1)
def _ranks() -> dict[str, str]:
    return {ordinal(number): str(number) for number in range(1, 100)}


def value(text: str) -> str:
    """The number in `text` as its digits in their order, whether it is written in figures or in
    words, in one piece or in several; a point and a minus stay."""
    found: list[str] = []
    run: list[str] = []
    for word in [*_spelled(speakable(text)), ""]:
        rank = _ranks().get(word)
        if rank is not None and run and run[-1] in ("twenty", "thirty"):
            rank = _ranks().get(f"{run.pop()}-{word}", rank)
        if rank is not None:
            found += [*words_to_digits(run), rank]
            run = []
        elif word == "oh":
            run.append("zero")
        elif word:
            run.append(word)
    found += words_to_digits(run)
    signs = {"point": ".", "minus": "-"}
    return "".join(signs.get(one, one) for one in found if one in signs or one.isdigit())


def _spelled(text: str) -> Iterator[str]:
    ranks = _ranks()
    for word in words(text):
        if word in ranks:
            yield word
        else:
            yield from _SPLIT.findall(word)


def round_trip(drawn: Sequence[tuple[str, str]], hear: Callable[[str], str]) -> Iterator[Heard]:
    """Each sentence said and heard again; `hear` speaks words and gives what was understood."""
    for kind, text in drawn:
        spoken = " ".join(said(text))
        heard = hear(spoken)
        yield Heard(
            kind=kind,
            text=text,
            said=spoken,
            heard=heard,
            is_understood=value(spoken) == value(heard),
        )
