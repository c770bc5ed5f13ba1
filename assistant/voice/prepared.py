"""Replies whose sound is made at set-up: synthesised once, kept on disk, copied at run time.

A sound is found by its text and by what shapes the voice (weights and settings), so that a change
of either makes it anew. Knows the voice and the files; the voice thread reads, set-up writes.
"""

from __future__ import annotations

import hashlib
import io
import os
import wave
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np

from assistant.messages import Float32Array

Said = Callable[[str], str]
Resample = Callable[[Float32Array, int, int], Float32Array]

KEPT_S = 150.0
"""Seconds of sound that stay in memory, 29 MB at 48 kHz: what is said most. All texts of
the program are 1,170 seconds, 224 MB."""


class LoadedVoice(Protocol):
    """A voice of any engine."""

    rate_hz: int
    speed: float
    """A multiple of the configured speed, from the next clause on."""

    def warm_up(self) -> None:
        """Pay for what only the first clause would."""

    def synthesise(self, text: str, should_stop: Callable[[], bool]) -> Iterator[Float32Array]:
        """The sound of one clause in pieces: float32[n], -1 to 1, at `rate_hz`."""


class PreparedReplies:
    """The sounds in `directory` of the voice with this `fingerprint` at `rate_hz`. `said` is how
    the user wants words pronounced: a text of which that changes has no sound any more."""

    def __init__(
        self,
        directory: Path,
        fingerprint: str,
        rate_hz: int,
        resample: Resample,
        said: Said = str,
    ) -> None:
        self._directory = directory / fingerprint
        self._rate_hz = rate_hz
        self._resample = resample
        self._said = said
        self._ready: dict[tuple[str, int], Float32Array] = {}
        self._kept_s = 0.0

    def load(self, texts: Iterable[str], rate_hz: int) -> int:
        """Bring the sounds of `texts` into memory at `rate_hz`, the first `KEPT_S` seconds of them;
        how many are there now."""
        count = 0
        for text in texts:
            if self._kept_s >= KEPT_S:
                break
            count += self._keep(text, rate_hz)
        return count

    def _keep(self, text: str, rate_hz: int) -> bool:
        if (text, rate_hz) not in self._ready:
            made = self._made(text, rate_hz)
            if made is None:
                return False
            self._ready[(text, rate_hz)] = made
            self._kept_s += len(made) / rate_hz
        return True

    def sound(self, text: str, rate_hz: int) -> Float32Array | None:
        """float32[n] (-1 to 1) at `rate_hz` of a text prepared earlier, or None. What is not in
        memory is read now: 1 ms, 11 ms in one case of twenty (446 texts, at 48 kHz)."""
        ready = self._ready.get((text, rate_hz))
        return self._made(text, rate_hz) if ready is None else ready

    def _made(self, text: str, rate_hz: int) -> Float32Array | None:
        made = _read(self._path(text), self._rate_hz)
        return None if made is None else self._resample(made, self._rate_hz, rate_hz)

    def missing(self, texts: Iterable[str]) -> list[str]:
        """Those of `texts` that have no sound yet, each once."""
        return [text for text in dict.fromkeys(texts) if not self._path(text).is_file()]

    def prepare(
        self,
        texts: Iterable[str],
        voice: LoadedVoice,
        progress: Callable[[int, int], None],
        should_stop: Callable[[], bool] = lambda: False,
    ) -> int:
        """Synthesise what is missing, in this order, until `should_stop()`; `progress(done,
        total)`. How many were made. `OSError` when the disk refuses them; those made before stay.
        """
        missing = self.missing(texts)
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number, text in enumerate(missing, start=1):
            if should_stop():
                return number - 1
            pieces = list(voice.synthesise(text, lambda: False))
            if pieces:
                _write(self._path(text), np.concatenate(pieces), voice.rate_hz)
            progress(number, len(missing))
        return len(missing)

    def _path(self, text: str) -> Path:
        return self._directory / f"{hashlib.sha256(self._said(text).encode()).hexdigest()[:24]}.wav"


def _write(path: Path, samples: Float32Array, rate_hz: int) -> None:
    """A mono 16-bit WAV, whole or not at all."""
    temporary = path.with_suffix(f".{os.getpid()}.part")
    made = io.BytesIO()  # Python's `wave` leaves a file that failed half written and half open
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.rint(samples * 32767).astype("<i2").tobytes())
    try:
        with open(temporary, "wb", opener=_for_owner) as out:
            out.write(made.getvalue())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(path: Path, rate_hz: int) -> Float32Array | None:
    """The samples, or None when the file is absent, damaged or of another rate."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getframerate() != rate_hz:
                return None
            raw = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error):
        return None
    return np.frombuffer(raw, dtype="<i2").astype(np.float32) / np.float32(32767)
