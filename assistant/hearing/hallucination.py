"""Tells words that somebody said from words that Whisper made up over noise.

Pure functions on a transcript; knows no model, no sound and no thread.
"""

from __future__ import annotations

import re

from assistant.messages import Transcript

_INVENTED = frozenset(
    {
        "bye", "bye bye", "okay", "oh", "so", "thank you", "thank you very much",
        "thank you for watching", "thank you so much", "thanks", "thanks for watching",
        "thanks for listening", "please subscribe", "subscribe", "the end", "you", "i", "uh",
        "um", "hmm", "mm", "ah",
    }
)  # fmt: skip

LEAST_CONFIDENCE = -1.4
"""Mean log-probability of a token below which nothing is believed."""

UNSURE_WHEN_SILENT = -1.0
SILENT = 0.6
"""The pair with which Whisper calls a window silent (Radford et al. 2022, section 4.5)."""

UNSURE = -0.8
"""Below this, sentences that Whisper makes up over noise are not believed."""

SHORTEST_SPEECH_MS = 80.0
"""Nobody says one of those sentences faster."""


def is_noise(transcript: Transcript, speech_ms: float) -> str | None:
    """Why `transcript` is to be dropped as not-speech, or None when it is to be believed.

    `speech_ms` is how long the speech detector heard speech in the utterance.
    """
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|\*[^*]*\*|[♪♫]", " ", transcript.text)
    words = re.sub(r"[^\w' ]", " ", text.lower()).split()
    if not words:
        return "no words"
    confidence, silence = transcript.avg_logprob, transcript.no_speech_prob
    if confidence < LEAST_CONFIDENCE or (silence > SILENT and confidence < UNSURE_WHEN_SILENT):
        return "no speech, says the recogniser"
    if re.fullmatch(r"(\w*?)([^\W\d])\2{4,}\w*", "".join(words)):  # "100,000" is a number
        return "a cry, not words"
    is_unsure = confidence < UNSURE or (silence > SILENT and confidence < 0.75 * UNSURE)
    if " ".join(words) in _INVENTED and (is_unsure or speech_ms < SHORTEST_SPEECH_MS):
        return "a sentence that the recogniser invents, at low confidence"
    return None
