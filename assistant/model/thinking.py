"""Keeps a model's thoughts out of its answer: only what is meant for the user passes.

A streaming filter for the ways in which models mark their thinking: tags (`<think>…</think>` and
its kin), the channels of the harmony format (`<|channel|>analysis<|message|>…`), and harmony
without its control tokens ("analysisThe user … assistantfinalHello"). A mark may come in pieces.
Knows no model and no tokens. Pure; one filter per answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

_TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[think]": "[/think]",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|start_thinking|>": "<|end_thinking|>",
    "<|channel>thought": "<channel|>",
}
_HEADER_BEGINS = ("<|channel|>", "<|start|>")
_HEADER_ENDS = "<|message|>"
_NOT_SAID = ("<|end|>", "<|return|>", *_TAGS.values())
MARKS = (*_TAGS, *_NOT_SAID, *_HEADER_BEGINS, _HEADER_ENDS, "<|channel>")
"""Every mark in lower case; a model may have a control token for one, which must reach the filter
as text."""

_BARE_THOUGHT = re.compile(r"\s*analysis(?=[A-Z\"'“‘\n])")
_BARE_ANSWER = re.compile(r"assistant\s?final|(?<![A-Za-z])final(?=[A-Z\"'“‘\n])")
_BARE_BEGINNING = "analysis"
_LONGEST_BARE = len("assistant final") + 1


def opens_thought(header: str) -> bool:
    """True when the template's last words, which begin the answer, begin a thought already, as
    DeepSeek's do."""
    text = header.lower()
    return any(text.rfind(begin) > text.rfind(end) for begin, end in _TAGS.items())


def spoken_only(pieces: Iterable[str], *, is_open: bool = False) -> Iterator[str]:
    """The pieces without thoughts; nothing of a thought that never ends. With `is_open` the first
    piece already belongs to a thought."""
    thoughts = ThoughtFilter(is_open=is_open)
    for piece in pieces:
        if said := thoughts.feed(piece):
            yield said
    if said := thoughts.close():
        yield said


class ThoughtFilter:
    """The filter, fed by hand. `is_over`: one of `ends` came, which the model writes where it
    should have stopped."""

    def __init__(self, *, is_open: bool = False, ends: tuple[str, ...] = ()) -> None:
        self._ends = tuple(end.lower() for end in ends)
        self._held = ""
        self._has_said = False
        self._looking_for: Callable[[], str] = self._thought if is_open else self._beginning
        self.is_over = False

    @property
    def is_thinking(self) -> bool:
        """True while what comes is not for the user."""
        return self._looking_for in (self._thought, self._header, self._bare_thought)

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back before, is to be said; often empty."""
        self._held += piece
        said = ""
        while not self.is_over:
            state, length = self._looking_for, len(self._held)
            said += state()
            if state == self._looking_for and length == len(self._held):
                break
        if not self._has_said:  # the blank between a thought and the answer belongs to neither
            said = said.lstrip()
            self._has_said = bool(said)
        return said

    def close(self) -> str:
        """The end of the answer: what was held back because a mark might have begun there."""
        said = "" if self.is_thinking or self.is_over else self._held
        self._held = ""
        return said if self._has_said else said.lstrip()

    # -- one state each: takes from `_held` what it can tell, returns what of it is to be said ---

    def _beginning(self) -> str:
        text = self._held.lstrip()
        if found := _BARE_THOUGHT.match(self._held):
            self._held = self._held[found.end() :]
            self._looking_for = self._bare_thought
        elif not _BARE_BEGINNING.startswith(text):
            self._looking_for = self._speech
        return ""

    def _speech(self) -> str:
        marks = (*_TAGS, *_HEADER_BEGINS, _HEADER_ENDS, *_NOT_SAID, *self._ends)
        before, mark = self._until(marks)
        if mark in self._ends:
            self.is_over = self._has_said or bool(before.strip())  # one at the very start is a slip
        elif mark in _TAGS:
            self._looking_for = self._thought
        elif mark in _HEADER_BEGINS:
            self._looking_for = self._header
        return before

    def _thought(self) -> str:
        _, mark = self._until((*_TAGS.values(), *_HEADER_BEGINS))
        if mark in _HEADER_BEGINS:
            self._looking_for = self._header
        elif mark:
            self._looking_for = self._speech
        return ""

    def _header(self) -> str:
        found = self._held.lower().find(_HEADER_ENDS)
        if found >= 0:
            channel = self._held[:found].lower().strip()
            self._held = self._held[found + len(_HEADER_ENDS) :]
            is_answer = channel.startswith("final") or channel.endswith(("final", "assistant"))
            self._looking_for = self._speech if is_answer else self._thought
        return ""

    def _bare_thought(self) -> str:
        if found := _BARE_ANSWER.search(self._held):
            self._held = self._held[found.end() :]
            self._looking_for = self._speech
        else:
            self._held = self._held[-_LONGEST_BARE:]
        return ""

    def _until(self, marks: tuple[str, ...]) -> tuple[str, str]:
        """What stands before the first of `marks`, and that mark, both taken away; without one, all
        but an end that may be the beginning of one."""
        lower = self._held.lower()
        at = {mark: lower.find(mark) for mark in marks if mark in lower}
        mark = min(at, key=lambda mark: (at[mark], -len(mark)), default="")
        if mark:
            before = self._held[: at[mark]]
            self._held = self._held[at[mark] + len(mark) :]
            return before, mark
        longest = max(map(len, marks)) - 1
        for length in range(min(longest, len(lower)), 0, -1):
            if any(mark.startswith(lower[-length:]) for mark in marks):
                before, self._held = self._held[:-length], self._held[-length:]
                return before, ""
        before, self._held = self._held, ""
        return before, ""
