"""Measure recognisers against each other: words, commands, time; and a second look by the larger.

    python scripts/measure_recognisers.py words [--every 5] [--json FILE]
    python scripts/measure_recognisers.py time

`words` gives the same cuts to each model: `questions` (word errors), every n-th of `orders` and
home commands by the program's voices, both clean and at 12 dB (share understood, as `assistant eval
hear` counts), with the short window, what was heard freely and with known phrases; questions and
clean orders with each beam, the rest with that of 3. It then counts what a second look by the
larger model would gain where the smaller one's mean log-probability is below a bar.
`time` gives cuts of 1.5, 3 and 6 s to each model with each beam on
one and on two threads, in turns in one process: medians of the processor's and of the clock's
milliseconds. On a busy machine only processor time and ratios count. A JSON line comes last.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from assistant.bench.hear.commands import Case, commanded, ordered
from assistant.bench.hear.ear import Ear, Heard
from assistant.bench.hear.kit import Kit
from assistant.bench.hear.recordings import cuts
from assistant.bench.hear.table import COMMANDS, read_commands
from assistant.bench.hear.words import normalised, word_errors
from assistant.config import Config, TranscriberConfig
from assistant.hearing import transcribe
from assistant.hearing.transcribe import Whisper

BEAMS = (1, 3, 5)
LENGTHS_S = (1.5, 3.0, 6.0)
BARS = (-0.3, -0.4, -0.5, -0.6, -0.8)
SNR_DB = 12.0
SECOND_BEAM = 3
OF_EACH_LENGTH = 9
SMALL, LARGE = "whisper-tiny.en", "whisper-base"


def cases(kit: Kit, every: int) -> Iterator[tuple[str, str, Case]]:
    """What is heard: kind, the example that understands it, and the case; clean, then in noise."""
    for cut in cuts(kit.data, ("questions",)):
        yield "questions", "home.py", Case(cut, lambda decision: False)
    table = read_commands(COMMANDS)
    spoken = [
        Case(kit.speakers[number % len(kit.speakers)].say(command.text), commanded(command))
        for number, command in enumerate(table)
    ]
    recorded = [
        Case(cut, ordered(cut.label)) for cut in cuts(kit.data, ("orders",), every) if cut.speech
    ]
    for kind, example, found in (
        ("orders", "barista.py", recorded),
        ("commands", "home.py", spoken),
    ):
        for case in found:
            yield kind, example, case
            samples, _ = kit.pool.under(case.cut.name, case.cut.samples, case.cut.speech, SNR_DB)
            noisy = Case(replace(case.cut, samples=samples), case.is_right)
            yield f"{kind}, {SNR_DB:g} dB", example, noisy


def score(kind: str, ear: Ear, case: Case, heard: Heard, text: str) -> tuple[int, int]:
    """(wrong words or 1 for a command that is not understood, words or 1)."""
    if kind == "questions":
        said = normalised(case.cut.label)
        return word_errors(said, normalised(text)), len(said)
    return int(not case.is_right(ear.decide(text))), 1


def measure_words(kit: Kit, every: int, folder: Path) -> dict[str, object]:
    """Errors of each model and beam, and of the second looks."""
    models = {name: Whisper(folder / name, TranscriberConfig(threads=1)) for name in (SMALL, LARGE)}
    ears = {
        (name, example): kit.ear(example, whisper=whisper)
        for name, whisper in models.items()
        for example in ("home.py", "barista.py")
    }
    errors: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    for number, (kind, example, case) in enumerate(cases(kit, every)):
        if number % 20 == 0:
            so_far = {key: [errors[key], wholes[key]] for key in wholes}
            kit.say(f"case {number}: {json.dumps(so_far)}")
        heard = {}
        for name in models:
            ear = ears[name, example]
            for beam in BEAMS if kind in ("questions", "orders") else (SECOND_BEAM,):
                transcribe.BEAM_SIZE = beam
                one = heard[name, beam] = ear.hear(case.cut)
                for what, text in (("fused", one.text), ("free", one.free)):
                    key = f"{name}, beam {beam}, {what}: {kind}"
                    wrong, whole = score(kind, ear, case, one, text)
                    errors[key] += wrong
                    wholes[key] += whole
        small, large = heard[SMALL, SECOND_BEAM], heard[LARGE, SECOND_BEAM]
        for bar in BARS:
            taken = large if small.avg_logprob < bar else small
            key = f"second look below {bar}: {kind}"
            wrong, whole = score(kind, ears[SMALL, example], case, taken, taken.text)
            errors[key] += wrong
            wholes[key] += whole
            looked = f"looks below {bar}: {kind}"
            errors[looked] += small.avg_logprob < bar
            wholes[looked] += 1
    return {key: [errors[key], wholes[key]] for key in wholes}


def measure_time(kit: Kit, folder: Path) -> dict[str, object]:
    """Medians of processor and clock milliseconds by model, threads, beam and length."""
    found = list(cuts(kit.data, ("questions", "orders"), 3))
    sounds = {
        seconds: [
            replace(cut, samples=cut.samples[: round(seconds * 16_000)])
            for cut in found
            if len(cut.samples) >= seconds * 16_000
        ][:OF_EACH_LENGTH]
        for seconds in LENGTHS_S
    }
    models = {
        (name, threads): Whisper(folder / name, TranscriberConfig(threads=threads))
        for name in (SMALL, LARGE)
        for threads in (1, 2)
    }
    for whisper in models.values():
        whisper.warm_up()
    spent: dict[str, list[tuple[float, float]]] = {}
    for seconds, few in sounds.items():
        for cut in few:
            for (name, threads), whisper in models.items():
                for beam in BEAMS:
                    transcribe.BEAM_SIZE = beam
                    wall_s, cpu_s = time.perf_counter(), time.process_time()
                    whisper.transcribe(cut.samples, lambda: False)
                    key = f"{name}, {threads} threads, beam {beam}, {seconds:g} s"
                    spent.setdefault(key, []).append(
                        (time.process_time() - cpu_s, time.perf_counter() - wall_s)
                    )
    return {
        key: [round(1000 * statistics.median(column), 1) for column in zip(*pairs, strict=True)]
        for key, pairs in spent.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("words", "time"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--every", type=int, default=5, help="every n-th order")
    given = parser.parse_args()
    kit = Kit(config=Config(), data=given.data, say=lambda text: print(text, flush=True))
    if given.what == "words":
        found = measure_words(kit, given.every, given.models)
    else:
        found = measure_time(kit, given.models)
    for name, value in sorted(found.items()):
        print(f"{name:52s} {value}")
    print(json.dumps({"what": given.what, **found}))


if __name__ == "__main__":
    main()
