"""Measure what a faulty microphone does to the words and to the end of a turn.

    python scripts/measure_microphones.py [--model models/whisper-tiny.en] [--questions 20]
        [--only "8 kHz telephone" …]

Each of the first questions is spoiled in each way and heard twice: `live` block by block as from a
sound card (`audio/capture.py`), `file` through `read_recording`. Prints, for each: turns that were
heard of the questions, word error rate, and by how many milliseconds the end of the speech is
found elsewhere than in the unspoiled recording (median, and how many are more than 20 ms off).
Then the cost of the capture in microseconds for a block of 10 ms. A JSON line comes last.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import soxr
from measure_whisper import normalised, word_errors
from turns_heard import HeardTurn, heard_turns, with_silence

from assistant.audio.capture import Capture
from assistant.audio.recording import read_recording
from assistant.audio.resample import to_int16
from assistant.config import TranscriberConfig
from assistant.hearing.hallucination import is_noise
from assistant.hearing.transcribe import Whisper
from assistant.messages import Float32Array, Int16Array

RATE_HZ = 16_000
BLOCK = 160
Spoil = Callable[[Float32Array], Float32Array]
"""float32[n] of a clean recording to float32[n, channels] of a faulty microphone."""


def eight_khz(sound: Float32Array) -> Float32Array:
    """At 8,000 samples a second, and back."""
    narrow = soxr.resample(sound, RATE_HZ, 8_000, quality="HQ")
    return np.asarray(soxr.resample(narrow, 8_000, RATE_HZ, quality="HQ"), np.float32)[:, None]


def telephone(sound: Float32Array) -> Float32Array:
    """300 to 3,400 Hz with sharp edges at 8,000 samples a second, and back."""
    narrow = soxr.resample(sound, RATE_HZ, 8_000, quality="HQ")
    spectrum = np.fft.rfft(narrow)
    frequency = np.fft.rfftfreq(narrow.size, 1 / 8_000)
    spectrum[(frequency < 300) | (frequency > 3_400)] = 0
    banded = np.fft.irfft(spectrum, narrow.size)
    return np.asarray(soxr.resample(banded, 8_000, RATE_HZ, quality="HQ"), np.float32)[:, None]


def hiss(size: int) -> Float32Array:
    """A channel without a microphone: -75 dBFS."""
    return np.random.default_rng(2).normal(0, 1.8e-4, size).astype(np.float32)


def at_level(sound: Float32Array, dbfs: float) -> Float32Array:
    """`sound` with its loudest 100 ms at `dbfs`."""
    whole = sound[: sound.size // 1600 * 1600].reshape(-1, 1600)
    loudest = float(np.sqrt(np.square(whole).mean(axis=1).max()))
    return sound * np.float32(10 ** (dbfs / 20) / loudest)


SPOILT: dict[str, Spoil] = {
    "clean": lambda sound: sound[:, None],
    "offset -0.3": lambda sound: (0.6 * sound - 0.3)[:, None],
    "left dead": lambda sound: np.stack([hiss(sound.size), sound], axis=1),
    "right dead": lambda sound: np.stack([sound, np.zeros_like(sound)], axis=1),
    "one inverted": lambda sound: np.stack([sound, -sound], axis=1),
    "clipped, +20 dB": lambda sound: np.clip(10 * sound, -1, 32767 / 32768)[:, None],
    "loudest at -50 dBFS": lambda sound: at_level(sound, -50)[:, None],
    "8 kHz": eight_khz,
    "8 kHz telephone": telephone,
}


def live(spoilt: Float32Array) -> Int16Array:
    """As from a sound card: int16 blocks of 10 ms."""
    capture = Capture(RATE_HZ)
    blocks = to_int16(spoilt)
    return np.concatenate(
        [capture.push(blocks[at : at + BLOCK]) for at in range(0, len(blocks), BLOCK)]
    )


def from_file(spoilt: Float32Array) -> Int16Array:
    """As `assistant hear FILE` reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.wav")
        soundfile.write(path, spoilt, RATE_HZ, subtype="PCM_16")
        return read_recording(path)


def questions(data: Path, count: int) -> list[tuple[Float32Array, list[str]]]:
    """The sound of the first questions between two pauses, and their words."""
    found = []
    for line in (data / "labels.tsv").read_text(encoding="utf-8").splitlines():
        name, label = line.split("\t")[:2]
        if name.startswith("questions/") and len(found) < count:
            sound, _ = soundfile.read(data / name, dtype="float32")
            found.append((with_silence(sound), normalised(label)))
    return found


def answered(turns: list[HeardTurn]) -> list[HeardTurn]:
    return [turn for turn in turns if is_noise(turn.transcript, turn.evidence) is None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("models/whisper-tiny.en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--only", nargs="+", choices=list(SPOILT), default=list(SPOILT))
    given = parser.parse_args()
    whisper = Whisper(given.model, TranscriberConfig(threads=1))
    asked = questions(given.data, given.questions)
    plain = [answered(heard_turns(to_int16(sound), whisper)) for sound, _ in asked]
    rows = []
    for name in given.only:
        spoil = SPOILT[name]
        for way, hear in (("live", live), ("file", from_file)):
            errors = words = turns = heard = 0
            shifts: list[float] = []
            for (sound, said), clean in zip(asked, plain, strict=True):
                found = answered(heard_turns(hear(spoil(sound)), whisper))
                text = " ".join(turn.transcript.text for turn in found)
                errors += word_errors(said, normalised(text))
                words += len(said)
                turns += len(found)
                heard += bool(found)
                if found and clean:
                    shifts.append((found[-1].speech_end - clean[-1].speech_end) * 1000 / RATE_HZ)
            rows.append(
                {
                    "microphone": name, "way": way, "heard": heard, "turns": turns,
                    "errors": errors, "words": words,
                    "end_shift_ms": float(np.median(shifts)) if shifts else None,
                    "worst_ms": max(shifts, key=abs, default=None),
                    "over_20_ms": sum(abs(shift) > 20 for shift in shifts),
                }
            )  # fmt: skip
            row = rows[-1]
            print(
                f"| {name} | {way} | {heard} of {len(asked)} | {turns} | {errors} of {words} "
                f"| {row['end_shift_ms']} | {row['worst_ms']} | {row['over_20_ms']} |",
                flush=True,
            )
    print("capture, us for 10 ms:", {f"{rate}/{n}": cost_us(rate, n) for rate, n in COSTS})
    print(json.dumps(rows))


COSTS = ((16_000, 1), (48_000, 1), (48_000, 2))


def cost_us(rate_hz: int, channels: int) -> float:
    """Microseconds of `Capture` for a block of 10 ms, median of 2,000."""
    capture = Capture(rate_hz)
    size = (rate_hz // 100, channels)
    block = np.random.default_rng(3).integers(-3000, 3000, size).astype(np.int16)
    took = []
    for _ in range(2000):
        began = time.perf_counter_ns()
        capture.push(block)
        took.append((time.perf_counter_ns() - began) / 1000)
    return round(float(np.median(took)), 1)


if __name__ == "__main__":
    main()
