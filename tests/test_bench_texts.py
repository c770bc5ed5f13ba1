"""Who answers which request: reading tables, verdicts, counts, and the table of what is right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.bench import texts
from assistant.bench.texts import Line, Right, answer_all, by_group, card, confusion, read_right
from assistant.cli.evaluate import eval_app
from assistant.errors import InputError
from assistant.talk.decision import Decision
from assistant.talk.known import reply_name
from assistant.talk.reach import load_reach
from assistant.talk.replies import load_replies
from assistant.talk.talk import Talk
from assistant.talk.tools import own_flows

HEADER = "text\tintent\tdomain\tkind\n"
HALVES = ["a", "a", "a", "a", "b", "b"]
RIGHT = {
    "timer": Right(done=("timer.*",)),
    "weather": Right(declined=("decline.weather",)),
    "meetings": Right(done=("calendar.read",)),
}


def line(text: str, intent: str, kind: str = "everyday") -> Line:
    return Line(text=text, intent=intent, domain="any", kind=kind)


def decided(name: str, why: str = "template") -> Decision:
    return Decision(name=name, source="tool", why=why, after=Talk())


@pytest.mark.parametrize(
    ("intent", "kind", "name", "why", "verdict"),
    [
        ("timer", "everyday", "timer.left", "", "done"),
        ("timer", "everyday", "alarm.set", "", "wrong"),
        ("timer", "everyday", "model", "", "left"),
        ("weather", "everyday", "decline.weather", "", "declined"),
        ("weather", "everyday", "decline.media", "out of reach: media (by rule)", "wrong"),
        ("unheard of", "everyday", "timer.set", "", "wrong"),
        ("banking", "other", "decline.account", "out of reach: account (by rule)", "declined"),
        ("banking", "other", "decline.weather", "pattern of: cannot weather", "taken"),
        ("banking", "other", "timer.set", "", "taken"),
        ("banking", "other", "model", "", "left"),
        ("meetings", "other", "calendar.read", "", "served"),
        ("open", "open", "joke.tell", "", "taken"),
    ],
)
def test_verdicts(intent: str, kind: str, name: str, why: str, verdict: str) -> None:
    assert texts.judge(line("any", intent, kind), decided(name, why), RIGHT) == verdict


def test_words_that_are_none_are_left() -> None:
    assert texts.judge(line("…", "timer"), None, RIGHT) == "left"


def test_counts_groups_and_what_was_confused() -> None:
    names = {"a": "timer.set", "b": "alarm.set", "c": "model", "d": "timer.set", "e": "model"}
    lines = [
        line("a", "timer"),
        line("b", "timer"),
        line("c", "weather"),
        line("d", "banking", "other"),
        line("e", "oos", "open"),
    ]
    found = answer_all(lines, lambda text: decided(names[text]), RIGHT)
    assert [one.verdict for one in found] == ["done", "wrong", "left", "taken", "left"]
    assert by_group(found)["timer"] == {"done": 1, "wrong": 1}
    assert by_group(found)["(other)"] == {"taken": 1}
    assert confusion(found) == {
        "timer": {"alarm.set": 1},
        "weather": {"model": 1},
        "banking": {"timer.set": 1},
    }
    sums = card(found, load_s=0.25, meaning_s=0.5)
    assert sums["everyday_right"] == pytest.approx(1 / 3, abs=1e-4)
    assert sums["everyday_wrong"] == pytest.approx(1 / 3, abs=1e-4)
    assert sums["elsewhere_taken"] == 0.5
    assert sums["load_s"] == 0.25
    assert sums["us_p95"] >= sums["us_p50"] >= 0


def test_a_text_is_always_in_the_same_half() -> None:
    halves = [line(f"request {number}", "timer").half for number in range(6)]
    assert halves == HALVES
    assert line("request 0", "other", "other").half == HALVES[0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "lacks columns"),
        ("text\tintent\n", "lacks columns"),
        (HEADER, "no request"),
        (HEADER + "hello\tgreeting\tany\tsometimes\n", "line 2"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "requests.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        texts.read_lines(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        texts.read_lines(tmp_path / "none.tsv")


def test_every_name_that_is_right_exists() -> None:
    """A name that nothing has can never be right: it was renamed, or is misspelt."""
    known = [flow.name for flow in own_flows()]
    known += [reply_name(entry) for entry in load_replies().entries]
    known += [f"decline.{kind}" for kind in load_reach().kinds]
    for intent, right in read_right().items():
        for name in (*right.done, *right.declined):
            match = Right(done=(name,)).verdict
            assert any(match(one) for one in known), f"{intent}: {name}"


def test_no_name_is_both_done_and_declined() -> None:
    for intent, right in read_right().items():
        assert not set(right.done) & set(right.declined), intent
        assert not any(name.startswith("decline.") for name in right.done), intent


def test_the_command_prints_one_line_of_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.cli.evaluate.load_meaning", lambda config: None)
    path = tmp_path / "requests.tsv"
    rows = ["set a timer for ten minutes\ttimer\tany\teveryday", "why is grass green\tx\ty\topen"]
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    ran = CliRunner().invoke(eval_app, ["text", str(path), "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.output)
    assert found["counts"] == {"everyday": {"done": 1}, "other": {}, "open": {"left": 1}}
    assert found["everyday_done"] == 1.0
