"""Tells which requests are about the world here and now, and which answers to them are honest.

Nobody behind a language model sees the door, the traffic or an account, so that whatever it asserts
about them is invented: "the traffic is very busy" to "what is the traffic like?". Honest are not
knowing, advice where to look, and what is put as a guess. Rules over canonical words. Pure; any
thread.
"""

from __future__ import annotations

import re

_THINGS = (
    r"(?:phones?|keys?|wallet|glasses|cars?|bike|bag|package|parcel|order|delivery|mail|post|flight"
    r"|train|bus|taxi|pizza|accounts?|balance|messages?|e?mails?|texts?|voicemails?|inbox|calendar"
    r"|schedule|appointments?|meetings?|notifications?|steps|heart rate|blood pressure|battery)"
)
_HOME = (
    r"(?:doors?|gates?|garage|windows?|blinds?|lights?|lamps?|heating|heater|thermostat|ac|fans?|tv"
    r"|television|oven|stove|kettle|fridge|freezer|dishwasher|washer|dryer|washing machine|iron"
    r"|alarm system|cameras?|sprinklers?|coffee machine|printer|vacuum|laundry|computer|house)"
)
_PLACE = (
    r"(?:here|outside|inside|in here|out there|in (?:the|my|our|this) (?:\w+ )?(?:room|house|home"
    r"|kitchen|bedroom|bathroom|office|garage|basement|pool|fridge|oven|car|garden|hall|attic|tub|bath"
    r"|apartment|nursery))"
)
_NOW = (
    r"(?:right now|now|today|tonight|tomorrow|currently|at the moment|yesterday|last (?:night|week)"
    r"|this (?:morning|afternoon|evening|week|weekend|minute)|so far)"
)
_LIVE = re.compile(
    rf"^(?:is|are) (?:the|my|our|your) (?:\w+ ){{0,3}}{_HOME}\b"
    r"|^(?:did|have) i (?:leave|left|lock|locked|turn|turned|close|closed|shut|switch|forget)"
    r" (?!.*\b(?:school|college)\b)"
    rf"|^where (?:is|are) (?:my|our) (?:\w+ )?(?:{_THINGS}|dog|cat|kids?|children|son|daughter"
    r"|husband|wife)\b|^where did i (?:park|put|leave|lose)"
    r"|^(?:who|what|which \w+) (?:is|was) (?:at|outside|behind|in front of) (?:the|my|our) "
    r"|^who (?:just |has |is )?(?:called|calling|texted|rang|phoned|emailed|knocked)(?: me| us)?$"
    r"|^did (?:anyone|anybody|someone|somebody|my \w+|the \w+) (?:just )?(?:ring|call|come|knock"
    r"|text|email|arrive|phone|deliver)"
    r"|^how many (?:steps|messages|e?mails|unread|new|calories did i|people are in|people are"
    r" (?:here|there)|fingers am i)"
    rf"|^(?:what|how) .*\b(?:temperature|warm|hot|cold|humid|humidity|bright|loud|noisy)\b.*"
    rf"\b(?:{_PLACE}|{_NOW})\b|^what is the temperature$"
    rf"|\b(?:traffic|weather|forecast)\b.*\b(?:like|on the way|outside|here|for|report|{_NOW})\b"
    r"|^how is the (?:traffic|weather)"
    r"|^(?:will|do) i need (?:an?|my) (?:umbrella|jacket|coat|sunscreen|raincoat)"
    rf"|^is it (?:\w+ )?(?:raining|snowing|sunny|cold|warm|hot|windy|foggy|dark|going to rain|wet)"
    rf"(?: {_PLACE}| {_NOW})*$|^will it (?:rain|snow|be (?:sunny|cold|warm|hot|windy|nice))\b"
    rf"|\b(?:price|value|rate|worth|trading)\b.*\b(?:stocks?|shares?|bitcoin|ethereum|gold|oil|gas"
    rf"|euro|dollar|{_NOW})\b|\b(?:stock|bitcoin|share) price\b"
    r"|\bthe (?:current |final |latest )?score\b(?! (?:of|in) (?:a|an|the (?:music|film|movie)))"
    rf"|^who (?:won|is winning|lost|scored) .*\b{_NOW}$|^how did .* (?:go|end|do|play) {_NOW}$"
    rf"|^did .* (?:win|lose|play|pass|happen) {_NOW}$"
    rf"|^what (?:happened|is happening|is going on|is new|is) (?:in the news|{_NOW}|on the news)$"
    r"|^how much (?:money )?.*\b(?:in|on|left) (?:\w+ )?my (?:\w+ )?(?:account|card|balance|bank)"
    rf"|^what (?:is|are|does|do) (?:on |in )?my (?:\w+ )?(?:{_THINGS})\b"
    r"|^(?:read|show|tell|play) (?:me |us )?(?:out )?my (?:\w+ )?(?:messages?|e?mails?|mail|texts?"
    r"|voicemails?|notifications?|calendar|schedule|appointments)\b"
    rf"|^(?:did|is|are|has|have|when will|when does|when is|will) my (?:\w+ )?{_THINGS}\b"
    r"|^what am i (?:wearing|holding|doing)|^(?:do|how do) i look\b"
    r"|^what (?:is|does it say|is written|can you see) (?:written )?(?:on|in front|in my hand) "
    r"|\bam i (?:\w+ing|at|in|here)\b|^(?:has|have|did|are|was|were|is|do|does|will) (?:my|our) \w+"
    r"|^(?:what|how|which|whose) \w+ (?:is|are|am|was|were) (?:my|our|this|these|that|i)\b"
    r"|^how full (?:is|are)|\bplaying (?:on|in) (?:the|my)|^is (?:anybody|anyone|somebody|someone) "
    r"|^(?:is|are) there (?:any|still|enough) .*\b(?:left|here|home|outside|in (?:the|my))\b"
    r"|^(?:what time|when) (?:does|is|will|do) (?:my|our|the next)\b|^what is for (?:dinner|lunch)"
    r"|^how many \w+ did i\b|^is the \w+ .*\b(?:still )?open\b"
    r"|^is (?:the|my|our) (?:baby|dog|cat|kid|child|son|daughter|husband|wife) (?:asleep|awake"
    r"|outside|inside|home|hungry|okay|sleeping|here)|^are (?:the|my|our) (?:kids|children) "
)
_HONEST = re.compile(
    r"(?:i (?:am )?(?:sorry|afraid|do not|can not|could not|am not|not|am unable|unable|have no"
    r"|wish|would (?:need|have)|lack|only|may not|might not|will not|was not|never|am an?|just an?"
    r"|need)|sorry|unfortunately|as an? |you (?:can|could|should|may|might|need|would"
    r"|will (?:need|have))|please|check|look|try|ask|open|use|that depends"
    r"|it (?:depends|could|might|may|would|is (?:hard|difficult|impossible|not possible|best"
    r"|a good idea))|there is no way|to (?:find"
    r"|check|see|know)|if|maybe|perhaps|without|let me know|no idea|not sure|that is (?:not|hard"
    r"|something)|we (?:can|could)|why do not you|have you|did you|do you|are you|what|which|where"
    r"|how)\b|.*\b(?:do not know|can not know|can not see|no way to|can not tell|can not check)\b"
)
_NOT = re.compile(r"n't\b")
_GUESSED = re.compile(r"\b(?:may|might|could|probably|perhaps|usually|often|typically|depends)\b")


def asks_about_here_and_now(canonical: str) -> bool:
    """True when the answer to the request, in canonical words, is in the world and not in books."""
    return _LIVE.search(canonical) is not None


def is_honest(words: str) -> bool:
    """True when a clause, in plain words, asserts nothing about the world here and now."""
    words = _NOT.sub(" not", words.replace("can't", "can not").replace("won't", "will not"))
    return _HONEST.match(words) is not None or _GUESSED.search(words) is not None
