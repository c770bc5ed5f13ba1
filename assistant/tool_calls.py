"""What is asked of a language model that chooses a tool, and what it answers.

The seam between the text layer, which knows tools, and the models. Frozen values; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.messages import Messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """An argument that the model fills in. With `options` it is one of these texts; without, some
    of the words of the request, in a row; a list of such texts when `is_list`. `about` says what it
    is."""

    name: str
    options: tuple[str, ...] = ()
    about: str = ""
    is_required: bool = True
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A tool that may be chosen: the `name` that the model reads, what it is about, the arguments
    that it has to fill in, and the words that each text may be taken from, in `stretches` that it
    must not cross; none begins with a word of `barred`. `weight` is what else speaks for it: a
    log-likelihood ratio."""

    name: str
    about: str
    blanks: tuple[Blank, ...]
    stretches: tuple[str, ...]
    barred: frozenset[str] = frozenset()
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAsk:
    """`messages` end with the request. `none` is the name that stands for no tool, and
    `none_weight` what else speaks for that. Below the lead `doubt` (of the best over the second
    best tool, in log-likelihood) no argument is filled in."""

    messages: Messages
    candidates: tuple[Candidate, ...]
    none: str
    none_weight: float = 0.0
    doubt: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolChoice:
    """`name` is that of a candidate, or "" for no tool. `scores` are log-likelihoods with weights,
    also of "". `values` are texts as they were written, `sure` how likely each is (0 to 1); an
    argument that the model left out is in neither."""

    name: str
    scores: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
