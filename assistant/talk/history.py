"""The conversation so far as chat messages, for a model. Pure; any thread."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.language.en.prompt import Messages
from assistant.talk.talk import Exchange

_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=\w)|(?<=\w)-(?=[^\W\d_])")


def as_messages(history: Sequence[Exchange], opening: Messages, text: str) -> Messages:
    """Chat messages: the `opening`, the exchanges and the new words of the user.

    Hyphens within the user's words are blanks, except between digits. A recogniser hears
    "20-ounce" now and "20 ounce" a moment later, and the model would read everything behind it
    again while somebody waits.
    """
    messages = list(opening)
    for one in history:
        messages.append({"role": "user", "content": _unhyphened(_read(one))})
        messages.append({"role": "assistant", "content": one.answer or "…"})
    messages.append({"role": "user", "content": _unhyphened(text)})
    return messages


def _read(one: Exchange) -> str:
    return one.request if one.read is None else one.read


def _unhyphened(text: str) -> str:
    return _HYPHEN.sub(" ", text)
