"""All configured servers, on one thread with a loop of its own; the only part that others see.

`Links` is made when the program starts and closed when it ends. Reading this module loads nothing
of the package `mcp`; making a `Links` with servers does. Knows no conversation.
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.addresses import parse_address
from assistant.config import Config
from assistant.config_mcp import McpServerConfig
from assistant.messages import Notice
from assistant.private import allow_host
from assistant.talk.toolbox import Toolbox

if TYPE_CHECKING:
    from assistant.mcp.link import Link
    from assistant.mcp.mapping import Described, Told

_CLOSE_S = 8.0
_MARGIN_S = 2.0


class Links:
    """The servers of `config.mcp`, whose tools come into `toolbox` as "mcp NAME". `tell` gets a
    notice for the screen, on a thread of its own."""

    def __init__(self, config: Config, toolbox: Toolbox, tell: Callable[[Notice], None]) -> None:
        self._servers = {name: one for name, one in config.mcp.servers.items() if one.enabled}
        self._toolbox = toolbox
        self._tell = tell
        self._links: dict[str, Link] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._begun = threading.Event()
        self._all_tried = threading.Event()
        self._stop: asyncio.Event | None = None

    # -- life -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to connect; returns at once. Nothing where no server is configured."""
        if not self._servers or self._thread is not None:
            self._all_tried.set()
            return
        for name in ("mcp", "client", "httpx2", "httpcore2", "asyncio"):
            logging.getLogger(name).addHandler(logging.NullHandler())
            logging.getLogger(name).propagate = False  # the screen is not theirs
        for name, one in self._servers.items():
            self._open_way(name, one)
        self._thread = threading.Thread(target=self._run, name="mcp", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until each server was reached or has failed once."""
        return self._all_tried.wait(timeout_s)

    @property
    def untried(self) -> list[str]:
        """The names of the servers that have neither answered nor failed so far."""
        links = dict(self._links)
        return [one for one in self._servers if one not in links or not links[one].ready.is_set()]

    def close(self) -> None:
        """End all connections and processes, and wait for that."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        atexit.unregister(self.close)
        self._begun.wait(_CLOSE_S)
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        thread.join(_CLOSE_S)

    def _open_way(self, name: str, one: McpServerConfig) -> None:
        if not one.url:
            return
        address = parse_address(one.url, f"mcp.servers.{name}.url", "/mcp")
        if not address.is_local:
            allow_host(urlsplit(address.url).hostname or "")
            self._notice(
                "information", f"What {name} is asked leaves this machine: {address.host}."
            )

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:  # the conversation goes on without any server
            self._notice("error", f"The servers for tools stopped: {error!r}.")
        finally:
            self._begun.set()
            self._all_tried.set()

    async def _main(self) -> None:
        from assistant.mcp.link import Link

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        for name, one in self._servers.items():
            self._links[name] = Link(name, one, self._on_tools(name, one), self._on_news)
        self._begun.set()
        tasks = [asyncio.create_task(link.live(), name=name) for name, link in self._links.items()]
        tasks.append(asyncio.create_task(self._try_all()))  # one that hangs must not delay the end
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=_CLOSE_S)

    async def _try_all(self) -> None:
        for link in self._links.values():
            await link.ready.wait()
        self._all_tried.set()

    # -- tools ----------------------------------------------------------------------------------

    def _on_tools(
        self, name: str, settings: McpServerConfig
    ) -> Callable[[tuple[Described, ...], frozenset[str]], None]:
        from assistant.mcp.mapping import tool_of

        def call(tool: str, mark: str, arguments: Mapping[str, Any]) -> Told:
            return self._call(name, tool, mark, arguments)

        def exchange(found: tuple[Described, ...], changed: frozenset[str]) -> None:
            tools = [
                tool_of(name, settings, one, call, has_changed=one.name in changed) for one in found
            ]
            self._toolbox.exchange(f"mcp {name}", tools)

        return exchange

    def _call(self, server: str, tool: str, mark: str, arguments: Mapping[str, Any]) -> Told:
        """On the hands: one call, which ends within its limit whatever the server does."""
        from assistant.mcp.mapping import ServerError

        loop, link = self._loop, self._links[server]
        if loop is None or loop.is_closed() or self._thread is None:
            raise ServerError(f"{server} is not connected")
        asked = asyncio.run_coroutine_threadsafe(link.call(tool, mark, arguments), loop)
        try:
            return asked.result(link.settings.limit_s + _MARGIN_S)
        except concurrent.futures.TimeoutError as error:
            asked.cancel()
            raise ServerError(f"{server} took too long") from error
        except concurrent.futures.CancelledError as error:
            raise ServerError(f"{server} is not connected") from error

    def _on_news(self, text: str, is_fault: bool) -> None:
        self._notice("warning" if is_fault else "information", text)

    def _notice(self, severity: Any, text: str) -> None:
        self._tell(Notice(severity=severity, code="W-MCP", text=text))
