"""Is the microphone the speaker's own monitor? Then what it hears is what is played, to the wave.

A sound server may offer the monitor of the speaker as a source, and moves a recording there when
the microphone is unplugged; no name tells that. No room gives back what was played unchanged: over
300 ms, the normalised correlation stayed below 0.96 in ten recordings of laptops that hear
themselves (../shared/data/echo), and is 0.99 for PulseAudio's monitor at 0, -12 and -24 dB, which
is found 100 to 140 ms after its first sound. Half a millisecond a look. Pure; belongs to the ears
thread, which feeds it every frame.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from assistant.audio.hints import heard_itself_notice, hears_again_notice
from assistant.messages import FRAME_SAMPLES, Int16Array, Notice

_ALIKE = 0.98
_IN_A_ROW = 2
_WINDOW_FRAMES = 15
_AHEAD_FRAMES = 3
"""What is heard may come so much before the time at which it was reported as played."""
_DELAY_FRAMES = 35
"""The longest delay that is looked for: 700 ms."""
_LOOK_FRAMES = 2
_RARE_LOOK_FRAMES = 10
_LOOKS_UNTIL_RARE = 50
"""A microphone that is none of that for two seconds of sound is looked at less often."""
_PLAYED = 180.0
"""Root mean square of what counts as being played, of 32,768 (-45 dB)."""
_HEARD = 8.0
_ALIVE_FRAMES = 50
"""A second in which sound comes in and none was played: it is a microphone after all."""
_REST_FRAMES = 50


class MonitorWatch:
    """Fed with what was heard, before any echo was taken out, and what was played."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: a new session begins."""
        self.hears_itself = False
        """True while the microphone was shown to be the speaker's monitor."""
        self._heard: deque[Int16Array] = deque(maxlen=_WINDOW_FRAMES + _AHEAD_FRAMES)
        self._played: deque[Int16Array] = deque(
            maxlen=_WINDOW_FRAMES + _AHEAD_FRAMES + _DELAY_FRAMES
        )
        self._since_look = 0
        self._looks = 0
        self._alike = 0
        self._silent_frames = 0
        self._alive_frames = 0

    def hear(self, heard: Int16Array, played: Int16Array) -> Notice | None:
        """One frame of each, int16[320] on the same clock; what to tell when `hears_itself` has
        changed."""
        self._heard.append(heard)
        self._played.append(played)
        self._silent_frames = 0 if played.any() else self._silent_frames + 1
        if self.hears_itself:
            return self._look_for_a_microphone(heard)
        self._since_look += 1
        is_rare = self._looks >= _LOOKS_UNTIL_RARE
        if self._since_look < (_RARE_LOOK_FRAMES if is_rare else _LOOK_FRAMES):
            return None
        self._since_look = 0
        likeness = self._likeness()
        if likeness is None:
            return None
        self._looks += 1
        self._alike = self._alike + 1 if likeness >= _ALIKE else 0
        if self._alike:
            self._looks = 0
        if self._alike < _IN_A_ROW:
            return None
        self.hears_itself, self._alike, self._looks = True, 0, 0
        return heard_itself_notice()

    def _look_for_a_microphone(self, heard: Int16Array) -> Notice | None:
        """A monitor is silent to the last bit while nothing plays, a microphone never is."""
        is_alive = self._silent_frames > _REST_FRAMES and bool(heard.any())
        self._alive_frames = self._alive_frames + 1 if is_alive else 0
        if self._alive_frames < _ALIVE_FRAMES:
            return None
        self.hears_itself, self._alive_frames = False, 0
        return hears_again_notice()

    def _likeness(self) -> float | None:
        """The largest normalised correlation of what was heard with anything that was played
        shortly before, 0 to 1; None when too little of both is there."""
        if len(self._heard) < _WINDOW_FRAMES + _AHEAD_FRAMES:
            return None
        window = np.concatenate(list(self._heard)[:_WINDOW_FRAMES]).astype(np.float32)
        played = np.concatenate(self._played).astype(np.float32)
        count = window.size
        if played.size < count + _AHEAD_FRAMES * FRAME_SAMPLES:
            return None
        energy = float(window @ window)
        if energy < count * _HEARD**2:
            return None
        squares = np.concatenate([[0.0], np.cumsum(np.square(played, dtype=np.float64))])
        energies = squares[count:] - squares[:-count]
        is_loud = energies > count * _PLAYED**2
        if not is_loud.any():
            return None
        size = 1 << (played.size - 1).bit_length()
        spectrum = np.fft.rfft(played, size) * np.conj(np.fft.rfft(window, size))
        match = np.abs(np.fft.irfft(spectrum, size)[: energies.size])
        alike = match[is_loud] / np.sqrt(energies[is_loud] * energy)
        return float(alike.max())
