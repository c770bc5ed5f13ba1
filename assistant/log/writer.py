"""The log's thread: rows are made, linked and written there, and whoever talks never waits for it.

`add` hands an entry over and returns. A disk that is full or cannot be written is one notice; what
could not be written is kept and tried again with the next turn, and what had to be dropped is
counted in a row. Knows no conversation and no engine. Any thread may call.
"""

from __future__ import annotations

import dataclasses
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from assistant.errors import AssistantError
from assistant.log.book import Book
from assistant.log.entry import UNFINISHED, Entry, Redact, body, calls_body
from assistant.log.rows import Body
from assistant.log.savings import ModelCost, Savings, saves
from assistant.log.sound import keep_sound
from assistant.log.stats import model_cost

_MOST_PENDING = 1000
"""So many rows are kept while the disk refuses them; a turn is about 3 kB."""
_POLL_S = 1.0
"""So often it is looked whether a tool has ended that ran on after its turn."""
_LONGEST_S = 300.0
"""So long it is waited for; what was handed over and taken back before it ran never ends."""
_EXPORTING_S = 2.0
_CLOSING_S = 30.0
"""So long the end of the program waits for the last rows, on a busy machine or a slow disk."""
_MEASURED = 200


class Export(Protocol):
    """Is given the row of each turn, to send it somewhere; must not wait."""

    def __call__(self, row: Body) -> None: ...
    def close(self) -> None: ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is the same for all turns of a conversation: its name, the row that tells of it (made
    when the first turn ends), and what it began with (`state`, to replay it). `rules()` names the
    flows and replies in use."""

    name: str = ""
    about: Callable[[], Body] = dict
    state: str = ""
    rules: Callable[[], str] = str


class TurnLog:
    """`open_book` opens the file when the first turn ends; None: nothing is written, and savings
    are known all the same. Rows older than `keep_days` are taken away then (0: none).

    `export` is given each row of a turn. `keeps_sound`: what the user said is kept as a file.
    """

    def __init__(
        self,
        open_book: Callable[[], Book] | None,
        session: Session,
        *,
        redact: Redact = lambda text: text,
        keep_days: int = 0,
        keeps_sound: bool = False,
        export: Export | None = None,
    ) -> None:
        self.on_trouble: Callable[[AssistantError], None] = lambda error: None
        self.keeps_sound = keeps_sound
        self._open_book = open_book
        self._session = session
        self._redact = redact
        self._keep_days = keep_days
        self._export = export
        self._jobs: queue.SimpleQueue[Entry | threading.Event | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._book: Book | None = None
        self._pending: list[tuple[Body, Entry]] = []
        self._dropped = 0
        self._unfinished: list[tuple[int, Entry, float]] = []
        self._has_told = False
        self._measured: deque[tuple[float, float]] = deque(maxlen=_MEASURED)
        self._savings = Savings()

    @property
    def savings(self) -> Savings:
        """Of this session, by all model turns that are known of this machine."""
        return self._savings

    def add(self, entry: Entry) -> None:
        """One more row, later. Returns at once."""
        with self._lock:
            self._jobs.put(entry)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log", daemon=True)
                self._thread.start()

    def flush(self, timeout_s: float = 2.0) -> bool:
        """Wait until all that was added is written, or could not be; False after `timeout_s`."""
        if self._thread is None:
            return True
        done = threading.Event()
        self._jobs.put(done)
        return done.wait(timeout_s)

    def close(self, timeout_s: float = _CLOSING_S) -> bool:
        """Write what was added and end the thread; False when the writing takes longer. Whoever
        else is given the rows has `_EXPORTING_S` for the last ones."""
        is_written = self.flush(timeout_s)
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is None:
            return True
        self._jobs.put(None)
        thread.join(_EXPORTING_S)
        return is_written

    # -- on its own thread ------------------------------------------------------------------------

    def _work(self) -> None:
        while True:
            jobs = self._next()
            entries = [one for one in jobs if isinstance(one, Entry)]
            if entries or self._unfinished or self._pending:
                self._guarded(lambda entries=entries: self._take(entries))  # type: ignore[misc]
            for one in jobs:
                if isinstance(one, threading.Event):
                    one.set()
            if None in jobs:
                break
        if self._book is not None:
            self._book.close()
            self._book = None
        if self._export is not None:
            self._export.close()

    def _next(self) -> list[Entry | threading.Event | None]:
        """All that waits; at least one, or none while a tool still runs on."""
        try:
            jobs = [self._jobs.get(timeout=_POLL_S if self._unfinished else None)]
        except queue.Empty:
            return []
        while not self._jobs.empty():
            jobs.append(self._jobs.get())
        return jobs

    def _guarded(self, work: Callable[[], None]) -> None:
        """The log is no reason to end anything: the first trouble is told, and it goes on."""
        trouble: AssistantError | None
        try:
            work()
            trouble = self._book.head_error if self._book is not None else None
        except AssistantError as error:
            trouble = error
        except Exception as error:  # an entry may hold anything
            trouble = AssistantError(f"the log failed: {type(error).__name__}: {error}")
        if trouble is not None and not self._has_told:
            self._has_told = True
            self.on_trouble(trouble)

    def _take(self, entries: list[Entry]) -> None:
        for entry in entries:
            self._guarded(lambda entry=entry: self._make(entry))  # type: ignore[misc]
        if self._open_book is None:
            self._pending.clear()
            return
        if len(self._pending) > _MOST_PENDING:
            self._dropped += len(self._pending) - _MOST_PENDING
            del self._pending[:-_MOST_PENDING]
        book = self._opened(self._open_book)
        if self.keeps_sound:
            for made, entry in self._pending:
                if entry.sound is not None and "sound" not in made:
                    made["sound"] = keep_sound(book.path, entry.sound)
        self._write(book)
        self._follow(book)

    def _make(self, entry: Entry) -> None:
        """The row of an entry; one that cannot be made costs no other."""
        made = body(entry, self._redact) | {"session": self._session.name}
        if entry.kind == "turn":
            made["rules"] = self._session.rules()
            self._count(made)
            if self._export is not None:
                self._export(made)
        self._pending.append((made, entry))

    def _opened(self, open_book: Callable[[], Book]) -> Book:
        """The book, with the row of this session in it."""
        if self._book is None:
            book = open_book()
            try:
                if self._keep_days:
                    book.expire(datetime.now(UTC) - timedelta(days=self._keep_days))
                about = {"kind": "session", "session": self._session.name, **self._session.about()}
                book.append([about], self._session.state)
                known = model_cost(book)
            except BaseException:
                book.close()
                raise
            self._book = book
            self._measured.extendleft(reversed(known))
            self._savings = dataclasses.replace(self._savings, cost=self._cost())
        return self._book

    def _write(self, book: Book) -> None:
        """What is pending, in one transaction."""
        bodies = [made for made, _ in self._pending]
        lost = [{"kind": "lost", "rows": self._dropped}] if self._dropped else []
        numbers = book.append([*lost, *bodies])[len(lost) :] if bodies or lost else []
        self._dropped = 0
        for number, (made, entry) in zip(numbers, self._pending, strict=True):
            if any(one.get("outcome") in UNFINISHED for one in made.get("calls", ())):
                self._unfinished.append((number, entry, time.monotonic() + _LONGEST_S))
        self._pending.clear()

    def _follow(self, book: Book) -> None:
        """What has become of tools that had not ended with their turn."""
        still: list[tuple[int, Entry, float]] = []
        for number, entry, until_s in self._unfinished:
            calls = calls_body(entry, self._redact)
            if any(one.get("outcome") in UNFINISHED for one in calls):
                still += [(number, entry, until_s)] if time.monotonic() < until_s else []
            else:
                row = {"kind": "call", "session": self._session.name, "of": number, "calls": calls}
                book.append([row])
        self._unfinished = still

    # -- savings ----------------------------------------------------------------------------------

    def _count(self, made: Body) -> None:
        model = made.get("model")
        if model and model.get("ms") is not None:
            self._measured.append((model["ms"], model["cpu_ms"]))
        if not made.get("request"):
            return
        before = self._savings
        self._savings = Savings(
            answered=before.answered + 1, turns=before.turns + saves(made), cost=self._cost()
        )

    def _cost(self) -> ModelCost:
        return ModelCost.of([ms for ms, _ in self._measured], [cpu for _, cpu in self._measured])


def session_name(now: datetime, process: int) -> str:
    """A name that no other session has: when it began and in which process."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{process}-{time.monotonic_ns() % 1000:03}"
