"""The parts of the order that answer with texts written beforehand.

Guardrails and danger, stop and cancel, replies by their very words, nearly or by a pattern, and
what is out of reach. Pure; the mind thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

from assistant.language.en.asking import asks_in_general
from assistant.language.en.speakable import speakable
from assistant.messages import Reply, Source
from assistant.talk.decision import Decision, Pass, short
from assistant.talk.guards.guards import Guards
from assistant.talk.matching import Match, Matcher
from assistant.talk.reach import TALK, TOLD, Beyond, Reach, shortened
from assistant.talk.replies import Entry, Guardrail, Replies
from assistant.talk.request import Request, read_request
from assistant.talk.talk import Done, Talk

NOTHING_SAID = "I haven't said anything yet."
TAKEN_BACK = "Okay, I took that back."
OWN_TEXTS = (NOTHING_SAID, TAKEN_BACK)

_WHATEVER_THE_MOOD = ("guardrail",)
"""Sources whose words were weighed: who is annoyed gets the number to call, too."""


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
        is_short = (
            request is not None and request.mood.wants_short and source not in _WHATEVER_THE_MOOD
        )
        text = self._replies.answer(entry, talk.uses.get(entry.id, 0), is_short=is_short)
        why = short(why)
        turn = request.turn if request is not None else 0
        after = dataclasses.replace(talk.used(entry.id), last=Done(name=name, turn=turn, why=why))
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
    """All guardrails, over the whole request. One that stops also ends what waits."""

    name = "guard"

    def __init__(self, guards: Guards, fixed: Fixed) -> None:
        self._guards = guards
        self._fixed = fixed

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The fixed answer of the first rule that catches the request; a model reads none of it."""
        said = request.transcript
        caught = self._guards.request(said, before(talk))
        if caught is None:
            return Pass(why="nothing caught")
        if caught.action == "redact":
            meant = read_request(caught.goes_on, request.now, request.turn)
            return Pass(why=caught.why, request=meant, talk=talk.hiding(said, caught.goes_on))
        talk = talk.hiding(said)
        if caught.action == "stop":
            talk = dataclasses.replace(talk, waiting=())
        name = f"guard.{_dotted(caught.rule)}"
        entry = caught.entry
        if entry is None:
            entry = Entry(id=f"guard {caught.rule}", phrases=(), answers=(caught.text,))
        return self._fixed.decision(entry, talk, "guardrail", name, caught.why, request=request)


def before(talk: Talk) -> str:
    """The request before this one, unless a guardrail caught that."""
    last = talk.history[-1] if talk.history else None
    return "" if last is None or last.read is not None else last.request


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
            meant = None if talk.waiting else _of_due(talk, request)
            return meant or Pass(why="not told to stop")
        return ended(match, talk, request, self._fixed, is_whole=True)


def ended(
    match: Match, talk: Talk, request: Request, fixed: Fixed, *, is_whole: bool = False
) -> Decision | Pass:
    """The decision for a matched stop or cancel: nothing waits any more, and what was done just
    now is taken back."""
    quiet = dataclasses.replace(talk, waiting=())
    name = f"talk.{match.entry.kind}"
    if match.entry.kind == "cancel" and not talk.waiting:
        meant = _what_was_done(talk, request)
        if meant is not None:
            return meant
    return fixed.decision(
        match.entry, quiet, "stop", name, match.why, score=match.score, is_whole=is_whole
    )


_CANCEL_IT = re.compile(
    r"(?:(?:okay|and|now|please|just) )*(?:(?:cancel|delete|remove|drop|dismiss|stop|kill|end)"
    r" (?:it|that|this)|turn (?:it|that|this) off)"
)
_CANCELLED = ("timer", "alarm", "reminder")


def _of_due(talk: Talk, request: Request) -> Pass | None:
    """ "Kill it" after words about a timer, an alarm or a reminder: the request that it means."""
    kind = talk.last.name.partition(".")[0]
    if kind not in _CANCELLED or not _CANCEL_IT.fullmatch(request.words):
        return None
    meant = read_request(f"cancel the {kind}", request.now, request.turn)
    return Pass(why=f"it means the {kind}", request=meant)


def _what_was_done(talk: Talk, request: Request) -> Decision | Pass | None:
    """ "Cancel it" right after something was done: it is taken back, when all of it can be. Later,
    or after a change of a timer, it means the timer. None when nothing was done."""
    last = talk.last
    is_recent = last.is_recent(request.now)
    of_due = _of_due(talk, request)
    if of_due is not None and not (is_recent and last.name.endswith(".set")):
        return of_due
    if not is_recent or not last.effects or any(one.undo is None for one in last.effects):
        return None
    why = f"takes back {last.name}"
    reply = Reply(text=TAKEN_BACK, source="stop", why=short(why), name="talk.cancel")
    return Decision(
        name="talk.cancel",
        source="stop",
        why=short(why),
        score=1.0,
        replies=(reply,),
        undoes=last.effects,
        after=dataclasses.replace(talk, last=Done(name="talk.cancel", turn=request.turn)),
        is_whole=True,
    )


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

    def __init__(
        self,
        matcher: Matcher,
        fixed: Fixed,
        *,
        late: bool,
        is_open: Callable[[Request], bool] = lambda request: False,
    ) -> None:
        """`late`: only the entries that wait for what the meaning leaves, else only the others.
        `is_open(request)`: it belongs to the language model."""
        self._is_open = is_open
        self.name = "late patterns" if late else "patterns"
        self._late = late
        self._matcher = matcher
        self._fixed = fixed

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The first pattern that covers the request."""
        if self._late and asks_in_general(request.canonical):
            return Pass(why="it asks about things in general")
        match = self._matcher.pattern(request.text, needs(talk), self._late)
        if match is None:
            return Pass(why="no pattern covers it")
        if self._is_open(request):
            return Pass(why="language may answer it")
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
        found = self._fixed.decision(
            beyond.entry, talk, "precomputed", name, beyond.why, score=beyond.score, request=request
        )
        (reply,) = found.replies
        brief = shortened(reply.text)
        if brief == reply.text:
            return found
        if talk.uses.get(TOLD):
            return dataclasses.replace(found, replies=(dataclasses.replace(reply, text=brief),))
        return dataclasses.replace(found, after=found.after.used(TOLD))

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
    return fixed.decision(
        entry,
        talk,
        source,
        reply_name(entry),
        match.why,
        score=match.score,
        is_whole=is_whole,
        request=request,
    )


def reply_name(entry: Entry) -> str:
    """The stable name of an entry's decision: "reply.age", "decline.weather", "talk.cancel"."""
    if entry.kind != "reply":
        return f"talk.{entry.kind}"
    if entry.declines:
        return f"decline.{_dotted(entry.id.removeprefix('cannot '))}"
    return f"reply.{_dotted(entry.id)}"


def needs(talk: Talk) -> tuple[str, ...]:
    """The needs of entries that the conversation meets at this point."""
    asked = "question" if talk.is_question_open else "no question"
    return ("", asked, "answer") if talk.last_answer else ("", asked)


def _dotted(name: str) -> str:
    """An id as a part of a dotted name: "known question: weather" is "known_question_weather"."""
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
