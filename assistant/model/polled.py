"""What arrives over a network, taken up so that it can be dropped at any moment.

An event loop of its own runs on the calling thread, and only while that waits. Knows nothing of
what arrives.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.02
"""How often it is asked whether to stop while nothing arrives."""


def polled(source: AsyncGenerator[T, None], should_stop: Callable[[], bool]) -> Iterator[T]:
    """The items of `source` as they come; ends early when `should_stop()`.

    Whatever ends it, also closing it, cancels `source` and waits until that has tidied up (closed
    its connection). Errors of `source` are raised here.
    """
    loop = asyncio.new_event_loop()
    items: asyncio.Queue[T | None] = asyncio.Queue()
    pump = loop.create_task(_pump(source, items))
    try:
        while True:
            item = _next(loop, items, should_stop)
            if item is None:
                break
            yield item
        if pump.done() and not should_stop():
            pump.result()
    finally:
        pump.cancel()
        with suppress(Exception, asyncio.CancelledError):  # what matters was raised above
            loop.run_until_complete(pump)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _pump(source: AsyncGenerator[T, None], items: asyncio.Queue[T | None]) -> None:
    try:
        async for item in source:
            items.put_nowait(item)
    finally:
        await source.aclose()
        items.put_nowait(None)


def _next(
    loop: asyncio.AbstractEventLoop,
    items: asyncio.Queue[T | None],
    should_stop: Callable[[], bool],
) -> T | None:
    """The next item; None at the end and when stopped."""
    if should_stop():
        return None
    getter = loop.create_task(items.get())
    while not getter.done():
        loop.run_until_complete(asyncio.wait({getter}, timeout=POLL_S))
        if should_stop():
            getter.cancel()
            return None
    return getter.result()
