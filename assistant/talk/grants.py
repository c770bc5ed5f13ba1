"""Permissions to call a tool that asks for a yes or for the PIN before it runs.

A grant belongs to one run of a flow, one place in it, one tool as it was when it was asked for and
one set of arguments; it is sealed with a key that this process draws, and is good for one call.
Knows no words and no PIN. Any thread; a lock guards what was used.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.talk.tool import Here, Tool

CONFIRM, PIN = "confirm", "pin"
"""The two locks, in the order in which they are opened."""
_MOST_KEPT = 10_000


class GuardedError(AssistantError):
    """A tool was called without the yes or the PIN that it asks for."""

    code = "E-GUARDED"


@dataclass(frozen=True, slots=True)
class Grant:
    """`lock` was opened for the call `call` at input `place` of the run `run`."""

    lock: str
    run: str
    place: int
    call: str
    seal: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """`lock` stays shut; `text` is said. `is_final`: it is not asked for again."""

    lock: str
    text: str
    is_final: bool = True


class Grants:
    """Issues grants and takes each of them once."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: dict[bytes, None] = {}
        self._lock = threading.Lock()

    def issue(self, lock: str, run: str, place: int, call: str) -> Grant:
        """The grant for one call. Only what has heard the yes, or has found the PIN to be right,
        may ask for it."""
        return Grant(lock, run, place, call, self._seal(lock, run, place, call))

    def holds(self, grant: Any, lock: str, run: str, place: int, call: str) -> bool:
        """Whether `grant` was issued for exactly this; used or not."""
        return isinstance(grant, Grant) and (
            (grant.lock, grant.run, grant.place, grant.call) == (lock, run, place, call)
            and isinstance(grant.seal, bytes)
            and hmac.compare_digest(grant.seal, self._seal(lock, run, place, call))
        )

    def use(
        self, grants: Sequence[Grant], tool: Tool, here: Here, slots: Mapping[str, Any]
    ) -> None:
        """Take the grants of one call; `GuardedError` unless there is one for each lock of `tool`
        in this run, and none was used before."""
        wanted, run, call = locks_of(tool), run_of(here), call_of(tool, slots)
        given = {one.lock: one for one in grants}
        for lock in wanted:
            grant = given.get(lock)
            if grant is None or not self.holds(grant, lock, run, grant.place, call):
                raise self._refusal(tool)
        with self._lock:
            seals = [given[lock].seal for lock in wanted]
            if any(seal in self._used for seal in seals):
                raise self._refusal(tool)
            self._used.update(dict.fromkeys(seals))
            for old in list(self._used)[:-_MOST_KEPT]:
                del self._used[old]

    @staticmethod
    def _refusal(tool: Tool) -> GuardedError:
        what = "the PIN" if tool.needs_pin else "a yes"
        return GuardedError(f"{tool.name} needs {what} first", "ask for it again")

    def _seal(self, lock: str, run: str, place: int, call: str) -> bytes:
        text = json.dumps([lock, run, place, call])
        return hmac.new(self._key, text.encode(), hashlib.sha256).digest()


def locks_of(tool: Tool) -> tuple[str, ...]:
    """The locks of a tool, in their order."""
    return (*((CONFIRM,) if tool.confirm else ()), *((PIN,) if tool.needs_pin else ()))


def run_of(here: Here) -> str:
    """What tells one run of a flow from all others of this session: the turn that began it."""
    request = here.request
    return _digest(here.number, request.turn, request.now.isoformat(), request.transcript)


def call_of(tool: Tool, slots: Mapping[str, Any]) -> str:
    """What tells one call from others: the tool, as it describes itself, and its arguments."""
    described = [tool.name, tool.origin, tool.about, tool.confirm, tool.needs_pin, tool.writes]
    return _digest(described, dict(tool.schema), dict(slots))


def _digest(*parts: Any) -> str:
    text = json.dumps(parts, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
