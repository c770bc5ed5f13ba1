"""One server: connected, looked after, called, and connected again when it is lost.

While it is lost its tools stay known, and a call says that it does not answer. Each call looks
first whether the tool is still the one that was offered. Runs on the loop of `assistant.mcp.links`.
"""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import mcp_types as types
from mcp import Client, MCPError

from assistant.config_mcp import McpServerConfig
from assistant.mcp.mapping import (
    MOST_TOOLS,
    Described,
    ServerError,
    Told,
    clean,
    described,
    told,
    wrong_arguments,
)
from assistant.mcp.transport import environment, http_streams, process_streams

CONNECT_S = 15.0
REFRESH_S = 30.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
"""The wait before the next attempt doubles from the one to the other."""
_LONG_ENOUGH_S = 10.0
"""A connection that lasted so long was a good one: the next wait is the first again."""
_MOST_PAGES = 8
_MOST_LEFT_OUT = 8
"""So many unusable tools of a server are told of in a session."""
_DEAF = "it does not answer"
_SETTLE_S = 2.0
"""A server that says without end that its tools changed is asked so often; a call looks anyway."""
_MOST_LATE = 2
"""After so many calls in a row that took too long the server is started anew."""

OnTools = Callable[[tuple[Described, ...], frozenset[str]], None]
"""`on_tools(tools, changed)`: all tools of the server, and the names of those that have changed."""


