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
"""Speech so far below that of the turn before is from four times as far away. Nobody walks so far
in the three seconds after it (`_SOON`)."""

TURN_DB = 9.0
"""The same for a whole turn, whose level is surer."""

FAR_BEHIND_DB = 20.0
"""So far below it holds for ten seconds: a whisper is hardly so soft."""

WITHIN_DB = 15.0
"""So far below the level of the open turn, and for `TALK_MS`, it is not the same person."""

TALK_MS = 800
"""For so long softer speech may be the end of a sentence."""

_SOON = 3 * SAMPLE_RATE_HZ
_FAR_SOON = 10 * SAMPLE_RATE_HZ
_TALK_KEPT = 30 * SAMPLE_RATE_HZ
_TALK_DB = 4.0
"""What is at most so much louder than the talk behind is that talk, for half a minute."""

_START_FRAMES = 240 // FRAME_MS
_WITHIN_FRAMES = TALK_MS // FRAME_MS
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
        spoken = [f for f in self._frames if speech_start <= f.start < speech_end and f.is_speech]
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
            self._talk = speech_end, found.level_db
        elif found.score >= _NEAR_SCORE and found.speech_ms >= _NEAR_FRAMES * FRAME_MS:
            self._front = speech_end, found.level_db

    def starts_behind(self) -> bool:
        """Whether the newest speech is talk behind who spoke in the last turn: much softer, and too
        soon after it for the same person, or as loud as such talk was a while ago."""
        if self._front is None or not self._frames:
            return False
        newest = self._newest(_START_FRAMES)
        if any(frame.is_over_voice for frame in newest):
            return False
        now, level_db = newest[0].start, max(frame.level_db for frame in newest)
        end, front_db = self._front
        below_db, since = front_db - level_db, now - end
        is_talk = self._is_talk(now, level_db)
        is_soon = since < (_FAR_SOON if below_db >= FAR_BEHIND_DB else _SOON)
        if below_db < BEHIND_DB or not (is_talk or is_soon):
            return False
        heard_db = max(level_db, self._talk[1]) if is_talk and self._talk else level_db
        self._talk = now, heard_db
        return True

    def goes_on_behind(self, speech_start: int) -> bool:
        """Whether of the open turn, whose speech began at `speech_start`, only talk behind it goes
        on: for `TALK_MS` nothing in it was near the level of the turn."""
        levels = self._turn_dbs
        if len(levels) < _WITHIN_FRAMES:
            return False
        bar_db = levels[len(levels) * _LOUD_SHARE // 100] - WITHIN_DB
        if self._frames[-1].level_db >= bar_db:
            return False
        newest = self._newest(_WITHIN_FRAMES)
        if newest[-1].start < speech_start:
            return False
        return not any(frame.is_over_voice or frame.level_db >= bar_db for frame in newest)

    def _is_background(self, speech_start: int, level_db: float) -> bool:
        """Whether a turn at this level is talk behind who spoke in the turn before."""
        if self._front is None:
            return False
        end, front_db = self._front
        is_soon = 0 <= speech_start - end < _SOON
        return front_db - level_db >= TURN_DB and (
            is_soon or (speech_start > end and self._is_talk(speech_start, level_db))
        )

    def _is_talk(self, now: int, level_db: float) -> bool:
        """Whether talk behind somebody was as loud as that within the last half minute."""
        if self._talk is None:
            return False
        heard_at, heard_db = self._talk
        return now - heard_at < _TALK_KEPT and level_db <= heard_db + _TALK_DB

    def _newest(self, count: int) -> list[_Frame]:
        """The newest frames, the newest first."""
        return list(itertools.islice(reversed(self._frames), count))
