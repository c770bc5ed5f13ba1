"""All guardrails of a session, over a request: the user's, those of danger, those of the program.

Before everything else, over the whole request, over it without masks, and over it together with
the request before. `answer` gives what judges the clauses of one answer. Knows no order and no
conversation. Pure but for the user's code; the mind thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.config_watching import GuardsConfig
from assistant.language.en.normalise import normalise
from assistant.talk.danger import Dangers
from assistant.talk.guards.code import CodeGuards
from assistant.talk.guards.evasion import unaccented, without_asides
from assistant.talk.guards.rules import OwnRules, Refusal, load_rules, topic_rule
from assistant.talk.guards.verdict import Place
from assistant.talk.replies import Action, Entry, Guardrail, Replies

BLOCKED = Entry(
    id="blocked topic",
    phrases=(),
    answers=("I've been asked not to talk about that.", "That is a topic that I leave alone here."),
)
NOT_SAID = "I'd rather not say that."
OWN_TEXTS = (*BLOCKED.answers, NOT_SAID)

_LET = re.compile(
    r"\b(?:let|say|suppose|assume)(?: that)? (\w+) (?:be|is|mean|means|stand for|stands for)"
    r"(?: the)?(?: word| name| term)? (\w+)",
    re.I,
)
Words = tuple[str, ...]
"""A text's canonical words: as they are and, where these differ, without masks."""
_MOST_JOINED = 6
"""A request of at most so many words may go on with the one before it; so may that one."""


def joined_words(parts: Sequence[Words]) -> Words:
    """The words of several texts in a row."""
    return tuple(dict.fromkeys((_joined(parts, 0), _joined(parts, -1))))


def _joined(parts: Sequence[Words], form: int) -> str:
    return " ".join(part[form] for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What a rule caught: its name, what is done, the answers and why in words for the log.
    `goes_on` is what is read instead of the request, where that is redacted."""

    rule: str
    why: str
    action: Action = "stop"
    entry: Entry | Guardrail | None = None
    text: str = ""
    goes_on: str = ""


class Guards:
    """`code` are the user's rules in Python; `replies` has those of the TOML files."""

    def __init__(
        self,
        config: GuardsConfig,
        replies: Replies,
        dangers: Dangers,
        code: CodeGuards | None = None,
        own: OwnRules | None = None,
    ) -> None:
        self.config = config
        self.own = own or load_rules()
        self.code = code or CodeGuards()
        self._replies = replies
        self._dangers = dangers
        self.topics = [(topic, topic_rule(topic)) for topic in config.blocked_topics]
        self._known_words = lru_cache(maxsize=64)(self._words_of)
        self.unmasked = self.own.unmasking(
            word for topic in config.blocked_topics for word in normalise(topic).split()
        )

    def use(self, replies: Replies) -> None:
        """Take the rules of other replies from now on."""
        self._replies = replies

    def request(self, text: str, before: str = "") -> Caught | None:
        """What is done about a request that follows `before`, which was none that was caught; None
        when nothing is."""
        verdict = self.code.judge(text, before, "request")
        if not verdict.passes:
            return Caught(
                rule=verdict.rule,
                why=f"guard {verdict.rule}: {verdict.why or 'code of yours'}",
                action=verdict.action,
                text=verdict.text or NOT_SAID,
                goes_on=verdict.text if verdict.action == "redact" else "",
            )
        found = self._alone(text)
        if found is None and before:
            found = self._together(before, text)
        return found

    def words_of(self, text: str) -> Words:
        """The canonical words of `text`."""
        return self._known_words(text)

    def _words_of(self, text: str) -> Words:
        plain = unaccented(text)
        bare = self.unmasked(plain)
        words = normalise(plain)
        return (words,) if bare == plain.lower() else (words, normalise(bare))

    def rails(self, words: Words, place: Place) -> Iterator[tuple[Guardrail, str]]:
        """The guardrails of the replies' files that catch these words."""
        for rail in self._replies.guardrails:
            if any(rail.catches(one, place) for one in words):
                yield rail, f"guardrail: {rail.id}"

    def texts(self) -> list[str]:
        """What may be said instead, for the voice to prepare."""
        entries = [one.entry for one in self.own.refusals if one.entry is not None]
        texts = [text for entry in entries for text in entry.answers]
        return [*texts, self.own.left_out, *OWN_TEXTS]

    # -- one request ----------------------------------------------------------------------------

    def _alone(self, text: str) -> Caught | None:
        words = self.words_of(text)
        for rail, why in self.rails(words, "request"):
            goes_on = rail.cut(text, rail.answers[0]) if rail.action == "redact" else ""
            return Caught(rule=rail.id, why=why, entry=rail, action=rail.action, goes_on=goes_on)
        for one in self._forms(text):
            danger = self._dangers.find(one)
            if danger is not None:
                return Caught(rule=danger.entry.id, why=danger.why, entry=self._mine(danger.entry))
        return self._refused(words)

    def _forms(self, text: str) -> tuple[str, ...]:
        """`text` as it is, without masks, and without commas that cut a danger in two."""
        plain = unaccented(text)
        bare = self.unmasked(plain)
        forms = [text]
        if bare != plain.lower():
            forms.append(bare)
        if "," in bare and _OF_ONESELF.search(bare):
            forms.append(without_asides(bare))
        return tuple(forms)

    def _refused(self, words: Words) -> Caught | None:
        for one in words:
            for rule in self.own.refusals:
                found = rule.found(f" {one} ", in_answer=False)
                if found is not None:
                    why = f"guardrail: {rule.id} ('{found[0].strip()}')"
                    return Caught(rule=rule.id, why=why, entry=self.answer_of(rule))
        return self.topic_in(words)

    def topic_in(self, words: Words) -> Caught | None:
        """The blocked topic that these words are about."""
        for topic, pattern in self.topics:
            if any(pattern.search(f" {one} ") for one in words):
                why = f"blocked topic: {topic}"
                return Caught(rule="blocked topic", why=why, entry=self._mine(BLOCKED))
        return None

    def answer_of(self, rule: Refusal) -> Entry | Guardrail:
        """What is said to what `rule` refuses."""
        entry = self._dangers.entry(rule.alike) if rule.alike else rule.entry
        assert entry is not None
        return self._mine(entry)

    def _mine(self, entry: Entry) -> Entry | Guardrail:
        """The user's own guardrail with the id of `entry`, if there is one, else `entry`."""
        rails = self._replies.guardrails
        return next((rail for rail in rails if rail.id == entry.id), entry)

    # -- with the request before ----------------------------------------------------------------

    def _together(self, before: str, text: str) -> Caught | None:
        """What two requests are together that neither is alone."""
        meant = _LET.search(before)
        if meant is not None:
            found = self._alone(re.sub(rf"\b{re.escape(meant[1])}\b", meant[2], text))
            if found is not None:
                return found
        if min(before.count(" "), text.count(" ")) >= _MOST_JOINED:
            return None
        found = self._refused(joined_words((self.words_of(before), self.words_of(text))))
        if found is None and before.rstrip()[-1:] not in ("?", "!"):
            joined = f"{before.rstrip(' .,;:!?…')} {text}"
            danger = self._dangers.find(self.unmasked(joined))
            if danger is not None:
                return Caught(rule=danger.entry.id, why=danger.why, entry=self._mine(danger.entry))
        return found


_OF_ONESELF = re.compile(r"\b(?:myself|my life|suicid\w*|kill|die)\b")
"""What a comma or an aside is taken out for: elsewhere the clauses tell who is in danger."""
