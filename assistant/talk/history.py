"""The conversation so far: what the user said and what was really played of each answer.

Knows nothing of models beyond the shape of chat messages. Written when a turn ended, read when the
next one is answered; both on the mind thread.
"""

from __future__ import annotations

import re

from assistant.language.en.prompt import Messages

_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=\w)|(?<=\w)-(?=[^\W\d_])")


class History:
    """At most the last `keep_turns` exchanges, oldest first.

    When there is one more, half of them goes at once: a model keeps its work on the beginning of
    the conversation, and would have to read everything anew if that moved with every turn.
    """

    def __init__(self, keep_turns: int) -> None:
        self._keep_turns = keep_turns
        self._turns: list[tuple[str, str]] = []
        self._last_answer = ""

    @property
    def last_answer(self) -> str:
        """What was played last; empty before the first answer and after `clear`."""
        return self._last_answer

    @property
    def requests(self) -> list[str]:
        """What the user said in the exchanges that are kept, oldest first."""
        return [said for said, _ in self._turns]

    @property
    def is_question_open(self) -> bool:
        """True when the last thing that was played is a question."""
        return self._last_answer.rstrip("\"' ").endswith("?")

    def add(self, text: str, answer: str) -> None:
        """One exchange; an answer of which nothing was played is kept as the user's words only."""
        self._turns.append((text, answer))
        if len(self._turns) > self._keep_turns:
            del self._turns[: max(1, self._keep_turns // 2)]
        if answer.strip():
            self._last_answer = answer

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()
        self._last_answer = ""

    def as_messages(self, opening: Messages, text: str) -> Messages:
        """Chat messages: the `opening`, the exchanges and the new words of the user.

        Hyphens within the user's words are blanks, except between digits. A recogniser hears
        "20-ounce" now and "20 ounce" a moment later, and the model would read everything behind it
        again while somebody waits.
        """
        messages = list(opening)
        for said, answered in self._turns:
            messages.append({"role": "user", "content": _unhyphened(said)})
            messages.append({"role": "assistant", "content": answered or "…"})
        messages.append({"role": "user", "content": _unhyphened(text)})
        return messages


def _unhyphened(text: str) -> str:
    return _HYPHEN.sub(" ", text)
