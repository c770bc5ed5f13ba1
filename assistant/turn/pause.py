"""The witnesses of one pause, and the wait that follows from what they say.

The turn model hears the pause, again and again as it grows; the words tell whether a sentence may
end with them. `Pause` keeps what is known of the present pause, says when the turn model is to be
asked and how long the pause may grow. Pure: knows no sound, no model and no clock; belongs to the
thread that follows the turns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assistant.config import TurnConfig
from assistant.turn.endpointing import JUDGE_AT_MS, WaitRule, wait_ms

_JUDGING_MS = 80
"""A judgement takes about so long on a slow processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """What is known of a pause: `completeness` by the sound, the `words` so far, `sentence_end` by
    them (0 to 1 each; None: not known), and whether they are a phrase that is known as a whole."""

    completeness: float | None
    words: str | None
    sentence_end: float | None
    is_known: bool


class Pause:
    """The present pause. `number` counts pauses, so that late judgements are recognised."""

    def __init__(
        self,
        config: TurnConfig,
        rule: WaitRule = wait_ms,
        judge_at_ms: tuple[int, ...] = JUDGE_AT_MS,
    ) -> None:
        """`judge_at_ms` are the lengths of a pause at which the turn model is asked, unless its
        answer would come too late."""
        self._config = config
        self._rule = rule
        self._judge_at_ms = judge_at_ms
        self.number = 0
        self.turn = 0
        self.completeness: float | None = None
        self._judged_ms = 0.0
        self._told: Witnesses | None = None

    @property
    def is_judged(self) -> bool:
        """True once the turn model was asked about this pause."""
        return self._judged_ms > 0

    def begin(self, turn: int) -> None:
        """Speech goes on, or another pause begins: what was known before is out of date."""
        self.number += 1
        self.turn = turn
        self.completeness = None
        self._judged_ms = 0.0

    def is_due(self, quiet_ms: float, *, is_silence: bool, wait_ms: float) -> bool:
        """Whether to ask the turn model at this length of the pause, which ends after `wait_ms`.

        It is asked at the moments that are set, unless its answer would come after the end of the
        wait; once while only the level knows of the pause and the detector does not (`is_silence`).
        """
        is_moment = any(self._judged_ms < at <= quiet_ms for at in self._judge_at_ms)
        if not self.is_judged:
            return is_moment
        return is_moment and is_silence and wait_ms >= quiet_ms + _JUDGING_MS

    def ask(self, quiet_ms: float) -> int:
        """The turn model is asked at this length of the pause; the number that comes back with its
        answer."""
        self._judged_ms = quiet_ms
        self._told = None
        return self.number

    def take(self, number: int, completeness: float | None) -> bool:
        """What the turn model found; False when it is about another pause."""
        if number != self.number:
            return False
        self.completeness = completeness
        return True

    def wait_ms(
        self, known: Witnesses, speech_ms: float, paused_ms: float = math.inf
    ) -> float | None:
        """How long the pause may grow, by what is known; None when that has not changed.

        The turn has `speech_ms` of speech, and `paused_ms` is its longest pause of late.
        """
        if known == self._told:
            return None
        self._told = known
        return self._rule(
            known.completeness,
            known.words,
            self._config,
            speech_ms=speech_ms,
            sentence_end=known.sentence_end,
            is_known=known.is_known,
            paused_ms=paused_ms,
        )
