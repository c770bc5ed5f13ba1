"""What a flow, a tool or a test of yours imports. Nothing else of the program is needed.

    from datetime import timedelta
    from assistant.flows import Ask, flow

    @flow("(boil|cook) [me] an egg [for {length}]")
    def egg(length: timedelta | None = None):
        length = length or (yield Ask("For how long?", timedelta))
        return f"Then it is done in {length.seconds // 60} minutes."

docs/FLOWS.md tells the rest.
"""

from assistant.language.en.slots import choice
from assistant.language.slots import Clock, Moment, Recurrence
from assistant.talk.flow import Ask, Call, Change, Confirm, Flow, HandOver, Say, TakeBack, flow
from assistant.talk.guards.verdict import Verdict, guard, redact, replace, stop
from assistant.talk.tool import Here, Tool, tool

__all__ = [
    "Ask",
    "Call",
    "Change",
    "Clock",
    "Confirm",
    "Flow",
    "HandOver",
    "Here",
    "Moment",
    "Recurrence",
    "Say",
    "TakeBack",
    "Tool",
    "Verdict",
    "choice",
    "flow",
    "guard",
    "redact",
    "replace",
    "stop",
    "tool",
]
