"""Rings what is due, again and again, until somebody says that it was heard.

Several copies of the program may share one store: each ring of a row is claimed by one of them, by
an UPDATE that must find the row as it was read. Knows the clock that it is given and no sound. Runs
on the mind thread.
"""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assistant.language.en.clock import say_time
from assistant.language.en.durations import name_duration, say_duration
from assistant.language.en.speakable import spoken_form
from assistant.messages import Reply
from assistant.talk import aloud, due
from assistant.talk.due import Item
from assistant.talk.store import Store, StoreError

AGAIN_S = 10.0
"""It rings so often; the chime and the sentence take about three seconds of it. Own choice."""
LONGEST_S = {"timer": 120.0, "alarm": 300.0, "reminder": 120.0}
LATE_S = 60.0
"""What is due for longer than this was missed: the machine was off, or it slept."""
LONGEST_LATE_S = 15.0
"""What was missed rings once more only."""
STALE_S = 60.0
"""A copy that has not rung its row for so long has ended, or the machine slept."""
KEPT_S = 7 * 86_400.0
"""So long it is known what was missed."""

_HANDED = "another program wants it said"


class Announcer:
    """`announcements(now)` is asked for about twice a second."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owner = uuid.uuid4().hex
        self._has_failed = False

    def announcements(self, now: datetime) -> list[Reply]:
        """What is to be said now: what other programs want said, and one reply that rings, if any
        does. `StoreError` once, when the store begins to fail."""
        try:
            rung = [one for item in self._candidates(now) if (one := self._ring(item, now))]
            handed = aloud.claim(self._store)
        except StoreError:
            if self._has_failed:
                return []
            self._has_failed = True
            raise
        self._has_failed = False
        said = [
            Reply(
                text=one,
                spoken=spoken_form(one),
                source="tool",
                why=_HANDED,
                name="mcp.aloud",
                from_outside=True,
            )
            for one in handed
        ]
        if not rung:
            return said
        text = announce(rung, now)
        spoken = spoken_form(text)
        return [
            *said,
            Reply(
                text=text, spoken=spoken, source="tool", why="set earlier", name="due", rings=True
            ),
        ]

    def _candidates(self, now: datetime) -> Sequence[Item]:
        now_s = now.timestamp()
        return [
            one
            for one in due.items(self._store, states=("set", "ringing"))
            if (one.due_s <= now_s if one.state == "set" else abs(now_s - one.rung_s) >= AGAIN_S)
        ]

    def _ring(self, item: Item, now: datetime) -> Item | None:
        """`item` as it rings now; None when another copy rings it, or it has rung for too long."""
        now_s = now.timestamp()
        if item.state == "set":
            return self._begin(item, now)
        is_stale = abs(now_s - item.rung_s) > STALE_S
        if item.owner != self._owner and not is_stale:
            return None
        longest = LONGEST_LATE_S if item.is_late else LONGEST_S[item.kind]
        if not is_stale and now_s - item.since_s >= longest:
            self._claim(item, state="missed", owner="")
            return None
        values: dict[str, Any] = {"owner": self._owner, "rung_s": now_s}
        if is_stale:
            values |= {"since_s": now_s, "is_late": 1}
        return self._claim(item, **values)

    def _begin(self, item: Item, now: datetime) -> Item | None:
        """The first ring. What comes again moves on to its next time and leaves a row that rings
        in its place."""
        now_s = now.timestamp()
        rings = dataclasses.replace(
            item,
            state="ringing",
            owner=self._owner,
            since_s=now_s,
            rung_s=now_s,
            is_late=now_s - item.due_s > LATE_S,
            rule="",
        )
        with self._store.writing() as db:
            db.execute("delete from due where state = 'missed' and due_s < ?", (now_s - KEPT_S,))
            following = due.next_due(item.rule, now) if item.rule else None
            if following is not None:
                if not due.update_as_read(db, item, due_s=following):
                    return None
                return dataclasses.replace(
                    rings, id=due.insert(db, dataclasses.replace(rings, id=0))
                )
            values = {name: getattr(rings, name) for name in _RINGING}
            return rings if due.update_as_read(db, item, **values) else None

    def _claim(self, item: Item, **values: Any) -> Item | None:
        with self._store.writing() as db:
            if not due.update_as_read(db, item, **values):
                return None
        return dataclasses.replace(item, **values)


_RINGING = ("state", "owner", "since_s", "rung_s", "is_late", "rule")


def announce(rung: Sequence[Item], now: datetime) -> str:
    """The sentence for what rings: first what is due just now, then what was missed."""
    said = [_due_now(one, now) for one in rung if not one.is_late]
    late = [was_due(one, now) for one in rung if one.is_late]
    if late:
        said.append(f"While I was away: {_joined(late)}.")
    return " ".join(said)


def title(item: Item) -> str:
    """What a timer is called: "ten minute timer", "pasta timer"."""
    return f"{item.name or name_duration(item.seconds)} timer"


def still_set(store: Store, now: datetime) -> str:
    """One line for a person who ends the program while timers run; empty without any."""
    timers = due.items(store, "timer", states=("set", "ringing"))
    if not timers:
        return ""
    said = [
        f"{title(one)} ({say_duration(one.seconds_left(now))} left)"
        if one.due_s > now.timestamp()
        else title(one)
        for one in timers
    ]
    verb = "runs" if len(said) == 1 else "run"
    return (
        f"still {verb}: {_joined(said)}. Nothing rings while the program is off; "
        "the next start says what was missed."
    )


def _due_now(item: Item, now: datetime) -> str:
    if item.kind == "timer":
        return f"Your {title(item)} is done."
    if item.kind == "reminder":
        return f"A reminder: {item.name}."
    return f"It's {say_time(item.due(now))}. {_named_alarm(item)}."


def _named_alarm(item: Item) -> str:
    return f"This is your alarm: {item.name}" if item.name else "This is your alarm"


def was_due(item: Item, now: datetime) -> str:
    """What a row was and when: "your pasta timer ended at five PM yesterday"."""
    when = _when(item.due(now), now)
    if item.kind == "timer":
        return f"your {title(item)} ended {when}"
    if item.kind == "reminder":
        return f"a reminder {when}: {item.name}"
    return f"your alarm{f' {item.name}' if item.name else ''} rang {when}"


def _when(moment: datetime, now: datetime) -> str:
    days = (now.date() - moment.date()).days
    day = "" if days <= 0 else " yesterday" if days == 1 else f" on {moment:%A}"
    return f"at {say_time(moment)}{day}"


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
