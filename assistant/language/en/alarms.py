"""What a request about alarms and reminders asks for: canonical words to an act, a moment, a text.

The moment may stand anywhere; the words without it must be known from start to end, but for the
text of a reminder and the words that say which one is meant. Knows no alarm that is set. Pure.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from assistant.language.en.moments import find_moment, read_moment
from assistant.language.en.timers import find_lengths, may_name
from assistant.language.slots import Moment

Noun = Literal["alarm", "reminder"]

_NOUN = r"(?P<noun>alarms?|reminders?)"
_SET_ALARM = re.compile(
    r"(?:(?:set|make|create|add|put|start|schedule|program|give me|get me|i need|i want|need|want"
    r"|turn on|activate|establish)(?: up| me| in| on)* )?"
    r"(?:(?:an|a|another|the|my|1|1 more|new|recurring|repeating|quick|second) )*"
    r"(?:alarm|timer)(?: clock| up)?(?P<rest>.*)"
)
_WAKE = re.compile(
    r"(?:(?:wake|get) me up|wake me|i (?:need|want) to (?:be woken|wake|get) up)(?P<rest>.*)"
)
_ALARM_REST = re.compile(
    r"(?: (?:for|at|on|to|by|me|up|please|again|go off|ring|that rings|going off|until|from|and"
    r"|the|time|a time|only|just))*"
    r"(?:(?: for| called| named| to get up for) (?:the |my )?"
    r"(?P<name>(?!(?:me|it|and|or|then|but)\b)\S+(?: \S+){0,2}))?"
)
_REMIND = re.compile(
    r"(?:remind me|(?:(?:set|make|create|add|put|schedule|leave|give|get|i need|i want|need|want)"
    r"(?: me| up| in| down)* )?(?:an |a |another |the |my |1 )?(?:new )?reminder"
    r"(?: for me| for myself)?|i (?:need|want) to be reminded|do not let me forget"
    r"|make sure (?:that )?i (?:do not forget|remember))(?P<rest>(?: .*)?)"
)
_ANOTHER = re.compile(
    r"(?:(?:and|also) )*(?:(?:set|make|create|add|give me|i need|i want)(?: up| me)? )?"
    r"(?:another(?: 1)?|1 more|a (?:second|third|new|different) 1|(?<=\S )1)(?= |$)(?P<rest>.*)"
)
""" "And another one for eight", right after an alarm."""
_GLUE = re.compile(r"(?: (?:again|please|for|at|on|by|in|later|sometime|when))*(?= |$)")
_LINK = re.compile(
    r" (?P<link>to|about|that|of|for|it is time to|saying|i have to|i need to|i must) "
)
_FOR_A_LIST = re.compile(
    r" (?:add|put|write|note)(?: it| them| that| those| this)?(?: down)? (?:to|on|onto)"
    r"(?: (?:my|the|our))? (?:\S+ ){0,3}list\b"
)
""" "Remind me to wash the dog, put it on my list": it is to go on a list."""
_NO_TEXT = re.compile(r"(?:who|what|when|where|why|how|which|if|whether|whose)\b")
_REPEATS = re.compile(r"(?<!\S)(?:every|each|daily|weekly|monthly|yearly|annually|hourly)(?!\S)")

_EVENT_FIRST = re.compile(r" (?:when|whenever|once|as soon as|before|after|if|next time) ")
_EVENT_LAST = re.compile(
    r" (?:when|whenever|once|as soon as|next time) (?:i|we|he|she|they) "
    r"(?:get|come|am|are|go|arrive|leave|see|wake|reach|meet)\b"
)

_CANCEL = re.compile(
    r"(?:cancel|delete|remove|clear|turn off|switch off|shut off|get rid of|drop|forget|stop"
    r"|disable|erase|dismiss|end|kill|deactivate|unset)(?P<rest> .*)"
)
_TURN_OFF = re.compile(r"(?:turn|switch|shut)(?P<rest> .*) off")
_CHANGE = re.compile(
    r"(?:move|change|shift|push|postpone|reschedule|delay|update|adjust|bring|put off|set back)"
    r"(?: back| forward| up| out)?(?P<rest> .*)"
)
_TO = re.compile(r"(?P<what>.*\S) (?:to|until) (?P<to>.+?)(?: instead| please)?")
_LIST = re.compile(
    r"(?:what|which|when|list|show|read|tell|do i have|have i|are there|is there|is|are|any"
    r"|how many|check|give me|go through|did i set|what time)\b(?P<rest>.*)"
)
_WHEN_TO = re.compile(
    r"(?:when|what time|at what time) (?:(?:do|did|should|must|will|am) (?:i|you) )?"
    r"(?:(?:have|need|want|supposed|going|remind me|reminding me) )?to (?P<text>(?:\S+ ?){1,6})"
    r"|(?:when|what time) (?:should|must) i (?P<bare>(?:\S+ ?){1,6})"
)
""" "When do I have to call Anna": of a reminder, where there is one."""
_LIST_WORDS = frozenset(
    (
        "what which when list show read tell do does i have has are there is any how many check "
        "give go through did set time me my the a an all of off out up on for about be will going "
        "goes ring rings rung next first to today now currently active running pending upcoming "
        "still right you know got alarm alarms reminder reminders was were some please been it "
        "scheduled planned coming left say"
    ).split()
)
_TAIL = re.compile(
    r"(?: (?:please|now|again|off|instead|back|forward|by|to|from|on|at|for|until|of mine))+$"
)
_WHICH = re.compile(
    r"(?: (?:the|my|that|this|a|an|all|every|both|of|any|those|these|off|next|first|last|1|one"
    r"|set))*"
    rf"(?P<name>(?: (?!alarm|reminder)\S+){{0,4}}?) {_NOUN}(?: clock)?"
    r"(?: (?:to|about|for|of|that|called|named)(?: the| my)?(?P<after>(?: \S+){1,6}))?"
)
_THEM = re.compile(r" (?P<it>it|that|that 1|that one|this)")
_OF_DAY = re.compile(r"(?<!\S)(today|tomorrow|\w+day)'?s(?= (?:alarm|reminder))")
"""The day of "tomorrow's alarm"."""
_ALL = re.compile(r" (?:all|every|both)(?!\S)")
_MORNING = range(4, 12)
_PLACES = {"next": 1, "first": 1, "last": -1, "second": 2, "third": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmWords:
    """What is asked for. `act` is set, cancel, list or change; `noun` what it is about (empty for
    "it").

    `text` is the text of a reminder, or the name of what is meant; `moment` is when, `of` when it
    was set for so far, `by_s` by how much it is moved. `repeats` says that it is to come again in a
    way that nobody here knows, `at_event` that it is to come when something happens, `is_sure` is
    False for words that mean one only where the talk or a row shows it ("another one at eight").
    """

    act: Literal["set", "cancel", "list", "change"]
    noun: Literal["alarm", "reminder", ""]
    moment: Moment | None = None
    of: Moment | None = None
    text: str = ""
    by_s: int = 0
    is_all: bool = False
    place: int | None = None
    repeats: bool = False
    at_event: bool = False
    is_sure: bool = True


@lru_cache(maxsize=32)  # the flows ask one after the other
def read_alarm(words: str, now: datetime) -> AlarmWords | None:
    """What `words` (canonical) ask of alarms and reminders; None for anything else."""
    words = _OF_DAY.sub(r"\1", words)
    found = find_moment(words, now)
    moment, rest = found if found is not None else (None, words)
    for reading in (_set_reminder, _cancel, _change, _list, _set_alarm, _set_another):
        asked = reading(rest, moment, words, now)
        if asked is not None:
            return asked
    return None


def _set_reminder(rest: str, moment: Moment | None, words: str, now: datetime) -> AlarmWords | None:
    found = _REMIND.fullmatch(rest)
    if found is None:
        return None
    text = found["rest"]
    if moment is None and _FOR_A_LIST.search(text):
        return None
    if moment is None and (_EVENT_FIRST.match(text) or _EVENT_LAST.search(text)):
        return AlarmWords(act="set", noun="reminder", at_event=True)
    glue = _GLUE.match(text)
    link = _LINK.match(text, glue.end() if glue else 0) or _LINK.match(text)
    if link:
        text = text[link.end() :].strip()
        link_word = link["link"]
    else:
        text, link_word = text[glue.end() if glue else 0 :].strip(), ""
    if _NO_TEXT.match(text) and link_word != "that":
        return None
    if text and moment is None and link_word in ("", "of"):
        return None
    if text and not link_word and rest.startswith("remind me"):
        return None
    repeats = bool(_REPEATS.search(text))
    return AlarmWords(act="set", noun="reminder", moment=moment, text=text, repeats=repeats)


def _set_alarm(rest: str, moment: Moment | None, words: str, now: datetime) -> AlarmWords | None:
    wakes = _WAKE.fullmatch(rest)
    found = wakes or _SET_ALARM.fullmatch(rest)
    if found is None:
        return None
    if wakes and moment is not None:
        moment = _in_the_morning(moment, now)
    is_timer = "timer" in rest.split()
    if is_timer and (moment is None or moment.clock is None):
        return None
    end = next((one for one in found.groups() if one is not None), "")
    repeats = bool(_REPEATS.search(end))
    end = " ".join(_REPEATS.split(end)[0].split()) if repeats else end.strip()
    named = _ALARM_REST.fullmatch(f" {end}" if end else "")
    if named is None or any(c.isdigit() for c in named["name"] or ""):
        return None
    return AlarmWords(
        act="set", noun="alarm", moment=moment, text=named["name"] or "", repeats=repeats
    )


def _set_another(rest: str, moment: Moment | None, words: str, now: datetime) -> AlarmWords | None:
    found = _ANOTHER.fullmatch(rest)
    if found is None or moment is None or moment.clock is None:
        return None
    asked = _set_alarm(f"set an alarm{found['rest']}", moment, words, now)
    return asked and dataclasses.replace(asked, is_sure=False)


def _in_the_morning(moment: Moment, now: datetime) -> Moment:
    """ "Wake me at a quarter to seven" means the morning, whatever the time is."""
    clock = moment.clock
    if clock is None or clock.is_exact or clock.hour not in _MORNING or moment.date == now.date():
        return moment
    return moment.at(clock.in_half("am"))


def _cancel(rest: str, moment: Moment | None, words: str, now: datetime) -> AlarmWords | None:
    found = _CANCEL.fullmatch(rest) or _TURN_OFF.fullmatch(rest)
    return None if found is None else _meant("cancel", found["rest"], moment, now)


def _change(rest: str, moment: Moment | None, words: str, now: datetime) -> AlarmWords | None:
    found = _CHANGE.fullmatch(rest)
    if found is None:
        return None
    lengths, said = find_lengths(found["rest"])
    if lengths and moment is None and re.search(r" by #| #$", said):
        asked = _meant("change", f" {re.sub(r'(?: by)? #', '', said)}", None, now)
        sign = -1 if re.match(r"(?:bring|move (?:up|forward))", rest) else 1
        return asked and dataclasses.replace(asked, by_s=sign * lengths[0])
    target = _TO.fullmatch(words)
    new = read_moment(target["to"], now) if target is not None else None
    if target is not None and new is not None and _CHANGE.fullmatch(target["what"]):
        which = find_moment(target["what"], now)
        of, said = which if which is not None else (None, target["what"])
        inner = _CHANGE.fullmatch(said)
        asked = _meant("change", inner["rest"], new, now) if inner is not None else None
        if asked is not None and (of or asked.of):
            return dataclasses.replace(asked, of=of or asked.of)
    it = _THEM.fullmatch(_TAIL.sub("", found["rest"]))
    if it is not None and moment is not None:
        return AlarmWords(act="change", noun="", moment=moment)
    return None if moment is None else _meant("change", found["rest"], moment, now)


def _meant(
    act: Literal["cancel", "change"], rest: str, moment: Moment | None, now: datetime
) -> AlarmWords | None:
    found = _WHICH.fullmatch(_TAIL.sub("", rest))
    if found is None:
        return None
    noun: Noun = "alarm" if found["noun"].startswith("alarm") else "reminder"
    name = (found["name"] or found["after"] or "").strip()
    of = read_moment(name, now) if name else None
    name = "" if of is not None else name
    if act == "cancel" and of is not None:
        moment = of
    is_all = bool(_ALL.search(rest)) or (found["noun"].endswith("s") and not name)
    place = next((_PLACES[word] for word in rest.split() if word in _PLACES), None)
    return AlarmWords(
        act=act, noun=noun, moment=moment, of=of, text=name, is_all=is_all, place=place
    )


def _list(rest: str, moment: Moment | None, words: str, now: datetime) -> AlarmWords | None:
    what = _WHEN_TO.fullmatch(words)
    if what:
        return AlarmWords(
            act="list", noun="reminder", text=what["text"] or what["bare"], is_sure=False
        )
    found = re.search(rf"(?<!\S){_NOUN}(?!\S)", rest)
    if found is None or not _LIST.match(rest):
        return None
    noun: Noun = "alarm" if found["noun"].startswith("alarm") else "reminder"
    before = rest[: found.start()].split()
    name: list[str] = []
    while before and before[-1] not in _LIST_WORDS and len(name) < 3 and may_name(before[-1:]):
        name.insert(0, before.pop())
    after = re.match(r" (?:to|about|for) (?:the |my )?(.+)", rest[found.end() :])
    tail = rest[found.end() :].split()
    if after and not _LIST_WORDS.issuperset(after[1].split()):
        name, tail = after[1].split(), []
    if not _LIST_WORDS.issuperset([*before, *tail]):
        return None
    if before[:2] == ["what", "is"] and set(before[2:]) & {"a", "an"}:
        return None
    place = 1 if "next" in before else -1 if "last" in before else None
    return AlarmWords(act="list", noun=noun, moment=moment, text=" ".join(name), place=place)
