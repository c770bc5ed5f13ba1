"""The last part of the order: the language model answers, clause by clause, and is checked.

Each clause passes the checks of `answer_checks` before it is spoken. Knows no
thread; runs on the mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Protocol, runtime_checkable

from assistant.config import Config
from assistant.errors import ModelError, StageTimeout
from assistant.language.en.clauses import clauses
from assistant.language.en.prompt import Messages, opening, with_moment, with_mood
from assistant.language.en.speakable import speakable
from assistant.messages import Reply
from assistant.talk import awaited as waiting
from assistant.talk.answer_checks import HONEST, AnswerChecks, openers_joined
from assistant.talk.awaited import Awaited
from assistant.talk.decision import Decision, Pass, Speaking, short
from assistant.talk.effort import measured
from assistant.talk.history import as_messages
from assistant.talk.reach import TOLD, shortened, with_short
from assistant.talk.replies import Entry, Replies
from assistant.talk.request import Request
from assistant.talk.talk import Done, Talk

APOLOGY = "Sorry, I could not think of an answer just now. Please ask me again."
TOO_SLOW = "Sorry, that took me too long. Please try a shorter question."
NO_MODEL = "I can't answer that, because no language model is set up."
NO_ANSWER = "Sorry, I have no answer to that."
CODE_SHOWN = "The code is on the screen."
OWN_TEXTS = (*waiting.OWN_TEXTS, APOLOGY, TOO_SLOW, NO_MODEL, NO_ANSWER, CODE_SHOWN)

_SENTENCE_ENDS = (".", "!", "?", "…")
_WHY = "nothing else matched"


class Model(Protocol):
    """A chat model that streams."""

    def stream(self, messages: Messages, should_stop: Callable[[], bool]) -> Iterator[str]:
        """Pieces of the answer; raises `StageTimeout` or `ModelError`."""

    def warm_up(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """Have the state for these first messages ready; stops, and is of use, half done."""

    def anticipate(self, messages: Messages, should_stop: Callable[[], bool]) -> None:
        """Like `warm_up`, but the last message is the beginning of one that is being spoken."""

    def sentence_end(self, messages: Messages, should_stop: Callable[[], bool]) -> float | None:
        """The probability that the last message, which lacks its last mark, ends a sentence; None
        when stopped or too slow. Raises `ModelError`."""


@runtime_checkable
class Freed(Protocol):
    """A model that holds memory."""

    def close(self) -> None:
        """Give it back; the model is of no use then."""


class ModelAnswers:
    """Takes every request that comes to it. `model` None: it says that there is none, or, as long
    as one is `awaited`, when it will be there."""

    name = "model"

    def __init__(
        self,
        config: Config,
        replies: Replies,
        model: Model | None,
        awaited: Awaited | None = None,
    ) -> None:
        self._replies = replies
        self.model = model
        self._awaited = awaited
        self.opening = opening(config.llm.system_prompt)
        self._longest_answer = config.llm.max_sentences

    def decide(self, talk: Talk, request: Request) -> Decision | Pass:
        """The answer is made while it is spoken."""
        after = dataclasses.replace(talk, last=Done(name="model", turn=request.turn, why=_WHY))
        if self.model is None:
            why, text = "no model is configured", NO_MODEL
            if self._awaited is not None:
                why, text = "the model is still being set up", self._awaited.sentence()
            reply = Reply(text=text, source="model", why=why, name="model")
            return Decision(name="model", source="model", why=why, replies=(reply,), after=after)
        model = self.model
        return Decision(
            name="model",
            source="model",
            why=_WHY,
            after=after,
            rest=lambda speaking: self._answer(model, talk, request, speaking),
        )

    def _answer(
        self, model: Model, talk: Talk, request: Request, speaking: Speaking
    ) -> Iterator[Reply]:
        asked = with_moment(request.text, request.canonical, request.now)
        asked = with_mood(asked, request.mood.label)
        longest = 1 if request.mood.wants_short else self._longest_answer
        messages = as_messages(talk.history, self.opening, asked)
        earlier = talk.requests
        checks = AnswerChecks(request.text, next(reversed(earlier), ""), " ".join(earlier))
        said = sentences = 0
        fault = unspoken = ""
        try:
            stream = model.stream(messages, speaking.should_stop)
            pieces = measured(messages, stream, speaking)
            for clause in openers_joined(clauses(pieces, keep_unfinished=False)):
                if speaking.should_stop():
                    return
                verdict = checks.judge(clause)
                fault = verdict.fault
                if verdict.honest is not None:
                    yield self._instead(verdict.honest, talk, speaking, f"model: it {fault}")
                    return
                spoken = speakable(verdict.text)
                if spoken:
                    said += 1
                    yield _reply(unspoken + verdict.text, _WHY, spoken)
                    unspoken = ""
                else:  # such as a block of code: it is shown with what is said next
                    unspoken += f"{verdict.text}\n" if verdict.text else ""
                sentences += clause.rstrip("\"')”’ ").endswith(_SENTENCE_ENDS)
                if fault or sentences >= longest:
                    break
        except (StageTimeout, ModelError) as error:
            apology = TOO_SLOW if isinstance(error, StageTimeout) else APOLOGY
            yield _reply(apology, f"model failed: {error.what}")
            return
        if speaking.should_stop():
            return
        if "```" in unspoken and not fault:  # nothing came behind it to be shown with
            yield _reply(unspoken.rstrip("\n"), _WHY, CODE_SHOWN)
        elif not said:
            yield _reply(NO_ANSWER, f"model: it {fault or 'said nothing'}")

    def _instead(self, entry: Entry, talk: Talk, speaking: Speaking, why: str) -> Reply:
        """A fixed text in the place of what the model said."""
        text = self._replies.answer(entry, talk.uses.get(entry.id, 0))
        brief = shortened(text)
        told = (entry.id,) if brief == text else (entry.id, TOLD)
        if talk.uses.get(TOLD):
            text = brief
        speaking.change(lambda now: reduce(Talk.used, told, now))
        return Reply(text=text, source="guardrail", why=short(why), name="model")

    @staticmethod
    def fixed_texts() -> list[str]:
        """What may be said in the place of the model's words."""
        return with_short(text for entry in HONEST.values() for text in entry.answers)


def _reply(text: str, why: str, spoken: str = "") -> Reply:
    """What is shown stays as it was written; `spoken` is what the voice is given."""
    differs = spoken if spoken != text else ""
    return Reply(text=text, spoken=differs, source="model", why=short(why), name="model")
