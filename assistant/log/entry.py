"""What one turn leaves for the log, and the row that is made of it.

An `Entry` is taken down where the turn ends (on the ears thread, which must not wait) and holds
references only; `body` makes the row on the log's own thread: personal data redacted, numbers
rounded. Knows no file. Pure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from assistant.log.rows import Body, stamp

if TYPE_CHECKING:  # numpy loads with these, and `assistant log` is to start at once
    from assistant.messages import Int16Array, ModelWork, Reply, Step, ToolCall

_DOT = "•"
SECRET = _DOT * 4
"""Stands for what must not be written down, such as a PIN."""

Redact = Callable[[str], str]
Kind = Literal["turn", "said", "cleared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One turn that is over ("turn"), something said without being asked ("said"), or the
    conversation so far forgotten ("cleared").

    `free` is what was heard freely where `request` is a known phrase that won against it on the
    sound. `at` is when it ended, `now` the time that the decision knew; both with their zone.
    `planned` are the replies as (shown, spoken), `sounded` what was heard of them. `calls()` gives
    the tools with what has become of them by the moment of the call. `model_ms` is how long the
    model took to the first clause, `asked` what it was asked. `verdicts` are those of guardrails on
    the answer.
    `is_secret`: the request has a PIN or the like; what may be shown of it has dots already, else
    it is all dots.
    `sound` int16[n] mono 16 kHz is what the user said, where it is to be kept; `voice` is what was
    measured of it, a dataclass of numbers.
    """

    kind: Kind = "turn"
    at: datetime
    turn: int = 0
    way: Literal["voice", "typed"] = "voice"
    request: str = ""
    free: str = ""
    now: datetime | None = None
    name: str = ""
    source: str = ""
    why: str = ""
    score: float | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    steps: Sequence[Step] = ()
    planned: Sequence[tuple[str, str]] = ()
    sounded: str = ""
    is_interrupted: bool = False
    is_secret: bool = False
    calls: Callable[[], Sequence[ToolCall]] = tuple
    asked: Sequence[ModelWork] = ()
    model_ms: float | None = None
    verdicts: Sequence[Any] = ()
    mood: Any = None
    latency_ms: float | None = None
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    takes: int = 1
    heard: Mapping[str, float | int | None] = field(default_factory=dict)
    sound: Int16Array | None = None
    voice: Any = None


def verdicts_of(replies: Sequence[Reply], source: str) -> list[Body]:
    """What guardrails said to the clauses of an answer that came from elsewhere."""
    if source == "guardrail":  # the request was caught, which is a step of its own
        return []
    return [
        {"clause": at, "why": one.why, "text": one.text}
        for at, one in enumerate(replies, 1)
        if one.source == "guardrail"
    ]


UNFINISHED = ("waiting", "running")
"""Outcomes of a tool that has not ended."""


def calls_body(entry: Entry, redact: Redact) -> list[Body]:
    """The tools of a turn as they stand now."""
    made = [_plain(one.as_json(), redact) for one in entry.calls()]
    if not entry.is_secret:
        return made
    return [{**one, "slots": {}, "result": ""} for one in made]


def body(entry: Entry, redact: Redact) -> Body:
    """The row of an entry. Empty fields are left out; "redacted" says that the request is not
    written as it was said, so that it cannot be asked again."""
    request = redact(entry.request)
    if entry.is_secret and _DOT not in request:
        request = SECRET
    made: Body = {
        "kind": entry.kind,
        "at": stamp(entry.at),
        "turn": entry.turn,
        "way": entry.way,
        "request": request,
        "free": "" if entry.is_secret else redact(entry.free),
        "redacted": entry.is_secret or request != entry.request,
        "now": entry.now.isoformat() if entry.now is not None else None,
        "name": entry.name,
        "source": entry.source,
        "why": redact(entry.why),
        "score": _rounded(entry.score, 3),
        "slots": {} if entry.is_secret else _plain(dict(entry.slots), redact),
        "steps": [_step(one, redact, is_secret=entry.is_secret) for one in entry.steps],
        "planned": [redact(shown) for shown, _ in entry.planned],
        "spoken": _spoken(entry, redact),
        "sounded": redact(entry.sounded),
        "interrupted": entry.is_interrupted,
        "calls": calls_body(entry, redact),
        "model": _model(entry, redact),
        "verdicts": [_plain(_json(one), redact) for one in entry.verdicts],
        "mood": _plain(_json(entry.mood), redact) if entry.mood is not None else None,
        "latency_ms": _rounded(entry.latency_ms, 1),
        "stages": {name: round(ms, 1) for name, ms in entry.stages_ms.items()},
        "takes": entry.takes,
        "heard": dict(entry.heard),
        "voice": dataclasses.asdict(entry.voice) if entry.voice is not None else None,
    }
    empty: tuple[Any, ...] = (None, "", [], {})
    return {key: value for key, value in made.items() if value not in empty and value is not False}


def _spoken(entry: Entry, redact: Redact) -> list[str]:
    """What the voice was given, where that differs from what is shown."""
    spoken = [redact(said or shown) for shown, said in entry.planned]
    return [] if spoken == [redact(shown) for shown, _ in entry.planned] else spoken


def _step(step: Step, redact: Redact, *, is_secret: bool) -> Body:
    made = {key: value for key, value in step.as_json().items() if value not in (None, "")}
    if is_secret:
        made.pop("why", None)
    return _kept(_plain(made, redact))


def _kept(value: Any) -> Body:
    made: Body = value
    return made


def _model(entry: Entry, redact: Redact) -> Body:
    """What the model was asked and said."""
    if not entry.asked:
        return {}
    works = entry.asked
    return {
        "ms": _rounded(entry.model_ms, 1),
        "cpu_ms": round(sum(one.cpu_ms for one in works), 1),
        "generated_ms": round(sum(one.ms for one in works), 1),
        "pieces": sum(one.pieces for one in works),
        "text": [SECRET if entry.is_secret else redact(one.text) for one in works],
        "prompt": [] if entry.is_secret else [_prompt(one.prompt, redact) for one in works],
    }


def _prompt(messages: Sequence[Mapping[str, Any]], redact: Redact) -> Body:
    """The user's last message and what followed it. The `earlier` messages are the instructions of
    the session's row and the turns before: a turn that is forgotten is in no other row."""
    users = [at for at, one in enumerate(messages) if one.get("role") == "user"]
    start = users[-1] if users else 0
    return {"earlier": start, "asked": [_plain(dict(one), redact) for one in messages[start:]]}


def _plain(value: Any, redact: Redact) -> Any:
    """`value` as JSON has it, its texts redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one, redact) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, redact) for one in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return round(value, 3) if isinstance(value, float) else redact(str(value))


def _json(value: Any) -> Any:
    """What an object says of itself, where it does."""
    as_json = getattr(value, "as_json", None)
    return as_json() if callable(as_json) else value


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
