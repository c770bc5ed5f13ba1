"""Fit the margin by which a known phrase wins against what was heard freely.

    python scripts/fit_heard.py [--every 1] [--model models/whisper-tiny.en] [--rows rows.jsonl]
    python scripts/fit_heard.py --from rows.jsonl

Sound: the phrases of scripts/heard_phrases.tsv, spoken by Piper and hibari, clean and mixed with
half of the noises of ../shared/data at 18, 12 and 6 dB; the development half of the recorded
orders, clean and at 12 dB; and what must not become a command: the other kinds of that file,
`questions`, `hesitations`, pieces of `voicenotes`, `callers` and `meetings`, and cuts of noise. The
shortlist is this script's own and plain: the six known phrases that are spelled most alike and some
short ones; of an order, the words of the menu in the place of words that are spelled alike.

Prints for each least gain of a phrase (`hearing/known.py`) how many commands and orders are right,
and how many of the others were bent into a phrase. `held back` are the commands once more, without
the phrase that was said among the candidates: whatever wins then is wrong. A JSON line comes last.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from measure_whisper import clips, has_every_slot, noise_cuts, normalised
from rapidfuzz import fuzz

from assistant.config import TranscriberConfig, VoiceConfig
from assistant.hearing import known
from assistant.hearing.scoring import Scored
from assistant.hearing.transcribe import Whisper
from assistant.hearing.windows import to_float
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array
from assistant.voice.hibari_voice import HibariVoice
from assistant.voice.piper_voice import PiperVoice

PHRASES = Path(__file__).with_name("heard_phrases.tsv")
SNRS_DB = (None, 18, 12, 6)
GAINS = (-9.0, -7.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0)
MEANS = (-4.0, -3.25, -2.75, -2.25)
SPONTANEOUS = ("voicenotes", "callers", "meetings")
PIECES_S = (2, 3, 5)
SOME = ("some", "a bit of", "a little bit of", "a lot of", "lots of")
MENU = (
    "milk", "whole milk", "skim milk", "soy milk", "almond milk", "cream", "coffee", "drip coffee",
    "house coffee", "iced coffee", "cappuccino", "americano", "latte", "espresso", "mocha",
    "iced mocha", "sugar", "brown sugar", "sweetener", "small", "medium", "large", "8 ounce",
    "12 ounce", "16 ounce", "20 ounce", "light roast", "medium roast", "dark roast", "single shot",
    "double shot", "triple shot", *SOME,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sound: what was said (an order: its slots) and the scores: (text, logarithms) of what was
    heard freely and of the phrases."""

    kind: str
    said: str
    snr: int | None
    scores: list[tuple[str, list[float]]]

    def choice(self, without: str = "") -> known.Choice | None:
        """What wins, with `without` not among the candidates."""
        free, *others = (Scored(text, tuple(logs)) for text, logs in self.scores)
        return known.choose(free, [one for one in others if _key(one.text) != _key(without)])

    @property
    def free(self) -> str:
        """What was heard freely."""
        return self.scores[0][0]


def _key(text: str) -> str:
    return " ".join(normalised(text))


# -- sound -----------------------------------------------------------------------------------------


def phrases(*kinds: str) -> list[tuple[str, str]]:
    """(kind, text) of the phrases file."""
    with PHRASES.open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t") if not row[0].startswith("#")]
    return [(kind, text) for kind, text in rows if not kinds or kind in kinds]


class Noises:
    """Half of the noises, by a digest of the file's name, in an order that is always the same."""

    def __init__(self, data: Path) -> None:
        files = sorted((data / "noise").glob("*.flac"))
        self._files = [f for f in files if hashlib.sha256(f.name.encode()).digest()[0] % 2]
        self._random = np.random.default_rng(1)

    def over(self, sound: Float32Array, snr_db: int | None) -> Float32Array:
        """float32[n] with a piece of noise so far below its loud parts."""
        if snr_db is None:
            return sound
        power = float(np.mean(sound[np.abs(sound) > 0.02] ** 2))
        loudness = 0.0
        while loudness < 1e-7:
            file = self._files[self._random.integers(len(self._files))]
            noise, rate_hz = soundfile.read(file, dtype="float32", always_2d=True)
            noise = soxr.resample(noise[:, 0], rate_hz, SAMPLE_RATE_HZ)
            noise = np.resize(noise, max(len(noise), 2 * len(sound)))
            at = self._random.integers(len(noise) - len(sound))
            noise = noise[at : at + len(sound)]
            loudness = float(np.mean(noise**2))
        louder = np.sqrt(power / loudness / 10 ** (snr_db / 10))
        return np.asarray(sound + louder * noise, np.float32)


