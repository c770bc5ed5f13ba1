"""Finds the spans of a text that are said otherwise than they are written, by one ordered table.

Every recogniser looks at the text as it was written, never at what another one has made of it.
Where two spans overlap, the recogniser that stands first in the table has it. Knows no recogniser.
Pure; any thread.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence

DIGIT = "0123456789"

Say = Callable[[re.Match[str]], "str | None"]
"""What is said for a match; None when it is nothing of the kind after all."""


class Recogniser:
    """One kind of span: `pattern` finds it, `say` gives its words. It is only tried where the text
    has one of the characters `needs`. The pattern is compiled when it is first tried."""

    __slots__ = ("_compiled", "_flags", "_needs", "_pattern", "kind", "say")

    def __init__(
        self, kind: str, pattern: str, say: Say | str, *, needs: str = "", flags: int = 0
    ) -> None:
        self.kind = kind
        self.say: Say = say if callable(say) else lambda found: found.expand(say)
        self._pattern = pattern
        self._flags = flags
        self._needs = frozenset(needs)
        self._compiled: re.Pattern[str] | None = None

    def may_match(self, characters: frozenset[str]) -> bool:
        """False when a text of these characters surely has no such span."""
        return not self._needs or not self._needs.isdisjoint(characters)

    @property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        if self._compiled is None:
            self._compiled = re.compile(self._pattern, self._flags)
        return self._compiled


Span = tuple[int, int, str, str]
"""Start, end, kind and words."""


def find_spans(text: str, table: Sequence[Recogniser]) -> list[Span]:
    """The spans of `text` from left to right, without overlap."""
    characters = frozenset(text)
    taken: list[Span] = []
    for one in table:
        if not one.may_match(characters):
            continue
        at = 0
        while (found := one.regex.search(text, at)) is not None:
            start, end = found.span()
            at = max(end, start + 1)
            place = bisect_left(taken, (start, end))
            within = _overlapped(taken, place, start, end)
            if within is not None:
                at = max(start + 1, min(within[1], at))
            elif (words := one.say(found)) is not None:
                taken.insert(place, (start, end, one.kind, words))
    return taken


def _overlapped(taken: list[Span], place: int, start: int, end: int) -> Span | None:
    """The first span of `taken` that shares a character with `start` to `end`, whose place in it
    is `place`."""
    for span in taken[max(0, place - 1) : place + 1]:
        if span[0] < end and start < span[1]:
            return span
    return None


def rewrite(text: str, table: Sequence[Recogniser]) -> str:
    """`text` with the words of its spans in their places, each a word of its own."""
    made: list[str] = []
    at = 0
    for start, end, _, words in find_spans(text, table):
        made.append(text[at:start])
        if words and words[0].isalnum() and start and text[start - 1].isalnum():
            made.append(" ")
        made.append(words)
        if words and words[-1].isalnum() and end < len(text) and text[end].isalnum():
            made.append(" ")
        at = end
    made.append(text[at:])
    return "".join(made)
