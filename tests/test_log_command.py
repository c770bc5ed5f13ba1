"""`assistant log` and `assistant replay` as a person calls them; quick with 10,000 turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.cli.log import log
from assistant.errors import InputError
from assistant.log.book import Book
from assistant.log.choice import Choice, moment
from assistant.log.place import configured
from assistant.log.rows import stamp
from assistant.messages import Step

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
Run = Callable[..., subprocess.CompletedProcess[str]]

MANY = 10_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where three sessions have left 10,000 turns."""
    place = tmp_path_factory.mktemp("home")
    with set_home(place):
        book = Book(*configured(None), make=True)
        book.append([{"kind": "session", "session": "s", "seed": 1}])
        for start in range(0, MANY, 1000):
            book.append([row(start + number) for number in range(1000)])
        book.close()
    return place


class set_home:  # noqa: N801
    """The environment of a home of its own."""

    def __init__(self, place: Path) -> None:
        self.env = {
            "XDG_STATE_HOME": str(place / "state"),
            "XDG_CONFIG_HOME": str(place / "config"),
        }

    def __enter__(self) -> None:
        self._before = {name: os.environ[name] for name in self.env}
        os.environ.update(self.env)

    def __exit__(self, *error: object) -> None:
        os.environ.update(self._before)


SOURCES = ("tool", "precomputed", "model", "flow")


def row(number: int) -> dict[str, object]:
    """A turn as they are, with the steps of the whole order."""
    source = SOURCES[number % 4]
    steps = [
        Step(part=f"part {at}", verdict="passed", why="no template covers it").as_json()
        for at in range(15)
    ]
    return {
        "kind": "turn",
        "session": "s",
        "turn": number,
        "at": stamp(NOW + timedelta(minutes=number)),
        "now": (NOW + timedelta(minutes=number)).isoformat(),
        "way": "voice",
        "request": f"set a timer for {number} minutes" if source == "tool" else f"request {number}",
        "name": f"{source}.{number % 3}",
        "source": source,
        "sounded": f"Answer {number}.",
        "planned": [f"Answer {number}."],
        "steps": steps,
        "latency_ms": 300.0 + number % 100,
        **({"model": {"ms": 500.0, "cpu_ms": 900.0}} if source == "model" else {}),
    }


@pytest.fixture
def in_home(home: Path) -> Iterator[None]:
    with set_home(home):
        yield


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert log(arguments) == 0
    return capsys.readouterr().out.splitlines()


# -- what is listed --------------------------------------------------------------------------------


@pytest.mark.usefixtures("in_home")
def test_the_newest_turns_are_listed_oldest_first(capsys: pytest.CaptureFixture[str]) -> None:
    listed = lines(capsys)
    assert len(listed) == 20
    assert [int(line.split()[0]) for line in listed] == list(range(MANY - 18, MANY + 2))
    assert "flow.0" in listed[-1]
    assert listed[-1].endswith("request 9999 → Answer 9999.")


@pytest.mark.usefixtures("in_home")
def test_turns_are_chosen_by_source_name_time_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(lines(capsys, "--source", "tool", "--limit", "0")) == MANY / 4
    assert len(lines(capsys, "--name", "tool.1", "--limit", "0")) == 833
    assert len(lines(capsys, "--name", "tool.*", "--limit", "0")) == MANY / 4
    since = (NOW + timedelta(minutes=MANY - 5)).isoformat()
    assert len(lines(capsys, "--since", since)) == 5
    until = (NOW + timedelta(minutes=3)).isoformat()
    assert len(lines(capsys, "--until", until)) == 3
    (found,) = lines(capsys, "--search", "for 4444 minutes")
    assert "set a timer for 4444 minutes → Answer 4444." in found
    assert lines(capsys, "--search", "100%_") == []
    assert lines(capsys, "--search", "no template") == [], "only what was said is searched"
    (one,) = lines(capsys, "--json", "--search", "for 4444 minutes")
    assert json.loads(one)["request"] == "set a timer for 4444 minutes"


@pytest.mark.usefixtures("in_home")
def test_one_turn_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    shown = lines(capsys, "show", "4446")
    assert shown[0] == "row 4446, turn 4444 of session s (voice)"
    assert "heard    set a timer for 4444 minutes" in shown
    assert sum(line.startswith("step ") for line in shown) == 15
    assert lines(capsys, "--turn", "4446") == shown
    with pytest.raises(InputError, match="no row 99999"):
        log(["show", "99999"])


@pytest.mark.usefixtures("in_home")
def test_a_row_that_is_no_turn_is_shown_as_lines(capsys: pytest.CaptureFixture[str]) -> None:
    shown = lines(capsys, "show", "1")
    assert shown[0] == "row 1, session (--json: as it is written down)"
    fields = dict(line.split(maxsplit=1) for line in shown[1:])
    (row,) = [json.loads(line) for line in lines(capsys, "show", "1", "--json")]
    assert fields["session"] == row["session"]


