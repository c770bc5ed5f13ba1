"""All tools that are known by their name: those of the user's files, of servers and of interfaces.

Sources come and go while the program runs (a server dies, a file is changed), so each of them
exchanges its own tools as a whole. Knows no model and no flow. Any thread; a lock guards it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from assistant.talk.tool import Tool


class Toolbox:
    """Tools by their name; of two with one name, the one of the source that came first counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_source: dict[str, tuple[Tool, ...]] = {}
        self._tools: dict[str, Tool] = {}

    def exchange(self, source: str, tools: Iterable[Tool]) -> None:
        """Put `tools` in the place of all that `source` ("mcp home") gave before."""
        with self._lock:
            self._by_source[source] = tuple(tools)
            found: dict[str, Tool] = {}
            for given in self._by_source.values():
                for one in given:
                    found.setdefault(one.name, one)
            self._tools = found  # a new one each time, so that readers need no lock

    def get(self, name: str) -> Tool | None:
        """The tool with this name."""
        return self._tools.get(name)

    def __iter__(self) -> Iterator[Tool]:
        return iter(tuple(self._tools.values()))

    def __len__(self) -> int:
        return len(self._tools)
