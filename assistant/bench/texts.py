"""Asks the text layer many requests by themselves and counts who answers, and how rightly.

A file is tab-separated text with the columns text · intent · domain · kind. Kind `everyday`: the
assistant should do it or decline it honestly, without its language model. `other` and `open`
belong to the model; a fixed answer out of reach ("I can't book anything") is honest for them and is
counted apart. Which decision is right for which intent stands in intents.toml. Knows the text layer
through `decide`, which changes nothing; no sound, no threads.
"""

from __future__ import annotations

import csv
import fnmatch
import time
import tomllib
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.bench.figures import percentile
from assistant.errors import InputError
from assistant.talk.decision import Decision

INTENTS_FILE = Path(__file__).parent / "intents.toml"
COLUMNS = ("text", "intent", "domain", "kind")
REQUEST_KINDS = ("everyday", "other", "open")
MODEL = "model"
OUT_OF_REACH = "out of reach"
"""With these words begins the reason of a decline by kind (talk/reach.py)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One request of a file. `kind` is one of `REQUEST_KINDS`."""

    text: str
    intent: str
    domain: str
    kind: str

    @property
    def half(self) -> str:
        """ "a" or "b", always the same for the same text."""
        return "ab"[zlib.crc32(self.text.encode()) % 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """The patterns of decision names that are right for an intent."""

    done: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()

    def verdict(self, name: str) -> str:
        """ "done", "declined" or "" for the name of a decision."""
        if any(fnmatch.fnmatchcase(name, one) for one in self.done):
            return "done"
        return "declined" if any(fnmatch.fnmatchcase(name, one) for one in self.declined) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the text layer decided on a line, in `us` microseconds.

    `verdict` is done, declined, wrong or left (everyday); served, declined, taken or left (others).
    """

    line: Line
    name: str
    verdict: str
    why: str
    score: float | None
    us: float


def read_lines(path: Path) -> list[Line]:
    """The requests of a file. `InputError` names what is wrong with it."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            titles, rows = reader.fieldnames or (), list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}", "name a file of requests") from error
    if not set(COLUMNS) <= set(titles):
        raise InputError(f"{path} lacks columns", f"its first line is {' · '.join(COLUMNS)} (tabs)")
    lines = []
    for number, row in enumerate(rows, start=2):
        if not row["text"] or row["kind"] not in REQUEST_KINDS:
            known = ", ".join(REQUEST_KINDS)
            raise InputError(f"line {number} of {path} has no such kind", f"use one of: {known}")
        lines.append(Line(**{column: row[column] for column in COLUMNS}))
    if not lines:
        raise InputError(f"{path} has no request in it", "add one a line")
    return lines


def read_right(path: Path = INTENTS_FILE) -> dict[str, Right]:
    """Intent to the names that are right for it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}", "mend that file") from error
    return {
        intent: Right(done=tuple(table.get("done", ())), declined=tuple(table.get("declined", ())))
        for intent, table in data.items()
    }


def judge(line: Line, decision: Decision | None, right: dict[str, Right]) -> str:
    """The verdict on a decision; see `Answered`."""
    if decision is None or decision.name == MODEL:
        return "left"
    found = right.get(line.intent, Right()).verdict(decision.name)
    if line.kind == "everyday":
        return found or "wrong"
    if found:
        return "served" if found == "done" else found
    return "declined" if decision.why.startswith(OUT_OF_REACH) else "taken"


def answer_all(
    lines: Iterable[Line],
    decide: Callable[[str], Decision | None],
    right: dict[str, Right],
) -> list[Answered]:
    """Each line decided by itself, timed."""
    found = []
    for line in lines:
        started = time.perf_counter()
        decision = decide(line.text)
        us = (time.perf_counter() - started) * 1e6
        found.append(
            Answered(
                line=line,
                name=decision.name if decision is not None else "",
                verdict=judge(line, decision, right),
                why=decision.why if decision is not None else "",
                score=decision.score if decision is not None else None,
                us=us,
            )
        )
    return found


def by_group(answered: Sequence[Answered]) -> dict[str, Counter[str]]:
    """Verdicts of each everyday intent, then of the other kinds."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for one in answered:
        is_everyday = one.line.kind == "everyday"
        groups[one.line.intent if is_everyday else f"({one.line.kind})"][one.verdict] += 1
    return dict(sorted(groups.items()))


def confusion(answered: Sequence[Answered]) -> dict[str, Counter[str]]:
    """Intent to the names that answered it and are not right for it, the model's among them."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for one in answered:
        if one.verdict in ("wrong", "taken") or (
            one.verdict == "left" and one.line.kind == "everyday"
        ):
            table[one.line.intent][one.name or "nobody"] += 1
    return dict(sorted(table.items(), key=lambda item: -item[1].total()))


def card(answered: Sequence[Answered], load_s: float, meaning_s: float) -> dict[str, Any]:
    """Everything that is measured: counts, shares (0 to 1), microseconds and seconds."""
    counts = {
        kind: Counter(one.verdict for one in answered if one.line.kind == kind)
        for kind in REQUEST_KINDS
    }
    everyday = counts["everyday"]
    elsewhere = counts["other"] + counts["open"]
    times = [one.us for one in answered]
    return {
        "counts": {kind: dict(found) for kind, found in counts.items()},
        "everyday_right": _share(everyday["done"] + everyday["declined"], everyday),
        "everyday_done": _share(everyday["done"], everyday),
        "everyday_wrong": _share(everyday["wrong"], everyday),
        "elsewhere_taken": _share(elsewhere["taken"], elsewhere),
        "us_p50": round(percentile(times, 0.5)),
        "us_p95": round(percentile(times, 0.95)),
        "load_s": round(load_s, 3),
        "meaning_s": round(meaning_s, 3),
    }


def _share(part: int, whole: Counter[str]) -> float | None:
    return round(part / whole.total(), 4) if whole.total() else None
