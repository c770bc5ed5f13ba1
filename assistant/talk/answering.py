"""The replies of a decision in their order, before the guardrails have seen them.

While they are made, it is weighed whether a sentence ends with the user's words: after a fixed
reply, and beside the model's. Changes nothing. The mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from assistant.messages import Reply, Weighing
from assistant.talk.decision import Decision, Speaking
from assistant.talk.endings import Endings


def unguarded(
    decision: Decision,
    text: str,
    speaking: Speaking,
    endings: Endings,
    weighing: Weighing | None,
) -> Iterator[Reply]:
    """The answer to `text`, clause by clause. A request that a guardrail caught, or that may be
    a PIN, is not weighed, because a model would read it."""
    talk = decision.before
    text = decision.after.hidden.get(text, text)
    if decision.rest is None:
        last = len(decision.replies) - 1
        for place, reply in enumerate(decision.replies):
            yield dataclasses.replace(reply, is_whole=decision.is_whole, is_last=place == last)
        is_shut = decision.source == "guardrail" or talk.is_secret_open
        if not decision.is_whole and not is_shut:
            endings.weigh(talk, text, speaking.should_stop, weighing)
        return
    yield from decision.replies
    if talk.is_secret_open:  # no model reads a PIN
        yield from decision.rest(speaking)
        return
    weighed = endings.weigh_beside(talk, text, speaking.should_stop, weighing)
    try:
        for reply in decision.rest(speaking):
            weighed()
            yield reply
    finally:
        weighed()
