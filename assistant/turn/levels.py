"""The sound of the last turns with the level of each frame, and what the level alone tells.

It tells where speech begins and ends, and that it pauses or goes on some 60 ms before a detector
is sure. Knows no turns and no detector; belongs to the tracker. The levels were chosen on the
recordings of docs/TURNS.md ("Detector").
"""

from __future__ import annotations

import itertools

import numpy as np

from assistant.messages import FRAME_MS, FRAME_SAMPLES, AudioFrame, Int16Array

EDGE_MS = 160
"""How far before the first and the last frame of a detector's speech an edge is looked for."""

LOW_FOR_MS = 240
"""`Sound.low_ms` counts no further: what stays quiet longer is soft speech after something loud."""

_EDGE_DB = 8.0  # above the background: still speech
_RANGE_DB = 32.0  # below the loudest of the last second: no longer speech
_DIP_DB = 12.0  # below the loudest of the last second at the least: a pause, not a soft vowel
_LIKE_SPEECH_DB = 20.0  # below the loudest of the last two seconds at the most: speech goes on
_SILENCE_DB = -90.0
_SEAM_FRAMES = 5


class Sound:
    """Frames in a row with the level of each. `start` is the sample of the first."""

    def __init__(self) -> None:
        self.start = 0
        self._frames: list[Int16Array] = []
        self._levels_db: list[float] = []

    @property
    def end(self) -> int:
        """The sample behind the newest frame."""
        return self.start + len(self._frames) * FRAME_SAMPLES

    @property
    def level_db(self) -> float:
        """Level of the newest frame in dB below full scale; there has to be one."""
        return self._levels_db[-1]

    def append(self, frame: AudioFrame) -> None:
        """The next frame; a gap before it is filled with silence."""
        if not self._frames:
            self.start = frame.index
        for _ in range((frame.index - self.end) // FRAME_SAMPLES):
            self._frames.append(np.zeros(FRAME_SAMPLES, np.int16))
            self._levels_db.append(_SILENCE_DB)
        self._frames.append(frame.samples)
        self._levels_db.append(level_db(frame.samples))

    def forget(self, before: int) -> None:
        """Drop whole frames that end by the sample `before`."""
        count = (before - self.start) // FRAME_SAMPLES
        if count > 0:
            del self._frames[:count], self._levels_db[:count]
            self.start += count * FRAME_SAMPLES

    def between(self, start: int, end: int) -> Int16Array:
        """A copy of the samples from `start` to `end`: int16[end - start]."""
        first = (start - self.start) // FRAME_SAMPLES
        last = -((self.start - end) // FRAME_SAMPLES)
        joined = np.concatenate(self._frames[first:last])
        offset = self.start + first * FRAME_SAMPLES
        return joined[start - offset : end - offset]

    def onset(self, detected: int) -> int:
        """Where the speech began whose first frame was detected at the sample `detected`."""
        at = (detected - self.start) // FRAME_SAMPLES
        bar_db = self._bar_db(at)
        first = max(0, at - EDGE_MS // FRAME_MS)
        while at > first and self._levels_db[at - 1] >= bar_db:
            at -= 1
        return self.start + at * FRAME_SAMPLES

    def offset(self, detected: int) -> int:
        """Where the speech ended whose last frame was detected to end at the sample `detected`."""
        at = (detected - self.start) // FRAME_SAMPLES
        bar_db = self._bar_db(at)
        first = max(0, at - EDGE_MS // FRAME_MS)
        loud = [i for i in range(first, len(self._levels_db)) if self._levels_db[i] >= bar_db]
        if not loud or loud[-1] == len(self._levels_db) - 1:
            return detected
        return self.start + (loud[-1] + 1) * FRAME_SAMPLES

    def is_loud(self, samples: Int16Array) -> bool:
        """Whether int16[n], which follow, are at the level of speech."""
        frames = len(self._levels_db)
        return frames > 0 and level_db(samples) >= self._loud_db(frames)

    def loud_frames(self, most: int) -> int:
        """How many of the newest frames in a row, up to `most`, are each at the level of speech
        by what was heard before it."""
        frames = len(self._levels_db)
        newest = range(frames - 1, max(0, frames - 1 - most), -1)
        is_loud = (self._levels_db[at] >= self._loud_db(at) for at in newest)
        return sum(1 for _ in itertools.takewhile(bool, is_loud))

    def _loud_db(self, frames: int) -> float:
        """The level of speech after so many frames: above the background, and about that of the
        loudest of two seconds."""
        loudest_db = max(self._levels_db[max(0, frames - 101) : frames])
        return max(self._bar_db(frames - 1, frames), loudest_db - _LIKE_SPEECH_DB)

    def quietest(self, earliest: int) -> int:
        """The middle, at the end of a frame, of the quietest 100 ms after the sample `earliest`,
        the last of several."""
        first = max(0, (earliest - self.start) // FRAME_SAMPLES)
        levels = np.convolve(self._levels_db[first:], np.ones(_SEAM_FRAMES), mode="valid")
        at = levels.size - 1 - int(np.argmin(np.round(levels[::-1], 3)))
        return self.start + (first + at + _SEAM_FRAMES // 2 + 1) * FRAME_SAMPLES

    def low_ms(self) -> int:
        """How long the level has been below that of speech, up to `LOW_FOR_MS`."""
        last = len(self._levels_db) - 1
        loudest_db = max(self._levels_db[max(0, last - 50) :])
        bar_db = min(self._bar_db(last), loudest_db - _DIP_DB)
        frames = 0
        for level_db in self._levels_db[: -1 - LOW_FOR_MS // FRAME_MS : -1]:
            if level_db >= bar_db:
                break
            frames += 1
        return frames * FRAME_MS

    def _bar_db(self, at: int, frames: int | None = None) -> float:
        """The level that tells speech from background around frame `at`, by the first `frames`
        (None: all)."""
        end = at + 10 if frames is None else min(at + 10, frames)
        near = self._levels_db[max(0, at - 50) : end]
        background = float(np.percentile(self._levels_db[max(0, at - 150) : end], 10))
        return max(background + _EDGE_DB, max(near) - _RANGE_DB)


def level_db(samples: Int16Array) -> float:
    """Root mean square in dB below full scale, -90 at the least."""
    power = float(np.mean(np.square(samples.astype(np.float32) / 32768.0)))
    return max(_SILENCE_DB, 10.0 * float(np.log10(power + 1e-12)))
