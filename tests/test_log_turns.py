"""What a turn leaves in the log: through the engine, as a row, on a disk that refuses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from assistant.audio.script import AfterAnswer, DuringAnswer, Segment
from assistant.config import Config, config_from_dict
from assistant.config_watching import LogConfig
from assistant.engine.hands import HandsThread
from assistant.errors import AssistantError, ConfigError
from assistant.log.book import SOUND, Book, LogError
from assistant.log.entry import Entry, body
from assistant.log.head import HeadFile
from assistant.log.rows import Body
from assistant.log.spans import open_spans
from assistant.log.stats import figures
from assistant.log.verify import verify
from assistant.log.writer import Session as LogSession
from assistant.log.writer import TurnLog
from assistant.messages import ModelWork, Notice, Reply, Step, ToolCall, Weighing
from assistant.talk.decision import Decision, Effect, Speaking
from assistant.talk.guards.personal import redacted
from assistant.talk.request import read_request
from assistant.talk.talk import Talk
from tests.scripted import Echoing, Humming, Session, drawn

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
ONE = Segment(samples=drawn("#" * 20))


def turn(**fields: object) -> Entry:
    values: dict[str, object] = {"at": NOW, "turn": 1, "request": "What time is it?", "now": NOW}
    return Entry(**{**values, "name": "clock.time", "source": "tool", **fields})  # type: ignore[arg-type]


def logging(place: Path, **options: object) -> TurnLog:
    return TurnLog(lambda: opened(place), LogSession(name="s"), **options)  # type: ignore[arg-type]


def opened(place: Path) -> Book:
    path = place / "log" / "log.sqlite3"
    return Book(path, HeadFile(place / "head", path), make=True)


def turns(place: Path) -> list[Body]:
    book = opened(place)
    try:
        assert verify(book).problems == []
        return [row.body for row in book.rows("kind in ('turn', 'said', 'call', 'lost')")]
    finally:
        book.close()


def test_an_entry_that_cannot_be_written_down_costs_no_other(tmp_path: Path) -> None:
    log = logging(tmp_path)
    told: list[str] = []
    log.on_trouble = lambda error: told.append(str(error))

    def broken() -> list[ToolCall]:
        raise ValueError("no calls")

    log.add(turn(calls=broken))
    log.add(turn(turn=2))
    assert log.close()
    assert [row["turn"] for row in turns(tmp_path)] == [2]
    (trouble,) = told
    assert "no calls" in trouble


def test_the_end_waits_for_a_disk_that_takes_its_time(tmp_path: Path) -> None:
    free = threading.Event()

    def open_book() -> Book:
        assert free.wait(30.0)
        return opened(tmp_path)

    log = TurnLog(open_book, LogSession(name="s"))
    log.add(turn())
    assert not log.flush(0.05)
    late = threading.Timer(2.5, free.set)  # more than the two seconds that an engine waits
    late.start()
    assert log.close()
    assert [row["turn"] for row in turns(tmp_path)] == [1]


# -- through the engine ----------------------------------------------------------------------------


@dataclass
class Deciding(Echoing):
    """One effect and one question to the model a turn."""

    effect: Effect = field(default_factory=lambda: Effect(name="list.add", run=lambda: 7))
    hands: HandsThread = field(default_factory=HandsThread)
    says: str = "It is done now."

    def commit(self, decision: Decision) -> None:
        super().commit(decision)
        self.hands.submit(decision.effects)

    def decide(
        self, text: str, turn: int, played: tuple[int, str, str] | None, *_: object
    ) -> Decision | None:
        return Decision(
            name="list.add",
            source="tool",
            why="scripted",
            score=0.9,
            slots={"item": "milk"},
            steps=(Step(part="skills", verdict="took", score=0.9, why="scripted"),),
            after=Talk(),
            effects=(self.effect,),
            request=read_request(text, NOW, turn),
        )

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        speaking.asked(
            ModelWork(
                prompt=[
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "An earlier question"},
                    {"role": "assistant", "content": "An earlier answer"},
                    {"role": "user", "content": text},
                ],
                text="Done.",
                ms=5.0,
                cpu_ms=9.0,
                pieces=2,
            )
        )
        yield Reply(text=self.says, spoken=f"{self.says}!", source="tool", why="scripted")


def spoken(place: Path, text: Deciding, *segments: Segment, **options: object) -> list[Body]:
    session = Session(text=text, hands=text.hands, log=logging(place, **options))
    session.run(*segments)
    assert session.log.close(10.0)
    return turns(place)


def test_a_spoken_turn_is_written_down_in_full(tmp_path: Path) -> None:
    (row,) = spoken(tmp_path, Deciding(), ONE)
    assert (row["kind"], row["way"], row["turn"], row["session"]) == ("turn", "voice", 1, "s")
    assert (row["request"], row["now"]) == ("0.40", NOW.isoformat())
    assert (row["name"], row["source"], row["score"]) == ("list.add", "tool", 0.9)
    assert row["slots"] == {"item": "milk"}
    assert row["steps"] == [{"part": "skills", "verdict": "took", "score": 0.9, "why": "scripted"}]
    assert row["planned"] == [row["sounded"]] == ["It is done now."]
    assert row["spoken"] == ["It is done now.!"]
    (call,) = row["calls"]
    assert (call["name"], call["outcome"], call["result"]) == ("list.add", "done", "7")
    assert row["model"]["text"] == ["Done."]
    (prompt,) = row["model"]["prompt"]
    assert prompt == {"earlier": 3, "asked": [{"role": "user", "content": "0.40"}]}
    assert row["stages"]
    assert row["latency_ms"] > 0
    assert "sound" not in row


def test_what_did_not_sound_is_planned_and_not_sounded(tmp_path: Path) -> None:
    over = Segment(samples=drawn("#" * 40), starts=DuringAnswer(after_ms=1300))
    text = Deciding(says="One two three four five six seven eight nine ten eleven twelve.")
    session = Session(
        text=text, hands=text.hands, voice=Humming(seconds=4.0), log=logging(tmp_path)
    )
    session.run(ONE, over)
    assert session.log.close(10.0)
    first, second = turns(tmp_path)
    assert first["interrupted"] is True
    assert first["planned"] == [text.says]
    assert text.says.startswith(first["sounded"])
    assert 1 <= len(first["sounded"].split()) < 12
    assert "interrupted" not in second
    assert second["sounded"] == text.says


def test_a_tool_that_runs_on_after_its_turn_is_told_of_later(tmp_path: Path) -> None:
    release = threading.Event()
    text = Deciding(effect=Effect(name="slow.tool", run=release.wait))
    session = Session(text=text, hands=text.hands, log=logging(tmp_path))
    threading.Timer(1.5, release.set).start()
    session.run(ONE)
    assert text.hands.flush(10.0)
    assert session.log.flush(10.0)
    assert session.log.close(10.0)
    kinds = {row["kind"]: row["calls"][0]["outcome"] for row in turns(tmp_path)}
    assert kinds["turn"] in ("waiting", "running", "done")
    assert list(kinds.values())[-1] == "done"


def test_sound_is_kept_only_where_it_is_wanted(tmp_path: Path) -> None:
    (row,) = spoken(tmp_path, Deciding(), ONE, keeps_sound=True)
    file = tmp_path / "log" / SOUND / row["sound"]["file"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes()[:4] == b"RIFF"
    assert row["sound"]["seconds"] > 0.3
    book = opened(tmp_path)
    assert verify(book).problems == []
    content = file.read_bytes()
    file.write_bytes(content[:-2] + b"xx")
    assert verify(book).problems == [f"the sound of row 2 was altered: {file}"]
    assert book.forget("seq = 2") == [2]
    assert not file.exists()


def test_a_disk_that_refuses_is_one_notice_and_the_conversation_goes_on(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("no folder")
    session = Session(text=Deciding(), log=logging(tmp_path))
    later = Segment(samples=drawn("#" * 20), starts=AfterAnswer(quiet_ms=1500))
    records = session.run(ONE, later, later)
    assert len(records) == 3
    notices = [one for one in session.updates if isinstance(one, Notice)]
    assert [one.code for one in notices] == ["E-LOG"]
    assert "The conversation goes on" in notices[0].text
    (tmp_path / "log").unlink()
    session.log.add(turn(turn=4))
    assert session.log.close(10.0)
    assert [row["turn"] for row in turns(tmp_path)] == [1, 2, 3, 4], "nothing was lost after all"


def test_a_typed_turn_is_written_down_too(tmp_path: Path) -> None:
    text = Deciding()
    session = Session(text=text, hands=text.hands, log=logging(tmp_path))
    session.run(commands={20: lambda engine: engine.submit_text("Add milk.")})
    assert session.log.close(10.0)
    (row,) = turns(tmp_path)
    assert (row["way"], row["request"], row["name"]) == ("typed", "Add milk.", "list.add")
    assert "heard" not in row


def test_what_nobody_asked_for_is_said_and_no_turn(tmp_path: Path) -> None:
    text = Deciding(effect=Effect(name="list.add", run=lambda: 1 / 0, apology="That did not work."))
    turned, said = spoken(tmp_path, text, ONE)
    assert (turned["kind"], turned["calls"][0]["outcome"]) == ("turn", "failed")
    assert (said["kind"], said["sounded"]) == ("said", "That did not work.")
    assert "request" not in said
    assert "latency_ms" not in said


# -- rows ------------------------------------------------------------------------------------------


def test_personal_data_is_redacted_everywhere() -> None:
    card = "4111 1111 1111 1111"
    entry = turn(
        request=f"Pay with {card}",
        slots={"card": card},
        planned=((f"I pay with {card}.", ""),),
        sounded=f"I pay with {card}.",
        why=f"template with {card}",
        steps=(Step(part="skills", verdict="took", why=f"found {card}"),),
        calls=lambda: [ToolCall(name="pay", slots={"card": card}, result=f"paid by {card}")],
        asked=[
            ModelWork(
                prompt=[{"role": "user", "content": card}], text=card, ms=1, cpu_ms=1, pieces=1
            )
        ],
        mood={"said": card},
        verdicts=[{"text": card}],
    )
    text = json.dumps(body(entry, redacted))
    assert "4111" not in text
    assert text.count("[card]") >= 10
    assert body(entry, redacted)["redacted"] is True
    assert "redacted" not in body(turn(), redacted)


def test_a_secret_is_not_written_down() -> None:
    entry = turn(
        request="Seven three one nine.",
        is_secret=True,
        slots={"pin": "7319"},
        steps=(Step(part="flow", verdict="took", why="answers 7319"),),
        calls=lambda: [ToolCall(name="pin.check", slots={"pin": "7319"}, result="7319 is right")],
    )
    made = body(entry, lambda text: text)
    assert (made["request"], made["redacted"]) == ("••••", True)
    assert "7319" not in json.dumps(made)
    shown = body(turn(request="unlock the door with ••••", is_secret=True), lambda text: text)
    assert shown["request"] == "unlock the door with ••••"


def test_what_an_entry_cannot_say_is_no_end(tmp_path: Path) -> None:
    def failing() -> list[ToolCall]:
        raise RuntimeError("anybody's code")

    told: list[AssistantError] = []
    log = logging(tmp_path)
    log.on_trouble = told.append
    log.add(turn(calls=failing))
    log.add(turn(turn=2))
    assert log.flush(10.0)
    log.add(turn(turn=3))
    assert log.close(10.0)
    assert [str(one) for one in told] == [
        "the log failed: RuntimeError: anybody's code [E-GENERAL]"
    ]
    assert 3 in [row["turn"] for row in turns(tmp_path)]


def test_what_had_to_be_dropped_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.log.writer._MOST_PENDING", 2)
    refuses = [True]

    def open_book() -> Book:
        if refuses[0]:
            raise LogError("full")
        return opened(tmp_path)

    log = TurnLog(open_book, LogSession(name="s"))
    for number in range(1, 6):
        log.add(turn(turn=number))
        assert log.flush(10.0)
    refuses[0] = False
    log.add(turn(turn=6))
    assert log.close(10.0)
    lost, *kept = turns(tmp_path)
    assert (lost["kind"], lost["rows"]) == ("lost", 4)
    assert [row["turn"] for row in kept] == [5, 6]


def test_a_turn_costs_whoever_talks_almost_nothing(tmp_path: Path) -> None:
    log = logging(tmp_path, redact=redacted)
    log.add(turn())
    assert log.flush(10.0)
    took = []
    for number in range(200):
        start = time.perf_counter()
        log.add(turn(turn=number))
        took.append((time.perf_counter() - start) * 1000)
    assert log.close(10.0)
    assert sorted(took)[100] < 1.0
    assert len(turns(tmp_path)) == 201


# -- savings ---------------------------------------------------------------------------------------


def model_turn(ms: float, cpu_ms: float) -> Entry:
    work = ModelWork(prompt=[], text="Yes.", ms=ms, cpu_ms=cpu_ms, pieces=3)
    return turn(name="model", source="model", asked=(work,), model_ms=ms)


def test_savings_are_estimated_from_this_machines_own_model_turns(tmp_path: Path) -> None:
    log = logging(tmp_path)
    assert log.savings.ms is None
    for entry in (turn(), turn(source="stop"), turn(source="flow")):
        log.add(entry)
    assert log.flush(10.0)
    assert (log.savings.answered, log.savings.turns, log.savings.ms) == (3, 2, None)
    for ms, cpu in ((400.0, 900.0), (500.0, 1100.0), (9000.0, 20000.0)):
        log.add(model_turn(ms, cpu))
    assert log.close(10.0)
    saved = log.savings
    assert (saved.answered, saved.turns, saved.ms, saved.cpu_s) == (6, 2, 1000.0, 2.2)
    again = logging(tmp_path)
    again.add(turn())
    assert again.close(10.0)
    assert (again.savings.turns, again.savings.ms) == (1, 500.0), "earlier sessions are known"
    found = figures(opened(tmp_path))
    assert (found.turns, found.savings.turns, found.savings.ms) == (7, 3, 1500.0)
    assert found.sources == {"model": 3, "tool": 2, "flow": 1, "stop": 1}


def test_savings_are_known_without_a_log() -> None:
    log = TurnLog(None, LogSession())
    log.add(model_turn(300.0, 600.0))
    log.add(turn())
    assert log.close(10.0)
    assert (log.savings.turns, log.savings.ms, log.savings.cpu_s) == (1, 300.0, 0.6)


# -- OpenTelemetry ---------------------------------------------------------------------------------


class Collector(HTTPServer):
    """A collector on this machine that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Collector)
        self.server.got.append((self.path, content))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_turn_is_sent_as_spans_without_its_words(tmp_path: Path) -> None:
    import gzip

    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    collector = Collector()
    log = logging(tmp_path, export=open_spans(collector.url, allow_remote=False))
    log.add(
        turn(
            sounded="Half past three.",
            stages_ms={"pause": 40.0, "transcript": 120.0},
            calls=lambda: [ToolCall(name="clock.read", outcome="failed", ms=3.0)],
        )
    )
    assert log.close(10.0)
    collector.shutdown()
    ((path, content),) = collector.got
    assert path == "/v1/traces"
    content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    sent = ExportTraceServiceRequest.FromString(content)
    spans = {one.name: one for one in sent.resource_spans[0].scope_spans[0].spans}
    assert set(spans) == {
        "turn clock.time",
        "stage pause",
        "stage transcript",
        "tool clock.read",
    }
    whole = spans["turn clock.time"]
    assert whole.end_time_unix_nano - whole.start_time_unix_nano == 160_000_000
    stage = spans["stage transcript"]
    assert stage.end_time_unix_nano - stage.start_time_unix_nano == 120_000_000
    assert stage.end_time_unix_nano == whole.end_time_unix_nano
    assert {one.parent_span_id for name, one in spans.items() if name != "turn clock.time"} == {
        whole.span_id
    }
    assert spans["tool clock.read"].status.code == 2
    for words in (b"What time", b"Half past"):
        assert words not in content


