"""What the last half minute sounded like, and what that says of the speech of one turn.

How long and how sure the detector was, how loud the speech is, and whether it is talk that went on
behind somebody who is nearer. Whether it is answered is decided with the words
(`hearing/hallucination.py`). Pure; belongs to the tracker.
"""

from __future__ import annotations

import bisect
import itertools
from collections import deque
from dataclasses import dataclass

import numpy as np

from assistant.messages import FRAME_MS, SAMPLE_RATE_HZ, Evidence

_KEPT_FRAMES = 30_000 // FRAME_MS

_LOUD_SHARE = 95
"""Percentile of the levels of a turn's frames of speech that is the level of the turn."""

_NEAR_SCORE = 0.8
_NEAR_FRAMES = 300 // FRAME_MS
"""So sure and so long is speech that is certainly somebody's, who is then in front."""

BEHIND_DB = 12.0
"""A turn so far below the one before is from four times as far away. Nobody walks so far in the
three seconds after it (`_SOON`)."""

WITHIN_DB = 15.0
"""So far below the level of the open turn, and for `TALK_MS`, it is not the same person."""

TALK_MS = 800
"""For so long softer speech may be the end of a sentence."""

_SOON = 3 * SAMPLE_RATE_HZ
_TALK_KEPT = 10 * SAMPLE_RATE_HZ
"""So long after it was found out talk is known by its level. Nothing renews that: who is taken for
the television is heard after it."""
_TALK_DB = 4.0
"""What is at most so much louder than the talk behind is that talk."""

_WITHIN_FRAMES = TALK_MS // FRAME_MS
_SPOKEN_FRAMES = 600 // FRAME_MS
_MOST_LEVELS = 120_000 // FRAME_MS


@dataclass(frozen=True, slots=True)
class _Frame:
    start: int
    level_db: float
    is_speech: bool
    score: float
    is_over_voice: bool


class SpeechLog:
    """Frames in order with `append`; `evidence` of the speech between two samples."""

    def __init__(self) -> None:
        self._frames: deque[_Frame] = deque(maxlen=_KEPT_FRAMES)
        self._front: tuple[int, float] | None = None
        self._talk: tuple[int, float] | None = None
        self._turn_dbs: list[float] = []

    def append(
        self, start: int, level_db: float, is_speech: bool, score: float, is_over_voice: bool
    ) -> None:
        """The frame that begins at the sample `start`. While the assistant's voice sounds, the
        canceller takes away some of the user's too, and levels tell nothing (`is_over_voice`)."""
        if is_speech and len(self._turn_dbs) < _MOST_LEVELS:
            bisect.insort(self._turn_dbs, level_db)
        self._frames.append(_Frame(start, level_db, is_speech, score, is_over_voice))

    def evidence(self, speech_start: int, speech_end: int) -> Evidence:
        """Of the speech from one sample to another."""
        spoken = self._spoken(speech_start, speech_end)
        span_ms = (speech_end - speech_start) * 1000 / SAMPLE_RATE_HZ
        if not spoken:
            return Evidence(span_ms=span_ms)
        level_db = float(np.percentile([f.level_db for f in spoken], _LOUD_SHARE))
        return Evidence(
            speech_ms=float(len(spoken) * FRAME_MS),
            span_ms=span_ms,
            score=float(np.mean([f.score for f in spoken])),
            level_db=level_db,
            is_background=not any(f.is_over_voice for f in spoken)
            and self._is_background(speech_start, level_db),
        )

    def begin_turn(self) -> None:
        """A turn begins: what was said before is no measure of how loud it is."""
        self._turn_dbs.clear()

    def end_turn(self, speech_start: int, speech_end: int) -> None:
        """A turn is over: it tells how loud who is in front speaks, or the talk behind."""
        found = self.evidence(speech_start, speech_end)
        if found.is_background:
            if self._is_soon(speech_start):
                self._talk = speech_end, found.level_db
        elif (
            found.score >= _NEAR_SCORE
            and found.speech_ms >= _NEAR_FRAMES * FRAME_MS
            and not any(f.is_over_voice for f in self._spoken(speech_start, speech_end))
        ):
            self._front = speech_end, found.level_db

    def goes_on_behind(self, speech_start: int) -> bool:
        """Whether of the open turn, whose speech began at `speech_start`, only talk behind it goes
        on: for `TALK_MS` it is mostly speech, and nothing in it was near the level of the turn."""
        levels = self._turn_dbs
        if len(levels) < _WITHIN_FRAMES:
            return False
        bar_db = levels[len(levels) * _LOUD_SHARE // 100] - WITHIN_DB
        if self._frames[-1].level_db >= bar_db:
            return False
        newest = self._newest(_WITHIN_FRAMES)
        if newest[-1].start < speech_start or sum(f.is_speech for f in newest) < _SPOKEN_FRAMES:
            return False
        return not any(frame.is_over_voice or frame.level_db >= bar_db for frame in newest)

    def _is_background(self, speech_start: int, level_db: float) -> bool:
        """Whether a turn at this level is talk behind who spoke in the turn before."""
        if self._front is None:
            return False
        end, front_db = self._front
        return front_db - level_db >= BEHIND_DB and (
            self._is_soon(speech_start)
            or (speech_start > end and self._is_talk(speech_start, level_db))
        )

    def _is_soon(self, speech_start: int) -> bool:
        """Whether who was in front spoke a moment ago."""
        return self._front is not None and 0 <= speech_start - self._front[0] < _SOON

    def _is_talk(self, now: int, level_db: float) -> bool:
        """Whether talk behind somebody was as loud as that a little while ago."""
        if self._talk is None:
            return False
        heard_at, heard_db = self._talk
        return now - heard_at < _TALK_KEPT and level_db <= heard_db + _TALK_DB

    def _spoken(self, speech_start: int, speech_end: int) -> list[_Frame]:
        """The frames of speech from one sample to another."""
        return [f for f in self._frames if speech_start <= f.start < speech_end and f.is_speech]

    def _newest(self, count: int) -> list[_Frame]:
        """The newest frames, the newest first."""
        return list(itertools.islice(reversed(self._frames), count))
