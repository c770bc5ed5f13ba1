"""A real server of the package for tests: `house.py stdio [LOG]` or `house.py http PORT [LOG]`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from mcp.server import MCPServer
from mcp.types import ToolAnnotations

LOG = Path(sys.argv[-1]) if len(sys.argv) > 2 and not sys.argv[-1].isdigit() else None
READS = ToolAnnotations(read_only_hint=True)
ADDS = ToolAnnotations(destructive_hint=False)
house = MCPServer("house", log_level="CRITICAL")


def note(what: str) -> None:
    if LOG is not None:
        with LOG.open("a") as file:
            file.write(f"{what}\n")


@house.tool(annotations=READS)
def temperature(room: str) -> str:
    """The temperature of a room."""
    note(f"temperature {room}")
    return f"It is 21 degrees in the {room}."


@house.tool(annotations=READS)
def rooms() -> list[str]:
    """All rooms."""
    return ["kitchen", "bath"]


@house.tool()
def unlock(door: str) -> str:
    """Unlock a door."""
    note(f"unlock {door}")
    return f"The {door} door is unlocked."


@house.tool(annotations=ADDS)
def light(room: str, on: bool = True) -> str:
    """Switch a light."""
    note(f"light {room} {on}")
    return "The light is on." if on else "The light is off."


@house.tool(annotations=READS)
def fails() -> str:
    """It fails."""
    raise ValueError("the sensor is broken\x1b[31m")


@house.tool(annotations=READS)
def secret_of_environment(name: str) -> str:
    """A variable of the environment."""
    return os.environ.get(name, "none")


@house.tool(annotations=READS)
def slow(seconds: float) -> str:
    """It takes its time."""
    time.sleep(seconds)
    return "done at last"


def main() -> None:
    note(f"pid {os.getpid()}")
    if sys.argv[1] == "stdio":
        house.run("stdio")
        return
    kinds: dict[str, Any] = {"host": "127.0.0.1", "port": int(sys.argv[2])}
    house.run("streamable-http", **kinds)


if __name__ == "__main__":
    main()
