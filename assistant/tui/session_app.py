"""The life of a session in the face: loaded on a worker thread, asked by keys, closed at the end.

Updates arrive from any thread as Textual messages, one each. Loading runs on a worker thread,
commands on one thread of their own in the order in which keys were pressed, everything else on the
main thread. Knows no widget; what is shown is the business of the class that is made of it.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from textual.app import App

from assistant.errors import EXIT_OK, AssistantError
from assistant.tui.commands import Commands
from assistant.tui.news import (
    Closed,
    DevicesListed,
    Failed,
    LevelSlot,
    LevelWaits,
    Published,
    Started,
)
from assistant.tui.session import Session, Start
from assistant.updates import Level, Update

_LOADING_PATIENCE_S = 3.0
_ENDINGS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class SessionApp(App[None]):
    """`start(publish)` loads the models and gives a running session.

    Unexpected errors are written in full to `log_path`. `exit_status` tells afterwards how the
    session went; it is the return code as well.
    """

    def __init__(self, *, start: Start, title: str, log_path: Path | None) -> None:
        super().__init__()
        self.title = title
        self.exit_status = EXIT_OK
        self._start_session = start
        self._log_path = log_path
        self._session: Session | None = None
        self._early: list[Callable[[Session], None]] = []
        self._level = LevelSlot()
        self._commands = Commands(self.publish, log_path)
        self._has_failed = self._is_closing = self._is_session_closed = False
        # left behind when it hangs, which the threads of asyncio would not be
        self._loader = threading.Thread(target=self._load, name="loader", daemon=True)
        self.is_loading = False
        """The session is being loaded; after the end, that this was left behind."""

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
            self.is_loading = False
            self._post(Failed(error))
        except Exception as error:
            self.is_loading = False
            self._post(Failed(self._commands.unexpected(error)))
        else:
            self.is_loading = False
            if not self._post(Started(session)):
                session.controls.close()

    # -- to the engine, on the thread for commands ----------------------------------------------

    def _command(self, ask: Callable[[Session], None]) -> None:
        """Have the session do something, as soon as it runs; what goes wrong is shown as a
        notice."""
        if self._will_not_run:
            return
        if self._session is None:
            self._early.append(ask)
        else:
            self._commands.ask(ask, self._session)

    @property
    def _will_not_run(self) -> bool:
        return self._has_failed or self._is_closing

    def _tell_closed(self) -> None:
        self._post(Closed())

    # -- life ------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin to load. To be asked by the system to end is like pressing q."""
        # loops on Windows, and those of other threads than the main one, know no signals
        with suppress(NotImplementedError, RuntimeError):
            loop = asyncio.get_running_loop()
            for number in _ENDINGS:
                if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                    loop.add_signal_handler(number, self.call_later, self.action_quit)
        self.show_loading()
        self.is_loading = True
        self._loader.start()

    async def on_unmount(self) -> None:
        """Close the session if the application ends without having been asked to."""
        if self._session is not None and not self._is_session_closed:
            await asyncio.to_thread(self._commands.close_now, self._session, self._tell_closed)
        self._commands.end()

    def on_started(self, event: Started) -> None:
        """The session runs: keys work from now on."""
        self._session = event.session
        self.show_started()
        self.refresh_bindings()
        early, self._early = self._early, []
        for ask in early:
            self._command(ask)
        if self._is_closing:
            self._commands.close(event.session, self._tell_closed)

    def on_failed(self, event: Failed) -> None:
        """Nothing runs: say why and wait for q."""
        self.exit_status = event.error.exit_status
        self._has_failed = True
        self.show_failure(event.error)
        if self._is_closing:
            self._leave()

    def on_closed(self) -> None:
        """The session has ended, so the application may."""
        self._is_session_closed = True
        self._leave()

    async def action_quit(self) -> None:
        """Close the session, then leave. Models that are loading are waited for a little; a second
        press waits neither for them nor for a session that is slow to close."""
        if self._has_failed or self._is_closing:
            self._leave()
            return
        self._is_closing = True
        self.show_closing()
        self.refresh_bindings()
        if self._session is not None:
            self._commands.close(self._session, self._tell_closed)
        else:
            self.set_timer(_LOADING_PATIENCE_S, self._leave_loading)

    def _leave_loading(self) -> None:
        """Nothing has been heard of the models since: they are left behind."""
        if self._session is None:
            self._leave()

    # -- what is shown ---------------------------------------------------------------------------

    def show_loading(self) -> None:
        """The session is being loaded."""

    def show_started(self) -> None:
        """It runs."""

    def show_failure(self, error: AssistantError) -> None:
        """It does not, and will not."""

    def show_closing(self) -> None:
        """It is being closed."""

    def _leave(self) -> None:
        self.exit(return_code=self.exit_status)
