"""The hands thread: what committed turns change in the world, one after the other.

An effect that raises, hangs or is slow never stops hearing: it becomes a sentence to be said. Knows
effects by their shape alone. `submit` and `undo` return at once; any thread may call.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Any

from assistant.errors import AssistantError, StageTimeout
from assistant.messages import ToolCall
from assistant.talk.decision import Effect, result_as_text, slots_as_text
from assistant.talk.limited import within

_POLL_S = 0.05
_MOST_KEPT = 200
_SLOW = "Sorry, that takes longer than it should."

OnFailure = Callable[[Effect, Exception, str], None]
"""`on_failure(effect, error, sentence)`: on the hands thread."""

OnWork = Callable[[int], None]
"""`on_work(change)`: 1 when a job was handed over, -1 when one is done."""


class HandsThread:
    """Runs effects in the order in which they were handed over.

    The thread starts with the first of them and ends with `close`; later ones start it again, so
    that several sessions may use it one after the other. An effect that takes longer than its
    `limit_s` is left behind on a thread of its own, and the next ones go on. `on_failure` is told,
    and what it is told to say; `on_work` counts what is unfinished.
    """

    def __init__(self, on_failure: OnFailure = lambda effect, error, sentence: None) -> None:
        self.on_failure = on_failure
        self.on_work: OnWork = lambda change: None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._results: dict[Effect, Any] = {}
        self._undone: dict[Effect, None] = {}
        self._calls: dict[Effect, tuple[str, str, float | None]] = {}
        self._lock = threading.Lock()
        self._idle = threading.Condition()
        self._waiting = 0
        self._began_s = 0.0

    def submit(self, effects: tuple[Effect, ...]) -> None:
        """Run them later, in order."""
        for effect in effects:
            self._put(lambda effect=effect: self._do(effect))  # type: ignore[misc]

    def undo(self, effects: tuple[Effect, ...]) -> None:
        """Reverse them later, last first. One that never ran, or failed, is left out."""
        for effect in reversed(effects):
            self._put(lambda effect=effect: self._undo(effect))  # type: ignore[misc]

    def redo(self, effects: tuple[Effect, ...]) -> None:
        """Run those again, later and in order, that were reversed. One that never ran, or failed,
        was not, and is left out."""
        for effect in effects:
            self._put(lambda effect=effect: self._redo(effect))  # type: ignore[misc]

    def run(self, effect: Effect, should_stop: Callable[[], bool] = lambda: False) -> Any:
        """Run one and wait for its result. Raises what it raised; `StageTimeout` when it takes
        longer than its limit, or is not wanted any more. One that is not wanted any more before it
        begins is never run: an `undo` that was handed over meanwhile would come too early."""
        done: Future[Any] = Future()

        def job() -> None:
            try:
                if should_stop():
                    raise StageTimeout(f"{effect.name} was not waited for")
                done.set_result(self._kept(effect, self._timed(effect, effect.run)))
            except Exception as error:
                done.set_exception(error)

        self._put(job)
        while not wait([done], _POLL_S).done:
            if should_stop():
                raise StageTimeout(f"{effect.name} was not waited for")
        return done.result()

    def call_of(self, effect: Effect) -> ToolCall:
        """What became of it until now, for the record of its turn."""
        with self._lock:
            outcome, result, ms = self._calls.get(effect, ("waiting", "", None))
        slots = slots_as_text(effect.slots)
        return ToolCall(name=effect.name, slots=slots, outcome=outcome, result=result, ms=ms)

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything that was handed over is done; False when that takes longer, or at
        once when the one that runs has taken so long already: one that hangs is waited for once,
        and not by everybody who comes after."""
        end_s = time.monotonic() + timeout_s
        with self._idle:
            while self._waiting:
                left_s = min(end_s, self._began_s + timeout_s) - time.monotonic()
                if left_s <= 0:
                    return False
                self._idle.wait(left_s)
            return True

    def close(self, timeout_s: float = 2.0) -> bool:
        """Finish what was handed over, then end the thread. False when that takes longer than
        `timeout_s`: the thread is left behind, and ends by itself."""
        with self._lock:
            thread, self._thread = self._thread, None
            jobs, self._jobs = self._jobs, queue.SimpleQueue()
        if thread is None:
            return True
        jobs.put(None)
        thread.join(timeout_s)
        return not thread.is_alive()

    def _put(self, job: Callable[[], None]) -> None:
        on_work = self.on_work
        on_work(1)
        self._count(1)

        def counted() -> None:
            try:
                job()
            finally:
                self._count(-1)
                on_work(-1)

        with self._lock:
            self._jobs.put(counted)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=_work, args=(self._jobs,), name="hands", daemon=True
                )
                self._thread.start()

    def _count(self, change: int) -> None:
        """One more is unfinished, or one less, and the next one begins."""
        with self._idle:
            if change < 0 or not self._waiting:
                self._began_s = time.monotonic()
            self._waiting += change
            self._idle.notify_all()

    def _do(self, effect: Effect) -> None:
        try:
            self._kept(effect, self._timed(effect, effect.run))
        except Exception as error:  # an effect may be anybody's code; the session lives on
            self._tell(effect, error, _sentence(effect, error))

    def _kept(self, effect: Effect, result: Any) -> Any:
        """`result`, kept for the case that the effect is taken back."""
        with self._lock:
            self._results[effect] = result
            _keep_newest(self._results)
        return result

    def _redo(self, effect: Effect) -> None:
        with self._lock:
            if effect not in self._undone:
                return
            del self._undone[effect]
        self._do(effect)

    def _undo(self, effect: Effect) -> None:
        with self._lock:
            if effect not in self._results:
                return
            result = self._results.pop(effect)
            self._undone[effect] = None
            _keep_newest(self._undone)
        undo = effect.undo
        if undo is None:
            return
        try:
            self._timed(effect, lambda: undo(result), "taken back")
        except Exception as error:
            self._tell(effect, error, "Sorry, I could not take that back.")

    def _tell(self, effect: Effect, error: Exception, sentence: str) -> None:
        with contextlib.suppress(Exception):  # whoever is told must not end the thread
            self.on_failure(effect, error, sentence)

    def _timed(self, effect: Effect, work: Callable[[], Any], outcome: str = "done") -> Any:
        """What `work` gives within the limit of the effect; what became of it is kept."""
        self._note(effect, "running", "", None)
        start_s = time.perf_counter()
        result: Any = None
        try:
            result = within(effect.limit_s, work, effect.name)
        except Exception as error:
            outcome = "too slow" if isinstance(error, StageTimeout) else "failed"
            result = _in_short(error)
            raise
        finally:
            ms = (time.perf_counter() - start_s) * 1000
            self._note(effect, outcome, result_as_text(result), ms)
        return result

    def _note(self, effect: Effect, outcome: str, result: str, ms: float | None) -> None:
        with self._lock:
            self._calls[effect] = (outcome, result, ms)
            _keep_newest(self._calls)


def _keep_newest(kept: dict[Effect, Any]) -> None:
    for old in list(kept)[:-_MOST_KEPT]:
        del kept[old]


def _work(jobs: queue.SimpleQueue[Callable[[], None] | None]) -> None:
    while (job := jobs.get()) is not None:
        job()


def _in_short(error: Exception) -> str:
    if isinstance(error, AssistantError):
        return error.what
    return f"{type(error).__name__}: {error}"


def _sentence(effect: Effect, error: Exception) -> str:
    if isinstance(error, StageTimeout):
        return _SLOW
    if isinstance(error, AssistantError):
        return f"Sorry, that did not work: {error.what}."
    return effect.apology
