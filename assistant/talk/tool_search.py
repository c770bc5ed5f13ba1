"""Which of the tools a request is likeliest for, before any language model is asked.

The sentence encoder that judges meanings compares the request with what each tool is about; without
it, the words that both have do. Knows no arguments. Pure after the vectors of the tools are made,
once each; the mind thread, about 1.5 ms a new request.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.language.en.normalise import normalise
from assistant.language.en.tool_words import content_words
from assistant.talk.tool import Tool

Vector = Callable[[str], npt.NDArray[np.float32]]
"""float32[n] of unit length for a text."""

_OVERLAP = 0.6
"""What all content words of a request in the words of a tool are worth, as a likeness."""


class ToolSearch:
    """Ranks tools. `vector` None: by words alone."""

    def __init__(self, vector: Vector | None) -> None:
        self._vector = lru_cache(maxsize=512)(vector) if vector is not None else None

    def ranked(self, text: str, tools: Sequence[Tool]) -> list[tuple[Tool, float]]:
        """The tools with their likeness to `text` (up to 1), the likeliest first."""
        if not tools:
            return []
        scores = self._by_meaning(text, tools) if self._vector else self._by_words(text, tools)
        order = sorted(range(len(tools)), key=lambda place: -scores[place])
        return [(tools[place], scores[place]) for place in order]

    def _by_meaning(self, text: str, tools: Sequence[Tool]) -> list[float]:
        assert self._vector is not None
        asked = self._vector(normalise(text) or text)
        return [float(self._vector(_about(tool)) @ asked) for tool in tools]

    def _by_words(self, text: str, tools: Sequence[Tool]) -> list[float]:
        """The share of the request's content words that a tool has, rare ones counting more (the
        inverse document frequency of BM25; Robertson and Zaragoza 2009)."""
        asked = content_words(normalise(text))
        bags = [_bag(tool) for tool in tools]
        weights = {word: _rarity(word, bags) for word in asked}
        whole = sum(weights.values()) or 1.0
        return [_OVERLAP * sum(weights[word] for word in asked & bag) / whole for bag in bags]


def _rarity(word: str, bags: Sequence[set[str]]) -> float:
    count = sum(word in bag for bag in bags)
    return math.log(1.0 + (len(bags) - count + 0.5) / (count + 0.5))


def _about(tool: Tool) -> str:
    return tool.about or tool.name.rsplit(".", 1)[-1].replace("_", " ")


def _bag(tool: Tool) -> set[str]:
    arguments: dict[str, Any] = tool.schema.get("properties", {})
    described = [f"{name} {one.get('description', '')}" for name, one in arguments.items()]
    name = tool.name.rsplit(".", 1)[-1].replace("_", " ")
    return content_words(normalise(" ".join([name, tool.about, *described])))
