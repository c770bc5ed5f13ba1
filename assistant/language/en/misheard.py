"""What a small recogniser writes for words that people say all day, mended.

Whisper tiny writes "boss my timer" for "pause my timer" and "cancel all times" for "cancel all
timers". A rule stands here when it was seen, when the words as written mean nothing that people ask
for, and when the words around them tell what was meant. Knows no flow. Pure; any thread.
"""

from __future__ import annotations

import re

_THING = r"(?:(?:the|my|that|this|both|all|all the|all my) )?(?:\w+ ){0,2}?(?:timers?|stopwatch)"
_LIST = r"(?:the |my |our )(?:[a-z-]+ ){0,2}list"
_THINGS = (
    r"((?!(?:i|you|it|we|they|he|she|what|who|is|are|do|did|can|the list|my list)\b)"
    r"(?:(?!add|put|what|not)\S+ ?){1,9}?)"
)

_NO_THING = (
    r"(?!(?:then |also |now |just |so )*(?:go|went|going|get|back|move|switch|change|turn|take|took"
    r"|bring|send|copy|listen|return|come|jump|scroll|skip|compare|transfer|say|talk|look|see|hear"
    r"|read|show|open|welcome|thank|thanks|thankful|from|next|on|over|how|when|where|why|which|will"
    r"|would|could|should|please|let|have|has|was|were|does|all|not|no need|here|there"
    r"|include|write|place|stick|throw|pop|enter|insert|jot|append|note|save|mark|remove|delete"
    r"|this|that|it|these|those|them)\b)"
)
"""Words after "and" with which a request of its own begins, or one that names nothing to buy."""

_RULES = tuple(
    (re.compile(pattern), meant)
    for pattern, meant in (
        # timers
        (r"\b(minute|second|hour) time (?:or|are|her)\b", r"\1 timer"),
        (r"^set (?:to|too) timers\b", "set 2 timers"),
        (r"^set (?:it|a) to (?:our|hour) timer\b", "set a 2 hour timer"),
        (r"^(cancel|pause|resume|restart|stop|delete) ((?:my|the) (?:\w+ )?)time$", r"\1 \2timer"),
        (r"^(how (?:long|much)(?: time)?(?: is)?(?: left)? on (?:my|the)) time$", r"\1 timer"),
        (rf"^(cancel|pause|restart|start|resume|stop)(?:p?ed|d) (?={_THING}$)", r"\1 "),
        (r"^(?:it )?started (?=an? (?:\S+ ){1,4}timer\b)", "start "),
        (r"^at (?=\d+ (?:more )?(?:seconds?|minutes?|hours?)$)", "add "),
        (r"^(?:at|and|had|it) (?=\d+ (?:more )?(?:seconds?|minutes?|hours?) to (?:the|my) timer$)",
         "add "),
        (r"^(?:it is|its|this|the) news(?= for \d+ minutes$)", "snooze"),
        (r"^(cancel|stop|delete|pause|resume) (all|both|all the|all my|both my) times$",
         r"\1 \2 timers"),
        (r"^(cancel|stop|delete|pause|resume|restart) (my|the) (?:time or|times|timer's|tire)$",
         r"\1 \2 timer"),
        (rf"^(?:boss|paws|pose|pours|paul's|cause|post) (?={_THING}$)", "pause "),
        (rf"^(?:we start|we started|re start) (?={_THING}$)", "restart "),
        (r"^(?:said|sat|sit|send|sent|set in|set and|set on) (?:an? )?(?=(?:\S+ ){0,4}timers?\b)",
         "set a "),
        # alarms
        (r"^(?:set|said|sat) (?:(?:in|an|and|on|the|a) )*(?:along|long|alone|lawn|law) (?=for )",
         "set an alarm "),
        (r"^(?=.*\b(?:alarm|timer|remind|wake)\b)(.*) (for|at|until) (?:new|noone|no one)$",
         r"\1 \2 noon"),
        # lists
        (rf"^(?:but|foot|hook) {_THINGS} (?:on|onto) (?={_LIST}$)", r"put \1 on "),
        (r"^at (?=a note\b)", "add "),
        (rf"^(?:at|ad) {_THINGS} (?:to|onto) (?={_LIST}$)", r"add \1 to "),
        (rf"^(?:and|had) {_NO_THING}{_THINGS} (?:to|onto) (?={_LIST}$)", r"add \1 to "),
        (rf"^(?:and|had) {_NO_THING}{_THINGS} for (?=(?:the|my|our) (?:shopping|grocery) list$)",
         r"add \1 to "),
        (rf"^i (?=(?:call|buy|pay|book|email) ){_THINGS} to (?={_LIST}$)", r"add \1 to "),
        # the voice
        (r"\byour account\b(?! (?:of|that|number|balance|manager)\b)", "your accent"),
        (r"\b(british|english|american|australian|irish|scottish|indian|southern|french|german"
         r"|spanish|italian|russian|male|female|foreign) account\b(?=$| (?:when"
         r"|please|instead|for|from|to|voice))", r"\1 accent"),
        (r"^((?:.* )?(?:speak|talk|speaking|talking|sound) (?:\S+ ){0,3}(?:with|in|like) (?:an?|the"
         r"|another|some) (?:\S+ )?)account$", r"\1accent"),
        # sums and units
        (r"^divided (?=\d+(?:\.\d+)? by \d)", "divide "),
        (r"^(?:with|whats|watts|was) (?=\d+(?:\.\d+)? (?:degrees )?(?:fahrenheit|celsius) in )",
         "what is "),
        (r"\b(?:due|do|too|to) (?=to the power of \d)", "2 "),
        (r"^(what is|how much is) (?=to the power of \d)", r"\1 2 "),
        (r"^(how many \w+) and (?=an? \w+$)", r"\1 in "),
        # drinks
        (r"\b(the|my|some|green|black|herbal|cup of|cups of|pot of) t(?= |$)"
         r"(?! (?:shirts?|bones?|rex|mobile|junctions?|cells?|square|v|vs)\b)", r"\1 tea"),
        # games
        (r"^(?:slip|flipper|slipper|clip|flip her|flip of|flip the) (?:a )?coin$",
         "flip a coin"),
    )
)  # fmt: skip

_MAY_BE = re.compile(
    r"tim(?:e|er)s?\b|\btire\b|\balarm|\balong\b|\ba long\b|\balone\b|\barm\b|stopwatch"
    r"|\bremind|\bwake\b|\blist\b|^divided\b|\bpower\b|^how many\b|^at\b|\bnews\b"
    r"|\b(?:fahrenheit|celsius)\b|\bcoin$|\bt\b|\baccount\b"
)
"""Hardly any other request needs to be looked at by all of the rules."""


def mended(canonical: str) -> str:
    """`canonical` words with what was surely misheard put right; idempotent."""
    if _MAY_BE.search(canonical) is None:
        return canonical
    for pattern, meant in _RULES:
        canonical = pattern.sub(meant, canonical)
    return canonical
