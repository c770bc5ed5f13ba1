"""The conversation of `assistant demo`: what its user says, and when.

The user's side is synthesised at set-up with the assistant's own voice at another pitch and
pace, so that the demo needs no microphone and no further model. Knows the voice and the scripted
user; no engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.assemble.loading import load_voice, voice_identity
from assistant.audio.recording import read_recording, write_stereo
from assistant.audio.resample import resample_whole, to_int16
from assistant.audio.script import AfterAnswer, AtOnce, DuringAnswer, Segment
from assistant.config import Config
from assistant.errors import InputError
from assistant.folders import cache_directory
from assistant.messages import SAMPLE_RATE_HZ, Float32Array, Int16Array, ms_to_samples
from assistant.voice.prepared import LoadedVoice

_PITCH = 1.1
"""The user's voice is that much higher than the assistant's, at the same pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Parts of one thing said, `pause_ms` of silence between them, and the rule for its start."""

    parts: tuple[str, ...]
    starts: AtOnce | AfterAnswer | DuringAnswer
    pause_ms: float = 0.0


SCRIPT = (
    Line(parts=("Hello there!",), starts=AtOnce(after_ms=800)),
    Line(parts=("What time is it?",), starts=AfterAnswer(quiet_ms=900)),
    Line(
        parts=("Can you set a timer for", "twenty minutes?"),
        pause_ms=650,
        starts=AfterAnswer(quiet_ms=900),
    ),
    Line(parts=("Add milk and eggs to my shopping list.",), starts=AfterAnswer(quiet_ms=900)),
    Line(parts=("How do plants make their food?",), starts=AfterAnswer(quiet_ms=900)),
    Line(parts=("What can you do?",), starts=AfterAnswer(quiet_ms=900)),
    Line(parts=("Wait, what is the date today?",), starts=DuringAnswer(after_ms=2400)),
    Line(parts=("Can you repeat that?",), starts=AfterAnswer(quiet_ms=900)),
    Line(parts=("Thank you very much.",), starts=AfterAnswer(quiet_ms=900)),
)
"""A precomputed reply, tools, a pause within a sentence, a list, the language model, an
interruption (of an answer whose length no model decides), a question about the conversation, a
goodbye."""


def demo_segments(config: Config, voice: LoadedVoice | None = None) -> list[Segment]:
    """The script as sound, from the cache or synthesised now."""
    segments, folder = [], _folder(config)
    for line in SCRIPT:
        parts: list[Int16Array] = []
        for text in line.parts:
            path = _path(folder, text)
            if path.is_file():
                sound = read_recording(path)
            else:
                voice = voice or _user_voice(config)
                sound = _user_sound(voice, text)
                with suppress(OSError, InputError):  # then it is made again next time
                    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                    write_stereo(path, sound, sound)
            if parts:
                parts.append(np.zeros(ms_to_samples(line.pause_ms), np.int16))
            parts.append(sound)
        segments.append(Segment(samples=np.concatenate(parts), starts=line.starts))
    return segments


def file_segments(paths: list[Path]) -> list[Segment]:
    """Recordings one after the other, each begun when the answer to the one before has ended."""
    first: list[AtOnce | AfterAnswer] = [AtOnce(after_ms=500)]
    rules = first + [AfterAnswer(quiet_ms=1500)] * (len(paths) - 1)
    return [
        Segment(samples=read_recording(path), starts=rule)
        for path, rule in zip(paths, rules, strict=True)
    ]


def prepare_demo(config: Config, say: Callable[[str], None]) -> None:
    """Synthesise the user's side, if it is not there."""
    folder = _folder(config)
    missing = [t for line in SCRIPT for t in line.parts if not _path(folder, t).is_file()]
    if missing:
        say(f"synthesising the demo's user: {len(missing)} sentences")
        demo_segments(config)


def demo_folder(config: Config) -> Path:
    """Where the sounds of the demo's user lie for the configured voice, which is not loaded."""
    return _folder(config)


def _user_voice(config: Config) -> LoadedVoice:
    return load_voice(_calm(config))


def _calm(config: Config) -> Config:
    """The assistant's voice without its liveliness, which is chance."""
    return replace(config, voice=replace(config.voice, noise_scale=0.0, noise_w_scale=0.0))


def _user_sound(voice: LoadedVoice, text: str) -> Int16Array:
    """int16[n] at 16 kHz: the voice `_PITCH` higher."""
    pieces = list(voice.synthesise(text, lambda: False))
    sound: Float32Array = np.concatenate(pieces) * np.float32(0.5)
    return to_int16(resample_whole(sound, voice.rate_hz * _PITCH, SAMPLE_RATE_HZ))


def _folder(config: Config) -> Path:
    """Where the user's sounds lie when this voice made them."""
    identity, _ = voice_identity(_calm(config))
    return cache_directory() / "demo" / f"{identity}-{_PITCH}"


def _path(folder: Path, text: str) -> Path:
    return folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.wav"
