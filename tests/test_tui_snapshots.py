"""Pictures of the face: compared with the accepted ones in __snapshots__.

Accept new ones with `pytest tests/test_tui_snapshots.py --snapshot-update` after looking at them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.errors import ModelError
from assistant.tui.app import AssistantApp
from assistant.tui.session import Publish, Session, Start
from tests import tui_feed


def refused(_publish: Publish) -> Session:
    raise ModelError(
        "models/whisper-tiny.en/model.bin is missing", "run `make models`, then start again"
    )


async def settled(pilot: Pilot[None]) -> None:
    await asyncio.to_thread(pilot.app._loader.join, 60)
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(tui_feed.playing(tui_feed.EMPTY), id="listening"),
        pytest.param(tui_feed.playing(tui_feed.PARTIAL), id="partial"),
        pytest.param(tui_feed.playing(tui_feed.MIXED), id="mixed"),
        pytest.param(refused, id="refused"),
    ],
)
def test_looks_as_accepted(
    snap_compare: Callable[..., bool], start: Start, size: tuple[int, int]
) -> None:
    app = AssistantApp(start=start, title="assistant")
    assert snap_compare(app, terminal_size=size, run_before=settled)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["up", "up"], id="chosen"),
        pytest.param(["up", "up", "enter"], id="turn"),
        pytest.param(["up", "up", "enter", "a", *["down"] * 9], id="all-steps"),
        pytest.param(["up", "enter"], id="caught"),
        pytest.param(["t", "h", "i"], id="typing"),
    ],
)
def test_turns_and_the_line_look_as_accepted(
    snap_compare: Callable[..., bool], keys: list[str], size: tuple[int, int]
) -> None:
    app = AssistantApp(start=tui_feed.playing(tui_feed.OPENED), title="assistant")

    async def opened(pilot: Pilot[None]) -> None:
        await settled(pilot)
        pilot.app.query_one("#typed", Input).cursor_blink = False
        await pilot.press(*keys)
        for _ in range(3):  # the footer is made anew after the keys have been taken up
            await pilot.pause()
        # Textual draws the bar late when what it scrolls has become smaller
        pilot.app.screen_stack[0].query_one("#conversation").vertical_scrollbar.refresh()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=opened)
