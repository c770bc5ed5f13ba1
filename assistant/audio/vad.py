"""Which frames of the microphone are speech: WebRTC's detector, Silero's, or the two paired.

WebRTC's detector (a Gaussian mixture on six bands) costs next to nothing and takes clicks, music
and fans for speech. Silero is a small recurrent network that does not, at some 2 ms of one core
for each second. Paired, Silero sleeps until WebRTC's detector hears something and is then fed the
recent past first, so that its first decisions are as good as its later ones.

Knows frames of 20 ms and nothing of turns. Each detector belongs to one thread (the ears).
"""

from __future__ import annotations

import importlib.util
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import webrtcvad

from assistant.audio.gain import QuietGain
from assistant.config import VadConfig
from assistant.errors import ModelError
from assistant.messages import FRAME_MS, SAMPLE_RATE_HZ, Float32Array, Int16Array

_WINDOW_SAMPLES = 512  # what Silero v6 hears at a time at 16 kHz
_CONTEXT_SAMPLES = 64  # the end of the window before, which it wants in front
_STATE_SHAPE = (1, 1, 128)

_REPLAY_MS = 640  # the past that Silero hears when it wakes
_AWAKE_MS = 400  # how long it stays awake after the last frame that either called speech


class WebRtcDetector:
    """WebRTC's voice activity detector; `mode` 0 lets most through, 3 the least."""

    def __init__(self, mode: int) -> None:
        self._mode = mode
        self._vad = webrtcvad.Vad(mode)
        self._is_speech = False

    @property
    def score(self) -> float:
        """0.75 for speech, else 0: it knows no more, nothing of singing either, and is not to be
        believed like Silero."""
        return 0.75 * self._is_speech

    def is_speech(self, samples: Int16Array) -> bool:
        """True when int16[320] (20 ms at 16 kHz) is taken for speech."""
        self._is_speech = bool(self._vad.is_speech(samples.tobytes(), SAMPLE_RATE_HZ))
        return self._is_speech

    def reset(self) -> None:
        """Forget the background learnt so far."""
        self._vad = webrtcvad.Vad(self._mode)


class SileroDetector:
    """Silero VAD v6 with hysteresis: speech from `threshold` on, until below `release`.

    The network hears 512 samples at a time, so a decision is up to 32 ms old. `ModelError` when
    the file is missing or does not load. A quiet microphone is turned up (`QuietGain`), which
    `reset` leaves as it is.
    """

    def __init__(self, threshold: float, release: float, path: Path | None = None) -> None:
        self._threshold = threshold
        self._release = release
        self._session = _load_silero(path or _packaged_silero())
        self._gain = QuietGain()
        self._probability = 0.0
        self._speaking = False
        self._pending: Float32Array = np.zeros(0, np.float32)
        self.reset()

    def is_speech(self, samples: Int16Array) -> bool:
        """True when the newest whole window up to the end of int16[320] is speech."""
        sound = samples.astype(np.float32) * np.float32(self._gain.factor / 32768.0)
        self._pending = np.concatenate((self._pending, sound))
        while len(self._pending) >= _WINDOW_SAMPLES:
            self._hear(self._pending[:_WINDOW_SAMPLES])
            self._pending = self._pending[_WINDOW_SAMPLES:]
        if self._speaking:
            self._gain.follow(samples)
        return self._speaking

    @property
    def score(self) -> float:
        """Silero's probability that the newest window is speech, 0 to 1."""
        return self._probability

    def reset(self) -> None:
        """Forget all earlier sound."""
        self._state = (np.zeros(_STATE_SHAPE, np.float32), np.zeros(_STATE_SHAPE, np.float32))
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._pending = np.zeros(0, np.float32)
        self._probability = 0.0
        self._speaking = False

    def _hear(self, window: Float32Array) -> None:
        heard = np.concatenate((self._context, window))[np.newaxis]
        score, *state = self._session.run(
            None, {"input": heard, "h": self._state[0], "c": self._state[1]}
        )
        self._state = (state[0], state[1])
        self._context = window[-_CONTEXT_SAMPLES:]
        self._probability = float(score.reshape(-1)[0])
        bar = self._release if self._speaking else self._threshold
        self._speaking = self._probability >= bar


class PairedDetector:
    """`opener` wakes `judge`; nothing of the judge runs while the opener is quiet."""

    def __init__(self, opener: WebRtcDetector, judge: SileroDetector) -> None:
        self._opener = opener
        self._judge = judge
        self._past: deque[Int16Array] = deque(maxlen=_REPLAY_MS // FRAME_MS)
        self._awake_frames = 0

    @property
    def score(self) -> float:
        """The judge's, 0 while it sleeps."""
        return self._judge.score if self.is_awake else 0.0

    @property
    def is_awake(self) -> bool:
        """True while the judge hears every frame."""
        return self._awake_frames > 0

    def is_speech(self, samples: Int16Array) -> bool:
        """True when the judge, awake, calls int16[320] speech."""
        opened = self._opener.is_speech(samples)
        if not self.is_awake:
            if not opened:
                self._past.append(samples)
                return False
            self._judge.reset()
            for past in self._past:
                self._judge.is_speech(past)
            self._past.clear()
        speech = self._judge.is_speech(samples)
        self._past.append(samples)
        if opened or speech:
            self._awake_frames = _AWAKE_MS // FRAME_MS
        else:
            self._awake_frames -= 1
        return speech

    def reset(self) -> None:
        """Forget all earlier frames."""
        self._opener.reset()
        self._judge.reset()
        self._past.clear()
        self._awake_frames = 0


def make_detector(config: VadConfig) -> WebRtcDetector | SileroDetector | PairedDetector:
    """The detector that `config.detector` names, ready for its first frame."""
    if config.detector == "webrtc":
        return WebRtcDetector(config.webrtc_mode)
    silero = SileroDetector(config.silero_threshold, config.silero_release)
    if config.detector == "silero":
        return silero
    return PairedDetector(WebRtcDetector(config.webrtc_mode), silero)


def _packaged_silero() -> Path:
    """Silero's file among faster-whisper's assets, found without importing that package."""
    spec = importlib.util.find_spec("faster_whisper")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder, "assets").glob("silero_vad*.onnx"), reverse=True):
            return path
    raise ModelError(
        "Silero VAD was not found inside the faster-whisper package",
        'reinstall faster-whisper 1.2 or newer, or set detector = "webrtc" under [vad]',
    )


def _load_silero(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's exceptions share no base but this
        raise ModelError(
            f"Silero VAD in {path} does not load: {error}",
            'reinstall faster-whisper, or set detector = "webrtc" under [vad]',
        ) from error
    names = [entry.name for entry in session.get_inputs()]
    if sorted(names) != ["c", "h", "input"]:
        raise ModelError(
            f"Silero VAD in {path} takes {names}; this program knows v6 (input, h, c)",
            'install faster-whisper 1.2, or set detector = "webrtc" under [vad]',
        )
    return session
