"""The parts of the order that answer with texts written beforehand.

Guardrails and danger, stop and cancel, replies by their very words, nearly or by a pattern, and
what is out of reach. Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from assistant.language.en.speakable import speakable
from assistant.messages import Reply, Source
from assistant.talk.danger import Dangers
from assistant.talk.decision import Decision, Pass, short
from assistant.talk.matching import Match, Matcher
from assistant.talk.reach import TALK, Beyond, Reach
from assistant.talk.replies import Entry, Guardrail, Replies
from assistant.talk.request import Request, read_request
from assistant.talk.talk import Done, Talk

NOTHING_SAID = "I haven't said anything yet."
OWN_TEXTS = (NOTHING_SAID,)


class Fixed:
    """Decisions from entries: the next variant of the text, and one more use in the talk."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    def decision(
        self,
        entry: Entry | Guardrail,
        talk: Talk,
        source: Source,
        name: str,
        why: str,
        *,
        score: float | None = 1.0,
        is_whole: bool = False,
        request: Request | None = None,
    ) -> Decision:
        """The answer of `entry` after those that were given before."""
        text = self._replies.answer(entry, talk.uses.get(entry.id, 0))
        why = short(why)
        turn = request.turn if request is not None else 0
        after = dataclasses.replace(talk.used(entry.id), last=Done(name=name, turn=turn))
        return Decision(
            name=name,
            source=source,
            why=why,
            score=score,
            replies=(Reply(text=text, source=source, why=why, name=name),),
            after=after,
            is_whole=is_whole,
        )


class Guard:
    """Guardrails of the user and of the program, then danger and health. Ends what waits."""

    name = "guard"

    def __init__(self, replies: Replies, dangers: Dangers, fixed: Fixed) -> None:
        self._rails = replies.guardrails
        self._dangers = dangers
        self._fixed = fixed

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The fixed answer of the first rule that catches the request."""
        quiet = dataclasses.replace(talk, waiting=())
        for rail in self._rails:
            if rail.catches(request.canonical, "request"):
                name = f"guard.{_dotted(rail.id)}"
                return self._fixed.decision(rail, quiet, "guardrail", name, f"guardrail: {rail.id}")
        danger = self._dangers.find(request.text)
        if danger is None:
            return Pass(why="nothing caught")
        entry = self._answering(danger.entry)
        name = f"guard.{_dotted(danger.entry.id)}"
        return self._fixed.decision(entry, quiet, "guardrail", name, danger.why)

    def _answering(self, entry: Entry) -> Entry | Guardrail:
        """The user's own guardrail with the id of `entry`, if there is one, else `entry`."""
        return next((rail for rail in self._rails if rail.id == entry.id), entry)


class Stop:
    """Stop and cancel, by their very words. Ends what waits."""

    name = "stop"

    def __init__(self, matcher: Matcher, fixed: Fixed) -> None:
        self._matcher = matcher
        self._fixed = fixed

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """Silence, or an end of what waits."""
        match = self._matcher.exact(request.text, needs(talk))
        if match is None or match.entry.kind not in ("stop", "cancel"):
            return Pass(why="not told to stop")
        quiet = dataclasses.replace(talk, waiting=())
        name = f"talk.{match.entry.kind}"
        return self._fixed.decision(match.entry, quiet, "stop", name, match.why, is_whole=True)


class KnownReply:
    """A precomputed reply, by its very words or nearly."""

    name = "replies"

    def __init__(self, matcher: Matcher, fixed: Fixed) -> None:
        self._matcher = matcher
        self._fixed = fixed

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The reply that leads all others clearly."""
        met = needs(talk)
        match = self._matcher.exact(request.text, met) or self._matcher.near(request.text, met)
        if match is None:
            return Pass(why="no known phrase")
        return matched(match, talk, request, self._fixed, is_whole=True)


class ReplyPattern:
    """A precomputed reply by a pattern with free places."""

    name = "patterns"

    def __init__(self, matcher: Matcher, fixed: Fixed) -> None:
        self._matcher = matcher
        self._fixed = fixed

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The first pattern that covers the request."""
        match = self._matcher.pattern(request.text, needs(talk))
        if match is None:
            return Pass(why="no pattern covers it")
        return matched(match, talk, request, self._fixed)


class OutOfReach:
    """What no tool can do, see or know is said to be so; it never reaches a model."""

    name = "reach"

    def __init__(
        self, reach: Reach, fixed: Fixed, is_taken: Callable[[Talk, Request], bool]
    ) -> None:
        """`is_taken(talk, request)`: a part before this one would answer it."""
        self._reach = reach
        self._fixed = fixed
        self._is_taken = is_taken

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """An honest decline, unless it is about what was said in this conversation."""
        beyond = self._reach.judge(request.text)
        if beyond is None:
            return Pass(why="language may answer it")
        if beyond.kind == TALK and self._is_about_models_words(talk, request):
            return Pass(why="about what the model said")
        if beyond.is_told(request.text, talk.requests):
            return Pass(why="the user has told it")
        return self._decline(beyond, talk, request)

    def _decline(self, beyond: Beyond, talk: Talk, request: Request) -> Decision:
        name = f"decline.{beyond.kind}"
        return self._fixed.decision(
            beyond.entry, talk, "precomputed", name, beyond.why, score=beyond.score, request=request
        )

    def _is_about_models_words(self, talk: Talk, request: Request) -> bool:
        """True when the last request before such as "make it ten" was one for the model."""
        for text in reversed(talk.requests):
            beyond = self._reach.judge(text)
            if beyond is None or beyond.kind != TALK:
                earlier = read_request(text, request.now)
                return beyond is None and not self._is_taken(talk, earlier)
        return False


def matched(
    match: Match, talk: Talk, request: Request, fixed: Fixed, *, is_whole: bool = False
) -> Decision:
    """The decision for a matched entry."""
    entry = match.entry
    if entry.kind == "repeat":
        said = talk.last_answer or NOTHING_SAID
        spoken = speakable(said)
        reply = Reply(
            text=said,
            spoken=spoken if spoken != said else "",
            source="precomputed",
            why=short(match.why),
            name="talk.repeat",
        )
        return Decision(
            name="talk.repeat",
            source="precomputed",
            why=short(match.why),
            score=match.score,
            replies=(reply,),
            after=talk,
            is_whole=is_whole,
        )
    source: Source = "precomputed" if entry.kind == "reply" else "stop"
    name = f"reply.{_dotted(entry.id)}" if entry.kind == "reply" else f"talk.{entry.kind}"
    return fixed.decision(
        entry, talk, source, name, match.why, score=match.score, is_whole=is_whole, request=request
    )


def needs(talk: Talk) -> tuple[str, ...]:
    """The needs of entries that the conversation meets at this point."""
    asked = "question" if talk.is_question_open else "no question"
    return ("", asked, "answer") if talk.last_answer else ("", asked)


def _dotted(name: str) -> str:
    """An id as a part of a dotted name: "known question: weather" is "known_question_weather"."""
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
