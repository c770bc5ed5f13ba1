"""The turns thread: asks the turn model about a pause while the ears go on hearing.

One question waits at most, the newest wins; a question whose pause is over is thrown away. Knows
the judge through its seam; decides nothing: the answer goes to the ears as news.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from assistant.engine.news import Failed, Judged
from assistant.engine.seams import TurnJudge
from assistant.engine.wires import Wires
from assistant.messages import Utterance

_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class _Question:
    pause: int
    utterance: Utterance


class Judging:
    """Owns the judge while its thread runs; `judge` None answers every question with None."""

    def __init__(self, judge: TurnJudge | None, wires: Wires) -> None:
        self._judge = judge
        self._news = wires.inbox
        self._busy = wires.busy
        self._asked = threading.Condition()
        self._question: _Question | None = None

    def ask(self, pause: int, utterance: Utterance) -> None:
        """Judge the turn so far; `pause` comes back in the `Judged` that answers."""
        with self._asked:
            if self._question is None:
                self._busy.add()
            self._question = _Question(pause, utterance)
            self._asked.notify()

    def forget(self) -> None:
        """The pause is over: a question that still waits needs no answer."""
        with self._asked:
            if self._question is not None:
                self._question = None
                self._busy.remove()

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Answer until `should_stop()`; an error of the model never ends the thread."""
        while not should_stop():
            with self._asked:
                if self._question is None:
                    self._asked.wait(_POLL_S)
                question, self._question = self._question, None
            if question is None:
                continue
            try:
                self._news.put(Judged(question.pause, self._completeness(question)))
            finally:
                self._busy.remove()

    def _completeness(self, question: _Question) -> float | None:
        if self._judge is None:
            return None
        try:
            return self._judge.completeness(question.utterance.samples)
        except Exception as error:  # native code may fail; turns then end by the longest wait
            self._news.put(Failed(None, "turn model", error))
            return None
