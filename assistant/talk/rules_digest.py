"""A short hash of the flows, replies and guards in use: where it is the same, so were the rules.

Pure; any thread.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any

from assistant.talk.guards.guards import Guards
from assistant.talk.replies import Replies
from assistant.talk.running import Flows


def rules_digest(replies: Replies, flows: Flows, guards: Guards) -> str:
    """12 hexadecimal digits."""
    made = hashlib.sha256()
    for flow in flows:
        made.update(f"{flow.name} {flow.version}\n".encode())
    for one in (*replies.entries, *replies.guardrails):
        made.update(f"{_text(one)}\n".encode())
    for rule in guards.code.rules:
        made.update(f"{rule.name} {_code(rule.file)}\n".encode())
    made.update(f"{guards.config}\n".encode())
    return made.hexdigest()[:12]


def _code(file: str) -> str:
    """The text of a file of the user's, empty when it is gone."""
    try:
        return Path(file).read_text(encoding="utf-8") if file else ""
    except OSError:
        return ""


def _text(value: Any) -> str:
    """`value` as text that is the same in every process: a set has no order."""
    if dataclasses.is_dataclass(value):
        fields = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        return _text(fields)
    if isinstance(value, Mapping):
        return ",".join(sorted(f"{key!r}:{_text(one)}" for key, one in value.items()))
    if isinstance(value, (set, frozenset)):
        return ",".join(sorted(map(_text, value)))
    if isinstance(value, (list, tuple)):
        return ",".join(map(_text, value))
    if isinstance(value, re.Pattern):
        return str(value.pattern)
    return repr(value) if isinstance(value, (str, int, float, bool, NoneType)) else ""
