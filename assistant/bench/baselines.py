"""What stands in for the program's own stages in a baseline: the stock way of each.

Adapters at the seams of the core; the weights are the same. Each is used by the thread that uses
the stage that it stands for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import piper

from assistant.config import Config, TurnConfig, thread_count
from assistant.engine.seams import Voice
from assistant.hearing.windows import to_float
from assistant.language.en.clauses import clauses
from assistant.language.en.prompt import opening
from assistant.language.en.speakable import speakable
from assistant.messages import Float32Array, Int16Array, Notice, Reply, Transcript, Weighing
from assistant.talk.decision import Decision, Effect, Speaking
from assistant.talk.history import as_messages
from assistant.talk.model_answers import Model
from assistant.talk.request import read_request
from assistant.talk.talk import Talk

STOCK_PAUSE_MS = 200
"""Silence after which the stock streaming pipeline asks SmartTurn, once."""

STOCK_STOP_MS = 3000
"""Silence that ends a turn which SmartTurn did not call complete."""

_ENDS = (".", "!", "?", "…")


def stock_wait_ms(
    completeness: float | None,
    text: str | None,
    config: TurnConfig,
    *,
    speech_ms: float,
    sentence_end: float | None = None,
    is_known: bool = False,
    paused_ms: float = math.inf,
) -> float:
    """The stock rule: at once when SmartTurn's probability is above 0.5, else after 3 s."""
    return 0.0 if completeness is not None and completeness > 0.5 else float(STOCK_STOP_MS)


class StockWhisper:
    """faster-whisper's own `transcribe` with its window of 30 s; `threads` 0: all cores.

    In the benchmark it is greedy instead of its own beam of 5, so that the baseline is not slow on
    purpose.
    """

    def __init__(
        self, directory: Path, language: str = "en", *, beam_size: int = 1, threads: int = 0
    ) -> None:
        self._language = language
        self._beam_size = beam_size
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(
            str(directory),
            device="cpu",
            compute_type="int8",
            cpu_threads=thread_count(threads),
            local_files_only=True,
        )

    def transcribe(
        self,
        samples: Int16Array,
        should_stop: Callable[[], bool],
        *,
        is_partial: bool = False,
        is_part: bool = False,
    ) -> Transcript | None:
        """int16[n] at 16 kHz to words; None when `should_stop()` said so between two segments."""
        sound = to_float(samples)
        found, _ = self._model.transcribe(sound, language=self._language, beam_size=self._beam_size)
        segments = []
        for segment in found:
            if should_stop():
                return None
            segments.append(segment)
        weights = [max(segment.end - segment.start, 0.01) for segment in segments]
        return Transcript(
            text=" ".join(segment.text.strip() for segment in segments),
            avg_logprob=_mean([s.avg_logprob for s in segments], weights),
            no_speech_prob=_mean([s.no_speech_prob for s in segments], weights),
        )


def _mean(values: list[float], weights: list[float]) -> float:
    """The weighted mean; 0 of nothing."""
    return float(np.average(values, weights=weights)) if values else 0.0


_WHY = "baseline: the model answers all"


