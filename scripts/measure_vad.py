"""Measure the speech detectors on recordings: recall, false turns, lags and cost.

    python scripts/measure_vad.py [--data ../shared/data] [--files 60] [detector ...]

A detector is written `silero`, `webrtc:2` or `paired:1` (the number is WebRTC's mode). Prints one
row each: the share of labelled speech that is found; the share of the rest that is called speech;
turns started in a minute of noise; where the tracker puts the start and the end of the speech
against the labels, and the end against the sound's own energy; microseconds a frame of speech and
of silence. Labels were made by a machine and are good to about 50 ms.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from assistant.audio.vad import PairedDetector, SileroDetector, WebRtcDetector, make_detector
from assistant.config import TurnConfig, VadConfig
from assistant.messages import (
    FRAME_SAMPLES,
    SAMPLE_RATE_HZ,
    AudioFrame,
    Int16Array,
    TurnDecision,
)
from assistant.turn.tracker import TurnTracker

Detector = WebRtcDetector | SileroDetector | PairedDetector
SPEECH_FOLDERS = ("questions", "orders", "voicenotes", "hesitations", "callers")
TAIL_S = 3.0
_NO_SOUND = np.zeros(FRAME_SAMPLES, np.int16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One recording: its name in `labels.tsv`, what it is and its speech in seconds."""

    path: Path
    name: str
    label: str
    speech_s: list[tuple[float, float]]

    def samples(self) -> Int16Array:
        """int16[n] at 16 kHz."""
        sound, _ = soundfile.read(self.path, dtype="int16")
        return np.asarray(sound, np.int16)


def clips(data: Path, folder: str, limit: int | None = None) -> list[Clip]:
    """The 16 kHz mono recordings of `folder`; at most `limit`, evenly chosen."""
    with (data / "labels.tsv").open(newline="", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if row["file"].startswith(f"{folder}/")
            and (row["rate_hz"], row["channels"]) == ("16000", "1")
        ]
    if limit and len(rows) > limit:
        rows = [rows[i] for i in np.linspace(0, len(rows) - 1, limit).astype(int)]
    return [
        Clip(
            path=data / row["file"],
            name=row["file"],
            label=row["label"],
            speech_s=[(a, b) for a, b in json.loads(row["speech_s"] or "[]")],
        )
        for row in rows
    ]


def with_tail(samples: Int16Array, tail_s: float = TAIL_S) -> Int16Array:
    """`samples` followed by the same room: faint noise at the level of its quietest tenth."""
    count = int(tail_s * SAMPLE_RATE_HZ)
    whole = samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES].astype(np.float64)
    rms = np.sqrt(np.mean(whole.reshape(-1, FRAME_SAMPLES) ** 2, axis=1))
    level = min(float(np.percentile(rms, 10)), 100.0)
    hiss = np.random.default_rng(1).normal(0.0, max(level, 0.3), count)
    return np.concatenate((samples, hiss.astype(np.int16)))


def frames(samples: Int16Array) -> Iterator[AudioFrame]:
    """The whole frames of `samples`, indexed from 0."""
    for index in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield AudioFrame(
            samples=samples[index : index + FRAME_SAMPLES], index=index, played=_NO_SOUND
        )


