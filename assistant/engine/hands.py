"""The hands thread: what committed turns change in the world, one after the other.

An effect that raises, hangs or is slow never stops hearing: it becomes a sentence to be said. Knows
effects by their shape alone. `submit` and `undo` return at once; any thread may call.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from assistant.errors import AssistantError, StageTimeout
from assistant.talk.decision import Effect
from assistant.talk.limited import within

_POLL_S = 0.05
_MOST_KEPT = 200
_SLOW = "Sorry, that takes longer than it should."

OnFailure = Callable[[Effect, Exception, str], None]
"""`on_failure(effect, error, sentence)`: on the hands thread, or on the watcher's."""


class HandsThread:
    """Runs effects in the order in which they were handed over.

    An effect that takes longer than its `limit_s` is left behind on its thread, and the next ones
    go on with a new one. `on_failure` is told, and what it is told to say.
    """

    def __init__(self, on_failure: OnFailure = lambda effect, error, sentence: None) -> None:
        self.on_failure = on_failure
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._results: dict[Effect, Any] = {}
        self._lock = threading.Lock()
        self._idle = threading.Condition()
        self._waiting = 0
        self._thread = threading.Thread(target=self._work, name="hands", daemon=True)
        self._thread.start()

    def submit(self, effects: tuple[Effect, ...]) -> None:
        """Run them later, in order."""
        for effect in effects:
            self._put(lambda effect=effect: self._do(effect))  # type: ignore[misc]

    def undo(self, effects: tuple[Effect, ...]) -> None:
        """Reverse them later, last first. One that never ran, or failed, is left out."""
        for effect in reversed(effects):
            self._put(lambda effect=effect: self._undo(effect))  # type: ignore[misc]

    def run(self, effect: Effect, should_stop: Callable[[], bool] = lambda: False) -> Any:
        """Run one and wait for its result. Raises what it raised; `StageTimeout` when it takes
        longer than its limit, or is not wanted any more."""
        done: Future[Any] = Future()

        def job() -> None:
            try:
                done.set_result(self._kept(effect, self._timed(effect, effect.run)))
            except Exception as error:
                done.set_exception(error)

        self._put(job)
        while True:
            try:
                return done.result(_POLL_S)
            except NotYet:
                if should_stop():
                    raise StageTimeout(f"{effect.name} was not waited for") from None

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything that was handed over is done; False when it takes longer."""
        with self._idle:
            return self._idle.wait_for(lambda: self._waiting == 0, timeout_s)

    def close(self, timeout_s: float = 2.0) -> None:
        """Finish what was handed over, then end the thread; one that hangs is left behind."""
        self._jobs.put(None)
        self._thread.join(timeout_s)

    def _put(self, job: Callable[[], None]) -> None:
        with self._idle:
            self._waiting += 1
        self._jobs.put(job)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            finally:
                with self._idle:
                    self._waiting -= 1
                    self._idle.notify_all()

    def _do(self, effect: Effect) -> None:
        try:
            self._kept(effect, self._timed(effect, effect.run))
        except Exception as error:  # an effect may be anybody's code; the session lives on
            self.on_failure(effect, error, _sentence(effect, error))

    def _kept(self, effect: Effect, result: Any) -> Any:
        """`result`, kept for the case that the effect is taken back."""
        with self._lock:
            self._results[effect] = result
            for old in list(self._results)[:-_MOST_KEPT]:
                del self._results[old]
        return result

    def _undo(self, effect: Effect) -> None:
        with self._lock:
            if effect not in self._results:
                return
            result = self._results.pop(effect)
        undo = effect.undo
        if undo is None:
            return
        try:
            self._timed(effect, lambda: undo(result))
        except Exception as error:
            self.on_failure(effect, error, "Sorry, I could not take that back.")

    @staticmethod
    def _timed(effect: Effect, work: Callable[[], Any]) -> Any:
        return within(effect.limit_s, work, effect.name)


def _sentence(effect: Effect, error: Exception) -> str:
    if isinstance(error, StageTimeout):
        return _SLOW
    if isinstance(error, AssistantError):
        return f"Sorry, that did not work: {error.what}."
    return effect.apology
