"""Holds the talk of a session: decides requests, commits decisions, remembers what was played.

The only place where the talk changes; a lock guards the exchange of one value for the next.
`decide`, `replies`, `remember` and what prepares the model run on the mind thread, `commit` and
`withdraw` on the one that commits turns. Knows no sound.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from assistant.config import Config
from assistant.language.en.pins import hide_all, hide_runs
from assistant.language.en.prompt import Messages
from assistant.messages import Notice, Reply, Weighing
from assistant.mood import Prosody
from assistant.talk import silent
from assistant.talk.ahead import ReadAhead
from assistant.talk.answering import unguarded
from assistant.talk.awaited import Awaited
from assistant.talk.danger import Dangers, load_dangers
from assistant.talk.decision import Decision, Effect, Speaking
from assistant.talk.discretion import discreet, hide_near, unasked
from assistant.talk.endings import Endings, ShouldStop
from assistant.talk.flow import Ask
from assistant.talk.guards.answers import AnswerGuard
from assistant.talk.hands import Hands
from assistant.talk.knowledge import Knowledge
from assistant.talk.model_answers import Model
from assistant.talk.moods import Moods
from assistant.talk.reach import Reach, load_reach
from assistant.talk.reload import UserFiles
from assistant.talk.replies import Entry, Guardrail, Replies
from assistant.talk.request import read_request
from assistant.talk.running import Flows
from assistant.talk.silent import NoHands, Turn
from assistant.talk.sources.database import Database
from assistant.talk.succession import Succession
from assistant.talk.talk import Talk

FLUSH_S = 0.5
"""So long decisions wait for each write of the turns before, so that they see it."""


class Conversation:
    """Implements the core's `TextLayer`. `model` None: nothing open is answered."""

    def __init__(
        self,
        config: Config,
        replies: Replies,
        model: Model | None,
        flows: Flows,
        *,
        hands: Hands | None = None,
        reach: Reach | None = None,
        dangers: Dangers | None = None,
        endings: Model | None = None,
        now: Callable[[], datetime] | None = None,
        due: Callable[[datetime], list[Reply]] = lambda now: [],
        talk: Talk | None = None,
        files: UserFiles | None = None,
        databases: Sequence[Database] = (),
        awaited: Awaited | None = None,
    ) -> None:
        """`replies` and `flows` hold those of `files` already, which are watched from now on.
        `reach` and `dangers` are the program's own by default, without embeddings; `endings`
        judges by the words whether a sentence has ended, by default `model` does. `now` gives the
        local time with its zone, `due` what is to be said without being asked; the model may ask
        `databases`. As long as a model is `awaited`, which `use_model` brings, that is said in the
        place of its answers."""
        self.on_forget: Callable[[], None] = lambda: None
        """Called when the conversation so far was dropped; for the log."""
        self._flows = flows
        self._hands = hands or NoHands()
        self.knowledge = Knowledge(
            config,
            replies,
            flows,
            model,
            reach=reach or load_reach(),
            dangers=dangers or load_dangers(),
            files=files,
            databases=databases,
            awaited=awaited,
        )
        self._now = now or (lambda: datetime.now().astimezone())
        self._due = due
        self._planned = (0, "")
        self._keep = config.llm.history_turns
        self._endings = Endings(endings, model, self.opening)
        self._succession = Succession(self.knowledge, self._endings, endings)
        self._ahead = ReadAhead(self.knowledge, self._endings)
        self._lock = threading.Lock()
        self._moods = Moods(config.mood, flows.services.store)
        self._talk = dataclasses.replace(talk or Talk(), voices=self._moods.known_voices())

    @property
    def talk(self) -> Talk:
        """The value as it is now."""
        with self._lock:
            return self._talk

    @property
    def flows(self) -> Flows:
        """The flows in use."""
        return self._flows

    @property
    def opening(self) -> Messages:
        """The instructions that the model reads before the conversation."""
        return self.knowledge.answers.opening

    # -- a model that comes later ----------------------------------------------------------------

    def use_model(self, model: Model, endings: Model | None = None) -> None:
        """Have `model` answer from now on, and `endings`, else whoever does it now, judge whether a
        sentence has ended. Both belong to the mind thread from here on, which takes them up before
        its next decision and, if there was no model before, says once that it is there. Any
        thread."""
        self._succession.bring(model, endings)

    @property
    def has_judge(self) -> bool:
        """Another model than the one that answers judges whether a sentence has ended."""
        return self._succession.has_judge

    # -- what it answers from --------------------------------------------------------------------

    def reload(self) -> None:
        """Read the user's flows, replies and guards again where they have changed, and tell of
        new faults. On the mind thread."""
        self.knowledge.reload()

    @property
    def on_notice(self) -> Callable[[Notice], None] | None:
        """Who hears of faults in the user's files and of what sources have to tell."""
        return self._flows.services.on_notice

    @on_notice.setter
    def on_notice(self, on_notice: Callable[[Notice], None] | None) -> None:
        self._flows.services.on_notice = on_notice

    def all_fixed_texts(self) -> list[str]:
        """Every text that can be spoken and is known beforehand, for the voice to prepare."""
        return self.knowledge.fixed_texts()

    def count_own_words(self, text: str) -> int:
        """How many words of a transcript are the user's own or answer what is asked. Any thread."""
        return self.knowledge.expected.count_words(text, self.talk)

    def candidates(self, heard: Sequence[str]) -> tuple[str, ...]:
        """Up to 24 phrases that could have been said, the likeliest first, for the ways in which
        one utterance was heard; none where that is plain. The first call takes 0.1 s. Any thread.
        """
        return self.knowledge.expected.phrases(heard, self.talk, self._now())

    def open_question(self) -> Ask | None:
        """What a flow has asked and still waits for."""
        talk, request = self.talk, read_request("", self._now())
        for run in reversed(talk.without_expired(request.now).waiting[-1:]):
            flow = self._flows.get(run.flow)
            outcome = flow and self._flows.replay(flow, talk, request, run)
            return outcome.asks if outcome else None
        return None

    # -- one turn -------------------------------------------------------------------------------

    def decide(
        self,
        text: str,
        turn: int = 0,
        played: tuple[int, str, str] | None = None,
        voice: Prosody | None = None,
        should_stop: ShouldStop = lambda: False,
        weighing: Weighing | None = None,
    ) -> Decision | None:
        """What is done with `text`, said in `voice`; None for a text without words. Changes
        nothing.

        `played` is (turn, request, answer) of an answer that this turn interrupts: what sounded of
        it so far. Who says "again" before a word of it has sounded means that answer. A model that
        chooses among tools ends when `should_stop()`; meanwhile `weighing` is told how likely a
        sentence ends with `text`, if that is another model's work.
        """
        self.knowledge.look_for_changes()
        self._succession.take_up()
        self._hands.flush(FLUSH_S)
        request = read_request(text, self._now(), turn)
        if request.is_empty:
            return None
        talk = self.talk
        if played is not None:
            talk = talk.with_played(*played, keep=self._keep)
            if not played[2].strip() and self._planned[0] == played[0] and self._planned[1]:
                talk = dataclasses.replace(talk, last_answer=self._planned[1])
        request = self._moods.read(talk, request, voice)
        decision = self.knowledge.order.decide(
            talk,
            request,
            should_stop=should_stop,
            begins=lambda: self._endings.begin(talk, text, should_stop, weighing),
        )
        if decision is None:
            return None
        decision = discreet(decision, request)
        return self._moods.with_voice(decision, voice)

    def set_mood(self, enabled: bool) -> None:
        """Take the user's mood into account from now on, or do not."""
        self._moods.is_enabled = enabled

    def replies(
        self,
        decision: Decision,
        text: str,
        speaking: Speaking,
        weighing: Weighing | None = None,
    ) -> Iterator[Reply]:
        """The answer, clause by clause, past the guardrails. `weighing` is told how likely a
        sentence ends with `text`: after a fixed reply and before the model's. Never raises for what
        a stage does wrong."""
        answer = AnswerGuard(
            self.knowledge.guards, lambda entry: self._instead(entry, decision, speaking)
        )
        for reply in unguarded(decision, text, speaking, self._endings, weighing):
            judged = answer.judge(reply)
            if judged is not None:
                is_other = judged is not reply and judged.source == "guardrail"
                if is_other and (answer.is_over or reply.is_last):
                    speaking.change(lambda now: unasked(now, decision.before))
                yield judged
            if answer.is_over:
                return

    def _instead(self, entry: Entry | Guardrail, decision: Decision, speaking: Speaking) -> str:
        """A fixed text in the place of what was to be said."""
        speaking.change(lambda now: now.used(entry.id))
        return self.knowledge.replies.answer(entry, decision.before.uses.get(entry.id, 0))

    def commit(self, decision: Decision) -> None:
        """Put the talk after `decision` in the place of the present one, but for the history, which
        only what was played writes; hand its effects over. Never blocks."""
        with self._lock:
            now = self._talk
            self._talk = dataclasses.replace(
                decision.after,
                history=now.history,
                last_answer=now.last_answer,
                number=now.number + 1,
            )
        turn = decision.request.turn if decision.request is not None else 0
        self._planned = (turn, " ".join(reply.text for reply in decision.replies))
        if decision.undoes:
            self._hands.undo(decision.undoes)
        effects = (*decision.effects, *self._moods.to_keep(decision))
        if effects:
            self._hands.submit(effects)

    def withdraw(self, decision: Decision) -> None:
        """The turn goes on after all: as if `decision` had never been committed."""
        with self._lock:
            now = self._talk
            self._talk = dataclasses.replace(
                decision.before,
                history=now.history,
                last_answer=now.last_answer,
                number=max(0, now.number - 1),
            )
        earlier = decision.before.last.effects
        later = tuple(one for one in now.last.effects if one not in earlier)
        self._hands.undo(tuple(dict.fromkeys((*decision.effects, *later))))
        if decision.undoes:
            self._hands.redo(decision.undoes)

    def change(self, change: Callable[[Talk], Talk]) -> None:
        """Change the talk of a committed turn. Whoever commits waits meanwhile: no code of a flow
        runs in `change`."""
        with self._lock:
            self._talk = change(self._talk)

    def run(self, effect: Effect, should_stop: ShouldStop) -> Any:
        """Run `effect` on the hands and wait for it."""
        return self._hands.run(effect, should_stop)

    def remember(self, turn: int, text: str, answer: str) -> None:
        """One finished exchange, with what was really played of the answer. An announcement has no
        `text`, and is repeated by "repeat that". What led to the question for the PIN is kept
        without a PIN, whoever led there."""

        def remembered(talk: Talk) -> Talk:
            talk = talk.with_played(turn, text, answer, self._keep)
            return talk.without_digits(hide_near) if talk.is_pin_wanted else talk

        self.change(remembered)

    def shown(self, text: str, decision: Decision | None = None) -> str:
        """`text`, the words of a turn, as it may be shown and kept: without a PIN. `decision` is
        what was decided on it; None while that is not known. Never blocks; any thread."""
        if decision is not None:
            return decision.shown(text)
        if self.talk.is_secret_open:
            return hide_all(text)
        return hide_runs(text) if self._flows.services.pins.is_set else text

    def forget(self) -> None:
        """Drop the conversation so far; timers, lists and what is known of the user stay, and what
        no model may read of a request whose answer still sounds."""
        self.change(
            lambda talk: Talk(
                facts=talk.facts,
                settings=talk.settings,
                number=talk.number,
                hidden=talk.hidden,
                voices=talk.voices,
            )
        )
        self.on_forget()

    # -- before a turn --------------------------------------------------------------------------

    def settle(self, should_stop: ShouldStop) -> None:
        """While nobody waits: have the model read the conversation so far, so that the next
        question is all that is left to read."""
        self._moods.warm_up()
        self._ahead.settle(self.talk, should_stop)

    def anticipate(self, text: str, should_stop: ShouldStop) -> None:
        """The words so far of a question that is still being spoken: the model reads them ahead."""
        if self.shown(text) == text:  # no PIN
            self._ahead.anticipate(self.talk, read_request(text, self._now()), text, should_stop)

    def due_announcements(self) -> list[Reply]:
        """What is to be said now without being asked; each comes once."""
        self.knowledge.look_for_changes()
        self._succession.take_up()
        due = [*self._due(self._now()), *self._succession.news()]
        judged = (self._alone(reply) for reply in due)
        return [reply for reply in judged if reply is not None]

    def _alone(self, reply: Reply) -> Reply | None:
        """What the guardrails leave of a reply that nobody asked for."""
        return AnswerGuard(
            self.knowledge.guards, lambda entry: self.knowledge.replies.answer(entry, 0)
        ).judge(reply)

    def endings_request(self, text: str) -> Messages:
        """What the judge of endings reads of `text` in this conversation."""
        return self._endings.request(self.talk, text)

    def prefix(self) -> Messages:
        """The messages that every request to the model begins with, to warm it up."""
        return self._ahead.prefix(self.talk)

    @property
    def awaits_answer(self) -> bool:
        """True while a flow waits for the answer to what it asked."""
        return bool(self.talk.without_expired(self._now()).waiting)

    # -- without sound --------------------------------------------------------------------------

    def converse(
        self,
        text: str,
        should_stop: ShouldStop = lambda: False,
        mark: Callable[[str], None] = lambda name: None,
        turn: int = 0,
    ) -> Turn:
        """One turn as if it had been spoken, committed and heard in full."""
        return silent.converse(self, text, should_stop, mark, turn)

    def preview(
        self,
        text: str,
        should_stop: ShouldStop = lambda: False,
        weighing: Weighing | None = None,
    ) -> list[Reply]:
        """What would be answered to `text`; nothing is committed."""
        return silent.preview(self, text, should_stop, weighing)

    def flush(self, timeout_s: float) -> bool:
        """Wait until all effects are done; False when that takes longer."""
        return self._hands.flush(timeout_s)
