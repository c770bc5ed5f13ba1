"""The terminal application: shows what the engine publishes, asks what the controls can do.

How the session begins and ends is the business of `SessionApp`. Knows the messages and the
session's controls, and no stage. Main thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Footer

from assistant.errors import AssistantError
from assistant.harmless import harmless
from assistant.messages import Notice, State
from assistant.tui.conversation import Conversation
from assistant.tui.job_control import can_stop, stop
from assistant.tui.key_series import LET_GO_S, SERIES_S, KeySeries
from assistant.tui.latency import LatencyPanel
from assistant.tui.news import DevicesListed, Published
from assistant.tui.palette import THEME
from assistant.tui.prompt import Prompt, TypedLine
from assistant.tui.screens import DeviceScreen, HelpScreen
from assistant.tui.session import Session, Start
from assistant.tui.session_app import SessionApp
from assistant.tui.session_view import SessionView, cleared, fold, turns_of
from assistant.tui.status import SessionInfo, Status, StatusBar
from assistant.tui.turn_screen import TurnScreen
from assistant.updates import StateChanged

EXAMPLES = ("What time is it?", "Set a timer for five minutes.", "Tell me a joke.")
_LOOK_S = 0.5
"""So often what was saved is looked at: the log counts a turn a moment after it has ended."""
_NEED_SESSION = {"mute", "push_to_talk", "talk", "stop_talking", "clear", "devices", "mood"}


class AssistantApp(SessionApp):
    """`start(publish)` loads the models and gives a running session; `title` names the program.

    `examples` are shown before the first turn. Unexpected errors are written to `log_path`.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mute", "Mute"),
        Binding("p", "push_to_talk", "Push-to-talk"),
        Binding("space", "talk", "Talk"),
        Binding("t,slash", "type", "Type", key_display="t"),
        Binding("s,escape", "stop_talking", "Stop", key_display="s"),
        Binding("c", "clear", "Clear", show=False),
        Binding("d", "devices", "Devices"),
        Binding("f", "mood", "Mood", show=False),
        Binding("h,question_mark", "help", "Help", key_display="h"),
        Binding("e", "demo", "Demo", show=False),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        *,
        start: Start,
        title: str,
        examples: Sequence[str] = EXAMPLES,
        log_path: Path | None = None,
        has_demo: bool = False,
    ) -> None:
        super().__init__(start=start, title=title, log_path=log_path)
        self.wants_demo = False
        """The person left for the demo."""
        self._has_demo = has_demo
        self._space = KeySeries()
        self._let_go: Timer | None = None
        self._view = SessionView()
        self._chosen_devices = ("", "")
        self._reads_mood = True
        self._is_muted = self._is_push_to_talk = self._is_held = False
        self._status = StatusBar()
        self._conversation = Conversation(examples)
        self._latency = LatencyPanel()
        self._prompt = Prompt()
        self._info = SessionInfo()

    @property
    def view(self) -> SessionView:
        """What is shown at present."""
        return self._view

    # -- life ------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Status, conversation, latency, session and keys."""
        yield self._status
        with Container(id="main"):
            yield self._conversation
            with Container(id="side"):
                yield self._latency
                yield self._info
        yield self._prompt
        yield Footer(show_command_palette=False, compact=True)

    def show_loading(self) -> None:
        """Dress up, and say that it takes a few seconds."""
        self.register_theme(THEME)
        self.theme = THEME.name
        self.app_resume_signal.subscribe(self, self._brought_back)
        self._conversation.show_loading()
        self._conversation.focus()
        self._show()

    def show_started(self) -> None:
        """What could be said."""
        self._conversation.show_examples()
        if self._view.state is State.LOADING:
            self._view = fold(self._view, StateChanged(state=State.LISTENING))
        self.set_interval(_LOOK_S, self._show_figures)
        self._show()

    def show_failure(self, error: AssistantError) -> None:
        """Why, in place of everything else."""
        self._view = fold(self._view, StateChanged(state=State.STOPPED))
        self._conversation.show_failure(error)
        self.screen_stack[0].add_class("-failed")
        self._show()

    def on_published(self, event: Published) -> None:
        """Fold the update into the view; a notice is shown as a toast as well."""
        update = event.update
        self._view = fold(self._view, update)
        self._show()
        if isinstance(update, Notice):
            self.notify(
                harmless(update.text),
                title=harmless(update.code),
                severity=update.severity,
                markup=False,
            )

    def on_level_waits(self) -> None:
        """Draw the newest level."""
        level = self._level.take()
        if level is not None:
            self._view = fold(self._view, level)
            self._show_status()

    def _show(self) -> None:
        self._show_status()
        if not self._has_failed:
            self._conversation.show(self._view.entries)
        self._show_figures()
        self._info.show(self._models, self._view.counters)

    @property
    def _models(self) -> dict[str, str]:
        """What the models are called now."""
        return {**self._session.models, **dict(self._view.models)} if self._session else {}

    def _show_figures(self) -> None:
        savings = self._session.savings() if self._session else None
        self._latency.show(self._view.timings, self._view.mood, savings)

    def show_closing(self) -> None:
        """The status line says so."""
        self._show_status()

    def _show_status(self) -> None:
        self._status.show(
            Status(
                state=self._view.state,
                level=self._view.level,
                is_muted=self._is_muted,
                is_push_to_talk=self._is_push_to_talk,
                is_held=self._is_held,
                has_failed=self._has_failed,
                is_closing=self._is_closing,
            )
        )

    # -- keys --------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Which keys work: most need a session, talking needs push-to-talk mode."""
        if action == "talk" and not self._is_push_to_talk:
            return False
        if action == "type" and self._prompt.display:
            return False
        if action == "demo" and not self._has_demo:
            return False
        if action in _NEED_SESSION and (self._session is None or self._is_closing):
            return None
        return None if action == "type" and self._will_not_run else True

    def action_mute(self) -> None:
        """Turn the microphone off or on."""
        self._is_muted = is_muted = not self._is_muted
        self._command(lambda session: session.controls.set_muted(is_muted))
        self._show_status()

    def action_suspend_process(self) -> None:
        """Stop the job that this is, and draw everything anew when it is brought back."""
        if not can_stop():
            self.notify("There is no shell to go back to.")
            return
        self._suspend_signal()
        stop()

    def _brought_back(self, _app: object) -> None:
        self.refresh(layout=True)

    async def action_demo(self) -> None:
        """Leave, to see the demo instead."""
        self.wants_demo = True
        await self.action_quit()

    def action_push_to_talk(self) -> None:
        """Go over to push-to-talk or back; leaving it ends what is being said."""
        self._hold(False)
        self._is_push_to_talk = enabled = not self._is_push_to_talk
        self._command(lambda session: session.controls.set_push_to_talk(enabled))
        self._show_status()
        self.refresh_bindings()

    def action_talk(self) -> None:
        """Begin to talk, or be done. A terminal reports no key that is let go, so space is
        pressed once for each, or held: then it is let go when it is no longer repeated."""
        is_repeated = self._space.is_repeated(time.monotonic())
        if self._let_go is not None:
            self._let_go.stop()
            self._let_go = None
        if is_repeated or self._is_held:  # held, or pressed again: the next one, or none, will tell
            wait_s = LET_GO_S if is_repeated else SERIES_S
            self._let_go = self.set_timer(wait_s, lambda: self._hold(False))
        self._hold(True)

    def _hold(self, held: bool) -> None:
        if held is self._is_held:
            return
        self._is_held = held
        self._command(lambda session: session.controls.hold_to_talk(held))
        self._show_status()

    def action_type(self) -> None:
        """Open the line for a request."""
        self._prompt.show()

    def on_typed_line_sent(self, event: TypedLine.Sent) -> None:
        """Have what was typed answered, once the session runs."""
        self._command(lambda session: session.controls.submit_text(event.text))

    def on_typed_line_closed(self) -> None:
        """Back to the conversation."""
        self._prompt.hide()
        self._conversation.focus()

    def on_conversation_opened(self, event: Conversation.Opened) -> None:
        """Show a turn in full."""
        records = turns_of(self._view)
        if any(record.turn == event.number for record in records):
            screen = TurnScreen(records, event.number)
            self.push_screen(screen, self._conversation.come_back_to)
        else:
            self.notify("This turn is not over yet.")

    def action_stop_talking(self) -> None:
        """Silence the answer that is being spoken."""
        self._conversation.select(None)
        self._command(lambda session: session.controls.stop_talking())

    def action_mood(self) -> None:
        """Take the user's mood into account, or no longer."""
        self._reads_mood = enabled = not self._reads_mood
        self._command(lambda session: session.controls.set_mood(enabled))
        self.notify("Your mood is taken into account." if enabled else "Your mood is left alone.")

    def action_clear(self) -> None:
        """Empty the conversation here and in the assistant's memory."""
        self._command(lambda session: session.controls.clear())
        self._view = cleared(self._view)
        self._show()

    def action_devices(self) -> None:
        """List the devices, then ask for two of them."""
        self._command(lambda session: self._list_devices(session))

    def _list_devices(self, session: Session) -> None:
        inputs, outputs = session.devices()
        self._post(DevicesListed(inputs, outputs))

    def on_devices_listed(self, event: DevicesListed) -> None:
        """Ask for a microphone and a speaker."""
        if not isinstance(self.screen, DeviceScreen):
            screen = DeviceScreen(event.inputs, event.outputs, self._chosen_devices)
            self.push_screen(screen, self._use_devices)

    def _use_devices(self, chosen: tuple[str, str] | None) -> None:
        if chosen is not None:
            self._chosen_devices = chosen
            self._command(lambda session: session.select_devices(*chosen))

    def action_help(self) -> None:
        """Explain keys, labels and bars."""
        self.push_screen(HelpScreen(self._models, str(self._log_path or "")))