def energy_end_s(samples: Int16Array, near_s: float) -> float:
    """The silence onset near `near_s`: the end of the last 10 ms that stand clear of both the
    background (by 10 dB) and the loudest second before (by less than 30 dB)."""
    step = SAMPLE_RATE_HZ // 100
    blocks = samples[: len(samples) // step * step].astype(np.float64).reshape(-1, step)
    level_db = 10 * np.log10(np.mean(blocks**2, axis=1) + 1e-3)
    at = round(near_s * 100)
    loudest = level_db[max(0, at - 100) : at].max()
    bar = max(float(np.percentile(level_db, 10)) + 10.0, loudest - 30.0)
    above = np.flatnonzero(level_db[max(0, at - 30) : at + 30] >= bar)
    return (max(0, at - 30) + int(above[-1]) + 1) / 100 if len(above) else near_s


def detector_named(name: str) -> Detector:
    """`silero`, `webrtc:MODE` or `paired:MODE`."""
    kind, _, mode = name.partition(":")
    return make_detector(VadConfig(detector=kind, webrtc_mode=int(mode or 1)))


@dataclass(slots=True)
class Tally:
    """What one detector did on all clips, in frames; lags in milliseconds, one for each clip."""

    found: int = 0
    speech: int = 0
    called: int = 0
    rest: int = 0
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    energy_ends: list[float] = field(default_factory=list)
    judged: list[float] = field(default_factory=list)

    def hear(self, clip: Clip, detector: Detector) -> None:
        """Count the frames of `clip` and note where the tracker puts its edges."""
        sound = with_tail(clip.samples())
        tracker = TurnTracker(TurnConfig())
        first_start = last_end = fell_at = None
        detector.reset()
        for frame in frames(sound):
            is_speech = detector.is_speech(frame.samples)
            start, end = frame.index / SAMPLE_RATE_HZ, frame.index / SAMPLE_RATE_HZ + 0.02
            if any(a <= start and end <= b for a, b in clip.speech_s):
                self.speech += 1
                self.found += is_speech
            elif not any(a - 0.1 < end and start < b + 0.1 for a, b in clip.speech_s):
                self.rest += 1
                self.called += is_speech
            decision = tracker.step(frame, is_speech)
            if tracker.is_open:
                last_end = tracker.speech_end_sample / SAMPLE_RATE_HZ
                fell_at = end if is_speech else fell_at
            if decision is TurnDecision.STARTED and first_start is None:
                first_start = tracker.utterance().speech_start_sample / SAMPLE_RATE_HZ
        if first_start is None or last_end is None or fell_at is None:
            return
        self.starts.append((first_start - clip.speech_s[0][0]) * 1000)
        self.ends.append((last_end - clip.speech_s[-1][1]) * 1000)
        onset = energy_end_s(sound, clip.speech_s[-1][1])
        self.energy_ends.append((last_end - onset) * 1000)
        self.judged.append((fell_at - onset) * 1000)


def turns_per_minute(detector: Detector, noises: list[Clip]) -> float:
    """Turns that the tracker starts on recordings without speech."""
    started, seconds = 0, 0.0
    for clip in noises:
        tracker = TurnTracker(TurnConfig())
        detector.reset()
        sound = clip.samples()
        seconds += len(sound) / SAMPLE_RATE_HZ
        for frame in frames(with_tail(sound)):
            decision = tracker.step(frame, detector.is_speech(frame.samples))
            started += decision is TurnDecision.STARTED
    return started * 60 / max(seconds, 1e-9)


def cost_us(detector: Detector, sound: Int16Array) -> float:
    """Microseconds a frame on `sound`."""
    detector.reset()
    pieces = [frame.samples for frame in frames(sound)]
    began = time.perf_counter_ns()
    for piece in pieces:
        detector.is_speech(piece)
    return (time.perf_counter_ns() - began) / 1000 / max(1, len(pieces))


def spread(values: list[float]) -> str:
    """Median and the middle 90 %."""
    low, mid, high = np.percentile(values or [0.0], [5, 50, 95])
    return f"{mid:+5.0f} ({low:+.0f} to {high:+.0f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("detectors", nargs="*")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--files", type=int, default=60, help="at most so many of each folder")
    options = parser.parse_args()
    names = options.detectors or [
        *(f"webrtc:{mode}" for mode in range(4)),
        "silero",
        *(f"paired:{mode}" for mode in range(4)),
    ]
    spoken = [c for f in SPEECH_FOLDERS for c in clips(options.data, f, options.files)]
    spoken = [clip for clip in spoken if clip.speech_s]
    noises = clips(options.data, "noise")
    sound = clips(options.data, "orders", 1)[0].samples()
    silence = np.random.default_rng(0).normal(0, 3, 20 * SAMPLE_RATE_HZ).astype(np.int16)
    print(
        "| detector | found | called in pauses | false turns a minute | start, ms | end, ms "
        "| end against energy, ms | fall against energy, ms | us a frame: speech, silence |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name in names:
        detector, tally = detector_named(name), Tally()
        for clip in spoken:
            tally.hear(clip, detector)
        print(
            f"| {name} | {tally.found / max(1, tally.speech):.1%} "
            f"| {tally.called / max(1, tally.rest):.1%} "
            f"| {turns_per_minute(detector, noises):.2f} "
            f"| {spread(tally.starts)} | {spread(tally.ends)} | {spread(tally.energy_ends)} "
            f"| {spread(tally.judged)} "
            f"| {cost_us(detector, sound):.0f}, {cost_us(detector, silence):.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
