"""What an answer owes to the user's mood: one short apology, once in a while.

Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from assistant.messages import Reply
from assistant.talk.decision import Decision, Rest, Speaking
from assistant.talk.request import Request
from assistant.talk.talk import Talk

APOLOGY = "Sorry about that."
OWN_TEXTS = (APOLOGY,)
TURNS_BETWEEN = 5
"""Who hears an apology in every other answer hears a habit. Own choice."""

_ANSWERED = ("tool", "flow", "precomputed", "model")
_APOLOGISES = re.compile(r"\b(?:sorry|apolog\w+)\b", re.I)


def with_manners(decision: Decision, talk: Talk, request: Request) -> Decision:
    """`decision` with an apology before it, where the assistant has annoyed the user and has not
    apologised just now. Its talk knows the mood and the apology."""
    mood = request.mood
    after = dataclasses.replace(decision.after, mood=mood)
    decision = dataclasses.replace(decision, mood=mood, after=after)
    if not _owes(decision, talk, request):
        return decision
    reply = Reply(text=APOLOGY, source=decision.source, why=mood.why, name=decision.name)
    decision = dataclasses.replace(
        decision, after=dataclasses.replace(after, apologised=talk.number)
    )
    if decision.replies:
        return dataclasses.replace(decision, replies=(reply, *decision.replies))
    assert decision.rest is not None
    return dataclasses.replace(decision, rest=_after(reply, decision.rest))


def _after(apology: Reply, rest: Rest) -> Rest:
    """`rest` after `apology`, unless it begins with one of its own."""

    def both(speaking: Speaking) -> Iterator[Reply]:
        is_first = True
        for reply in rest(speaking):
            if is_first and not _APOLOGISES.search(reply.text):
                yield apology
            is_first = False
            yield reply

    return both


def _owes(decision: Decision, talk: Talk, request: Request) -> bool:
    mood = request.mood
    if mood.label != "annoyed" or not mood.is_ours or decision.source not in _ANSWERED:
        return False
    if decision.name.startswith("talk.") or not (decision.replies or decision.rest):
        return False
    if talk.apologised is not None and talk.number - talk.apologised < TURNS_BETWEEN:
        return False
    texts = [reply.text for reply in decision.replies[:1]] + [talk.last_answer]
    return not any(_APOLOGISES.search(text) for text in texts)
