"""Canonical words as a recogniser would write them: "what is the time" is "What's the time?".

Whisper writes a capital first, contractions with their apostrophe, a question mark after a
question, numbers below ten as words and others as digits. Knows no templates. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language.en.numbers import cardinal

_JOINED = {
    ("what", "is"): "what's", ("who", "is"): "who's", ("where", "is"): "where's",
    ("how", "is"): "how's", ("when", "is"): "when's", ("that", "is"): "that's",
    ("it", "is"): "it's", ("there", "is"): "there's", ("i", "am"): "I'm",
    ("i", "will"): "I'll", ("i", "would"): "I'd", ("you", "are"): "you're", ("do", "not"): "don't",
    ("does", "not"): "doesn't", ("did", "not"): "didn't", ("can", "not"): "can't",
    ("could", "not"): "couldn't", ("will", "not"): "won't", ("would", "not"): "wouldn't",
    ("should", "not"): "shouldn't", ("is", "not"): "isn't", ("are", "not"): "aren't",
    ("was", "not"): "wasn't", ("have", "not"): "haven't", ("has", "not"): "hasn't",
    ("let", "us"): "let's", ("we", "are"): "we're", ("they", "are"): "they're",
}  # fmt: skip
_TURNED = frozenset("do does did can could should shall would will may am are is".split())
"""Behind one of these a pronoun is no beginning: "do I have", "are you sure"."""
_JOINING = frozenset(second for _, second in _JOINED)
_SPELLED = {
    "i": "I", "am": "am", "pm": "PM", "tv": "TV", "oclock": "o'clock", "todays": "today's",
    "tomorrows": "tomorrow's", "mister": "Mr.",
    "doctor": "doctor", "english": "English", "french": "French",
    "german": "German", "spanish": "Spanish", "italian": "Italian", "american": "American",
    "british": "British", "christmas": "Christmas", "easter": "Easter", "fahrenheit": "Fahrenheit",
    "celsius": "Celsius",
} | {
    day: day.capitalize()
    for day in (
        "monday tuesday wednesday thursday friday saturday sunday january february march april "
        "june july august september october november december"
    ).split()
}  # fmt: skip
_ASKS = frozenset(
    (
        "what what's who who's where where's when when's why how how's which whose is isn't are "
        "aren't am was wasn't were do does doesn't did didn't can can't could couldn't will "
        "would wouldn't should may has"
    ).split()
)
_FRAMES = ("okay", "so", "well", "and", "but", "hey", "hi", "please", "now", "oh")


def contracted(words: Sequence[str]) -> list[str]:
    """The words as they are mostly said: "what is" is "what's"."""
    if _JOINING.isdisjoint(words):
        return list(words)
    said: list[str] = []
    at = 0
    while at < len(words):
        joined = _JOINED.get((words[at], words[at + 1])) if at + 1 < len(words) else None
        is_last = at + 2 == len(words)  # "I don't know who it is"
        is_turned = at > 0 and words[at - 1] in _TURNED and not (joined or "").endswith("n't")
        if joined is not None and not is_turned and not (is_last and not joined.endswith("n't")):
            said.append(joined)
            at += 2
        else:
            said.append(words[at])
            at += 1
    return said


def spelled(word: str) -> str:
    """One canonical word as it stands within a sentence."""
    if word.isdigit() and len(word) == 1:
        return cardinal(int(word))
    return _SPELLED.get(word, word)


def sentence(words: Sequence[str]) -> str:
    """Words, as they stand within a sentence, as one."""
    text = " ".join(filter(None, words)).strip(" ,.!?")
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}{'?' if asks(text) else '.'}"


def asks(text: str) -> bool:
    """True for a sentence that begins as a question does."""
    for word in text.lower().replace(",", " ").split():
        if word not in _FRAMES:
            return word in _ASKS
    return False
