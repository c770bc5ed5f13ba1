"""Measure when turns are taken for complete: how many are cut, and how long the rest wait.

    python scripts/measure_endpointing.py collect [--folders orders,questions] [--files 100]
    python scripts/measure_endpointing.py report [--slower 1.75]

`collect` sends recordings through detector and tracker, asks SmartTurn at several moments of every
pause, transcribes what was said up to there and has the language model say how likely a sentence
ends with it, and keeps the answers in a file (slow, once). `report` plays policies against that
file (fast): a pause is cut when the commit comes before the level rises, a turn when one of its
pauses is; the wait is that of the last pause, from the end of the speech. Half of the files, by a
hash of their names, are for tuning, the others held out. `--slower` has every judgement take
longer.
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

from assistant.assemble.loading import load_endings, load_language_model, make_conversation
from assistant.assemble.roles import model_path
from assistant.audio.vad import make_detector
from assistant.config import Config, TurnConfig, VadConfig
from assistant.engine.reading import Reader as Pieces
from assistant.hearing.transcribe import Whisper
from assistant.messages import FRAME_MS, HALF_SAMPLES, SAMPLE_RATE_HZ, Utterance
from assistant.turn.endpointing import JUDGE_AT_MS, wait_ms
from assistant.turn.smart_turn import SmartTurn
from assistant.turn.tracker import ONSET_MS, TurnTracker

GROUPS = {
    "commands": ("orders", "questions"),
    "spontaneous": ("voicenotes", "hesitations"),
    "callers": ("callers",),
}
MOMENTS_MS = (60, 100, 140, 180, 220, 260, 340, 440, 600, 1000)
WORDS_AT_MS = (60, 180)
TIMERS_MS = (300, 500, 700, 1000, 1500)
ENDLESS = TurnConfig(shortest_wait_ms=5000, longest_wait_ms=10_000, longest_turn_s=600.0)

JUDGING_MS = 50.0  # what SmartTurn takes beside Whisper
WORDS_MS = (75.0, 5.5)  # when the words are there: after so many ms, and so many for each word
MOST_WORDS_LEFT = 22  # of long speech only the last 7 s are left to read
WEIGHING_MS = 35.0  # how much later the language model has weighed them
MARGIN_MS = 80.0
LOOK_MS = HALF_SAMPLES * 1000 / SAMPLE_RATE_HZ  # a wait ends with the next look


@dataclass(slots=True, kw_only=True)
class Pause:
    """One pause of one recording.

    `lasted_ms` until the detector heard speech again, `endable_ms` until the last look at which a
    turn can end, before the level rises to that of speech; what SmartTurn said at each moment
    (milliseconds of silence to probability), the words before it and how likely they end a
    sentence.
    """

    folder: str
    clip: str
    speech_ms: float
    lasted_ms: float
    endable_ms: float
    is_final: bool
    scores: dict[int, float] = field(default_factory=dict)
    words: str = ""
    sentence_end: float | None = None
    paused_ms: float = 0.0

    @property
    def is_held_out(self) -> bool:
        """Half of the files, by a hash of their name."""
        return hashlib.sha256(self.clip.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class Known:
    """What a policy may go by; None: not known yet."""

    score: float | None
    words: str | None
    sentence_end: float | None
    speech_ms: float
    paused_ms: float


Policy = Callable[[Known], float]
"""What is known to the wait in milliseconds."""


class Reader:
    """The recogniser and the language model of the starter profile."""

    def __init__(self) -> None:
        config = Config()
        self._whisper = Whisper(model_path(config, "transcriber"), config.transcriber)
        self._pieces = Pieces(self._whisper)
        self._model = load_endings(config) or load_language_model(config)
        self._conversation = make_conversation(config, None, endings=self._model)

    def begin(self) -> None:
        """Another recording, whose clock begins at 0 again."""
        self._pieces = Pieces(self._whisper)

    def read(self, pause: Pause, utterance: Utterance) -> None:
        """Fill in what was said up to the pause, read as the program reads long speech."""
        transcript = self._pieces.read(utterance, lambda: False, lambda: False)
        pause.words = transcript.text if transcript else ""
        messages = self._conversation.endings_request(pause.words)
        if messages[-1]["content"]:
            pause.sentence_end = self._model.sentence_end(messages, lambda: False)


def pauses_of(clip: Clip, folder: str, judge: SmartTurn, reader: Reader) -> Iterator[Pause]:
    """Every pause of 60 ms and more up to the one after the last labelled speech, judged."""
    detector, tracker = make_detector(VadConfig()), TurnTracker(ENDLESS)
    reader.begin()
    pause: Pause | None = None
    loud_frames, may_be_speech = 0, False
    for frame in frames(with_tail(clip.samples())):
        half = frame.samples[:HALF_SAMPLES]
        if pause and tracker.silence_ms and not may_be_speech and not tracker.is_loud(half):
            pause.endable_ms = tracker.silence_ms + LOOK_MS
        loud_frames = loud_frames + 1 if tracker.is_loud(frame.samples) else 0
        is_speech = detector.is_speech(frame.samples)
        may_be_speech = is_speech or 0 < loud_frames * FRAME_MS <= ONSET_MS
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
                paused_ms=tracker.paused_ms,
                lasted_ms=0.0,
                endable_ms=0.0,
                is_final=True,
            )
        pause.lasted_ms = silence_ms
        if not may_be_speech:
            pause.endable_ms = silence_ms
        moment = max(m for m in MOMENTS_MS if m <= silence_ms)
        if moment not in pause.scores:
            utterance = tracker.utterance()
            pause.scores[moment] = judge.completeness(utterance.samples)
            if moment in WORDS_AT_MS:
                reader.read(pause, utterance)
        if silence_ms > MOMENTS_MS[-1] and frame.index / SAMPLE_RATE_HZ > clip.speech_s[-1][1]:
            break
    if pause is not None:
        yield pause


def collect(options: argparse.Namespace) -> None:
    """Write one JSON line for each pause."""
    judge, reader = SmartTurn(options.model, options.threads), Reader()
    folders = options.folders.split(",")
    with options.cache.open("w", encoding="utf-8") as file:
        for folder in folders:
            for clip in clips(options.data, folder, options.files):
                for pause in pauses_of(clip, folder, judge, reader) if clip.speech_s else ():
                    file.write(json.dumps(dataclasses.asdict(pause)) + "\n")
                file.flush()
            print(folder, flush=True)


def read_pauses(cache: Path) -> list[Pause]:
    """What `collect` wrote."""
    rows = [json.loads(line) for line in cache.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row["scores"] = {int(moment): score for moment, score in row["scores"].items()}
    return [Pause(**row) for row in rows]


def commit_ms(pause: Pause, policy: Policy, moments: tuple[int, ...], slower: float) -> float:
    """The silence after which the turn is committed if nobody speaks before.

    A judgement acts when it has been made; the next one is not asked when the wait ends less than
    `MARGIN_MS` later. It is the first that was collected at or after its moment.
    """
    read_late = min(len(pause.words.split()), MOST_WORDS_LEFT)
    words_ms = slower * (WORDS_MS[0] + WORDS_MS[1] * read_late)
    weighed_ms = words_ms + slower * WEIGHING_MS
    asked = {min((at for at in pause.scores if at >= m), default=None) for m in moments}
    events: list[tuple[float, float | None]] = [(words_ms, None), (weighed_ms, None)]
    judging_ms = slower * JUDGING_MS
    events += [(at + judging_ms, pause.scores[at]) for at in asked if at is not None]
    score: float | None = None
    wait = math.inf
    for at_ms, said in sorted(events, key=lambda event: event[0]):
        if wait <= at_ms:
            break
        if said is not None and score is not None and wait < at_ms - judging_ms + MARGIN_MS:
            continue
        score = said if said is not None else score
        known = Known(
            score,
            pause.words if at_ms >= words_ms else None,
            pause.sentence_end if at_ms >= weighed_ms else None,
            pause.speech_ms,
            pause.paused_ms,
        )
        wait = max(policy(known), at_ms)
    return math.ceil(wait / LOOK_MS) * LOOK_MS if math.isfinite(wait) else wait


def timer_of(timer_ms: float) -> Policy:
    """A silence timer."""
    return lambda known: timer_ms


def plain_threshold(known: Known) -> float:
    """SmartTurn as it is often used."""
    if known.score is None:
        return math.inf
    return 300.0 if known.score > 0.5 else 2000.0


def ours(*, by_words: bool) -> Policy:
    """The program's rule with its defaults, with or without the language model's opinion."""
    config = TurnConfig()

    def wait(known: Known) -> float:
        return wait_ms(
            known.score,
            known.words,
            config,
            speech_ms=known.speech_ms,
            sentence_end=known.sentence_end if by_words else None,
            paused_ms=known.paused_ms,
        )

    return wait


def row(
    name: str, pauses: list[Pause], policy: Policy, moments: tuple[int, ...], slower: float
) -> str:
    """One line of the table: turns cut, pauses cut, mean, median and p95 wait of each group."""
    cells = []
    for folders in GROUPS.values():
        here = [pause for pause in pauses if pause.folder in folders]
        commits = [(pause, commit_ms(pause, policy, moments, slower)) for pause in here]
        cut = [p for p, commit in commits if not p.is_final and commit <= p.endable_ms]
        waits = [commit for p, commit in commits if p.is_final] or [0.0]
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
    pauses = read_pauses(options.cache)
    for half, held_out in (("tuning", False), ("held out", True)):
        chosen = [pause for pause in pauses if pause.is_held_out == held_out]
        sizes = ", ".join(
            f"{name} {len({p.clip for p in chosen if p.folder in folders})} turns with "
            f"{sum(not p.is_final for p in chosen if p.folder in folders)} inner pauses"
            for name, folders in GROUPS.items()
        )
        print(f"\n{half}: {sizes}; turns cut, pauses cut / mean, p50, p95 wait in ms")
        print(f"| policy | {' | '.join(GROUPS)} |\n|---|---|---|---|")
        rules: list[tuple[str, Policy, tuple[int, ...]]] = [
            (f"timer {timer} ms", timer_of(timer), MOMENTS_MS[:1]) for timer in TIMERS_MS
        ]
        rules.append(("SmartTurn at 200 > 0.5: 300, else 2000", plain_threshold, (180,)))
        rules.append(("wait_ms by the sound", ours(by_words=False), JUDGE_AT_MS))
        rules.append(("wait_ms by sound and words", ours(by_words=True), JUDGE_AT_MS))
        for name, policy, moments in rules:
            print(row(name, chosen, policy, moments, options.slower))


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
    parser.add_argument("--slower", type=float, default=1.0, help="judgements take so much longer")
    options = parser.parse_args()
    collect(options) if options.what == "collect" else report(options)


if __name__ == "__main__":
    main()
