"""The mood of one turn, from its words, its voice and what was said before.

Words give the label; the voice, compared with its own turns so far, makes a hint stronger or
weaker, but no label alone: no recordings with known moods were to be had that would bear one
(docs/MOOD.md). Pure; the mind thread.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from assistant.language.en.mood_words import STRONG, Cue, find_cues
from assistant.language.en.normalise import normalise
from assistant.mood import NEUTRAL, Mood, Prosody
from assistant.talk.manners import APOLOGY
from assistant.talk.request import Request
from assistant.talk.talk import Exchange, Talk

KEPT_VOICES = 24
"""So many turns of the voice are its baseline; older ones leave it, as people tire and move."""
FEWEST_VOICES = 5
"""With fewer turns there is nothing to compare with."""
SURE_VOICES = 12
THRESHOLD = 0.55
"""A label needs a score like this: one clear hint, or a weak one with a raised voice."""

_SPREADS = {"pitch_st": 1.5, "level_dbfs": 3.0, "rate_hz": 1.0}
"""The least spread that is taken for one speaker's, near what one speaker of 31 questions has (2.0
semitones, 2.5 dB, 1.0 syllables a second)."""
_PARTS = {"pitch_st": 0.4, "level_dbfs": 0.4, "rate_hz": 0.2}
"""Pitch and loudness tell agitation best (Juslin & Laukka 2003); the rate is noisy."""
_FULL = 3.0
"""So many spreads above the baseline are an arousal of 1."""
_SHORT_S = 1.0
_VOICE_WEIGHT = 0.4
_FLAT = 0.1
_FLAT_COSTS = 0.15
_AGAIN = 0.4
_SAME = 88.0
_FEWEST_WORDS = 3
_LOOK_BACK = 3

_FAILED = re.compile(
    r"^(?:sorry|i am sorry|i'm sorry|i can't|i cannot|i don't|i do not|i didn't|i did not|i have no"
    r"|i find nothing|i'm not able|there is no|there's no|okay, let's leave it|i'd rather not)\b",
    re.I,
)
_CORRECTS = re.compile(r"^(?:no|nope|wrong|not that)\b\W+\w|^i (?:said|meant)\b")


def read_mood(talk: Talk, request: Request, voice: Prosody | None) -> Mood:
    """The mood of `request`, said in `voice`; neutral in doubt."""
    cues = find_cues(normalise(request.said) if request.said else request.canonical)
    cues += _from_before(talk, request)
    if talk.mood.label == "annoyed" and any(cue.label == "annoyed" for cue in cues):
        cues.append(Cue(label="annoyed", weight=_AGAIN, why="was annoyed before", is_ours=True))
    arousal, trust = compare(voice, talk.voices)
    if not cues:
        return NEUTRAL if arousal is None else Mood(arousal=arousal)
    scores: dict[str, float] = {}
    for cue in cues:  # two weak hints are more than one, and never certain
        scores[cue.label] = 1 - (1 - scores.get(cue.label, 0.0)) * (1 - cue.weight)
    best = max(cues, key=lambda cue: (scores[cue.label], cue.weight))
    score = _with_voice(best, scores[best.label], arousal, trust)
    if score < THRESHOLD:
        return Mood(arousal=arousal, why=f"{best.why}, in doubt")
    return Mood(
        label=best.label,
        valence=_valence(best, score),
        arousal=arousal,
        confidence=min(1.0, score),
        why=_why(best, arousal, trust),
        is_ours=any(cue.is_ours for cue in cues if cue.label == best.label),
    )


def compare(voice: Prosody | None, before: Sequence[Prosody]) -> tuple[float | None, float]:
    """How agitated `voice` is against the turns `before` (-1 to 1; None where that cannot be
    told), and how far that is to be trusted (0 to 1)."""
    if voice is None or len(before) < FEWEST_VOICES:
        return None, 0.0
    total = 0.0
    for name, part in _PARTS.items():
        values = [getattr(one, name) for one in before]
        middle = statistics.median(values)
        spread = 1.4826 * statistics.median(abs(value - middle) for value in values)
        z = (getattr(voice, name) - middle) / max(spread, _SPREADS[name])
        total += part * max(-_FULL, min(_FULL, z)) / _FULL
    trust = min(1.0, len(before) / SURE_VOICES) * min(1.0, voice.speech_s / _SHORT_S)
    return total, trust


def with_voice(voices: tuple[Prosody, ...], voice: Prosody | None) -> tuple[Prosody, ...]:
    """The baseline after one more turn."""
    return voices if voice is None else (*voices, voice)[-KEPT_VOICES:]


def _from_before(talk: Talk, request: Request) -> list[Cue]:
    """Hints that lie in the conversation: the same again after a failure, another correction."""
    recent = talk.history[-_LOOK_BACK:]
    cues = []
    again = sum(1 for one in recent if _is_again(one, request))
    if again:
        weight = 1 - (1 - _AGAIN) ** again
        why = "asks the same again" if again == 1 else "asks the same over and over"
        cues.append(Cue(label="annoyed", weight=weight, why=why, is_ours=True))
    if _CORRECTS.search(request.canonical) and not talk.is_question_open:
        earlier = sum(
            1
            for before, one in pairwise(talk.history[-_LOOK_BACK - 1 :])
            if _CORRECTS.search(one.request.lower()) and not before.answer.endswith("?")
        )
        if earlier:  # who is asked "is that right?" is invited to say no
            weight = 1 - (1 - _AGAIN) ** earlier
            cues.append(Cue(label="annoyed", weight=weight, why="corrects again", is_ours=True))
    return cues


def _is_again(one: Exchange, request: Request) -> bool:
    """True for a request that was made before, in other words perhaps, and not fulfilled."""
    answer = one.answer.removeprefix(APOLOGY).lstrip()
    if not _FAILED.match(answer) or len(request.words.split()) < _FEWEST_WORDS:
        return False
    earlier = one.request.lower().strip(" .?!")
    return fuzz.token_set_ratio(earlier, request.canonical) >= _SAME


def _with_voice(cue: Cue, score: float, arousal: float | None, trust: float) -> float:
    """The score of a hint after the voice was heard: a raised voice goes with being annoyed or in a
    hurry, a flat one takes back what is not said strongly."""
    if arousal is None or cue.label not in ("annoyed", "urgent"):
        return score
    if arousal > _FLAT:
        return score + _VOICE_WEIGHT * arousal * trust
    return score - _FLAT_COSTS * trust if cue.weight < STRONG and score < STRONG else score


def _valence(cue: Cue, score: float) -> float:
    if cue.label == "urgent":
        return 0.0
    return min(1.0, score) if cue.label == "pleased" else -min(1.0, score)


def _why(cue: Cue, arousal: float | None, trust: float) -> str:
    if arousal is None or arousal * trust <= 2 * _FLAT:
        return cue.why
    return f"{cue.why}, with a raised voice"
