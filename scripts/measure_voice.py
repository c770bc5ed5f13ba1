"""First sound and total of the voice, streamed against the whole clause at once.

Prints a table for sentences of 1, 5, 10, 20 and 30 words at 1 and 2 threads, and one JSON line
last. Wall time is the least of the repetitions, because a shared machine only ever adds to it; CPU
time is that of the calling thread, which at one thread is all the work there is. The difference is
the largest between the joined chunks and the whole graph, without noise.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant.assemble.roles import model_path
from assistant.config import Config, VoiceConfig
from assistant.messages import Float32Array
from assistant.voice.piper_voice import PiperVoice
from assistant.voice.trimming import first_audible
from assistant.voice.voice_graph import ChunkedGraph, Sessions

WORDS = (
    "the weather in the north of the country will be quite cold tomorrow with some rain in the "
    "late afternoon and then it clears up again before the evening comes to an end"
).split()
COUNTS = (1, 5, 10, 20, 30)
CHUNKS = (16, 16, 28, 56, 96)
CALM = VoiceConfig(noise_scale=0.0, noise_w_scale=0.0)


def sentence(words: int) -> str:
    return " ".join(WORDS[:words]).capitalize() + "."


def least(runs: list[tuple[float, float]]) -> dict[str, float]:
    """The least wall and CPU time of the runs, in milliseconds."""
    return {
        "ms": round(min(wall for wall, _ in runs) * 1000, 1),
        "cpu_ms": round(min(cpu for _, cpu in runs) * 1000, 1),
    }


def timed(work: Callable[[], Any], repeat: int) -> dict[str, float]:
    runs = []
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.thread_time()
        work()
        runs.append((time.perf_counter() - wall, time.thread_time() - cpu))
    return least(runs)


def feed(ids: list[int]) -> dict[str, Any]:
    return {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array([0, 1, 0], np.float32),
    }


def whole(session: Any, given: dict[str, Any]) -> Float32Array:
    sound: Float32Array = session.run(None, given)[0]
    return sound.reshape(-1)


def joined(graph: ChunkedGraph, given: dict[str, Any]) -> Float32Array:
    speech = graph.begin(given)
    pieces: list[Float32Array] = []
    while not speech.is_over:
        pieces.append(speech.decode(CHUNKS[min(len(pieces), len(CHUNKS) - 1)]))
    return np.concatenate(pieces)


def first(speak: Callable[[], Iterator[Float32Array]]) -> Float32Array:
    return next(speak())


def everything(speak: Callable[[], Iterator[Float32Array]]) -> list[Float32Array]:
    return list(speak())


def measure(path: Path, cache: Path, threads: int, repeat: int) -> list[dict[str, Any]]:
    """One row a sentence."""
    sessions = Sessions(threads, ["CPUExecutionProvider"])
    at_once = sessions.open(path)
    voice = PiperVoice(path, CALM, threads, cache)
    voice.warm_up()
    if voice.whole_because:
        raise SystemExit(f"{path.name} is not streamed: {voice.whole_because}")
    graph = voice.graph
    assert isinstance(graph, ChunkedGraph)
    rows = []
    for count in COUNTS:
        text = sentence(count)
        given = feed(voice.sentences(text)[0])
        sound = whole(at_once, given)
        speak = partial(voice.synthesise, text, lambda: False)
        silence = (first_audible(sound) or 0) / voice.rate_hz
        rows.append(
            {
                "threads": threads,
                "words": count,
                "phonemes": int(given["input_lengths"][0]),
                "seconds": round(sound.size / voice.rate_hz, 2),
                "silence_ms": round(silence * 1000),
                "whole": timed(partial(whole, at_once, given), repeat),
                "text": timed(partial(graph.begin, given), repeat),
                "first": timed(partial(first, speak), repeat),
                "total": timed(partial(everything, speak), repeat),
                "difference": float(np.max(np.abs(joined(graph, given) - sound))),
            }
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--voice", type=Path, help="an .onnx file; default: the profile's voice")
    options = parser.parse_args()
    path = options.voice or model_path(Config(), "voice")
    rows = []
    print(
        "threads words seconds | whole ms (CPU) | text | first sound | total | first/whole | diff"
    )
    with tempfile.TemporaryDirectory() as cache:
        for threads in options.threads:
            for row in measure(path, Path(cache), threads, options.repeat):
                cells = (
                    f"{row[name]['ms']:6.0f} ({row[name]['cpu_ms']:4.0f})"
                    for name in ("whole", "text", "first", "total")
                )
                ratio = row["first"]["ms"] / row["whole"]["ms"]
                head = f"{threads:7} {row['words']:5} {row['seconds']:7.2f}"
                print(head, "|", " | ".join(cells), f"| {ratio:.2f} | {row['difference']:.1e}")
                rows.append(row)
    print(json.dumps({"voice": path.stem, "rows": rows}))


if __name__ == "__main__":
    main()