class Link:
    """`tell(text, is_fault)` gets a sentence for the person when the server is lost or there again,
    or when a tool of it cannot be used."""

    def __init__(
        self,
        name: str,
        settings: McpServerConfig,
        on_tools: OnTools,
        tell: Callable[[str, bool], None],
    ) -> None:
        self.name = name
        self.settings = settings
        self.ready = anyio.Event()
        """Set once the first attempt has succeeded or failed."""
        self._on_tools = on_tools
        self._tell = tell
        self._told: set[str] = set()
        self._client: Client | None = None
        self._ended = anyio.Event()
        self._look = anyio.Event()
        self._why = ""
        self._late = 0
        self._first: dict[str, str] = {}
        self._left_out: set[str] = set()
        self._changed: set[str] = set()
        self._tools: dict[str, Described] = {}

    # -- life -----------------------------------------------------------------------------------

    async def live(self) -> None:
        """Connect, and again whenever the server is lost, until cancelled."""
        wait_s = FIRST_WAIT_S
        while True:
            began = anyio.current_time()
            try:
                await self._session()
            except Exception as error:  # a server may do anything
                reason = _reason(error)
                self._why = reason if reason == _DEAF else self._why or reason
            finally:
                self._client = None
                self.ready.set()
            self._once(f"{self.name} is not reachable: {self._why}. It is tried again.", fault=True)
            wait_s = FIRST_WAIT_S if anyio.current_time() - began > _LONG_ENOUGH_S else wait_s
            await anyio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def _session(self) -> None:
        self._ended, self._look, self._why, self._late = anyio.Event(), anyio.Event(), "", 0
        streams = _Opened(self._streams())
        client = Client(
            streams,
            read_timeout_seconds=self.settings.limit_s,
            client_info=types.Implementation(name="assistant", version="1"),
            message_handler=self._on_message,
            cache=None,
        )
        with anyio.fail_after(CONNECT_S) as limit:
            async with client:
                await self._refresh(client)
                limit.deadline = float("inf")
                self._client = client
                self.ready.set()
                if self._told:
                    self._told.clear()
                    self._tell(f"{self.name} is there again.", False)
                await self._watch(client)

    async def _watch(self, client: Client) -> None:
        """Look at the tools now and then, and when the server says that they changed."""
        while not self._ended.is_set():
            with anyio.move_on_after(REFRESH_S):
                await self._look.wait()
                with anyio.move_on_after(_SETTLE_S):
                    await self._ended.wait()
            self._look = anyio.Event()
            if not self._ended.is_set():
                with anyio.fail_after(CONNECT_S):
                    await self._refresh(client)

    @asynccontextmanager
    async def _streams(self) -> AsyncIterator[Any]:
        settings = self.settings
        if settings.url:
            headers = {
                header: environment([name]).get(name, "")
                for header, name in settings.headers_env.items()
            }
            async with http_streams(settings.url, headers) as streams:
                yield streams
            return
        command = (*settings.command, *settings.args)
        env = environment(settings.pass_env) | dict(settings.env)
        async with process_streams(command, env, subprocess.DEVNULL, self._end) as streams:
            yield streams

    def _end(self, why: str) -> None:
        """The connection is lost, or is to be made anew."""
        self._why = self._why or why
        self._ended.set()
        self._look.set()

    async def _on_message(self, message: Any) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._look.set()

    def _once(self, text: str, *, fault: bool) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(text, fault)

    # -- tools ----------------------------------------------------------------------------------

    async def _refresh(self, client: Client) -> None:
        """Read the tools; tell of those that are new, gone or changed."""
        found: dict[str, Described] = {}
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            for tool in page.tools[: MOST_TOOLS - len(found)]:
                one = described(tool)
                if isinstance(one, str):
                    self._tell_of_tool(one)
                elif not self.settings.allow or one.name in self.settings.allow:
                    found.setdefault(one.name, one)
            cursor = page.next_cursor
            if not cursor or len(found) >= MOST_TOOLS:
                break
        for one in found.values():
            if self._first.setdefault(one.name, one.mark) != one.mark:
                self._changed.add(one.name)
        if found != self._tools:
            self._tools = found
            self._on_tools(tuple(found.values()), frozenset(self._changed))

    def _tell_of_tool(self, why: str) -> None:
        if why in self._left_out or len(self._left_out) >= _MOST_LEFT_OUT:
            return
        self._left_out.add(why)
        end = ". Nothing is said of further ones" if len(self._left_out) == _MOST_LEFT_OUT else ""
        self._tell(f"A tool of {self.name} is left out: {why}{end}.", True)

    async def call(self, name: str, mark: str, arguments: Mapping[str, Any]) -> Told:
        """Run a tool, which must be as it was when it was offered (`mark`). `ServerError` has the
        one sentence that is said of whatever goes wrong."""
        client = self._client
        if client is None:
            raise ServerError(f"{self.name} does not answer just now")
        try:
            with anyio.fail_after(self.settings.limit_s):
                await self._refresh(client)
                self._check(name, mark, arguments)
                result = await client.call_tool(name, dict(arguments))
            self._late = 0
        except ServerError:
            raise
        except TimeoutError as error:
            self._is_late()
            raise ServerError(f"{self.name} took too long") from error
        except MCPError as error:
            if error.error.code == types.REQUEST_TIMEOUT:
                self._is_late()
                raise ServerError(f"{self.name} took too long") from error
            if error.error.code == types.CONNECTION_CLOSED:
                self._end("the connection was closed")
                raise ServerError(f"{self.name} has just gone away") from error
            why = clean(error.error.message, 120).rstrip(".")
            raise ServerError(f"{self.name} refused that: {why}") from error
        except (anyio.ClosedResourceError, anyio.BrokenResourceError) as error:
            self._end("the connection was closed")
            raise ServerError(f"{self.name} has just gone away") from error
        except Exception as error:
            raise ServerError(f"{self.name} gave an answer that I cannot use") from error
        return told(result, self.name)

    def _check(self, name: str, mark: str, arguments: Mapping[str, Any]) -> None:
        one = self._tools.get(name)
        if one is None:
            raise ServerError(f"{self.name} cannot do that any more")
        if one.mark != mark:
            raise ServerError(f"{self.name} has changed what that does, so please ask once more")
        wrong = wrong_arguments(one.schema, arguments)
        if wrong:
            raise ServerError(f"{self.name} cannot take that: {wrong}")

    def _is_late(self) -> None:
        self._late += 1
        if self._late >= _MOST_LATE:
            self._end(_DEAF)


class _Opened:
    """An opened context as the package's `Transport`, which asks for no more than these two."""

    def __init__(self, context: Any) -> None:
        self._context = context

    async def __aenter__(self) -> Any:
        return await self._context.__aenter__()

    async def __aexit__(self, *error: Any) -> Any:
        return await self._context.__aexit__(*error)


def _reason(error: BaseException) -> str:
    """The innermost reason, in few words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return _DEAF
    if isinstance(error, FileNotFoundError):
        return f"there is no program {error.filename}"
    return clean(str(error), 120).rstrip(".") or type(error).__name__
