"""Which words are meant for the assistant: not its own voice coming back, no "mhm" over its answer.

Runs on the ears thread for the conductor; changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.engine.answer import Answer
from assistant.engine.news import Transcribed
from assistant.engine.reporter import Reporter
from assistant.language.en.backchannel import is_backchannel, is_hum

OWN_VOICE = "the assistant's own voice"
LITTLE_WORD = "a little word over the answer"


class Meant:
    """`awaits_answer()`: the conversation waits for the answer to a question."""

    def __init__(self, reporter: Reporter, awaits_answer: Callable[[], bool]) -> None:
        self._reporter = reporter
        self._awaits_answer = awaits_answer

    def sift(self, news: Transcribed, began: int, over: Answer | None) -> Transcribed:
        """`news`, with the reason why it gets no answer, if there is one.

        `began` is where the speech began; `over` is the answer that it was said over, if any.
        """
        text, awaits_answer = news.transcript.text, self._awaits_answer()
        if news.drop is not None:
            return news
        if self._reporter.is_own_voice(text, began, is_question=awaits_answer):
            return replace(news, drop=OWN_VOICE)
        if over is None or not is_backchannel(text):
            return news
        is_asking = awaits_answer and over.is_at_end  # over a question "yes" is an answer
        is_heard = over.rings and not is_hum(text)  # over what rings "okay" ends it
        return news if is_asking or is_heard else replace(news, drop=LITTLE_WORD)
