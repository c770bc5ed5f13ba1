"""A minute or two of speech without a pause that would end the turn.

Voice notes, joined, with their pauses cut to 150 ms, go through the whole engine in lockstep. Words
are counted against what the speaker read, beside stock Whisper on the same sound; processor time is
that of all threads. The first sound comes so long after the end of the speech as the wait takes on
the sample clock, and as the machine works in that time; beside it stands that of the recording's
last sentence or two alone, which end in the same way.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from assistant.assemble.roles import model_path
from assistant.audio.recording import read_recording
from assistant.bench.baselines import StockWhisper
from assistant.bench.clips import faint_noise
from assistant.bench.hear.kit import Finding, Kit
from assistant.bench.hear.recordings import Cut, rows, segments
from assistant.bench.hear.words import normalised, word_errors
from assistant.bench.listening import first_audible
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, ms_to_samples
from assistant.updates import TurnEnded, Update

NOTES = ((7,), (2,), (8, 10), (3, 4), (5, 6, 9))
"""Which voice notes make a recording, by their numbers: one to three, 60 to 150 s."""

_LAST = 3 * SAMPLE_RATE_HZ
_LONGEST_PAUSE = ms_to_samples(150)
_TAIL = 3 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Listened:
    """One recording in the engine: its words, how many turns it was taken for, the processor's
    seconds until the end of the speech and in all, and the time to the first sound behind it."""

    text: str
    turns: int
    cpu_s: float
    first_sound_ms: float | None


def long_speech(kit: Kit) -> Finding:
    """Words beside stock's; processor time and first sound beside those of the ending alone."""
    kit.hear_as_engine()
    stock = StockWhisper(model_path(kit.config, "transcriber"), beam_size=5, threads=1)
    found = []
    for numbers in NOTES[:1] if kit.is_quick else NOTES:
        note = joined(kit, numbers)
        kit.say(f"voice notes {numbers}: {len(note.samples) / SAMPLE_RATE_HZ:.0f} s")
        result = stock.transcribe(note.samples, lambda: False)
        assert result is not None
        quiet = faint_noise(np.zeros(SAMPLE_RATE_HZ // 2, np.int16))
        last = _listen(kit, np.concatenate([quiet, note.samples[note.speech[-1][0] :]]))
        found.append(figures(note, _listen(kit, note.samples), last, result.text))
    return Finding(shown(found), {"recordings": found})


def joined(kit: Kit, numbers: Sequence[int]) -> Cut:
    """The labelled speech of these voice notes with pauses of 150 ms at most, and their words; its
    `speech` is the last sentence or two."""
    notes = {_number(row): row for row in rows(kit.data, ("voicenotes",))}
    chosen = [notes[number] for number in numbers]
    parts: list[Int16Array] = [np.zeros(SAMPLE_RATE_HZ // 2, np.int16)]
    starts = []
    for row in chosen:
        samples, last = read_recording(kit.data / row["file"]), None
        for start, end in segments(row):
            begin = start if last is None else max(last, start - _LONGEST_PAUSE)
            starts.append(sum(part.size for part in parts) + start - begin)
            parts.append(samples[begin:end])
            last = end
    sound = faint_noise(np.concatenate(parts))
    before_last = [start for start in starts if sound.size - start >= _LAST]
    return Cut(
        name=" + ".join(row["file"] for row in chosen),
        folder="voicenotes",
        label=" ".join(row["label"] for row in chosen),
        samples=sound,
        speech=((max(before_last, default=0), sound.size),),
    )


def _number(row: dict[str, str]) -> int:
    return int(row["file"].split("/")[1].split("_")[0])


def _listen(kit: Kit, samples: Int16Array) -> Listened:
    """Play int16[n], whose speech ends with its last sample, and silence behind it."""
    updates: list[Update] = []
    marks: dict[int, tuple[float, float]] = {}

    def mark(position: int) -> None:
        marks[position] = time.perf_counter(), time.process_time()

    kit.stages.text.forget()
    begun = time.process_time()
    sound = np.concatenate([samples, faint_noise(np.zeros(_TAIL, np.int16))])
    device = kit.player.play(sound, updates.append, record=True, on_block=mark)
    cpu_s = time.process_time() - begun
    turns = [update.record for update in updates if isinstance(update, TurnEnded)]
    audible = first_audible(device.recording()[1], len(samples))
    return Listened(
        text=" ".join(turn.transcript for turn in turns),
        turns=len(turns),
        cpu_s=cpu_s,
        first_sound_ms=None if audible is None else waited_ms(marks, len(samples), audible),
    )


def waited_ms(marks: dict[int, tuple[float, float]], onset: int, audible: int) -> float:
    """The wait on the sample clock, and the seconds that the machine worked meanwhile."""
    positions = sorted(marks)
    before = max((p for p in positions if p <= onset), default=positions[0])
    until = max((p for p in positions if p <= audible), default=positions[-1])
    worked_s = marks[until][0] - marks[before][0]
    return (audible - onset) * 1000 / SAMPLE_RATE_HZ + worked_s * 1000


def figures(note: Cut, ours: Listened, last: Listened, stock: str) -> dict[str, Any]:
    """The figures of a recording: in the engine, its ending alone in the engine, stock's words."""
    said, seconds = normalised(note.label), len(note.samples) / SAMPLE_RATE_HZ
    rate = partial(_rate, said)
    start, end = note.speech[-1]
    return {
        "seconds": round(seconds, 1),
        "turns": ours.turns,
        "word_errors_percent": rate(ours.text),
        "word_errors_stock_percent": rate(stock),
        "words_against_stock_percent": _rate(normalised(stock), ours.text),
        "cpu_s_per_s": round(ours.cpu_s / seconds, 3),
        "cpu_s_per_s_last": round(last.cpu_s * SAMPLE_RATE_HZ / (end - start), 3),
        "first_sound_ms": _rounded(ours.first_sound_ms),
        "first_sound_last_ms": _rounded(last.first_sound_ms),
    }


def _rate(said: list[str], text: str) -> float:
    return round(100 * word_errors(said, normalised(text)) / max(1, len(said)), 1)


def _rounded(ms: float | None) -> int | None:
    return None if ms is None else round(ms)


def shown(found: list[dict[str, Any]]) -> list[str]:
    """A line for each recording."""
    lines = [
        "long speech      (in brackets: its last sentence or two alone)",
        "  seconds  turns  word errors  stock   against stock  processor s/s   first sound",
    ]
    for one in found:
        ms, last_ms = one["first_sound_ms"], one["first_sound_last_ms"]
        ratio = f", {ms / last_ms:.2f} times" if ms and last_ms else ""
        lines.append(
            f"  {one['seconds']:7.1f}  {one['turns']:5d}  {one['word_errors_percent']:9.1f} %  "
            f"{one['word_errors_stock_percent']:4.1f} %  "
            f"{one['words_against_stock_percent']:11.1f} %  {one['cpu_s_per_s']:6.3f} "
            f"({one['cpu_s_per_s_last']:.3f})  {ms} ({last_ms}) ms{ratio}"
        )
    return lines
