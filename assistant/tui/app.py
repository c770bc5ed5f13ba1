"""The terminal application: shows what the engine publishes, asks what the controls can do.

Updates arrive from any thread as Textual messages, one each. Loading runs on a worker thread,
commands on one thread of their own in the order in which keys were pressed, everything else on
the main thread. Knows the messages and the session's controls, and no stage.
"""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Footer

from assistant.errors import EXIT_OK, AssistantError
from assistant.messages import Level, Notice, State, StateChanged, Update
from assistant.tui.conversation import Conversation
from assistant.tui.latency import LatencyPanel
from assistant.tui.news import (
    Closed,
    DevicesListed,
    Failed,
    LevelSlot,
    LevelWaits,
    Published,
    Started,
)
from assistant.tui.palette import THEME
from assistant.tui.screens import DeviceScreen, HelpScreen
from assistant.tui.session import Session, Start
from assistant.tui.session_view import SessionView, cleared, fold
from assistant.tui.status import SessionInfo, Status, StatusBar

EXAMPLES = ("What time is it?", "Set a timer for five minutes.", "Tell me a joke.")
_NEED_SESSION = {"mute", "push_to_talk", "talk", "stop_talking", "clear", "devices", "mood"}


class InternalError(AssistantError):
    """Something happened that no part of the program expected."""

    code = "E-INTERNAL"