class ModelOnly:
    """A text layer that asks the language model everything; implements the core's `TextLayer`.

    Answers by whole sentences, or with `whole` by the answer in one piece once its last word is
    there. The prompt, the limits and the history are those of the program.
    """

    def __init__(self, config: Config, model: Model, *, whole: bool) -> None:
        self._model = model
        self._whole = whole
        self._opening = opening(config.llm.system_prompt)
        self._longest_answer = config.llm.max_sentences
        self._keep = config.llm.history_turns
        self._talk = Talk()
        self.on_notice: Callable[[Notice], None] | None = None

    def decide(self, text: str, turn: int, *_: object) -> Decision | None:
        """The model takes every request."""
        request = read_request(text, datetime.now().astimezone(), turn)
        if request.is_empty:
            return None
        talk = self._talk
        return Decision(
            name="model",
            source="model",
            why=_WHY,
            before=talk,
            after=talk,
            rest=lambda speaking: self._answer(talk, text, speaking),
        )

    def set_mood(self, enabled: bool) -> None:
        """A baseline knows no mood."""

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        """The model's answer; a baseline weighs no words."""
        return decision.rest(speaking) if decision.rest else iter(())

    def _answer(self, talk: Talk, text: str, speaking: Speaking) -> Iterator[Reply]:
        messages = as_messages(talk.history, self._opening, text)
        pieces = self._model.stream(messages, speaking.should_stop)
        made = self._sentences(_marked(pieces, speaking.mark))
        for spoken in [" ".join(made)] if self._whole else made:
            if spoken and not speaking.should_stop():
                yield Reply(text=spoken, source="model", why=_WHY, name="model")

    def commit(self, decision: Decision) -> None:
        """Nothing depends on it."""

    def withdraw(self, decision: Decision) -> None:
        """Nothing depends on it."""

    def change(self, change: Callable[[Talk], Talk]) -> None:
        """A baseline has nothing to change."""

    def run(self, effect: Effect, should_stop: Callable[[], bool]) -> None:
        """A baseline does nothing."""

    def _sentences(self, pieces: Iterator[str]) -> Iterator[str]:
        for number, sentence in enumerate(sentences(pieces), start=1):
            yield speakable(sentence)
            if number >= self._longest_answer:
                return

    def anticipate(self, text: str, should_stop: Callable[[], bool]) -> None:
        """Nothing: a baseline begins when the turn is complete."""

    def remember(self, turn: int, text: str, answer: str) -> None:
        """One finished exchange."""
        self._talk = self._talk.with_played(turn, text, answer, self._keep)

    def shown(self, text: str, decision: Any = None) -> str:
        """All of it."""
        return text

    def forget(self) -> None:
        """Drop the conversation so far."""
        self._talk = Talk()

    def settle(self, should_stop: Callable[[], bool]) -> None:
        """Have the model read the conversation so far, while nobody waits."""
        self._model.warm_up(as_messages(self._talk.history, self._opening, "")[:-1], should_stop)

    def due_announcements(self) -> list[Reply]:
        """None: a baseline has no timers."""
        return []

    @property
    def awaits_answer(self) -> bool:
        """False: a baseline asks nothing."""
        return False


class StockPiper:
    """Piper as its own package runs it: the whole graph at once, silence and all."""

    def __init__(self, path: Path) -> None:
        self._piper: Any = piper.PiperVoice.load(str(path))
        self.rate_hz: int = self._piper.config.sample_rate

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """float32[n] at `rate_hz`, one piece a sentence; stops between two."""
        for chunk in self._piper.synthesize(text):
            if should_stop():
                return
            yield np.asarray(chunk.audio_float_array, dtype=np.float32)


class WholeSentences:
    """A voice that gives a sentence when all of it is synthesised; implements the core's `Voice`.

    `voice` may well give it in pieces.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.rate_hz = voice.rate_hz

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """float32[n] at `rate_hz`, one piece a sentence."""
        for sentence in sentences(iter([text])):
            pieces = list(self._voice.synthesise(sentence, should_stop))
            if should_stop():
                return
            if pieces:
                yield np.concatenate(pieces)


def sentences(pieces: Iterator[str]) -> Iterator[str]:
    """Whole sentences of the text that arrives in pieces; never cut at a comma."""
    open_text = ""
    for clause in clauses(pieces, keep_unfinished=False):
        open_text = f"{open_text} {clause}".strip()
        if open_text.rstrip("\"')”’ ").endswith(_ENDS):
            yield open_text
            open_text = ""
    if open_text:
        yield open_text


def _marked(pieces: Iterator[str], mark: Callable[[str], None]) -> Iterator[str]:
    for piece in pieces:
        mark("first token")
        yield piece
