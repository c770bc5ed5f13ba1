"""Measure short commands in noise against noise alone: who is answered, and who is not.

    python scripts/measure_short.py [--model models/whisper-tiny.en] [--snr 10 5 0] [--every 1]

Each of the 48 single words and 50 wake words of the data is mixed with a noise at each ratio (power
of the labelled speech over that of the noise, which begins 1.5 s before it), and each of the 229
recordings of noise is heard alone with a second of silence behind it; detector, tracker, recogniser
and `is_noise` are those of the program. Prints what was answered, half by half, by a digest of the
file's name: choose levels on one half and try them on the other. In four recordings of the noise
folder people read or sing; they are counted apart. A JSON line comes last. To choose levels,
`--rows FILE` writes one JSON line for each turn.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile
from measure_whisper import Clip
from turns_heard import HeardTurn, heard_turns, labels

from assistant.audio.resample import to_int16
from assistant.config import TranscriberConfig
from assistant.hearing.hallucination import is_noise
from assistant.hearing.transcribe import Whisper
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array

BEFORE_S, AFTER_S = 1.5, 1.2
WAKE_WORDS = 50
NOT_STEADY = ("music", "Baby", "sneeze", "Dog", "Rooster", "typing")
TALKING = ("198-209", "3436-172162", "5703-47212", "Karissa_Hobbs")
NEAR_SAMPLES = SAMPLE_RATE_HZ // 5


def noises(data: Path) -> list[dict[str, str]]:
    """Rows of the noise folder that may stand behind a word."""
    rows = labels(data, "noise")
    return [row for row in rows if not any(kind in row["file"] for kind in NOT_STEADY)]


def is_held_out(name: str) -> bool:
    """As in measure_whisper.py."""
    empty = np.zeros(0, np.int16)
    return Clip(name=name, folder="", label="", samples=empty, speech_ms=0).is_held_out


def sound_of(data: Path, name: str) -> Float32Array:
    """float32[n] at 16 kHz."""
    sound, _ = soundfile.read(data / name, dtype="float32")
    return np.asarray(sound, np.float32)


def mixed(
    data: Path, row: dict[str, str], behind: list[dict[str, str]], snr_db: float
) -> tuple[Int16Array, int, int]:
    """A word in a noise of the same half, chosen by its name; the samples of its speech."""
    name, word = row["file"], sound_of(data, row["file"])
    before = round(BEFORE_S * SAMPLE_RATE_HZ)
    sound = np.concatenate(
        [np.zeros(before), word, np.zeros(round(AFTER_S * SAMPLE_RATE_HZ))]
    ).astype(np.float32)
    same = [noise["file"] for noise in behind if is_held_out(noise["file"]) == is_held_out(name)]
    chosen = np.random.default_rng(zlib.crc32(f"{name}0".encode())).integers(len(same))
    noise = np.resize(sound_of(data, same[chosen]), sound.size)
    speech = json.loads(row["speech_s"] or "[]")
    start, end = (
        (round(speech[0][0] * SAMPLE_RATE_HZ), round(speech[-1][1] * SAMPLE_RATE_HZ))
        if speech
        else (0, word.size)
    )
    power = float(np.mean(np.square(word[start:end])))
    gain = np.sqrt(power / (float(np.mean(np.square(noise))) + 1e-12) / 10 ** (snr_db / 10))
    sound += noise * np.float32(gain)
    sound *= np.float32(min(1.0, 0.98 / float(np.abs(sound).max())))
    return to_int16(sound), before + start, before + end


def words(
    data: Path, snr_db: float, every: int
) -> Iterator[tuple[dict[str, str], Int16Array, int, int]]:
    """Each word with its noise."""
    wake = labels(data, "wakewords")
    spoken = labels(data, "words") + wake[:: len(wake) // WAKE_WORDS][:WAKE_WORDS]
    behind = noises(data)
    for row in spoken[::every]:
        yield row, *mixed(data, row, behind, snr_db)


class Report:
    """Counts, and the rows of a file."""

    def __init__(self, rows: Path | None) -> None:
        self.counts: Counter[str] = Counter()
        self._rows = rows.open("w", encoding="utf-8") if rows else None

    def take(self, what: str, row: dict[str, str], turns: list[HeardTurn], near: bool) -> None:
        """`near` says that a turn is wanted; else that none is."""
        name = row["file"]
        half = "one half" if is_held_out(name) else "the other"
        whys = [is_noise(turn.transcript, turn.evidence) for turn in turns]
        self.counts[f"{what}, {half}"] += 1
        self.counts[f"{what}, no turn, {half}"] += near and not turns
        self.counts[f"{what}, turns, {half}"] += len(turns)
        answered = sum(why is None for why in whys)
        self.counts[f"{what}, answered, {half}"] += bool(answered) if near else answered
        for turn, why in zip(turns, whys, strict=True):
            if (why is None) != near:
                heard, found = turn.transcript, turn.evidence
                print(
                    f"{what:12s} {name[-40:]:40s} {found.speech_ms:5.0f} ms, score "
                    f"{found.score:.2f}, {heard.avg_logprob:.2f}: {heard.text[:50]!r} {why or ''}",
                    flush=True,
                )
            if self._rows:
                line = {"what": what, "file": name, "why": why} | asdict(turn)
                print(json.dumps(line), file=self._rows, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("models/whisper-tiny.en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--snr", type=float, nargs="+", default=[10, 5, 0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--rows", type=Path)
    given = parser.parse_args()
    whisper = Whisper(given.model, TranscriberConfig(threads=1))
    report = Report(given.rows)
    for snr_db in given.snr:
        for row, sound, start, end in words(given.data, snr_db, given.every):
            turns = [
                turn
                for turn in heard_turns(sound, whisper)
                if turn.speech_end > start - NEAR_SAMPLES and turn.speech_start < end + NEAR_SAMPLES
            ]
            report.take(f"{snr_db:g} dB", row, turns, near=True)
    for row in labels(given.data, "noise")[:: given.every]:
        sound = to_int16(sound_of(given.data, row["file"]))
        turns = heard_turns(np.concatenate([sound, np.zeros(SAMPLE_RATE_HZ, np.int16)]), whisper)
        is_talk = any(name in row["file"] for name in TALKING)
        report.take("talk, song" if is_talk else "noise", row, turns, near=False)
    for name, count in sorted(report.counts.items()):
        print(f"{name:40s} {count}")
    print(json.dumps({"model": given.model.name, **report.counts}))


if __name__ == "__main__":
    main()
