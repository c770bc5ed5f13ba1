"""Spelling by voice: "how do you spell necessary", and "how do you spell that" of the last answer.

A word is spelled as the transcript writes it, a name as the user gave it. Knows no dictionary: what
the recogniser has misheard is spelled so. Pure.
"""

from __future__ import annotations

import re

from assistant.language.en.normalise import normalise
from assistant.language.en.numbers import cardinal
from assistant.talk.flow import Ask, Say, Steps, flow
from assistant.talk.tool import Here

WHICH_WORD = "Which word?"
NO_NAME = "I don't know your name yet."
OWN_NAME = "Assistant"
MOST_WORDS = 3
SHORT_ANSWER = 3
"""An answer of so many words is itself what "that" means."""

_THAT = ("that", "it", "this", "that word", "this word", "that name", "the word", "that 1")
_A_NAME = ("my name", "your name")
_NOT_SPELLED = re.compile(
    r"^(?:check|checker|checking|out|on|of|me|us|and|a|an|success|trouble|backwards)\b|\bspell\b"
)
_NAMES = re.compile(r"^(?:the )?(?:word|name|words|last name|first name) (?=\S)")
_TAIL = re.compile(r"\s+(?:out|again|for me|out loud|slowly|letter by letter|once more)$", re.I)
_BACKWARDS = re.compile(r"\s+(?:backwards?|in reverse|from behind|the other way round)$", re.I)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_OPENING = re.compile(
    r"^(?:(?:it|that)(?:['’]s| is| was)|they are|they're)(?: called| named)?(?: the| an?)?\s+",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*")
_FIRST_NAME = re.compile(
    r"(?!(?:The|It|A|An|I|He|She|They|There|This|That|These|We|You|Yes|No|In|On|At)\b)"
    r"([A-Z][\w'’-]*(?: [A-Z][\w'’-]*)+|[A-Z][\w'’-]*(?= (?:is|was|wrote|painted|invented"
    r"|discovered|composed|directed|founded)\b))"
)
_LAST_OF_SENTENCE = re.compile(
    r"\b(?:is|was|are|were|called|named)\s+(?:the\s+|an?\s+)?(\S+?)[.!]?$"
)


def spell_out(word: str) -> tuple[str, str]:
    """A word letter by letter, for the eye and for the ear: ("S-E-E", "S, E, E").

    Both of two equal letters are said. "Double S" was heard as "W" by the recogniser, and of 171
    letters more were wrong so (25 % to 22 %; full stops between the letters: 28 %).
    """
    letters = [letter.upper() for letter in word if letter.isalnum()]
    return "-".join(letters), ", ".join(letters)


@flow(
    "(how (do|would|should|can) (you|i|we)|how does 1|how to) spell {word}",
    "(how is|how are) {word} (spelled|spelt)",
    "[what is] the [correct|right] spelling (of|for) {word}",
    "spell {word}",
    "spell [out] (the word|the name) {word}",
    "(do you know|tell me|show me) how to spell {word}",
    "what are the letters (of|in) {word}",
    "what is {word} spelled out",
    parts=["(spell|spelling|spelled|spelt) [out|of] [the word] {word}"],
    name="word.spell",
    examples=[
        "how do you spell necessary", "spell rhythm", "how is embarrass spelled",
        "what is the spelling of queue", "how do i spell that", "how do you spell it",
        "spell the word conscience", "spell that for me", "how would you spell bureau",
        "how do you spell my name", "tell me how to spell separate",
    ],
    fixed=[WHICH_WORD, NO_NAME],
)  # fmt: skip
def spell(here: Here, word: str | None = None) -> Steps | None:
    """Spell a word, a name or the key word of the last answer."""
    if word is None:
        return None
    word = _TAIL.sub("", word)
    ahead = _BACKWARDS.sub("", word)
    is_reversed, word = ahead != word, ahead
    said = normalise(word)
    bare = _NAMES.sub("", said) if said not in _THAT else said
    if bare not in _THAT and (len(bare.split()) > MOST_WORDS or _NOT_SPELLED.search(bare)):
        return None
    return _answer(here, word, bare, is_reversed=is_reversed)


def _answer(here: Here, word: str, bare: str, *, is_reversed: bool) -> Steps:
    name = here.talk.facts.get("name", "")
    if bare in _A_NAME:
        asked = name if bare == "my name" else OWN_NAME
        yield _spelled(asked, is_reversed=is_reversed) if asked else Say(NO_NAME)
        return None
    if bare in _THAT:
        meant = _meant(here) or (yield Ask(WHICH_WORD, str))
    else:
        meant = " ".join(_words(word)[-len(bare.split()) :])
    is_name = bool(name) and normalise(meant) == normalise(name)
    yield _spelled(name if is_name else meant, is_reversed=is_reversed)
    return None


def _spelled(text: str, *, is_reversed: bool = False) -> Say:
    words = _words(re.sub(r"\d+", lambda found: _number(found[0]), text)) or [text]
    letters = [word[::-1] for word in reversed(words)] if is_reversed else words
    told = [spell_out(word) for word in letters]
    if is_reversed:
        words = [*words, "backwards"]
    shown = f"{' '.join(words)}: {' '.join(one[0] for one in told)}."
    spoken = f"{' '.join(words)}: {'; '.join(one[1] for one in told)}."
    return Say(_capital(shown), _capital(spoken))


def _number(digits: str) -> str:
    return cardinal(int(digits)).replace("-", " ")


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _meant(here: Here) -> str:
    """The word that "that" means: the one spelled last, a short answer, the name in the last answer
    that the user did not say, or what its only sentence ends with; empty when none is clear."""
    talk = here.talk
    if talk.last.name == "word.spell":
        before = _BACKWARDS.sub("", str(talk.last.slots.get("word") or ""))
        return "" if normalise(before) in (*_THAT, *_A_NAME) else before
    answer = _OPENING.sub("", talk.last_answer.strip(" \"'“”"))
    words = _words(answer)
    if not words or answer.endswith("?"):
        return ""
    if len(words) <= SHORT_ANSWER:
        return " ".join(words)
    asked = set(normalise(talk.history[-1].request).split()) if talk.history else set()
    names = _names_in(answer, asked)
    if len(names) == 1:
        return names[0]
    if len(re.findall(r"[.!?](?:\s|$)", answer)) <= 1:
        last = _LAST_OF_SENTENCE.search(answer)
        return _words(last[1])[0] if last is not None and _words(last[1]) else ""
    return ""


def _names_in(answer: str, asked: set[str]) -> list[str]:
    """Runs of words with a capital, without those that the user said. The first word of the answer
    counts only where a second name or a verb as in "Budapest is" follows it."""
    first = _FIRST_NAME.match(answer)
    rest = answer[first.end() :] if first is not None else answer
    runs = [] if first is None else [first[1]]
    runs += _NAME.findall(rest)
    return list(dict.fromkeys(run for run in runs if not set(normalise(run).split()) <= asked))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
