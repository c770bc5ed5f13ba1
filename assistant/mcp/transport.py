"""How a server is reached: a process of ours, or streamable HTTP; in both what it sends is bounded.

The package's own transports keep a line, or an answer, of any length in memory, so that one server
could take the whole machine; these two end the connection instead. Knows bytes and no tool. Runs on
the loop of `assistant.mcp.links`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import httpx2
import mcp_types as types
from anyio.abc import Process
from mcp.client.stdio import get_default_environment
from mcp.client.streamable_http import streamable_http_client
from mcp.os.posix.utilities import terminate_posix_process_tree
from mcp.shared.message import SessionMessage

MOST_BYTES = 2 * 2**20
"""A longer line of a process, or a longer answer over HTTP, ends the connection. Own choice."""
_END_S = 1.0
"""So long a process may take to end once its input is closed, then once it is told to."""
_CONNECT_S = 10.0

_GONE = (anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream, OSError)


@asynccontextmanager
async def process_streams(
    command: Sequence[str], env: Mapping[str, str], errors: Any, on_end: Callable[[str], None]
) -> AsyncIterator[Any]:
    """The two streams of a session with a process that is started here, in a group of its own.

    `errors` takes its standard error. `on_end(why)` is called when its output ends. At the end its
    input is closed; what has not ended a second later is told to end, and a second later killed,
    with all that it started. `OSError` when it cannot be started.
    """
    process = await anyio.open_process(
        list(command),
        env=get_default_environment() | dict(env),
        stderr=errors,
        start_new_session=True,
    )
    heard, to_session = _pair()
    from_session, said = _pair()
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_read, process, heard, on_end)
            tasks.start_soon(_write, process, said)
            try:
                yield to_session, from_session
            finally:
                with anyio.CancelScope(shield=True):
                    await _stop(process)
                tasks.cancel_scope.cancel()
    finally:
        for stream in (heard, to_session, from_session, said):
            stream.close()


def _pair() -> tuple[Any, Any]:
    return anyio.create_memory_object_stream[Any](0)


async def _read(process: Process, heard: Any, on_end: Callable[[str], None]) -> None:
    why, buffer = "it has ended", bytearray()
    assert process.stdout is not None
    try:
        async with heard:
            async for chunk in process.stdout:
                buffer += chunk
                *lines, rest = buffer.split(b"\n")
                buffer = rest
                for line in lines:
                    if line.strip():
                        await heard.send(_message(bytes(line)))
                if len(buffer) > MOST_BYTES:
                    why = f"it sent more than {MOST_BYTES // 2**20} MB at once"
                    break
    except _GONE:
        pass
    finally:
        on_end(why)


def _message(line: bytes) -> SessionMessage | Exception:
    try:
        return SessionMessage(types.jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:  # the session is told of it, and goes on
        return error


async def _write(process: Process, said: Any) -> None:
    assert process.stdin is not None
    with suppress(*_GONE):
        async with said:
            async for message in said:
                text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                await process.stdin.send(f"{text}\n".encode())


async def _stop(process: Process) -> None:
    with suppress(*_GONE):
        assert process.stdin is not None
        await process.stdin.aclose()
    with anyio.move_on_after(_END_S):
        while process.returncode is None:
            await anyio.sleep(0.01)
    await terminate_posix_process_tree(process, _END_S)
    with anyio.move_on_after(_END_S):  # the loop sees that it has ended
        while process.returncode is None:
            await anyio.sleep(0.01)
    with suppress(*_GONE):
        assert process.stdout is not None
        await process.stdout.aclose()
    transport = getattr(getattr(process, "_process", None), "_transport", None)
    with suppress(AttributeError, PermissionError):
        transport.close()  # type: ignore[union-attr]


@asynccontextmanager
async def http_streams(url: str, headers: Mapping[str, str]) -> AsyncIterator[Any]:
    """The two streams of a session over streamable HTTP. No proxy of the environment is used, and a
    redirect to another place is not followed."""
    client = httpx2.AsyncClient(
        headers=dict(headers),
        timeout=httpx2.Timeout(None, connect=_CONNECT_S),
        trust_env=False,
        follow_redirects=False,
        transport=_Bounded(httpx2.AsyncHTTPTransport(trust_env=False)),
    )
    async with client, streamable_http_client(url, http_client=client) as streams:
        yield streams


class _Bounded(httpx2.AsyncBaseTransport):
    """Answers that are not a stream of events end after `MOST_BYTES`; a stream's events are bounded
    by the package."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = _Counted(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        async for piece in self._inner:
            count += len(piece)
            if count > MOST_BYTES:
                raise httpx2.ReadError(f"it sent more than {MOST_BYTES // 2**20} MB at once")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


def environment(names: Sequence[str]) -> dict[str, str]:
    """Those of our own environment's variables, for a process that needs them."""
    return {name: os.environ[name] for name in names if name in os.environ}
