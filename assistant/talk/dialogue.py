"""The order of the text layer: who answers a turn, and what that answer may do.

guardrail → danger and health → stop and cancel → an open question of a tool → exact and near
precomputed replies → tools → patterns of precomputed replies → what is out of reach → the language
model → guardrail again, clause by clause.
Nothing happens while an answer is made: every change of state is in the `effect` of its first
reply, so that a take that is thrown away leaves no mark. Knows no thread, no sound and no clock but
those handed in; `respond` runs on the mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol

from assistant.config import Config
from assistant.errors import ModelError, StageTimeout
from assistant.language.en.clauses import clauses
from assistant.language.en.normalise import normalise
from assistant.language.en.prompt import ENDINGS_OPENING, opening, with_moment
from assistant.language.en.speakable import speakable
from assistant.messages import Reply, Source, Weighing
from assistant.talk.answer_checks import HONEST, AnswerChecks, openers_joined
from assistant.talk.danger import Dangers, load_dangers
from assistant.talk.history import History
from assistant.talk.matching import Match, Matcher
from assistant.talk.reach import TALK, Beyond, Reach, load_reach
from assistant.talk.replies import Entry, Guardrail, Replies
from assistant.talk.timers import TimerStore
from assistant.talk.tools import FIXED_TEXTS, Answer, Tools

APOLOGY = "Sorry, I could not think of an answer just now. Please ask me again."
TOO_SLOW = "Sorry, that took me too long. Please try a shorter question."
NO_MODEL = "I can't answer that, because no language model is set up."
NO_ANSWER = "Sorry, I have no answer to that."
NOTHING_SAID = "I haven't said anything yet."
_OWN_TEXTS = (APOLOGY, TOO_SLOW, NO_MODEL, NO_ANSWER, NOTHING_SAID)

_SENTENCE_ENDS = (".", "!", "?", "…")
_OPEN_END = " .,;:!?…-"
"""What a speech recogniser puts after the last word though the speaker goes on."""

ShouldStop = Callable[[], bool]
Effect = Callable[[], None]
Mark = Callable[[str], None]


class Model(Protocol):
    """A chat model that streams."""

    def stream(self, messages: list[dict[str, str]], should_stop: ShouldStop) -> Iterator[str]:
        """Pieces of the answer; raises `StageTimeout` or `ModelError`."""

    def warm_up(self, messages: list[dict[str, str]], should_stop: ShouldStop) -> None:
        """Have the state for these first messages ready; stops, and is of use, half done."""

    def anticipate(self, messages: list[dict[str, str]], should_stop: ShouldStop) -> None:
        """Like `warm_up`, but the last message is the beginning of one that is being spoken."""

    def sentence_end(self, messages: list[dict[str, str]], should_stop: ShouldStop) -> float | None:
        """The probability that the last message, which lacks its last mark, ends a sentence; None
        when stopped or too slow. Raises `ModelError`."""


class Dialogue:
    """Answers turns; implements the core's `TextLayer`. `model` None: nothing open is answered."""

    def __init__(
        self,
        config: Config,
        replies: Replies,
        model: Model | None,
        tools: Tools,
        timers: TimerStore,
        reach: Reach | None = None,
        dangers: Dangers | None = None,
        endings: Model | None = None,
    ) -> None:
        """`reach` and `dangers` are the program's own by default, without embeddings; `endings`
        judges by the words whether a sentence has ended, by default `model` does."""
        self._replies = replies
        self._reach = reach or load_reach()
        self._dangers = dangers or load_dangers()
        self._model = model
        self._tools = tools
        self._timers = timers
        text = config.text
        self._matcher = Matcher(replies.entries, text.match_threshold, text.match_margin)
        self._history = History(config.llm.history_turns)
        self._opening = opening(config.llm.system_prompt)
        self._endings = endings or model
        self._beside = ThreadPoolExecutor(1, "endings") if endings else None
        self._endings_opening = ENDINGS_OPENING if endings else self._opening
        self._longest_answer = config.llm.max_sentences
        self._uses: dict[str, int] = {}
        self._awaits_length = False

    def respond(
        self,
        text: str,
        should_stop: ShouldStop,
        mark: Mark = lambda name: None,
        weighing: Weighing | None = None,
    ) -> Iterator[Reply]:
        """The answer to `text`, clause by clause; nothing for a text without words.

        `mark` is told "route" when it is known who answers and "first token" when the model
        gives its first piece; `weighing` how likely a sentence ends with `text`, after a fixed
        reply and before the model's. Never raises for what a stage does wrong: it apologises,
        and `why` names the error.
        """
        canonical = normalise(text)
        if not canonical:
            return
        reply = self._without_model(text, canonical)
        mark("route")
        if reply is not None:
            yield dataclasses.replace(self._settling(reply), is_last=True)
            if not reply.is_whole:
                self._weigh(text, should_stop, weighing)
            return
        weighed = self._weigh_beside(text, should_stop, weighing)
        is_first = True
        try:
            for reply in self._from_model(text, should_stop, mark):
                weighed()
                yield self._settling(reply) if is_first else reply
                is_first = False
        finally:
            weighed()

    def remember(self, text: str, reply: str) -> None:
        """One finished exchange, with what was really played of the answer."""
        self._history.add(text, reply)

    def forget(self) -> None:
        """Drop the conversation so far; timers go on."""
        self._history.clear()
        self._awaits_length = False

    def settle(self, should_stop: ShouldStop) -> None:
        """While nobody waits: have the model read the conversation so far, so that the next
        question is all that is left to read."""
        if self._model is not None:
            self._model.warm_up(self.prefix(), should_stop)
        if self._endings is not None and self._endings is not self._model:
            with suppress(ModelError):
                self._endings.warm_up(self.endings_request("")[:-1], should_stop)

    def anticipate(self, text: str, should_stop: ShouldStop) -> None:
        """The words so far of a question that is still being spoken: the model reads them ahead,
        unless they are a phrase that is known as a whole."""
        canonical = normalise(text)
        if not canonical:
            return
        reply = self._without_model(text, canonical)
        if reply is not None and reply.is_whole:
            return
        if self._endings is not None and self._endings is not self._model:
            with suppress(ModelError):  # the turn then ends by the sound alone
                self._endings.anticipate(self.endings_request(text), should_stop)
        if self._model is not None:
            self._model.anticipate(self.open_request(text), should_stop)

    def due_announcements(self) -> list[str]:
        """Sentences to be said now without being asked; each comes once."""
        return self._timers.due()

    def all_fixed_texts(self) -> list[str]:
        """Every text that can be spoken and is known beforehand, for the voice to prepare."""
        texts = [*self._replies.all_texts(), *FIXED_TEXTS, *_OWN_TEXTS]
        texts += [*self._dangers.all_texts(), *self._reach.all_texts()]
        texts += [text for entry in HONEST.values() for text in entry.answers]
        return list(dict.fromkeys(texts))

    def count_own_words(self, text: str) -> int:
        """How many words of the user's own phrases a transcript has, which the program's lack."""
        return self._replies.count_own_words(text)

    def prefix(self) -> list[dict[str, str]]:
        """The messages that every request to the model begins with, to warm it up."""
        return self._history.as_messages(self._opening, "")[:-1]

    # -- what the model reads of words that may go on -------------------------------------------

    def open_request(self, text: str) -> list[dict[str, str]]:
        """The messages of a request that may go on: the conversation and `text` without its last
        mark."""
        return self._history.as_messages(self._opening, text.rstrip(_OPEN_END))

    def endings_request(self, text: str) -> list[dict[str, str]]:
        """The same for the judge of endings, under the prompt with which it was measured."""
        return self._history.as_messages(self._endings_opening, text.rstrip(_OPEN_END))

    def _weigh_beside(
        self, text: str, should_stop: ShouldStop, weighing: Weighing | None
    ) -> Callable[[], object]:
        """Have it weighed while the model begins to answer, when that is another model; what is
        returned waits for the end."""
        if self._beside is None:
            self._weigh(text, should_stop, weighing)
            return lambda: None
        return self._beside.submit(self._weigh, text, should_stop, weighing).result

    def _weigh(self, text: str, should_stop: ShouldStop, weighing: Weighing | None) -> None:
        """Have it said how likely a sentence ends with `text`, if somebody can and wants it."""
        if self._endings is None or weighing is None:
            return

        def is_over() -> bool:
            return should_stop() or not weighing.is_wanted()

        if is_over():
            return
        try:
            sentence_end = self._endings.sentence_end(self.endings_request(text), is_over)
        except Exception:  # native code may fail; the turn then ends by the sound alone
            return
        if sentence_end is not None:
            weighing.tell(sentence_end)

    # -- who answers, in order ----------------------------------------------------------------

    def _without_model(self, text: str, canonical: str) -> Reply | None:
        for rail in self._replies.guardrails:
            if rail.catches(canonical, "request"):
                return self._fixed(rail, "guardrail", f"guardrail: {rail.id}")
        danger = self._dangers.find(text)
        if danger is not None:
            return self._fixed(self._answering(danger.entry), "guardrail", danger.why)
        needs = self._needs()
        match = self._matcher.exact(text, needs)
        if match and match.entry.kind in ("stop", "cancel"):
            reply = self._fixed(match.entry, "stop", match.why)
            return dataclasses.replace(reply, is_whole=True)
        if self._awaits_length:
            answer = self._tools.length(text)
            if answer is not None:
                return _from_tool(answer, "flow", "flow: the length of a timer")
        match = match or self._matcher.near(text, needs)
        if match is not None:
            return dataclasses.replace(self._matched(match), is_whole=True)
        answer = self._tools.answer(text)
        if answer is not None:
            return self._asking(_from_tool(answer, "tool", f"tool {answer.tool}"), answer)
        match = self._matcher.pattern(text, needs)
        if match is not None:
            return self._matched(match)
        beyond = self._beyond(text)
        return self._fixed(beyond.entry, "precomputed", beyond.why) if beyond else None

    def _answering(self, entry: Entry) -> Entry | Guardrail:
        """The user's own guardrail with the id of `entry`, if there is one, else `entry`."""
        rails = self._replies.guardrails
        return next((rail for rail in rails if rail.id == entry.id), entry)

    def _beyond(self, text: str) -> Beyond | None:
        """What is out of reach in `text`, unless it is about what was said in this conversation."""
        beyond = self._reach.judge(text)
        if beyond is None:
            return None
        if beyond.kind == TALK and self._is_about_models_words():
            return None
        return None if beyond.is_told(text, self._history.requests) else beyond

    def _is_about_models_words(self) -> bool:
        """True when the last request before such as "make it ten" was one for the model."""
        for text in reversed(self._history.requests):
            beyond = self._reach.judge(text)
            if beyond is None or beyond.kind != TALK:
                answer = self._tools.answer(text) or self._matcher.exact(text)
                return beyond is None and answer is None and self._matcher.pattern(text) is None
        return False

    def _matched(self, match: Match) -> Reply:
        entry = match.entry
        if entry.kind == "repeat":
            said = self._history.last_answer or NOTHING_SAID
            return Reply(text=said, source="precomputed", why=match.why)
        source: Source = "precomputed" if entry.kind == "reply" else "stop"
        return self._fixed(entry, source, match.why)

    def _from_model(self, text: str, should_stop: ShouldStop, mark: Mark) -> Iterator[Reply]:
        why = "model: nothing else matched"
        if self._model is None:
            yield Reply(text=NO_MODEL, source="model", why="no model is configured")
            return
        asked = with_moment(text, normalise(text), self._tools.now())
        messages = self._history.as_messages(self._opening, asked)
        checks = AnswerChecks(text, next(reversed(self._history.requests), ""))
        said = sentences = 0
        fault = ""
        try:
            pieces = _marked(self._model.stream(messages, should_stop), mark)
            for clause in openers_joined(clauses(pieces, keep_unfinished=False)):
                if should_stop():
                    return
                rail = self._caught(clause)
                if rail is not None:
                    yield self._fixed(rail, "guardrail", f"guardrail in the answer: {rail.id}")
                    return
                verdict = checks.judge(clause)
                fault = verdict.fault
                if verdict.honest is not None:
                    yield self._fixed(verdict.honest, "guardrail", f"model: it {fault}")
                    return
                spoken = speakable(verdict.text)
                if spoken:
                    said += 1
                    yield Reply(text=spoken, source="model", why=why)
                sentences += clause.rstrip("\"')”’ ").endswith(_SENTENCE_ENDS)
                if fault or sentences >= self._longest_answer:
                    break
        except (StageTimeout, ModelError) as error:
            apology = TOO_SLOW if isinstance(error, StageTimeout) else APOLOGY
            yield Reply(text=apology, source="model", why=f"model failed: {error.what}")
            return
        if not said and not should_stop():
            yield Reply(text=NO_ANSWER, source="model", why=f"model: it {fault or 'said nothing'}")

    def _caught(self, clause: str) -> Guardrail | None:
        canonical = normalise(clause)
        rails = self._replies.guardrails
        return next((rail for rail in rails if rail.catches(canonical, "answer")), None)

    def _needs(self) -> tuple[str, ...]:
        """The needs of entries that the conversation meets at this point."""
        asked = "question" if self._history.is_question_open else "no question"
        return ("", asked, "answer") if self._history.last_answer else ("", asked)

    # -- what an answer does when it is committed ---------------------------------------------

    def _fixed(self, entry: Entry | Guardrail, source: Source, why: str) -> Reply:
        """A precomputed answer; committing it moves on to the entry's next variant."""
        uses = self._uses.get(entry.id, 0)

        def effect() -> None:
            self._uses[entry.id] = uses + 1

        def undo() -> None:
            self._uses[entry.id] = uses

        text = self._replies.answer(entry, uses)
        return Reply(text=text, source=source, why=why, effect=effect, undo=undo)

    def _settling(self, reply: Reply) -> Reply:
        """`reply`, whose commit also ends the wait for the length of a timer (or begins it)."""
        awaits_before = self._awaits_length
        if not awaits_before:
            return reply
        inner_effect, inner_undo = reply.effect, reply.undo

        def effect() -> None:
            self._awaits_length = False
            if inner_effect is not None:
                inner_effect()

        def undo() -> None:
            if inner_undo is not None:
                inner_undo()
            self._awaits_length = awaits_before

        return dataclasses.replace(reply, effect=effect, undo=undo)

    def _asking(self, reply: Reply, answer: Answer) -> Reply:
        """`reply`, after whose commit a bare length is understood when the tool asked for one."""
        if not answer.asks:
            return reply

        def effect() -> None:
            self._awaits_length = True

        def undo() -> None:
            self._awaits_length = False

        return dataclasses.replace(reply, effect=effect, undo=undo)


def _from_tool(answer: Answer, source: Source, why: str) -> Reply:
    return Reply(text=answer.text, source=source, why=why, effect=answer.effect, undo=answer.undo)


def _marked(pieces: Iterator[str], mark: Mark) -> Iterator[str]:
    for piece in pieces:
        mark("first token")
        yield piece
