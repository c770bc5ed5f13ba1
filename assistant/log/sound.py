"""Keeps what the user said as a WAV file beside the log, where that is switched on.

The row names the file and its SHA-256. On the log's thread; the standard library alone.
"""

from __future__ import annotations

import hashlib
import os
import wave
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.log.book import SOUND, LogError
from assistant.log.rows import Body

if TYPE_CHECKING:
    from assistant.messages import Int16Array

_RATE_HZ = 16_000


def keep_sound(log: Path, samples: Int16Array) -> Body:
    """Write int16[n] mono 16 kHz (mode 0600); what the row says of it."""
    made = BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())
    content = made.getvalue()
    folder = log.parent / SOUND
    name = f"{os.urandom(8).hex()}.wav"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
    except OSError as error:
        raise LogError(f"cannot keep the sound in {folder}: {error}", "make room") from error
    seconds = round(len(samples) / _RATE_HZ, 2)
    return {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "seconds": seconds}
