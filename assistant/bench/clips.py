"""The recordings that are played: which, where the user falls silent in each, what was said.

Reads files and labels and makes a few requests with the assistant's own voice; knows no engine.
Runs on the main thread before the benchmark begins.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.assemble.loading import load_voice
from assistant.audio.recording import read_recording
from assistant.audio.resample import resample_whole, to_int16
from assistant.bench.listening import silence_onset
from assistant.config import Config
from assistant.errors import InputError
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array, ms_to_samples

if TYPE_CHECKING:
    from assistant.voice.prepared import LoadedVoice

CONVERSATION = "questions"
"""The folder whose recordings, in the order of their names, are one conversation."""

MADE_UP = "requests"
MADE_UP_REQUESTS = (
    "What time is it?",
    "Set a timer for five minutes.",
    "What is the date today?",
    "How much time is left on the timer?",
    "What is fifteen percent of eighty?",
)
"""Asked with the assistant's own voice at another pitch, because no recording asks for a tool."""

_PITCH = 1.1
_LABEL_LATE_MS = 200
_EDGE_MS = 500

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """One recording, int16[n] at 16 kHz, and the sample `onset` at which its speech ends.

    `kind` is the folder that it comes from; `text` what was said, where a label says so.
    """

    name: str
    kind: str
    samples: Int16Array
    onset: int
    text: str | None = None

    @property
    def is_conversation(self) -> bool:
        """True for a turn that continues the one before it."""
        return self.kind == CONVERSATION


def choose(data: Path, *, questions: int | None, orders: int) -> list[Path]:
    """The first `questions` of the conversation (None: all) and about `orders` coffee orders,
    evenly spread over the folder. `InputError` when the folder is not there."""
    asked = sorted((data / CONVERSATION).glob("*.flac"))
    ordered = sorted((data / "orders").glob("*.flac"))
    if not asked and not ordered:
        raise InputError(
            f"no recordings in {data}", "name recordings, or the folder of them by --data"
        )
    step = max(1, len(ordered) // max(1, orders))
    return [*asked[:questions], *ordered[::step][:orders]]


def read_clips(paths: Sequence[Path], say: Say) -> list[Clip]:
    """The recordings with their silence onsets; one without speech is left out, and `say` told."""
    clips = []
    labels: dict[Path, dict[str, dict[str, str]]] = {}
    for path in paths:
        folder = path.resolve().parent
        if folder not in labels:
            labels[folder] = _labels(folder)
        row = labels[folder].get(path.name, {})
        samples = read_recording(path)
        onset = silence_onset(samples, not_after=_latest_end(row))
        if onset is None:
            say(f"left out, nobody speaks in it: {path}")
            continue
        text = row["label"] if row.get("label_kind") == "text" else None
        clip = Clip(name=path.name, kind=folder.name, samples=samples, onset=onset, text=text)
        clips.append(clip)
    return clips


def made_up_clips(config: Config) -> list[Clip]:
    """`MADE_UP_REQUESTS` as sound; the same on every run."""
    calm = replace(config.voice, noise_scale=0.0, noise_w_scale=0.0)
    voice = load_voice(replace(config, voice=calm))
    clips = []
    for number, text in enumerate(MADE_UP_REQUESTS, start=1):
        samples = _spoken(voice, text)
        onset = silence_onset(samples)
        assert onset is not None
        name = f"request {number}"
        clips.append(Clip(name=name, kind=MADE_UP, samples=samples, onset=onset, text=text))
    return clips


def _spoken(voice: LoadedVoice, text: str) -> Int16Array:
    """int16[n] at 16 kHz of another person's voice in a room with faint noise."""
    pieces = list(voice.synthesise(text, lambda: False))
    sound: Float32Array = np.concatenate(pieces) * np.float32(0.5)
    said = to_int16(resample_whole(sound, voice.rate_hz * _PITCH, SAMPLE_RATE_HZ))
    edge = np.zeros(ms_to_samples(_EDGE_MS), np.int16)
    return faint_noise(np.concatenate([edge, said, edge]))


def faint_noise(samples: Int16Array) -> Int16Array:
    """int16[n] with the noise of a quiet room (-66 dBFS) added; always the same noise."""
    noise = np.random.default_rng(7).normal(0.0, 16.0, samples.size)
    return np.clip(samples + np.rint(noise), -32768, 32767).astype(np.int16)


def _labels(folder: Path) -> dict[str, dict[str, str]]:
    """File name to its row of the labels.tsv that lies beside the folder, if one does."""
    table = folder.parent / "labels.tsv"
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {
            Path(row["file"]).name: row
            for row in rows
            if Path(row["file"]).parent.name == folder.name
        }


def _latest_end(row: dict[str, str]) -> int | None:
    """The last sample at which the speech of a labelled recording may end."""
    segments: list[list[float]] = json.loads(row.get("speech_s") or "[]")
    if not segments:
        return None
    return round(segments[-1][1] * SAMPLE_RATE_HZ) + ms_to_samples(_LABEL_LATE_MS)
