"""The voice thread: clauses in, sound to the playout, behind the gate of their take.

A clause that was synthesised at set-up is only copied. Knows the voice through its seam and
nothing of turns; the queue is short, so that the mind waits instead of running far ahead.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from assistant.audio.chime import chime
from assistant.engine.news import Failed
from assistant.engine.seams import Voice
from assistant.engine.wires import Wires
from assistant.messages import Float32Array, Reply
from assistant.take import Take

Prepared = Callable[[str, int], Float32Array | None]
"""`prepared(text, rate_hz)` gives the sound made at set-up, float32[n], or None."""


class Resampler(Protocol):
    """Brings one clause to the device's rate piece by piece, as if it were in one piece."""

    def push(self, samples: Float32Array) -> Float32Array:
        """float32[n] in; what is ready at the other rate out, possibly nothing."""

    def finish(self) -> Float32Array:
        """What was held back; called once, after the last piece."""


Resample = Callable[[int, int], Resampler]
"""`resample(from_hz, to_hz)` begins the resampling of one clause."""

_QUEUE_CLAUSES = 4
_POLL_S = 0.1
_CANCEL_POLL_S = 0.02


class Mouth:
    """Owns the voice while its thread runs."""

    def __init__(self, voice: Voice, prepared: Prepared, resample: Resample, wires: Wires) -> None:
        self._voice = voice
        self._prepared = prepared
        self._resample = resample
        self._wires = wires
        self._playout = wires.playout
        self._busy = wires.busy
        self._queue: queue.Queue[tuple[Take, Reply | None]] = queue.Queue(_QUEUE_CLAUSES)
        self._spoke = threading.Condition()
        self._unspoken = 0

    def put(self, take: Take, reply: Reply | None) -> bool:
        """Have `reply` spoken for `take`; None says that it was the last. Waits for room as long
        as the take lives; False when it was cancelled."""
        while not take.is_cancelled:
            try:
                self._count(1)
                self._queue.put((take, reply), timeout=_POLL_S)
                return True
            except queue.Full:
                self._count(-1)
        return False

    def take_back(self, take: Take, reply: Reply) -> None:
        """Have nothing more be heard of a reply that was `put` for `take`."""
        self._playout.retract(take, reply)

    @property
    def has_room(self) -> bool:
        """True when a clause and its end can be `put` without waiting."""
        return self._queue.qsize() <= _QUEUE_CLAUSES - 2

    def wait_for_sound(self, take: Take) -> None:
        """Block until the first sound of `take` is made, or nothing is left to be made: whoever
        waits here leaves the processor to the voice."""
        with self._spoke:
            while not self._has_begun(take):
                self._spoke.wait(_CANCEL_POLL_S)

    def _has_begun(self, take: Take) -> bool:
        return take.is_cancelled or not self._unspoken or "voice" in take.marks_ns

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Speak until `should_stop()`; an error of one clause never ends the thread."""
        while not should_stop():
            try:
                take, reply = self._queue.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            try:
                self._speak(take, reply)
            except Exception as error:  # any voice may fail in native code; the process lives on
                self._wires.inbox.put(Failed(take, "voice", error))
            finally:
                self._count(-1)

    def _count(self, change: int) -> None:
        """One more clause is to be spoken, or one less."""
        with self._spoke:
            self._unspoken += change
            self._spoke.notify_all()
        if change > 0:
            self._busy.add()
        else:
            self._busy.remove()

    def _speak(self, take: Take, reply: Reply | None) -> None:
        if take.is_cancelled:
            return
        if reply is None:
            self._playout.complete(take)
            return
        start = time.perf_counter_ns()
        clause = self._playout.begin_clause(take, reply)
        try:
            for piece in () if clause.is_retracted else self._pieces(take, reply):
                if take.is_cancelled or clause.is_retracted:
                    break
                if not len(piece):
                    continue
                self._playout.add(take, clause, piece)
                take.mark("voice")
                with self._spoke:
                    self._spoke.notify_all()
        finally:
            clause.is_whole = not (clause.is_retracted or take.is_cancelled)
        self._wires.trace.worked(take, "voice", start)

    def _pieces(self, take: Take, reply: Reply) -> Iterator[Float32Array]:
        rate_hz = self._playout.rate_hz
        if reply.rings:
            yield chime(rate_hz)
        ready = self._prepared(reply.said, rate_hz)
        if ready is not None:
            yield ready
            return
        resampler = self._resample(self._voice.rate_hz, rate_hz)
        for piece in self._voice.synthesise(reply.said, take.should_stop):
            yield resampler.push(piece)
        yield resampler.finish()
