"""In which language words are, told by their script and by the most frequent words of eight.

English is what is expected. Quoted words, names and two words alone say nothing, so that "Gute
Nacht." and "São Paulo" stand. Knows no dialogue. Pure; any thread.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SHORTEST = 3
"""Fewer words than this, in the script of English, are of no language."""

ENGLISH = "en"
OTHER_SCRIPT = "another script"

_FREQUENT = {
    ENGLISH: "the of and to in is it that was for on are as with his they at be this have from or "
    "had by but not what all were we when your can said there use an each which she how their if "
    "will up about out many then them these so some her would make like him into has two more no "
    "i a you he my me do did does who why where been its our us than only very just also know "
    "because could should may over most such any after before between through while here yes "
    "please one good well said means mean called word letter language used made am say see get",
    "fr": "le la les un une des du de et est que qui dans pour pas sur avec ce cette il elle ne se "
    "au aux par plus je tu nous vous ils elles mais ou où son sa ses mon ma mes être avoir sont "
    "été était très bien comme tout fait peut suis ai as avez c'est j'ai ça sais veux aussi même",
    "de": "der die das und ist ich nicht ein eine einen einem einer zu den dem des mit sich auf "
    "für es sie er wir ihr von im als auch aber sind war wie oder wenn haben hat habe kann können "
    "bei nur noch nach aus dass weiß sehr mir mich dir dich bin bist wird werden ja nein über",
    "es": "el la los las un una unos unas de del que y en es por con para no se lo le su sus al "
    "como más pero o este esta yo tú está están son muy también hay todo todos sé qué cuando "
    "porque ser tiene puede creo si mi ya fue",
    "it": "il lo la gli le un una uno di del della dei che e è in per con non si da al alla come "
    "più ma o questo questa io tu sono molto anche c'è ho hai nel nella ed so perché essere "
    "può sei mi ti ci era",
    "pt": "o os as um uma uns umas de do da dos das que e é em no na nos nas por com para não se "
    "ao como mais mas ou este esta eu você são está muito também ele ela tem foi seu sua isso "
    "pode ser sim quando porque",
    "nl": "de het een en van ik is dat niet te op met voor zijn er maar om ook als hij zij wij je "
    "aan bij naar uit nog wel hier wat heeft hebben kan worden wordt deze dit ver veel zo mijn",
    "pl": "i w na nie się z do to że jest o jak ale po co tak za od już tylko być jego są ja ty "
    "ona oni czy dla ze przez bardzo może który która gdzie mnie mam wiem",
}
_WORDS = {language: frozenset(words.split()) for language, words in _FREQUENT.items()}
_ENGLISH = _WORDS[ENGLISH]
_FOREIGN = {name: words for name, words in _WORDS.items() if name != ENGLISH}
_ANY_FOREIGN = frozenset().union(*_FOREIGN.values()) - _ENGLISH
_PARTICLES = frozenset(
    "de da do dos das di du del della la le van von der den y e et of el al des the und".split()
)
"""Small words within names: "Leonardo da Vinci"."""

_ELISION = re.compile(r"^(?:l|d|qu|j|c|n|s|m|dell|nell|all|un)'(?=[^\W\d_]{2})")
_ENGLISH_ENDING = re.compile(r"'(?:s|t|m|d|ll|re|ve)$")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“”]*[“”]|(?<!\w)['‘][^'’]*['’](?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TOKEN = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)|[,.;:!?()]")
_LANGUAGE_NAMES = (
    "french|german|spanish|italian|portuguese|dutch|polish|latin|greek|russian|ukrainian|chinese"
    "|mandarin|cantonese|japanese|korean|arabic|hebrew|hindi|turkish|swedish|danish|norwegian"
    "|finnish|czech|hungarian|welsh|irish|gaelic|hawaiian|swahili|vietnamese|thai|urdu|persian"
    "|esperanto|catalan|basque|icelandic|romanian|bulgarian|croatian|serbian"
)
_ASKS = re.compile(
    rf"\b(?:translat\w*|pronounc\w*|languages?|how (?:do|does|would|can|to) (?:you|i|we|one)?"
    rf" ?say|foreign|(?:in|into|from|speak|speaks|to|learn) (?:{_LANGUAGE_NAMES})"
    rf"|(?:{_LANGUAGE_NAMES}) (?:words?|phrases?|names?|for|poem|song|lesson|proverb|saying"
    rf"|alphabet|greeting|sentence|verbs?)|what does .+ mean|meaning of|the words? for)\b"
)


def asks_for_foreign_words(request: str) -> bool:
    """True for a request such as "translate …" or "how do you say … in German"."""
    return bool(_ASKS.search(request.lower()))


@lru_cache(maxsize=64)
def language(text: str) -> str:
    """ "fr", "de" and so on, `OTHER_SCRIPT`, or `ENGLISH` where nothing speaks against it."""
    if not text.isascii() and _has_other_script(text):
        return OTHER_SCRIPT
    if _QUOTED.search(text):
        text = _QUOTED.sub(" ", text)
    words = [found[0] for found in _WORD.finditer(text)]
    if len(words) < SHORTEST or all(word[0].isupper() for word in words):
        return ENGLISH
    tokens = [found[1] for found in _TOKEN.finditer(text.replace("’", "'"))]
    said = [
        token.lower()
        for at, token in enumerate(tokens)
        if token and not _is_within_name(tokens, at)
    ]
    english = sum(word in _ENGLISH or bool(_ENGLISH_ENDING.search(word)) for word in said)
    elided = sum(bool(_ELISION.match(word)) for word in said)
    foreign = sum(word in _ANY_FOREIGN for word in said) + elided
    if foreign == 0 or foreign <= english:
        return ENGLISH
    return max(_FOREIGN, key=lambda name: sum(word in _FOREIGN[name] for word in said))


def _is_within_name(tokens: list[str | None], at: int) -> bool:
    """True for a particle right behind a capitalised word: no comma stands between."""
    before = tokens[at - 1] if at else None
    token = tokens[at] or ""
    if token not in _PARTICLES or before is None:
        return False
    return before[0].isupper() or before in _PARTICLES


def _has_other_script(text: str) -> bool:
    """True when a word of `text` is in no Latin letters; one letter alone, as "π", is a sign."""
    for found in _WORD.finditer(text):
        letters = [c for c in found[0] if ord(c) > 0x24F and c.isalpha()]
        strange = [c for c in letters if not _is_latin(c)]
        if len(strange) > 1 or (strange and unicodedata.category(strange[0]) == "Lo"):
            return True
    return False


@lru_cache(maxsize=512)
def _is_latin(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("LATIN", "MODIFIER", "FEMININE", "MASCULINE"))
