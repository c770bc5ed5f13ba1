"""What the program keeps of its user and of the settings made by voice, from session to session.

Facts are texts such as "name", settings are numbers such as "volume". Both are rows of the store;
the talk holds them while it runs. Knows no words. Reads in any thread, writes on the hands.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from assistant.talk.store import Store
from assistant.talk.talk import Talk

TABLES = """
create table if not exists facts (name text primary key, value text not null);
create table if not exists settings (name text primary key, value real not null);
"""


def load_talk(store: Store) -> Talk:
    """A talk that knows what was kept."""
    store.has(TABLES)
    facts = {row["name"]: row["value"] for row in store.rows("select name, value from facts")}
    kept = {row["name"]: row["value"] for row in store.rows("select name, value from settings")}
    return Talk(facts=MappingProxyType(facts), settings=MappingProxyType(kept))


def keep_fact(store: Store, name: str, value: str | None) -> str | None:
    """Keep a fact, or forget it with None; what was kept before."""
    before: str | None = _keep(store, "facts", name, value)
    return before


def keep_setting(store: Store, name: str, value: float | None) -> float | None:
    """Keep a setting, or forget it with None; what was kept before."""
    before: float | None = _keep(store, "settings", name, value)
    return before


def _keep(store: Store, table: str, name: str, value: Any) -> Any:
    store.has(TABLES)
    with store.writing() as db:
        row = db.execute(f"select value from {table} where name = ?", (name,)).fetchone()
        if value is None:
            db.execute(f"delete from {table} where name = ?", (name,))
        else:
            db.execute(f"insert or replace into {table} values (?, ?)", (name, value))
    return None if row is None else row["value"]
