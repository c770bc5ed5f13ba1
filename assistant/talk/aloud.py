"""Sentences that another program wants to have said aloud: rows that a running copy takes up.

Whoever hands one over waits for a moment whether a copy claims it, so that it knows if it is said.
Knows no sound. Any thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from assistant.talk.store import Store

TABLES = """
create table if not exists aloud (
    id integer primary key autoincrement, text text not null, made_s real not null);
"""
STALE_S = 10.0
"""What nobody has claimed for so long is not said any more: who wanted it has given up."""
LONGEST = 500
_POLL_S = 0.1


def hand_over(
    store: Store,
    text: str,
    timeout_s: float,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Have a running copy say `text` (cut after `LONGEST` characters); False when none claims it
    within `timeout_s`, and then it is not said."""
    store.has(TABLES)
    values = (text[:LONGEST], time.time())
    row = store.write("insert into aloud (text, made_s) values (?, ?)", values)
    end_s = time.monotonic() + timeout_s
    while time.monotonic() < end_s:
        sleep(_POLL_S)
        if not store.rows("select 1 from aloud where id = ?", (row,)):
            return True
    return not store.write("delete from aloud where id = ?", (row,))


def claim(store: Store) -> list[str]:
    """What is to be said now, by this copy and no other."""
    store.has(TABLES)
    said = []
    for row in store.rows("select id, text, made_s from aloud order by id"):
        is_mine = store.write("delete from aloud where id = ?", (row["id"],)) == 1
        if is_mine and abs(time.time() - row["made_s"]) <= STALE_S:
            said.append(str(row["text"]))
    return said
