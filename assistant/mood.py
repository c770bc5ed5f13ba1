"""How the user seems to feel in one turn, and what was measured of a voice: frozen values.

Knows neither words nor sound; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Label = Literal["neutral", "pleased", "annoyed", "sad", "urgent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prosody:
    """One utterance's voice: the median pitch in semitones above 1 Hz, the mean level of the speech
    in dBFS, syllables a second and the seconds of speech that these rest on."""

    pitch_st: float
    level_dbfs: float
    rate_hz: float
    speech_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """`valence` runs from -1 (bad) to 1 (good). `arousal` does from -1 (flat) to 1 (agitated); it
    comes from the voice alone, and is None without one that can be compared. `confidence` is from
    0 to 1 and belongs to the label. `why` is for people. `is_ours`: it is the assistant that has
    got something wrong."""

    label: Label = "neutral"
    valence: float = 0.0
    arousal: float | None = None
    confidence: float = 0.0
    why: str = ""
    is_ours: bool = False

    @property
    def is_neutral(self) -> bool:
        """True when nothing is to be made of it."""
        return self.label == "neutral"

    @property
    def wants_short(self) -> bool:
        """True when the shortest and plainest wording serves best."""
        return self.label in ("annoyed", "urgent")

    def as_json(self) -> dict[str, Any]:
        """The fields as plain values."""
        return {
            "label": self.label,
            "valence": round(self.valence, 2),
            "arousal": None if self.arousal is None else round(self.arousal, 2),
            "confidence": round(self.confidence, 2),
            "why": self.why,
        }


NEUTRAL = Mood()
