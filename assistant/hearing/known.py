"""Decides between what was heard freely and the phrases that are known, by their scores.

A known phrase is a priori likelier than any other words, so that it may be a little less likely on
the sound (docs/WHISPER.md, "Known phrases"). Pure functions on scores; knows no model, no sound and
no thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.hearing.scoring import Scored
from assistant.language.whole import WholeReading

MOST_PHRASES = 24
"""More are not scored, whoever names them."""

BATCH = 4
"""Texts that are scored at a time, the free one at first among them: such a pass takes a third
of the time of the transcript, one over 24 1.4 times as much for each (docs/WHISPER.md)."""

LEAST_GAIN = -6.0
"""So much less likely than the free text a phrase may be, as the difference of the logarithms of
their whole probabilities. Fitted by scripts/fit_heard.py: most of what was misheard
came to 0 to -6, commands of which the phrase was missing to -7.4 and less."""

LEAST_WHOLE_GAIN, MORE_AMISS = -8.0, -2.0
"""The same for a `WholeReading` that differs in one word, and for each further word, which is
misheard as easily. Fitted to the orders: of 132 sounds of requests for something else none became
one; with -12 however much is amiss, six of 454 did (docs/HEARING.md)."""

LEAST_OF_ALL = -16.0
"""So much at most a `WholeReading` may be less likely, however many words differ. Own choice."""

LEAST_WORD_GAIN = -4.5
"""The same for a phrase of one word, which has little that could be likelier: "Down." at -5 was no
"Don't.", "Louder." came to -4.3."""

LEAST_MEAN = -2.75
"""Mean logarithm of a token below which no phrase was said: over noise and coughs the best one
comes to -3.5 and less, a single word that was said at 6 dB to -2.7. Fitted with it."""

MISSING_TOKEN = 2.0
"""What each token costs by which a phrase is shorter than the free text. The scores do not know
where an utterance ends, so that "Next." is as likely as "Next week I am away."."""

CONTAINED_TOKEN = 4.0
"""The same where all the words of the phrase stand in the free text: "Pause the music." """

LEAST_NUMBER_GAIN = 0.0
"""The same as `LEAST_GAIN` for a phrase that has another number and else the words of the free
text: "fifteen" becomes "fifty" only where it is the likelier of the two."""

LEAST_NUMBER_GAP = 0.5
"""Of two phrases with different numbers one must be so much likelier. Own choice."""

_UNSURE = -0.5
"""Mean logarithm of a token of the free text below which phrases beyond the first `BATCH` are
scored. Own choice."""

_CLEAR_GAIN = -2.0
"""A phrase with so much is not looked past: the phrases come best first. Own choice."""

_NUMBERS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand half quarter".split()
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The phrase that was said, by how much it is above the least that would have won, and the mean
    logarithm of the probability of its tokens."""

    text: str
    margin: float
    mean: float


def no_candidates(heard: Sequence[str]) -> Sequence[str]:
    """Nothing is known."""
    return ()


def spelled_like(phrase: str, free: str) -> str:
    """`phrase` with a small first letter and without a mark at its end, where `free` is so written:
    Whisper writes a sentence or a piece of one, and all words share that chance."""
    if free[:1].islower() and not re.match(r"I\b", phrase):
        phrase = phrase[:1].lower() + phrase[1:]
    return phrase.rstrip(".?!") if free and free[-1] not in ".?!" else phrase


def choose(free: Scored, known: Sequence[Scored]) -> Choice | None:
    """The phrase of `known` that wins against `free`; None when none does, or the best one has the
    words of `free`."""
    if not known:
        return None
    gains = sorted(((gain_of(one, free), one) for one in known), key=lambda pair: -pair[0])
    gain, best = gains[0]
    words = _words(best.text)
    differing = _differing(_words(free.text), words)
    if not differing or best.mean < LEAST_MEAN:
        return None
    if _are_numbers(differing):
        least = LEAST_NUMBER_GAIN
    elif isinstance(best.text, WholeReading):
        amiss = _amiss(_words(free.text), words)
        least = max(LEAST_WHOLE_GAIN + MORE_AMISS * (amiss - 1), LEAST_OF_ALL)
    else:
        least = max(LEAST_WORD_GAIN if len(words) == 1 else LEAST_GAIN, LEAST_GAIN)
    rivals = (one for one in gains[1:] if _are_numbers(_differing(words, _words(one[1].text))))
    rival = next(rivals, None)
    if gain < least or (rival is not None and gain - rival[0] < LEAST_NUMBER_GAP):
        return None
    return Choice(str(best.text), gain - least, best.mean)


def is_settled(free: Scored, known: Sequence[Scored]) -> bool:
    """True when phrases that are less likely than these, by their words, need no scoring."""
    if free.logprobs and free.mean >= _UNSURE:
        return True
    return any(one.mean >= LEAST_MEAN and gain_of(one, free) >= _CLEAR_GAIN for one in known)


def gain_of(phrase: Scored, free: Scored) -> float:
    """By how much `phrase` is likelier than `free`: the difference of the logarithms of their whole
    probabilities, less what `phrase` leaves unsaid."""
    missing = max(0, len(free.logprobs) - len(phrase.logprobs))
    each = CONTAINED_TOKEN if _contains(_words(free.text), _words(phrase.text)) else MISSING_TOKEN
    return phrase.total - free.total - each * missing


def _contains(words: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `part` stands in `words`, in one piece and with others beside it."""
    places = range(len(words) - len(part) + 1)
    return len(part) < len(words) and any(words[at : at + len(part)] == part for at in places)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower().replace("%", " percent"))


def _differing(one: Sequence[str], other: Sequence[str]) -> set[str]:
    """The words of either text that have no counterpart in the other."""
    changed = _changed(one, other)
    return {word for i, j, k, m in changed for word in (*one[i:j], *other[k:m])}


def _amiss(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words of the longer text have no counterpart in the other, place by place."""
    return sum(max(j - i, m - k) for i, j, k, m in _changed(one, other))


def _changed(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """Where in either text the words stand that have no counterpart in the other."""
    opcodes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [code[1:] for code in opcodes if code[0] != "equal"]


def _are_numbers(words: set[str]) -> bool:
    return bool(words) and all(word in _NUMBERS or word.isdigit() for word in words)
