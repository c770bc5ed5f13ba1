"""The application under Textual's pilot: every key, notices, exact words, failures."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from assistant.errors import EXIT_DEVICE, EXIT_MODEL, DeviceError, ModelError
from assistant.messages import State
from assistant.tui import session_app
from assistant.tui.app import AssistantApp
from assistant.tui.conversation import Conversation, EntryLine
from assistant.tui.key_series import KeySeries
from assistant.tui.news import LevelSlot
from assistant.tui.screens import DeviceScreen, HelpScreen
from assistant.tui.session import Publish, Session, Start
from assistant.updates import Level, ModelShown, Saying, StateChanged, TurnEnded
from tests import tui_feed


@asynccontextmanager
async def running(
    start: Start, size: tuple[int, int] = (80, 24), log_path: Path | None = None
) -> AsyncIterator[tuple[AssistantApp, Pilot[None]]]:
    """The application with its session started and everything published drawn."""
    app = AssistantApp(start=start, title="assistant", log_path=log_path)
    async with app.run_test(size=size, notifications=True) as pilot:
        await asyncio.to_thread(app._loader.join, 60)
        await pilot.pause()
        yield app, pilot


async def pressed(app: AssistantApp, pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until the thread for commands has done what they ask for."""
    await pilot.press(*keys)
    app._commands.wait()
    await pilot.pause()


def shown(app: AssistantApp) -> str:
    """The conversation as plain text."""
    return "\n".join(line._content(78).plain for line in app.query(EntryLine))


def status(app: AssistantApp) -> str:
    return str(app._status.render())


@pytest.mark.parametrize(
    ("keys", "calls"),
    [
        (["m", "m"], [("set_muted", True), ("set_muted", False)]),
        (["p", "p"], [("set_push_to_talk", True), ("set_push_to_talk", False)]),
        (
            ["p", "space", "p"],
            [
                ("set_push_to_talk", True),
                ("hold_to_talk", True),
                ("hold_to_talk", False),
                ("set_push_to_talk", False),
            ],
        ),
        (["space"], []),
        (["s"], [("stop_talking",)]),
        (["escape"], [("stop_talking",)]),
        (["c"], [("clear",)]),
        (["f", "f"], [("set_mood", False), ("set_mood", True)]),
        (["d"], [("devices",)]),
        (["h", "escape", "question_mark", "escape"], []),
    ],
)
async def test_keys_ask_for(keys: list[str], calls: list[tuple[object, ...]]) -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.EMPTY, notebook)) as (app, pilot):
        await pressed(app, pilot, *keys)
        assert notebook.calls == calls


async def test_space_is_pressed_once_for_each_or_held() -> None:
    notebook = tui_feed.Notebook()
    talks, ends = ("hold_to_talk", True), ("hold_to_talk", False)
    async with running(tui_feed.playing(tui_feed.EMPTY, notebook)) as (app, pilot):
        await pressed(app, pilot, "p", "space")
        app._space = KeySeries()  # a while later
        await pressed(app, pilot, "space")
        await until(app, pilot, lambda: notebook.calls[1:] == [talks, ends])
        app._space = KeySeries()
        await pressed(app, pilot, "space")
        app._space = KeySeries()  # half a second later the key begins to be repeated
        await pressed(app, pilot, *["space"] * 30)
        assert notebook.calls[3:] == [talks], "no flip while it is held"
        await until(app, pilot, lambda: notebook.calls[3:] == [talks, ends])


