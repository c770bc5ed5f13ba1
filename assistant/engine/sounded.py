"""What has sounded and is not in the conversation's history yet.

The ears begin, drop and end answers; the mind asks before each decision. So a decision knows what
was played before it, also while it still sounds and also when the mind was busy as it ended.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from assistant.engine.answer import Answer
from assistant.engine.seams import Played
from assistant.take import Take


class Sounded:
    """Answers from their commit until the history has them. Safe from any thread."""

    def __init__(self, shown: Callable[[str, Any], str] = lambda text, decision: text) -> None:
        """`shown(text, decision)` is what may be kept of the words of a turn."""
        self._shown = shown
        self._lock = threading.Lock()
        self._open: list[Answer] = []
        self._ended: list[Played] = []

    def begin(self, answer: Answer) -> None:
        """The turn was committed; what sounds from now on counts."""
        with self._lock:
            self._open.append(answer)

    def drop(self, answer: Answer) -> None:
        """The turn was withdrawn: nobody heard it."""
        with self._lock:
            if answer in self._open:
                self._open.remove(answer)

    def end(self, answer: Answer, played: Played | None) -> None:
        """The answer is over, with what was really played; None: not for the history."""
        with self._lock:
            if answer in self._open:
                self._open.remove(answer)
            if played is not None:
                self._ended.append(played)

    def take_ended(self) -> list[Played]:
        """The answers that have ended since the last call, oldest first."""
        with self._lock:
            ended, self._ended = self._ended, []
        return ended

    def so_far(self, take: Take) -> Played | None:
        """What has sounded by now of the answer under way, which is not that of `take`."""
        with self._lock:
            answers = [one for one in self._open if one.take is not take and one.transcript]
            if not answers:
                return None
            answer = answers[-1]
            assert answer.transcript is not None
            text = self._shown(answer.transcript.text, answer.take.decision)
            return answer.turn, text, answer.shown(answer.played.text)
