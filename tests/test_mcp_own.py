"""`assistant mcp`, driven by the official client, as another program does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from assistant.assemble.loading import make_services
from assistant.config import Config
from assistant.talk import aloud, due
from assistant.talk.announcer import Announcer
from assistant.talk.list_store import Lists
from assistant.talk.services import Services
from assistant.talk.tools import notes
from tests.test_talk_guarded import Home

GUARDED = """
from assistant.flows import Call, Tool, flow

def unlock(door="front"):
    raise SystemExit("it was unlocked")

pin = Tool(name="home.unlock", function=unlock, writes=True, needs_pin=True)
yes = Tool(name="home.open", function=unlock, writes=True, confirm="Shall I open it?")

@flow("unlock the door")
def unlocking():
    yield Call(pin)
    return "Unlocked."

@flow("open the window")
def opening():
    yield Call(yes)
    return "Opened."
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A configuration folder with guarded flows, and a state folder."""
    flows = tmp_path / "config" / "assistant" / "flows"
    flows.mkdir(parents=True)
    (flows / "guarded.py").write_text(GUARDED)
    return tmp_path


@asynccontextmanager
async def served(home: Path) -> AsyncIterator[Client]:
    env = {
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "ASSISTANT_PROFILE": "starter",
    }
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "assistant", "mcp"], env=env
    )
    async with Client(command, read_timeout_seconds=60) as client:
        yield client


def services_of(home: Path) -> Services:
    """What a running copy works with."""
    return make_services(Config(), home / "state" / "assistant")


async def told(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    if result.structured_content is not None:
        return result.structured_content["result"]
    return result.content[0].text


async def refused(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)


async def test_it_is_used_by_the_official_client(home: Path) -> None:
    async with served(home) as client:
        names = [tool.name for tool in (await client.list_tools()).tools]
        assert names == [
            "ask", "say_aloud", "lists", "list_read", "list_add", "timers", "timer_set",
            "timer_cancel", "notes", "note_add", "home.unlock", "home.open",
        ]  # fmt: skip
        assert "needs the PIN" in await refused(client, "home.unlock")
        assert await told(client, "ask", text="What is two plus two?") == "2 plus 2 is 4."

        assert await told(client, "list_add", name="Shopping list", items=["milk", "eggs"])
        assert await told(client, "ask", text="Add bread to my shopping list.")
        assert await told(client, "list_read", name="shopping") == ["milk", "eggs", "bread"]
        assert await told(client, "lists") == ["shopping"]

        made = await told(client, "timer_set", seconds=600, name="pasta")
        assert await told(client, "ask", text="Set a timer for five minutes.")
        timers = await told(client, "timers")
        assert [one["name"] for one in timers] == ["five minute timer", "pasta timer"]
        assert await told(client, "timer_cancel", id=made["id"]) == "Cancelled."
        assert await refused(client, "timer_cancel", id=4711) == "there is no such timer"

        await told(client, "note_add", text="The key is under the mat.")
        assert [one["text"] for one in await told(client, "notes")] == ["The key is under the mat."]

        assert "do not fit" in await refused(client, "timer_set", seconds=0)
        assert "do not fit" in await refused(client, "list_add", name="x", items=[1])
        assert "do not fit" in await refused(client, "ask", text="x", other="y")
        assert "there is no tool" in await refused(client, "rm")
        assert await refused(client, "say_aloud", text="Dinner!") == (
            "Nothing was said: no copy of the assistant is running."
        )
    services = services_of(home)  # what a running copy finds
    assert [one.text for one in Lists(services.store).items("shopping")] == [
        "milk",
        "eggs",
        "bread",
    ]
    assert [one.seconds for one in due.items(services.store, "timer")] == [300]
    assert len(notes.kept_notes(services.store)) == 1
    assert aloud.claim(services.store) == []


def test_what_a_file_prints_while_it_loads_is_no_message_of_the_protocol(home: Path) -> None:
    printing = "import sys\nprint('one')\nsys.stdout.write('two\\n')\n"
    (home / "config" / "assistant" / "flows" / "guarded.py").write_text(printing + GUARDED)
    env = {
        **os.environ,
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "ASSISTANT_PROFILE": "starter",
    }
    command = [sys.executable, "-m", "assistant", "mcp"]
    ended = subprocess.run(command, input=b"", capture_output=True, env=env, timeout=120)
    assert (ended.returncode, ended.stdout) == (0, b"")
    assert b"one" in ended.stderr
    assert b"two" in ended.stderr


async def test_a_program_gives_no_yes_and_no_pin(home: Path) -> None:
    services_of(home).pins.set("4711")
    async with served(home) as client:
        for _ in range(2):
            said = await told(client, "ask", text="Unlock the door.")
            assert said.startswith("That needs the PIN, which the user says")
            assert await told(client, "ask", text="4711")
        said = await told(client, "ask", text="Unlock the door, 4711.")
        assert said.startswith("That needs the PIN")
        said = await told(client, "ask", text="Open the window.")
        assert said == "That needs the user's own yes, by voice; a program cannot give it."
        assert await told(client, "ask", text="Yes.") != "Opened."
    assert services_of(home).pins.left_s(datetime.now().astimezone()) == 0


async def test_a_running_copy_says_it_aloud(home: Path) -> None:
    services = services_of(home)
    said: list[str] = []
    is_over = threading.Event()
    announcer = Announcer(services.store)

    def run() -> None:  # as the mind thread does, twice a second
        while not is_over.wait(0.1):
            said.extend(one.text for one in announcer.announcements(datetime.now().astimezone()))

    copy = threading.Thread(target=run)
    copy.start()
    async with served(home) as client:
        assert (
            await told(client, "say_aloud", text="Dinner\x1b[2J is ready.") == "It is being said."
        )
        await told(client, "timer_set", seconds=1, name="egg")
        for _ in range(100):
            if len(said) > 1:
                break
            is_over.wait(0.1)
    is_over.set()
    copy.join()
    assert said[:2] == ["Dinner [2J is ready.", "Your egg timer is done."]


def test_tools_of_the_toolbox_are_offered_and_guarded_ones_refused(tmp_path: Path) -> None:
    from assistant.errors import AssistantError
    from assistant.mcp.own import OwnTools

    home = Home(tmp_path, "4711", needs_pin=True)
    reads = type(home.tool)(
        name="weather.today",
        function=lambda town="here": f"Sunny in {town}.",
        about="The weather.",
        schema={"type": "object", "properties": {"town": {"type": "string"}}},
    )
    theirs = type(home.tool)(name="other.tool", function=lambda: "no", origin="mcp other")
    home.services.toolbox.exchange("files", [home.tool, reads])
    home.services.toolbox.exchange("mcp other", [theirs])
    tools = OwnTools(home.conversation, home.services, lambda: home.hands.flush(5))
    offered = {tool.name: tool for tool in tools.all()}
    assert offered["weather.today"].description == "The weather."
    assert offered["home.unlock"].description == (
        "home.unlock is not done for a program: it needs the PIN, by voice"
    )
    assert "other.tool" not in offered
    assert tools.call("weather.today", {"town": "Rome"}) == "Sunny in Rome."
    for name, why in (
        ("home.unlock", "needs the PIN, by voice"),
        ("other.tool", "there is no tool"),
        ("weather.today", "do not fit"),
    ):
        with pytest.raises(AssistantError, match=why):
            tools.call(name, {"town": 3} if name == "weather.today" else {})
    home.close()
    assert home.house.unlocked == []


def test_what_nobody_takes_up_is_not_said_later(tmp_path: Path) -> None:
    store = make_services(Config(), tmp_path).store
    assert not aloud.hand_over(store, "Too late.", 0.2)
    store.write("insert into aloud (text, made_s) values ('old', 1.0)")
    assert aloud.claim(store) == []
    store.write("insert into aloud (text, made_s) values ('new', ?)", (datetime.now().timestamp(),))
    assert aloud.claim(store) == ["new"]
    assert aloud.claim(store) == []
