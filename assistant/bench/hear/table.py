"""The spoken commands with the flow and slots that each must lead to.

`commands.tsv` may be looked at; `commands_held_apart.tsv` was written before anything had been
measured and is only ever counted. Both are for the program's own tools and `examples/home.py`, on a
fixed Wednesday. Knows the text layer by its decisions; no sound.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.errors import InputError
from assistant.language.en.normalise import normalise
from assistant.talk.decision import Decision

COMMANDS = Path(__file__).with_name("commands.tsv")
HELD_APART = Path(__file__).with_name("commands_held_apart.tsv")
NOW = datetime(2026, 3, 4, 15, 20)
"""When the commands are spoken, in the zone of this machine: "next Friday" is a slot."""

_COLUMNS = ["text", "flow", "slots"]
_NO_MATTER = frozenset({"whose", "verb", "thing", "half", "as_weekday", "past"})
"""Slots in which "my list" and "the list" differ, and nothing that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is said, the name of the flow or reply that must take it, and its slots."""

    text: str
    flow: str
    slots: Mapping[str, str]


def read_commands(path: Path) -> list[Command]:
    """The commands of a table. `InputError` names what is wrong with it."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            titles, lines = reader.fieldnames, list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}", "name a table of commands") from error
    if titles != _COLUMNS:
        raise InputError(f"{path} lacks columns", f"its first line is {' · '.join(_COLUMNS)}")
    try:
        return [
            Command(
                text=line["text"],
                flow=line["flow"],
                slots=dict(
                    slot.split("=", 1) for slot in (line["slots"] or "").split("; ") if slot
                ),
            )
            for line in lines
        ]
    except ValueError as error:
        raise InputError(f"a slot in {path} has no value", "write name=value; …") from error


def is_understood(decision: Decision | None, command: Command) -> bool:
    """Whether the decision is the flow of the command with every slot of it, and no other."""
    if decision is None or decision.name != command.flow:
        return False
    found = {name: value for name, value in decision.slots.items() if name not in _NO_MATTER}
    return _plain(found) == _plain(command.slots)


def _plain(slots: Mapping[str, Any]) -> dict[str, str]:
    """The slots that have a value, in the program's own spelling ("twelve" is "12")."""
    texts = {name: str(value) for name, value in slots.items()}
    return {name: normalise(text) or text for name, text in texts.items() if text != "None"}
