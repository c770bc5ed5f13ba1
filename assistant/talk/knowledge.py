"""What answers are made from: the replies, flows, guards and tools in use, and their order.

Watches the user's files, takes changes up, and tells of what is wrong in them. Holds no talk. All
of it on the mind thread, but where a method says otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from assistant.config import Config
from assistant.errors import StageTimeout
from assistant.language.en.speakable import speakable
from assistant.messages import Notice
from assistant.talk import gate, known, manners, model_answers, questions, running
from assistant.talk.awaited import Awaited
from assistant.talk.danger import Dangers
from assistant.talk.expected import Expected
from assistant.talk.flow import Flow
from assistant.talk.guards import answers as answer_guards
from assistant.talk.guards.code import CodeGuards
from assistant.talk.guards.guards import Guards
from assistant.talk.guards.verdict import CodeGuard
from assistant.talk.model_answers import Model, ModelAnswers
from assistant.talk.model_tools import ModelTools
from assistant.talk.order import Order, make_order
from assistant.talk.reach import Reach
from assistant.talk.reload import Fault, UserFiles, line_in, line_of
from assistant.talk.replay import FlowError
from assistant.talk.replies import Replies
from assistant.talk.rules_digest import rules_digest
from assistant.talk.running import Flows
from assistant.talk.sources.database import Database
from assistant.talk.taught import Lessons

LOOK_S = 1.0
"""So often the user's files are looked at."""


class Knowledge:
    """`replies` and `flows` hold those of `files` already, which are watched from now on. Faults
    become notices of the services. As long as a model is `awaited`, that is said in the place of
    its answers."""

    def __init__(
        self,
        config: Config,
        replies: Replies,
        flows: Flows,
        model: Model | None,
        *,
        reach: Reach,
        dangers: Dangers,
        files: UserFiles | None,
        databases: Sequence[Database],
        awaited: Awaited | None = None,
    ) -> None:
        self.replies = replies
        self.flows = flows
        flows.on_fault = self._tell_fault
        self._told: set[str] = set()
        self._config = config
        self._files = files
        self._looked_s = 0.0
        self._reach = reach
        self._dangers = dangers
        code = CodeGuards(files.guards if files is not None else ())
        code.on_fault = self._tell_guard
        self.guards = Guards(config.guards, replies, dangers, code)
        self.answers = ModelAnswers(config, replies, model, awaited)
        self.tools = ModelTools(flows, reach, model)
        self._databases = tuple(databases)
        self._expected: Expected | None = None
        self._take_up()

    def _take_up(self) -> None:
        """What follows from the replies, flows and guards."""
        self.order = self.make_order()
        self._made = object()
        self._rules: tuple[object, str] = (None, "")
        is_asked = self._expected is not None and self._expected.is_made
        expected = Expected(self.replies, self.flows, self.order.matcher, self._dangers)
        if is_asked:
            expected.make()
        self._expected = expected

    def make_order(self) -> Order:
        """The parts of the text layer in their order."""
        return make_order(
            self._config,
            self.replies,
            self.flows,
            self._reach,
            self.guards,
            self.answers,
            self.tools,
            self._databases,
        )

    def use_model(self, model: Model) -> Model | None:
        """Have `model` answer from now on; the one that did so before."""
        before, self.answers.model = self.answers.model, model
        self.tools = ModelTools(self.flows, self._reach, model)
        self.order = self.make_order()
        return before

    # -- the user's files ------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the user's flows, replies and guards again where they have changed, and tell of
        new faults."""
        self.flows.services.tell_untold()
        if self._files is None:
            return
        if self._files.refresh():
            self.flows.exchange(self._files.flows)
            self.flows.services.toolbox.exchange("", self._files.tools)
            self.replies = self._files.replies
            self.guards.use(self.replies)
            self.guards.code.exchange(self._files.guards)
            self._take_up()
            self._told.intersection_update(map(str, self._files.faults))
        for fault in map(str, self._files.faults):
            self._tell(fault)

    def look_for_changes(self) -> None:
        """`reload`, once in a while."""
        now_s = time.monotonic()
        if now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self.reload()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the user's files now."""
        return self._files.faults if self._files is not None else ()

    def _tell_fault(self, flow: Flow, error: Exception) -> None:
        """The code of a flow has failed."""
        line = line_in(flow.file, error) or line_of(flow, error)
        place = f"{flow.file}, line {line}" if line else flow.file or flow.origin
        kind = "" if isinstance(error, FlowError) else f"{type(error).__name__}: "
        self._tell(f"{place}: {flow.name}: {kind}{error}")

    def _tell_guard(self, rule: CodeGuard, error: Exception) -> None:
        """The code of a guard has failed."""
        line = line_in(rule.file, error)
        place = f"{rule.file}, line {line}" if line else rule.file
        what = f"{type(error).__name__}: {error}"
        if isinstance(error, StageTimeout):
            what = f"{error.what}; it is left out until its file changes"
        self._tell(f"{place}: guard {rule.name}: {what}")

    def _tell(self, text: str) -> None:
        """A notice, once."""
        if text not in self._told:
            self._told.add(text)
            self.flows.services.notify(Notice(severity="warning", code="E-FLOW", text=text))

    # -- what is known of it ---------------------------------------------------------------------

    @property
    def rules(self) -> str:
        """12 digits that are others when a flow, a reply or a guard is another; worked out when
        somebody asks. Any thread."""
        while True:  # what is in use may become another while its digest is made
            made = self._made
            known, digest = self._rules
            if known is made:
                return digest
            self._rules = made, rules_digest(self.replies, self.flows, self.guards)

    def fixed_texts(self) -> list[str]:
        """Every text that can be spoken and is known beforehand, for the voice to prepare: first
        what every reply begins with and what the program says of itself, then the flows' texts,
        last the replies' other wordings."""
        texts = [*self.replies.first_texts()]
        texts += [*known.OWN_TEXTS, *questions.OWN_TEXTS, *running.OWN_TEXTS, *gate.OWN_TEXTS]
        texts += [*model_answers.OWN_TEXTS, *manners.OWN_TEXTS]
        texts += [*self._dangers.all_texts(), *self._reach.all_texts()]
        texts += [*self.guards.texts(), answer_guards.LONG]
        texts += self.answers.fixed_texts()
        texts += [text for flow in self.flows for text in flow.fixed]
        texts += self.replies.all_texts()
        texts += [speakable(one.answer) for one in Lessons(self.flows.services.store).all()]
        return list(dict.fromkeys(texts))

    @property
    def expected(self) -> Expected:
        """What the recogniser may expect to hear. Any thread."""
        assert self._expected is not None
        return self._expected
