"""What the words of one request say of its speaker's mood, in English.

Cues are phrases that people say *to an assistant* when they are annoyed, pleased, sad or in a
hurry; they are in `data/mood.toml`. Content is no cue: "how do I kill weeds" and "what is
depression" are plain questions, and words that are to be translated, noted, played or sent are not
meant. What has no cue, but is a short statement about the answer or about oneself, is left to
VADER (Hutto & Gilbert 2014). Pure; any thread.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assistant.mood import Label

LONGEST = 40
"""Longer texts are told or dictated, and not read for a mood (in words). Own choice."""

WEIGHTS = {"weak": 0.4, "clear": 0.6, "strong": 0.9}
CLEAR, STRONG = WEIGHTS["clear"], WEIGHTS["strong"]

_FILE = Path(__file__).parent / "data" / "mood.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One hint: which mood, how strongly (0 to 1), why, and whether it is about what the assistant
    got wrong."""

    label: Label
    weight: float
    why: str
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    cue: Cue
    patterns: tuple[re.Pattern[str], ...]
    anywhere: bool


_QUESTION = re.compile(
    r"^(?:and |so |but |okay |hey |well |please )*(?:what|who|whom|whose|when|where|why|how|which"
    r"|is|are|am|was|were|do|does|did|can|could|will|would|should|shall|may|might|has|have|had|if)\b"
)
_HANDLED = re.compile(
    r"^(?:and |so |but |okay |hey |well |please |now |then )*(?:translate|say|spell|define|remind"
    r"|note|write|send|text|message|add|put|play|search|tell|email|call|repeat|read|sing|explain"
    r"|look|find|google|remember|take|make|create|name|show|describe|give|set|set up|learn"
    r"|when i say|i (?:want|need|would|have to|must|can|wish)|my (?:note|message|text))\b"
)
"""Requests whose words are handled rather than meant."""
_QUOTED = re.compile(
    r"\b(?:mean|means|meaning|song|lyrics|sang|sings|sung|spell|spelled|translate|word|phrase"
    r"|called|album|movie|film|book|quote"
    r"|in (?:french|german|spanish|italian|latin|japanese|chinese|russian))\b"
)
_STATEMENT = re.compile(
    r"^(?:(?:oh|wow|well|okay|yes|no|hey|ah|haha|um|uh) )*(?:(?P<it>(?:that|this|it|you|your \w+) "
    r"(?:is|are|was|were|sounds|really|just|always|never)|what a)"
    r"|i (?:am|(?:am )?feel(?:ing)?(?! like)|hate|love|really (?:hate|love|like)|do not like))\b"
)
_FACTUAL = re.compile(
    r"\b(?:true|false|fake|right|correct|positive|negative|yes|no|thank\w*|what|who|how|why|when"
    r"|where|which|can you|could you|do you)\b"
)
"""A statement with one of these says whether something is so, is a courtesy, or asks after all."""
_LONGEST_STATEMENT = 9
_SURE = 0.55
"""VADER's compound from which a statement counts; its authors call 0.05 positive, which is far too
little for a claim about a person."""


def find_cues(canonical: str) -> list[Cue]:
    """The hints in the canonical words of a request (`normalise`), the strongest first."""
    words = canonical.split()
    if not words or len(words) > LONGEST:
        return []
    is_quoted = bool(_QUOTED.search(canonical))
    is_plain = not (_QUESTION.match(canonical) or _HANDLED.match(canonical))
    found = [
        rule.cue
        for rule in _rules()
        if not is_quoted
        and (is_plain or rule.anywhere)
        and any(pattern.search(canonical) for pattern in rule.patterns)
    ]
    if not found and is_plain and not is_quoted:
        found = _by_valence(canonical, len(words))
    return sorted(found, key=lambda cue: -cue.weight)


def _by_valence(canonical: str, count: int) -> list[Cue]:
    """What VADER makes of a short statement about the answer or about oneself."""
    match = _STATEMENT.match(canonical)
    if match is None or _FACTUAL.search(canonical) or not 2 < count <= _LONGEST_STATEMENT:
        return []
    score = valence(canonical)
    if abs(score) < _SURE:
        return []
    label: Label = "pleased" if score > 0 else "annoyed" if match["it"] else "sad"
    return [Cue(label=label, weight=CLEAR, why="a judgement" if match["it"] else "a feeling")]


def valence(text: str) -> float:
    """VADER's compound score of `text`, from -1 (bad) to 1 (good)."""
    return float(_vader().polarity_scores(text)["compound"])


def warm_up() -> None:
    """Load the cues and the lexicon, so that no turn has to."""
    _rules()
    _vader()


@cache
def _rules() -> tuple[_Rule, ...]:
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    parts = {f"{{{name}}}": pattern for name, pattern in data["parts"].items()}
    return tuple(_rule(table, parts) for table in data["cue"])


def _rule(table: dict[str, Any], parts: dict[str, str]) -> _Rule:
    """One cue of the file; `parts` stand in its expressions."""
    patterns = []
    for regex in table["regex"]:
        for name, pattern in parts.items():
            regex = regex.replace(name, pattern)
        patterns.append(re.compile(regex))
    cue = Cue(
        label=table["label"],
        weight=WEIGHTS[table["weight"]],
        why=table["why"],
        is_ours=table.get("ours", False),
    )
    return _Rule(cue, tuple(patterns), table.get("anywhere", False))


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
