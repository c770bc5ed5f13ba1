"""A turn in full: opened by keys and by a click, and every word of it; the line to type in."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, replace

import pytest
from textual import events
from textual.pilot import Pilot

from assistant.errors import InputError
from assistant.messages import Step, ToolCall, TurnRecord
from assistant.tui.app import AssistantApp
from assistant.tui.conversation import Conversation, EntryLine
from assistant.tui.detail import detail_lines
from assistant.tui.figures import timing_of
from assistant.tui.latency import latency_lines
from assistant.tui.prompt import TypedLine
from assistant.tui.screens import HelpScreen
from assistant.tui.session import Publish, Session
from assistant.tui.turn_screen import Detail, TurnScreen
from assistant.updates import Heard, TurnEnded
from tests import tui_feed
from tests.test_tui_app import pressed, running, shown

OPENED = tui_feed.playing(tui_feed.OPENED)


def detail(record: TurnRecord, width: int = 90, *, shows_all: bool = False) -> list[str]:
    """The lines of one turn, without the blanks at their ends."""
    text = detail_lines(record, width, shows_all=shows_all, is_airy=False).plain
    return [line.rstrip() for line in text.splitlines()]


def section(record: TurnRecord, label: str, *, shows_all: bool = False) -> list[str]:
    """The lines of one section."""
    lines = detail(record, shows_all=shows_all)
    (first,) = [at for at, line in enumerate(lines) if line.startswith(label)]
    rest = lines[first + 1 :]
    end = next((at for at, line in enumerate(rest) if not line.startswith(" ")), len(rest))
    return [line[9:] for line in lines[first : first + 1 + end]]


def opened(app: AssistantApp) -> str:
    """The text of the window that shows a turn."""
    assert isinstance(app.screen, TurnScreen)
    return app.screen.query_one(Detail)._content(90).plain


# -- what is in it ----------------------------------------------------------------------------


def test_what_was_heard_and_decided() -> None:
    assert section(tui_feed.FULL, "heard") == [
        "Remind me to water the plants tomorrow at six, and put milk on the shopping list,",
        "please.",
        "confidence 81% · no speech 1% · complete 97% · 3 takes · reopened",
    ]
    assert section(tui_feed.FULL, "decided") == [
        "both  tool  0.94",
        "two requests: reminder.set and list.add",
        "first reminder.set",
        "second list.add",
    ]


def test_the_steps_fold_what_passed_and_mark_who_took_it() -> None:
    assert section(tui_feed.FULL, "steps") == [
        "· 6 passed  guard, ringing, stop, flow, replies, correction",
        "· skills         0.41  a part of reminder.set",
        "✓ both           0.94  reminder.set, then list.add",
    ]


def test_all_steps_have_their_reasons() -> None:
    lines = section(tui_feed.FULL, "steps", shows_all=True)
    assert len(lines) == len(tui_feed.FULL.steps) == 8
    for line, step in zip(lines, tui_feed.FULL.steps, strict=True):
        assert step.part in line
        assert line.endswith(step.why)


def test_a_verdict_that_is_neither_stands_out_among_the_steps_and_the_guards() -> None:
    step = Step(part="answer guard", verdict="redact", score=0.8, why="a card number")
    changed = replace(tui_feed.FULL, steps=(step, *tui_feed.PASSED))
    assert section(changed, "steps")[0] == "! answer guard   0.80  redact: a card number"
    assert section(changed, "guards") == ["! answer guard redact  a card number"]


def test_the_guards_say_what_they_caught() -> None:
    assert section(tui_feed.CAUGHT, "guards") == ["! guard took  locks need a PIN"]
    assert section(tui_feed.FULL, "guards") == ["· nothing caught"]
    server = Step(part="mcp guard", verdict="took", why="asks the server guard")
    assert section(replace(tui_feed.FULL, steps=(*tui_feed.FULL.steps, server)), "guards") == [
        "· nothing caught"
    ]
    replaced = replace(tui_feed.FULL, source="guardrail", why="an invented number")
    assert section(replaced, "guards") == ["! the answer is a guardrail's  an invented number"]


def test_tools_with_arguments_result_and_duration() -> None:
    assert section(tui_feed.FULL, "tools") == [
        "✓ calendar.look reads  0.4 ms",
        "  day 2026-03-05",
        "  → nothing then",
        "✓ reminder.set writes  6.2 ms",
        "  what water the plants",
        "  at 2026-03-05 18:00",
        "  → 12",
        "✗ list.add writes failed  13 ms",
        "  items milk",
        "  → OSError: the disk is full",
    ]


@pytest.mark.parametrize("outcome", ["too slow", "taken back", "running", "waiting", "new"])
def test_every_outcome_of_a_tool_is_shown(outcome: str) -> None:
    record = replace(tui_feed.FULL, calls=(ToolCall(name="a.tool", outcome=outcome),))
    (line,) = section(record, "tools")
    assert line.split()[1] == "a.tool"
    assert line.endswith("writes" if outcome == "new" else outcome)
    assert line.startswith("?") is (outcome == "new")


def test_the_times_sum_to_the_latency_and_each_bar_begins_where_the_last_one_ended() -> None:
    lines = section(tui_feed.FULL, "time")
    assert [line.split()[1] for line in lines[:6]] == list(tui_feed.TOOL)
    assert sum(float(line.split()[-2]) for line in lines[:6]) == pytest.approx(388)
    assert lines[6].split() == [*"first sound from the end of your speech".split(), "388", "ms"]
    bars = [line[17:-9].rstrip() for line in lines[:6]]
    starts = [len(bar) - len(bar.lstrip()) for bar in bars]
    assert starts == [0, *map(len, bars[:-1])]
    assert lines[7] == "at said 68.0 s · to 70.0 s · complete 70.2 s · audible 70.4 s · over 72.4 s"


def test_a_typed_turn_has_no_confidence_and_its_time_runs_from_enter() -> None:
    lines = detail(tui_feed.CAUGHT)
    assert lines[1] == "         typed"
    assert not any("confidence" in line for line in lines)
    assert any(line.strip().startswith("first sound from enter") for line in lines)


def test_what_sounded_unasked_and_what_did_not_sound() -> None:
    told = tui_feed.record(-1, "", "Your timer is done.", "tool", stages={"sound": 40.0})
    assert detail(told)[0] == "decided  tool"
    silent = tui_feed.record(1, "a", "", "model", interrupted=True)
    assert section(silent, "said") == ["interrupted before a word was heard"]
    assert section(silent, "time")[0] == "nothing sounded"


@dataclass(frozen=True)
class Mood:
    label: str = "annoyed"
    confidence: float = 0.714
    why: str = "“again”"
    is_neutral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Moody(TurnRecord):
    mood: Mood = Mood()


def with_mood(record: TurnRecord) -> Moody:
    names = TurnRecord.__dataclass_fields__
    known = {name: getattr(record, name) for name in names if name != "mood"}
    return Moody(**known)


def test_the_mood_is_shown_where_it_is_known() -> None:
    assert section(with_mood(tui_feed.FULL), "mood") == ["annoyed  0.71  “again”"]


@pytest.mark.parametrize("width", [40, 66, 96])
def test_no_line_is_too_long_and_nothing_reaches_the_terminal(width: int) -> None:
    for record in (*tui_feed.RECORDS, tui_feed.FULL, tui_feed.CAUGHT):
        for line in detail(record, width, shows_all=True):
            assert len(line) <= width
            assert line.isprintable()
    assert "␛[31mdoor [bold]now[/bold]." in detail(tui_feed.CAUGHT)[0]


# -- opening it -------------------------------------------------------------------------------


async def test_a_turn_is_chosen_opened_and_closed_by_keys() -> None:
    async with running(OPENED) as (app, pilot):
        conversation = app.query_one(Conversation)
        assert conversation.chosen is None
        await pilot.press("up")
        assert conversation.chosen == 8
        await pilot.press("k", "k", "j")
        assert conversation.chosen == 7
        assert [line.has_class("-chosen") for line in app.query(EntryLine)] == [False] * 3 + [
            True,
            False,
        ]
        await pilot.press("enter")
        assert app.screen.query_one("#turn").border_title == "Turn 7"
        assert "water the plants" in opened(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, TurnScreen)
        assert conversation.chosen == 7


async def test_without_a_choice_the_newest_opens_and_the_end_is_followed_again() -> None:
    async with running(OPENED) as (app, pilot):
        await pilot.press("enter")
        assert "locks need a PIN" in opened(app)
        await pilot.press("escape")
        assert app.query_one(Conversation).chosen is None
        app.publish(TurnEnded(record=replace(tui_feed.FULL, turn=9)))
        await pilot.pause()
        conversation = app.query_one(Conversation)
        assert conversation.scroll_y == conversation.max_scroll_y > 0


async def test_a_chosen_turn_stays_in_sight_while_others_come() -> None:
    async with running(OPENED) as (app, pilot):
        await pilot.press("up", "up", "up", "up", "up")
        conversation = app.query_one(Conversation)
        assert conversation.chosen == 1
        assert conversation.scroll_y == 0
        app.publish(TurnEnded(record=replace(tui_feed.FULL, turn=9)))
        await pilot.pause()
        assert conversation.scroll_y == 0
        await pilot.press("down", "down", "down", "down", "down", "down")
        assert conversation.chosen is None
        await pilot.pause()
        assert conversation.scroll_y == conversation.max_scroll_y > 0


async def test_a_chosen_turn_at_the_end_stays_where_it_is_too() -> None:
    async with running(OPENED) as (app, pilot):
        await pilot.press("up")
        conversation = app.query_one(Conversation)
        before = conversation.scroll_y
        for number in (9, 10, 11):
            app.publish(TurnEnded(record=replace(tui_feed.FULL, turn=number)))
        await pilot.pause()
        assert (conversation.chosen, conversation.scroll_y) == (8, before)


async def test_a_click_opens_a_turn_and_no_notice() -> None:
    updates = [*tui_feed.OPENED, tui_feed.NOTICE]
    async with running(tui_feed.playing(updates), (120, 40)) as (app, pilot):
        *_, full, _caught, notice = app.query(EntryLine)
        app.query_one(Conversation).scroll_end(animate=False, immediate=True)
        await pilot.pause()
        await pilot.click(notice)
        await pilot.pause()
        assert not isinstance(app.screen, TurnScreen)
        await pilot.click(full)
        await pilot.pause()
        assert "water the plants" in opened(app)


async def test_a_click_beside_the_conversation_leaves_the_keys_where_they_were() -> None:
    async with running(OPENED, (120, 40)) as (app, pilot):
        await pilot.click("#latency")
        await pilot.press("up", "enter")
        assert "locks need a PIN" in opened(app)


async def test_the_window_goes_to_other_turns_and_shows_all_steps() -> None:
    async with running(OPENED, (120, 40)) as (app, pilot):
        await pilot.press("enter", "left")
        assert "6 passed" in opened(app)
        await pilot.press("a")
        assert "not told to stop" in opened(app)
        await pilot.press("left", "left", "left", "left", "left")
        assert opened(app).startswith("heard    Hi there.")
        await pilot.press("right", "escape")
        assert app.query_one(Conversation).chosen == 2


async def test_a_turn_under_way_opens_when_it_is_over() -> None:
    start = tui_feed.playing([*tui_feed.EMPTY, Heard(turn=1, text="hello")])
    async with running(start) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert not isinstance(app.screen, TurnScreen)
        assert [toast.message for toast in app._notifications] == ["This turn is not over yet."]


async def test_stopping_the_voice_forgets_the_choice() -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.OPENED, notebook)) as (app, pilot):
        await pressed(app, pilot, "up", "s")
        assert app.query_one(Conversation).chosen is None
        assert notebook.calls == [("stop_talking",)]


async def test_escape_leaves_a_chosen_turn_and_the_answer_goes_on() -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.OPENED, notebook)) as (app, pilot):
        await pressed(app, pilot, "up", "escape")
        assert app.query_one(Conversation).chosen is None
        assert notebook.calls == []
        await pressed(app, pilot, "escape")
        assert notebook.calls == [("stop_talking",)]


async def test_clearing_forgets_the_choice() -> None:
    async with running(OPENED) as (app, pilot):
        await pressed(app, pilot, "up", "c", "enter")
        assert app.query_one(Conversation).chosen is None
        assert not isinstance(app.screen, TurnScreen)


# -- at hand ----------------------------------------------------------------------------------


async def test_what_was_saved_is_the_figure_of_the_log() -> None:
    saved = [tui_feed.SAVED]

    def start(publish: Publish) -> Session:
        for update in tui_feed.OPENED:
            publish(update)
        return replace(tui_feed.session(tui_feed.Notebook()), savings=lambda: saved[0])

    async with running(start) as (app, pilot):
        assert "saved 840 ms" in app._latency.render().plain
        saved[0] = replace(saved[0], turns=5)  # the log counts a turn after it is on the screen
        async with asyncio.timeout(10):
            while "saved 1050 ms CPU 2.2 s" not in app._latency.render().plain:
                await pilot.pause()


@pytest.mark.parametrize(("width", "height"), [(78, 9), (52, 20)])
def test_share_saving_and_mood_are_at_hand_in_any_size(width: int, height: int) -> None:
    timings = [timing_of(record) for record in tui_feed.RECORDS]
    lines = latency_lines(timings, width, height, "annoyed", tui_feed.SAVED).plain.splitlines()
    head = " ".join(lines[:2])
    for words in ("5 of 6 (83 %)", "840 ms", "annoyed", "mood"):
        assert words in head
    assert "1.8 s" not in head, "there is no room for it"
    assert max(map(len, lines)) <= width
    calm = latency_lines(timings, width, height, "", tui_feed.SAVED).plain.splitlines()
    assert "1.8 s" in " ".join(calm[:2])
    assert max(map(len, calm)) <= width
    unknown = latency_lines(timings, width, height).plain
    assert "840 ms" not in unknown
    assert "CPU" not in unknown
    assert "mood" not in latency_lines(timings, width, height).plain


async def test_the_mood_of_the_last_turn_is_on_the_screen() -> None:
    async with running(OPENED) as (app, pilot):
        assert "mood" not in str(app._latency.render())
        app.publish(TurnEnded(record=with_mood(replace(tui_feed.FULL, turn=9))))
        await pilot.pause()
        assert "mood annoyed" in str(app._latency.render())


# -- typing -----------------------------------------------------------------------------------


async def typed(app: AssistantApp, pilot: Pilot[None], text: str) -> None:
    await pressed(app, pilot, *("space" if one == " " else one for one in text))


@pytest.mark.parametrize("key", ["t", "slash"])
async def test_a_line_is_typed_and_sent_and_the_next_one_can_follow(key: str) -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.EMPTY, notebook)) as (app, pilot):
        await pilot.press(key)
        await typed(app, pilot, "mute me q/?")
        await pressed(app, pilot, "enter")
        await typed(app, pilot, "   ")
        await pressed(app, pilot, "enter")
        await typed(app, pilot, "two")
        await pressed(app, pilot, "enter", "escape")
        assert notebook.calls == [("submit_text", "mute me q/?"), ("submit_text", "two")]
        assert app.focused is app.query_one(Conversation)
        await pressed(app, pilot, "m")
        assert notebook.calls[-1] == ("set_muted", True)


async def test_the_arrows_bring_back_what_was_sent_and_what_was_begun() -> None:
    async with running(tui_feed.playing(tui_feed.EMPTY)) as (app, pilot):
        line = app.query_one(TypedLine)
        await pilot.press("t", "o", "n", "e", "enter", "t", "w", "o", "enter")
        await pilot.press("t", "w", "o", "enter", "n", "e", "w")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await pilot.press(key)
            seen.append(line.value)
        assert seen == ["two", "one", "one", "two", "new", "new"]
        await pilot.press("escape", "t")
        assert line.value == "new"


async def test_what_would_control_the_terminal_is_not_even_in_the_line() -> None:
    notebook = tui_feed.Notebook()
    async with running(tui_feed.playing(tui_feed.EMPTY, notebook)) as (app, pilot):
        await pilot.press("t")
        pasted = "\x1b[31mred\x07\nand [bold]more\u202e\x1b]0;x\x07"
        app.query_one(TypedLine).post_message(events.Paste(pasted))
        await pilot.pause()
        await pressed(app, pilot, "enter")
        assert notebook.calls == [("submit_text", "[31mred and [bold]more]0;x")]


async def test_only_the_keys_that_work_are_named_while_typing() -> None:
    async with running(tui_feed.playing(tui_feed.MIXED)) as (app, pilot):

        def named() -> set[str]:
            active = app.screen.active_bindings.values()
            return {one.binding.description for one in active if one.binding.show}

        usual = {"Open", "Mute", "Push-to-talk", "Type", "Stop", "Devices", "Help", "Quit"}
        assert named() == usual
        await pilot.press("t")
        await pilot.pause()
        assert named() == {"Send", "Earlier", "Close"}
        await pilot.press("escape")
        await pilot.pause()
        assert named() == usual


async def test_a_pin_is_not_brought_back() -> None:
    async with running(tui_feed.playing(tui_feed.EMPTY)) as (app, pilot):
        await pilot.press("t", *"go", "enter", *"4711", "enter", "up")
        assert app.query_one(TypedLine).value == "go"


async def test_every_key_of_the_footer_is_in_the_help() -> None:
    async with running(tui_feed.playing(tui_feed.MIXED)) as (app, pilot):
        await pilot.press("p")
        keys = {
            one.binding.key_display or one.binding.key
            for one in app.screen.active_bindings.values()
            if one.binding.show
        }
        await pilot.press("h")
        assert isinstance(app.screen, HelpScreen)
        text = "\n".join(line.plain for line in app.screen._lines())
        known = {"↵": "Enter", "s": "s, Esc", "h": "h, ?", "t": "t, /"}
        for key in keys:
            assert f"  {known.get(key, key)} " in text


async def test_a_line_that_is_refused_becomes_a_notice() -> None:
    class Refusing(tui_feed.Notebook):
        def submit_text(self, text: str) -> None:
            raise InputError("it is too long", "send it in parts")

    async with running(tui_feed.playing(tui_feed.EMPTY, Refusing())) as (app, pilot):
        await pressed(app, pilot, "t", "x", "enter")
        await pilot.pause()
        assert "it is too long. Next step: send it in parts" in shown(app)


async def test_what_is_typed_while_models_load_is_sent_when_the_session_runs() -> None:
    notebook, may_start = tui_feed.Notebook(), threading.Event()

    def start(_publish: Publish) -> Session:
        may_start.wait(30)
        return tui_feed.session(notebook)

    app = AssistantApp(start=start, title="assistant")
    async with app.run_test() as pilot:
        await pilot.press("t", *"quit", "enter", "m", "enter")
        assert notebook.calls == []
        may_start.set()
        await asyncio.to_thread(app._loader.join, 60)
        await pilot.pause()
        app._commands.wait()
        assert notebook.calls == [("submit_text", "quit"), ("submit_text", "m")]


async def test_nothing_can_be_typed_when_the_session_cannot_start() -> None:
    def start(_publish: Publish) -> Session:
        raise InputError("no", "")

    async with running(start) as (app, pilot):
        await pilot.press("t", "x")
        assert not app._prompt.display
