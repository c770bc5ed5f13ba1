"""Measure when turns are taken for complete: how many are cut, and how long the rest wait.

    python scripts/measure_endpointing.py collect [--folders orders,questions] [--files 100]
    python scripts/measure_endpointing.py report

`collect` sends recordings through detector and tracker, asks SmartTurn at several moments of every
pause and keeps the answers in a file (slow, once). `report` plays policies against that file
(fast): a pause is cut when the commit comes before it ends, a turn when one of its pauses is; the
wait is that of the last pause, from the end of the speech. Half of the files, by a hash of their
names, are for tuning, the others held out; the words are not used.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from measure_vad import Clip, clips, frames, with_tail

from assistant.audio.vad import make_detector
from assistant.config import TurnConfig, VadConfig
from assistant.messages import FRAME_MS, SAMPLE_RATE_HZ
from assistant.turn.endpointing import wait_ms
from assistant.turn.smart_turn import SmartTurn
from assistant.turn.tracker import TurnTracker

GROUPS = {
    "commands": ("orders", "questions"),
    "spontaneous": ("voicenotes", "hesitations"),
    "callers": ("callers",),
}
MOMENTS_MS = (60, 200, 300, 400, 600, 1000)
JUDGING_MS = 100  # what a judgement takes on a slow processor, on a thread beside the ears
TIMERS_MS = (300, 500, 700, 1000, 1500)
ENDLESS = TurnConfig(shortest_wait_ms=5000, longest_wait_ms=10_000, longest_turn_s=600.0)
Policy = Callable[[float, float], float]
"""SmartTurn's probability and the speech so far in milliseconds to the wait in milliseconds."""


@dataclass(slots=True, kw_only=True)
class Pause:
    """One pause of one recording: how long it lasted and what SmartTurn said at each moment of
    it (milliseconds of silence to probability)."""

    folder: str
    clip: str
    speech_ms: float
    lasted_ms: float
    is_final: bool
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def is_held_out(self) -> bool:
        """Half of the files, by a hash of their name."""
        return hashlib.sha256(self.clip.encode()).digest()[0] % 2 == 1


def pauses_of(clip: Clip, folder: str, judge: SmartTurn) -> Iterator[Pause]:
    """Every pause of 60 ms and more up to the one after the last labelled speech, judged."""
    detector, tracker = make_detector(VadConfig()), TurnTracker(ENDLESS)
    pause: Pause | None = None
    for frame in frames(with_tail(clip.samples())):
        is_speech = detector.is_speech(frame.samples)
        tracker.step(frame, is_speech)
        silence_ms = tracker.silence_ms
        if silence_ms == 0 and pause is not None:
            spoken_s = frame.index / SAMPLE_RATE_HZ
            pause.is_final = spoken_s > clip.speech_s[-1][1] + 0.1
            yield pause
            if pause.is_final:
                return
            pause = None
        if is_speech or silence_ms < MOMENTS_MS[0]:
            continue
        if pause is None:
            pause = Pause(
                folder=folder,
                clip=clip.name,
                speech_ms=tracker.speech_ms,
                lasted_ms=0.0,
                is_final=True,
            )
        pause.lasted_ms = silence_ms
        moment = max(m for m in MOMENTS_MS if m <= silence_ms)
        if moment not in pause.scores:
            pause.scores[moment] = judge.completeness(tracker.utterance().samples)
        if silence_ms > MOMENTS_MS[-1] and frame.index / SAMPLE_RATE_HZ > clip.speech_s[-1][1]:
            break
    if pause is not None:
        yield pause


def collect(options: argparse.Namespace) -> None:
    """Write one JSON line for each pause."""
    judge = SmartTurn(options.model, options.threads)
    folders = options.folders.split(",")
    with options.cache.open("w", encoding="utf-8") as file:
        for folder in folders:
            for clip in clips(options.data, folder, options.files):
                for pause in pauses_of(clip, folder, judge) if clip.speech_s else ():
                    file.write(json.dumps(dataclasses.asdict(pause)) + "\n")
                file.flush()
            print(folder, flush=True)


