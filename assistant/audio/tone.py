"""Sounds played once, outside a session: `assistant say`, and the test tone of `assistant doctor`.

Blocks until the sound has ended. Knows PortAudio and no session; must not run beside one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.audio.portaudio import find_device, load_portaudio
from assistant.audio.resample import resample_whole
from assistant.config import AudioConfig
from assistant.errors import DeviceError
from assistant.messages import Float32Array

_TONE_HZ = 880.0
_TONE_S = 0.6
_TAIL_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class ToneResult:
    """What the microphone heard of the tone: its level before and during it, in dBFS."""

    microphone: str
    speaker: str
    quiet_dbfs: float
    tone_dbfs: float

    @property
    def was_heard(self) -> bool:
        """True when the tone stood out by 6 dB; not so with headphones on."""
        return self.tone_dbfs > self.quiet_dbfs + 6.0


def play_once(config: AudioConfig, samples: Float32Array, rate_hz: int) -> None:
    """Play float32[n] (-1 to 1) at `rate_hz` on the configured speaker. `DeviceError`."""
    sounddevice: Any = load_portaudio()
    speaker = find_device("output", config.output_device)
    tail = np.zeros(int(_TAIL_S * speaker.rate_hz), np.float32)
    sound = np.concatenate([resample_whole(samples, rate_hz, speaker.rate_hz), tail])
    try:
        sounddevice.play(
            sound * config.volume, speaker.rate_hz, device=speaker.number, blocking=True
        )
    except sounddevice.PortAudioError as error:
        raise _refused(speaker.name, error) from error


def play_test_tone(config: AudioConfig) -> ToneResult:
    """Play a tone and listen to it. `DeviceError` when a device is absent or refuses."""
    sounddevice: Any = load_portaudio()
    microphone = find_device("input", config.input_device)
    speaker = find_device("output", config.output_device)
    rate_hz = microphone.rate_hz
    blocks: list[Float32Array] = []
    times = np.arange(int(_TONE_S * speaker.rate_hz)) / speaker.rate_hz
    tone = (0.3 * np.sin(2 * np.pi * _TONE_HZ * times)).astype(np.float32)
    try:
        with sounddevice.InputStream(
            samplerate=rate_hz,
            device=microphone.number,
            channels=1,
            callback=lambda data, *_: blocks.append(data[:, 0].copy()),
        ):
            sounddevice.sleep(300)
            before = len(blocks)
            play_once(config, tone, speaker.rate_hz)
    except sounddevice.PortAudioError as error:
        raise _refused(microphone.name, error) from error
    return ToneResult(
        microphone=microphone.name,
        speaker=speaker.name,
        quiet_dbfs=_tone_dbfs(blocks[:before], rate_hz),
        tone_dbfs=_tone_dbfs(blocks[before:], rate_hz),
    )


def _tone_dbfs(blocks: list[Float32Array], rate_hz: int) -> float:
    """Level of the tone's frequency alone, so that other sounds do not count for it."""
    if not blocks:
        return -120.0
    heard = np.concatenate(blocks)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) / len(heard)
    frequencies = np.fft.rfftfreq(len(heard), 1 / rate_hz)
    near = spectrum[np.abs(frequencies - _TONE_HZ) < 15]
    return float(20 * np.log10(near.max(initial=0.0) + 1e-6))


def _refused(name: str, error: Exception) -> DeviceError:
    return DeviceError(
        f"'{name}' does not open: {error.args[0]}",
        "close programs that hold it and check that the sound server runs",
    )
