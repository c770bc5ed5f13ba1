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
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.bench.baselines import StockWhisper
from assistant.bench.hear.recordings import AFTER_MS, PRE_ROLL_MS, Cut, cuts
from assistant.bench.hear.words import has_every_slot, normalised, word_errors
from assistant.config import TranscriberConfig
from assistant.hearing.hallucination import is_noise
from assistant.hearing.transcribe import Whisper
from assistant.messages import Evidence, Int16Array, Transcript, ms_to_samples
from assistant.talk.replies import load_replies

NOISE_CUTS_MS = (300, 600, 1000, 2000, 3000)


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
    for clip in cuts(data, ("questions", "orders"), every):
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


def noise_cuts(data: Path, every: int) -> Iterator[Cut]:
    """One cut of each noise, of lengths that take turns, where it is loudest; then made ones."""
    for number, clip in enumerate(cuts(data, ("noise",), every)):
        if "music" in clip.name:
            continue
        length = ms_to_samples(NOISE_CUTS_MS[number % len(NOISE_CUTS_MS)])
        peak = int(np.argmax(np.abs(clip.samples.astype(np.int32))))
        start = max(0, min(peak - length // 3, len(clip.samples) - length))
        samples = clip.samples[start : start + length]
        yield Cut(
            name=clip.name, folder="noise", label="", samples=samples,
            speech=((0, max(1600, len(samples) - ms_to_samples(PRE_ROLL_MS + AFTER_MS))),),
        )  # fmt: skip
    random = np.random.default_rng(1)
    for number in range(0, 40, every):
        level = 10 ** random.uniform(0.5, 3.5)
        sound = random.standard_normal(ms_to_samples(1500)) * level
        if number % 2:
            sound = np.sin(np.arange(len(sound)) * 2 * np.pi * 50 * (number % 5) / 16000) * level
        yield Cut(
            name=f"made/{number}", folder="noise", label="",
            samples=sound.clip(-32768, 32767).astype(np.int16), speech=((0, 8000),),
        )  # fmt: skip


def measure_noise(
    model: Path, data: Path, every: int, threads: int, replies: Path | None
) -> dict[str, object]:
    """What `is_noise` lets through of noise and takes away from people."""
    whisper = loaded(model, "short", threads, replies)
    counts: Counter[str] = Counter()
    spoken = cuts(data, ("words", "wakewords", "questions", "hesitations"), every)
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