class AssistantApp(App[None]):
    """`start(publish)` loads the models and gives a running session; `title` names the program.

    `examples` are shown while the conversation is empty. Unexpected errors are written in full to
    `log_path`. `exit_status` tells afterwards how the session went; it is the return code as well.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mute", "Mute"),
        Binding("p", "push_to_talk", "Push-to-talk"),
        Binding("space", "talk", "Talk"),
        Binding("s,escape", "stop_talking", "Stop", key_display="s"),
        Binding("c", "clear", "Clear"),
        Binding("d", "devices", "Devices"),
        Binding("f", "mood", "Mood", show=False),
        Binding("h,question_mark", "help", "Help", key_display="h"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        *,
        start: Start,
        title: str,
        examples: Sequence[str] = EXAMPLES,
        log_path: Path | None = None,
    ) -> None:
        super().__init__()
        self.title = title
        self.exit_status = EXIT_OK
        self._start_session = start
        self._log_path = log_path
        self._session: Session | None = None
        self._view = SessionView()
        self._level = LevelSlot()
        self._commands = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commands")
        self._chosen_devices = ("", "")
        self._reads_mood = True
        self._is_muted = self._is_push_to_talk = self._is_held = False
        self._has_failed = self._is_closing = self._is_session_closed = False
        self._status = StatusBar()
        self._conversation = Conversation(examples)
        self._latency = LatencyPanel()
        self._info = SessionInfo()

    @property
    def view(self) -> SessionView:
        """What is shown at present."""
        return self._view

    # -- from the engine's threads -------------------------------------------------------------

    def publish(self, update: Update) -> None:
        """Show an update. Any thread; never blocks; does nothing once the application ends."""
        if isinstance(update, Level):
            if self._level.put(update):
                self._post(LevelWaits())
        else:
            self._post(Published(update))

    def _post(
        self, message: Published | LevelWaits | Started | Failed | DevicesListed | Closed
    ) -> bool:
        with suppress(RuntimeError):  # the event loop was closed in this very moment
            return self.post_message(message)
        return False

    def _load(self) -> None:
        """On a worker thread: start the session and say how that went."""
        try:
            session = self._start_session(self.publish)
        except AssistantError as error:
            self._post(Failed(error))
        except Exception as error:
            self._post(Failed(self._unexpected(error)))
        else:
            if not self._post(Started(session)):
                session.controls.close()

    def _unexpected(self, error: Exception) -> InternalError:
        """The error as one for people; its traceback goes to the log."""
        where = "start again; if it stays, report it with what you did"
        if self._log_path is not None:
            with suppress(OSError), self._log_path.open("a", encoding="utf-8") as log:
                log.write("".join(traceback.format_exception(error)))
            where = f"see {self._log_path} for the details"
        return InternalError(f"{type(error).__name__}: {error}", where)

    # -- to the engine, on the thread for commands ----------------------------------------------

    def _command(self, ask: Callable[[Session], None]) -> None:
        """Have the session do something; what goes wrong is shown as a notice."""
        session = self._session
        if session is not None and not self._is_closing:
            self._commands.submit(self._run_command, ask, session)

    def _run_command(self, ask: Callable[[Session], None], session: Session) -> None:
        try:
            ask(session)
        except AssistantError as error:
            self._publish_error(error)
        except Exception as error:
            self._publish_error(self._unexpected(error))

    def _publish_error(self, error: AssistantError) -> None:
        text = f"{error.what}. Next step: {error.next_step}" if error.next_step else error.what
        self.publish(Notice(severity="error", code=error.code, text=text))

    def _close_session(self, session: Session) -> None:
        self._run_command(lambda session: session.controls.close(), session)
        self._post(Closed())

    # -- life ------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Status, conversation, latency, session and keys."""
        yield self._status
        with Container(id="main"):
            yield self._conversation
            with Container(id="side"):
                yield self._latency
                yield self._info
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Dress up and begin to load. To be asked by the system to end is like pressing q."""
        # loops on Windows, and those of other threads than the main one, know no signals
        with suppress(NotImplementedError, RuntimeError):
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, self.call_later, self.action_quit)
        self.register_theme(THEME)
        self.theme = THEME.name
        self._conversation.show_loading()
        self._conversation.focus()
        self._show()
        self.run_worker(self._load, thread=True, exit_on_error=False)

    async def on_unmount(self) -> None:
        """Close the session if the application ends without having been asked to."""
        if self._session is not None and not self._is_session_closed:
            await asyncio.to_thread(self._close_session, self._session)
        self._commands.shutdown(wait=False)

    def on_started(self, event: Started) -> None:
        """The session runs: keys work from now on."""
        self._session = event.session
        self._conversation.show_examples()
        if self._view.state is State.LOADING:
            self._view = fold(self._view, StateChanged(state=State.LISTENING))
        self._show()
        self.refresh_bindings()
        if self._is_closing:
            self._commands.submit(self._close_session, event.session)

    def on_failed(self, event: Failed) -> None:
        """Nothing runs: say why and wait for q."""
        self.exit_status = event.error.exit_status
        self._view = fold(self._view, StateChanged(state=State.STOPPED))
        self._has_failed = True
        self._conversation.show_failure(event.error)
        self.screen_stack[0].add_class("-failed")
        self._show()
        if self._is_closing:
            self._leave()

    def on_closed(self) -> None:
        """The session has ended, so the application may."""
        self._is_session_closed = True
        self._leave()

    def on_published(self, event: Published) -> None:
        """Fold the update into the view; a notice is shown as a toast as well."""
        update = event.update
        self._view = fold(self._view, update)
        self._show()
        if isinstance(update, Notice):
            self.notify(
                update.text,
                title=update.code,
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
        self._latency.show(self._view.timings)
        self._info.show(self._session.models if self._session else {}, self._view.counters)

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
        if action in _NEED_SESSION and (self._session is None or self._is_closing):
            return None
        return True

    def action_mute(self) -> None:
        """Turn the microphone off or on."""
        self._is_muted = is_muted = not self._is_muted
        self._command(lambda session: session.controls.set_muted(is_muted))
        self._show_status()

    def action_push_to_talk(self) -> None:
        """Go over to push-to-talk or back; leaving it ends what is being said."""
        if self._is_held:
            self.action_talk()
        self._is_push_to_talk = enabled = not self._is_push_to_talk
        self._command(lambda session: session.controls.set_push_to_talk(enabled))
        self._show_status()
        self.refresh_bindings()

    def action_talk(self) -> None:
        """Begin to talk, or be done. A terminal reports no key that is let go, so space is
        pressed once for each."""
        self._is_held = held = not self._is_held
        self._command(lambda session: session.controls.hold_to_talk(held))
        self._show_status()

    def action_stop_talking(self) -> None:
        """Silence the answer that is being spoken."""
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
        models = self._session.models if self._session else {}
        self.push_screen(HelpScreen(models, str(self._log_path or "")))

    async def action_quit(self) -> None:
        """Close the session, then leave. While models are loading that must be waited for; a
        second press does not wait for a session that is slow to close."""
        if self._has_failed or (self._is_closing and self._session is not None):
            self._leave()
            return
        self._is_closing = True
        self._show_status()
        self.refresh_bindings()
        if self._session is not None:
            self._commands.submit(self._close_session, self._session)

    def _leave(self) -> None:
        self.exit(return_code=self.exit_status)
