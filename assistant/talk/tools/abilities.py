"""Whether the assistant can do a kind of thing: "can you set alarms?" is no order. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.talk.flow import flow
from assistant.talk.request import Request
from assistant.talk.tool import Here

_CAN = re.compile(
    r"(?:can|could|do) you (?:also |even )?(?:set|make|do|keep|have|handle|create|manage|take|run"
    r"|convert|know|use|spell|solve|calculate)(?: up)? (?:any |multiple |several |more than 1 )?"
    r"(?P<thing>\S+(?: \S+)?)"
    r"|(?:are|were) you able to (?:set|make|do|keep|handle|create|manage|take|run|convert|spell"
    r"|solve)(?: up)? (?:any |multiple |several )?(?P<other>\S+(?: \S+)?)"
    r"|can you (?P<remind>remind me of things|wake me up|wake people)"
)
_THINGS = {
    "timers": "set a timer for ten minutes",
    "alarms": "wake me at seven",
    "reminders": "remind me at five to call Anna",
    "lists": "add milk to my shopping list",
    "shopping lists": "add milk to my shopping list",
    "to do lists": "put call the plumber on my to-do list",
    "notes": "note that the boiler was serviced",
    "math": "what is twelve times nine",
    "maths": "what is twelve times nine",
    "sums": "what is twelve times nine",
    "arithmetic": "what is twelve times nine",
    "calculations": "what is twelve times nine",
    "math problems": "what is twelve times nine",
    "units": "how many grams are in a pound",
    "measurements": "how many grams are in a pound",
    "conversions": "how many grams are in a pound",
    "unit conversions": "how many grams are in a pound",
    "time zones": "what time is it in Tokyo",
    "words": "how do you spell necessary",
}


def _yes(example: str) -> str:
    return f"Yes. Say, for example: {example}."


def _reads(request: Request) -> Mapping[str, Any] | None:
    found = _CAN.fullmatch(request.canonical)
    if found is None:
        return None
    remind = found["remind"]
    thing = ("alarms" if "wake" in remind else "reminders") if remind else ""
    thing = thing or str(found["thing"] or found["other"])
    return {"thing": thing} if thing in _THINGS else None


@flow(
    name="talk.can_you",
    reads=_reads,
    fixed=[_yes(one) for one in dict.fromkeys(_THINGS.values())],
)
def can_you(here: Here, thing: str | None = None) -> str | None:
    """Tell whether I can do such a thing."""
    return _yes(_THINGS[thing]) if thing in _THINGS else None
