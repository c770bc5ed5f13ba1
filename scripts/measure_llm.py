"""What reading ahead is worth: the first token of ten real questions, with it and without.

`python scripts/measure_llm.py [THREADS]`, with the recordings' labels in ../shared/data. The words
up to 400 ms before the end of a question are revealed first, spread evenly over its speech.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import statistics
import sys
import time
from pathlib import Path

from assistant.assemble.roles import model_path
from assistant.config import Config
from assistant.language.en.prompt import opening
from assistant.model.llm import LanguageModel

LABELS = Path(__file__).resolve().parents[2] / "shared" / "data" / "labels.tsv"
UNSEEN_S = 0.4
REPEATS = 5


def never() -> bool:
    return False


def seen(question: str, speech_s: float) -> str:
    """The words of `question` that were spoken whole `UNSEEN_S` before its end."""
    words: list[str] = []
    for word in question.split():
        letters = len(" ".join([*words, word]))
        if letters / len(question) * speech_s > speech_s - UNSEEN_S:
            break
        words.append(word)
    return " ".join(words)


def main() -> None:
    """Print medians of wall time, of this thread's CPU time and of evaluated tokens."""
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    llm = dataclasses.replace(Config().llm, threads=threads)
    model = LanguageModel(model_path(Config(), "llm"), llm)
    with LABELS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    questions = [row for row in rows if row["file"].startswith("questions/")][:10]
    found: dict[bool, list[tuple[float, float, int]]] = {False: [], True: []}
    for _ in range(REPEATS):
        for row in questions:
            speech_s = sum(end - start for start, end in json.loads(row["speech_s"]))
            for is_ahead, times in found.items():
                ahead = seen(row["label"], speech_s) if is_ahead else ""
                times.append(first_token(model, ahead, row["label"]))
    for is_ahead, times in found.items():
        wall, cpu, tokens = (statistics.median(column) for column in zip(*times, strict=True))
        name = "with reading ahead" if is_ahead else "without"
        print(f"{name:<20}{wall:7.0f} ms, {cpu:6.0f} ms of CPU, {tokens:.0f} tokens evaluated")


def first_token(model: LanguageModel, ahead: str, question: str) -> tuple[float, float, int]:
    """Milliseconds, milliseconds of this thread's CPU and tokens to the first piece of text."""

    def asked(text: str) -> list[dict[str, str]]:
        return [*opening(""), {"role": "user", "content": text}]

    model.anticipate(asked("Zebra"), never)  # drops what is left of the question before
    model.anticipate(asked(ahead), never)
    before = model.evaluated_tokens
    start, cpu = time.perf_counter(), time.thread_time()
    stream = model.stream(asked(question), never)
    next(stream, None)
    wall_ms, cpu_ms = (time.perf_counter() - start) * 1000, (time.thread_time() - cpu) * 1000
    return wall_ms, cpu_ms, model.evaluated_tokens - before


if __name__ == "__main__":
    main()
