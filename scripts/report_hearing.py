"""Read what `assistant hear --json --record FOLDER` left, and report words and latencies.

    assistant hear --json --record out --conversation ../shared/data/questions/*.flac > turns.jsonl
    python scripts/report_hearing.py turns.jsonl out ../shared/data

Prints the word error rate against labels.tsv, the latency from the end of the user's speech to the
first audible sample (p50, p95, worst; nearest rank) in all and by source, the median of each stage,
and the largest difference between the first sound in the JSON and in the right channel of the
recording (first sample at or above -44 dBFS). One JSON line comes last.
"""

from __future__ import annotations

import csv
import json
import math
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import soundfile

from assistant.bench.hear.words import normalised, word_errors

AUDIBLE = 0.006


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile: always a value that was measured."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def labels(data: Path) -> dict[str, str]:
    """File name to its words, for recordings that are labelled with text."""
    with (data / "labels.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {Path(r["file"]).name: r["label"] for r in rows if r["label_kind"] == "text"}


def first_sound_s(recording: Path, after_s: float) -> float:
    """Where the right channel becomes audible after a moment, in seconds."""
    stereo, rate_hz = soundfile.read(recording, dtype="float32")
    start = int(after_s * rate_hz)
    loud = np.flatnonzero(np.abs(stereo[start:, 1]) >= AUDIBLE)
    return (start + int(loud[0])) / rate_hz if loud.size else math.nan


def main() -> None:
    """Print the report."""
    turns = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    folder, said_in = Path(sys.argv[2]), labels(Path(sys.argv[3]))
    heard: dict[str, list[str]] = defaultdict(list)
    for turn in turns:
        heard[Path(turn["file"]).name].append(turn["transcript"])
    words = errors = 0
    for name, texts in heard.items():
        said = normalised(said_in[name])
        words += len(said)
        errors += word_errors(said, normalised(" ".join(texts)))
    latencies: dict[str, list[float]] = defaultdict(list)
    stages: dict[str, list[float]] = defaultdict(list)
    differences = []
    for turn in turns:
        if turn["first_audio_s"] is None:
            continue
        for key in ("all", turn["source"]):
            latencies[key].append(turn["latency_ms"])
        for stage, ms in turn["stages"].items():
            stages[stage].append(ms)
        recording = folder / f"{Path(turn['file']).stem}.wav"
        audible_s = first_sound_s(recording, turn["commit_s"] - 0.001)
        differences.append(abs(audible_s - turn["first_audio_s"]) * 1000)
    print(f"{len(heard)} recordings, {len(turns)} answered turns")
    print(f"word error rate {100 * errors / words:.1f} % ({errors} of {words} words)")
    for key, values in latencies.items():
        p50, p95, worst = percentile(values, 0.5), percentile(values, 0.95), max(values)
        print(f"{key:12} n={len(values):3}  p50 {p50:5.0f}  p95 {p95:5.0f}  worst {worst:5.0f} ms")
    for stage, values in stages.items():
        print(f"  {stage:13} median {statistics.median(values):5.0f} ms")
    print(f"JSON against recording: at most {max(differences):.1f} ms apart")
    card = {
        "recordings": len(heard),
        "turns": len(turns),
        "wer": round(errors / words, 4),
        "p50_ms": {key: round(percentile(v, 0.5)) for key, v in latencies.items()},
        "p95_ms": {key: round(percentile(v, 0.95)) for key, v in latencies.items()},
        "worst_difference_ms": round(max(differences), 2),
    }
    print(json.dumps(card))


if __name__ == "__main__":
    main()
