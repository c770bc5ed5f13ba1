"""Measure the mood: how steady it is on speech without moods, and what it costs.

    python scripts/measure_mood.py [--data ../shared/data] [--every 1]

No recordings with known moods were to be had, so nothing here says how often a mood is recognised
in a voice. Measured is: how many recordings of ordinary questions, orders, calls and notes read
neutral, by their transcripts (the program's own recogniser) and their voices, each folder as one
session; the same for typed requests; how far the arousal moves when a recording is made louder,
higher and faster by a known amount; and the milliseconds of both parts. A JSON line comes last.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import soundfile

from assistant.assemble.loading import load_whisper
from assistant.config import Config
from assistant.hearing.prosody import measure_prosody
from assistant.language.en import mood_words
from assistant.messages import SAMPLE_RATE_HZ, Int16Array
from assistant.talk.mood import compare, read_mood, with_voice
from assistant.talk.request import read_request
from assistant.talk.talk import Talk

FOLDERS = ("questions", "orders", "callers", "voicenotes")
LONGEST_S = 20
NOW = datetime(2026, 3, 4, 15, 20)
RAISED_DB, RAISED_ST = 6.0, 2.0


def recordings(folder: Path, every: int) -> list[Int16Array]:
    """The first channel of each recording at 16 kHz, its first 20 seconds."""
    found = []
    for path in sorted(folder.glob("*.flac"))[::every]:
        sound, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
        if rate_hz == SAMPLE_RATE_HZ:
            found.append(sound[: LONGEST_S * SAMPLE_RATE_HZ, 0])
    return found


def raised(samples: Int16Array) -> Int16Array:
    """The same louder, higher and faster: as somebody speaks who has lost patience, roughly."""
    step = 2 ** (RAISED_ST / 12)
    at = np.arange(0, samples.size - 1, step)
    higher = np.interp(at, np.arange(samples.size), samples.astype(np.float32))
    louder = higher * 10 ** (RAISED_DB / 20)
    return np.clip(louder, -32768, 32767).astype(np.int16)


def measure_folder(clips: list[Int16Array], texts: list[str]) -> dict[str, object]:
    """One folder as one session of one microphone."""
    talk, labels, of_words = Talk(), Counter[str](), Counter[str]()
    shifts, arousals, costs = [], [], []
    for samples, text in zip(clips, texts, strict=True):
        start = time.thread_time()
        voice = measure_prosody(samples)
        costs.append((time.thread_time() - start) * 1000)
        request = read_request(text, NOW)
        mood = read_mood(talk, request, voice)
        labels[mood.label] += 1
        of_words[read_mood(talk, request, None).label] += 1
        if not mood.is_neutral:
            print(f"  {mood.label}: {text!r} ({mood.why})")
        if mood.arousal is not None:
            arousals.append(mood.arousal)
            higher, _ = compare(measure_prosody(raised(samples)), talk.voices)
            if higher is not None:
                shifts.append(higher - mood.arousal)
        talk = replace(talk, voices=with_voice(talk.voices, voice))
    return {
        "recordings": len(clips),
        "neutral": labels["neutral"],
        "neutral by words": of_words["neutral"],
        "labels": dict(labels),
        "arousal p5 p50 p95": rounded(arousals, (5, 50, 95)),
        "raised moves arousal by p5 p50 p95": rounded(shifts, (5, 50, 95)),
        "voice CPU ms p50 p95": rounded(costs, (50, 95)),
    }


def measure_requests(path: Path) -> dict[str, object]:
    """Typed requests, each by itself."""
    labels, costs = Counter[str](), []
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            request = read_request(row["text"], NOW)
            start = time.thread_time()
            mood = read_mood(Talk(), request, None)
            costs.append((time.thread_time() - start) * 1000)
            labels[mood.label] += 1
    return {"labels": dict(labels), "words CPU ms p50 p95": rounded(costs, (50, 95))}


def measure_lengths() -> dict[str, object]:
    """The cost of the voice part by the length of the utterance."""
    generator = np.random.default_rng(7)
    costs = {}
    for seconds in (1, 2, 5, 10):
        times = np.arange(seconds * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
        tone = sum(np.sin(2 * np.pi * 140 * n * times) / n for n in range(1, 12))
        sound = 3000 * tone * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * times))
        samples = (sound + generator.normal(0, 30, times.size)).astype(np.int16)
        spent = []
        for _ in range(200):
            start = time.thread_time()
            measure_prosody(samples)
            spent.append((time.thread_time() - start) * 1000)
        costs[f"{seconds} s"] = rounded(spent, (50, 95))
    return costs


def rounded(values: list[float], percents: tuple[int, ...]) -> list[float]:
    return [round(float(x), 2) for x in np.percentile(values, percents)] if values else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--every", type=int, default=1, help="only every n-th recording")
    given = parser.parse_args()
    mood_words.warm_up()
    found: dict[str, object] = {"voice CPU ms p50 p95 by length": measure_lengths()}
    whisper = load_whisper(Config())
    for name in FOLDERS:
        clips = recordings(given.data / name, given.every)
        heard = [whisper.transcribe(samples, lambda: False) for samples in clips]
        texts = [one.text if one is not None else "" for one in heard]
        found[name] = measure_folder(clips, texts)
        print(f"{name}: {found[name]}")
    found["requests"] = measure_requests(given.data / "requests.tsv")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
