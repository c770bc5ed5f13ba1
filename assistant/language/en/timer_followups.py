"""What words without "timer" ask of a timer that was talked of: "is it done yet", "add another 5".

They mean a timer only where one runs; the bare ones only right after a request about timers. Which
of both is the case, the flows find out. Knows no timer that runs. Pure; any thread.
"""

from __future__ import annotations

import re

from assistant.language.en.timer_words import TimerWords

_AND = r"(?:(?:and|so|okay|now|actually|no|oh) )*"
_ON_IT = r"(?: (?:on|onto|to) (?:it|that|that 1|the timer))?"
_TO_GO = (
    r"have i got|do i have|is left|are left|left|remaining|to go|still|more|now"
    r"|until it (?:is done|is over|rings|goes off)"
    r"|until you (?:wake|ring|tell|call|alert|notify|buzz)(?: me)?"
)
_LEFT = re.compile(rf"{_AND}how (?:long|much longer|much time|many minutes)(?: (?:{_TO_GO}))+")
_LEFT_BARE = re.compile(
    rf"{_AND}(?:how (?:long|much longer)|is (?:it|that) (?:done|ready|finished|over|up)"
    r"(?: yet| now| already)*|when is it (?:done|ready|over|finished|up)"
    r"|how long (?:is (?:it|that)|does it still (?:take|need))(?: now| for| set for)?"
    r"|what is (?:it|that) at)"
)
_DOING = re.compile(
    rf"{_AND}how (?:is|are) (?:the |my |our )?(?P<name>\S+(?: \S+)?) "
    r"(?:doing|coming along|getting on|getting along)(?: now)?"
)
_ADD_BARE = re.compile(
    rf"{_AND}(?:add|give it|give me|give that|put on|make it) (?:(?:another|an extra|1 more) )?"
    rf"(?P<number>\d{{1,3}})(?: more| extra| longer)?{_ON_IT}"
)
_ADD_SAYS_MORE = re.compile(r"\b(?:another|more|extra|longer|add)\b")
_OFF_BARE = re.compile(
    rf"{_AND}(?:take|knock|cut|shave) (?:off )?(?P<number>\d{{1,3}})(?: off| away)?"
    r"(?: again| of it)?"
)
_NAME = r"(?:the |my )?(?P<name>\S+(?: \S+)?)"
_NAMED = (
    ("add", re.compile(rf"(?:add|put) # (?:more )?(?:to|on|onto) {_NAME}")),
    ("add", re.compile(rf"give {_NAME} (?:# more|more #|another #)")),
    ("take_off", re.compile(rf"take # off (?:of )?{_NAME}")),
)
_CANCEL_ONE = re.compile(
    rf"{_AND}(?:cancel|stop|delete|remove|kill|drop|end|turn off) the "
    r"(?P<place>longer|longest|shorter|shortest|first|second|third|last)(?: 1)?"
)
_PLACES = {"longer": -1, "longest": -1, "last": -1, "shorter": 0, "shortest": 0, "first": 0}
_PLACES |= {"second": 1, "third": 2}
_CHANGE = re.compile(
    rf"{_AND}(?:(?:make|change|turn) (?:(?P<it>it|that)|(?:the |my |that )?(?:timer|countdown))"
    r"|(?:change|adjust|correct) (?:the |my )timer)(?: to| into| be)? #(?: instead| long| in all)*"
)
_VERB = r"(?:set|start|make|add|create|run|begin|open|give me|i need|i want|need|want)(?: up| me)?"
_ANOTHER = re.compile(
    rf"{_AND}(?:{_VERB} )?"
    r"(?:another 1|1 more(?= (?:for|of|called|named) )|another(?= (?:for|of) )"
    r"|a (?:second|third|new|different|separate|further) 1|also 1(?= for ))"
    rf"|(?:{_AND}{_VERB}|and(?: then)?) 1(?= (?:for|of) )"
)
_ALSO = re.compile(r" (?:as well|too|also)$")
_SECOND_TIMER = re.compile(r"(?<!half )\ba second (?=(?:\S+ ){0,2}(?:timer|countdown)\b)")
_LEFT_PLACE = re.compile(
    rf"{_AND}how (?:long|much longer|much time|many minutes)"
    r"(?: (?:is left|left|have i got|do i have|is there|remaining|does))* (?:on|for|of|in)? ?the "
    r"(?P<place>longer|longest|shorter|shortest|first|second|third|last)(?: 1)?"
    r"(?: have)?(?: left)?"
)
_NO_NAME = frozenset("it that this them list timer clock alarm stopwatch shopping".split())


def without_second(words: str) -> str:
    """Canonical `words` with "a second timer" as "a new timer": its "second" is no length."""
    return _SECOND_TIMER.sub("a new ", words)


def another(words: str) -> str:
    """What "another one for 20" asks for in whole: "set another timer for 20"; else nothing."""
    found = _ANOTHER.match(words)
    if found is None:
        return ""
    return f"set another timer{_ALSO.sub('', words[found.end() :])}"


def read_followup(words: str, said: str, lengths: tuple[int, ...]) -> TimerWords | None:
    """What canonical `words` ask of the timer that was talked of; `said` are the same with "#" in
    the place of each of the `lengths` (in seconds). None for anything else."""
    if len(lengths) == 1:
        return _with_length(said, lengths[0])
    if lengths:
        return None
    if _LEFT_BARE.fullmatch(words):
        return TimerWords(act="left", is_sure=False, is_bare=True)
    if _LEFT.fullmatch(words):
        return TimerWords(act="left", is_sure=False)
    doing = _DOING.fullmatch(words)
    if doing and _NO_NAME.isdisjoint(doing["name"].split()):
        return TimerWords(act="left", name=doing["name"], is_sure=False)
    place = _LEFT_PLACE.fullmatch(words)
    if place:
        at = _PLACES[place["place"]]
        return TimerWords(act="left", place=at, is_sure=False, is_bare=True)
    one = _CANCEL_ONE.fullmatch(words)
    if one:
        return TimerWords(act="cancel", place=_PLACES[one["place"]], is_sure=False, is_bare=True)
    more = _ADD_BARE.fullmatch(words)
    is_one = words.endswith("another 1")  # of what, nobody knows
    if more and _ADD_SAYS_MORE.search(words) and int(more["number"]) and not is_one:
        seconds = 60 * int(more["number"])
        return TimerWords(act="add", amount=seconds, is_sure=False, is_bare=True)
    less = _OFF_BARE.fullmatch(words)
    if less and "off" in words.split() and int(less["number"]):
        seconds = 60 * int(less["number"])
        return TimerWords(act="take_off", amount=seconds, is_sure=False, is_bare=True)
    return None


def _with_length(said: str, seconds: int) -> TimerWords | None:
    change = _CHANGE.fullmatch(said)
    if change:
        is_bare = change["it"] is not None
        return TimerWords(act="change", amount=seconds, is_sure=not is_bare, is_bare=is_bare)
    for act, pattern in _NAMED:
        found = pattern.fullmatch(said)
        if found is None or not _NO_NAME.isdisjoint(found["name"].split()):
            continue
        name = found["name"].removesuffix(" 1")
        if name in _PLACES:
            at = _PLACES[name]
            return TimerWords(act=act, amount=seconds, place=at, is_sure=False, is_bare=True)
        return TimerWords(act=act, amount=seconds, name=found["name"], is_sure=False)
    return None
