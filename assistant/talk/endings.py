"""How likely a sentence ends with the user's words, as a language model weighs it.

Weighs on a thread of its own where the judge is another model than the one that answers. Knows the
judge through its seam; the mind thread calls.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from assistant.errors import ModelError
from assistant.language.en.prompt import ENDINGS_OPENING, Messages
from assistant.messages import Weighing
from assistant.talk.history import as_messages
from assistant.talk.model_answers import Model
from assistant.talk.talk import Talk

_OPEN_END = " .,;:!?…-"
"""What a speech recogniser puts after the last word though the speaker goes on."""

ShouldStop = Callable[[], bool]


class Endings:
    """`judge` weighs the words; `model` does where there is no judge of its own."""

    def __init__(self, judge: Model | None, model: Model | None, opening: Messages) -> None:
        self._models_opening = opening
        self.use(judge, model)

    def use(self, judge: Model | None, model: Model | None) -> None:
        """Have these weigh from now on. On the mind thread."""
        self._judge = judge or model
        self._is_apart = judge is not None and judge is not model
        self._beside = ThreadPoolExecutor(1, "endings") if judge else None
        self._opening = ENDINGS_OPENING if judge else self._models_opening

    def open_request(self, talk: Talk, text: str) -> Messages:
        """The messages of a request that may go on: the conversation and `text` without its last
        mark."""
        return as_messages(talk.history, self._models_opening, text.rstrip(_OPEN_END))

    def request(self, talk: Talk, text: str) -> Messages:
        """The same for the judge, under the prompt with which it was measured."""
        return as_messages(talk.history, self._opening, text.rstrip(_OPEN_END))

    def warm_up(self, talk: Talk, should_stop: ShouldStop) -> None:
        """Have the judge read the conversation so far."""
        if self._is_apart and self._judge is not None:
            with suppress(ModelError):
                self._judge.warm_up(self.request(talk, "")[:-1], should_stop)

    def anticipate(self, talk: Talk, text: str, should_stop: ShouldStop) -> None:
        """Have the judge read words that may go on."""
        if self._is_apart and self._judge is not None:
            with suppress(ModelError):  # the turn then ends by the sound alone
                self._judge.anticipate(self.request(talk, text), should_stop)

    def begin(
        self, talk: Talk, text: str, should_stop: ShouldStop, weighing: Weighing | None
    ) -> None:
        """Have it weighed from now on, when that is another model than the one that is busy; who
        asks again later gets the same answer at once."""
        if self._beside is not None and weighing is not None:
            self._beside.submit(self.weigh, talk, text, should_stop, weighing)

    def weigh_beside(
        self, talk: Talk, text: str, should_stop: ShouldStop, weighing: Weighing | None
    ) -> Callable[[], object]:
        """Have it weighed while the model begins to answer, when that is another model; what is
        returned waits for the end."""
        if self._beside is None:
            self.weigh(talk, text, should_stop, weighing)
            return lambda: None
        return self._beside.submit(self.weigh, talk, text, should_stop, weighing).result

    def weigh(
        self, talk: Talk, text: str, should_stop: ShouldStop, weighing: Weighing | None
    ) -> None:
        """Have it said how likely a sentence ends with `text`, if somebody can and wants it."""
        if self._judge is None or weighing is None:
            return

        def is_over() -> bool:
            return should_stop() or not weighing.is_wanted()

        if is_over():
            return
        try:
            sentence_end = self._judge.sentence_end(self.request(talk, text), is_over)
        except Exception:  # native code may fail; the turn then ends by the sound alone
            return
        if sentence_end is not None:
            weighing.tell(sentence_end)
