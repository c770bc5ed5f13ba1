"""Traces: one private file a session, whole lines, the oldest removed."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

from assistant.messages import Span
from assistant.talk.guards.personal import redacted
from assistant.trace import Trace


def test_a_session_leaves_private_json_lines(tmp_path: Path) -> None:
    trace = Trace(tmp_path / "traces")
    trace.event("floor", holding="user")
    trace.span(Span(turn=1, take=2, stage="voice", start_ns=1_000_000, end_ns=3_000_000))
    assert trace.path is not None
    lines = [json.loads(line) for line in trace.path.read_text().splitlines()]
    assert lines[0]["event"] == "floor"
    assert lines[1]["ms"] == 2.0
    assert lines[1]["outcome"] == "done"
    assert stat.S_IMODE(trace.path.stat().st_mode) == 0o600
    trace.close()
    trace.event("late")
    assert len(trace.path.read_text().splitlines()) == 2


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    trace = Trace(tmp_path)
    threads = [
        threading.Thread(target=lambda n=n: [trace.event("e", n=n, i=i) for i in range(200)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trace.path is not None
    lines = [json.loads(line) for line in trace.path.read_text().splitlines()]
    assert len(lines) == 800


def test_only_the_newest_sessions_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"2026010{number}T000000.000000-1.jsonl").touch()
    Trace(tmp_path, keep_sessions=3).close()
    kept = sorted(path.name[:8] for path in tmp_path.glob("*.jsonl"))
    assert len(kept) == 3
    assert "20260100" not in kept
    assert "20260101" not in kept


def test_without_a_directory_nothing_is_written(tmp_path: Path) -> None:
    trace = Trace(None)
    trace.event("x")
    assert trace.path is None


def test_personal_data_is_left_out_of_every_text(tmp_path: Path) -> None:
    trace = Trace(tmp_path, redact=redacted)
    steps = [{"part": "guard", "why": "said 4111 1111 1111 1111"}]
    trace.event("heard", text="My PIN is 4711.", steps=steps, at=4711, words=("a@b.org",))
    assert trace.path is not None
    line = json.loads(trace.path.read_text())
    assert line["text"] == "My PIN is [pin]."
    assert line["steps"] == [{"part": "guard", "why": "said [card]"}]
    assert (line["at"], line["words"]) == (4711, ["[e-mail]"])