def sounds(data: Path, every: int) -> Iterator[tuple[str, str, int | None, Int16Array]]:
    """(kind, what was said, SNR, int16[n] at 16 kHz)."""
    noises = Noises(data)
    joe = Path("models/piper-en_US-joe-medium/en_US-joe-medium.onnx")
    voices = (PiperVoice(joe, VoiceConfig()), HibariVoice(VoiceConfig(engine="hibari")))
    for kind, text in phrases()[::every]:
        for voice in voices:
            spoken = np.concatenate(list(voice.synthesise(text, lambda: False)))
            spoken = np.asarray(
                soxr.resample(spoken, voice.rate_hz, SAMPLE_RATE_HZ) / 2, np.float32
            )
            sound: Float32Array = np.pad(
                spoken, (round(0.4 * SAMPLE_RATE_HZ), round(0.1 * SAMPLE_RATE_HZ))
            )
            for snr in SNRS_DB:
                yield kind, text, snr, _as_int16(noises.over(sound, snr))
    for clip in clips(data, ("questions", "hesitations", "orders", *SPONTANEOUS), every):
        if clip.folder in SPONTANEOUS:
            yield from _pieces(clip.folder, clip.samples)
        elif clip.folder != "orders" or not clip.is_held_out:
            yield clip.folder, clip.label, None, clip.samples
            if clip.folder == "orders":
                mixed = noises.over(to_float(clip.samples), 12)
                yield clip.folder, clip.label, 12, _as_int16(mixed)
    for clip in noise_cuts(data, every):
        yield "noise", "", None, clip.samples


def _pieces(kind: str, samples: Int16Array) -> Iterator[tuple[str, str, None, Int16Array]]:
    """Eight pieces of 2, 3 and 5 s: words that begin and end anywhere."""
    for number in range(8):
        first, length = number * 6 * SAMPLE_RATE_HZ, PIECES_S[number % 3] * SAMPLE_RATE_HZ
        if len(samples) > first + length:
            yield kind, "", None, samples[first : first + length]


def _as_int16(sound: Float32Array) -> Int16Array:
    return (np.clip(sound, -1, 1) * 32767).astype(np.int16)


# -- candidates ------------------------------------------------------------------------------------


def shortlist(pool: Sequence[str], heard: Sequence[str]) -> list[str]:
    """The six phrases that are spelled most alike, then three short ones."""
    keys = [_key(one) for one in heard]
    alike = sorted(
        pool, key=lambda phrase: -max(fuzz.ratio(_key(phrase), one) for one in keys or [""])
    )
    short = [phrase for phrase in pool if len(phrase.split()) <= 2]
    return list(dict.fromkeys([*alike[:6], *random.Random(heard[0]).sample(short, 3)]))


def menu_phrases(heard: Sequence[str]) -> list[str]:
    """The texts with words of the menu in the place of words that are spelled alike; ten."""
    found: dict[str, float] = {}
    for text in heard:
        words = text.rstrip(".?!").split()
        end = text[len(text.rstrip(".?!")) :] or "."
        swaps = sorted(_swaps(words), reverse=True)[:8]
        for likeness, first, last, term in swaps:
            begin = [*words[:first], term]
            phrase = " ".join([*begin, *words[last:]]) + end
            found[phrase] = max(found.get(phrase, 0), likeness)
            for other, start, stop, second in swaps:
                if start >= last:
                    both = [*begin, *words[last:start], second, *words[stop:]]
                    phrase = " ".join(both) + end
                    found[phrase] = max(found.get(phrase, 0), min(likeness, other) - 1)
    return sorted(found, key=lambda phrase: -found[phrase])[:10]


