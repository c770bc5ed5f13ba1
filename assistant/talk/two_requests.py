"""The part of the order that does two requests of one turn: "Tell me a joke. What time is it?"

Who speaks into the beginning of an answer continues the turn, and many people say two things at a
time; a template with a text in it would take both sentences for one. Each sentence must be a
request of a flow by its very words, and neither may leave a question or wait for a result. Pure;
the mind thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from assistant.talk.decision import Decision, Pass, short
from assistant.talk.request import Request, read_request
from assistant.talk.talk import Talk

Decide = Callable[[Talk, Request], "Decision | None"]
Takes = Callable[[Talk, Request], bool]

_BETWEEN = re.compile(r"(?<=[^\W\d_][a-z\d][.?!])\s+(?=[A-Z])|(?<=\d[.?!])\s+(?=[A-Z])")
_FEWEST_WORDS = 3
_DICTATED = frozenset(("note.add", "teach.reply"))
"""What follows belongs to their text."""
_SOURCES = ("tool", "precomputed", "flow")


class TwoRequests:
    """`decide` is the whole order for one request, `takes` whether a flow knows all its words."""

    name = "two requests"

    def __init__(self, decide: Decide, takes: Takes) -> None:
        self._decide = decide
        self._takes = takes

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """Both decisions as one, the second made on the talk after the first."""
        sentences = _BETWEEN.split(request.text)
        if len(sentences) != 2 or talk.waiting:
            return Pass(why="one request")
        asked = [read_request(one, request.now, request.turn) for one in sentences]
        if any(len(one.words.split()) < _FEWEST_WORDS for one in asked):
            return Pass(why="one request and a few words")
        if not all(self._takes(talk, one) for one in asked):
            return Pass(why="two sentences that are no two requests")
        first = self._decide(talk, asked[0])
        if first is None or first.name in _DICTATED or not _is_done(first):
            return Pass(why="the first sentence is not done with")
        second = self._decide(first.after, asked[1])
        if second is None or not _is_done(second):
            return Pass(why="the second sentence is not done with")
        return dataclasses.replace(
            second,
            why=short(f"two requests: {first.name}, {second.name}"),
            replies=(*first.replies, *second.replies),
            effects=(*first.effects, *second.effects),
            slots={**first.slots, **second.slots},
            is_whole=True,
        )


def _is_done(decision: Decision) -> bool:
    """True when all of the answer is known and nothing is left to ask, wait for or take back."""
    return (
        decision.rest is None
        and decision.waits is None
        and not decision.undoes
        and not decision.after.waiting
        and decision.source in _SOURCES
    )
