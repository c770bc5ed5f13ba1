"""Tells words that somebody said from words that Whisper made up over noise.

Sound and words are looked at together: how sure the speech detector was of the sound, and how sure
the recogniser was of the words. Where the one is sure, the other need not be: a short "Off." in a
noisy kitchen is said clearly and read badly. How the levels were chosen is in docs/WHISPER.md
("Noise or words"). Pure functions; knows no model, no sound and no thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.hearing.cries import is_cry, is_laughter
from assistant.language.en.normalise import normalise
from assistant.language.en.sayings import INVENTED
from assistant.messages import Evidence, Transcript

_INVENTED = frozenset(
    {
        "bye", "bye bye", "okay", "oh", "oh yeah", "so", "thank you", "thank you very much",
        "thank you for watching", "thank you so much", "thanks", "thanks for watching",
        "thanks for listening", "please subscribe", "subscribe", "the end", "you", "i", "uh",
        "um", "hmm", "mm", "mm hmm", "mm mm", "uh oh", "ah", "yeah", "that's it", "oh my god",
    }
)  # fmt: skip
"""What Whisper writes of a sneeze or a hum: sentences of its training and little sounds."""

SHORTEST_SPEECH_MS = 80.0
"""Nobody says one of those faster."""

SINGING_MS = 1500.0
"""So much speech is either heard surely or is not spoken."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """What the recogniser's confidence (mean log-probability of a token) must reach, at a score of
    the detector: for one word, for several, and for what Whisper invents."""

    score: float
    word: float
    words: float
    invented: float


_BARS = (
    _Bar(score=0.77, word=-1.8, words=-1.8, invented=-1.4),
    _Bar(score=0.62, word=-1.75, words=-1.3, invented=-0.6),
    _Bar(score=0.50, word=-1.3, words=-0.8, invented=-0.3),
    _Bar(score=0.0, word=-0.5, words=-0.3, invented=0.0),
)
"""The first whose score is reached holds."""

SPOKEN_SCORE = 0.74
SPOKEN_CONFIDENCE = -0.25
SPOKEN_SILENCE = 0.22
"""Long speech has at least this score, also in noise as loud as it; singing mostly has less. A
telephone has less, too, but its words are read surely: they reach the confidence or stay below the
no-speech probability."""

CLEAR_MARGIN = 4.0
"""A known phrase that won so clearly on the sound takes the place of what Whisper invents: "Off."
that of "Oh.". It is then about as likely as what was heard freely. Own choice."""

SILENT = 0.6
UNSURE_WHEN_SILENT = -1.0
"""The pair with which Whisper calls a window silent (Radford et al. 2022, section 4.5); here only
for several words and where the detector is not sure."""


def is_noise(transcript: Transcript, evidence: Evidence) -> str | None:
    """Why `transcript` is to be dropped as not-speech, or None when it is to be believed."""
    words = _words(transcript.text)
    if not words:
        return "no words"
    if is_cry(words):
        return "a cry, not words"
    if evidence.is_background:
        return "talk in the background"
    is_invented = _is_invented(words) or (
        transcript.margin < CLEAR_MARGIN and _is_invented(_words(transcript.free))
    )
    if is_invented and evidence.span_ms < SHORTEST_SPEECH_MS:
        return "a sentence that the recogniser invents, and too short for it"
    if _is_sung(transcript, evidence):
        return "sung or played, says the detector"
    bar = next(bar for bar in _BARS if evidence.score >= bar.score)
    confidence = transcript.avg_logprob
    if is_invented:
        return (
            None if confidence >= bar.invented else "what the recogniser invents, not sure enough"
        )
    is_silent = transcript.no_speech_prob > SILENT and bar is not _BARS[0]
    least = bar.word if len(words) == 1 else bar.words
    if len(words) > 1 and is_silent:
        least = max(least, UNSURE_WHEN_SILENT)
    return None if confidence >= least else "no speech, say recogniser and detector"


def is_invented(text: str) -> bool:
    """True for what Whisper writes where hardly anything is said: "Thank you.", "See you next
    time.". It may have been said all the same: ask only where words are in doubt."""
    return _is_invented(_words(text)) or normalise(text) in INVENTED


def _is_sung(transcript: Transcript, evidence: Evidence) -> bool:
    return (
        evidence.speech_ms >= SINGING_MS
        and evidence.score < SPOKEN_SCORE
        and transcript.avg_logprob < SPOKEN_CONFIDENCE
        and transcript.no_speech_prob > SPOKEN_SILENCE
    )


def _words(text: str) -> list[str]:
    """In lower case, without marks and what Whisper writes in brackets."""
    said = re.sub(r"\([^)]*\)|\[[^\]]*\]|\*[^*]*\*|[♪♫]", " ", text)
    return re.sub(r"[^\w' ]", " ", said.lower()).split()


def _is_invented(words: list[str]) -> bool:
    return " ".join(words) in _INVENTED or is_laughter(words)
