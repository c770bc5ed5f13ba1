"""The order of the text layer, on one screen: who is asked first, and what each one says.

Pure: `decide` may be called any number of times. Runs on the mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from assistant.config import Config
from assistant.messages import Reply, Step
from assistant.talk.by_meaning import ByMeaning
from assistant.talk.danger import Dangers
from assistant.talk.decision import Decision, Part, Pass, Speaking
from assistant.talk.known import Fixed, Guard, KnownReply, OutOfReach, ReplyPattern, Stop, needs
from assistant.talk.matching import Matcher
from assistant.talk.model_answers import ModelAnswers
from assistant.talk.reach import Reach
from assistant.talk.replies import Replies
from assistant.talk.request import Request
from assistant.talk.ringing import Ringing
from assistant.talk.skills import Correction, Flows, NewFlow, OnceMore, OpenQuestion
from assistant.talk.talk import Talk
from assistant.talk.taught import Taught


def make_order(
    config: Config,
    replies: Replies,
    flows: Flows,
    reach: Reach,
    dangers: Dangers,
    answers: ModelAnswers,
) -> Order:
    """The parts of the program in their order."""
    text = config.text
    matcher = Matcher(replies.entries, text.match_threshold, text.match_margin)
    fixed = Fixed(replies)
    taught = Taught(flows.services.store)

    def is_known(talk: Talk, request: Request) -> bool:
        """The request is one of its own, by its very words."""
        if matcher.exact(request.text, needs(talk)) is not None:
            return True
        if taught.find(request) is not None:
            return True
        return any(flow.read(request) is not None for flow in flows)

    def is_taken(talk: Talk, request: Request) -> bool:
        """A request that no model would have got."""
        return is_known(talk, request) or matcher.pattern(request.text) is not None

    return Order(
        [
            Guard(replies, dangers, fixed),  # the user's rules, danger, health: before everything
            Ringing(flows, matcher),  # "stop", "okay", "snooze" while something rings
            Stop(matcher, fixed),  # "stop", "never mind": also ends what waits
            OpenQuestion(flows, is_known),  # the answer to what a flow asked
            taught,  # what the user taught, by its very words
            OnceMore(flows),  # "another one"
            KnownReply(matcher, fixed),  # a precomputed reply, by its very words or nearly
            Correction(flows),  # "no, at six"
            NewFlow(flows),  # a template of a flow or tool
            ReplyPattern(matcher, fixed),  # a precomputed reply by a pattern
            ByMeaning(reach.meaning, flows, replies.entries, fixed),  # other words for the same
            OutOfReach(reach, fixed, is_taken),  # what nobody here can do, see or know
            answers,  # the language model takes the rest
        ]
    )


class Order:
    """Asks each part in turn; the first that does not pass decides."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    def decide(
        self, talk: Talk, request: Request, *, without_model: bool = False
    ) -> Decision | None:
        """What is done with the request; None only `without_model`, when no other part takes it."""
        before = talk
        talk = talk.without_expired(request.now)
        steps: list[Step] = []
        for part in self._parts[: -1 if without_model else None]:
            found = part.decide(talk, request)
            if isinstance(found, Pass):
                steps.append(
                    Step(part=part.name, verdict="passed", score=found.score, why=found.why)
                )
                talk = found.talk or talk
                request = found.request or request
                continue
            steps.append(_step(part, "took", found))
            found = _asking_again(found, talk, request) if part.name not in _ENDING else found
            return dataclasses.replace(found, steps=tuple(steps), before=before)
        return None


def _step(part: Part, verdict: str, found: Decision | Pass) -> Step:
    return Step(part=part.name, verdict=verdict, score=found.score, why=found.why)


_ENDING = ("guard", "ringing", "stop", "flow")
"""After these, a question that was open is not asked again."""

_MOST_ASKED_AGAIN = 2
"""So often an open question is repeated after another request; then it is dropped."""


def _asking_again(decision: Decision, talk: Talk, request: Request) -> Decision:
    """`decision`, and after it the question that was open before it, unless it asks itself."""
    if not talk.waiting or len(decision.after.waiting) > len(talk.waiting):
        return decision
    run = talk.waiting[-1]
    reply = Reply(text=run.question, source="flow", why=f"asks again for {run.flow}", name=run.flow)
    tries = dataclasses.replace(run, tries=run.tries + 1)
    waiting = (*talk.waiting[:-1], tries)
    after = dataclasses.replace(decision.after, waiting=waiting)
    if decision.rest is None:
        replies = (*decision.replies, reply)
        return dataclasses.replace(decision, replies=replies, after=after)
    rest = decision.rest

    def then_asked(speaking: Speaking) -> Iterator[Reply]:
        yield from rest(speaking)
        yield reply

    return dataclasses.replace(decision, rest=then_asked, after=after)
