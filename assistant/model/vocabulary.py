"""Text to tokens, with control tokens only where the chat template wrote them.

What users, tools and documents say stays plain text, whatever it spells: `<|im_end|>` in a sentence
is cut into ordinary tokens. Otherwise the tokens are those that llama.cpp gives for the whole text
at once: it, too, first splits at control tokens and then reads each stretch between them by itself.
Knows a model's vocabulary through what is handed in; used by the mind thread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

Piece = tuple[str, bool]
"""A stretch of a prompt, and whether the template wrote it (True) or somebody said it (False)."""

_TAG = re.compile(r"<\S*>|\[/?[A-Z_]+\]")
_CACHED = 256


@dataclass(frozen=True, slots=True)
class Special:
    """A token that is written as a whole. `is_control`: llama.cpp itself never makes it of plain
    text; the others are words of the vocabulary that happen to be kept together. `strips`: the
    white space before (first) or behind (second) it that it swallows."""

    token: int
    is_control: bool
    strips: tuple[bool, bool] = (False, False)


class Vocabulary:
    """`plain` cuts text without control tokens; `bos` is put in front of every prompt unless the
    template did so, None when the model wants none."""

    def __init__(
        self, plain: Callable[[str], list[int]], specials: Mapping[str, Special], bos: int | None
    ) -> None:
        self.specials = {text: special for text, special in specials.items() if text}
        self._bos = bos
        self._longest_first = sorted(self.specials, key=len, reverse=True)
        self._kept_tags = [
            text
            for text in self._longest_first
            if not self.specials[text].is_control and _TAG.fullmatch(text)
        ]
        self._split = lru_cache(_CACHED)(self._split_at_specials)
        self._plain = lru_cache(_CACHED)(lambda text: tuple(plain(text)))

    def tokens(self, pieces: list[Piece]) -> list[int]:
        """The tokens of a prompt. Neighbouring plain stretches are cut as one text."""
        parts: list[str | Special] = []
        for text, is_template in pieces:
            for part in self._split(text) if is_template else (text,):
                if isinstance(part, str) and parts and isinstance(parts[-1], str):
                    parts[-1] += part
                else:
                    parts.append(part)
        tokens: list[int] = []
        for at, part in enumerate(parts):
            if isinstance(part, Special):
                tokens.append(part.token)
            else:
                tokens += self._stretch(part, parts[at - 1 : at], parts[at + 1 : at + 2])
        if self._bos is not None and tokens[:1] != [self._bos]:
            tokens.insert(0, self._bos)
        return tokens

    def broken_up(self, text: str) -> str:
        """`text` with a blank in every control token that it spells, for a template that has to
        have the words themselves."""
        for special in self._longest_first:
            is_mark = self.specials[special].is_control or _TAG.fullmatch(special)
            if is_mark and len(special) > 1 and special in text:
                text = text.replace(special, f"{special[0]} {special[1:]}")
        return text

    def _stretch(
        self, text: str, before: list[str | Special], behind: list[str | Special]
    ) -> list[int]:
        if before and isinstance(before[0], Special) and before[0].strips[1]:
            text = text.lstrip()
        if behind and isinstance(behind[0], Special) and behind[0].strips[0]:
            text = text.rstrip()
        tokens: list[int] = []
        for part in self._without_tags(text):
            tokens += self._plain(part) if part else ()
        return tokens

    def _without_tags(self, text: str) -> list[str]:
        """`text` cut inside of every word that llama.cpp would keep together and that looks like a
        mark (`<tool_call>`): only the template may write those."""
        spelled = [tag for tag in self._kept_tags if tag in text]
        if not spelled:
            return [text]
        cut = re.compile("|".join(f"(?<={re.escape(t[0])})(?={re.escape(t[1:])})" for t in spelled))
        return cut.split(text)

    def _split_at_specials(self, text: str) -> tuple[str | Special, ...]:
        """What the template wrote, with every special token taken out, as llama.cpp does it."""
        parts: list[str | Special] = [text]
        for spelled in self._longest_first:
            if spelled not in text:
                continue
            special = self.specials[spelled]
            made: list[str | Special] = []
            for part in parts:
                if isinstance(part, Special):
                    made.append(part)
                    continue
                for number, rest in enumerate(part.split(spelled)):
                    if number:
                        made.append(special)
                    if rest:
                        made.append(rest)
            parts = made
        return tuple(parts)
