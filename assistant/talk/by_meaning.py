"""The part of the order that takes a request by what its whole sentence means.

Templates and patterns know the words of a request; a sentence encoder knows what other words mean
the same. It is believed only when it is sure and clearly prefers one flow or reply; what it holds
for out of reach is left to `OutOfReach`, what it holds for an open question to the language model,
as is what asks about things in general. A question is told something, and nothing is done for it
(docs/TEXT_MEANING.md). Pure after construction; the mind thread, about 1.5 ms a new sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from assistant.language.en.asking import asks, asks_in_general
from assistant.language.en.normalise import normalise
from assistant.talk.decision import Decision, Pass
from assistant.talk.flow import Flow
from assistant.talk.known import Fixed, ended, matched, needs, reply_name
from assistant.talk.matching import Match, Matcher
from assistant.talk.replies import Entry
from assistant.talk.request import Request, read_request
from assistant.talk.running import Flows
from assistant.talk.talk import Talk

THRESHOLD = 0.45
MARGIN = 0.1
"""A label is believed from this probability on, with this lead over the next one. Chosen on one
half of the requests (docs/TEXT_MEANING.md)."""

TOGETHER = (
    frozenset(("date.near", "date.of", "date.is", "date.until", "holiday.when")),
    frozenset(("time.now", "time.zone", "time.difference")),
    frozenset(("calendar.read", "calendar.next", "calendar.when")),
    frozenset(("list.has", "list.read")),
    frozenset(("reminder.list", "reminder.missed")),
)
"""Flows that only tell something: their probabilities are added up, and the likeliest that can
answer does."""

LANGUAGE = "language"
"""The label of what belongs to the language model."""

_NEGATIONS = frozenset("not never no without nothing nobody stop instead".split())

HINTED = 0.25
"""Enough for a flow of the family that a late pattern names ("lists"), with `MARGIN` over the
others of it."""

SURE = 0.9
"""The threshold for a request that by its first words asks for nothing but words ("how do I …",
"why …", "explain …"), or has one of the words `_OPEN`."""

_OTHER_SOUND = frozenset(
    "tv television radio music song movie phone laptop computer speaker speakers stereo".split()
)
"""What else has a volume than the assistant's voice."""

_OPEN = frozenset(
    "history invented invention inventor origin explain describe poem essay define".split()
)
OPEN = 0.6
"""From this probability of "language" on, a request is open: no hint is given."""

SHORTEST = 2
"""Fewer words than this mean too little."""


class Meaning(Protocol):
    """A judge of whole sentences."""

    def ranked(self, text: str) -> Sequence[tuple[str, float]]:
        """Names of flows and replies, and what stands for neither, with their probability (0 to
        1), the likeliest first."""


