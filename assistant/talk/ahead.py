"""What models read before they are asked: the conversation so far, and words still being spoken.

Knows what a model must never read. Holds no talk; runs on the mind thread.
"""

from __future__ import annotations

from contextlib import suppress

from assistant.errors import ModelError
from assistant.messages import Messages
from assistant.talk import known
from assistant.talk.endings import Endings, ShouldStop
from assistant.talk.guards import personal
from assistant.talk.history import as_messages
from assistant.talk.knowledge import Knowledge
from assistant.talk.order import DECLINES
from assistant.talk.request import Request
from assistant.talk.talk import Talk


class ReadAhead:
    """The models of `knowledge` and the judge of `endings` get ready."""

    def __init__(self, knowledge: Knowledge, endings: Endings) -> None:
        self._known = knowledge
        self._endings = endings
        self._has_settled = False

    def prefix(self, talk: Talk) -> Messages:
        """The messages that every request to the model begins with."""
        return as_messages(talk.history, self._known.answers.opening, "")[:-1]

    def settle(self, talk: Talk, should_stop: ShouldStop) -> None:
        """Have the models read the conversation so far, so that the next question is all that is
        left to read. The first time, load what guardrails load late."""
        if not self._has_settled:
            self._has_settled = True
            personal.warm_up()
        model = self._known.answers.model
        if model is not None:
            self._known.tools.anticipate("", should_stop)
            model.warm_up(self.prefix(talk), should_stop)
        self._endings.warm_up(talk, should_stop)

    def anticipate(self, talk: Talk, request: Request, text: str, should_stop: ShouldStop) -> None:
        """Have the models read `text`, the words so far of `request`, unless they are a phrase that
        is known as a whole, or caught by a guardrail."""
        if request.is_empty:
            return
        if self._known.guards.request(text, known.before(talk)) is not None:
            return
        decision = self._known.order.decide(talk, request, without_model=True)
        is_declined = decision is not None and decision.name.startswith(DECLINES)
        is_for_tool = (is_declined or decision is None) and self._known.tools.is_likely(request)
        if decision is not None and decision.is_whole and not is_for_tool:
            return
        self._endings.anticipate(talk, text, should_stop)
        model = self._known.answers.model
        if is_for_tool:
            self._known.tools.anticipate(text, should_stop)
        elif model is not None:
            with suppress(ModelError):  # too long, say: who has said it all is told
                model.anticipate(self._endings.open_request(talk, text), should_stop)
