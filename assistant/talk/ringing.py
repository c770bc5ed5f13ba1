"""The part of the order that ends what rings: "stop", "okay", "snooze" while something rings.

Passes at once when nothing does. Pure but for one read of the store; the mind thread.
"""

from __future__ import annotations

import re
from datetime import timedelta

from assistant.language.en.timers import read_timer
from assistant.talk import due
from assistant.talk.decision import Decision, Pass
from assistant.talk.known import needs
from assistant.talk.matching import Matcher
from assistant.talk.request import Request
from assistant.talk.running import Flows
from assistant.talk.store import StoreError
from assistant.talk.talk import Talk

_SOUND = (
    r"(?:it|that|this|(?:the |my |that |this )?"
    r"(?:alarms?|timers?|reminders?|ringing|noise|sound|beeping))"
)
_STOPS = re.compile(
    rf"(?:(?:please |okay |all right |yes |thanks |thank you )*"
    rf"(?:stop|cancel|end|dismiss|silence|mute|quiet|off|turn off|shut off|switch off|kill|clear)"
    rf"(?: {_SOUND})?(?: ringing| off| now| please)*)"
    rf"|(?:turn|shut|switch) {_SOUND} off|alarm off|timer off|no more ringing"
)
_HEARD = re.compile(
    r"(?:(?:okay|thanks|thank you|all right|got it|i heard you|i hear you|i heard it|i hear it|yes"
    r"|i am up|i am awake|i am coming|i am here|done|good|great|fine|i know|cool|noted|very much"
    r"|assistant|will do|on it) ?)+"
)
_LATER = re.compile(
    r"(?:(?:okay |yes |please )*(?:snooze|later|not now|not yet|again later|remind me later"
    r"|remind me again|wake me later|let me sleep|5 more minutes|just 5 more minutes)"
    r"(?: it| that| please| again)*)"
)


class Ringing:
    """Takes stop words, little words and a snooze while something rings."""

    name = "ringing"

    def __init__(self, flows: Flows, matcher: Matcher) -> None:
        self._flows = flows
        self._matcher = matcher

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The flow `alarm.stop` or `alarm.snooze`; `Pass` for every other request."""
        try:
            rings = due.items(self._flows.services.store, states=("ringing",))
        except StoreError as error:
            return Pass(why=f"cannot tell whether something rings: {error.what}")
        if not rings:
            return Pass(why="nothing rings")
        name, slots = self._asked(talk, request)
        flow = self._flows.get(name)
        if flow is None:
            return Pass(why="something rings, and this does not end it")
        why = f"{len(rings)} of them ringing"
        return self._flows.run(
            flow, talk, request, slots, why=why, source="stop", score=1.0, is_whole=True
        )

    def _asked(self, talk: Talk, request: Request) -> tuple[str, dict[str, object]]:
        """The flow that the words ask for, and its slots; an empty name for none."""
        snooze = self._flows.get("alarm.snooze")
        slots = snooze.read(request) if snooze is not None else None
        if slots is not None:
            return "alarm.snooze", slots
        for words in dict.fromkeys((request.canonical, request.words)):
            if _LATER.fullmatch(words):
                return "alarm.snooze", {}
            more = read_timer(words)
            if more is not None and more.act == "add" and not more.name:
                return "alarm.snooze", {"length": timedelta(seconds=more.amount)}
            if _STOPS.fullmatch(words):
                return "alarm.stop", {}
            if _HEARD.fullmatch(words) and not (talk.waiting and talk.is_question_open):
                return "alarm.stop", {}
        match = self._matcher.exact(request.text, needs(talk))
        if match is not None and match.entry.kind in ("stop", "cancel"):
            return "alarm.stop", {}
        return "", {}
