"""Measure echo cancellation: on real recordings, and in simulated rooms with the assistant's voice.

    python scripts/measure_echo.py [--data ../shared/data] [--models models]

Prints tables in Markdown and one line of JSON last. docs/ECHO.md explains the columns.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from assistant.audio.echo import Aec3, Canceller, NoCanceller
from assistant.audio.files import EchoPath
from assistant.audio.recording import read_recording
from assistant.audio.resample import resample_whole, to_int16
from assistant.audio.vad import SileroDetector
from assistant.messages import FRAME_SAMPLES, SAMPLE_RATE_HZ, Int16Array

_TEXTS = (
    "The weather in Berlin is cloudy today, with a little rain in the afternoon.",
    "A sailor's knot holds because each turn of the rope presses on the one before it.",
    "There are three timers running. The next one rings in four minutes and ten seconds.",
)
_ROOMS = ("impulse_response_0.flac", "rir2.flac", "rir4.flac", "Concrete_Room.flac")
_GAINS_DB = (-10.0, 0.0, 6.0)
_DELAYS_MS = (40.0, 160.0)
_CANCELLERS: dict[str, Callable[[], Canceller]] = {
    "none": NoCanceller,
    "aec3": lambda: Aec3(),
    "aec3 + noise suppression": lambda: Aec3(noise_suppression=True),
}


def _frames(samples: Int16Array) -> Int16Array:
    count = samples.size // FRAME_SAMPLES
    return samples[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)


def _clean(canceller: Canceller, heard: Int16Array, played: Int16Array) -> Int16Array:
    count = min(heard.size, played.size) // FRAME_SAMPLES * FRAME_SAMPLES
    pairs = zip(_frames(heard[:count]), _frames(played[:count]), strict=True)
    return np.concatenate([canceller.cancel(ear, mouth) for ear, mouth in pairs])


def _level_db(samples: Int16Array) -> float:
    """RMS level of int16[n] in dB below full scale."""
    rms = np.sqrt(np.mean(np.square(samples.astype(np.float64) / 32768)))
    return float(20 * np.log10(max(rms, 1e-6)))


def _triggers(samples: Int16Array) -> tuple[int, float]:
    """How often Silero (0.5) calls speech for 60 ms and more, and the share of speech frames."""
    detector = SileroDetector(0.5, 0.35)
    flags = [detector.is_speech(frame) for frame in _frames(samples)]
    runs, length = 0, 0
    for flag in [*flags, False]:
        if flag:
            length += 1
        else:
            runs += length >= 3
            length = 0
    return runs, sum(flags) / max(len(flags), 1)


def measure_recordings(data: Path) -> list[dict[str, object]]:
    """AEC-Challenge pairs: what remains after the first 3 s, in which the filter settles."""
    rows: list[dict[str, object]] = []
    for microphone in sorted((data / "echo").glob("*_mic.flac")):
        reference = microphone.with_name(microphone.name.replace("_mic", "_lpb"))
        heard, played = read_recording(microphone), read_recording(reference)
        settled = slice(3 * SAMPLE_RATE_HZ, None)
        kind = re.sub(r".*_((far|near)end|doubletalk)", r"\1", microphone.stem).removesuffix("_mic")
        for name, make in _CANCELLERS.items():
            cleaned = _clean(make(), heard, played)
            change = _level_db(cleaned[settled]) - _level_db(heard[settled])
            speech = _triggers(cleaned[settled])[1]
            row = {"kind": kind, "canceller": name, "change_db": change, "speech_share": speech}
            rows.append(row)
    return rows


def _voice(models: Path) -> Int16Array:
    """The assistant's sentences, 2 s of silence after each, int16[n] at 16 kHz."""
    from piper import PiperVoice

    voice = PiperVoice.load(next(models.glob("piper-*/*.onnx")))
    pieces: list[Int16Array] = []
    for text in _TEXTS:
        for chunk in voice.synthesize(text):
            sound = chunk.audio_float_array.astype(np.float32)
            pieces.append(to_int16(resample_whole(sound, chunk.sample_rate, SAMPLE_RATE_HZ)))
        pieces.append(np.zeros(2 * SAMPLE_RATE_HZ, np.int16))
    return np.concatenate(pieces)


def _room(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """An impulse response from its first arrival on, at most 0.5 s, with unit energy."""
    response = read_recording(path).astype(np.float32)
    first = int(np.argmax(np.abs(response) > 0.1 * np.abs(response).max()))
    response = response[first : first + SAMPLE_RATE_HZ // 2]
    return response / np.float32(np.linalg.norm(response))


def measure_rooms(data: Path, models: Path) -> list[dict[str, object]]:
    """The assistant speaks into rooms in which nobody else does: every trigger is a false one."""
    played = _voice(models)
    rng = np.random.default_rng(7)
    rows: list[dict[str, object]] = []
    for room in _ROOMS:
        for gain_db in _GAINS_DB:
            for delay_ms in _DELAYS_MS:
                path = EchoPath(
                    delay_ms=delay_ms, gain_db=gain_db, impulse_response=_room(data / "room" / room)
                )
                echo = np.concatenate([path.hear(frame) for frame in _frames(played)])
                noise = rng.normal(0, 15, echo.size)
                heard = np.clip(echo + noise, -32768, 32767).astype(np.int16)
                for name, make in _CANCELLERS.items():
                    rows.append(_room_row(name, make, gain_db, heard, played))
    return rows


def _room_row(
    name: str, make: Callable[[], Canceller], gain_db: float, heard: Int16Array, played: Int16Array
) -> dict[str, object]:
    start = time.process_time()
    cleaned = _clean(make(), heard, played)
    cost_us = (time.process_time() - start) / (cleaned.size / FRAME_SAMPLES) * 1e6
    triggers, speech = _triggers(cleaned)
    return {
        "gain_db": gain_db,
        "canceller": name,
        "change_db": _level_db(cleaned) - _level_db(heard),
        "triggers_per_minute": triggers / (cleaned.size / SAMPLE_RATE_HZ / 60),
        "speech_share": speech,
        "cost_us": cost_us,
    }


def _print_table(rows: list[dict[str, object]], key: str) -> list[dict[str, object]]:
    """Means by `key` and canceller, as a Markdown table."""
    columns = [c for c in rows[0] if c not in (key, "canceller")]
    print(f"| {key} | canceller | n | " + " | ".join(columns) + " |")
    print("|---" * (3 + len(columns)) + "|")
    table: list[dict[str, object]] = []
    for group in sorted({str(row[key]) for row in rows}):
        for name in _CANCELLERS:
            members = [r for r in rows if str(r[key]) == group and r["canceller"] == name]
            means = {c: round(float(np.mean([m[c] for m in members])), 3) for c in columns}
            print(
                f"| {group} | {name} | {len(members)} | "
                + " | ".join(map(str, means.values()))
                + " |"
            )
            table.append({key: group, "canceller": name, "n": len(members), **means})
    print()
    return table


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    recordings = _print_table(measure_recordings(arguments.data), "kind")
    rooms = _print_table(measure_rooms(arguments.data, arguments.models), "gain_db")
    print(json.dumps({"recordings": recordings, "rooms": rooms}))


if __name__ == "__main__":
    main()
