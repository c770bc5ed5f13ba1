"""The words threads: sound in, words out, to the ears and on to the mind.

Transcribe the newest take, or the words so far while the user speaks. They are two, so that the
words of a take wait neither for an answer that is being made nor for the words of a moment ago,
which no native library lets go half done. Know the transcriber through its seam; decide nothing.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from assistant.engine.mailbox import ToAnswer, ToHear
from assistant.engine.news import Failed, Transcribed
from assistant.engine.reading import Reader
from assistant.engine.seams import Transcriber
from assistant.engine.wires import Wires
from assistant.language.en.corrections import with_stop_word
from assistant.messages import SAMPLE_RATE_HZ, Evidence, Transcript, Utterance
from assistant.take import Take
from assistant.updates import PartialHeard

NoiseRule = Callable[[Transcript, Evidence], str | None]
"""`rule(transcript, evidence)` gives the reason why it is no speech, or None."""

THREADS = 2

_POLL_S = 0.1
_LONGEST_STOP_WORD = 2 * SAMPLE_RATE_HZ
"""Sound that is no longer than this, its pauses included, may be one word. Own choice."""


class Hearing:
    """Owns the transcriber while its threads run."""

    def __init__(
        self,
        transcriber: Transcriber,
        noise_rule: NoiseRule,
        wires: Wires,
        listen: Callable[[Utterance, Take], None] | None = None,
    ) -> None:
        """`listen(utterance, take)` is called on the mind thread, which has nothing else to do
        while the words of a take are found out."""
        self._transcriber = transcriber
        self._reader = Reader(transcriber)
        self._noise_rule = noise_rule
        self._mailbox = wires.to_hear
        self._mind = wires.to_answer
        self._news = wires.inbox
        self._trace = wires.trace
        self._listen = listen
        self._shown = wires.shown

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Work until `should_stop()`, on each of the threads; no error of one utterance ends it."""
        while not should_stop():
            job = self._mailbox.get(_POLL_S)
            if not isinstance(job, ToHear):
                continue
            if job.take is not None and job.take.is_cancelled:
                self._mailbox.done(job)
                continue
            try:
                if job.take is None:
                    self._hear_so_far(job.utterance, should_stop)
                else:
                    self._hear(job.utterance, job.take, should_stop)
            except Exception as error:  # native code may fail; the process lives on
                self._news.put(Failed(job.take, "recogniser", error))
            finally:
                self._mailbox.done(job)

    def _hear_so_far(self, utterance: Utterance, should_stop: Callable[[], bool]) -> None:
        """The words of a sentence that goes on, as long as no live take is to be heard."""
        transcript = self._reader.read(
            utterance,
            lambda: should_stop() or self._mailbox.has_live_take,
            should_stop,
            is_partial=True,
        )
        self._pass_on_so_far(utterance, transcript)

    def _pass_on_so_far(self, utterance: Utterance, transcript: Transcript | None) -> None:
        if transcript is not None and transcript.text and not self._is_late(utterance):
            shown = self._shown(transcript.text, None)
            self._news.put(PartialHeard(turn=utterance.turn, text=shown))
            self._mind.put(ToAnswer(transcript.text))

    def _with_stop_word(self, utterance: Utterance, transcript: Transcript) -> Transcript:
        """`transcript`, and the "Stop." that was said into the answer: Whisper loses one short word
        behind a pause of half a second and more."""
        if utterance.joined_sample is None:
            return transcript
        later = utterance.samples[utterance.joined_sample - utterance.start_sample :]
        if later.size > _LONGEST_STOP_WORD:
            return transcript
        word = self._transcriber.transcribe(later, lambda: False, is_partial=True)
        if word is None:
            return transcript
        return dataclasses.replace(transcript, text=with_stop_word(transcript.text, word.text))

    def _is_late(self, utterance: Utterance) -> bool:
        """True when more sound than `utterance` is waiting to be heard, or is being heard."""
        newest = self._mailbox.newest
        return newest is not None and newest.utterance.samples.size > utterance.samples.size

    def _hear(self, utterance: Utterance, take: Take, should_stop: Callable[[], bool]) -> None:
        """Transcribe for a take and pass the words on; when the user has gone on meanwhile, they
        are the words so far."""
        start_ns = time.perf_counter_ns()
        listen = self._listen
        if listen is not None:
            self._mind.put_chore(lambda: listen(utterance, take))
        transcript = self._reader.read(
            utterance,
            lambda: should_stop() or (take.is_cancelled and self._mailbox.has_job),
            should_stop,
        )
        if transcript is not None:
            transcript = self._with_stop_word(utterance, transcript)
        is_cancelled = take.is_cancelled
        self._trace.worked(take, "transcript", start_ns)
        if transcript is None or is_cancelled:
            self._pass_on_so_far(utterance, transcript)
            self._reader.settle(
                utterance, lambda: should_stop() or self._mailbox.has_job, should_stop
            )
            return
        take.mark("transcript")
        drop = self._noise_rule(transcript, utterance.evidence)
        self._news.put(Transcribed(take, transcript, drop))
        if drop is None:
            self._mind.put(ToAnswer(transcript.text, take))
