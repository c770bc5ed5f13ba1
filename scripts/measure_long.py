"""Measure long speech: words against stock, processor time, and when the first sound comes.

    python scripts/measure_long.py read   [--only 1,2]
    python scripts/measure_long.py words  [--only 1,2]
    python scripts/measure_long.py sound  [--only 1,2]

Five recordings of 60 to 150 s are joined of the `voicenotes` of `../shared/data`: two as they were
read, with pauses at the full stops, and three whose pauses are cut to 0.25 s, so that they have no
full stop. A JSON line comes last.

`read` has the engine's reader read each as it grows by 0.7 s, without turns and without showing
the words so far, and prints its word errors and those of stock: a tenth of the work of `words`.

`words` plays each as fast as the machine can (as `hear --fast`) and prints the turns, the word
errors of all of them together beside those of stock (faster-whisper's own `transcribe` of the whole
recording, beam of 5) against what was read, and against what stock heard; and the processor time
for each second of sound.

`sound` plays each in real time, and before it the last sentence of the same recording alone, and
prints the latency of the last answer of both: end of the speech to the first audible sample.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from measure_whisper import normalised as respelled
from measure_whisper import word_errors

from assistant.assemble.roles import model_path
from assistant.assemble.session import load_stages
from assistant.bench.baselines import StockWhisper
from assistant.cli.hear import Player
from assistant.config import Config
from assistant.engine.engine import Stages
from assistant.engine.reading import Reader
from assistant.engine.seams import Transcriber
from assistant.messages import (
    SAMPLE_RATE_HZ,
    Int16Array,
    Notice,
    Transcript,
    TurnRecord,
    Utterance,
    ms_to_samples,
)
from assistant.trace import Trace
from assistant.updates import TurnEnded, Update

PAUSE_MS = 250
GROWS_MS = 700
LAST_MS = 3000
_HYPHENED = re.compile(r"\b(\w+)-(\w+)\b")

RECORDINGS = [
    (("04",), None),
    (("07", "16"), None),
    (("08",), PAUSE_MS),
    (("09", "01"), PAUSE_MS),
    (("02", "05"), PAUSE_MS),
]
"""The notes of each, and to how many milliseconds their pauses are cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """One recording; `last` is where its last sentence or two begin, `label` what was read."""

    name: str
    samples: Int16Array
    last: int
    label: str


def normalised(text: str, label: str) -> list[str]:
    """As in `measure_whisper`; and "a.m." is "am", and "check-up" is "checkup" where that stands in
    the label."""
    said = set(label.lower().split())
    text = text.replace("a.m.", "am").replace("p.m.", "pm")
    text = _HYPHENED.sub(
        lambda found: joint if (joint := "".join(found.groups())).lower() in said else found[0],
        text,
    )
    return respelled(text)


def made(data: Path, notes: tuple[str, ...], pause_ms: int | None) -> Long:
    """The notes in a row, with their pauses or with short ones."""
    with (data / "labels.tsv").open(encoding="utf-8") as file:
        rows = {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}
    pieces: list[Int16Array] = []
    starts: list[int] = []
    labels, size = [], 0
    for note in notes:
        name = next(one for one in rows if one.startswith(f"voicenotes/{note}_"))
        samples, _ = soundfile.read(data / name, dtype="int16")
        labels.append(rows[name]["label"])
        at = 0
        for begin_s, end_s in json.loads(rows[name]["speech_s"]):
            begin, end = round(begin_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ)
            gap = samples[at:begin]
            if pause_ms is not None and gap.size > ms_to_samples(pause_ms):
                half = ms_to_samples(pause_ms) // 2
                gap = np.concatenate([gap[:half], gap[-half:]])
            pieces += [gap, samples[begin:end]]
            starts.append(size + gap.size)
            size += gap.size + end - begin
            at = end
    whole = np.concatenate(pieces)
    last = next(one for one in reversed(starts) if size - one >= ms_to_samples(LAST_MS))
    pauses = "its pauses" if pause_ms is None else f"pauses of {pause_ms} ms"
    name = f"{'+'.join(notes)}, {size / SAMPLE_RATE_HZ:.0f} s, {pauses}"
    return Long(name=name, samples=whole, last=last, label=" ".join(labels))


def played(stages: Stages, samples: Int16Array, *, fast: bool) -> tuple[list[TurnRecord], list]:
    """The turns of one session, and its notices."""
    turns: list[TurnRecord] = []
    notices: list[str] = []

    def publish(update: Update) -> None:
        if isinstance(update, TurnEnded):
            turns.append(update.record)
        elif isinstance(update, Notice):
            notices.append(update.code)

    player = Player(config=Config(), stages=stages, trace=Trace(None), fast=fast)
    player.play(np.concatenate([samples, np.zeros(SAMPLE_RATE_HZ, np.int16)]), publish)
    stages.text.forget()
    return turns, notices


class Settling:
    """The transcriber as the reader of a recording wants it: words so far are not read."""

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber
        self.rests_s: list[float] = []

    def transcribe(
        self, samples: Int16Array, should_stop: Callable[[], bool], **how: bool
    ) -> Transcript | None:
        """None for the words so far, of which only the length is kept."""
        if how.get("is_partial"):
            self.rests_s.append(samples.size / SAMPLE_RATE_HZ)
            return None
        return self._transcriber.transcribe(samples, should_stop, **how)


