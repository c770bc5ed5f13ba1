"""Transcripts to canonical words, so that one request has one spelling.

What speech recognisers write differently from run to run is made equal: case, punctuation,
contractions ("what's", "whats", "what is"), numbers ("VII", "seven", "7"), British and American
spelling, hesitations, repeated words, politeness and the assistant's name. Knows nothing of what
the words ask for. Pure; any thread.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from assistant.language.en.misheard import mended
from assistant.language.en.numbers import ranks_to_digits, words_to_digits

_CONTRACTIONS = {
    "im": "i am", "ive": "i have", "youre": "you are", "youve": "you have", "theyre": "they are",
    "whats": "what is", "whos": "who is", "wheres": "where is", "whens": "when is",
    "hows": "how is", "whys": "why is", "thats": "that is", "theres": "there is",
    "heres": "here is", "its": "it is", "isnt": "is not", "arent": "are not", "wasnt": "was not",
    "werent": "were not", "dont": "do not", "doesnt": "does not", "didnt": "did not",
    "cant": "can not", "cannot": "can not", "couldnt": "could not", "wont": "will not",
    "wouldnt": "would not", "shouldnt": "should not", "havent": "have not", "hasnt": "has not",
    "hadnt": "had not", "mustnt": "must not", "aint": "is not", "youll": "you will",
    "theyll": "they will", "itll": "it will", "whatll": "what will", "youd": "you would",
    "theyd": "they would", "whatre": "what are", "howre": "how are",
    "lets": "let us", "gonna": "going to", "wanna": "want to", "gotta": "got to",
    "gimme": "give me", "lemme": "let me", "dunno": "do not know", "kinda": "kind of",
    "whatcha": "what are you", "cmon": "come on", "yall": "you all", "id": "i would",
    "ill": "i will",
}  # fmt: skip
_APOSTROPHE_ONLY = {"ill", "id", "its", "lets"}
_SPELLINGS = {
    "ok": "okay", "okey": "okay", "kay": "okay", "ya": "you", "u": "you", "yeah": "yes",
    "yep": "yes", "yup": "yes", "yea": "yes", "yah": "yes", "aye": "yes", "nope": "no",
    "nah": "no", "naw": "no", "thx": "thanks", "thankyou": "thank you", "goodbye": "good bye",
    "bye-bye": "bye", "goodnight": "good night", "alright": "all right", "whoah": "whoa",
    "mr": "mister", "mrs": "missus", "dr": "doctor", "colour": "color", "favourite": "favorite",
    "cancelled": "canceled", "cancelling": "canceling", "programme": "program",
    "programmed": "programmed", "organise": "organize", "grey": "gray", "centre": "center",
    "neighbour": "neighbor", "neighbours": "neighbors",
    "secs": "seconds", "sec": "seconds", "mins": "minutes", "min": "minutes", "hrs": "hours",
    "hr": "hours", "hi-ya": "hiya", "mhm": "mm-hmm", "mmhmm": "mm-hmm", "mm-hm": "mm-hmm",
    "uh-huh": "mm-hmm", "aha": "mm-hmm", "till": "until", "sup": "what is up",
    "howdy-do": "howdy", "pls": "please", "cuz": "because", "tomorow": "tomorrow",
    "jeez": "gee", "a.i": "ai", "artificial-intelligence": "artificial intelligence",
}  # fmt: skip
_FILLERS = frozenset("um uh uhm umm erm er ah eh hm hmm hmmm mm please kindly".split())
_ROMAN = {
    "II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9",
    "XI": "11", "XII": "12", "XIII": "13", "XIV": "14", "XV": "15",
}  # fmt: skip
_ORDINALS = dict(
    zip(
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th".split(),
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        strict=True,
    )
)
_NAME = re.compile(r"assistant|computer", re.I)
_DIGIT = re.compile(r"\d")
_NAME_FIRST = re.compile(r"^\W*(?:(hey|hi|hello|okay|ok|yo)\W+)?(?:assistant|computer)\b\W*", re.I)
_NAME_LAST = re.compile(r",\s*(?:assistant|computer)\W*$", re.I)
_TOKEN = re.compile(r"\d+:\d\d|\d+(?:\.\d+)+|\d+(?:st|nd|rd|th)\b|[^\W\d_]+(?:['.-][^\W\d_]+)*|\d+")
_DOTTED = re.compile(r"(?<![\d.:])([01]?\d|2[0-4])\.([0-5]\d)(?![\d.]*\d)")
_HALF_DAY = re.compile(r"\s*[ap]\.?m\b", re.I)
_BEFORE_CLOCK = re.compile(r"\b(?:at|until|till|it's|it is|its)\s+$", re.I)
_BEFORE_ALARM = re.compile(r"\b(?:for|to|by|around|about|past|from|alarm)\s+$", re.I)
_ALARM = re.compile(r"\b(?:alarms?|remind\w*|wake|snooze|appointments?|meetings?)\b", re.I)
_MEASURE = re.compile(
    r"\s*(?:%|percent|per|times|plus|minus|divided|multiplied|degrees?|dollars?|euros?|pounds?|bucks"
    r"|cents?|hours?|minutes?|seconds?|days?|weeks?|milli\w+|kilo\w*|centi\w+|met(?:er|re)s?|miles?"
    r"|inch\w*|feet|foot|yards?|grams?|ounces?|lit(?:er|re)s?|cups?|thousand|million|billion)\b",
    re.I,
)
_TWICE = re.compile(r"(?<!\S)([^\W\d_]+),? (?=\1(?!\w))")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_SIGNS = (
    (re.compile(r"(?<=\d)\s*%"), " percent "),
    (re.compile(r"(?<=\d)\s*\+\s*(?=\d)"), " plus "),
    (re.compile(r"(?<=\d)\s*[×*]\s*(?=\d)"), " times "),
    (re.compile(r"(?<=\d)\s*÷\s*(?=\d)"), " divided by "),
)
_ENDINGS = {"'s": "is", "'re": "are", "'m": "am", "'ve": "have", "'ll": "will", "'d": "would"}
_TAKES_IS = frozenset(
    (
        "what who where when how why that there here it he she this everything something name "
        "time date weather"
    ).split()
)

_LEADS = (
    "good (?:morning|afternoon|evening)",
    "oh|well|so|okay|all right|and|but|now|actually|anyway|great|good|cool|nice"
    "|(?:hey|hi|hello)(?: there)?"
    "|yo|listen|look(?! (?:up|for|at|into|after|out|over|through)(?: |$))"
    "|excuse me|sorry|quick question|1 more thing|also|then|just|yes",
    "(?:wait|hold on|hang on)(?: (?:a|1) (?:moment|minute|second|sec))?",
    "(?:can|could|would|will|may|might) (?:you|i)(?: ever)?(?: just| maybe| possibly| quickly)?"
    "(?: be able to| be so kind as to| be so kind and| help me)?",
    "would you mind|do you mind|would it be possible to|is it possible to|is there a way to"
    "|are you able to|do you think you (?:can|could)|you (?:can|could)",
    "i (?:want|need|wish|am going to need|would like|would love|have) (?:for )?(?:you )?to",
    "i would really like (?:you )?to|i would appreciate it if you (?:would|could)",
    "i want to know|i would like to know|i am curious|i was wondering|i wonder|i am wondering",
    "(?:do you know|any idea|any chance you know|let me know|do you happen to know)",
    "(?:go ahead and|try to|help me(?: to)?|feel free to|let us)",
    r"let me(?= (?:call|phone|ring|dial|text|email|message) (?!you\b))",
)
_LEAD_INS = tuple(re.compile(rf"^(?:{lead}) (?=\S)") for lead in _LEADS)
_ANY_LEAD_IN = re.compile(rf"^(?:{'|'.join(_LEADS)}) (?=\S)")
_TAILS = re.compile(
    r"(?<=\S)(?<!^no) (?:now|right now|right away|for me|then|thanks|thank you|thanks a lot"
    r"|if you can|if you could|if possible|real quick|quickly|today|by the way|at the moment"
    r"|if you do not mind|if you would|would you|will you|can you|could you|okay|all right"
    r"|at once|immediately)$"
)


@lru_cache(maxsize=512)
def normalise(text: str) -> str:
    """Canonical words of `text`, joined by one blank each; may be empty. Idempotent."""
    before = None
    while text != before:
        before, text = text, _pass(text)
    return text


@lru_cache(maxsize=512)
def core(canonical: str) -> str:
    """`canonical` (from `normalise`) without the polite frame around a request.

    "okay could you tell me the time right now" becomes "tell me the time". Never empty for words
    that were not, and idempotent.
    """
    before = None
    while canonical != before:
        before = canonical
        if _ANY_LEAD_IN.match(canonical):
            for lead in _LEAD_INS:
                canonical = lead.sub("", canonical)
        canonical = _TAILS.sub("", canonical)
    return canonical


def _pass(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    if _NAME.search(text):
        text = _NAME_LAST.sub("", text)
        unnamed = _NAME_FIRST.sub(lambda found: f"{found[1] or ''} ", text)
        text = unnamed if unnamed.strip() else text
    if _DIGIT.search(text):
        text = _THOUSANDS.sub("", text)
        text = _DOTTED.sub(_clock, text)
        for sign, spelled in _SIGNS:
            text = sign.sub(spelled, text)
    words: list[str] = []
    for token in _TOKEN.findall(text):
        words += _expand(token)
    spoken = [word for word in words if word not in _FILLERS]
    words = words_to_digits(ranks_to_digits(spoken))
    return mended(" ".join(_without_repeats(words)))


def _clock(found: re.Match[str]) -> str:
    """ "4.30" as "4:30" where a time of day is told: Whisper writes British times."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    is_time = _HALF_DAY.match(after) is not None or (
        _MEASURE.match(after) is None
        and (
            _BEFORE_CLOCK.search(before) is not None
            or (_BEFORE_ALARM.search(before) is not None and _ALARM.search(before) is not None)
        )
    )
    return f"{found[1]}:{found[2]}" if is_time else found[0]


