"""The log as lines for people: a list of turns, one turn in full, figures, a report.

Pure; the standard library alone, so that `assistant log` answers at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.harmless import one_line
from assistant.log.rows import Body

if TYPE_CHECKING:  # loaded where they are made
    from assistant.log.book import Book
    from assistant.log.stats import Figures
    from assistant.log.verify import Report

_MOST_NAMES = 12


def turn_line(seq: int, body: Body, width: int) -> str:
    """One turn in at most `width` characters."""
    when = _local(body.get("now") or body.get("at"))
    said = body.get("request", "") or "(unasked)"
    line = one_line(
        f"{seq:>6}  {when:%d %b %H:%M}  {body.get('source', ''):<11}  {body.get('name', ''):<20}  "
        f"{said} → {body.get('sounded') or '(nothing sounded)'}"
    )
    return line if len(line) <= width else f"{line[: width - 1]}…"


def turn_lines(seq: int, body: Body, book: Book) -> Iterator[str]:
    """One turn in full, without what could steer a terminal or forge a line."""
    yield from map(one_line, _turn_lines(seq, body, book))


def _turn_lines(seq: int, body: Body, book: Book) -> Iterator[str]:
    yield f"row {seq}, turn {body.get('turn')} of session {body.get('session')} ({body.get('way')})"
    yield f"at       {_local(body.get('now') or body.get('at')).isoformat(' ', 'seconds')}"
    yield f"heard    {body.get('request', '')}"
    if body.get("free"):
        yield f"free     {body['free']}"
    score = f", score {body['score']}" if "score" in body else ""
    yield f"decided  {body.get('name')} [{body.get('source')}{score}]: {body.get('why')}"
    yield from (f"slot     {key} = {value}" for key, value in body.get("slots", {}).items())
    yield from (f"planned  {one}" for one in body.get("planned", []))
    yield from (f"spoken   {one}" for one in body.get("spoken", []))
    cut = " (interrupted)" if body.get("interrupted") else ""
    yield f"sounded  {body.get('sounded', '')}{cut}"
    yield from (f"step     {_step(one)}" for one in body.get("steps", []))
    late = book.rows("kind = 'call' and json_extract(body, '$.of') = ?", (seq,))
    calls = next((row.body["calls"] for row in late), body.get("calls", []))
    yield from (f"call     {_call(one)}" for one in calls)
    yield from (
        f"verdict  {json.dumps(one, ensure_ascii=False)}" for one in body.get("verdicts", [])
    )
    if body.get("mood"):
        yield f"mood     {json.dumps(body['mood'], ensure_ascii=False)}"
    yield from _model(body.get("model", {}))
    if "latency_ms" in body:
        yield f"latency  {body['latency_ms']} ms to the first sound"
    stages = ", ".join(f"{name} {ms}" for name, ms in body.get("stages", {}).items())
    if stages:
        yield f"stages   {stages} (ms)"
    if "sound" in body:
        yield f"sound    {body['sound']['file']}, {body['sound']['seconds']} s"
    yield f"rules    {body.get('rules', '')}"


def other_lines(seq: int, body: Body) -> Iterator[str]:
    """A row that is no turn (a session, later calls, one that was forgotten), a field a line."""
    yield one_line(f"row {seq}, {body.get('kind')} (--json: as it is written down)")
    for name, value in sorted(body.items()):
        if name in ("kind", "salt"):
            continue
        for key, one in _fields(name, value):
            yield one_line(f"{key:<20} {one}")


def _fields(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """A value as pairs of a dotted name and what stands under it."""
    if isinstance(value, dict) and value:
        for key, one in value.items():
            yield from _fields(f"{name}.{key}", one)
    elif isinstance(value, list) and value:
        for index, one in enumerate(value, 1):
            yield from _fields(f"{name}.{index}", one)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _step(step: Body) -> str:
    score = f" {step['score']}" if "score" in step else ""
    return f"{step.get('part')}: {step.get('verdict')}{score}, {step.get('why', '')}"


def _call(call: Body) -> str:
    slots = ", ".join(f"{key}={value}" for key, value in call.get("slots", {}).items())
    took = f", {call['ms']} ms" if call.get("ms") is not None else ""
    result = f": {call['result']}" if call.get("result") else ""
    return f"{call.get('name')}({slots}) {call.get('outcome')}{took}{result}"


def _model(model: Body) -> Iterator[str]:
    if not model:
        return
    for prompt in model.get("prompt", []):
        yield f"prompt   after {prompt['earlier']} messages: {prompt['asked']}"
    yield from (f"model    {text}" for text in model.get("text", []))
    yield (
        f"model    {model.get('ms')} ms to its first clause, {model.get('cpu_ms')} ms of processor "
        f"time for {model.get('pieces')} pieces"
    )


def figures_lines(figures: Figures) -> Iterator[str]:
    """What `log stats` prints."""
    if not figures.turns:
        yield "no turns"
        return
    first, last = _local(figures.first), _local(figures.last)
    days = f"{first:%d %b %Y} to {last:%d %b %Y}"
    yield f"{figures.turns} turns in {figures.sessions} sessions, {days}"
    for source, count in figures.sources.items():
        yield f"  {source or 'none':<12} {count:>6}  {count / figures.turns:>6.1%}"
    if figures.p50_ms is not None and figures.p95_ms is not None:
        yield (
            "end of speech to first sound: "
            f"p50 {figures.p50_ms:.0f} ms, p95 {figures.p95_ms:.0f} ms"
        )
    yield f"interrupted: {figures.interrupted} · tools that failed: {figures.failed_calls}"
    names = [f"{name} {count}" for name, count in list(figures.names.items())[:_MOST_NAMES]]
    yield f"most often: {', '.join(names)}"
    yield from _savings(figures)


def _savings(figures: Figures) -> Iterator[str]:
    saved = figures.savings
    share = f"{saved.share:.0%}" if saved.share is not None else "–"
    yield f"without the model: {saved.turns} of {saved.answered} turns ({share})"
    if saved.ms is None or saved.cost.ms is None:
        yield "  saved: not known, as no model turn is in the log to estimate it from"
        return
    cpu = saved.cost.cpu_ms or 0.0
    yield (
        f"  saved: about {saved.ms / 1000:.1f} s of waiting and {saved.cpu_s or 0:.1f} s of "
        f"processor time (a model turn here: {saved.cost.ms:.0f} ms to its first clause, "
        f"{cpu:.0f} ms of processor time; medians of {saved.cost.turns})"
    )


def report_lines(report: Report) -> Iterator[str]:
    """What `log verify` prints."""
    yield from report.problems
    parts = [f"{report.rows} rows"]
    if report.forgotten:
        parts.append(f"{report.forgotten} of them forgotten")
    if report.expired:
        parts.append(f"rows up to {report.expired} expired")
    wrong = len(report.problems)
    yield f"{', '.join(parts)}: {'the chain holds' if not wrong else f'{wrong} problems'}"
    if report.head is not None:
        yield f"head {report.head}"


def _local(text: Any) -> datetime:
    """A time as the row has it, in its own zone; one in UTC in that of this machine."""
    found = datetime.fromisoformat(str(text))
    return found.astimezone() if str(text).endswith("Z") else found
