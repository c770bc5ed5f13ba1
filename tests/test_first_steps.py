"""What people ran into who followed the documentation for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import Config
from assistant.language.en.temper import without_temper
from assistant.language.en.tool_words import said_values
from assistant.mcp.mapping import spoken
from assistant.talk.silent import Committed
from assistant.testing import converse

FLOW = """
from datetime import date

from assistant.flows import Ask, Call, flow, tool


@tool(writes=True, undo=lambda here, day: None)
def lend(day):
    return day


@tool(writes=True, confirm="Shall I feed {arguments}?")
def feed(who):
    return "Fed."


@flow("i lent my drill [until {day}]")
def drill(day: date | None = None):
    day = day or (yield Ask("Until when?", date))
    yield Call(lend, day=day)
    return f"Until {day:%A}."


@flow("set the heating [to {degrees}]")
def heating(degrees: float | None = None):
    degrees = degrees or (yield Ask("How warm?", float))
    return f"{degrees} degrees."


@flow("feed the {who}")
def feeding(who: str = ""):
    return (yield Call(feed, who=who))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "home.py"
    found.write_text(FLOW)
    return found


def test_no_until_another_day_corrects_the_day(path: Path) -> None:
    with converse(flows=path, now="2026-03-04T15:20") as talk:
        assert talk.say("I lent my drill until Friday.") == "Until Friday."
        assert talk.say("No, until Saturday.") == "Until Saturday."


def test_a_half_belongs_to_the_number(path: Path) -> None:
    with converse(flows=path) as talk:
        assert talk.say("Set the heating to twenty one and a half.") == "21.5 degrees."
        assert talk.say("Set the heating.") == "How warm?"
        assert talk.say("Nineteen and three quarters.") == "19.75 degrees."


def test_all_arguments_in_a_question_have_no_blank_before_their_comma(path: Path) -> None:
    with converse(flows=path) as talk:
        assert talk.say("Feed the cat.") == "Shall I feed, with who cat?"


@dataclass
class Bus:
    line: int
    leaves_at: str


def test_dataclasses_in_a_list_are_said_with_their_names() -> None:
    assert said_values([Bus(60, "8:05"), Bus(7, "8:12")]) == (
        "line 60, leaves at 8:05, line 7, leaves at 8:12."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n "car": "red car",\n "bay": 4\n}', "Car: red car. Bay: 4."),
        ('["a", "b"]', "a, b."),
        ("{not json", "{not json"),
        ("[1] is a footnote", "[1] is a footnote"),
    ],
)
def test_a_server_that_writes_json_is_said_in_words(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("Quick, which bin goes out?", "Which bin goes out?"),
        ("Hurry up, what's three times four?", "What's three times four?"),
        ("Quick sort is what?", "Quick sort is what?"),
    ],
)
def test_a_hurry_before_a_request_is_left_out(text: str, calm: str) -> None:
    assert without_temper(text) == calm


GUARD = """
from assistant.flows import guard, stop, replace


@guard(on="answer")
def cats(text, before):
    if "cat" in text:
        return stop("No word of that.")
    if "dog" in text:
        return replace("Something else.")
"""


@pytest.mark.parametrize("who", ["cat", "dog"])
def test_a_question_that_a_guard_kept_back_takes_no_yes(tmp_path: Path, who: str) -> None:
    for folder, name, text in (("flows", "home.py", FLOW), ("guards", "cats.py", GUARD)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    conversation = make_conversation(
        Config(), None, services=make_services(Config()), folder=tmp_path
    )

    def said(text: str) -> list[str]:
        decision = conversation.decide(text)
        assert decision is not None
        conversation.commit(decision)
        speaking = Committed(conversation, lambda: False, lambda name: None)
        return [one.text for one in conversation.replies(decision, text, speaking)]

    assert said("Feed the bird.") == ["Shall I feed, with who bird?"]
    assert conversation.awaits_answer
    assert said("Never mind.") == ["Okay, never mind."]
    said(f"Feed the {who}.")
    assert not conversation.awaits_answer
    assert "Fed." not in said("Yes.")