def measure_read(stages: Stages, stock: StockWhisper, one: Long) -> dict[str, object]:
    """The words of the reader at the end, and how much is left to read at any time."""

    def utterance(size: int) -> Utterance:
        return Utterance(
            turn=1,
            samples=one.samples[:size],
            start_sample=0,
            speech_start_sample=0,
            speech_end_sample=size,
        )

    cpu = time.process_time()
    settling = Settling(stages.transcriber)
    reader = Reader(settling)
    step = ms_to_samples(GROWS_MS)
    for size in range(step, one.samples.size, step):
        reader.read(utterance(size), lambda: False, lambda: False, is_partial=True)
    ours = reader.read(utterance(one.samples.size), lambda: False, lambda: False)
    cpu = time.process_time() - cpu
    theirs = stock.transcribe(one.samples, lambda: False)
    assert ours is not None
    assert theirs is not None
    said, heard, expected = (
        normalised(text, one.label) for text in (one.label, ours.text, theirs.text)
    )
    print("  stock:", theirs.text)
    print("  read: ", ours.text)
    return {
        "recording": one.name,
        "cpu s a second": round(cpu / one.samples.size * SAMPLE_RATE_HZ, 2),
        "left to read, s (p50, p90)": np.percentile(settling.rests_s, (50, 90)).round(1).tolist(),
        "words said": len(said),
        "errors": word_errors(said, heard),
        "errors of stock": word_errors(said, expected),
        "WER, %": round(100 * word_errors(said, heard) / len(said), 1),
        "WER of stock, %": round(100 * word_errors(said, expected) / len(said), 1),
        "WER against stock, %": round(100 * word_errors(expected, heard) / len(expected), 1),
    }


def measure_words(stages: Stages, stock: StockWhisper, one: Long) -> dict[str, object]:
    """The words of all turns, and what they cost."""
    seconds = one.samples.size / SAMPLE_RATE_HZ
    heard = stock.transcribe(one.samples, lambda: False)
    assert heard is not None
    said, theirs = normalised(one.label, one.label), normalised(heard.text, one.label)
    began, cpu = time.perf_counter(), time.process_time()
    turns, notices = played(stages, one.samples, fast=True)
    cpu = time.process_time() - cpu
    ours = normalised(" ".join(turn.transcript for turn in turns), one.label)
    found: dict[str, object] = {
        "recording": one.name,
        "turns": len(turns),
        "notices": notices,
        "words": len(ours),
        "words, stock": len(theirs),
        "WER against stock, %": round(100 * word_errors(theirs, ours) / len(theirs), 1),
        "cpu s a second": round(cpu / seconds, 2),
        "wall s": round(time.perf_counter() - began, 1),
        "takes": sum(turn.takes for turn in turns),
        "WER, %": round(100 * word_errors(said, ours) / len(said), 1),
        "WER of stock, %": round(100 * word_errors(said, theirs) / len(said), 1),
    }
    print("  stock:", heard.text)
    for turn in turns:
        print(f"  turn {turn.turn} ({turn.takes} takes):", turn.transcript)
    return found


def measure_sound(stages: Stages, one: Long) -> dict[str, object]:
    """The latency of the last answer in real time, after all of it and after its end alone."""
    alone, _ = played(stages, one.samples[one.last - ms_to_samples(300) :], fast=False)
    cpu = time.process_time()
    turns, notices = played(stages, one.samples, fast=False)
    cpu = time.process_time() - cpu
    last, short = turns[-1], alone[-1]
    return {
        "recording": one.name,
        "turns": len(turns),
        "notices": notices,
        "cpu s a second": round(cpu / one.samples.size * SAMPLE_RATE_HZ, 2),
        "last turn, s": round(last.speech_end_s - last.speech_start_s, 1),
        "first sound, ms": round(last.latency_ms or -1),
        "stages": {name: round(ms) for name, ms in last.stages_ms.items()},
        "source": last.source,
        "its end alone, s": round(short.speech_end_s - short.speech_start_s, 1),
        "alone, ms": round(short.latency_ms or -1),
        "stages alone": {name: round(ms) for name, ms in short.stages_ms.items()},
        "source alone": short.source,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("read", "words", "sound"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", default="1,2,3,4,5", help="numbers of recordings, with commas")
    given = parser.parse_args()
    numbers = [int(number) for number in given.only.split(",")]
    stages = load_stages(Config(), SAMPLE_RATE_HZ)
    stock = StockWhisper(model_path(Config(), "transcriber"), beam_size=5, threads=1)
    found = []
    for number in numbers:
        one = made(given.data, *RECORDINGS[number - 1])
        print(f"{number}. {one.name}", flush=True)
        if given.what == "read":
            found.append(measure_read(stages, stock, one))
        elif given.what == "words":
            found.append(measure_words(stages, stock, one))
        else:
            found.append(measure_sound(stages, one))
        for name, value in found[-1].items():
            print(f"  {name:24s} {value}", flush=True)
    stages.close()
    print(json.dumps({"what": given.what, "recordings": found}))


if __name__ == "__main__":
    main()
