"""What waits for a worker: one job, of which the newest wins, and small chores before it.

A job for a take is never displaced by one without a take, which only prepares, and one for a take
that is committed by none at all: it is done first. Safe from any thread; counts what is unfinished,
so that a run in lockstep can wait for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from assistant.messages import Utterance
from assistant.take import Take


@dataclass(frozen=True, slots=True, eq=False)
class ToHear:
    """Transcribe `utterance` for `take`, or, with no take, the words so far."""

    utterance: Utterance
    take: Take | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ToAnswer:
    """Answer `text` for `take`, or, with no take, get ready for a question that begins so."""

    text: str
    take: Take | None = None


_Job = TypeVar("_Job", ToHear, ToAnswer)


class Mailbox(Generic[_Job]):
    """The newest job behind those that must be done, and a list of chores; for the threads that
    call `get`."""

    def __init__(self, busy: Busy) -> None:
        self._busy = busy
        self._filled = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._current: list[_Job] = []
        self._chores: deque[Callable[[], None]] = deque()
        self._closed = False
        self._unfinished = 0
        self._is_parked = False

    def put(self, job: _Job) -> None:
        """Replace what waits, unless that is for a live take and this is not; come after what is
        for a committed take."""
        with self._filled:
            waiting = self._jobs[-1] if self._jobs else None
            is_wanted = waiting is not None and _is_live(waiting.take)
            if is_wanted and not _is_live(job.take):
                return
            if waiting is not None and not (is_wanted and _is_committed(waiting.take)):
                self._jobs.pop()
            else:
                self._count(1)
            self._jobs.append(job)
            self._filled.notify()

    def put_chore(self, chore: Callable[[], None]) -> None:
        """Have `chore` run by the thread before its next job."""
        with self._filled:
            self._count(1)
            self._chores.append(chore)
            self._filled.notify()

    @property
    def has_job(self) -> bool:
        """True while a job waits."""
        return bool(self._jobs)

    @property
    def newest(self) -> _Job | None:
        """The job that waits, else the one begun last, if any."""
        with self._filled:
            newest = self._jobs or self._current
            return newest[-1] if newest else None

    @property
    def is_idle(self) -> bool:
        """True while no job waits and none is being done."""
        return not self._jobs and not self._current

    @property
    def has_live_take(self) -> bool:
        """True while a job for a take that was not cancelled waits or is being done."""
        with self._filled:
            return any(_is_live(job.take) for job in (*self._jobs, *self._current))

    def get(self, timeout_s: float) -> _Job | Callable[[], None] | None:
        """The next chore, else the job, else None after `timeout_s`. Call `done` with each."""
        with self._filled:
            if not (self._chores or self._jobs or self._closed):
                self._filled.wait(timeout_s)
            if self._chores:
                return self._chores.popleft()
            if not self._jobs:
                return None
            job = self._jobs.popleft()
            self._current.append(job)
            return job

    def done(self, work: _Job | Callable[[], None]) -> None:
        """What `get` gave is finished."""
        with self._filled:
            if not callable(work):
                self._current.remove(work)
            self._count(-1)

    def park(self) -> None:
        """The thread waits for the ears: until `unpark`, what is unfinished does not count."""
        with self._filled:
            self._is_parked = True
            self._busy.add(-self._unfinished)

    def unpark(self) -> None:
        """The thread goes on; called by whoever it waited for."""
        with self._filled:
            self._is_parked = False
            self._busy.add(self._unfinished)

    def _count(self, change: int) -> None:
        self._unfinished += change
        if not self._is_parked:
            self._busy.add(change)

    def close(self) -> None:
        """Wake the thread for the last time."""
        with self._filled:
            self._closed = True
            self._filled.notify_all()


def _is_live(take: Take | None) -> bool:
    return take is not None and not take.is_cancelled


def _is_committed(take: Take | None) -> bool:
    return take is not None and take.is_committed


class Busy:
    """Counts unfinished work over all threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def add(self, change: int = 1) -> None:
        """So many more pieces of work are unfinished; a negative number is finished."""
        with self._changed:
            self._count += change
            self._changed.notify_all()

    def remove(self) -> None:
        """One piece of work is finished."""
        self.add(-1)

    def wake(self) -> None:
        """Let those who wait look again at their own condition."""
        with self._changed:
            self._changed.notify_all()

    def wait_idle(self, also: Callable[[], bool], timeout_s: float) -> bool:
        """Block until nothing is unfinished and `also()`; False after `timeout_s`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0 and also(), timeout_s)
