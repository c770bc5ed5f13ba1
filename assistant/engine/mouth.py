"""The voice thread: clauses in, sound to the playout, behind the gate of their take.

A clause that was synthesised at set-up is only copied. Knows the voice through its seam and
nothing of turns; the queue is short, so that the mind waits instead of running far ahead.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator

from assistant.engine.news import Failed
from assistant.engine.seams import Voice
from assistant.engine.wires import Wires
from assistant.messages import Float32Array, Reply, Span
from assistant.take import Take

Prepared = Callable[[str, int], Float32Array | None]
"""`prepared(text, rate_hz)` gives the sound made at set-up, float32[n], or None."""

Resample = Callable[[Float32Array, int, int], Float32Array]
"""`resample(samples, from_hz, to_hz)` of float32[n]."""

_QUEUE_CLAUSES = 4
_POLL_S = 0.1


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

    def put(
        self, take: Take, reply: Reply | None, meanwhile: Callable[[], None] = lambda: None
    ) -> bool:
        """Have `reply` spoken for `take`; None says that it was the last. Waits for room as long
        as the take lives, calling `meanwhile` now and then; False when it was cancelled."""
        while not take.is_cancelled:
            try:
                self._busy.add()
                self._queue.put((take, reply), timeout=_POLL_S)
                return True
            except queue.Full:
                self._busy.remove()
                meanwhile()
        return False

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
            for piece in self._pieces(take, reply):
                if take.is_cancelled:
                    break
                take.mark("voice")
                self._playout.add(take, clause, piece)
        finally:
            clause.is_whole = True
        self._wires.trace.span(
            Span(
                turn=take.turn,
                take=take.number,
                stage="voice",
                start_ns=start,
                end_ns=time.perf_counter_ns(),
                outcome="cancelled" if take.is_cancelled else "done",
            )
        )

    def _pieces(self, take: Take, reply: Reply) -> Iterator[Float32Array]:
        rate_hz = self._playout.rate_hz
        ready = self._prepared(reply.text, rate_hz)
        if ready is not None:
            yield ready
            return
        for piece in self._voice.synthesise(reply.text, take.should_stop):
            yield self._resample(piece, self._voice.rate_hz, rate_hz)
