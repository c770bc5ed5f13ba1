"""The parts of the order that begin a flow: a new request, a correction right after, once more.

Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
import re

from assistant.language.en.asking import is_whole_question
from assistant.talk.decision import Decision, Pass
from assistant.talk.flow import Flow
from assistant.talk.questions import corrected, says_days
from assistant.talk.request import Request
from assistant.talk.running import Flows
from assistant.talk.talk import Talk

_ONCE_MORE = re.compile(
    r"(?:and )?(?:another|1 more|again|once more|another 1|one more|do it again|do that again"
    r"|1 more time|and another|tell me another|tell me 1 more|give me another|give me 1 more"
    r"|(?:tell|give) me another 1|flip again|roll again|flip it again|roll it again"
    r"|(?:tell|give) me 1 more)"
)


_SETS = ".set"
"""So ends the name of a flow that "every weekday" may say more about."""


class NewFlow:
    """A request that a template of a flow covers: of the user's own flows, or of the program's."""

    def __init__(self, flows: Flows, *, users: bool) -> None:
        self.name = "user's skills" if users else "skills"
        self._flows = flows
        self._users = users

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The first flow that reads the request and does not decline. What a flow hands over is
        offered to the other flows, then to the parts after this one."""
        handed: list[Flow] = []
        while True:
            found, flow = self._first(talk, request, handed)
            if isinstance(found, Decision):
                return found
            if flow is None or found.request is None:
                return Pass(why=found.why, talk=talk, request=request)
            handed.append(flow)
            talk, request = found.talk or talk, found.request

    def _first(
        self, talk: Talk, request: Request, without: list[Flow]
    ) -> tuple[Decision | Pass, Flow | None]:
        declined = Pass(why="no template covers it")
        for flow in self._flows:
            if flow.is_users is not self._users or flow in without:
                continue
            slots = self._flows.read(flow, request)
            if slots is None:
                continue
            why = f"template of {flow.name}" + (f" ({flow.origin})" if flow.origin else "")
            found = self._flows.run(flow, talk, request, slots, why=why, score=1.0)
            if isinstance(found, Decision):
                return _whole(found, talk, request), flow
            if found.request is not None:
                return found, flow
            declined = found
        return declined, None


def _whole(found: Decision, talk: Talk, request: Request) -> Decision:
    """`found`; known as a whole when it only tells what the words ask for from start to end."""
    if found.effects or found.waits is not None or found.after.waiting is not talk.waiting:
        return found
    return dataclasses.replace(found, is_whole=is_whole_question(request.canonical))


class Correction:
    """ "No, at six" right after a flow was done: it is taken back and done with the other value."""

    name = "correction"

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The last flow with one value replaced; `Pass` when nothing fits, or it is long ago."""
        run = talk.last.run
        flow = self._flows.get(run.flow) if run is not None else None
        if run is None or flow is None or flow.version != run.version:
            return Pass(why="nothing to correct")
        if not talk.last.is_recent(request.now):
            return Pass(why=f"{flow.name} was done too long ago")
        if says_days(request) and not flow.name.endswith(_SETS):
            return Pass(why=f"it sets nothing that comes again: {flow.name}")
        outcome = self._flows.replay(flow, talk, request, run)
        found = outcome and corrected(self._flows, flow, talk, request, run, outcome)
        return found or Pass(why=f"it corrects nothing of {flow.name}")


class OnceMore:
    """ "Another one" after a flow that can be run again."""

    name = "once more"

    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The last flow once more, with the same slots."""
        flow = self._flows.get(talk.last.name)
        if flow is None or not flow.again or not _ONCE_MORE.fullmatch(request.words):
            return Pass(why="nothing to repeat")
        why = f"{flow.name} once more"
        return self._flows.run(flow, talk, request, talk.last.slots, why=why, score=1.0)
