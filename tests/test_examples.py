"""The examples, and the code of docs/FLOWS.md, as somebody who copies them finds them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.testing import converse

ROOT = Path(__file__).parent.parent
BARISTA = ROOT / "examples" / "barista.py"
HOME = ROOT / "examples" / "home.py"


def test_an_order_in_one_go() -> None:
    with converse(flows=BARISTA) as talk:
        answer = talk.say("Can I have a small light roast latte with a bit of soy milk?")
        assert talk.slots == {
            "size": "small",
            "roast": "light roast",
            "drink": "latte",
            "milk": "a bit of soy milk",
        }
        assert answer == "One small light roast latte with a bit of soy milk, is that right?"
        assert talk.asks(bool)
        assert talk.say("Yes.") == "It will be ready in a minute."


def test_what_lacks_is_asked_for_and_what_was_wrong_is_changed() -> None:
    with converse(flows=BARISTA) as talk:
        assert talk.say("I'd like an americano with milk and brown sugar.") == "What size?"
        assert talk.say("Purple.") == "Small, medium or large?"
        answer = talk.say("A twelve ounce one.")
        assert answer == "One twelve ounce americano with milk and brown sugar, is that right?"
        answer = talk.say("No, a large one.")
        assert answer == "One large americano with milk and brown sugar, is that right?"
        assert (
            talk.say("No, a latte.") == "One large latte with milk and brown sugar, is that right?"
        )
        assert talk.say("No.") == "Then tell me what to change."


@pytest.mark.parametrize(
    "text",
    [
        "Who invented the espresso?",
        "Why is a latte called so?",
        "What time is it?",
        "Can I have a minute?",
        "I want to know how tall the tower is.",
        "Make me laugh.",
        "Is there caffeine in a mocha?",
    ],
)
def test_other_requests_are_left_alone(text: str) -> None:
    with converse(flows=BARISTA) as talk:
        talk.say(text)
        assert talk.name != "barista.order"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Turn the lounge lights off.", "The living room lights are off."),
        ("Lights on in the kitchen, please.", "The kitchen lights are on."),
        ("Make the office lamp blue.", "The office lights are blue."),
        ("Dim the bedroom lights.", "The bedroom lights are at 20 percent."),
        ("Set the lights in the hall to forty percent.", "The hall lights are at 40 percent."),
        ("Close all the blinds in the study.", "I close the office blinds."),
        ("Turn the heating up to twenty two degrees.", "The house will be at 22 degrees."),
        ("Set the bedroom heating to eighteen.", "The bedroom will be at 18 degrees."),
        ("Pause.", "Okay."),
        ("Skip this song.", "Okay."),
    ],
)
def test_a_house_does_what_it_is_told(text: str, answer: str) -> None:
    with converse(flows=HOME) as talk:
        assert talk.say(text) == answer


def test_a_house_asks_for_the_room() -> None:
    with converse(flows=HOME) as talk:
        assert talk.say("Turn on the lights.") == "In which room?"
        assert talk.say("The kitchen.") == "The kitchen lights are on."


@pytest.mark.parametrize(
    "text",
    [
        "Who invented the light bulb?",
        "Turn on the charm.",
        "What is next?",
        "Open the letter.",
        "Why is the kitchen so cold?",
        "Set a timer for ten minutes.",
        "Play it by ear.",
    ],
)
def test_a_house_leaves_other_requests_alone(text: str) -> None:
    with converse(flows=HOME) as talk:
        talk.say(text)
        assert not talk.name.startswith("home.")


def _blocks(language: str) -> list[str]:
    text = (ROOT / "docs" / "FLOWS.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_the_flow_and_the_test_of_the_docs_work(tmp_path: Path) -> None:
    flow, _, test = _blocks("python")
    (tmp_path / "visit.py").write_text(flow, encoding="utf-8")
    (tmp_path / "test_visit.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert "2 passed" in done.stdout, done.stdout


def test_the_reply_of_the_docs_works(tmp_path: Path) -> None:
    file = tmp_path / "wifi.toml"
    file.write_text(_blocks("toml")[0], encoding="utf-8")
    with converse(replies=file) as talk:
        talk.say("How do I get into the wifi, please?")
        assert talk.name == "reply.wifi"