@pytest.mark.usefixtures("in_home")
def test_figures_and_savings(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads("".join(lines(capsys, "stats", "--json")))
    assert found["turns"] == MANY
    assert found["sources"] == dict.fromkeys(sorted(SOURCES), MANY // 4)
    assert (found["p50_ms"], found["p95_ms"]) == (349.0, 394.0)
    assert found["savings"] == {
        "answered": MANY,
        "without_model": 7500,
        "model_turns_measured": 200,
        "median_model_ms": 500.0,
        "median_model_cpu_ms": 900.0,
        "saved_ms": 3_750_000.0,
        "saved_cpu_s": 6750.0,
    }
    text = lines(capsys, "stats", "--source", "model")
    assert text[0].startswith("2500 turns in 1 sessions")
    assert "without the model: 0 of 2500 turns (0%)" in text


@pytest.mark.usefixtures("in_home")
def test_verify_and_the_head(capsys: pytest.CaptureFixture[str]) -> None:
    (head,) = lines(capsys, "head")
    checked = lines(capsys, "verify", "--head", head)
    assert checked == [f"{MANY + 1} rows: the chain holds", f"head {head}"]
    wrong = head.replace(head[-1], "0" if head[-1] != "0" else "1")
    assert log(["verify", "--head", wrong]) == 1
    with pytest.raises(InputError, match="is no head"):
        log(["verify", "--head", "none"])


@pytest.mark.usefixtures("in_home")
def test_export_is_one_json_line_a_turn(capsys: pytest.CaptureFixture[str]) -> None:
    exported = [json.loads(line) for line in lines(capsys, "export", "--name", "tool.1")]
    assert len(exported) == 833
    assert {one["name"] for one in exported} == {"tool.1"}
    assert all(len(one["link"]) == 64 for one in exported)


def test_the_command_is_quick_with_ten_thousand_turns(home: Path) -> None:
    """Processor time, which a busy machine does not change: 0.08 s where this was written."""
    env = {**os.environ, **set_home(home).env}
    code = (
        "import sys, time; start = time.process_time(); sys.argv[1:] = ['log']\n"
        "from assistant.__main__ import main\n"
        "try: main()\n"
        "finally: print(time.process_time() - start, file=sys.stderr)"
    )
    took = []
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        assert len(done.stdout.splitlines()) == 20
        took.append(float(done.stderr))
    assert min(took) < 0.15


def test_the_command_loads_nothing_heavy(home: Path) -> None:
    env = {**os.environ, **set_home(home).env}
    code = (
        "import sys; sys.argv[1:] = ['log']\n"
        "from assistant.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = 'numpy typer click pydantic rich textual onnxruntime assistant.messages'.split()\n"
        "print([one for one in heavy if one in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.usefixtures("in_home")
def test_ten_thousand_turns_are_checked_in_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    start = time.process_time()
    lines(capsys, "verify")
    assert time.process_time() - start < 3.0


# -- times -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("today", "2026-03-04T00:00:00+00:00"),
        ("yesterday", "2026-03-03T00:00:00+00:00"),
        ("2h", "2026-03-04T13:20:00+00:00"),
        ("90 min", "2026-03-04T13:50:00+00:00"),
        ("3d", "2026-03-01T15:20:00+00:00"),
        ("1w", "2026-02-25T15:20:00+00:00"),
        ("2026-03-01T12:00+02:00", "2026-03-01T12:00:00+02:00"),
    ],
)
def test_a_time_is_read(text: str, wanted: str) -> None:
    assert moment(text, NOW) == datetime.fromisoformat(wanted)


def test_what_is_no_time_is_said() -> None:
    with pytest.raises(InputError, match="--since soon is no time"):
        moment("soon", NOW)
    assert Choice().where() == ("1", [])


# -- from the shell --------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Run:
    env = {**os.environ, **set_home(tmp_path).env}

    def assistant(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "assistant", *arguments],
            env=env,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    return assistant


def test_asked_listed_replayed_forgotten_and_verified(run: Run, tmp_path: Path) -> None:
    assert run("log").returncode == 1
    assert "there is no log" in run("log").stderr
    asked = ("Set a timer for ten minutes.", "Call me Robin.", "Call anna at 415 555 2671.")
    done = run("ask", "--no-model", "--now", "2026-03-04T15:20", *asked)
    assert done.returncode == 0, done.stderr
    listed = run("log").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["2", "3", "4"]
    assert "555 2671" not in run("log", "export", "--all").stdout
    same = run("replay", "--since", "today")
    assert same.returncode == 0, same.stdout
    assert "3 turns replayed: 2 the same, 0 differ, 1 skipped" in same.stderr
    replies = tmp_path / "config" / "assistant" / "replies"
    replies.mkdir(parents=True)
    (replies / "mine.toml").write_text(
        '[[reply]]\nid = "mine"\nphrases = ["set a timer for ten minutes"]\nanswers = ["No."]\n'
    )
    other = run("replay", "2", "--json")
    assert other.returncode == 1, other.stdout + other.stderr
    changed = {one["what"]: one["now"] for one in json.loads(other.stdout)["differences"]}
    assert (changed["name"], changed["words"]) == ("reply.mine", "No.")
    assert run("log", "forget", "3").returncode == 6, "nobody is there to be asked"
    assert run("log", "forget", "3", "--yes").returncode == 0
    assert "Robin" not in run("log", "export", "--all").stdout
    verified = run("log", "verify")
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.startswith("5 rows, 1 of them forgotten: the chain holds")
    state = tmp_path / "state" / "assistant"
    content = b"".join(path.read_bytes() for path in state.glob("log.sqlite3*"))
    assert b"Robin" not in content


def test_a_dry_run_and_a_log_that_is_off_write_nothing(run: Run, tmp_path: Path) -> None:
    assert run("ask", "--no-model", "--dry-run", "What time is it?").returncode == 0
    config = tmp_path / "config" / "assistant" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("[log]\nenabled = false\n")
    assert run("ask", "--no-model", "What time is it?").returncode == 0
    assert list(tmp_path.rglob("log*")) == []


def test_help_names_the_commands(run: Run) -> None:
    assert "forget  Delete turns for good" in run("log", "--help").stdout
    assert " log " in run("--help").stdout
    assert run("log", "verify", "--nonsense").returncode == 2
