"""Echo cancellation: the assistant's own voice is taken out of what the microphone heard.

WebRTC's AEC3 in livekit's audio processing module, which opens no connection and needs no account.
Knows no device; a canceller belongs to the one thread that feeds it frames in order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from assistant.audio.echo_path import EchoWatch
from assistant.config import AudioConfig
from assistant.messages import FRAME_SAMPLES, HALF_SAMPLES, SAMPLE_RATE_HZ, Int16Array

_REST_FRAMES = 100  # 2 s: longer than any delay with its room's tail


class Canceller(Protocol):
    """What `make_canceller` makes."""

    def cancel(self, heard: Int16Array, played: Int16Array) -> Int16Array:
        """int16[320] of each, same sample clock; the cleaned int16[320]."""

    def reset(self) -> None:
        """Forget the room: a new session begins."""


class NoCanceller:
    """For headphones: everything passes unchanged."""

    def cancel(self, heard: Int16Array, played: Int16Array) -> Int16Array:
        """`heard` itself."""
        return heard

    def reset(self) -> None:
        """Nothing is kept."""


class Aec3:
    """WebRTC's third echo canceller with its high-pass, and noise suppression if asked for.

    It finds the delay of the echo by itself (up to about half a second) and follows its changes.
    Two seconds after the last sound was played it rests: everything passes unchanged at no cost,
    and what it learnt is kept for the next answer (docs/ECHO.md has the comparison). Where nothing
    of what is played comes back (headphones), it learns on but everything passes unchanged, so
    that an interruption loses no words.
    """

    def __init__(self, *, noise_suppression: bool = False) -> None:
        from livekit.rtc import AudioFrame, AudioProcessingModule

        self._frame = AudioFrame
        self._make_module: Callable[[], Any] = lambda: AudioProcessingModule(
            echo_cancellation=True, high_pass_filter=True, noise_suppression=noise_suppression
        )
        self.reset()

    def reset(self) -> None:
        """Forget the room: a new session begins."""
        self._module = self._make_module()
        self._silent_frames = _REST_FRAMES
        self._watch = EchoWatch()

    def cancel(self, heard: Int16Array, played: Int16Array) -> Int16Array:
        """int16[320] of each, same sample clock; the cleaned int16[320].

        `ValueError` on another shape or type: the library would end the whole process.
        """
        for name, samples in (("heard", heard), ("played", played)):
            if samples.shape != (FRAME_SAMPLES,) or samples.dtype != np.int16:
                raise ValueError(
                    f"{name} is {samples.dtype}{list(samples.shape)}, not int16[{FRAME_SAMPLES}]"
                )
        self._watch.hear(heard, played)
        self._silent_frames = 0 if played.any() else self._silent_frames + 1
        if self._silent_frames > _REST_FRAMES:
            return heard
        halves = []
        for start in (0, HALF_SAMPLES):
            part = slice(start, start + HALF_SAMPLES)
            self._module.process_reverse_stream(self._as_frame(played[part]))
            cleaned = self._as_frame(heard[part])
            self._module.process_stream(cleaned)
            halves.append(np.frombuffer(cleaned.data, np.int16))
        return np.concatenate(halves) if self._watch.has_echo else heard

    def _as_frame(self, samples: Int16Array) -> Any:
        return self._frame(bytearray(samples.tobytes()), SAMPLE_RATE_HZ, 1, HALF_SAMPLES)


def make_canceller(config: AudioConfig) -> Canceller:
    """The canceller of `audio.echo_canceller`: `Aec3`, or `NoCanceller` for "off"."""
    return NoCanceller() if config.echo_canceller == "off" else Aec3()
