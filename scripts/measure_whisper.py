"""Measure speech to text on recordings: words, slots, time, and noise that is taken for words.

    python scripts/measure_whisper.py words  [--model models/whisper-tiny.en] [--every 1]
        [--replies assistant/bench/replies.toml]
    python scripts/measure_whisper.py noise  [--model models/whisper-tiny.en] [--every 1]
        [--replies assistant/bench/replies.toml]

Recordings are cut as the engine cuts them: 400 ms before the first speech to 100 ms after the
last (`speech_s` in labels.tsv). `words` prints the word errors in `questions` and the `orders`
with every word of every slot in the transcript, for the short window, the full window and stock
(faster-whisper's own `transcribe`, beam of 5), and how many times faster the short window is than
stock, measured alternately in one process on the same number of threads. The words of the phrases
in `--replies` are expected, as in a conversation with that file. `noise` prints how many
cuts of noise are taken for words and how many short real utterances are dropped by `is_noise`. Half
of the files is for tuning and the other held out, by a digest of the file's name. A JSON line comes
last.

Normaliser: lower case; punctuation dropped; digits to words; ounces, oz, shots, skimmed, ice and
"ok" to one spelling each. It is the same for labels and transcripts.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from assistant.bench.baselines import StockWhisper
from assistant.config import TranscriberConfig
from assistant.hearing.hallucination import is_noise
from assistant.hearing.transcribe import Whisper
from assistant.messages import Evidence, Int16Array, Transcript, ms_to_samples
from assistant.talk.replies import load_replies

PRE_ROLL_MS, AFTER_MS = 400, 100
NOISE_CUTS_MS = (300, 600, 1000, 2000, 3000)
# fmt: off
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_SPELLINGS = {
    "ok": "okay", "oz": "ounce", "ounces": "ounce", "shots": "shot", "ice": "iced",
    "skimmed": "skim", "after party": "afterparty", "i will": "i'll", "what is": "what's",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One cut of a recording; `speech_ms` is the labelled speech in it."""

    name: str
    folder: str
    label: str
    samples: Int16Array
    speech_ms: float

    @property
    def is_held_out(self) -> bool:
        """Every second file, by a digest of its name, and the same on every machine."""
        return hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0


def number_in_words(digits: str) -> str:
    """ "42" as "forty two"; from 1000 on digit by digit."""
    value = int(digits)
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        rest = f" {number_in_words(str(value % 100))}" if value % 100 else ""
        return f"{_ONES[value // 100]} hundred{rest}"
    return " ".join(_ONES[int(digit)] for digit in digits)


def ordinal_in_words(digits: str) -> str:
    """ "4" of "4th" as "fourth"."""
    *head, last = number_in_words(digits).split()
    plain = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return " ".join([*head, _ORDINALS.get(last, plain)])


def normalised(text: str) -> list[str]:
    """The words of a label or a transcript in one spelling."""
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda m: ordinal_in_words(m[1]), text.lower())
    text = re.sub(r"\d+", lambda m: f" {number_in_words(m[0])} ", text.replace("’", "'"))
    text = " ".join(re.sub(r"[^a-z' ]", " ", text).split())
    for spelling, usual in _SPELLINGS.items():
        text = re.sub(rf"\b{spelling}\b", usual, text)
    return text.split()


def word_errors(said: list[str], heard: list[str]) -> int:
    """Substitutions, insertions and deletions (Levenshtein distance on words)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def has_every_slot(label: str, heard: list[str]) -> bool:
    """True when each word of each value ("size=twelve ounce; …") is among the words."""
    values = [slot.split("=")[1] for slot in label.split("; ")]
    return all(word in heard for value in values for word in normalised(value))


def clips(data: Path, folders: tuple[str, ...], every: int) -> Iterator[Clip]:
    """Cuts of every `every`-th recording of the folders, as the engine would make them."""
    seen: Counter[str] = Counter()
    with (data / "labels.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        folder = row["file"].split("/")[0]
        if folder not in folders or row["rate_hz"] != "16000" or row["channels"] != "1":
            continue
        seen[folder] += 1
        if (seen[folder] - 1) % every:
            continue
        samples, _ = soundfile.read(data / row["file"], dtype="int16")
        speech = json.loads(row["speech_s"] or "[]")
        if speech:
            first = max(0, ms_to_samples(speech[0][0] * 1000 - PRE_ROLL_MS))
            samples = samples[first : ms_to_samples(speech[-1][1] * 1000 + AFTER_MS)]
        speech_ms = sum(end - start for start, end in speech) * 1000 or len(samples) / 16
        yield Clip(
            name=row["file"], folder=folder, label=row["label"], samples=samples,
            speech_ms=speech_ms,
        )  # fmt: skip


def timed(whisper: Whisper | StockWhisper, samples: Int16Array) -> tuple[Transcript, float]:
    """The transcript and the seconds that it took."""
    start = time.perf_counter()
    result = whisper.transcribe(samples, lambda: False)
    assert result is not None
    return result, time.perf_counter() - start


def loaded(model: Path, window: str, threads: int, replies: Path | None) -> Whisper:
    """The program's recogniser, which expects the words of `replies`."""
    whisper = Whisper(model, TranscriberConfig(window=window, threads=threads))
    whisper.count_expected = load_replies(replies).count_own_words
    return whisper