async def until(app: AssistantApp, pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait, five seconds at most."""
    for _ in range(100):
        await pilot.pause(0.05)
        app._commands.wait()
        if is_so():
            return
    raise AssertionError("it did not come to be so")


@pytest.mark.parametrize("key", ["q", "ctrl+c", "ctrl+q"])
async def test_quitting_closes_the_session_once(key: str) -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.EMPTY, notebook)) as (app, pilot):
        await pilot.press(key)
        app._commands.end(wait=True)
        await pilot.pause()
    assert notebook.calls == [("close",)]
    assert app.return_code == 0


async def test_modes_are_seen_in_the_status_line() -> None:
    async with running(tui_feed.playing(tui_feed.EMPTY)) as (app, pilot):
        assert "LISTENING" in status(app)
        assert "speak at any time" in status(app)
        await pressed(app, pilot, "p")
        assert "push-to-talk press space to talk" in status(app)
        await pressed(app, pilot, "space")
        assert "press space to end" in status(app)
        await pressed(app, pilot, "space", "p", "m")
        assert "microphone muted" in status(app)


@pytest.mark.parametrize("state", list(State))
async def test_every_state_is_named(state: State) -> None:
    async with running(tui_feed.playing([StateChanged(state=state)])) as (app, _):
        word = State.LISTENING if state is State.LOADING else state
        assert word.value.upper() in status(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_all_words_shown_are_the_records(size: tuple[int, int]) -> None:
    async with running(tui_feed.playing(tui_feed.MIXED), size) as (app, _):
        lines = [" ".join(text.split()) for text in shown(app).replace("▎", " ").splitlines()]
        flat = " ".join(lines)
        for ended in tui_feed.RECORDS:
            assert f"you {ended.transcript}" in flat
            assert ended.reply in flat
        assert flat.count("(interrupted)") == 1


async def test_an_answer_that_ended_replaces_the_clauses_announced() -> None:
    ended = tui_feed.RECORDS[2]
    late = Saying(turn=3, text=ended.reply + " everywhere.", source="model", why="")
    async with running(tui_feed.playing([late])) as (app, pilot):
        assert "everywhere." in shown(app)
        app.publish(TurnEnded(record=ended))
        await pilot.pause()
        assert "everywhere." not in shown(app)


async def test_a_notice_is_a_toast_and_a_line_and_its_brackets_stay() -> None:
    async with running(tui_feed.playing([tui_feed.NOTICE])) as (app, _):
        (toast,) = app._notifications
        assert (toast.title, toast.severity, toast.markup) == ("W-DEVICE", "warning", False)
        assert "The speaker [USB] was lost." in shown(app)
        assert "[W-DEVICE]" in shown(app)


async def test_clear_empties_the_conversation_and_keeps_the_bars() -> None:
    async with running(tui_feed.playing(tui_feed.MIXED)) as (app, pilot):
        await pressed(app, pilot, "c")
        assert len(app.query(EntryLine)) == 0
        assert app._conversation._hint.display
        assert "5 of 6 (83 %)" in str(app._latency.render())


async def test_two_devices_are_chosen() -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.EMPTY, notebook)) as (app, pilot):
        await pressed(app, pilot, "d")
        assert isinstance(app.screen, DeviceScreen)
        inputs = app.screen.query_one("#inputs", OptionList)
        assert str(inputs.get_option_at_index(2).prompt) == "USB [red] headset"
        await pressed(app, pilot, "down", "down", "tab", "down", "enter")
        assert notebook.calls[-1] == ("select_devices", "USB [red] headset", "Built-in speaker")
        await pressed(app, pilot, "d", "escape")
        assert len([call for call in notebook.calls if call[0] == "select_devices"]) == 1


async def test_how_far_a_model_is_set_up_stands_in_the_place_of_its_name() -> None:
    async with running(tui_feed.playing(tui_feed.EMPTY), (120, 40)) as (app, pilot):
        assert "SmolLM2 135M" in str(app._info.render())
        app.publish(ModelShown(role="thinks", name="model being set up: llama.cpp 43 %"))
        await pilot.pause()
        assert "thinks  model being set up: llama.cpp 43 %" in str(app._info.render())
        assert app._models == {**tui_feed.MODELS, "thinks": "model being set up: llama.cpp 43 %"}


async def test_help_names_keys_sources_and_models() -> None:
    async with running(tui_feed.playing(tui_feed.EMPTY)) as (app, pilot):
        await pressed(app, pilot, "h")
        assert isinstance(app.screen, HelpScreen)
        text = str(app.screen.query_one("#help Static", Static).visual)
        for word in ("push-to-talk", "precomputed", "guardrail", "first clause", "Piper joe"):
            assert word in text


async def test_a_command_that_fails_becomes_a_notice() -> None:
    def refuse(_input: str, _output: str) -> None:
        raise DeviceError("the headset is busy", "close the other program")

    def start(_publish: Publish) -> Session:
        notebook = tui_feed.Notebook()
        return Session(
            controls=notebook,
            models={},
            devices=notebook.devices,
            select_devices=refuse,
        )

    async with running(start) as (app, pilot):
        await pressed(app, pilot, "d")
        await pressed(app, pilot, "enter")
        await pilot.pause()
        text = " ".join(shown(app).replace("▎", " ").split())
        assert "the headset is busy. Next step: close the other program [E-DEVICE]" in text


@pytest.mark.parametrize(
    ("error", "exit_status"),
    [
        (ModelError("the [voice] is missing", "run `make models`"), EXIT_MODEL),
        (DeviceError("no microphone", "plug one in"), EXIT_DEVICE),
    ],
)
async def test_a_failed_start_is_explained_and_q_leaves_with_its_status(
    error: ModelError | DeviceError, exit_status: int
) -> None:
    def start(_publish: Publish) -> Session:
        raise error

    async with running(start) as (app, pilot):
        panel = str(app.query_one("#hint", Static).visual)
        assert error.code in panel
        assert error.what in panel
        assert error.next_step in panel
        assert "CANNOT START" in status(app)
        await pilot.press("m", "q")
    assert app.return_code == app.exit_status == exit_status


async def test_an_unexpected_error_is_shown_and_its_traceback_logged(tmp_path: Path) -> None:
    def start(_publish: Publish) -> Session:
        raise ZeroDivisionError("in a library")

    log = tmp_path / "log"
    async with running(start, log_path=log) as (app, pilot):
        panel = str(app.query_one("#hint", Static).visual)
        assert "ZeroDivisionError: in a library" in panel
        assert str(log) in panel
        await pilot.press("q")
    assert app.return_code == 1
    assert "Traceback" in log.read_text()


async def test_leaving_while_models_load_waits_and_closes_the_session() -> None:
    notebook, may_start = tui_feed.Notebook(), threading.Event()

    def start(_publish: Publish) -> Session:
        may_start.wait(30)
        return tui_feed.session(notebook)

    app = AssistantApp(start=start, title="assistant")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "LOADING" in status(app)
        await pilot.press("m", "q")
        assert "CLOSING" in status(app)
        may_start.set()
        await asyncio.to_thread(app._loader.join, 60)
        await pilot.pause()
        app._commands.end(wait=True)
    assert notebook.calls == [("close",)]


@pytest.mark.parametrize("presses", [1, 2])
async def test_a_load_that_hangs_is_left_behind(
    presses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = threading.Event()
    monkeypatch.setattr(session_app, "_LOADING_PATIENCE_S", 0.2 if presses == 1 else 600)

    def start(_publish: Publish) -> Session:
        hangs.wait()
        return tui_feed.session(tui_feed.Notebook())

    app = AssistantApp(start=start, title="assistant")
    async with app.run_test() as pilot:
        await pilot.press(*["q"] * presses)
        for _ in range(200):
            if app._exit:
                break
            await pilot.pause(0.05)
        assert app._exit
    assert app.is_loading, "whoever ends the process knows that a thread is left"
    hangs.set()


async def test_the_demo_is_one_key_away_where_there_is_one() -> None:
    notebook = tui_feed.Notebook()
    start = tui_feed.playing(tui_feed.EMPTY, notebook)
    for has_demo in (False, True):
        app = AssistantApp(start=start, title="assistant", has_demo=has_demo)
        async with app.run_test() as pilot:
            await asyncio.to_thread(app._loader.join, 60)
            await pilot.press("e")
            assert app.wants_demo is has_demo
            if not has_demo:
                assert notebook.calls == []
                await pilot.press("q")
            app._commands.end(wait=True)
            await pilot.pause()
        assert notebook.calls == [("close",)]
        notebook.calls.clear()


def test_levels_that_were_not_drawn_are_replaced() -> None:
    slot = LevelSlot()
    levels = [Level(rms_dbfs=-float(n), is_speech=False) for n in range(5)]
    assert [slot.put(level) for level in levels] == [True, False, False, False, False]
    assert (slot.take(), slot.take()) == (levels[-1], None)
    assert slot.put(levels[0])


async def test_updates_from_many_threads_all_arrive() -> None:
    async with running(tui_feed.playing(tui_feed.EMPTY)) as (app, pilot):
        threads = [
            threading.Thread(target=app.publish, args=(TurnEnded(record=ended),))
            for ended in tui_feed.RECORDS
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        await pilot.pause()
        assert sorted(timing.turn for timing in app.view.timings) == [1, 2, 3, 4, 5, 6]


async def test_the_newest_turn_is_in_sight() -> None:
    async with running(tui_feed.playing(tui_feed.MIXED)) as (app, _):
        conversation = app.query_one(Conversation)
        assert conversation.scroll_y == conversation.max_scroll_y > 0
