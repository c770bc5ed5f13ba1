"""Calling a tool by its name: the one way for the language model, servers and other programs.

What a tool asks for before it runs (a yes, the PIN) is asked here as anywhere, because the flow
yields a `Call`. Pure; the mind thread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from assistant.talk.flow import Call, Here, Say, Steps, flow

CALL = "tool.call"
"""The name of the flow. Its slots are `tool`, the name, and `arguments`, a mapping."""

DONE = "Done."
NOTHING_FOUND = "I found nothing."


@flow(name=CALL, source="tool", fixed=[DONE, NOTHING_FOUND])
def call(here: Here, tool: str | None = None, arguments: str | None = None) -> Steps:
    """Run the tool and say what it gave."""
    found = here.services.toolbox.get(tool or "")
    if found is None:
        return None
    given: Mapping[str, Any] = arguments if isinstance(arguments, Mapping) else {}
    result = yield Call(found, **given)
    if found.speak is not None:
        return Say(found.speak(result))
    return Say(as_sentence(result, writes=found.writes))


def as_sentence(result: Any, *, writes: bool) -> str:
    """What a tool gave, as something to say: a text as it is, values as JSON."""
    if result is None or result == "":
        return DONE if writes else NOTHING_FOUND
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
