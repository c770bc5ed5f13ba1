"""Judges one answer, clause by clause, wherever it comes from: model, tool, document, flow, reply.

A window slides over the clauses, so that what is forbidden is found across them; clauses that were
handed on before it was found are named in `Reply.takes_back`. One object an answer; the mind
thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable

from assistant.language.en.normalise import normalise
from assistant.language.en.speakable import spoken_form
from assistant.messages import Reply
from assistant.talk.decision import GUARDED, short
from assistant.talk.guards.guards import NOT_SAID, Guards, Words, joined_words
from assistant.talk.guards.personal import find_personal, redacted_for_speech
from assistant.talk.guards.results import neutralised
from assistant.talk.guards.verdict import PASS, Verdict
from assistant.talk.replies import Entry, Guardrail

LONG = "That is long, so I stop here."
_WINDOW = 2
"""So many clauses before this one are looked at with it."""
_MOST_ALIKE = 3
"""So often the same clause of four words or more is said in one answer."""
_LEFT_OUT = "…"

Answering = Callable[[Entry | Guardrail], str]


class AnswerGuard:
    """`answering(entry)` gives the next variant of what is said instead."""

    def __init__(self, guards: Guards, answering: Answering) -> None:
        self._guards = guards
        self._answering = answering
        self._said: list[Reply] = []
        self._count = 0
        self._alike: Counter[str] = Counter()
        self.is_over = False

    def judge(self, reply: Reply) -> Reply | None:
        """What is said of `reply`, or instead; None: nothing. After `is_over` nothing follows."""
        if reply.source == "guardrail":
            self._said = []
            self._count += len(reply.text.split())
            return reply
        found: Reply | None = self._as_data(reply)
        for judge in (self._by_code, self._by_rules, self._by_length):
            if found is None or found.source == "guardrail":
                break
            found = judge(found)
        if found is not None and found.source != "guardrail":
            found = self._redacted(found)
        if found is not None:
            self._said = [] if found.source == "guardrail" else [*self._said, found]
            self._count += len(found.text.split())
        elif self.is_over and not self._count:
            return self._instead(reply, NOT_SAID, "nothing of the answer may be said")
        return found

    # -- one check each: the reply, another one instead, or None ---------------------------------

    def _as_data(self, reply: Reply) -> Reply | None:
        """Without orders to the assistant that stand in what came from outside. The program's own
        words, and what the user had it keep, are no such data."""
        if not _is_limited(reply):
            return reply
        neutral = neutralised(reply.text, by_model=not reply.from_outside)
        if not neutral.order:
            return reply
        why = f"hidden instructions ('{neutral.order[:30]}')"
        if not neutral.text:
            return None if self._count else self._instead(reply, self._guards.own.left_out, why)
        return _with_text(reply, neutral.text, why)

    def _by_code(self, reply: Reply) -> Reply | None:
        if not self._guards.code.rules:
            return reply
        before = " ".join(one.text for one in self._said)
        verdict = self._guards.code.judge(reply.text, before, "answer")
        return self._done(reply, verdict, verdict.why or "code of yours")

    def _by_rules(self, reply: Reply) -> Reply | None:
        """What the rules as data say of the clause alone, then with those before it."""
        earlier = self._said[-_WINDOW:]
        words = [*(self._guards.words_of(one.text) for one in earlier)]
        words.append(self._guards.words_of(reply.text))
        verdict, entry = self._found(joined_words(words), reply.text)
        if verdict.passes:
            return reply
        back = 0  # the fewest clauses in which it is found
        while back < len(earlier):
            fewer, its_entry = self._found(joined_words(words[-1 - back :]), reply.text)
            if not fewer.passes:
                verdict, entry = fewer, its_entry
                break
            back += 1
        taken = tuple(earlier[len(earlier) - back :])
        return self._done(reply, verdict, verdict.why, taken, entry)

    def _found(self, words: Words, clause: str) -> tuple[Verdict, Entry | Guardrail | None]:
        guards = self._guards
        for rail, why in guards.rails(words, "answer"):
            if rail.action == "redact":
                return Verdict(
                    rule=rail.id, action="redact", text=rail.cut(clause, rail.answers[0]), why=why
                ), rail
            return Verdict(rule=rail.id, action=rail.action, why=why), rail
        for one in words:
            for rule in guards.own.refusals:
                if rule.answer and (found := rule.found(f" {one} ", in_answer=True)) is not None:
                    entry = guards.answer_of(rule)
                    return Verdict(rule=rule.id, action="stop", why=f"'{found[0].strip()}'"), entry
        caught = guards.topic_in(words)
        if caught is not None:
            return Verdict(rule=caught.rule, action="stop", why=caught.why), caught.entry
        return PASS, None

    def _by_length(self, reply: Reply) -> Reply | None:
        if not _is_limited(reply):
            return reply
        most = self._guards.config.longest_answer
        if most and self._count and self._count + len(reply.text.split()) > most:
            self.is_over = True
            return self._instead(reply, LONG, f"longer than {most} words")
        words = normalise(reply.text)
        if len(words.split()) >= 4:
            self._alike[words] += 1
            if self._alike[words] > _MOST_ALIKE:
                self.is_over = True
                return None
        return reply

    def _redacted(self, reply: Reply) -> Reply:
        """Without swear words and personal data, where the user wants that."""
        config = self._guards.config
        if config.profanity and self._guards.own.profanity.search(reply.said):
            cut = self._guards.own.profanity.sub(_LEFT_OUT, reply.text)
            reply = dataclasses.replace(
                reply,
                text=cut,
                spoken=re.sub(r"\s+", " ", cut.replace(_LEFT_OUT, "")).strip() or _LEFT_OUT,
                why=f"{GUARDED}profanity left out",
            )
        if config.redact_speech and find_personal(reply.said):
            spoken = redacted_for_speech(reply.said)
            reply = dataclasses.replace(
                reply, spoken=spoken, why=f"{GUARDED}personal data is not spoken"
            )
        return reply

    # -- what follows -----------------------------------------------------------------------------

    def _done(
        self,
        reply: Reply,
        verdict: Verdict,
        why: str,
        taken: tuple[Reply, ...] = (),
        entry: Entry | Guardrail | None = None,
    ) -> Reply | None:
        """What `verdict` makes of `reply`."""
        if verdict.passes:
            return reply
        why = f"{verdict.rule}: {why}" if verdict.rule not in why else why
        if verdict.action == "redact":
            return _with_text(reply, verdict.text, why) if verdict.text else None
        self.is_over = verdict.action == "stop"
        text = verdict.text or (self._answering(entry) if entry is not None else "")
        self._said = [one for one in self._said if not any(one is back for back in taken)]
        if not text:
            if not taken and self._count:
                return None
            text = NOT_SAID
        return dataclasses.replace(self._instead(reply, text, why), takes_back=taken)

    def _instead(self, reply: Reply, text: str, why: str) -> Reply:
        return Reply(
            text=text,
            source="guardrail",
            why=short(f"{GUARDED}{why}"),
            name=reply.name,
            is_whole=reply.is_whole,
            rings=reply.rings,
        )


def _is_limited(reply: Reply) -> bool:
    """Whether it is a model's, or from outside: how long such an answer is, whether it goes round
    in a circle and what hides in it, the program does not know beforehand."""
    return reply.source == "model" or reply.from_outside


def _with_text(reply: Reply, text: str, why: str) -> Reply:
    return dataclasses.replace(
        reply, text=text, spoken=spoken_form(text), why=short(f"{GUARDED}{why}")
    )
