"""How long a pause may grow before the turn counts as complete: a pure function of what is known.

Two witnesses are heard. SmartTurn tells from the sound whether the speaker has finished, the
language model from the words whether a sentence may end here ("Give me a" may not, "a coffee" may,
"a coffee with milk" more so). The logarithm of the wait falls evenly with the sum of what they say,
between the longest and the shortest. The words also stretch it by themselves (a trailing "and",
"um", "to the", a comma, digits of a number that is being told) or shorten it (a phrase that the
assistant knows as a whole; a question, which sounds unfinished because its end rises), and who has
spoken for long is given longer, for nobody dictates in one breath: unless the turn had no long
pause of late, and the sound and the words both say that it is complete. A doubtful pause costs a
little time, a cut-off the user's words. Ask SmartTurn again as the pause grows: the score of a turn
that is complete rises with the silence after it. Figures: docs/TURNS.md.

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
_ASKS_FOR = re.compile("(?:what|who|whom|where|how|which)(?:'(?:s|re))?|whose|when|why")
_TRAILING_OFF = ("...", "…", "-", "–", "—")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

_SUREST = -1.3  # evidence at and above which the wait is the shortest: 0.95 and 0.24, say
_DECAY = 0.3  # by how much the logarithm of the wait falls for each unit of the evidence
_WORDS_WEIGH = 3.0  # the logarithm of the words' probability against the log-odds of the sound's

_RAREST_END = 0.1  # the least that is believed: rare words are rare before a full stop, too
_LEAST_SOUND = -1.0  # log-odds (0.27): SmartTurn is informative near 1, not below
_QUESTION = -5.0  # the least evidence of what Whisper heard as a question: it, too, heard the sound

_SUREST_SOUND = 3.4  # log-odds (0.968): the same by the sound alone, which is less to go by
_SOUND_DECAY = 0.2
_SOUND_STRETCH = 1.2  # and then the shortest wait is longer, so that the words come before its end

_LONG_TURN_MS = 5000.0  # speech up to which a turn is a request; longer ones are told with pauses
_LONG_TURN_RATE = 0.2  # further stretch for each second of speech beyond
_LONG_TURN_STRETCH = 2.5  # at the most
_DICTATED_PAUSE_MS = 500.0  # who has gone on after such a pause will do it again
_CLEAR = 1.0  # evidence above `_SUREST`, at which a turn without one is not stretched

_DIGIT = re.compile("zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple")
_BEFORE_DIGITS = re.compile(r"it's|it|is|that|that's|the|my|number|yes|okay|and|uh|um")
_NAMES_DIGITS = re.compile(r"\b(?:(?:numbers?|code|pin) is|dial|phone number|digits)\b")
_IS_WHOLE = re.compile(r"^\W*(?:\d+0|(?:19|20)\d\d)\W*$|\d[.,:/]\d|[$€£%]")  # "250", "1984", "7:30"
_FEWEST_DIGITS, _ALL_DIGITS = 3, 10  # "ten" is an answer, ten digits are a telephone number

_DIGITS_STRETCH = 4.0  # numbers are told in groups: 700 ms between two are usual
_FILLER_STRETCH = 5.7
_LEADING_ON_STRETCH = 5.1
_TRAILING_OFF_STRETCH = 2.5
_COMMA_STRETCH = 1.9
_KNOWN_SHRINK = 0.6


JUDGE_AT_MS = (100, 220, 340, 440, 600, 1000, 1500)
"""Lengths of a pause at which SmartTurn is asked. Earlier it knows little; and it is asked again
because more silence makes it more certain."""


class WaitRule(Protocol):
    """What `wait_ms` is: a rule that says how long the pause may grow."""

    def __call__(
        self,
        completeness: float | None,
        text: str | None,
        config: TurnConfig,
        *,
        speech_ms: float,
        sentence_end: float | None = None,
        is_known: bool = False,
        paused_ms: float = math.inf,
    ) -> float: ...


def wait_ms(
    completeness: float | None,
    text: str | None,
    config: TurnConfig,
    *,
    speech_ms: float,
    sentence_end: float | None = None,
    is_known: bool = False,
    paused_ms: float = math.inf,
) -> float:
    """The silence, counted from the end of the speech, that ends the turn.

    `completeness` is SmartTurn's probability (None: not judged), `text` the words so far (None:
    not known yet), `speech_ms` the speech in the turn, `sentence_end` the language model's
    probability that a sentence ends with these words (None: not asked), `is_known` whether they are
    as a whole a phrase that the assistant has an answer for, `paused_ms` the longest pause of
    late that the speaker went on after (infinite: not known). With endpointing = "timer" it is the
    timer.
    """
    if config.endpointing == "timer":
        return float(config.timer_ms)
    shortest, longest = float(config.shortest_wait_ms), float(config.longest_wait_ms)
    if completeness is None:
        return longest
    score = min(1.0 - 1e-6, max(1e-6, completeness))
    sound = max(_LEAST_SOUND, math.log(score / (1.0 - score)))
    doubt = 1.0
    if sentence_end is None:
        wait = shortest * _SOUND_STRETCH * math.exp(_SOUND_DECAY * max(0.0, _SUREST_SOUND - sound))
    else:
        evidence = sound + _WORDS_WEIGH * math.log(max(_RAREST_END, sentence_end))
        if text is not None and _ends_with(text, "?"):
            evidence = max(_QUESTION, evidence)
        wait = shortest * math.exp(_DECAY * max(0.0, _SUREST - evidence))
        if paused_ms < _DICTATED_PAUSE_MS:
            doubt -= min(1.0, max(0.0, (evidence - _SUREST) / _CLEAR))
    factor = 1.0 if text is None else stretch(text)
    if is_known and (factor == 1.0 or (text is not None and _asks_for_its_end(text))):
        factor = _KNOWN_SHRINK
    beyond_s = max(0.0, speech_ms - _LONG_TURN_MS) / 1000.0
    factor *= 1.0 + doubt * min(_LONG_TURN_STRETCH - 1.0, _LONG_TURN_RATE * beyond_s)
    return min(longest, max(shortest, wait * factor))


def stretch(text: str) -> float:
    """By how much the last words lengthen the wait: 1 when they may well be the last."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if not words:
        return 1.0
    if _FILLER.fullmatch(words[-1]):
        return _FILLER_STRETCH
    may_end = _ENDS_A_QUESTION.fullmatch(words[-1]) and _asks_for_its_end(text)
    if _LEADING_ON.fullmatch(words[-1]) and len(words) > 1 and not may_end:
        return _LEADING_ON_STRETCH
    if _ends_with(text, *_TRAILING_OFF):
        return _TRAILING_OFF_STRETCH
    if _is_dictated(words, text):
        return _DIGITS_STRETCH
    return _COMMA_STRETCH if _ends_with(text, ",") else 1.0


