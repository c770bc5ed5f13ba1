"""What the face asks of the session: one thing after the other, on a thread of their own.

What goes wrong becomes a notice. Knows the session's controls and no widget. Called on the main
thread.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assistant.errors import AssistantError
from assistant.messages import Notice
from assistant.tui.session import Publish, Session
from assistant.unexpected import InternalError, internal_error


class Commands:
    """`publish` is given the notices; the traceback of an unexpected error goes to `log_path`."""

    def __init__(self, publish: Publish, log_path: Path | None) -> None:
        self._publish = publish
        self._log_path = log_path
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commands")

    def ask(self, what: Callable[[Session], None], session: Session) -> None:
        """Have the session do something, after all that was asked before."""
        self._pool.submit(self._run, what, session)

    def close(self, session: Session, closed: Callable[[], object]) -> None:
        """Close the session after all that was asked before, then call `closed`."""
        self._pool.submit(self.close_now, session, closed)

    def close_now(self, session: Session, closed: Callable[[], object]) -> None:
        """Close the session on this thread."""
        self._run(lambda session: session.controls.close(), session)
        closed()

    def wait(self) -> None:
        """Until all that was asked for is done."""
        self._pool.submit(int).result()

    def end(self, *, wait: bool = False) -> None:
        """Ask for nothing more."""
        self._pool.shutdown(wait=wait)

    def unexpected(self, error: Exception) -> InternalError:
        """The error as one for people; its traceback goes to the log."""
        return internal_error(error, self._log_path)

    def _run(self, what: Callable[[Session], None], session: Session) -> None:
        try:
            what(session)
        except AssistantError as error:
            self._tell(error)
        except Exception as error:
            self._tell(self.unexpected(error))

    def _tell(self, error: AssistantError) -> None:
        text = f"{error.what}. Next step: {error.next_step}" if error.next_step else error.what
        self._publish(Notice(severity="error", code=error.code, text=text))
