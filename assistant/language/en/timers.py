"""What a request about timers asks for: canonical words to an act, lengths and a name.

A request is understood only when every one of its words is known, but for the name of a timer,
which stands right before the word "timer" or after "called". Knows no timer that runs. Pure.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.language.en.durations import find_duration, names_duration
from assistant.language.en.timer_followups import another, read_followup, without_second
from assistant.language.en.timer_words import TimerWords

NOUNS = frozenset("timer timers countdown countdowns".split())
_LONGEST_NAME = 3

_SET_VERBS = frozenset(
    "set start make create begin add put run give get open need want like use time count".split()
)
_SET_WORDS = _SET_VERBS | frozenset(
    (
        "i me us up on a an another the my new second one 1 # for of to that is lasting lasts with "
        "at going go off in it down from now some length clock ring rings you should be runs and "
        "would quick also more other separate please both each simple 2 3 4 5 about around roughly "
        "exactly"
    ).split()
)
_CALL_VERBS = frozenset("remind alert tell notify wake ping call ring warn beep let buzz".split())
_CALL_WORDS = _CALL_VERBS | frozenset(
    "me up again in after when # from now is are over past have passed know time at".split()
)
_LEFT_WORDS = frozenset(
    (
        "did how much many long more longer time minutes seconds hours is are there left remaining "
        "until does do has have on for in the my it a any that to go goes got off still ends end "
        "finished over rings ring done what which check show tell me about status of when will be "
        "running set up i far along active going give need wait list all read out say 1 one # and "
        "currently ready run runs finish finishes expire expires before now first second third "
        "last next"
    ).split()
)
_WHICH_WORDS = frozenset(
    "all every both of the my that those these this off # for existing current i set a other one 1 "
    "running first second third fourth last next any it them and".split()
)
_CANCEL_VERBS = frozenset(
    "cancel stop delete remove clear end kill abort forget drop dismiss turn switch shut disable "
    "erase rid".split()
)
_CANCEL_WORDS = _CANCEL_VERBS | _WHICH_WORDS | frozenset(["get"])
_ALL_WORDS = frozenset("all every both timers countdowns them".split())
_ADD_VERBS = frozenset("add put give extend increase lengthen prolong bump make tack".split())
_ADD_WORDS = (
    _ADD_VERBS
    | _WHICH_WORDS
    | frozenset("to on onto another more extra longer by me time up".split())
)
_OFF_VERBS = frozenset(
    "take remove subtract deduct cut knock shave reduce shorten lower decrease make bring".split()
)
_OFF_WORDS = (
    _OFF_VERBS | _WHICH_WORDS | frozenset("from off by less shorter down away time".split())
)
_STANDS = {
    "pause": re.compile(r"(?:pause|freeze|suspend|hold)\b(?! on\b)"),
    "resume": re.compile(r"(?:resume|continue|unpause|unfreeze|go on|carry on)\b"),
    "restart": re.compile(r"(?:restart|reset|rerun|repeat)\b"),
}
_STAND_WORDS = _WHICH_WORDS | frozenset(
    "pause freeze suspend hold resume continue unpause unfreeze go carry restart reset rerun "
    "repeat with running counting again over now on from where it was".split()
)
_START_AGAIN = re.compile(r"(?:start|run|set|begin) .*(?:again|over|anew|from the beginning)")
_START_AGAIN_WORDS = _STAND_WORDS | frozenset("start run begin anew from beginning".split())
_NO_NAME = frozenset(
    (
        "who what when where why how which whose do does did not no never buy sell like love hate "
        "invented cook boil bake about said says know think was were had tell explain define alarm "
        "alarms stop cancel pause resume if because shall should timer timers # reminder called "
        "named minutes seconds hours this does"
    ).split()
)
_KNOWN = (
    _SET_WORDS | _CALL_WORDS | _LEFT_WORDS | _CANCEL_WORDS | _ADD_WORDS | _OFF_WORDS | _STAND_WORDS
) - frozenset("time clock".split())
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1, "next": 0}

_CALLED = re.compile(
    r" (?:and )?(?:called|named|labelled|labeled|titled|call it|name it|with the name)"
    r" (\S+(?: \S+){0,2}?)(?= for #| of #|$)"
)
_FOR_NAME = re.compile(
    r" (?:for|on|until|before) (?:(?:the|my|our|some) )?"
    r"((?:(?!(?:for|in|of|at|with|about|around|roughly|exactly) )[^\s#]+ ?){1,2}?)"
    r"(?= (?:(?:for|in|of|at|with) )?#| is (?:done|ready|finished|over)$|$)"
)
_TIME_IT = re.compile(r"time (?:the|my|our|some) (\S+(?: (?!for )\S+)?)(?: for me)?(?: for)? #")
_NO_LENGTH = re.compile(r"(?: for| of)? (?:0|no) (?:second|minute|hour)s?$")
_MORE = re.compile(
    r"(?<!\S)(\d+|an?|a few|a couple(?: of)?) (?:more|extra|additional) (?=second|minute|hour)"
)
_LISTED = re.compile(
    r"(?<!\S)(\d+) (and |or |)(?:an? |another )?(?=\d+ (second|minute|hour|day)s?\b)"
)
_IN_A_ROW = re.compile(r"(?<!\S)(\d+ (second|minute|hour)s?) (?=\d+ \2s?\b)")
"""Two lengths of one unit after each other are two lengths: "3 minutes, 5 minutes"."""
_ONE = re.compile(r"(?<=(?: second| minute)) 1$|(?<= hour) 1$")
"""The "one" of "the ten minute one", which is no number."""
_UNIT_ALONE = re.compile(r"(?<!\S)(the|my|that) (?=(?:hour|minute) (?:timer|countdown))")
_PUT_ON = re.compile(r"put # (?:more )?on(?:to)?\b")
_NOT_NEEDED = re.compile(
    r"i (?:do not|no longer) (?:need|want) ((?:the|my|that|this) .*)(?: any ?more| any longer)"
    r"|i no longer (?:need|want) ((?:the|my|that|this) .*)"
)
_BARE_MINUTES = re.compile(r"(?<= for )(\d{1,3})$")


@dataclass(frozen=True, slots=True)
class _Read:
    """`said` has "#" in the place of each length, and no name."""

    said: list[str]
    lengths: list[int]
    name: str
    for_name: str

    @property
    def has_noun(self) -> bool:
        return not NOUNS.isdisjoint(self.said)

    @property
    def text(self) -> str:
        return " ".join(self.said)

    def knows(self, words: frozenset[str]) -> bool:
        return all(word in words or word in NOUNS for word in self.said)

    def has(self, words: frozenset[str] | set[str]) -> bool:
        return not words.isdisjoint(self.said)

    def near_noun(self) -> list[bool]:
        """For each length, whether it belongs to the noun after it ("the ten minute timer")."""
        places = [at for at, word in enumerate(self.said) if word == "#"]
        after = [self.said[at + 1 : at + 2] for at in places]
        return [bool(next_) and (next_[0] in NOUNS or next_[0] in ("1", "one")) for next_ in after]

    def words(self, act: str, *, amount: int = 0, lengths: tuple[int, ...] = ()) -> TimerWords:
        """These words with `act`."""
        rest = list(self.lengths)
        if amount in rest:
            rest.remove(amount)
        place = next((_PLACES[word] for word in self.said if word in _PLACES), None)
        is_one = bool(self.name) or (bool(rest) and len(rest) == 1)
        return TimerWords(
            act=act,
            lengths=lengths,
            amount=amount,
            name=self.name,
            seconds=0 if lengths or not rest else rest[0],
            place=place,
            is_all=self.has(_ALL_WORDS) and not is_one,
            is_sure=self.has_noun,
        )


@lru_cache(maxsize=32)  # the flows ask one after the other
def read_timer(words: str) -> TimerWords | None:
    """What `words` (canonical, without the polite frame) ask of timers; None for anything else."""
    words = without_second(words)
    more = another(words)
    found = _set(_read(more)) if more else None
    if found is not None and found.lengths:
        return dataclasses.replace(found, is_sure=False, is_bare=True)
    read = _read(words)
    lengths, said = find_lengths(words)
    follows = read_followup(words, said, tuple(lengths))
    if follows is not None and (follows.act == "change" or not read.has_noun):
        return follows
    for reading in (_left, _stand, _take_off, _add, _cancel, _set):
        found = reading(read)
        if found is not None:
            return found
    return None


def find_lengths(words: str) -> tuple[list[int], str]:
    """All lengths in `words`, in seconds, and the words with "#" in the place of each. A number
    right before a length has its unit: "5 and 10 minutes" are two."""
    return _find_lengths(without_second(words), {})


def _find_lengths(words: str, known: dict[str, tuple[list[int], str]]) -> tuple[list[int], str]:
    """`known` are parts that were looked at: else each "and" would double the work."""
    if words not in known:
        known[words] = _lengths_in(words, known)
    return known[words]


def _lengths_in(words: str, known: dict[str, tuple[list[int], str]]) -> tuple[list[int], str]:
    found = find_duration(words)
    if found is not None:
        before, _, after = found[1].partition("#")
        more, rest = _find_lengths(after.strip(), known)
        return [found[0], *more], " ".join(f"{before} # {rest}".split())
    for joint in reversed(list(re.finditer(" and ", words)) if names_duration(words) else []):
        left, right = words[: joint.start()], words[joint.end() :]
        (first, said), (second, also) = _find_lengths(left, known), _find_lengths(right, known)
        if first and second:
            return [*first, *second], f"{said} and {also}"
    return [], words


def _read(words: str) -> _Read:
    unneeded = _NOT_NEEDED.fullmatch(words)
    words = f"cancel {unneeded[1] or unneeded[2]}" if unneeded else words
    words = _UNIT_ALONE.sub(r"\1 1 ", _ONE.sub("", _MORE.sub(r"more \1 ", words)))
    words = _IN_A_ROW.sub(r"\1 and ", words)
    before = ""
    while words != before:
        before = words
        words = _LISTED.sub(_with_unit, words)
    lengths, said = find_lengths(words)
    if not lengths and not NOUNS.isdisjoint(said.split()) and _BARE_MINUTES.search(said):
        lengths = [60 * int(_BARE_MINUTES.findall(said)[0])]
        said = _BARE_MINUTES.sub("#", said)
    if not (_SET_VERBS.isdisjoint(said.split()[:1]) or NOUNS.isdisjoint(said.split())):
        said = _NO_LENGTH.sub("", said)  # so that it is asked for
    it = _TIME_IT.fullmatch(said)
    if it and may_name(it[1].split()):
        return _Read(["time", "#"], lengths, "", it[1])
    name, said = _take_name(said)
    for_name = ""
    found = _FOR_NAME.search(said)
    if found and not name and may_name(found[1].split()):
        for_name = found[1].strip()
        said = f"{said[: found.start()]}{said[found.end() :]}"
    return _Read(said.split(), [one for one in lengths if one], name, for_name)


def _with_unit(found: re.Match[str]) -> str:
    if not found[2] and " and " not in found.string[found.end() :]:
        return found[0]  # "2 10 minute timers"
    return f"{found[1]} {found[3]}s and "


def _take_name(said: str) -> tuple[str, str]:
    """The name of a timer in `said`, and the words without it."""
    called = _CALLED.search(said)
    if called:
        return called[1].strip(), f"{said[: called.start()]}{said[called.end() :]}"
    tokens = said.split()
    at = next((at for at in reversed(range(len(tokens))) if tokens[at] in NOUNS), 0)
    end = at - 1 if at and tokens[at - 1] == "#" else at
    start = end
    while start and end - start < _LONGEST_NAME and may_name(tokens[start - 1 : start]):
        start -= 1
    if start == end:
        return "", said
    return " ".join(tokens[start:end]), " ".join([*tokens[:start], *tokens[end:]])


def may_name(tokens: list[str]) -> bool:
    """True for words that can be a name: no number, and not only words of requests."""
    is_free = _NO_NAME.isdisjoint(tokens) and not any(any(c.isdigit() for c in t) for t in tokens)
    return bool(tokens) and is_free and any(token not in _KNOWN for token in tokens)


def _left(read: _Read) -> TimerWords | None:
    said = set(read.said)
    if not read.knows(_LEFT_WORDS) or (read.name and "about" in said):
        return None
    asks_long = bool(read.for_name) and {"how", "long"} <= said
    if not asks_long and not _asks_left(read.said, read.has_noun):
        return None
    found = read.words("left")
    if not read.for_name:
        return found
    return dataclasses.replace(found, name=read.for_name, is_sure=False)


def _asks_left(words: list[str], has_noun: bool) -> bool:
    """True for words that ask how long it still takes, or whether a timer runs."""
    said = set(words)
    if said & {"left", "remaining", "longer"} and said & {"how", "what", "check", "is", "tell"}:
        return bool(said & {"time", "much", "long", "longer", "minutes", "left"}) or has_noun
    if {"what", "a"} <= said:
        return False
    asks = said & {"how", "what", "which", "when", "check", "show", "status"}
    asks |= {"is", "are", "do", "does", "did", "will"} & set(words[:1])
    lists = said & {"list", "read", "tell"}
    return has_noun and bool(asks or lists) and ("for" not in said or "long" in said)


def _stand(read: _Read) -> TimerWords | None:
    if read.for_name:
        return None
    text = read.text
    if read.has_noun and _START_AGAIN.fullmatch(text) and read.knows(_START_AGAIN_WORDS):
        return read.words("restart")
    for act, verb in _STANDS.items():
        if verb.match(text) and read.knows(_STAND_WORDS):
            if text.split()[0] == "hold" and not read.has_noun:
                return None
            return read.words(act)
    return None


def _take_off(read: _Read) -> TimerWords | None:
    amount = _amount(read)
    how = {"from", "off", "by", "less", "shorter", "down"}
    if not amount or not read.has(_OFF_VERBS) or not read.has(how) or not read.knows(_OFF_WORDS):
        return None
    if read.has({"make"}) and not read.has({"shorter", "less"}):
        return None
    return None if read.for_name else read.words("take_off", amount=amount)


def _add(read: _Read) -> TimerWords | None:
    amount = _amount(read)
    if not amount or not read.knows(_ADD_WORDS) or read.for_name:
        return None
    more = read.has({"more", "another", "extra", "longer"})
    if read.has({"extend", "increase", "lengthen", "prolong", "bump", "tack"}):
        return read.words("add", amount=amount)
    if read.has({"add"}) and (not read.has_noun or read.has({"to", "on", "onto"}) or more):
        return read.words("add", amount=amount)
    if read.has_noun and _PUT_ON.match(read.text):
        return read.words("add", amount=amount)
    return read.words("add", amount=amount) if more and not read.has({"a", "set"}) else None


def _amount(read: _Read) -> int:
    """The length that does not belong to a timer's name; 0 without one."""
    pairs = zip(read.lengths, read.near_noun(), strict=False)
    return next((length for length, is_near in pairs if not is_near), 0)


