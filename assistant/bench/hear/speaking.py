"""Has sentences spoken by voices of the program, so that there are recordings of any command.

Piper's voice and, where its package is installed, hibari's, each as it is and at another pitch. The
same words sound the same on every run. Belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from assistant.assemble.loading import load_voice
from assistant.audio.resample import resample_whole, to_int16
from assistant.bench.clips import faint_noise
from assistant.bench.hear.mixing import loud_stretches
from assistant.bench.hear.recordings import AFTER_MS, PRE_ROLL_MS, Cut
from assistant.config import Config
from assistant.errors import ModelError
from assistant.messages import SAMPLE_RATE_HZ, ms_to_samples

if TYPE_CHECKING:
    from assistant.voice.prepared import LoadedVoice

_PITCHES = {"piper": (1.0, 1.1), "hibari": (1.0, 0.9)}
"""At these a man's voice is a younger one and a woman's a lower one. Own choice."""

_LOUDNESS = 0.5


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice at a pitch."""

    name: str
    voice: LoadedVoice
    pitch: float

    def say(self, text: str) -> Cut:
        """The words as the engine would cut them, in the noise of a quiet room."""
        made = np.concatenate(list(self.voice.synthesise(text, lambda: False))) * _LOUDNESS
        sound = resample_whole(
            made.astype(np.float32), self.voice.rate_hz * self.pitch, SAMPLE_RATE_HZ
        )
        said = to_int16(sound)
        before, behind = (np.zeros(ms_to_samples(ms), np.int16) for ms in (PRE_ROLL_MS, AFTER_MS))
        speech = [(start + before.size, end + before.size) for start, end in loud_stretches(said)]
        return Cut(
            name=f"{self.name}: {text}",
            folder="spoken",
            label=text,
            samples=faint_noise(np.concatenate([before, said, behind])),
            speech=tuple(speech),
        )


def load_speakers(config: Config, say: Callable[[str], None]) -> list[Speaker]:
    """All voices at all pitches; `say` is told when a voice is not there."""
    speakers = []
    for engine, pitches in _PITCHES.items():
        calm = replace(
            config.voice, engine=engine, model="", speaker="", noise_scale=0.0, noise_w_scale=0.0
        )
        try:
            voice = load_voice(replace(config, voice=calm))
        except ModelError as error:
            say(f"without the voice {engine}: {error.what}")
            continue
        speakers += [Speaker(f"{engine} {pitch:g}", voice, pitch) for pitch in pitches]
    if not speakers:
        raise ModelError("no voice is there to speak the commands", "run: make models")
    return speakers
