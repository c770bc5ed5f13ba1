"""All tables of the program, made when the store is opened: no decision makes one.

Whoever needs a table still asks for it with `Store.has`, which costs nothing then. Runs once, on
the thread that loads.
"""

from __future__ import annotations

from assistant.talk import aloud, due, facts, list_store, moods, pins, taught
from assistant.talk.store import Store
from assistant.talk.tools import notes, stopwatch

TABLES = (
    aloud.TABLES,
    due.TABLES,
    facts.TABLES,
    list_store.TABLES,
    moods.TABLES,
    notes.TABLES,
    pins.TABLES,
    stopwatch.TABLES,
    taught.TABLES,
)


def make_tables(store: Store) -> None:
    """Make those that are missing. `StoreError` when the file cannot be written."""
    for statements in TABLES:
        store.has(statements)
