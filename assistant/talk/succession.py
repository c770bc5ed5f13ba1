"""Takes up a model that is brought while the conversation runs, between two turns.

Whoever has loaded it brings it on any thread; the mind thread takes it up before its next decision.
Says once that a model is there where none was. Knows no file and no sound.
"""

from __future__ import annotations

from assistant.messages import Reply
from assistant.talk.awaited import READY
from assistant.talk.endings import Endings
from assistant.talk.knowledge import Knowledge
from assistant.talk.model_answers import Freed, Model


class Succession:
    """Which model answers and which judges endings, and the ones that follow them."""

    def __init__(self, knowledge: Knowledge, endings: Endings, judge: Model | None) -> None:
        """`judge` judges whether a sentence has ended; None: the model that answers does it."""
        self._knowledge = knowledge
        self._endings = endings
        self._judge = judge
        self._brought: tuple[Model, Model | None] | None = None
        self._is_to_be_told = False

    @property
    def has_judge(self) -> bool:
        """Another model than the one that answers judges whether a sentence has ended."""
        return self._judge is not None

    def bring(self, model: Model, judge: Model | None) -> None:
        """Have `model` answer from now on; `judge` None leaves who judges as it is. Any thread."""
        self._brought = model, judge

    def take_up(self) -> None:
        """Use what was brought, if anything was. On the mind thread."""
        brought, self._brought = self._brought, None
        if brought is None:
            return
        model, judge = brought
        before = self._knowledge.use_model(model)
        self._judge = judge or self._judge
        self._endings.use(self._judge, model)
        if before is None:
            self._is_to_be_told = True
        elif isinstance(before, Freed):
            before.close()

    def news(self) -> list[Reply]:
        """That a model is there now, once. On the mind thread."""
        if not self._is_to_be_told:
            return []
        self._is_to_be_told = False
        return [Reply(text=READY, source="precomputed", why="set up", name="model.ready")]