def _expand(token: str) -> list[str]:
    """One token of the transcript as canonical words."""
    if token in _ROMAN:
        return [_ROMAN[token]]
    token = _plain(token.lower())
    if token in _ORDINALS:
        return [_ORDINALS[token]]
    if token in _SPELLINGS:
        return _SPELLINGS[token].split()
    bare = token.replace("'", "").replace(".", "")
    if token[0].isdigit():
        return [token]
    if bare in _CONTRACTIONS and (bare not in _APOSTROPHE_ONLY or "'" in token):
        return _CONTRACTIONS[bare].split()
    for ending, verb in _ENDINGS.items() if "'" in token else ():
        stem = token.removesuffix(ending)
        if stem != token and (ending != "'s" or stem in _TAKES_IS):
            return [*_expand(stem), verb]
    if "-" in token and token != "mm-hmm":
        return [word for part in token.split("-") if part for word in _expand(part)]
    return _SPELLINGS.get(bare, bare).split()


def _plain(word: str) -> str:
    """`word` without accents: "café" is "cafe"."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c)) or word


def with_repeats(canonical: str, text: str) -> str:
    """`canonical` with the words that stand twice in a row in its transcript twice: in "a medium,
    medium roast" either is a choice of its own."""
    said = canonical.split()
    for found in _TWICE.finditer(text.lower()):
        if found[1] in said:
            said.insert(said.index(found[1]), found[1])
    return " ".join(said)


def _without_repeats(words: list[str]) -> list[str]:
    """Words said twice or more in a row once; digits may well repeat and are kept."""
    return [
        word
        for at, word in enumerate(words)
        if at == 0 or word != words[at - 1] or word[0].isdigit()
    ]
