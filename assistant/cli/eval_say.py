"""`assistant eval say`: is what the voice is given right, and is it understood?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from assistant.assemble.loading import load_voice, load_whisper
from assistant.bench import saying
from assistant.cli.options import ConfigOption, read_config
from assistant.config import Config
from assistant.language.en.speakable import warm_up


def eval_say(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Tables: text, spoken, kind (tabs between).")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Speak and hear 40 sentences instead of 200.")
    ] = False,
    silent: Annotated[
        bool, typer.Option("--silent", help="The tables alone; load no voice and no recogniser.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a part.")] = False,
    config: ConfigOption = None,
) -> None:
    """Compare what the voice is given with what is right; speak numbers and hear them again."""
    settings = read_config(config)
    warm_up()
    tables = {file: saying.read_table(file) for file in files or []}
    for file, lines in tables.items():
        _print_table(file, [saying.judge(line) for line in lines], as_json=as_json)
    if silent:
        return
    count = saying.QUICK_SENTENCES if quick else saying.SENTENCES
    hear = _hearing_itself(settings)
    found = []
    for one in saying.round_trip(saying.sentences(count), hear):
        found.append(one)
        if not one.is_understood and not as_json:
            print(f"MISS {one.text} → {one.said} → {one.heard}", flush=True)
    _print_heard(found, as_json=as_json)


def _print_table(file: Path, judged: list[saying.Judged], *, as_json: bool) -> None:
    right, exact = sum(one.is_right for one in judged), sum(one.is_exact for one in judged)
    median, high = saying.times_us(judged)
    kinds = saying.by_kind(judged)
    if as_json:
        print(json.dumps({
            "file": file.name, "lines": len(judged), "right": right, "exact": exact,
            "us_p50": round(median), "us_p95": round(high), "kinds": kinds,
        }))  # fmt: skip
        return
    for one in judged:
        if not one.is_right:
            print(
                f"MISS {one.line.kind}: {one.line.text!r} → {one.said!r}, not {one.line.spoken!r}"
            )
    print("  ".join(f"{kind} {good}/{count}" for kind, (good, count) in kinds.items()))
    print(
        f"{file.name}: right {right} of {len(judged)} ({right / len(judged):.1%}), to the sign "
        f"{exact}; a clause p50 {median:.0f} µs, p95 {high:.0f} µs"
    )


def _hearing_itself(settings: Config) -> Callable[[str], str]:
    """Words to what the program's recogniser understands when the program's voice says them."""
    import numpy as np

    from assistant.audio.resample import resample_whole, to_int16
    from assistant.messages import SAMPLE_RATE_HZ

    voice, whisper = load_voice(settings), load_whisper(settings)

    def hear(spoken: str) -> str:
        pieces = list(voice.synthesise(spoken, lambda: False))
        if not pieces:
            return ""
        sound = np.concatenate(pieces) * np.float32(_LOUDNESS)
        samples = to_int16(resample_whole(sound, voice.rate_hz, SAMPLE_RATE_HZ))
        found = whisper.transcribe(np.pad(samples, _QUIET), lambda: False)
        return found.text if found else ""

    return hear


_LOUDNESS = 0.7
_QUIET = (6400, 3200)
"""Samples of silence before and behind, as a recording has it."""


def _print_heard(found: list[saying.Heard], *, as_json: bool) -> None:
    kinds: dict[str, list[int]] = {}
    for one in found:
        counted = kinds.setdefault(one.kind, [0, 0])
        counted[0] += one.is_understood
        counted[1] += 1
    understood = sum(one.is_understood for one in found)
    if as_json:
        print(json.dumps({"sentences": len(found), "understood": understood, "kinds": kinds}))
        return
    print("  ".join(f"{kind} {good}/{count}" for kind, (good, count) in kinds.items()))
    print(f"numbers understood: {understood} of {len(found)} ({understood / len(found):.1%})")
