"""What is another thing in a turn that was replayed: its name, its slots, its words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.log.rows import Body


@dataclass(frozen=True, slots=True)
class Difference:
    """`what` is "name", "slots" or "words"."""

    what: str
    was: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.what}: {self.was or '–'} → {self.now or '–'}"


def differences(
    row: Body, name: str, slots: Mapping[str, str], words: Sequence[str], *, with_words: bool = True
) -> list[Difference]:
    """Between the row of a turn and what is decided and said today. An answer that was interrupted
    may go on today. `with_words` False: they are not compared."""
    found: list[Difference] = []
    if row.get("name", "") != name:
        found.append(Difference("name", row.get("name", ""), name))
    was_slots: Mapping[str, str] = row.get("slots", {})
    for slot in sorted({*was_slots, *slots}):
        was, now = was_slots.get(slot), slots.get(slot)
        if was != now:
            found.append(Difference(f"slot {slot}", was, now))
    was_words, now_words = " ".join(row.get("planned", [])), " ".join(words)
    is_same = was_words == now_words
    if row.get("interrupted"):
        is_same = is_same or now_words.startswith(was_words)
    if with_words and not is_same:
        found.append(Difference("words", was_words, now_words))
    return found