def _asks_for_its_end(text: str) -> bool:
    """Whether what the last word lacks stands in front, as in "what is it for?". "Can you set a
    timer for?" is a question only because its speaker has not finished."""
    words = (word.lower().replace("’", "'") for word in _WORD.findall(text))
    return _ends_with(text, "?") and any(map(_ASKS_FOR.fullmatch, words))


def _is_dictated(words: list[str], text: str) -> bool:
    """Whether the last words are digits of a number that is being told and may go on: three to
    nine of them by themselves, or fewer after "my number is"."""
    run: list[str] = []
    for word in reversed(words):
        if not (word.isdecimal() or _DIGIT.fullmatch(word)):
            break
        run.append(word)
    digits = sum(len(word) if word.isdecimal() else 1 for word in run)
    if not 0 < digits < _ALL_DIGITS or _IS_WHOLE.search(text):
        return False
    before = words[: len(words) - len(run)]
    if _NAMES_DIGITS.search(text.lower()):
        return before[-1:] in (["is"], ["dial"]) or digits >= _FEWEST_DIGITS
    return digits >= _FEWEST_DIGITS and all(map(_BEFORE_DIGITS.fullmatch, before))


def _ends_with(text: str, *marks: str) -> bool:
    """Whether the last mark behind the words, quotes and brackets left out, is one of these."""
    return text.rstrip(" \"'”’)").endswith(marks)
