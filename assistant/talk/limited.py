"""Runs code that may hang, and leaves it behind when it does.

Knows nothing of what the code is for. The caller waits on its own thread; the code runs on one that
lives for this call.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any

from assistant.errors import StageTimeout


class _LeftBehind(BaseException):
    """Raised within code that nobody waits for any more."""


def within(limit_s: float, work: Callable[[], Any], name: str) -> Any:
    """What `work()` returns or raises; `StageTimeout` when it takes longer than `limit_s`.

    Python code that was left behind is told to end, so that an endless loop does not keep the
    processor; a call that hangs in the system stays as a daemon thread.
    """
    done: Future[Any] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)
        except BaseException as error:  # such as sys.exit(): it must not end the caller's thread
            raised = RuntimeError(f"it raised {error!r}")
            done.set_exception(raised.with_traceback(error.__traceback__))

    thread = threading.Thread(target=run, name=f"limited: {name}", daemon=True)
    thread.start()
    if wait([done], limit_s).done:  # `work` may itself raise TimeoutError
        return done.result()
    late = StageTimeout(f"{name} took longer than {limit_s:g} s")
    late.places = _places(thread)
    if thread.is_alive() and thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(_LeftBehind)
        )
    raise late


def _places(thread: threading.Thread) -> tuple[tuple[str, int], ...]:
    """Where its code is, the outermost first."""
    frame = sys._current_frames().get(thread.ident or 0)
    found = traceback.walk_stack(frame) if frame is not None else ()
    return tuple((one.f_code.co_filename, line) for one, line in found)[::-1]
