"""Where in a TOML file a key of the configuration stands, for messages about it.

tomllib gives values without places, so the headers and keys are read once more, when something is
wrong with one of them. Pure; knows no key.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*([A-Za-z0-9_.\-"' ]+?)\s*=(?!=)""")
_TRIPLE = re.compile(r"\"\"\"|'''")


def line_of(text: str, place: str) -> int | None:
    """The line (from 1) of `place` in a TOML text, such as `databases.shop.queries[1].sql`; that of
    the table or list that it belongs to when the key itself is not found, else of the first thing
    in it. None when nothing is."""
    best: tuple[int, int] | None = None
    first: int | None = None
    for name, number in _places(text):
        if name == place or place.startswith((f"{name}.", f"{name}[")):
            rank = (len(name), number)
            if best is None or rank[0] > best[0]:
                best = rank
        elif first is None and name.startswith((f"{place}.", f"{place}[")):
            first = number
    return best[1] if best else first


def _places(text: str) -> list[tuple[str, int]]:
    """Each header and key with its line, in the order of the file."""
    found: list[tuple[str, int]] = []
    counts: dict[str, int] = {}
    table, quote = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quote:
            quote = "" if quote in line else quote
            continue
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            name = _plain(header[2])
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
            table = _indexed(name, counts)
            found.append((table, number))
        elif key:
            name = _plain(key[1])
            found.append((f"{table}.{name}" if table else name, number))
        opened = _TRIPLE.findall(line)
        if len(opened) % 2:
            quote = opened[-1]
    return found


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))


def _indexed(name: str, counts: dict[str, int]) -> str:
    """`name` with the index of the newest entry behind each list of tables in it."""
    made, plain = "", ""
    for part in name.split("."):
        plain = f"{plain}.{part}" if plain else part
        made = f"{made}.{part}" if made else part
        if plain in counts:
            made += f"[{counts[plain]}]"
    return made
