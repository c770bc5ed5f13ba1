"""What the core asks of the stages, so that it runs without a sound card or a model.

Declared here, by the consumer; the stages do not import this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from assistant.messages import (
    AudioFrame,
    Counters,
    Float32Array,
    HalfFrame,
    Int16Array,
    Notice,
    Reply,
    Transcript,
    Weighing,
)

Pull = Callable[[int, float], Float32Array]
"""`pull(count, index)` gives the next float32[count] (-1 to 1, mono, at the device's
`output_rate_hz`) to play; `index` is the place on the input's sample clock at which the first of
them will sound. Never blocks, so that a sound callback may call it."""


class AudioDevice(Protocol):
    """A microphone with a speaker, or a recording that stands in for both."""

    output_rate_hz: int

    @property
    def has_microphone(self) -> bool:
        """False while the microphone is away; silence stands in for it."""

    def run(self, pull: Pull, should_stop: Callable[[], bool]) -> None:
        """Move sound until `should_stop()`; runs on a thread of its own. Heals lost devices."""

    def read(self, timeout_s: float) -> AudioFrame | HalfFrame | None:
        """The next frame of the input, its first half as soon as that was heard, or None after
        `timeout_s` without either. A half that is late is left out, a frame never."""

    def index_at(self, time_ns: int) -> float:
        """The sample index that the microphone had reached at a time of `perf_counter_ns`."""

    def counters(self) -> Counters:
        """Overflows and underruns since the start."""

    on_notice: Callable[[Notice], None]
    """Set by the engine before `run`; called when a device is lost or found again."""


class EchoCanceller(Protocol):
    """Removes what the speaker played from what the microphone heard."""

    def cancel(self, heard: Int16Array, played: Int16Array) -> Int16Array:
        """int16[320] of each, same sample clock; the cleaned int16[320]."""

    def reset(self) -> None:
        """Forget the room: a new session begins."""


class SpeechDetector(Protocol):
    """Decides for each frame whether it is speech."""

    def is_speech(self, samples: Int16Array) -> bool:
        """int16[320] in order; keeps its state from frame to frame."""

    def reset(self) -> None:
        """Forget all earlier frames."""


class TurnJudge(Protocol):
    """Judges from the sound of a turn whether the speaker has finished."""

    def completeness(self, samples: Int16Array) -> float:
        """int16[n] of the whole turn so far with its pre-roll; 0 (goes on) to 1 (complete)."""


class Transcriber(Protocol):
    """Speech to text."""

    def transcribe(
        self, samples: Int16Array, should_stop: Callable[[], bool], *, is_partial: bool = False
    ) -> Transcript | None:
        """int16[n] at 16 kHz to words; None when stopped. Called from two threads at a time."""


class Voice(Protocol):
    """Text to speech."""

    rate_hz: int

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """The sound of one clause in pieces: float32[n], -1 to 1, at `rate_hz`."""


class TextLayer(Protocol):
    """Words in, words out."""

    def respond(
        self,
        text: str,
        should_stop: Callable[[], bool],
        mark: Callable[[str], None],
        weighing: Weighing | None,
    ) -> Iterator[Reply]:
        """The answer to `text`, clause by clause. Has no effect by itself: see `Reply.effect`.

        `mark("route")` is called when it is known who answers, `mark("first token")` when the
        model gave its first piece of text. `weighing` is told how likely a sentence ends with
        `text`: after a fixed reply, before the model's; never, when nobody can tell.
        """

    def anticipate(self, text: str, should_stop: Callable[[], bool]) -> None:
        """The words so far of a question that is still being spoken; `respond` will be asked soon,
        with words that probably begin like these. May stop half done."""

    def remember(self, text: str, reply: str) -> None:
        """One finished exchange, with what was really played of the answer."""

    def forget(self) -> None:
        """Drop the conversation so far."""

    def settle(self, should_stop: Callable[[], bool]) -> None:
        """Do what makes the next answer quicker, while nobody waits; may stop half done."""

    def due_announcements(self) -> list[str]:
        """Sentences to be said now without being asked (a timer that ran out); each comes once."""


class Controls(Protocol):
    """What a face may ask of a running engine; safe from any thread."""

    def set_muted(self, muted: bool) -> None: ...
    def set_push_to_talk(self, enabled: bool) -> None: ...
    def hold_to_talk(self, held: bool) -> None: ...
    def stop_talking(self) -> None: ...
    def clear(self) -> None: ...
    def close(self) -> None: ...
