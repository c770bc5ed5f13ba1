"""The part of the order that takes a request by what its whole sentence means.

Templates and patterns know the words of a request; a sentence encoder knows what other words mean
the same. It is believed only when it is sure and clearly prefers one flow or reply; what it holds
for out of reach is left to `OutOfReach`, what it holds for an open question to the language model
(docs/TEXT_MEANING.md). Pure after construction; the mind thread, about 1.5 ms a new sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from assistant.talk.decision import Decision, Pass
from assistant.talk.known import Fixed, ended, matched, needs, reply_name
from assistant.talk.matching import Match
from assistant.talk.replies import Entry
from assistant.talk.request import Request
from assistant.talk.running import Flows
from assistant.talk.talk import Talk

THRESHOLD = 0.5
MARGIN = 0.15
"""A label is believed from this probability on, with this lead over the next one. Chosen on one
half of the requests (docs/TEXT_MEANING.md)."""

TOGETHER = ("date", "time", "calendar")
"""Families of flows ("date.near", "date.of") that only tell something: their probabilities are
added up, and the likeliest that can answer does."""

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
        flows: Flows,
        entries: Iterable[Entry],
        fixed: Fixed,
        threshold: float = THRESHOLD,
        margin: float = MARGIN,
    ) -> None:
        """`meaning` None: every request is passed on."""
        self._meaning = meaning
        self._flows = flows
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
        if len(request.canonical.split()) < SHORTEST:
            return Pass(why="too short to be judged")
        labels, score, second = _best(self._meaning.ranked(request.text))
        why = f"means: {labels[0]} ({score:.2f})"
        if score < self._threshold or score - second < self._margin:
            return Pass(score=score, why=f"unsure, {why}")
        for label in labels:
            why = f"means: {label} ({score:.2f})"
            found = self._chosen(label, talk, request, why, score)
            if isinstance(found, Decision) or found.request is not None:
                return found
        return Pass(score=score, why=why)

    def _chosen(
        self, label: str, talk: Talk, request: Request, why: str, score: float
    ) -> Decision | Pass:
        flow = self._flows.get(label)
        if flow is not None:
            slots = flow.understand(request)
            return self._flows.run(flow, talk, request, slots, why=why, score=score)
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


def _best(ranked: Sequence[tuple[str, float]]) -> tuple[list[str], float, float]:
    """The likeliest label, or those of its family that count together, the likeliest first; their
    probability; and that of the next label."""
    family = ranked[0][0].partition(".")[0]
    if family not in TOGETHER:
        return [ranked[0][0]], ranked[0][1], ranked[1][1]
    ours = [one for one in ranked if one[0].partition(".")[0] == family]
    others = [share for label, share in ranked if label.partition(".")[0] != family]
    return [label for label, _ in ours], sum(share for _, share in ours), others[0]