def _cancel(read: _Read) -> TimerWords | None:
    if not read.has(_CANCEL_VERBS) or not read.knows(_CANCEL_WORDS) or read.for_name:
        return None
    if not read.has_noun and not (read.lengths or read.has(_ALL_WORDS)):
        return None
    return read.words("cancel")


def _set(read: _Read) -> TimerWords | None:
    lengths = tuple(read.lengths)
    said = set(read.said)
    if len(lengths) == 1 and read.knows(_CALL_WORDS) and {"me", "#"} <= said and not read.name:
        if "remind" in said:
            return None  # of what, a reminder asks
        if said & _CALL_VERBS:
            return TimerWords(act="set", lengths=lengths)
        return None
    is_alarm = bool(lengths) and bool(said & {"alarm", "alarms"}) and not said & {"at", "on"}
    read = _Read(
        ["timer" if word in ("alarm", "alarms") and is_alarm else word for word in read.said],
        read.lengths,
        read.name,
        read.for_name,
    )
    if not read.knows(_SET_WORDS) or _ASKS_WHETHER.match(read.text):
        return None
    name = read.name or read.for_name
    if lengths and (read.has_noun or read.text in _COUNT_DOWN):
        return TimerWords(act="set", lengths=_times(read, lengths), name=name)
    if not read.has_noun or (name and not said & _SET_VERBS) or {"is", "it"} & said:
        return None
    return TimerWords(act="set", name=name)


_ASKS_WHETHER = re.compile(r"(?:should|shall|would|is|does) ")
_COUNT_DOWN = (
    "set it for #", "count down #", "count down from #", "time #", "start #", "time me for #",
    "give me # on the clock", "put # on the clock",
)  # fmt: skip


def _times(read: _Read, lengths: tuple[int, ...]) -> tuple[int, ...]:
    """ "Two ten minute timers" are two of the same length."""
    found = re.search(r"(?<!\S)([2-5]) (?:\S+ )??(?:# )?timers", read.text)
    if found and len(lengths) == 1:
        return lengths * int(found[1])
    return lengths
