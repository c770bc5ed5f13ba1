"""What a model server's answer is worth when it is asked for a call."""

from __future__ import annotations

import pytest

from assistant.model.server_choice import call_format, call_messages, read_call
from assistant.tool_calls import Blank, Candidate, ToolAsk

ASK = ToolAsk(
    messages=[
        {"role": "system", "content": "You have these functions."},
        {"role": "user", "content": "How does a fridge work?"},
        {"role": "assistant", "content": "answer(text="},
        {"role": "user", "content": "Lights off in the kitchen."},
    ],
    candidates=(
        Candidate(
            name="lights",
            about="",
            blanks=(Blank(name="state", options=("on", "off")), Blank(name="room")),
            stretches=("Lights off in the kitchen.",),
        ),
    ),
    none="answer",
)


def test_what_is_asked() -> None:
    system, request = call_messages(ASK)
    assert "Choose one of lights, answer." in system["content"]
    assert request == ASK.messages[-1]
    lights, none = call_format(ASK)["json_schema"]["schema"]["anyOf"]
    assert lights["properties"]["tool"] == {"const": "lights"}
    assert lights["properties"]["arguments"]["properties"] == {
        "state": {"type": "string", "enum": ["on", "off"]},
        "room": {"type": "string"},
    }
    assert none["properties"]["tool"] == {"const": "answer"}


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ('{"tool": "lights", "arguments": {"state": "off", "room": "kitchen"}}', "lights",
         {"state": "off", "room": "kitchen"}),
        ('Sure!\n```json\n{"tool": "lights", "arguments": {"state": "off"}}\n```', "lights",
         {"state": "off"}),
        ('{"tool": "lights", "arguments": {"state": "purple", "more": 1}}', "lights", {}),
        ('{"tool": "lights", "arguments": {"room": ["kitchen", "hall"]}}', "lights",
         {"room": "kitchen and hall"}),
        ('{"tool": "lights"}', "lights", {}),
        ('{"tool": "lights", "arguments": [1]}', "lights", {}),
        ('{"tool": "answer", "arguments": {}}', "", {}),
        ('{"tool": "open_door", "arguments": {}}', "", {}),
        ('{"tool": "lights", "argum', "", {}),
        ("[1, 2]", "", {}),
        ("I have switched the lights off.", "", {}),
        ("", "", {}),
    ],
)  # fmt: skip
def test_what_an_answer_is_worth(text: str, name: str, values: dict[str, str]) -> None:
    choice = read_call(ASK, text)
    assert (choice.name, choice.values) == (name, values)
    assert choice.sure == dict.fromkeys(values, 1.0)
    assert max(choice.scores, key=lambda one: choice.scores[one]) == name
