"""A typed function with a docstring is a tool: its schema, its values, and files that hold it."""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest

from assistant.flows import Here, tool
from assistant.talk.reload import UserFiles
from assistant.talk.tool_schema import BadArgument, checked, schema_of
from assistant.testing import converse


class Size(Enum):
    small = "small"
    large = "large"


def everything(
    here: Here,
    text: str,
    count: int,
    share: float,
    size: Size,
    how: Literal["fast", "slow"],
    day: date,
    at: time,
    length: timedelta,
    names: list[str],
    when: date | None = None,
    loud: bool = False,
) -> str:
    """Do everything at once. More of it.

    It is long.

    Args:
        text: what to say,
            in full
        count (int): how many
        size: which size

    Returns:
        text: not an argument
    """
    return text


def test_the_schema_of_every_kind_of_argument() -> None:
    schema = schema_of(everything)
    assert schema["required"] == [
        *("text", "count", "share", "size", "how", "day", "at", "length", "names"),
    ]
    assert schema["properties"] == {
        "text": {"type": "string", "description": "what to say, in full"},
        "count": {"type": "integer", "description": "how many"},
        "share": {"type": "number"},
        "size": {"enum": ["small", "large"], "description": "which size"},
        "how": {"enum": ["fast", "slow"]},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "time"},
        "length": {"type": "string", "format": "duration"},
        "names": {"type": "array", "items": {"type": "string"}},
        "when": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
        "loud": {"type": "boolean", "default": False},
    }


def test_a_tool_carries_what_it_was_told() -> None:
    made = tool(
        offered=True, writes=True, confirm="Sure?", needs_pin=True, limit_s=3.0, name="door.open"
    )(everything)
    assert (made.name, made.about) == ("door.open", "Do everything at once. More of it.")
    assert (made.confirm, made.needs_pin, made.limit_s, made.offered) == ("Sure?", True, 3.0, True)
    assert made.schema == schema_of(everything)


def test_a_hint_that_nobody_can_say_is_refused_where_a_model_would_see_it() -> None:
    def odd(where: Path) -> None:
        """Odd."""

    def pair(both: tuple[int, str]) -> None:
        """Pair."""

    with pytest.raises(TypeError, match=r"pair: both has the type .*nobody can say"):
        tool(offered=True)(pair)
    assert tool(odd).schema == {}
    with pytest.raises(TypeError, match=r"odd: where has the type .*Path.*nobody can say"):
        tool(offered=True)(odd)


def test_values_from_json_become_what_the_function_takes() -> None:
    def book(people: int, at: time, day: date, size: Size, length: timedelta) -> None:
        """Book."""

    given = {
        "people": "4",
        "at": "20:00",
        "day": "2026-03-05",
        "size": "large",
        "length": "PT90S",
        "more": 1,
    }
    assert checked(book, schema_of(book), given) == {
        "people": 4,
        "at": time(20, 0),
        "day": date(2026, 3, 5),
        "size": Size.large,
        "length": timedelta(seconds=90),
    }


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"people": "some", "size": "small"}, "people"),
        ({"people": 2, "size": "medium"}, "size"),
        ({"people": None, "size": "small"}, "people"),
        ({"size": "small"}, "people"),
    ],
)
def test_a_value_that_does_not_fit_is_named(given: dict[str, Any], argument: str) -> None:
    def book(people: int, size: Size) -> None:
        """Book."""

    with pytest.raises(BadArgument) as caught:
        checked(book, schema_of(book), given)
    assert caught.value.argument == argument


def test_a_tool_without_hints_is_held_against_its_schema() -> None:
    def other(**arguments: Any) -> None:
        """A tool of a server."""

    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "c": {"enum": ["a", "b"]}},
        "required": ["n"],
    }
    assert checked(other, schema, {"n": 3, "c": "a", "x": 1}) == {"n": 3, "c": "a"}
    for given, argument in (({"n": True}, "n"), ({"n": "3"}, "n"), ({"n": 3, "c": "z"}, "c")):
        with pytest.raises(BadArgument) as caught:
            checked(other, schema, given)
        assert caught.value.argument == argument


LAMP = '''
from assistant.flows import Call, flow, tool

@tool(offered=True)
def lamp(state: str) -> str:
    """Switch the lamp."""
    return "It is {}.".format(state)

@flow("lamp test {state}")
def test(state: str | None = None):
    return (yield Call(lamp, state=state))
'''


def test_a_files_tools_are_found_and_exchanged_when_it_changes(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    flows.mkdir()
    file = flows / "lamp.py"
    file.write_text(LAMP)
    files = UserFiles(tmp_path)
    assert [tool.name for tool in files.tools] == ["lamp.lamp"]
    file.write_text(LAMP.replace("def lamp", "def bulb").replace("Call(lamp", "Call(bulb"))
    assert files.refresh()
    assert [tool.name for tool in files.tools] == ["lamp.bulb"]
    file.write_text("def")
    assert files.refresh()
    assert [tool.name for tool in files.tools] == ["lamp.bulb"]  # the version that works stays
    file.unlink()
    files.refresh()
    assert files.tools == ()


def test_two_files_with_one_name_clash(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    flows.mkdir()
    text = LAMP.replace("offered=True", "offered=True, name='lamp'").split("@flow")[0]
    (flows / "a.py").write_text(text)
    (flows / "b.py").write_text(text)
    files = UserFiles(tmp_path)
    assert [fault.text for fault in files.faults] == [
        "another file has a tool 'lamp'; write @tool(name=\"…\")"
    ]


def test_the_same_tool_serves_a_template(tmp_path: Path) -> None:
    file = tmp_path / "lamp.py"
    file.write_text(LAMP)
    with converse(flows=file) as talk:
        assert talk.say("Lamp test on") == "It is on."