def measure_words(
    model: Path, data: Path, every: int, threads: int, replies: Path | None
) -> dict[str, object]:
    """Word errors, slots and times of both windows and of stock, alternately."""
    windows: dict[str, Whisper | StockWhisper] = {
        window: loaded(model, window, threads, replies) for window in ("full", "short")
    }
    windows["stock"] = StockWhisper(model, beam_size=5, threads=threads)
    counts: Counter[str] = Counter()
    ratios, short_ms = [], []
    for clip in clips(data, ("questions", "orders"), every):
        seconds = {}
        for window, whisper in windows.items():
            result, seconds[window] = timed(whisper, clip.samples)
            heard = normalised(result.text)
            if clip.folder == "questions":
                counts[f"{window} errors"] += word_errors(normalised(clip.label), heard)
            else:
                half = "held out" if clip.is_held_out else "tuning"
                counts[f"{window} orders right, {half}"] += has_every_slot(clip.label, heard)
                counts[f"orders, {half}"] += window == "short"
        if clip.folder == "questions":
            counts["words"] += len(normalised(clip.label))
        if len(clip.samples) <= ms_to_samples(4000):
            ratios.append(seconds["stock"] / seconds["short"])
            short_ms.append(seconds["short"] * 1000)
    return {
        **counts,
        "recordings up to 4 s": len(ratios),
        "ms for one up to 4 s, median": round(float(np.median(short_ms)), 1),
        "times faster than stock up to 4 s, median": round(float(np.median(ratios)), 2),
        "times faster than stock up to 4 s, tenth percentile": round(
            float(np.percentile(ratios, 10)), 2
        ),
    }


def noise_cuts(data: Path, every: int) -> Iterator[Clip]:
    """One cut of each noise, of lengths that take turns, where it is loudest; then made ones."""
    for number, clip in enumerate(clips(data, ("noise",), every)):
        if "music" in clip.name:
            continue
        length = ms_to_samples(NOISE_CUTS_MS[number % len(NOISE_CUTS_MS)])
        peak = int(np.argmax(np.abs(clip.samples.astype(np.int32))))
        start = max(0, min(peak - length // 3, len(clip.samples) - length))
        samples = clip.samples[start : start + length]
        yield Clip(
            name=clip.name, folder="noise", label="", samples=samples,
            speech_ms=max(100.0, len(samples) / 16 - PRE_ROLL_MS - AFTER_MS),
        )  # fmt: skip
    random = np.random.default_rng(1)
    for number in range(0, 40, every):
        level = 10 ** random.uniform(0.5, 3.5)
        sound = random.standard_normal(ms_to_samples(1500)) * level
        if number % 2:
            sound = np.sin(np.arange(len(sound)) * 2 * np.pi * 50 * (number % 5) / 16000) * level
        yield Clip(
            name=f"made/{number}", folder="noise", label="",
            samples=sound.clip(-32768, 32767).astype(np.int16), speech_ms=500,
        )  # fmt: skip


def measure_noise(
    model: Path, data: Path, every: int, threads: int, replies: Path | None
) -> dict[str, object]:
    """What `is_noise` lets through of noise and takes away from people."""
    whisper = loaded(model, "short", threads, replies)
    counts: Counter[str] = Counter()
    spoken = clips(data, ("words", "wakewords", "questions", "hesitations"), every)
    for is_speech, source in ((False, noise_cuts(data, every)), (True, spoken)):
        for clip in source:
            result, _ = timed(whisper, clip.samples)
            why = is_noise(result, Evidence(speech_ms=clip.speech_ms, span_ms=clip.speech_ms))
            half = "held out" if clip.is_held_out else "tuning"
            kind = clip.folder if is_speech else "noise"
            counts[f"{kind}, {half}"] += 1
            counts[f"{kind} {'dropped' if is_speech else 'accepted'}, {half}"] += (
                why is not None
            ) == is_speech
            print(
                f"{kind:10s} {clip.name:48.48s} {clip.speech_ms:6.0f} {result.avg_logprob:6.2f} "
                f"{result.no_speech_prob:5.2f} {why or '-':24.24s} {result.text[:60]!r}",
                flush=True,
            )
    return dict(counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("words", "noise"))
    parser.add_argument("--model", type=Path, default=Path("models/whisper-tiny.en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--replies", type=Path, help="a file of replies whose words are expected")
    parser.add_argument("--every", type=int, default=1, help="only every n-th recording")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    measure = measure_words if given.what == "words" else measure_noise
    found = measure(given.model, given.data, given.every, given.threads, given.replies)
    for name, value in sorted(found.items()):
        print(f"{name:48s} {value}")
    print(json.dumps({"model": given.model.name, "what": given.what, **found}))


if __name__ == "__main__":
    main()
