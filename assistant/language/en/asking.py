"""Whether words ask about things in general, and whether they ask anything at all.

"What is a timer?" and "how does an alarm clock work?" name a thing that a tool has, but want an
explanation. Knows only the form of a sentence, not what it is about. Pure; any thread.
"""

from __future__ import annotations

import re

_OWN = r"(?:i|me|my|mine|we|us|our|you|your|yours|yourself)"
_FREE = rf"(?!.*\b{_OWN}\b)"
"""Nobody of this conversation is named."""

_IN_GENERAL = re.compile(
    r"(?:(?:and|so|okay|but|well|tell me|do you know|explain|explain to me|i wonder) )*(?:"
    r"(?:what|which) (?:does|do|did) (?:an? |the (?:word|term|phrase|name|expression) )?.+"
    r" (?:mean|stand for|come from|refer to|describe)(?: .+)?"
    r"|what (?:does|do|did) (?:it|that) mean .+"
    r"|what (?:does|do) an? .+ do(?: .+)?"
    rf"|{_FREE}(?:what|who) (?:is|are|was|were) an? (?!.*\d)(?!(?:good|fun|funny|nice|great|new|"
    r"random|interesting|cool) )(?!(?:joke|fact)\b).+"
    r"|what (?:is|are|was|were) .+ (?:used|good|meant|there|made) (?:for|of|from)"
    r"|(?:what is )?the (?:meaning|definition|history|origin|purpose|invention|inventor|plural"
    r"|opposite|point|story|idea) (?:of|behind) .+"
    r"|what is (?:the )?(?:meaning|definition|history|origin|purpose|use|inventor|plural|opposite"
    r"|point|story|idea) (?:of|behind) .+"
    r"|what is the difference between an? .+"
    rf"|{_FREE}what (?:makes|made|causes|caused|happens|happened) .+"
    rf"|{_FREE}how (?:do|does|did|can|could|is|are|was|were) .+"
    r" (?:work|works|function|made|invented|measured|defined|called|form|formed|calculated)"
    r"(?: .+)?"
    r"|how (?:old|fast|loud|tall|big|far|deep|heavy|high|long|quick|slow|hot|cold|much)"
    rf" (?:is|are|was|were|does|do|did) an? .+"
    r"|(?:do|does|did) (?!(?:it|the|this|that|these|those|any|not|please|anything|anyone|all)\b)"
    rf"{_FREE}.+"
    rf"|{_FREE}(?:who|whom|whose) .+|{_FREE}why (?!not\b).+"
    r"|(?:what|which|when|where|how|who|why|would|could|can|should|is|are|do|does) "
    r".*\b(?:someone|somebody|anybody else|people|persons?|humans?|everyone|everybody)\b.*"
    r"|(?:is|was|are) an? .+ an? .+"
    r"|when (?:was|were) .+ (?:invented|discovered|introduced|built|founded|born|made)(?: .+)?"
    r")"
    r"|(?:define|describe|translate) .+"
    r"|(?:tell me|teach me|talk to me|talk) (?:something |a bit |more |all |everything )?about .+"
    r"|(?:tell me|explain|explain to me|give me) (?:the|a) (?:history|meaning|definition|origin"
    r"|story|idea) (?:of|behind) .+"
    rf"|(?:explain|explain to me) {_FREE}(?:what|how|why|the|an?) .+"
    r"|what is .+ in (?:medical|legal|simple|general|technical|everyday) (?:terms|words|use)"
)

_QUESTION = re.compile(
    r"(?:(?:and|so|okay|but|well|then) )*(?:"
    r"what (?!about\b|if\b)|which |who |whose |where |why (?!not\b|do not\b|do you not\b)"
    r"|how (?!about\b|would you like\b)"
    r"|when (?:is|are|was|were|will|would|do|does|did|should|can|am|has|have) "
    r"|is (?!it (?:possible|okay|all right|fine)|there (?:any |a )?(?:way|chance|possibility))"
    r"|are (?!you (?:able|up))|was |were |am |does |did |has "
    r"|do (?:i|we|they|you (?!mind|think|want|feel)) ?|have (?:i|we|you|they) "
    r"|will (?:it|there|the) "
    r")"
)


_KEPT = r"(?:timers?|alarms?|reminders?|lists?|notes?|stopwatch(?:es)?|tasks?|errands|chores)"
_STANDS = r"(?: (?:set|running|left|on|active|open|now|going|pending|saved|today))*"
_WHOLE = re.compile(
    r"(?:(?:and|so|okay|now|please|tell me|can you tell me|could you tell me) )*(?:"
    r"(?:what|which|how many) (?:\S+ ){0,2}?(?:timers?|alarms?|reminders?|lists?|notes?|tasks?)"
    r" (?:(?:do|did) (?:i|we)(?: still| already| currently)? (?:have|set|make|create)"
    r"|have (?:i|we)(?: still| already)? (?:got|set|made)|(?:i|we) (?:still )?have"
    rf"|(?:are|is)(?: there| still)*){_STANDS}"
    rf"|(?:do (?:i|we)(?: still)? have|have (?:i|we)(?: still)? got|(?:are|is) there)(?: still)?"
    rf" (?:any|an?)(?: \S+)? {_KEPT}{_STANDS}"
    r"|what (?:all |else )?is (?:left |still )*on (?:my|our|the) (?:\S+ ){0,2}lists?"
    r"|what (?:else )?(?:do|must|should) (?:i|we) (?:still )?(?:have|need)?(?: to)?"
    r" (?:do|buy|get)(?: today| tomorrow)?"
    r"|(?:what are|list|show me|read me|read|tell me)(?: all)?(?: of)? my"
    rf" (?:\S+ )?{_KEPT}"
    r")"
)


def is_whole_question(words: str) -> bool:
    """True for canonical words that ask what is set or noted and after which hardly any follow:
    "what reminders do I have"."""
    return _WHOLE.fullmatch(words) is not None


def asks_in_general(words: str) -> bool:
    """True when canonical `words` want a thing explained ("define alarm"), whatever tool is named.

    Only for words whose meaning is guessed: "what is a dozen times four" has a template.
    """
    return _IN_GENERAL.fullmatch(words) is not None


def asks(words: str) -> bool:
    """True for a question, which wants to be told something and nothing done. "Can you set …",
    "how about …" and "is it possible to …" are requests."""
    return _QUESTION.match(words) is not None
