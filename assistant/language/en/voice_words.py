"""What people say about the volume and the speed of a voice, in English.

A request is understood only when every one of its words is known, so that "turn up the heat" and
"how fast does sound travel" are left to others. Reads canonical words. Pure; any thread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["by", "to", "ask", "tell"]


@dataclass(frozen=True, slots=True)
class Wish:
    """A change of a setting: `by` so much, or `to` a value; "ask" where the direction was not said,
    "tell" where it was asked for."""

    kind: Kind
    amount: float = 0.0


_VERBS = frozenset(
    (
        "turn set put make bring change adjust raise lower increase decrease reduce boost crank "
        "pump drop"
        " amplify speak talk say read answer respond sound get go be have keep move modify alter "
        "fix take"
        " return reset use try start begin speaking talking reading going need want prefer like "
        "let slow"
        " hurry double halve"
    ).split()
)
_LITTLE = frozenset(
    (
        "a an bit little lot much more less too very so really way far tad slightly touch "
        "somewhat just"
        " even things the your my me it that this yourself you are is was to at on of for by in "
        "with and "
        "when i"
        " please again now back all as can could possible not loud enough out percent per cent us "
        "volume"
        " only right there here still quite level bring down up good deal from than before "
        "everything"
        " setting number would do does want still kind"
    ).split()
)
_VOLUME = frozenset(
    (
        "volume loudness louder quieter softer loud quiet soft loudly quietly softly voice sound "
        "hear"
        " speaker speech barely hardly max maximum min minimum full half highest lowest loudest "
        "quietest "
        "normal"
        " default medium high low middle up down higher lower top blast way normally regular "
        "speaking"
        " talking audio"
    ).split()
)
_SPEED = frozenset(
    (
        "speed rate pace tempo slower faster slow fast slowly quickly quicker quick rapidly normal"
        " regular default usual speech voice normally rushing slowest fastest max maximum half "
        "double"
        " twice times speaking talking words conversation"
    ).split()
)
_ASKING = frozenset("what how which".split())

_UP = frozenset("up louder higher raise increase boost crank pump amplify loudly".split())
_DOWN = frozenset("down quieter softer lower decrease reduce drop quietly softly".split())
_LEVELS = (
    (frozenset("max maximum full highest loudest top blast".split()), 10.0),
    (frozenset("min minimum lowest quietest".split()), 1.0),
    (frozenset("half medium middle halfway".split()), 5.0),
    (frozenset("normal default regular normally".split()), 7.0),
    (frozenset("high".split()), 9.0),
    (frozenset("low".split()), 3.0),
)
_ABOUT_VOLUME = frozenset(
    "volume loudness louder quieter softer loud loudly quietly softly hear".split()
)
_SMALL = re.compile(r"(?:a|1|just a) (?:little|tad|touch|bit)|slightly|somewhat")
_LARGE = re.compile(r"a lot|way|much|far|a good deal")
_NUMBER = re.compile(r"(?<!\S)(\d+(?:\.\d+)?)(?!\S)")
_IT_UP_OR_DOWN = re.compile(r"(?:turn|crank|bring|pump) (?:it|yourself|that) (?:up|down)\b.*")
_VOICE_MOVED = re.compile(
    r"(?:raise|lower|turn (?:up|down)|bring (?:up|down)) (?:your|the) (?:voice|sound|speech)\b.*"
    r"|turn (?:your|the) (?:voice|sound|speech) (?:up|down)\b.*|speak up\b.*"
    r"|(?:your|the) (?:volume|sound|voice) is (?:\S+ ){0,2}(?:too|so) (?:low|high)"
    r"|you are (?:\S+ ){0,2}(?:quiet|soft|silent)(?: now)?"
)


def read_volume(words: str) -> Wish | None:
    """What is wanted of the volume: by so many levels of ten, or to a level."""
    words = words.replace("sound level", "volume").replace("volume level", "volume")
    said = set(words.split())
    if _is_forbidden(words):
        return None
    known = _VERBS | _LITTLE | _VOLUME
    if not said - _ASKING <= known | {one for one in said if _NUMBER.fullmatch(one)}:
        return None
    is_about = said & _ABOUT_VOLUME or _IT_UP_OR_DOWN.match(words) or _VOICE_MOVED.match(words)
    if not is_about or not said - {"loud", "quiet", "soft", "volume", "voice", "hear"}:
        return Wish("tell") if words in ("volume", "volume level") else None
    if said & _ASKING:
        return Wish("tell") if not said & (_UP | _DOWN) and said & {"volume", "loud"} else None
    number = _level(words)
    if number is not None:
        return number
    step = _step(words)
    for some, level in _LEVELS:
        if said & some and not said & {"too", "so", "louder", "quieter"} and "hear" not in said:
            return Wish("to", level)
    direction = _direction(words, said)
    if direction:
        return Wish("by", direction * step)
    return Wish("ask") if said & {"change", "adjust", "modify", "alter", "fix", "set"} else None


def _is_forbidden(words: str) -> bool:
    """Whether a change is not wanted: "do not speak louder", but for "do not speak so loud"."""
    is_less = {"so", "too", "that", "as"} & set(words.split())
    return words.startswith(("do not ", "not ", "never ")) and not is_less


def _level(words: str) -> Wish | None:
    found = _NUMBER.search(words)
    if found is None or words.startswith(("1 more", "a 1")):
        return None
    number = float(found[1])
    is_percent = "percent" in words or "per cent" in words or number > 10
    level = number / 10 if is_percent else number
    if re.search(rf"\bby {re.escape(found[1])}", words):
        down = set(words.split()) & _DOWN
        return Wish("by", -level if down else level)
    return Wish("to", level) if number <= 100 else None


def _step(words: str) -> float:
    if _SMALL.search(words):
        return 1.0
    return 3.0 if _LARGE.search(words) else 2.0


_STATED_NOT = re.compile(
    r"\b(?:are|is|am|was|were) not\b|\byou do not (?!have|need|want)|\bdoes not\b"
)


def _judged(words: str, said: set[str]) -> int:
    """Of what an adverb or adjective says: 1 where more is wanted ("not loud enough"), -1 where
    less is ("too loud", "not so loud"), 0 where it is not judged."""
    if "not" in said and ("enough" in said or _STATED_NOT.search(words)):
        return 1
    is_told = words.startswith(("you", "it is", "that is", "the "))
    return -1 if said & {"too", "so", "less", "that"} or ("very" in said and is_told) else 0


def _direction(words: str, said: set[str]) -> int:
    """1 for louder, -1 for quieter, 0 where the words do not say."""
    if said & {"low", "high"} and said & {"too", "so"}:
        return 1 if "low" in said else -1
    if "hear" in said:
        return 1 if said & {"not", "barely", "hardly"} else 0
    judged = _judged(words, said)
    if judged and said & {"loud", "loudly"}:
        return judged
    if judged and said & {"quiet", "soft", "quietly", "softly"}:
        return -judged
    if "loud" in said:
        return int("as" in said)
    if said & {"quiet", "soft"}:
        return 1 if "are" in said else -1
    if "volume" in said and said & {"more", "less"} and not said & (_UP | _DOWN):
        return 1 if "more" in said else -1
    down, up = said & _DOWN, said & _UP
    if down and up:
        return -1 if "down" in down else 1
    return (1 if up else 0) - (1 if down else 0)


_SLOW = frozenset("slower slow slowly".split())
_FAST = frozenset("faster fast quickly quicker quick rapidly".split())
_ABOUT_SPEED = frozenset("speed rate pace tempo slower faster slowly quickly quicker fast".split())
_OF_SPEECH = frozenset(
    "speak talk say read answer respond speaking talking speech voice your you go sound".split()
)
_HOW_FAST = re.compile(
    r"(?:change|adjust|set) how (?:fast|quickly|slow|slowly) you (?:talk|speak|are talking)"
)
_PLAIN_SPEED = re.compile(
    r"(?:a (?:little |tiny )?bit |a little |much |a lot |even |way )?(?:slower|faster|more slowly|"
    "more quickly)"
    r"(?: now)?|slow (?:it )?(?:down|up)(?: (?:a (?:little )?(?:bit|little)|a lot|there|for me))*"
    r"|speed (?:it )?up(?: (?:a (?:little )?(?:bit|little)|a lot))*|not so (?:fast|quickly|slow|"
    "slowly)"
    r"|too (?:fast|slow)|(?:that is|that was) (?:way |much )?too (?:fast|slow)|normal speed|hurry "
    "up"
)


def read_speed(words: str) -> Wish | None:
    """What is wanted of the speed: by -1, +1 or so steps, or to a factor (1 is normal)."""
    if _HOW_FAST.fullmatch(words):
        return Wish("ask")
    said = set(words.split())
    if _is_forbidden(words):
        return None
    numbers = {one for one in said if _NUMBER.fullmatch(one)}
    if not said <= _VERBS | _LITTLE | _SPEED | numbers or said & _ASKING:
        return None
    is_plain = _PLAIN_SPEED.fullmatch(words) is not None
    is_about = said & (_ABOUT_SPEED | {"slow", "normally"}) and said & _OF_SPEECH
    if not is_plain and not is_about and not {"speed", "pace", "tempo"} & said:
        return None
    factor = _factor(words, said)
    if factor is not None:
        return Wish("to", factor)
    step = (
        0.5 if _SMALL.search(words) else 2.0 if _LARGE.search(words) and "too" not in said else 1.0
    )
    direction = _tempo(words, said)
    if direction:
        return Wish("by", direction * step)
    is_named = said & {"speed", "rate", "pace", "tempo"}
    return (
        Wish("ask") if is_named and said & {"change", "adjust", "modify", "alter", "set"} else None
    )


def _factor(words: str, said: set[str]) -> float | None:
    found = _NUMBER.search(words)
    if found is not None:
        number = float(found[1])
        if "percent" in said or "per" in said:
            return number / 100
        return number if number <= 3 and said & {"times", "speed"} else None
    if said & {"normal", "regular", "default", "usual", "normally"}:
        return 1.0
    if said & {"double", "twice"}:
        return 2.0
    if "half" in said and "speed" in said:
        return 0.5
    if said & {"fastest", "max", "maximum"}:
        return 3.0
    return 0.1 if "slowest" in said else None


def _tempo(words: str, said: set[str]) -> int:
    """1 for faster, -1 for slower, 0 where the words do not say."""
    turned = _judged(words, said) or (-1 if "not" in said else 1)
    if "slow down" in words or "slow it down" in words or "slow up" in words:
        return -1
    if "speed up" in words or "hurry up" in words or "speed it up" in words:
        return 1
    if said & _SLOW:
        return -turned
    if said & _FAST:
        return turned
    if said & {"decrease", "reduce", "lower", "down", "drop"}:
        return -1
    return 1 if said & {"increase", "raise", "up", "boost"} else 0
