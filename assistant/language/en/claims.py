"""Finds clauses in which a language model claims to have acted, to act soon, or to have observed.

The program has no hands, no senses and no network behind its model, so "I've turned the lights
off" and "the door is locked" are inventions. Knowledge ("water boils at 100 degrees"), what is
told or quoted, and offers to talk are none. Rules over words, with the request in view. Pure; any
thread.
"""

from __future__ import annotations

import re
from typing import Literal

from assistant.language.en.live import asks_about_here_and_now, is_honest
from assistant.language.en.normalise import core, normalise

Claim = Literal["", "act", "seen"]

_NUM = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|half|quarter|noon|midnight)"
)
_ROOM = (
    r"(?:room|house|home|kitchen|living room|bedroom|bathroom|office|garage|basement|apartment"
    r"|hall|hallway|attic|nursery|garden)"
)
_HOME = (
    r"(?:doors?|gates?|garage|windows?|blinds?|shades?|curtains?|shutters?|locks?|lights?|lamps?"
    r"|heat|heater|heating|thermostat|furnace|ac|air conditioner|air conditioning|fans?|tv"
    r"|television|stereo|speakers?|oven|stove|kettle|fridge|freezer|dishwasher|washer|dryer"
    r"|machine|vacuum|alarm|alarms|camera|cameras|sprinklers?|music|radio|volume|printer|car"
    r"|engine|laundry|iron|coffee maker|system)"
)
_ERRAND = (
    r"(?:messages?|emails?|texts?|orders?|reservations?|bookings?|tables?|flights?|tickets?"
    r"|alarms?|reminders?|timers?|appointments?|meetings?|payments?|bills?|calls?|taxis?|cabs?"
    r"|uber|pizzas?|packages?|parcels?|deliver(?:y|ies)|events?)"
)
_ACTED = (
    r"(?:(?:turned|switched) (?:on|off|up|down)|locked|unlocked|opened|closed|shut|set|booked"
    r"|ordered|sent|scheduled|reserved|cancell?ed|delivered|added|paid|dimmed|activated|adjusted"
    r"|updated|started|stopped|saved|charged|confirmed|delayed|shipped|placed|made|deleted"
    r"|removed)"
)
_STATE = (
    r"(?:locked|unlocked|open|closed|shut|on|off|running|ajar|empty|full|done|finished|charged"
    r"|charging|clean|armed|playing|ready)"
)
_NOW = r"(?:currently|right now|outside|today|tonight|tomorrow|at the moment|this \w+|now)"
_WEATHER = (
    r"(?:sunny|rain|rainy|raining|snow|snowy|snowing|cloudy|clear|foggy|windy|stormy|overcast"
    r"|drizzling|hot|cold|warm|chilly|cool|freezing|humid|nice|pouring)"
)
_ADVERBS = (
    r"(?: (?:now|just|also|gladly|happily|already|immediately|quickly|definitely|certainly|surely"
    r"|successfully|(?:be )?(?:happy|glad|able|sure|going|trying) to|go ahead and|make sure to"
    r"|help you|be|been|try to|love to|right away))*"
)
_LEAD = (
    r"(?:i (?:will|shall|have|am|can|could|did|would(?= (?:be|love|gladly|happily)))|we (?:will"
    r"|have)|let me|allow me to"
    r"|i(?: just| already)?(?= (?:\w+ed|sent|set|bought|put|made|took|paid|shut|brought)\b))"
)
_OWN_WORDS = (
    r"(?:tone|answers?|style|reply|wording|language|approach|explanation|voice|pace|speed|joke"
    r"|spelling|grammar|math|work|code|lines?|list|ideas?|examples?|poem|facts?|attention)"
)
_DOINGS = (
    r"(?:turn|switch)(?:ed|ing)? .*\b(?:on|off|up|down)\b|(?:turn|switch)(?:ed|ing)? (?:on|off)$",
    r"sett?(?:ing)? (?!the (?:scene|stage|tone)|aside|out|goals?|an example|off)",
    r"(?:un)?lock(?:ed|ing)?\b",
    r"(?:call|phon|ring|dial)(?:e|ed|ing)? (?!it\b|you\b|this\b|that\b|them\b|him\b|her\b|myself\b"
    r"|us\b|out\b|upon\b|these\b)",
    r"(?:call|phone|ring)(?:ed|ing)? you (?:an?|back|later|now|tomorrow|at|when|soon)\b",
    r"(?:call|phone|ring)(?:ed|ing)? (?:him|her|them) (?:now|for you|back|right)",
    r"(?:call|phone|ring)ing (?:him|her|them|you)$",
    r"sen[dt](?:ing)? (?!(?:you )?(?:my |good |best |lots of |all my )?(?:love|vibes|wishes|hugs"
    r"|regards|thoughts))",
    r"(?:text|e?mail|message|notif|alert)(?:y|ied|ed|ing|ying)? (?:your|the|him|her|them|you|my"
    r"|someone|everyone)\b",
    r"(?:book|reserve?|schedule?|reschedule?|purchas|activat|deactivat|enabl|disabl|dimm?|unplug"
    r"|mute?|unmute?|install|download|transferr?|cancell?)(?:e|ed|d|ing)? ",
    r"(?:buy|bought|pay|paid|paying|buying) (?!attention)",
    r"order(?:ed|ing)? (?!.*\bby\b)",
    r"deliver(?:ed|ing)? (?:the|your|it|them)\b",
    r"(?:open|clos|shut)(?:e|ed|ing|ting)? (?:the|your|it|up (?:the|your)|that|all)\b"
    r"(?! (?:topic|discussion|conversation|story|mind|question|subject))",
    rf"(?:start|stopp?|begin|paus|resum|skip|record)(?:e|ed|ing)? (?:the|your|this|that|a|some"
    rf"|playing|recording)?.*\b(?:{_HOME}|timer|playing|recording|songs?|playlist|video|movie"
    r"|countdown)\b",
    r"play(?:ed|ing)? (?!along|the (?:role|part)|an? (?:game|role|part|trick)|games?|devil|chess"
    r"|twenty|with|you in|as|dumb)",
    r"(?:add|put|sav)(?:e|ed|ing|ting)? .*\b(?:to|on|in) (?:your|the|our|my) .*(?:lists?|calendar"
    r"|cart|basket|notes?|favou?rites|playlist|schedule|reminders|agenda)\b",
    r"(?:put(?:ting)?|connect(?:ed|ing)?) you\b",
    r"remind(?:ed|ing)? (?!you that|you of|me\b|us\b|them\b)",
    rf"check(?:ed|ing)?(?! (?:your|the|my|that) .*{_OWN_WORDS}| your {_OWN_WORDS})",
    r"look(?:ed|ing)? (?:that |it |this |them |into |for the )?(?:up|into|online)\b",
    r"search(?:ed|ing)?\b",
    rf"(?:make|made|making|chang(?:e|ed|ing)) (?:it|that)(?: to)? (?:about )?{_NUM}",
    rf"chang(?:e|ed|ing) (?:the|your) (?:\w+ ){{1,2}}to {_NUM}",
    r"(?:make|made|making) (?:it|that|the room) (?:louder|warmer|cooler|brighter|darker|colder)",
    r"(?:make|made|making) (?:an?|the|your) (?:note|reservation|booking|appointment|call|payment"
    r"|purchase|order|coffee|tea)",
    r"make sure (?:that )?(?:the|your)\b",
    rf"(?:adjust|rais|lower|increas|decreas|reduc)(?:e|ed|ing)? (?:the|your) (?!{_OWN_WORDS})",
    rf"get(?:ting)? (?:right on|it (?:done|for)|that (?:done|for)|someone|you (?:an?|some|the|your)"
    rf" (?!.*{_OWN_WORDS}))",
    r"(?:bring|brought|fetch)(?:ed|ing)? (?:you|it|them|your|the)\b(?! (?:up|point|topic))",
    r"(?:take|took|taken|taking) (?:care of (?:it|that|this|the|your)|out|an? (?:picture|photo"
    r"|message|selfie|screenshot)|you (?:to|home|there))\b",
    r"let(?:ting)? you know (?:when|if|as soon|once)",
    r"keep(?:ing)? (?:an eye|you (?:updated|posted|informed)|watch)",
    r"(?:wake|pick|drop) (?:you|it|them)\b",
    r"(?:write|wrote|written|writing|jot|jotted|note|noted|print|printed)"
    r" (?:that|it|this) ?(?:down)?$",
    r"(?:wash|water|feed|vacuum|charg|repair|unload)(?:e|ed|ing)? (?:the|your|it|them|that)\b",
    r"(?:drive|walk) you\b",
)
_WILL_DO = (
    r"(?:i will|i have|let me|i am) (?:do|done|doing) (?:it|that|this|so)(?: (?:now|for you|right"
    r"|immediately|at once).*)?$",
    r"i am (?:right )?on (?:it|my way)",
    r"i will be (?:right )?(?:there|over)$",
)
_LENGTH = rf"(?:(?:and|a|an|{_NUM}|\w+ty|\w+teen) ){{1,6}}(?:seconds?|minutes?|hours?|days?)"
_CONFIRMS = (
    rf"{_LENGTH} (?:\w+ )?timer$",
    rf"{_NUM} (?:timers|alarms|reminders)$",
    rf"(?:your |the )?(?:alarm|reminder|timer)(?: is)?(?: now)?(?: set)?(?: (?:today|tomorrow"
    rf"|tonight|every \w+|on \w+))?(?: at| for) {_NUM}\b",
    rf"{_LENGTH} (?:more|less)$",
    r"(?:paused|running again|ticked off|noted|snoozed|again in \w+ minutes?)$",
    rf"(?:the |your |all |both )?(?:\w+ ){{0,4}}{_ERRAND} (?:is|are) (?:now )?{_ACTED}$",
    r"i (?:have )?(?:took|taken) .* off your .*list$",
    r"your (?:\w+ )*(?:list|notes) (?:is|are) (?:now )?empty(?: now)?$",
    rf"volume(?: is)?(?: now)? {_NUM}$",
    r"here (?:is|are|you go|comes?) (?:an?|your|the|some) (?:\w+ )?(?:cup|mug|glass|coffee|tea"
    r"|pizza|drink|sandwich|meal|tickets?|package|towel|newspaper)s?\b",
    r"i will speak (?:(?:a bit|a little|more|much) )?(?:slower|faster|louder|quieter|softer)",
)
"""How the program's own tools confirm what was done: a small model says such sentences after them,
because they stand in the conversation that it reads."""
_ACTS = re.compile(
    "|".join(rf"{_LEAD}{_ADVERBS} (?:{doing})" for doing in (rf"(?:{'|'.join(_DOINGS)})",))
    + "|"
    + "|".join((*_WILL_DO, *_CONFIRMS))
    + r"|(?:it is |that is )?(?:all )?(?:done|set|taken care of)(?: for you)?$"
    + r"|consider it done|will do$|right away$|as you wish$"
    + rf"|(?:the |your )?{_ERRAND} (?:is |are |has been )?(?:now |already )?{_ACTED}$"
    + rf"|(?:the|all the|both) (?:\w+ ){{0,3}}(?:{_HOME}|{_ERRAND}) (?:has|have) (?:now |just "
    + rf"|already |all |successfully )*been (?:\w+ly )?{_ACTED}"
    + rf"|your (?:\w+ ){{1,4}}(?:has|have) (?:\w+ )?been (?:\w+ly )?{_ACTED}"
    + rf"|your (?:alarm|reminder|timer|appointment|reservation|booking) is (?:now )?{_ACTED}"
)
_SEEN = re.compile(
    rf"(?:the|your|all the|all your|both) (?:\w+ ){{0,2}}{_HOME} (?:is|are)(?: still| now"
    rf"| currently| all| already| not| both)* {_STATE}(?: (?:now|right now|at the moment"
    rf"|currently))?$"
    r"|there is (?:currently )?(?:nobody|no one|someone|somebody) (?:at|in|behind|outside|near)"
    r"|your (?:\w+ )?(?:keys?|phone|wallet|glasses|car|bag|dog|cat|purse|umbrella) (?:is|are)"
    r" (?:currently |still )?(?:on|in|at|under|near|by|behind|parked|inside|outside|upstairs)\b"
    r"|(?:the|your) (?:cat|dog|baby|kids|children) (?:is|are) (?:currently |now |still )?"
    r"(?:sleeping|eating|playing|waiting|barking|sitting|lying|running|asleep|outside|inside)"
    rf"|(?:the |your )?(?:(?:current|room|indoor|outdoor|outside|inside) )*temperature\b(?!.*"
    rf"\b(?:average|surface|usually|typically)\b)(?=.*(?:in here|in (?:the|your|this) {_ROOM}"
    rf"|(?:inside|outside)(?: right)?(?: now)?(?:$| is)|right now|current|today|indoor|outdoor)"
    rf").* (?:is|reads|was)\b|the current (?:\w+ ){{0,2}}temperature"
    rf"|it is (?:about |currently |now |around )*(?:[\d]+|{_NUM})(?: \w+)? degrees"
    rf"(?=.*(?:in here|in the {_ROOM}|outside|inside|right now|now|today))"
    rf"|it is (?:currently|now) (?:[\d]+|{_NUM})(?: \w+)? degrees"
    rf"|(?=.*\b{_NOW}\b)(?:it|the weather|the sky)(?: (?:outside|today|there|here|in \w+))*"
    rf" (?:is|will be|looks|will|seems)(?: \w+){{0,3}}? {_WEATHER}\b"
    rf"|(?:the )?weather (?:outside |forecast |right now |today |tonight |tomorrow |currently )+"
    rf"(?:is|says|looks|will|calls)|the (?:weather )?forecast (?:for \w+ )?(?:is|says|calls|shows"
    r"|predicts|looks)"
    r"|you (?:have|got|have got|received|have received|missed|have missed)(?: (?:an?|some|no|any"
    rf"|new|several|unread|missed|upcoming|another|the|next|first|{_NUM}))+ (?:\w+ )?(?:messages?"
    r"|e?mails?|texts?|voicemails?|calls?|notifications?|appointments?|meetings?|reminders?"
    r"|alarms?|packages?|parcels?|deliver(?:y|ies)|events?)\b"
    r"|you have (?:walked|run|slept|burned|taken) .*\b(?:today|this week|last night|so far)\b"
    r"|your (?:\w+ ){1,3}(?:called|phoned|texted|emailed|messaged|arrived|(?:has|have) arrived"
    rf"|is here|(?:is|are) on (?:its|their) way|was delivered|(?:leaves|departs|is|lands) at {_NUM}"
    r"|(?:is|was) (?:delayed|out for delivery|scheduled|confirmed|due|on time|charging|cancell?ed))"
    r"\b"
    rf"|your (?:\w+ ){{0,3}}(?:balance|salary|bill|rent)\b.* (?:is|are) (?:\w+ )?{_NUM}"
    r"|(?=.*\b(?:currently|right now|now|at the moment|today)\b)(?:the )?(?:final |current )?"
    r"(?:score|price|traffic|wait|exchange rate)\b.* (?:is|are|looks)\b"
    r"|the current (?:price|score|exchange rate|weather|traffic|time(?! in office))\b"
    r"|there is (?:\w+ )?(?:traffic|congestion|accident|delay)\b.*(?:right now|today|currently)"
    r"|i (?:can |do )?(?:see|hear|smell|detect|notice)(?: that)? (?:you are (?:wearing|smiling"
    r"|sitting|standing|holding|looking)|someone|somebody|nobody|no one|music|your (?!point"
    rf"|frustration|concern|pain|side)|the (?:\w+ )?(?:{_HOME}|rain|wind)|an? (?:man|woman"
    r"|person|dog|cat|car|noise|sound)\b)"
)
_GERUND = re.compile(
    r"(?:turning|switching|calling|phoning|playing|opening|closing|locking|unlocking|setting"
    r"|sending|ordering|booking|adding|starting|stopping|dimming|cancell?ing|texting)\b"
    r"(?!.*\b(?:is|are|was|were|can|takes?|helps?|may|will|means|makes|requires?|has|have)\b)"
)
_AT_ONCE = re.compile(r"\b(?:now|for you|right away)$")
_AT_PRESENT = re.compile(r"\b(?:currently|right now|at the moment)\b")
_HELP = re.compile(
    r"i (?:can|will|would)(?: \w+)*? (?:help|assist)(?: you)?(?: with (?:that|this|it))?$"
)
_DO_IT = re.compile(r"i can(?: \w+)? do (?:that|it|this)(?: for you)?$")

