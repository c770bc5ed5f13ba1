"""The order of the text layer, on one screen: who is asked first, and what each one says.

Pure: `decide` may be called any number of times. Runs on the mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from assistant.config import Config
from assistant.language.en.pins import hide_all, hide_runs, without_pin
from assistant.language.en.speakable import spoken_form
from assistant.messages import Reply, Step
from assistant.talk.both import Both
from assistant.talk.by_meaning import ByMeaning
from assistant.talk.decision import Decision, Part, Pass, Rest, Speaking
from assistant.talk.ellipsis import FollowUp
from assistant.talk.guards.guards import Guards
from assistant.talk.known import Fixed, Guard, KnownReply, OutOfReach, ReplyPattern, Stop, needs
from assistant.talk.manners import with_manners
from assistant.talk.matching import Matcher
from assistant.talk.model_answers import ModelAnswers
from assistant.talk.model_tools import ModelTools
from assistant.talk.questions import OpenQuestion
from assistant.talk.reach import Reach
from assistant.talk.replies import Replies
from assistant.talk.request import Request, read_request
from assistant.talk.ringing import Ringing
from assistant.talk.running import Flows
from assistant.talk.skills import Correction, NewFlow, OnceMore
from assistant.talk.sources.asking_documents import InDocuments
from assistant.talk.sources.database import Database
from assistant.talk.sources.database_model import AskDatabase
from assistant.talk.talk import Talk
from assistant.talk.taught import Taught

AskTools = Callable[[Talk, Request], Decision | Pass]
_BY_MODEL = (AskDatabase, ModelAnswers)
"""The parts that give a language model words of the request to read."""
DECLINES = "decline."
"""So begins the name of a decision that says what nobody here can do."""


def make_order(
    config: Config,
    replies: Replies,
    flows: Flows,
    reach: Reach,
    guards: Guards,
    answers: ModelAnswers,
    tools: ModelTools,
    databases: Sequence[Database] = (),
) -> Order:
    """The parts of the program in their order. `tools` go before the language model's answer, and
    before every decline: an honest one, or the tool that can."""
    text = config.text
    matcher = Matcher(replies.entries, text.match_threshold, text.match_margin)
    fixed = Fixed(replies)
    taught = Taught(flows.services.store)

    own = NewFlow(flows, users=False)

    def is_known(talk: Talk, request: Request) -> bool:
        """The request is one of its own, by its very words."""
        return matcher.exact(request.text, needs(talk)) is not None or is_done(talk, request)

    def is_done(talk: Talk, request: Request) -> bool:
        """The user taught it, or a template of a flow covers it."""
        return taught.find(request) is not None or flows.takes(talk, request)

    def is_taken(talk: Talk, request: Request) -> bool:
        """A request that no model would have got."""
        return is_known(talk, request) or matcher.pattern(request.text) is not None

    by_meaning = ByMeaning(
        reach.meaning, reach.asks_for_words, flows, replies.entries, matcher, fixed
    )
    hints = ReplyPattern(matcher, fixed, late=True, is_open=by_meaning.is_open)
    patterns = ReplyPattern(matcher, fixed, late=False)
    beyond = OutOfReach(reach, fixed, is_taken)

    def may_be_known() -> bool:
        """A tool, a document or a database may give what nobody else can."""
        return tools.may_call or flows.services.documents.is_set_up or bool(databases)

    known = KnownReply(matcher, fixed)
    both = Both(own, (known, patterns, by_meaning, hints, beyond), may_be_known, is_done)
    return Order(
        [
            Guard(guards, fixed),  # the user's rules, danger, what is refused: before everything
            Ringing(flows, matcher),  # "stop", "okay", "snooze" while something rings
            Stop(matcher, fixed),  # "stop", "never mind": also ends what waits
            OpenQuestion(flows, is_known),  # the answer to what a flow asked
            taught,  # what the user taught, by its very words
            NewFlow(flows, users=True),  # a template of a flow that the user wrote
            OnceMore(flows),  # "another one"
            known,  # a precomputed reply, by its very words or nearly
            Correction(flows),  # "no, at six"
            own,  # a template of one of the program's flows
            both,  # two requests in one sentence
            FollowUp(flows),  # "and in London?" after "what time is it in Tokyo"
            patterns,  # a precomputed reply by a pattern
            AskDatabase(databases, answers.model),  # a database by its name, in SQL of the model
            by_meaning,  # a flow or a reply in other words
            InDocuments(flows.services.documents),  # what a document of the user's surely answers
            hints,  # a hint how to say it
            beyond,  # what nobody here can do, see or know
            answers,  # the language model takes the rest
        ],
        tools,
        has_pin=lambda: flows.services.pins.is_set,
        matcher=matcher,
    )


class Order:
    """Asks each part in turn; the first that does not pass decides. `tools` are asked before the
    last part, and before a decline of any."""

    def __init__(
        self,
        parts: Sequence[Part],
        tools: ModelTools | None = None,
        has_pin: Callable[[], bool] = lambda: False,
        matcher: Matcher | None = None,
    ) -> None:
        """`has_pin()`: there is a PIN, which may stand in a request. `matcher` has the replies."""
        self.matcher = matcher or Matcher((), 100.0, 0.0)
        self._parts = tuple(parts)
        self._tools = tools
        self._has_pin = has_pin

    def decide(
        self,
        talk: Talk,
        request: Request,
        *,
        without_model: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
        begins: Callable[[], object] = lambda: None,
    ) -> Decision | None:
        """What is done with the request; None only `without_model`, when no other part takes it.
        `should_stop()` ends a model's choice among tools, and `begins()` is called before one.

        A PIN within a request is left out of it, and asked for as if it had not been said.
        """
        ask_tools: AskTools | None = None
        if not (without_model or talk.is_secret_open or self._tools is None):
            ask_tools = partial(self._tools.decide, should_stop=should_stop, begins=begins)
        parts = self._parts[:-1] if without_model else self._parts
        bare = None if talk.is_secret_open else without_pin(request.transcript)
        if bare is None or not self._has_pin():
            return self._decide(talk, request, parts, ask_tools)
        whole = self._decide(talk, request, self._parts[:-1], None)
        if whole is not None and whole.after.is_pin_wanted and not _has_digits(whole):
            return whole  # they are an amount, or a date
        meant = read_request(bare, request.now, request.turn)
        meant = dataclasses.replace(meant, mood=request.mood)
        found = self._decide(talk, meant, self._parts[:-1], None)
        if found is not None and found.after.is_pin_wanted:
            return found
        found = self._decide(talk, request, parts, ask_tools)
        if found is None or not found.after.is_pin_wanted or ask_tools is None:
            return found
        return self._decide(talk, meant, parts, ask_tools)  # a model led there

    def _decide(
        self, talk: Talk, request: Request, parts: Sequence[Part], ask_tools: AskTools | None
    ) -> Decision | None:
        """What the first of `parts` says that does not pass. `ask_tools` has a model choose among
        tools."""
        before = talk
        talk = talk.without_expired(request.now)
        mood = request.mood
        steps: list[Step] = []
        last = self._parts[-1]
        for part in parts:
            read = request
            if before.is_secret_open and isinstance(part, _BY_MODEL):  # no model reads a PIN
                read = read_request(hide_all(request.text), request.now, request.turn)
                read = dataclasses.replace(read, mood=mood)
            tried: Decision | Pass | None = None
            if part is last and ask_tools is not None:
                tried = ask_tools(talk, read)
            found = tried if isinstance(tried, Decision) else part.decide(talk, read)
            if isinstance(found, Pass):
                steps.append(_step(part.name, "passed", found))
                talk = found.talk or talk
                request = dataclasses.replace(found.request or request, mood=mood)
                continue
            if ask_tools and tried is None and found.name.startswith(DECLINES):
                tried = ask_tools(talk, request)
                if isinstance(tried, Decision):
                    steps.append(Step(part=part.name, verdict="passed", why="a tool may do it"))
                    found = tried
            if tried is not None:
                steps += found.steps
                verdict = "took" if tried is found else "passed"
                steps.append(_step(ModelTools.name, verdict, tried))
            if found is not tried:
                steps.append(_step(part.name, "took", found))
            if found.waits is not None and found.waits.origin:
                called = found.waits
                steps.append(Step(part=called.origin, verdict="called", why=called.name))
            found = _asking_again(_with_why(found, talk), talk, request)
            found = with_manners(found, talk, request)
            return dataclasses.replace(found, steps=tuple(steps), before=before)
        return None


def _has_digits(decision: Decision) -> bool:
    """Whether a text among the slots holds a row of digits that may be a PIN."""
    texts = (value for value in decision.slots.values() if isinstance(value, str))
    return any(hide_runs(text, is_near=True) != text for text in texts)


def _step(part: str, verdict: str, found: Decision | Pass) -> Step:
    return Step(part=part, verdict=verdict, score=found.score, why=found.why)


def _with_why(decision: Decision, talk: Talk) -> Decision:
    """`decision`, which tells the talk after it why it was made."""
    last = decision.after.last
    if last is talk.last:
        return decision
    after = dataclasses.replace(decision.after, last=dataclasses.replace(last, why=decision.why))
    return dataclasses.replace(decision, after=after)


_MOST_ASKED_AGAIN = 2
"""So often an open question is repeated after another request; then it is dropped."""


def _asking_again(decision: Decision, talk: Talk, request: Request) -> Decision:
    """`decision`, and after it the question that was open before it and still is."""
    waiting = decision.after.waiting
    if not waiting or not any(waiting[-1] is run for run in talk.waiting):
        return decision
    run = waiting[-1]
    if run.interrupted >= _MOST_ASKED_AGAIN:
        after = dataclasses.replace(decision.after, waiting=waiting[:-1])
        return dataclasses.replace(decision, after=after)
    run = dataclasses.replace(run, interrupted=run.interrupted + 1, asked_at=request.now)
    after = dataclasses.replace(decision.after, waiting=(*waiting[:-1], run))
    reply = Reply(
        text=run.question,
        spoken=spoken_form(run.question),
        source="flow",
        why=f"asks again for {run.flow}",
        name=run.flow,
    )
    if decision.rest is not None:
        rest = _then(decision.rest, reply)
        return dataclasses.replace(decision, rest=rest, after=after)
    has_asked = any(one.text == run.question for one in decision.replies)  # "repeat that"
    replies = decision.replies if has_asked else (*decision.replies, reply)
    return dataclasses.replace(decision, replies=replies, after=after)


def _then(rest: Rest, question: Reply) -> Rest:
    """`rest`, and after it `question`, unless it ends with one of its own."""

    def both(speaking: Speaking) -> Iterator[Reply]:
        asks = False
        for reply in rest(speaking):
            asks = reply.source != "model" and reply.text.endswith("?")
            yield reply
        if not asks:
            yield question

    return both
