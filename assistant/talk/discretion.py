"""What of a turn may be kept: no PIN, nothing that no model may read, no question nobody heard.

Pure; any thread.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

from assistant.language.en.pins import hide_runs
from assistant.talk.decision import Decision
from assistant.talk.request import Request
from assistant.talk.talk import Talk

hide_near = partial(hide_runs, is_near=True)
"""Hides runs of digits and what sounds like one beside them."""


def discreet(decision: Decision, request: Request) -> Decision:
    """`decision` with the `request` that it was made on, as far as both may be kept."""
    shown = decision.shown(request.transcript)
    if shown == request.transcript:
        return dataclasses.replace(decision, request=request)
    decision = _hidden_as(shown, decision)
    slots = {name: _shown_in(decision, one) for name, one in decision.slots.items()}
    request = dataclasses.replace(request, text=shown, canonical="", words="", said="")
    return dataclasses.replace(decision, slots=slots, request=request)


def unasked(now: Talk, before: Talk) -> Talk:
    """`now` without what this turn has asked: nobody has heard the question."""
    kept = tuple(one for one in now.waiting if one in before.waiting)
    return dataclasses.replace(now, waiting=kept)


def _hidden_as(shown: str, decision: Decision) -> Decision:
    """`decision` on a request that is kept as `shown`: what a guardrail caught stays hidden."""
    after = decision.after
    if after.hidden is decision.before.hidden:
        return decision
    read = [*after.hidden.values()][-1]
    return dataclasses.replace(decision, after=after.hiding(shown, decision.shown(read)))


def _shown_in(decision: Decision, value: Any) -> Any:
    """What was understood of a request that may have a PIN in it, without that."""
    if isinstance(value, (list, tuple)):
        return tuple(_shown_in(decision, one) for one in value)
    return decision.shown(value) if isinstance(value, str) else value
