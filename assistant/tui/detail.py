"""One turn in full: what was heard and decided, every step, tools, verdicts and times.

Pure functions from a record to text of a given width; knows no widget. What people or models said
is shown as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from textual.content import Content

from assistant.messages import Step, ToolCall, TurnRecord
from assistant.tui.bars import cells, format_ms, round_scale
from assistant.tui.figures import stages_of
from assistant.tui.lines import plain, spread
from assistant.tui.palette import DIM, FAINT, SEVERITIES, SOURCES, stage_look

_LABEL = 9
_PART = 14
_SCORE = 6
_STAGE = 17
_NUMBER = 9
_GREEN, _RED, _AMBER = "#7fc98f", SEVERITIES["error"], SEVERITIES["warning"]

_OUTCOMES = {
    "done": ("✓", _GREEN),
    "failed": ("✗", _RED),
    "too slow": ("✗", _RED),
    "taken back": ("↶", _AMBER),
    "running": ("…", _AMBER),
    "waiting": ("…", DIM),
}
_GUARDS = ("guard", "answer guard")
"""The parts of the order that are guardrails; a server of tools may have any name."""
_IN_WORDS = {"failed", "too slow", "taken back", "running", "waiting"}
"""Outcomes that are named; "done" is seen from its mark."""


def detail_lines(
    record: TurnRecord, width: int, *, shows_all: bool = False, is_airy: bool = True
) -> Content:
    """The whole turn in lines of at most `width` cells. `shows_all`: also each step that passed,
    which are else counted in one line. `is_airy`: with a blank line between two sections."""
    entries = {
        "heard": _heard(record),
        "decided": _decided(record),
        "said": _said(record),
        "mood": _mood(record),
        "steps": _steps(record.steps, shows_all=shows_all),
        "guards": _guards(record),
        "tools": _tools(record.calls),
        "time": _times(record, max(20, width - _LABEL)),
    }
    sections = [lines for label, one in entries.items() if (lines := _section(label, one, width))]
    return Content("\n\n" if is_airy else "\n").join(sections)


def title_of(record: TurnRecord) -> str:
    """What stands over it."""
    return f"Turn {record.turn}" if record.transcript else "Said without being asked"


def _section(label: str, entries: Iterator[Content], width: int) -> Content:
    """Entries behind their label, wrapped; empty for no entries."""
    room = max(8, width - _LABEL)
    lines = [line for entry in entries for line in entry.wrap(room)]
    labels = [label, *[""] * len(lines)]
    return Content("\n").join(
        plain(name.ljust(_LABEL), DIM) + line for name, line in zip(labels, lines, strict=False)
    )


def _heard(record: TurnRecord) -> Iterator[Content]:
    if not record.transcript:
        return
    yield plain(record.transcript, "bold")
    if record.is_typed:
        yield plain("typed", DIM)
        return
    if record.free:
        won = f"  won on the sound by {record.margin:.1f}"
        yield plain("instead of ", DIM) + plain(record.free) + plain(won, DIM)
    facts = [
        f"confidence {math.exp(min(0.0, record.avg_logprob)):.0%}",
        f"no speech {record.no_speech_prob:.0%}",
    ]
    if record.completeness is not None:
        facts.append(f"complete {record.completeness:.0%}")
    facts.append("1 take" if record.takes == 1 else f"{record.takes} takes")
    if record.reopened:
        facts.append("reopened" if record.reopened == 1 else f"reopened {record.reopened}×")
    yield plain(" · ".join(facts), DIM)


def _decided(record: TurnRecord) -> Iterator[Content]:
    label, colour = SOURCES[record.source]
    name = plain(record.name, "bold") + plain("  ") if record.name else Content("")
    score = plain(f"  {record.score:.2f}") if record.score is not None else Content("")
    yield name + plain(label, colour) + score
    if record.why:
        yield plain(record.why, DIM)
    for slot, value in record.slots.items():
        yield plain(f"{slot} ", DIM) + plain(value)


def _said(record: TurnRecord) -> Iterator[Content]:
    if record.reply:
        yield plain(record.reply)
    if record.interrupted:
        yield plain("interrupted" if record.reply else "interrupted before a word was heard", DIM)
    elif not record.reply:
        yield plain("nothing", DIM)


def _mood(record: TurnRecord) -> Iterator[Content]:
    mood = record.mood
    if mood is not None:
        sure = "" if mood.is_neutral else f"  {mood.confidence:.2f}"
        yield plain(mood.label) + plain(f"{sure}  {mood.why}".rstrip(), DIM)


def _steps(steps: Sequence[Step], *, shows_all: bool) -> Iterator[Content]:
    """In their order; those that passed and have no score are counted, where they stand."""
    passed: list[Step] = []
    for step in steps:
        if step.verdict == "passed" and step.score is None and not shows_all:
            passed.append(step)
            continue
        yield from _folded(passed)
        passed = []
        yield _step(step)
    yield from _folded(passed)


def _folded(passed: Sequence[Step]) -> Iterator[Content]:
    if len(passed) == 1:
        yield _step(passed[0])
    elif passed:
        names = ", ".join(step.part for step in passed)
        yield plain(f"· {len(passed)} passed  ", DIM) + plain(names, FAINT)


def _step(step: Step) -> Content:
    """One line; who took the turn, or changed it, stands out."""
    score = "" if step.score is None else f"{step.score:.2f}"
    columns = f"{step.part:<{_PART}} {score:<{_SCORE}}"
    if step.verdict == "passed":
        return plain(f"· {columns}", DIM) + plain(step.why, DIM)
    verdict = "" if step.verdict == "took" else f"{step.verdict}: "
    mark = plain("✓ ", _GREEN) if step.verdict == "took" else plain("! ", _AMBER)
    return mark + plain(columns, "bold") + plain(f"{verdict}{step.why}")


def _guards(record: TurnRecord) -> Iterator[Content]:
    """What the guardrails found in the request and in the answer; short when it was nothing."""
    found = [step for step in record.steps if step.part in _GUARDS]
    caught = [step for step in found if step.verdict != "passed"]
    for step in caught:
        yield (
            plain("! ", _RED)
            + plain(f"{step.part} {step.verdict}", "bold")
            + plain(f"  {step.why}")
        )
    if record.source == "guardrail" and not caught:
        yield (
            plain("! ", _RED)
            + plain("the answer is a guardrail's", "bold")
            + plain(f"  {record.why}")
        )
    elif found and not caught:
        yield plain("· nothing caught", DIM)


def _tools(calls: Sequence[ToolCall]) -> Iterator[Content]:
    for call in calls:
        mark, colour = _OUTCOMES.get(call.outcome, ("?", _AMBER))
        line = plain(f"{mark} ", colour) + plain(call.name, "bold")
        line += plain(" writes" if call.writes else " reads", FAINT)
        if call.outcome in _IN_WORDS:
            line += plain(f" {call.outcome}", colour)
        if call.ms is not None:
            line += plain(f"  {_short_ms(call.ms)}", DIM)
        yield line
        for slot, value in call.slots.items():
            yield plain(f"  {slot} ", DIM) + plain(value)
        if call.result:
            yield plain("  → ", DIM) + plain(call.result)


def _short_ms(ms: float) -> str:
    return f"{ms:.1f} ms" if ms < 10 else format_ms(ms)


def _times(record: TurnRecord, room: int) -> Iterator[Content]:
    """One bar a stage, each where it was, then the moments on the session's clock."""
    stages = stages_of(record)
    bar = max(8, room - _STAGE - _NUMBER)
    scale, before = round_scale(record.latency_ms or 0.0), 0.0
    for name, ms in stages:
        look, counts = stage_look(name), dict(cells([("", before), (name, ms)], scale, bar))
        drawn = plain(" " * counts.get("", 0)) + plain(look.fill * counts.get(name, 0), look.style)
        left = plain(look.fill * 2, look.style) + plain(f" {name}".ljust(_STAGE - 2), DIM)
        yield spread(left + drawn, plain(format_ms(ms)), room)
        before += ms
    if record.latency_ms is not None:
        about = "from enter" if record.is_typed else "from the end of your speech"
        total = plain("first sound ") + plain(about if record.transcript else "", DIM)
        yield spread(total, plain(format_ms(record.latency_ms), "bold"), room)
    elif record.transcript:
        yield plain("nothing sounded", DIM)
    yield plain(_moments(record), DIM)


def _moments(record: TurnRecord) -> str:
    moments = [("complete", record.commit_s)]
    if record.transcript and not record.is_typed:
        moments[:0] = [("said", record.speech_start_s), ("to", record.speech_end_s)]
    if record.first_audio_s is not None:
        moments.append(("audible", record.first_audio_s))
    if record.reply_end_s is not None:
        moments.append(("over", record.reply_end_s))
    return "at " + " · ".join(f"{name} {seconds:.1f} s" for name, seconds in moments)