_OPENER = re.compile(
    r"(?:sure thing|of course|no problem|all right|sounds good|got it|you got it|my pleasure|sure"
    r"|okay|ok|yes|no|yeah|well|alright|absolutely|certainly|great|then|so|and|but|right(?! away)"
    r"|perfect|currently|right now|hello|i see$|it (?:looks|seems) like"
    r"|(?:it )?appears that|according to"
    r" \w+ \w+)(?: |$)"
)
_AGREES = frozenset(
    "sure|sure thing|okay|ok|of course|no problem|all right|alright|got it|absolutely|certainly"
    "|sounds good|my pleasure|great|perfect|right".split("|")
)
_BEFALLEN = re.compile(
    r"(?:\w+ ){1,4}(?:(?:just |now |already )?received|got|(?:has|have) (?:now )?been|(?:is|are)"
    r" (?:now )?on (?:its|their|the) way|will be (?:there|delivered|ready|with you))\b"
)
_SMALL = frozenset(
    "i you he she it we they my your his her our their the a an is are was were be been do does did"
    " have has had in on at to of and or that this there not now yes no".split()
)
_REPORTED = re.compile(
    r"\b(?<!forecast )(?:said|says|replied|asked|cried|whispered|thought|shouted|answered)\b"
)
_CONDITION = re.compile(r"(?:if|when|whenever|once|while|imagine|suppose|unless|until|because) ")
_SEGMENT = re.compile(r"[,;:.!?…—–]+(?=\s|$|[\"”])|\s(?:and|but|so)\s")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)['‘][^'’]*['’](?!\w)")
_PLAIN = re.compile(r"[a-z0-9']+")
_ENDINGS = re.compile(
    r"(?<=\bi)'ll|(?<=\bwe)'ll|(?<=\bi)'ve|(?<=\bwe)'ve|(?<=\bi)'m|(?<=you)'ve|(?<=\bi)'d"
    r"|(?<=\bit)'s|(?<=that)'s|(?<=there)'s|(?<=here)'s|(?<=it)'ll|(?<=you)'re"
)
_FULL = {"'ll": " will", "'ve": " have", "'m": " am", "'s": " is", "'d": " would", "'re": " are"}

_ACTION = re.compile(
    r"(?:turn|switch|set|lock|unlock|call|phone|ring|send|text|email|book|order|reserve|schedule"
    r"|remind|dim|open|close|shut|start|play|pause|skip|put|bring|fetch|cancel|buy|pay|wake|watch"
    r"|wash|water|feed|drive|vacuum|charge|print|transfer|get rid|let (?:the|it|him|her|them)|take"
    r"|activate|give (?:\w+ )*(?:an?|the) (?:ring|call)|make it \d|change (?:it|that|the) .*to)\b"
    r"(?! (?:the scene|the stage|a game|the role|the part|a guess|me \w+$|it (?:in|into|another"
    r"|simply|like)|that (?:in|into|simply)|again|over|with|by|an example|apart|me through"
    r"|theory|questions?|source))"
)
_TEXT = re.compile(
    r"\b(?:story|stories|poems?|jokes?|song|lyrics|rhymes?|riddle|tale|fiction|dialog(?:ue)?"
    r"|sentences?|examples?|translat\w+|pretend|imagine|role|roleplay|script|rewrite|rephrase"
    r"|quote|proverb|essay|paragraph|haiku|limerick|verse|novel|scene|act as|act like|facts?"
    r"|write (?!(?:that|it|this) down))"
)
_KNOWLEDGE = re.compile(
    r"(?:how (?:do|does|did|can|could|would) (?!i look)|why|explain|describe|when (?:do|does|did)"
    r"|what (?:do|does|did|would) )"
)


class Claims:
    """Judges the clauses of the answer to `request`; `before` is the request before that one,
    which "make it ten" may be about."""

    def __init__(self, request: str, before: str = "", told: str = "") -> None:
        """`told` is all that the user said before and that tools gave: what stands in it is no
        invention."""
        words = core(normalise(request))
        is_short = len(words.split()) < 5
        self._is_action = bool(_ACTION.match(words)) and not _TEXT.search(words)
        about = f"{words} {normalise(before)}" if is_short else words
        self._is_text = bool(_TEXT.search(about)) and not (
            _ACTION.match(words) and not _TEXT.search(normalise(before))
        )
        self._is_knowledge = bool(_KNOWLEDGE.match(words))
        if self._is_text:
            self._is_action = False
        canonical = normalise(request)
        self._is_live = any(map(asks_about_here_and_now, (words, canonical)))
        self._told = frozenset(normalise(told).split())
        self._has_answered = False

    def find(self, clause: str) -> tuple[Claim, str]:
        """What `clause` claims, and the words that do; ("", "") for an honest one."""
        if self._is_text and not self._is_live:
            return "", ""
        text = _QUOTED.sub(" ", clause) if '"' in clause or "“" in clause else clause
        segments = [words for part in _SEGMENT.split(text) if (words := _plain(part))]
        bare = [_without_opener(words) for words in segments]
        if self._is_live and not self._has_answered and segments and not clause.endswith("?"):
            self._has_answered = True
            first = next(filter(None, bare), "")
            if not (first and is_honest(first)) and not self._was_told(bare):
                return "seen", " ".join(segments)
        if not segments or _REPORTED.search(" ".join(segments)):
            return "", ""
        if _CONDITION.match(segments[0]):
            return "", ""
        if self._is_action and not any(bare):
            return "act", " ".join(segments)
        for words in bare:
            claim = self._claim(words)
            if claim and not (claim == "seen" and self._was_told([words])):
                return claim, words
        return "", ""

    def _was_told(self, segments: list[str]) -> bool:
        """True when all that is asserted are words that were told before."""
        words = {word for part in segments for word in part.split() if word not in _SMALL}
        return bool(words) and words <= self._told

    def _claim(self, words: str) -> Claim:
        if _ACTS.match(words) or (self._is_action and _BEFALLEN.match(words)):
            return "act"
        if self._is_action and (_HELP.match(words) or _DO_IT.match(words)):
            return "act"
        is_gerund = _GERUND.match(words) and not self._is_knowledge
        if is_gerund and (self._is_action or _AT_ONCE.search(words)):
            return "act"
        is_general = self._is_knowledge and not _AT_PRESENT.search(words)
        return "seen" if not is_general and _SEEN.match(words) else ""


def is_opener(clause: str) -> bool:
    """True for "Sure," and the like: at most two words that agree to something."""
    return _plain(clause) in _AGREES


def _plain(text: str) -> str:
    text = text.lower().replace("’", "'")
    if "'" in text:
        text = _ENDINGS.sub(lambda found: _FULL[found[0]], text)
    return " ".join(_PLAIN.findall(text))


def _without_opener(words: str) -> str:
    while (found := _OPENER.match(words)) is not None:
        words = words[found.end() :]
    return words
