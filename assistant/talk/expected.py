"""What the recogniser may expect to hear: phrases that could have been said, words of the user's.

Made from the replies and flows in use and exchanged with them. Looks at a talk, which is a value,
and reads the store; runs no code of a user's. Any thread, mostly the one that turns sound to words.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from assistant.language.en.normalise import normalise
from assistant.language.en.sayings import INVENTED, is_doubtful
from assistant.language.en.written import sentence
from assistant.language.slots import SlotKind
from assistant.talk.could_mean import MOST, CouldMean, Known, Taken
from assistant.talk.danger import Dangers
from assistant.talk.decision import Decision
from assistant.talk.flow import Flow
from assistant.talk.known import needs
from assistant.talk.matching import Matcher
from assistant.talk.own_words import OwnWords, OwnWordsOf
from assistant.talk.replies import Replies
from assistant.talk.request import Request, read_request
from assistant.talk.running import Flows
from assistant.talk.sayable import Sayable
from assistant.talk.talk import Talk

_MOST_HEARD = 3
_ASKED_WORDS = {
    "yes or no": "yes no",
    "length": "seconds minutes hours half",
    "time": "am pm noon midnight half quarter past",
    "day": "monday tuesday wednesday thursday friday saturday sunday today tomorrow",
    "half of the day": "am pm morning evening",
    "which": "first second third last both all none",
}
_ASKED_WORDS["moment"] = f"{_ASKED_WORDS['time']} {_ASKED_WORDS['day']}"
"""Words that answer a question of a kind."""


class Expected:
    """`matcher` knows the replies by their very words."""

    def __init__(self, replies: Replies, flows: Flows, matcher: Matcher, dangers: Dangers) -> None:
        self._replies = replies
        self._flows = flows
        self._matcher = matcher
        self._dangers = dangers
        self._own = OwnWordsOf(flows.services.store)
        self._own_phrases = replies.own_words.union(
            *(flow.words for flow in flows if flow.is_users)
        )
        self._lock = threading.Lock()
        self._could_mean: CouldMean | None = None

    @property
    def is_made(self) -> bool:
        """Somebody has asked for phrases."""
        return self._could_mean is not None

    def make(self) -> CouldMean:
        """Make the index of phrases, which takes about 0.1 s, unless it is there."""
        with self._lock:
            if self._could_mean is None:
                self._could_mean = CouldMean(Sayable(self._flows, self._replies.entries))
            return self._could_mean

    # -- phrases ---------------------------------------------------------------------------------

    def phrases(self, heard: Sequence[str], talk: Talk, now: datetime) -> tuple[str, ...]:
        """What could have been said, for the ways in which one utterance was heard, the own choice
        of the recogniser first. None where that is plain or tells of danger, or a PIN is asked."""
        could_mean = self.make()
        talk = talk.without_expired(now)
        if talk.is_secret_open:
            return ()
        request = read_request(heard[0] if heard else "", now)
        own, asked = self._own.now(), _asked(talk)
        taken: Taken | None = None
        if request.canonical and request.canonical not in INVENTED:
            if self._is_known(request, talk, asked, own):
                return ()
            taken = self._taken(request, talk, own, asked)
            if taken == Taken() and not is_doubtful(request.canonical):
                return ()
            taken = None if taken == Taken() else taken
        found = could_mean.phrases(heard, Known(own, now, asked), taken)
        many = None if taken is None else taken.by_many
        if many is not None and found and self._is_same(many, request, found[0]):
            return ()
        if taken is None and found and heard:
            others = {normalise(one): one for one in heard[1:_MOST_HEARD]}
            others.pop(request.canonical, None)
            sure = [one for one in others.values() if self._is_plain(one, talk, own, asked, now)]
            found = tuple(dict.fromkeys((*(sentence([one]) for one in sure), *found)))[:MOST]
        return () if found and self._dangers.find(request.transcript) else found

    def _is_plain(
        self, text: str, talk: Talk, own: OwnWords, asked: SlotKind | None, now: datetime
    ) -> bool:
        """All of these words are known."""
        request = read_request(text, now)
        if not request.canonical or request.canonical in INVENTED:
            return False
        if self._is_known(request, talk, asked, own):
            return True
        taken = self._taken(request, talk, own, asked)
        return taken is not None and taken.by_many is None

    def _is_same(self, flow: Flow, request: Request, phrase: str) -> bool:
        """The flow that takes the request reads the same slots from a phrase."""
        meant = read_request(phrase, request.now)
        return self._flows.read(flow, request) == self._flows.read(flow, meant)

    def _is_known(
        self, request: Request, talk: Talk, asked: SlotKind | None, own: OwnWords
    ) -> bool:
        """A reply has these very words, the user has taught them, or they answer the question."""
        if self._matcher.exact(request.text, needs(talk)) is not None:
            return True
        if own.taught_as(request.canonical, request.words):
            return True
        if asked is None or asked.name == "text":
            return False
        forms = (request.canonical, request.words)
        return any(asked.parse(words, request.now) is not None for words in forms)

    def _taken(
        self, request: Request, talk: Talk, own: OwnWords, asked: SlotKind | None
    ) -> Taken | None:
        """How a template takes the request; None when none does. `Taken()`: all of it is known."""
        for flow in self._flows:
            is_code = flow.is_users and flow.reads is not None
            slots = None if is_code else self._flows.read(flow, request)
            if slots is None or not self._is_answered(flow, talk, request, slots):
                continue
            if flow.anywhere:
                return Taken(by_many=flow)
            free = sum(_text_words(flow, name, value, own) for name, value in slots.items())
            return Taken(free, own.texts if free else ())
        return Taken(0, own.texts) if asked is not None and asked.name == "text" else None

    def _is_answered(
        self, flow: Flow, talk: Talk, request: Request, slots: Mapping[str, Any]
    ) -> bool:
        """The flow does not decline. A user's code does not run for this: one that takes an order
        from any words is held for declining where none of its words was said."""
        if flow.is_users:
            return not flow.anywhere or any(slots.get(name) for name in flow.anywhere)
        found = self._flows.run(flow, talk, request, slots, why="")
        return isinstance(found, Decision) or found.request is not None

    # -- words -----------------------------------------------------------------------------------

    def count_words(self, text: str, talk: Talk) -> int:
        """How many words of a transcript are the user's own (in phrases, names and lists), or
        answer the open question, and are none of the program's replies."""
        words = self._own_phrases | self._own.now().words
        words -= self._replies.usual_words
        asked = _asked(talk)
        if asked is not None and not talk.is_secret_open:
            words |= _words_of(asked)
        return len(words.intersection(normalise(text).split())) if words else 0


def _asked(talk: Talk) -> SlotKind | None:
    """The kind of answer that is waited for."""
    return talk.waiting[-1].kind if talk.waiting else None


def _words_of(kind: SlotKind) -> frozenset[str]:
    options = " ".join(kind.options)
    return frozenset(f"{_ASKED_WORDS.get(kind.name, '')} {options}".split())


def _text_words(flow: Flow, name: str, value: Any, own: OwnWords) -> int:
    """How many words of the value of a slot may be any words; none of the user's own."""
    kind = flow.slots.get(name)
    if kind is None or kind.name != "text" or not isinstance(value, str):
        return 0
    return sum(word not in own.words for word in normalise(value).split())
