"""The two voice engines beside each other: what Whisper hears of them, how soon, how loud.

Speaks forty of the program's own replies with each engine, has the configured Whisper write them
down, and prints a table and one JSON line. Times are the least of the repetitions, because a shared
machine only ever adds to them, with the processor time of all threads beside them; loudness is that
of ITU-R BS.1770 (K-weighted, gated).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

import numpy as np

from assistant.assemble.loading import load_voice, load_whisper
from assistant.assemble.setup import fixed_texts
from assistant.audio.resample import resample_whole, to_int16
from assistant.config import Config, config_from_dict
from assistant.hearing.transcribe import Whisper
from assistant.language.en.normalise import normalise
from assistant.messages import SAMPLE_RATE_HZ, Float32Array
from assistant.voice.prepared import LoadedVoice

SENTENCES = 40
LEAST_WORDS = 4


def chosen(config: Config) -> list[str]:
    """Forty replies of some length, evenly spread over all."""
    texts = [text for text in fixed_texts(config) if len(text.split()) >= LEAST_WORDS]
    return texts[:: max(1, len(texts) // SENTENCES)][:SENTENCES]


def spoken(voice: LoadedVoice, text: str, repeat: int) -> tuple[Float32Array, list[float]]:
    """The sound; the milliseconds to its first piece, to its last, and of the processor."""
    firsts, totals, worked = [], [], []
    for _ in range(repeat):
        start, pieces, before = time.perf_counter(), [], time.process_time()
        for piece in voice.synthesise(text, lambda: False):
            if not pieces:
                firsts.append(time.perf_counter() - start)
            pieces.append(piece)
        totals.append(time.perf_counter() - start)
        worked.append(time.process_time() - before)
    return np.concatenate(pieces), [min(times) * 1000 for times in (firsts, totals, worked)]


def errors(said: str, heard: str) -> tuple[int, int]:
    """Words that were changed, lost or added, and words that were said."""
    a, b = normalise(said).split(), normalise(heard).split()
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, start=1):
        above, row[0] = row[0], i
        for j, other in enumerate(b, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (one != other))
    return row[-1], len(a)


def hear(whisper: Whisper, sound: Float32Array, rate_hz: int) -> str:
    heard = resample_whole(sound * np.float32(0.7), rate_hz, SAMPLE_RATE_HZ)
    padded = np.pad(to_int16(heard), (6400, 3200))
    found = whisper.transcribe(padded, lambda: False)
    return found.text if found else ""


def k_weight(hz: Any) -> Any:
    """The squared gain of BS.1770's two filters, whose coefficients are those for 48 kHz."""
    z = np.exp(-2j * np.pi * hz / 48_000)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.abs(shelf * high) ** 2


def loudness(sound: Float32Array, rate_hz: int) -> float:
    """LUFS of all blocks of 400 ms above the gates."""
    size = int(0.4 * rate_hz)
    starts = range(0, len(sound) - size, size // 4)
    weight = k_weight(np.fft.rfftfreq(size, 1 / rate_hz))
    spectra = np.array([np.abs(np.fft.rfft(sound[at : at + size])) ** 2 for at in starts])
    powers = 2 * (spectra * weight).sum(axis=1) / size**2
    powers = powers[powers > 10 ** ((-70 + 0.691) / 10)]
    powers = powers[powers > powers.mean() / 10]
    return float(-0.691 + 10 * np.log10(powers.mean()))


def measure(engine: str, threads: int, whisper: Whisper, repeat: int) -> dict[str, Any]:
    config = config_from_dict({"voice": {"engine": engine, "threads": threads}})
    start = time.perf_counter()
    voice = load_voice(config)
    loaded = time.perf_counter() - start
    wrong = count = 0
    times, sounds, misheard = [], [], []
    for text in chosen(config):
        sound, taken = spoken(voice, text, repeat)
        heard = hear(whisper, sound, voice.rate_hz)
        changed, words = errors(text, heard)
        wrong, count = wrong + changed, count + words
        misheard += [(text, heard)] if changed else []
        times.append(taken)
        sounds.append(sound)
    joined = np.concatenate(sounds)
    firsts, totals, worked = zip(*times, strict=True)
    return {
        "engine": engine,
        "threads": threads,
        "load_s": round(loaded, 2),
        "word_errors": wrong,
        "words": count,
        "first_ms": round(statistics.median(firsts), 1),
        "first_p95_ms": round(float(np.percentile(firsts, 95)), 1),
        "total_ms": round(statistics.median(totals), 1),
        "cpu_ms": round(statistics.median(worked), 1),
        "sound_s": round(len(joined) / voice.rate_hz, 1),
        "lufs": round(loudness(joined, voice.rate_hz), 1),
        "peak": round(float(np.abs(joined).max()), 2),
        "misheard": misheard,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    whisper = load_whisper(Config())
    rows = []
    head = ("engine", "threads", "load s", "errors", "words", "first ms", "p95", "all ms", "CPU ms")
    print(" | ".join((*head, "sound s", "LUFS", "peak")))
    for threads in options.threads:
        for engine in ("piper", "hibari"):
            row = measure(engine, threads, whisper, options.repeat)
            print(" | ".join(str(value) for name, value in row.items() if name != "misheard"))
            rows.append(row)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