def _swaps(words: Sequence[str]) -> Iterator[tuple[float, int, int, str]]:
    for first in range(len(words)):
        for last in range(first + 1, min(first + 3, len(words)) + 1):
            span = re.sub(r"[^a-z0-9 ]", "", " ".join(words[first:last]).lower())
            for term in MENU:
                likeness = fuzz.ratio(span, term)
                if span != term and likeness >= 55:
                    yield likeness, first, last, term


# -- rows and table --------------------------------------------------------------------------------


def collect(model: Path, data: Path, every: int) -> Iterator[Row]:
    """The scores of the sounds of every `every`-th phrase and recording."""
    whisper = Whisper(model, TranscriberConfig())
    pool = [text for _, text in phrases("known", "new")]
    seen: list[tuple[Scored, Sequence[Scored]]] = []

    def note(free: Scored, others: Sequence[Scored]) -> None:
        seen.append((free, others))

    whisper.choose = note
    for kind, said, snr, samples in sounds(data, every):
        seen.clear()
        by = menu_phrases if kind == "orders" else lambda heard: shortlist(pool, heard)
        whisper.candidates = by
        result = whisper.transcribe(samples, lambda: False)
        assert result is not None
        scored = [(one.text, list(one.logprobs)) for free, rest in seen for one in (free, *rest)]
        yield Row(kind=kind, said=said, snr=snr, scores=scored or [(result.text, [])])


def counted(rows: Sequence[Row]) -> dict[str, int]:
    """Rights and bends with the constants as they stand."""
    counts: Counter[str] = Counter()
    for row in rows:
        choice = row.choice()
        text = choice.text if choice else row.free
        if row.kind in ("known", "new"):
            counts[f"{row.kind} right"] += _key(text) == _key(row.said)
            counts["held back"] += row.choice(without=row.said) is not None
        elif row.kind == "orders":
            counts["orders right"] += has_every_slot(row.said, normalised(text))
        else:
            counts[row.kind] += choice is not None
    return counts


def show(rows: Sequence[Row]) -> dict[str, Any]:
    """Print the table; the counts with the constants of the program."""
    sizes = Counter(row.kind for row in rows)
    sizes["held back"] = sizes["known"] + sizes["new"]
    right = [f"{kind} right" for kind in ("known", "new", "orders")]
    bent = ["held back", *(k for k in sizes if k not in ("known", "new", "orders", "held back"))]
    print("gain   mean  " + "  ".join([*right, *bent]))
    print(
        "of           " + "  ".join(str(sizes[one.removesuffix(" right")]) for one in right + bent)
    )
    own = (known.LEAST_GAIN, known.LEAST_MEAN)
    for gain, mean in [(9.9, 0.0), *((g, own[1]) for g in GAINS), *((own[0], m) for m in MEANS)]:
        known.LEAST_GAIN, known.LEAST_MEAN = gain, mean
        counts = counted(rows)
        cells = (f"{counts[one]:{len(one)}d}" for one in [*right, *bent])
        print(f"{gain:5.1f} {mean:5.2f}  " + "  ".join(cells))
    known.LEAST_GAIN, known.LEAST_MEAN = own
    return {"least gain": own[0], "least mean": own[1], **counted(rows)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("models/whisper-tiny.en"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--every", type=int, default=1, help="only every n-th phrase and recording")
    parser.add_argument("--rows", type=Path, help="keep the scores in this file")
    parser.add_argument("--from", dest="kept", type=Path, help="scores that were kept")
    given = parser.parse_args()
    if given.kept is not None:
        rows = [Row(**json.loads(line)) for line in given.kept.read_text().splitlines()]
    else:
        rows = list(collect(given.model, given.data, given.every))
    if given.rows is not None:
        given.rows.write_text("".join(f"{json.dumps(asdict(row))}\n" for row in rows))
    print(json.dumps(show(rows)))


if __name__ == "__main__":
    main()