def read_pauses(cache: Path) -> list[Pause]:
    """What `collect` wrote."""
    rows = [json.loads(line) for line in cache.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["scores"] = {int(moment): score for moment, score in row["scores"].items()}
    return [Pause(**row) for row in rows]


def commit_ms(pause: Pause, policy: Policy, moments: tuple[int, ...]) -> float:
    """The silence after which the turn is committed if nobody speaks before. A judgement acts
    `JUDGING_MS` after its moment; the next one is not asked if it would come after the wait."""
    asked = [moment for moment in sorted(pause.scores) if moment in moments]
    wait = float("inf")
    for moment in asked:
        if wait <= moment + JUDGING_MS:
            break
        wait = max(policy(pause.scores[moment], pause.speech_ms), moment + JUDGING_MS)
    return math.ceil(wait / FRAME_MS) * FRAME_MS if math.isfinite(wait) else wait


def timer_of(timer_ms: float) -> Policy:
    """A silence timer."""
    return lambda _score, _speech_ms: timer_ms


def plain_threshold(score: float, _speech_ms: float) -> float:
    """SmartTurn as it is often used."""
    return 300.0 if score > 0.5 else 2000.0


def row(name: str, pauses: list[Pause], policy: Policy, moments: tuple[int, ...]) -> str:
    """One line of the table: turns cut, pauses cut, mean, median and p95 wait of each group."""
    cells = []
    for folders in GROUPS.values():
        here = [pause for pause in pauses if pause.folder in folders]
        cut = [p for p in here if not p.is_final and commit_ms(p, policy, moments) <= p.lasted_ms]
        waits = [commit_ms(p, policy, moments) for p in here if p.is_final] or [0.0]
        turns = len({pause.clip for pause in here})
        inner = sum(not pause.is_final for pause in here)
        p50, p95 = np.percentile(waits, [50, 95])
        cells.append(
            f"{len({p.clip for p in cut}) / max(1, turns):.1%}, {len(cut) / max(1, inner):.1%} "
            f"/ {np.mean(waits):.0f}, {p50:.0f}, {p95:.0f}"
        )
    return f"| {name} | " + " | ".join(cells) + " |"


def report(options: argparse.Namespace) -> None:
    """Print the table for the halves."""
    config, pauses = TurnConfig(), read_pauses(options.cache)

    def ours(score: float, speech_ms: float) -> float:
        return wait_ms(score, None, config, speech_ms=speech_ms)

    for half, held_out in (("tuning", False), ("held out", True)):
        chosen = [pause for pause in pauses if pause.is_held_out == held_out]
        sizes = ", ".join(
            f"{name} {len({p.clip for p in chosen if p.folder in folders})} turns with "
            f"{sum(not p.is_final for p in chosen if p.folder in folders)} inner pauses"
            for name, folders in GROUPS.items()
        )
        print(f"\n{half}: {sizes}; turns cut, pauses cut / mean, p50, p95 wait in ms")
        print(f"| policy | {' | '.join(GROUPS)} |\n|---|---|---|---|")
        for timer in TIMERS_MS:
            print(row(f"timer {timer} ms", chosen, timer_of(timer), MOMENTS_MS[:1]))
        print(row("SmartTurn > 0.5: 300, else 2000", chosen, plain_threshold, MOMENTS_MS[:1]))
        for moments in (MOMENTS_MS[:1], MOMENTS_MS[:3], MOMENTS_MS):
            name = "wait_ms, asked at " + " ".join(map(str, moments))
            print(row(name, chosen, ours, moments))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("collect", "report"))
    parser.add_argument("--cache", type=Path, default=Path("pauses.jsonl"))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument(
        "--model", type=Path, default=Path("models/smart-turn-v3.2/smart-turn-v3.2-cpu.onnx")
    )
    parser.add_argument("--folders", default="questions,orders,hesitations,voicenotes,callers")
    parser.add_argument("--files", type=int, help="at most so many of each folder")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    collect(options) if options.what == "collect" else report(options)


if __name__ == "__main__":
    main()
