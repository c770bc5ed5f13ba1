"""The part of the order that does two things which one turn asks for.

"Set a timer for ten minutes and add eggs to my list" is two requests, and neither template covers
the whole. So are two sentences: who speaks into the beginning of an answer continues the turn
("Tell me a joke. What time is it?"). It is taken only when flows of the program cover both halves
by their templates, and neither asks anything back; what one flow understands as a whole never comes
here. Of "set a timer for ten minutes and turn on the lights" one half is done and the other
declined. Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from assistant.talk.decision import Decision, Pass, short
from assistant.talk.request import Request, read_request
from assistant.talk.skills import NewFlow
from assistant.talk.talk import Talk

NAME = "talk.both"
_JOINT = re.compile(
    r"(?:,|;|\.)?\s+(?:and|then)\s+(?:then\s+|also\s+|please\s+)*|[,;.]\s+(?:also|then)\s+"
    r"|(?<=[a-z\d][.?!])\s+(?=(?-i:[A-Z]))",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:okay|ok|so|well|right|um|uh)[\s,]+", re.IGNORECASE)
_FEWEST = 2
"""A half with fewer words is no request of its own."""
_MOST = 60
"""Who says more words tells something: 400 words have 35 joints, each of which would have all of
them read once more (0.2 s; own choice)."""


_MOST_DECLINED = 30
"""So many words may be two requests of which one is declined: more readers look at each half (own
choice)."""
_DECLINES = "decline."
_NOT_ALONE = "decline.talk"
"""What only the conversation makes clear is no request of its own: "and make it louder"."""


class _Part(Protocol):
    def decide(self, talk: Talk, request: Request) -> Decision | Pass: ...


class Both:
    """Two requests in one sentence, each covered by a template of a flow, or one of them out of
    reach."""

    name = "both"

    def __init__(
        self,
        flows: NewFlow,
        declines: Sequence[_Part] = (),
        may_be_known: Callable[[], bool] = lambda: False,
        is_done: Callable[[Talk, Request], bool] = lambda talk, request: False,
    ) -> None:
        """`flows` is the part that takes each half, `declines` those after it, up to the one that
        declines what nobody here can do. `may_be_known()`: somebody else may know or do what they
        decline. `is_done(talk, request)`: a flow does it, also one of the user's."""
        self._flows = flows
        self._declines = declines
        self._may_be_known = may_be_known
        self._is_done = is_done

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """Both answers in their order; `Pass` unless both halves are understood."""
        count = len(request.text.split())
        if count > _MOST:
            return Pass(why="it is longer than two requests")
        found = self._each(talk, request)
        if found is None and count <= _MOST_DECLINED:
            found = self._half(talk, request)
        return found or Pass(why="it is not two requests")

    def _each(self, talk: Talk, request: Request) -> Decision | None:
        """Both halves done."""
        for left, right in _halves(request):
            first = self._whole(talk, left)
            if first is None:
                continue
            second = self._whole(first.after, right) or self._each(first.after, right)
            if second is not None and not _is_stale(first, second):
                return _joined(first, second, request)
        return None

    def _half(self, talk: Talk, request: Request) -> Decision | None:
        """One half done and the other declined."""
        if not self._declines or self._may_be_known():
            return None
        for left, right in _halves(request):
            first = self._whole(talk, left)
            second = first and self._declined(first.after, right)
            if first is None and self._whole(talk, right) is not None:
                first = self._declined(talk, left)
                second = first and self._whole(first.after, right)
            if first is not None and second is not None:
                return _joined(first, second, request)
        return None

    def _declined(self, talk: Talk, request: Request) -> Decision | None:
        """The decline of one half, which no flow takes."""
        if self._is_done(talk, request):
            return None
        for part in self._declines:
            found = part.decide(talk, request)
            if isinstance(found, Decision):
                is_one = found.name.startswith(_DECLINES) and found.name != _NOT_ALONE
                return found if is_one else None
        return None

    def _whole(self, talk: Talk, request: Request) -> Decision | None:
        """What a flow does with one half; None when it would have to wait or to ask."""
        found = self._flows.decide(talk, request)
        if not isinstance(found, Decision) or found.rest is not None or found.waits is not None:
            return None
        return None if len(found.after.waiting) > len(talk.waiting) else found


def _halves(request: Request) -> Iterator[tuple[Request, Request]]:
    """The request cut in two at each "and" and behind a sentence, without a filler at its head."""
    text = _OPENING.sub("", request.text)
    for joint in _JOINT.finditer(text):
        sides = text[: joint.start()], text[joint.end() :]
        if min(len(side.split()) for side in sides) >= _FEWEST:
            left, right = (read_request(side, request.now, request.turn) for side in sides)
            yield left, right


def _is_stale(first: Decision, second: Decision) -> bool:
    """True when the second reads what the first has not written yet."""
    same = first.name.split(".")[0] == second.name.split(".")[0]
    return same and bool(first.effects) and not second.effects


def _joined(first: Decision, second: Decision, request: Request) -> Decision:
    why = short(f"{first.name} and {second.name}")
    last = dataclasses.replace(
        second.after.last, effects=(*first.effects, *second.effects), turn=request.turn
    )
    return dataclasses.replace(
        second,
        name=NAME,
        why=why,
        score=1.0,
        slots={"first": first.name, "second": second.name},
        replies=(*first.replies, *second.replies),
        effects=(*first.effects, *second.effects),
        undoes=(*first.undoes, *second.undoes),
        after=dataclasses.replace(second.after, last=last),
    )
