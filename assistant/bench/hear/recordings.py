"""The labelled recordings, cut as the engine cuts an utterance; knows no recogniser."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.audio.recording import read_recording
from assistant.errors import InputError
from assistant.messages import SAMPLE_RATE_HZ, Int16Array, ms_to_samples

PRE_ROLL_MS, AFTER_MS = 400, 100
"""What the engine keeps before the first speech and after the last."""

Segments = tuple[tuple[int, int], ...]
"""First sample and the one behind the last of each stretch of speech."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """One cut of a recording: int16[n] at 16 kHz, and where in it the labelled speech is (nothing
    where the label does not tell). `name` is the path in the folder of recordings."""

    name: str
    folder: str
    label: str
    samples: Int16Array
    speech: Segments

    @property
    def speech_ms(self) -> float:
        """The labelled speech; all of the cut where the label does not tell."""
        labelled = sum(end - start for start, end in self.speech)
        return (labelled or len(self.samples)) * 1000 / SAMPLE_RATE_HZ

    @property
    def is_held_out(self) -> bool:
        """Every second file, by a digest of its name, and the same on every machine."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0


def rows(data: Path, folders: tuple[str, ...]) -> list[dict[str, str]]:
    """The lines of labels.tsv for these folders that are 16 kHz and mono, in their order.
    `InputError` when the table is not there."""
    table = data / "labels.tsv"
    try:
        with table.open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file, delimiter="\t"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot read {table}: {error}", "name the folder of recordings by --data"
        ) from error
    return [
        row
        for row in found
        if row["file"].split("/")[0] in folders
        and (row["rate_hz"], row["channels"]) == (str(SAMPLE_RATE_HZ), "1")
    ]


def segments(row: dict[str, str]) -> Segments:
    """The labelled speech of a line, in samples of the recording."""
    return tuple(
        (round(start * SAMPLE_RATE_HZ), round(end * SAMPLE_RATE_HZ))
        for start, end in json.loads(row["speech_s"] or "[]")
    )


def cuts(data: Path, folders: tuple[str, ...], every: int = 1) -> Iterator[Cut]:
    """Every `every`-th recording of each folder: 400 ms before the first labelled speech to 100 ms
    behind the last, as the engine would cut it."""
    seen: Counter[str] = Counter()
    for row in rows(data, folders):
        folder = row["file"].split("/")[0]
        seen[folder] += 1
        if (seen[folder] - 1) % every:
            continue
        samples, speech, first = read_recording(data / row["file"]), segments(row), 0
        if speech:
            first = max(0, speech[0][0] - ms_to_samples(PRE_ROLL_MS))
            samples = samples[first : speech[-1][1] + ms_to_samples(AFTER_MS)]
        yield Cut(
            name=row["file"],
            folder=folder,
            label=row["label"],
            samples=samples,
            speech=tuple((start - first, end - first) for start, end in speech),
        )
