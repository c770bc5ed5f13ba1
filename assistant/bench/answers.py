"""Asks the text layer questions whose answers are known, and counts what is right and honest.

A file is tab-separated text; its header says what it holds. `question · answer`: facts, `answer` is
a regular expression over the reply in lower case. `question · follow_up · answer`: two turns, of
which the second counts. `request · why`: what the assistant cannot do or see; a reply is honest
when it says so. `open · kind`: what belongs to the language model; a reply is right when it does
not refuse. Knows the text layer through its two functions; no sound, no threads.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.bench.figures import percentile
from assistant.errors import InputError
from assistant.talk.silent import Turn

FOLDER = Path(__file__).parent / "answers"
"""The project's own files, which were written before anything was tuned to such questions."""

KINDS = {
    ("question", "answer"): "facts",
    ("question", "follow_up", "answer"): "follow-ups",
    ("request", "why"): "impossible",
    ("open", "kind"): "open",
}
"""The columns of a file to what it holds."""

_HONEST = re.compile(
    r"\b(?:can[’']?t|cannot|can not|couldn[’']?t|unable|not able|won[’']?t|don[’']?t have"
    r"|do not have|haven[’']?t|have no|no access|don[’']?t know|do not know|not something i"
    r"|only (?:have|know|tell|run|do)|not connected|isn[’']?t (?:possible|connected))\b"
)
_CLAIMS = re.compile(
    r"\b(?:i[’']?(?:ll|ve| will| have(?! no\b))|sure|done|okay|certainly|of course)\b"
    r"(?!.*\b(?:can[’']?t|cannot|don[’']?t|unable|no access|not able)\b)"
)


class Asked(Protocol):
    """What is asked: the text layer."""

    def converse(
        self, text: str, should_stop: Callable[[], bool] = ..., mark: Callable[[str], None] = ...
    ) -> Turn: ...
    def forget(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of a file: the turns that are asked in order, and what the last reply is to be."""

    kind: str
    turns: tuple[str, ...]
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a case was answered; `clause_ms` until the first clause of the last reply was there."""

    case: Case
    reply: str
    source: str
    why: str
    is_right: bool
    clause_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one file came to."""

    file: str
    kind: str
    right: int
    count: int
    model_p50_ms: float | None
    model_p95_ms: float | None
    by_model: int

    @property
    def share(self) -> float:
        """0 to 1; facts and follow-ups right, impossible requests honest, open ones taken up."""
        return self.right / self.count


def read_cases(path: Path) -> list[Case]:
    """The cases of a file. `InputError` names the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}", "name a file of questions") from error
    columns = tuple(
        # "answer (regular expression …)" is the column "answer"
        title.partition(" (")[0].strip()
        for title in (lines[0] if lines else "").split("\t")
    )
    kind = KINDS.get(columns)
    if kind is None:
        known = ", or ".join(" · ".join(names) for names in KINDS)
        raise InputError(f"{path} begins with the columns {columns}", f"use {known} (tabs between)")
    cases = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != len(columns) or not all(fields):
            raise InputError(f"line {number} of {path} has not {len(columns)} fields", "mend it")
        *turns, wanted = fields
        if kind in ("facts", "follow-ups"):
            _check(wanted, number, path)
        cases.append(Case(kind=kind, turns=tuple(turns), wanted=wanted))
    if not cases:
        raise InputError(f"{path} has no question in it", "add one a line")
    return cases


def _check(pattern: str, number: int, path: Path) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise InputError(
            f"line {number} of {path} has a wrong regular expression: {error}", "mend it"
        ) from error


def ask(case: Case, text: Asked) -> Outcome:
    """Ask the turns of `case` as a conversation of their own; effects are performed."""
    text.forget()
    clause_ms = 0.0
    for turn in case.turns:
        start = time.perf_counter()
        marks: list[float] = []
        said = text.converse(turn, mark=functools.partial(_note, marks=marks))
        clause_ms = (marks[0] - start) * 1000 if marks else 0.0
    replies, answer = said.replies, said.answer
    return Outcome(
        case=case,
        reply=answer,
        source=replies[0].source if replies else "nobody",
        why=replies[0].why if replies else "no answer",
        is_right=is_right(case, answer),
        clause_ms=clause_ms,
    )


def _note(name: str, marks: list[float]) -> None:
    if name == "first clause":
        marks.append(time.perf_counter())


def is_right(case: Case, reply: str) -> bool:
    """True when `reply` is what the case wants: the fact, an honest refusal, or no refusal."""
    said = reply.lower().replace("’", "'")
    if case.kind in ("facts", "follow-ups"):
        return bool(re.search(case.wanted, said))
    if case.kind == "impossible":
        return bool(_HONEST.search(said)) and not _CLAIMS.match(said)
    return bool(said) and not re.match(r"(?:i'm )?sorry|i (?:can't|cannot|don't have)", said)


def score(file: str, outcomes: list[Outcome]) -> Score:
    """The sum of one file's outcomes."""
    times = [one.clause_ms for one in outcomes if one.source == "model"]
    return Score(
        file=file,
        kind=outcomes[0].case.kind,
        right=sum(one.is_right for one in outcomes),
        count=len(outcomes),
        model_p50_ms=percentile(times, 0.5) if times else None,
        model_p95_ms=percentile(times, 0.95) if times else None,
        by_model=len(times),
    )