def test_a_collector_that_is_not_there_holds_nothing_up(tmp_path: Path) -> None:
    log = logging(tmp_path, export=open_spans("http://127.0.0.1:9", allow_remote=False))
    start = time.monotonic()
    log.add(turn())
    assert log.flush(5.0)
    assert time.monotonic() - start < 5.0
    assert [row["turn"] for row in turns(tmp_path)] == [1]


@pytest.mark.parametrize(
    "endpoint", ["http://192.0.2.1:4318", "https://collector.example", "ftp:x"]
)
def test_another_machine_is_refused_unless_it_is_allowed(endpoint: str) -> None:
    with pytest.raises(ConfigError, match=r"log\.otlp_endpoint"):
        config_from_dict({"log": {"otlp_endpoint": endpoint}})
    if endpoint.startswith("http"):
        config_from_dict({"log": {"otlp_endpoint": endpoint, "allow_remote": True}})


def test_nothing_is_sent_by_default() -> None:
    assert Config().log == LogConfig(otlp_endpoint="", allow_remote=False, sound=False)


FULL = """
import resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.test_log_turns import logging, turn
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
log = logging(Path({place!r}))
told = []
log.on_trouble = told.append
log.add(turn(turn=1))
assert log.flush(10)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for number in range(2, 60):
    log.add(turn(turn=number, sounded="x" * 2000))
    assert log.flush(10)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.add(turn(turn=60))
assert log.close(10)
print(len(told), told[0])
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of files are POSIX's")
def test_a_full_disk_is_told_once_and_the_chain_holds(tmp_path: Path) -> None:
    root = str(Path(__file__).resolve().parents[1])
    code = FULL.format(root=root, place=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=root
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("1 cannot use the log")
    assert [row["turn"] for row in turns(tmp_path)] == list(range(1, 61))
