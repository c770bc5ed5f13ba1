"""What the core asks of the stages, so that it runs without a sound card or a model.

Declared here, by the consumer; the stages do not import this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from assistant.messages import (
    AudioFrame,
    Float32Array,
    HalfFrame,
    Int16Array,
    ModelWork,
    Notice,
    Reply,
    Source,
    Step,
    ToolCall,
    Transcript,
    Weighing,
)
from assistant.mood import Mood, Prosody
from assistant.updates import Counters

Pull = Callable[[int, float], Float32Array]
"""`pull(count, index)` gives the next float32[count] (-1 to 1, mono, at the device's
`output_rate_hz`) to play; `index` is the place on the input's sample clock at which the first of
them will sound. Never blocks, so that a sound callback may call it."""


Played = tuple[int, str, str]
"""(turn, request, what sounded of the answer); no request for what was said without being asked"""


class Asked(Protocol):
    """What the log is told of a request: when it was decided on."""

    @property
    def now(self) -> datetime: ...


class Decided(Protocol):
    """What the core reads of a decision."""

    @property
    def request(self) -> Asked | None: ...
    @property
    def replies(self) -> tuple[Reply, ...]: ...
    @property
    def is_secret(self) -> bool: ...
    @property
    def voice(self) -> Any: ...
    def answer_shown(self, text: str) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def source(self) -> Source: ...
    @property
    def why(self) -> str: ...
    @property
    def score(self) -> float | None: ...
    @property
    def slots(self) -> Mapping[str, Any]: ...
    @property
    def steps(self) -> tuple[Step, ...]: ...
    @property
    def calls(self) -> tuple[ToolCall, ...]: ...
    @property
    def effects(self) -> tuple[Any, ...]: ...
    @property
    def undoes(self) -> tuple[Any, ...]: ...
    @property
    def waits(self) -> Any: ...
    @property
    def mood(self) -> Mood: ...


class Speaking(Protocol):
    """What an answer needs while it is made."""

    def should_stop(self) -> bool:
        """True when the answer is not wanted any more."""

    def mark(self, name: str) -> None:
        """A stage was reached."""

    def wait(self) -> bool:
        """Block until the turn is committed (True) or cancelled (False)."""

    def run(self, effect: Any) -> Any:
        """Run an effect now that the turn is committed; raises what it raised."""

    def change(self, change: Callable[[Any], Any]) -> None:
        """Change the conversation of the committed turn."""

    def note(self, call: ToolCall) -> None:
        """A tool that reads was called, for the record of the turn."""

    def asked(self, work: ModelWork) -> None:
        """The language model was asked, for the log."""


class AudioDevice(Protocol):
    """A microphone with a speaker, or a recording that stands in for both."""

    output_rate_hz: int

    @property
    def has_microphone(self) -> bool:
        """False while the microphone is away; silence stands in for it."""

    @property
    def has_speaker(self) -> bool:
        """False while the speaker is away; what is pulled meanwhile is not heard."""

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


class SourceWatch(Protocol):
    """Notices a microphone that is none: the monitor of the speaker."""

    hears_itself: bool
    """True while what the microphone hears is what the speaker plays, and nothing else."""

    def hear(self, heard: Int16Array, played: Int16Array) -> Notice | None:
        """int16[320] of each, same sample clock; what to tell when `hears_itself` has changed."""

    def reset(self) -> None:
        """Forget everything: a new session begins."""


class SpeechDetector(Protocol):
    """Decides for each frame whether it is speech."""

    @property
    def score(self) -> float:
        """How sure it is that the newest frame is speech, 0 to 1."""

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
        self,
        samples: Int16Array,
        should_stop: Callable[[], bool],
        *,
        is_partial: bool = False,
        is_part: bool = False,
    ) -> Transcript | None:
        """int16[n] at 16 kHz to words; None when stopped. `is_part`: more was said before or after
        it, so that it is no phrase as a whole. Called from two threads at a time."""


MeasureVoice = Callable[[Int16Array], Prosody | None]
"""int16[n] of an utterance to what its voice is like; None for too little of it. A millisecond or
two; called on the mind thread."""


class Voice(Protocol):
    """Text to speech."""

    rate_hz: int

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """The sound of one clause in pieces: float32[n], -1 to 1, at `rate_hz`."""


class TextLayer(Protocol):
    """Words in, words out. `Decided` is a decision: the core hands it back and looks at nothing but
    what it needs for the record of a turn."""

    def decide(
        self,
        text: str,
        turn: int,
        played: Played | None,
        voice: Prosody | None,
        should_stop: Callable[[], bool],
        weighing: Weighing | None,
    ) -> Decided | None:
        """What is done with `text`, the words of `turn`; None for no words. Changes nothing.

        `played` is what has sounded of the answer that this turn interrupts, `voice` how the words
        sounded, where that was measured. What takes long ends when `should_stop()`, and meanwhile
        `weighing` may be told, as in `replies`."""

    def set_mood(self, enabled: bool) -> None:
        """Take the user's mood into account, or do not."""

    def replies(
        self, decision: Any, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        """The answer of a decision, clause by clause.

        `speaking.mark("first token")` is called when the model gave its first piece of text.
        `weighing` is told how likely a sentence ends with `text`: after a fixed reply, before the
        model's; never, when nobody can tell.
        """

    def commit(self, decision: Any) -> None:
        """The turn is complete: the decision counts, and its effects are begun. Never blocks."""

    def withdraw(self, decision: Any) -> None:
        """The turn goes on: as if the decision had never been committed. Never blocks."""

    def change(self, change: Callable[[Any], Any]) -> None:
        """Change the conversation of a committed turn."""

    def run(self, effect: Any, should_stop: Callable[[], bool]) -> Any:
        """Run an effect of a committed turn and wait for it; raises what it raised."""

    def anticipate(self, text: str, should_stop: Callable[[], bool]) -> None:
        """The words so far of a question that is still being spoken; `decide` will be asked soon,
        with words that probably begin like these. May stop half done."""

    def remember(self, turn: int, text: str, answer: str) -> None:
        """One finished exchange, with what was really played of the answer. An announcement has no
        `text`."""

    def shown(self, text: str, decision: Any = None) -> str:
        """What may be shown and kept of `text`, the words of a turn; `decision` is what was decided
        on it, None while that is not known. Never blocks; called on any thread."""

    def forget(self) -> None:
        """Drop the conversation so far."""

    def settle(self, should_stop: Callable[[], bool]) -> None:
        """Do what makes the next answer quicker, while nobody waits; may stop half done."""

    def due_announcements(self) -> list[Reply]:
        """What is to be said now without being asked (a timer that ran out); each comes once."""

    on_notice: Callable[[Notice], None] | None
    """Set by the engine before anything is decided; called when a file of the user is broken."""

    @property
    def awaits_answer(self) -> bool:
        """True while a question waits for its answer. Never blocks; called on the ears thread."""


class Controls(Protocol):
    """What a face may ask of a running engine; safe from any thread."""

    def set_muted(self, muted: bool) -> None: ...
    def set_push_to_talk(self, enabled: bool) -> None: ...
    def hold_to_talk(self, held: bool) -> None: ...
    def stop_talking(self) -> None: ...
    def submit_text(self, text: str) -> None: ...
    def clear(self) -> None: ...
    def set_mood(self, enabled: bool) -> None: ...
    def close(self) -> None: ...
