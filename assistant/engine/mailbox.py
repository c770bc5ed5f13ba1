"""What waits for the mind: one take or one partial, the newest wins, and small chores before them.

A take is never displaced by a partial transcript, which is only for the eyes. Safe from any
thread; counts what is unfinished, so that a run in lockstep can wait for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from assistant.messages import Utterance
from assistant.take import Take


@dataclass(frozen=True, slots=True)
class Job:
    """Answer `utterance` for `take`, or, with no take, transcribe it for the eyes only."""

    utterance: Utterance
    take: Take | None = None


class Mailbox:
    """One slot for a job and a list of chores."""

    def __init__(self, busy: Busy) -> None:
        self._busy = busy
        self._filled = threading.Condition()
        self._job: Job | None = None
        self._chores: deque[Callable[[], None]] = deque()
        self._closed = False

    def put(self, job: Job) -> None:
        """Replace what waits, unless that is a live take and this is a partial."""
        with self._filled:
            waiting = self._job
            if job.take is None and waiting is not None and waiting.take is not None:
                return
            if waiting is None:
                self._busy.add()
            self._job = job
            self._filled.notify()

    def put_chore(self, chore: Callable[[], None]) -> None:
        """Have `chore` run on the mind thread before its next job."""
        with self._filled:
            self._busy.add()
            self._chores.append(chore)
            self._filled.notify()

    @property
    def waiting(self) -> Job | None:
        """The job that waits, which stays where it is."""
        return self._job

    @property
    def has_job(self) -> bool:
        """True while a take or a partial waits."""
        return self._job is not None

    def get(self, timeout_s: float) -> Job | Callable[[], None] | None:
        """The next chore, else the job, else None after `timeout_s`. Call `done` after each."""
        with self._filled:
            if not (self._chores or self._job or self._closed):
                self._filled.wait(timeout_s)
            if self._chores:
                return self._chores.popleft()
            job, self._job = self._job, None
            return job

    def done(self) -> None:
        """What `get` gave is finished."""
        self._busy.remove()

    def close(self) -> None:
        """Wake the mind for the last time."""
        with self._filled:
            self._closed = True
            self._filled.notify_all()


class Busy:
    """Counts unfinished work over all threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def add(self) -> None:
        """One more piece of work."""
        with self._changed:
            self._count += 1

    def remove(self) -> None:
        """One piece of work is finished."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wake(self) -> None:
        """Let those who wait look again at their own condition."""
        with self._changed:
            self._changed.notify_all()

    def wait_idle(self, also: Callable[[], bool], timeout_s: float) -> bool:
        """Block until nothing is unfinished and `also()`; False after `timeout_s`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0 and also(), timeout_s)
