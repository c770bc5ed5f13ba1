"""Plays one recording into one arm in real time and measures what sounds.

The latency comes from the stereo recording alone; the engine's own record only tells which stages
the time went to. Runs on the main thread, beside the threads of the engine that it starts and
stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.audio.files import FileDevice, Pull
from assistant.audio.resample import to_int16
from assistant.audio.script import Segment
from assistant.bench.arms import Arm
from assistant.bench.clips import Clip
from assistant.bench.listening import Answered, first_audible, judge, seconds
from assistant.engine.engine import Engine
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Span, TurnRecord, ms_to_samples
from assistant.trace import Trace
from assistant.updates import Saying, TurnEnded, Update

TIMEOUT_MS = 12_000
"""An answer that does not sound within this time after the silence onset is no answer."""

_HEARD_ENOUGH_MS = 1000
_SOONEST_END_MS = 300
_LONGEST_ANSWER_MS = 60_000
_POLL_S = 0.02
_SAME_SOUND_MS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recording in one arm. Seconds are those of the recording, from its start.

    `stages` are those of the engine's record, its pause counted from the silence onset that the
    recording tells; `commit_ms` is the wait from the onset until the turn was judged complete.
    """

    file: str
    kind: str
    arm: str
    onset_s: float
    first_audible_s: float | None
    latency_ms: float | None
    is_answered: bool
    is_false_start: bool
    source: str
    transcript: str
    reply: str
    takes: int
    takes_wasted: int
    commit_ms: float | None
    cpu_s: float
    said: str | None = None
    stages: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values, for one line of JSON."""
        return asdict(self)


class TakeLog(Trace):
    """A trace that is not written; it counts the takes that any stage worked for."""

    def __init__(self) -> None:
        super().__init__(None)
        self.begun: set[tuple[int, int]] = set()

    def span(self, span: Span) -> None:
        """Remember the take; what nobody asked for (a timer that ran out) is none."""
        if span.turn > 0:
            self.begun.add((span.turn, span.take))


class WatchedDevice(FileDevice):
    """A `FileDevice` that knows when to stop: a second after the answer began to sound."""

    def __init__(self, clip: Clip) -> None:
        super().__init__([Segment(samples=clip.samples)], record=True)
        self._onset = clip.onset
        self._last_audible = -SAMPLE_RATE_HZ
        self._first_after: int | None = None

    @property
    def has_answered(self) -> bool:
        """True once sound that began after the silence onset has gone on for a second."""
        if self._first_after is None:
            return False
        return self.position >= max(
            self._first_after + ms_to_samples(_HEARD_ENOUGH_MS),
            self._onset + ms_to_samples(_SOONEST_END_MS),
        )

    def run(self, pull: Pull, should_stop: Callable[[], bool]) -> None:
        """Speak and listen until `should_stop()`, listening along with the user."""

        def watched(count: int, index: float) -> Float32Array:
            sound = pull(count, index)
            self._note(first_audible(to_int16(sound)), round(index), count)
            return sound

        super().run(watched, should_stop)

    def _note(self, at: int | None, index: int, count: int) -> None:
        if at is None:
            return
        is_new = index - self._last_audible >= ms_to_samples(_SOONEST_END_MS)
        began_late = self._last_audible < self._onset - ms_to_samples(_SOONEST_END_MS)
        if self._first_after is None and index + at >= self._onset and (is_new or began_late):
            self._first_after = index + at
        self._last_audible = index + count


def play_clip(arm: Arm, clip: Clip, *, whole: bool) -> Row:
    """Play `clip` to `arm`; `whole` hears each answer to its end instead of one second of it.

    An exchange that is cut off is remembered with the clauses of the answer that began, as if they
    had been played.
    """
    if not clip.is_conversation:
        arm.stages.text.forget()
    arm.stages.text.settle(lambda: False)
    device, trace, news = WatchedDevice(clip), TakeLog(), _News()
    cpu_s = time.process_time()
    engine = Engine(arm.config, device, arm.stages, news.take, trace)
    engine.start()
    try:
        _wait(engine, device, clip, whole=whole)
        news.is_closing = True
    finally:
        engine.close()
    cpu_s = time.process_time() - cpu_s
    if engine.failure is not None:
        raise engine.failure
    for record in news.cut_off:
        arm.stages.text.remember(0, record.transcript, news.said.get(record.turn, record.reply))
    _, played = device.recording()
    answered = judge(played, clip.onset, _premature_ends(news.records, clip.onset))
    return _row(arm, clip, answered, news.records, trace, cpu_s)


class _News:
    """Collects what the engine tells; the last records come while it closes."""

    def __init__(self) -> None:
        self.records: list[TurnRecord] = []
        self.cut_off: list[TurnRecord] = []
        self.said: dict[int, str] = {}
        self.is_closing = False

    def take(self, update: Update) -> None:
        if isinstance(update, Saying):
            self.said[update.turn] = update.text
        elif isinstance(update, TurnEnded):
            self.records.append(update.record)
            if self.is_closing:
                self.cut_off.append(update.record)


def _wait(engine: Engine, device: WatchedDevice, clip: Clip, *, whole: bool) -> None:
    """Block until the answer was heard, or is not to be expected any more."""
    timeout = clip.onset + ms_to_samples(TIMEOUT_MS)
    latest = timeout + (ms_to_samples(_LONGEST_ANSWER_MS) if whole else 0)
    while not engine.is_stopped and device.position < latest:
        if device.has_answered and (not whole or engine.is_settled):
            return
        if device.position >= timeout and not device.has_answered:
            return
        time.sleep(_POLL_S)


def _premature_ends(records: list[TurnRecord], onset: int) -> list[int]:
    """Where answers ended that began before the onset and sounded past it, in samples."""
    return [
        round(record.reply_end_s * SAMPLE_RATE_HZ)
        for record in records
        if record.first_audio_s is not None
        and record.reply_end_s is not None
        and record.first_audio_s * SAMPLE_RATE_HZ < onset <= record.reply_end_s * SAMPLE_RATE_HZ
    ]


def _row(
    arm: Arm,
    clip: Clip,
    answered: Answered,
    records: list[TurnRecord],
    trace: TakeLog,
    cpu_s: float,
) -> Row:
    onset_s = seconds(clip.onset)
    audible = answered.first_audible
    audible_s = None if audible is None else seconds(audible)
    record = _record_of(records, audible_s)
    transcripts = " ".join(r.transcript for r in records)
    takes = max(len(trace.begun), sum(r.takes for r in records if r.turn > 0))
    return Row(
        file=clip.name,
        kind=clip.kind,
        arm=arm.name,
        onset_s=round(onset_s, 4),
        first_audible_s=None if audible_s is None else round(audible_s, 4),
        latency_ms=None if audible_s is None else round((audible_s - onset_s) * 1000, 1),
        is_answered=audible is not None,
        is_false_start=answered.is_false_start,
        source=record.source if record else "",
        transcript=transcripts,
        reply=record.reply if record else "",
        takes=takes,
        takes_wasted=max(0, takes - (audible is not None)),
        commit_ms=round((record.commit_s - onset_s) * 1000, 1) if record else None,
        cpu_s=round(cpu_s, 3),
        said=clip.text,
        stages=_stages(record, onset_s) if record else {},
    )


def _record_of(records: list[TurnRecord], audible_s: float | None) -> TurnRecord | None:
    """The engine's record of the answer whose first sound the recording has at `audible_s`."""
    for record in records:
        began_s = record.first_audio_s
        if began_s is None or audible_s is None:
            continue
        if abs(began_s - audible_s) * 1000 <= _SAME_SOUND_MS:
            return record
    return None


def _stages(record: TurnRecord, onset_s: float) -> dict[str, float]:
    """The engine's stages, in ms, with the first of them begun at the silence onset."""
    stages = dict(record.stages_ms)
    first = next(iter(stages), None)
    if first is not None:
        stages[first] = max(0.0, stages[first] + (record.speech_end_s - onset_s) * 1000)
    return {name: round(ms, 1) for name, ms in stages.items()}