class ByMeaning:
    """Chooses a flow or a precomputed reply by the meaning of the request."""

    name = "meaning"

    def __init__(
        self,
        meaning: Meaning | None,
        asks_for_words: Callable[[str], bool],
        flows: Flows,
        entries: Iterable[Entry],
        matcher: Matcher,
        fixed: Fixed,
        threshold: float = THRESHOLD,
        margin: float = MARGIN,
    ) -> None:
        """`meaning` None: every request is passed on. `asks_for_words(text)`: see `SURE`."""
        self._meaning = meaning
        self._asks_for_words = asks_for_words
        self._flows = flows
        self._matcher = matcher
        self._fixed = fixed
        self._threshold = threshold
        self._margin = margin
        self._entries: dict[str, list[Entry]] = {}
        for entry in entries:
            self._entries.setdefault(reply_name(entry), []).append(entry)

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The likeliest flow or reply, when it is likely enough and leads clearly."""
        if self._meaning is None:
            return Pass(why="no judge of meaning")
        said = request.canonical.split()
        if len(said) < SHORTEST:
            return Pass(why="too short to be judged")
        if asks_in_general(request.canonical):
            return Pass(why="it asks about things in general")
        ranked = self._meaning.ranked(request.text)
        labels, score, second = _best(ranked)
        why = f"means: {labels[0]} ({score:.2f})"
        is_open = score < SURE and self._is_about_words(request)
        is_other = labels[0].startswith("voice.") and not _OTHER_SOUND.isdisjoint(said)
        if is_other or is_open or score < self._threshold or score - second < self._margin:
            hinted = None if is_open or is_other else self._hinted(request, ranked)
            if hinted is None:
                return Pass(score=score, why=f"unsure, {why}")
            labels, score = [hinted[0]], hinted[1]
        for at, label in enumerate(labels):
            why = f"means: {label} ({score:.2f})"
            found = self._chosen(label, talk, request, why, score, is_first=at == 0)
            if isinstance(found, Decision) and asks(request.canonical) and _does(found, talk):
                return Pass(score=score, why=f"a question does nothing; {why}")
            if isinstance(found, Decision) or found.request is not None:
                return found
        return Pass(score=score, why=why)

    def is_open(self, request: Request) -> bool:
        """True for what the language model should answer, by its meaning."""
        if self._meaning is None:
            return False
        label, share = self._meaning.ranked(request.text)[0]
        return label == LANGUAGE and share >= OPEN

    def _is_about_words(self, request: Request) -> bool:
        said = request.canonical.split()
        return not _OPEN.isdisjoint(said) or self._asks_for_words(request.text)

    def _hinted(
        self, request: Request, ranked: Sequence[tuple[str, float]]
    ) -> tuple[str, float] | None:
        """The likeliest flow of the family that a late pattern holds the request for."""
        match = self._matcher.pattern(request.text, late=True)
        if match is None or not match.entry.flows:
            return None
        family = f"{match.entry.flows}."
        ours = [one for one in ranked if one[0].startswith(family)]
        if not ours or ours[0][1] < HINTED:
            return None
        second = ours[1][1] if len(ours) > 1 else 0.0
        return ours[0] if ours[0][1] - second >= self._margin else None

    def _chosen(
        self,
        label: str,
        talk: Talk,
        request: Request,
        why: str,
        score: float,
        *,
        is_first: bool,
    ) -> Decision | Pass:
        flow = self._flows.get(label)
        if flow is not None:
            part, slots = _understood(flow, request)
            if not slots and not is_first:
                return Pass(score=score, why=why)
            return self._flows.run(flow, talk, part, slots, why=why, score=score)
        met = needs(talk)
        for entry in self._entries.get(label, ()):
            if entry.needs in met:
                return self._reply(entry, talk, request, why, score)
        return Pass(score=score, why=why)

    def _reply(
        self, entry: Entry, talk: Talk, request: Request, why: str, score: float
    ) -> Decision | Pass:
        match = Match(entry=entry, why=why, score=score)
        if entry.kind in ("stop", "cancel"):
            return ended(match, talk, request, self._fixed)
        return matched(match, talk, request, self._fixed)


def _does(decision: Decision, talk: Talk) -> bool:
    """True when the decision does something, or asks how to."""
    asks_back = len(decision.after.waiting) > len(talk.waiting)
    return bool(decision.effects) or decision.waits is not None or asks_back


def _understood(flow: Flow, request: Request) -> tuple[Request, Mapping[str, Any]]:
    """The end of the request that a template covers ("you could say | my name is Nick") and its
    slots; else the request and the slots that are somewhere in it."""
    words = request.text.split()
    for at in range(1, len(words) - 1):
        if not _NEGATIONS.isdisjoint(normalise(words[at - 1]).split()):
            break
        part = read_request(" ".join(words[at:]), request.now, request.turn)
        slots = flow.read(part)
        if slots is not None:
            return part, slots
    return request, flow.understand(request)


def _best(ranked: Sequence[tuple[str, float]]) -> tuple[list[str], float, float]:
    """The likeliest label, or those that count together with it, the likeliest first; their
    probability; and that of the next label."""
    first, share = ranked[0]
    family = next((one for one in TOGETHER if first in one), None)
    if family is None:
        return [first], share, ranked[1][1]
    ours = [label for label, _ in ranked if label in family]
    second = next((other for label, other in ranked if label not in family), 0.0)
    return ours, sum(other for label, other in ranked if label in family), second
