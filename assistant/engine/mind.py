"""The mind thread: words from sound, an answer from words, clause by clause to the voice.

Works on the newest take only and stops between two steps when its take is cancelled. Knows the
transcriber and the text layer through their seams; knows no sound device and decides nothing about
who may speak.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from assistant.engine.mailbox import Job
from assistant.engine.mouth import Mouth
from assistant.engine.news import Announcement, Failed, Routed, Transcribed
from assistant.engine.seams import TextLayer, Transcriber
from assistant.engine.wires import Wires
from assistant.messages import (
    SAMPLE_RATE_HZ,
    PartialHeard,
    Reply,
    Span,
    Transcript,
    Utterance,
)
from assistant.take import Take

NoiseRule = Callable[[Transcript, float], str | None]
"""`rule(transcript, speech_ms)` gives the reason why it is no speech, or None."""

_POLL_S = 0.1


class Mind:
    """Owns the transcriber and the text layer while its thread runs."""

    def __init__(
        self,
        transcriber: Transcriber,
        noise_rule: NoiseRule,
        text: TextLayer,
        mouth: Mouth,
        wires: Wires,
    ) -> None:
        self._transcriber = transcriber
        self._noise_rule = noise_rule
        self._text = text
        self._mouth = mouth
        self._mailbox = wires.mailbox
        self._news = wires.inbox
        self._trace = wires.trace
        self._is_settled = False
        self._heard: Transcribed | None = None

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Work until `should_stop()`; an error of one job never ends the thread."""
        while not should_stop():
            work = self._mailbox.get(_POLL_S)
            if work is None:
                self._settle(should_stop)
                continue
            try:
                self._do(work, should_stop)
            finally:
                self._mailbox.done()

    def remember(self, text: str, reply: str) -> None:
        """A chore: one finished exchange, with what was really played of the answer."""
        self._text.remember(text, reply)
        self._is_settled = False

    def forget(self) -> None:
        """A chore: drop the conversation so far."""
        self._text.forget()
        self._is_settled = False

    def _settle(self, should_stop: Callable[[], bool]) -> None:
        """Nobody waits: let the text layer get ready for the next turn."""
        if self._is_settled:
            return
        self._is_settled = True
        try:
            self._text.settle(lambda: should_stop() or self._mailbox.has_job)
        except Exception as error:  # native code may fail; the next answer just takes longer
            self._news.put(Failed(None, "language model", error))
        if self._mailbox.has_job:
            self._is_settled = False

    def _do(self, work: Job | Callable[[], None], should_stop: Callable[[], bool]) -> None:
        take = work.take if isinstance(work, Job) else None
        try:
            if not isinstance(work, Job):
                work()
            elif work.take is None:
                self._show_partial(work.utterance, lambda: should_stop() or self._mailbox.has_job)
            else:
                self._answer(work.take, work.utterance)
        except Exception as error:  # any stage may fail in native code; the process lives on
            self._news.put(Failed(take, "mind", error))

    def announce(self) -> None:
        """A chore: report what is due to be said without being asked."""
        for sentence in self._text.due_announcements():
            reply = Reply(text=sentence, source="tool", why="a timer ran out")
            self._news.put(Announcement(reply))

    def _show_partial(self, utterance: Utterance, should_stop: Callable[[], bool]) -> None:
        transcript = self._transcriber.transcribe(utterance.samples, should_stop, is_partial=True)
        if transcript is not None and transcript.text:
            self._news.put(PartialHeard(turn=utterance.turn, text=transcript.text))
            self._is_settled = False
            self._text.anticipate(transcript.text, should_stop)

    def _answer(self, take: Take, utterance: Utterance) -> None:
        if self._heard is None or self._heard.take is not take:
            self._hear(take, utterance)
        heard = self._heard
        if heard is not None and heard.take is take and heard.drop is None:
            self._respond(take, heard.transcript.text)

    def _hear(self, take: Take, utterance: Utterance) -> None:
        """Transcribe for a take and tell the ears, unless it is cancelled meanwhile."""
        if take.is_cancelled:
            return
        start = time.perf_counter_ns()
        transcript = self._transcriber.transcribe(utterance.samples, take.should_stop)
        if transcript is None or take.is_cancelled:
            self._span(take, "transcript", start, "cancelled")
            return
        take.mark("transcript")
        self._span(take, "transcript", start, "done")
        speech = utterance.speech_end_sample - utterance.speech_start_sample
        drop = self._noise_rule(transcript, speech * 1000 / SAMPLE_RATE_HZ)
        self._heard = Transcribed(take, transcript, drop)
        self._news.put(self._heard)

    def _hear_who_waits(self) -> None:
        """While an answer is being made: the words of a newer take, which may stop it."""
        job = self._mailbox.waiting
        if job is None or job.take is None:
            return
        if self._heard is None or self._heard.take is not job.take:
            self._hear(job.take, job.utterance)

    def _respond(self, take: Take, text: str) -> None:
        start = time.perf_counter_ns()
        is_first = True
        for reply in self._text.respond(text, take.should_stop, take.mark):
            take.mark("route")
            if "first clause" not in take.marks_ns:
                self._news.put(Routed(take, reply.source))
            take.mark("first clause")
            if reply.effect is not None:
                take.when_committed(reply.effect, reply.undo)
            self._hear_who_waits()
            if not self._mouth.put(take, reply, self._hear_who_waits):
                break
            if is_first:  # the model's next words are not urgent, the first sound is
                self._mouth.wait_for_sound(take, self._hear_who_waits)
            is_first = False
        self._mouth.put(take, None)
        self._span(take, "answer", start, "cancelled" if take.is_cancelled else "done")

    def _span(
        self, take: Take, stage: str, start_ns: int, outcome: Literal["done", "cancelled"]
    ) -> None:
        end_ns = time.perf_counter_ns()
        self._trace.span(
            Span(
                turn=take.turn,
                take=take.number,
                stage=stage,
                start_ns=start_ns,
                end_ns=end_ns,
                outcome=outcome,
            )
        )
