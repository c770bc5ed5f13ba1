"""How long a pause may grow before the turn counts as complete: a pure function of what is known.

The logarithm of the wait falls evenly with the log-odds of SmartTurn's probability, between the
longest and the shortest. The words, once they are known, stretch it (a trailing "and", "um", "to
the", a comma) or shorten it (a phrase that the assistant knows as a whole), and who has spoken for
long is given longer: nobody dictates in one breath. A doubtful pause costs a little time, a
cut-off the user's words. Ask again as the pause grows: the score of a turn that is complete rises
with the silence after it. Figures: docs/TURNS.md.

Knows no sound, no model and no clock; any thread may call it.
"""

from __future__ import annotations

import math
import re
from typing import Protocol

from assistant.config import TurnConfig

_FILLER = re.compile("umm?|uhh?|er|erm|eh|hmm?|mm")
_LEADING_ON = re.compile(  # words that seldom end a request
    "and|or|but|because|cause|cuz|so|if|when|while|although|though|unless|until|than|as|whether|"
    "the|a|an|my|your|his|her|its|our|their|this|these|those|some|any|every|each|"
    "to|of|for|with|from|at|by|into|about|between|like|plus|very|really|"
    "i|we|they|he|she|i'm|i'll|i'd|i've|we're|we'll|it's|that's|let's|there's|"
    "is|are|was|were|am|be|will|would|could|should|can|might|must|has|have|had|do|does|did|"
    "wanna|gonna|gotta|which|who|whose|where|actually|basically|maybe|also|then|just"
)
_ENDS_A_QUESTION = re.compile("to|of|for|with|from|at|by|about|like|is|are|was|do|does|did")
_TRAILING_OFF = ("...", "…", "-", "–", "—")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

_SUREST = 3.4  # log-odds (0.968) at and above which the wait is the shortest
_DECAY = 0.2  # by how much the logarithm of the wait falls for each unit of the log-odds

_LONG_TURN_MS = 5000.0  # speech up to which a turn is a request; longer ones are told with pauses
_LONG_TURN_RATE = 0.2  # further stretch for each second of speech beyond
_LONG_TURN_STRETCH = 2.5  # at the most

_FILLER_STRETCH = 5.7
_LEADING_ON_STRETCH = 5.1
_TRAILING_OFF_STRETCH = 2.5
_COMMA_STRETCH = 1.9
_KNOWN_SHRINK = 0.6


JUDGE_AGAIN_MS = (200, 300, 400, 600, 1000, 1500)
"""Lengths of a pause at which SmartTurn is asked again: more silence, more certainty."""


class WaitRule(Protocol):
    """What `wait_ms` is: a rule that says how long the pause may grow."""

    def __call__(
        self,
        completeness: float | None,
        text: str | None,
        config: TurnConfig,
        *,
        speech_ms: float,
        is_known: bool = False,
    ) -> float: ...


def wait_ms(
    completeness: float | None,
    text: str | None,
    config: TurnConfig,
    *,
    speech_ms: float,
    is_known: bool = False,
) -> float:
    """The silence, counted from the end of the speech, that ends the turn.

    `completeness` is SmartTurn's probability (None: not judged), `text` the words so far (None:
    not known yet), `speech_ms` the speech in the turn, `is_known` whether the words are as a whole
    a phrase that the assistant has an answer for. With endpointing = "timer" it is the timer.
    """
    if config.endpointing == "timer":
        return float(config.timer_ms)
    shortest, longest = float(config.shortest_wait_ms), float(config.longest_wait_ms)
    if completeness is None:
        return longest
    score = min(1.0 - 1e-6, max(1e-6, completeness))
    doubt = max(0.0, _SUREST - math.log(score / (1.0 - score)))
    wait = shortest * math.exp(_DECAY * doubt)
    factor = 1.0 if text is None else stretch(text)
    if is_known and factor == 1.0:
        factor = _KNOWN_SHRINK
    factor *= min(
        _LONG_TURN_STRETCH,
        1.0 + _LONG_TURN_RATE * max(0.0, speech_ms - _LONG_TURN_MS) / 1000.0,
    )
    return min(longest, max(shortest, wait * factor))


def stretch(text: str) -> float:
    """By how much the last words lengthen the wait: 1 when they may well be the last."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if not words:
        return 1.0
    ending = text.rstrip(" \"'”’)")
    if _FILLER.fullmatch(words[-1]):
        return _FILLER_STRETCH
    may_end = ending.endswith("?") and _ENDS_A_QUESTION.fullmatch(words[-1])
    if _LEADING_ON.fullmatch(words[-1]) and len(words) > 1 and not may_end:
        return _LEADING_ON_STRETCH
    if ending.endswith(_TRAILING_OFF):
        return _TRAILING_OFF_STRETCH
    return _COMMA_STRETCH if ending.endswith(",") else 1.0
