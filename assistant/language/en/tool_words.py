"""English around tools: what a model is told of them, what is asked for, how a result is said.

Knows no tool and no model. Pure; any thread.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any

from assistant.language.en.dates import say_date
from assistant.language.en.durations import say_duration
from assistant.messages import Messages

NO_TOOL = "answer"
"""The function that stands for no tool, in what a model reads."""

LITTLE = frozenset(
    (
        "a an the to of for in on at by with from into as and or but so that this these those it "
        "its is are was were be been am do does did will would can could should may might shall "
        "have has had i me my mine you your we us our he him his she her they them their not no "
        "what which who where when how why there here some any something anything please now then "
        "up down off out over about like just want need get got give let say says saying tell"
    ).split()
)
"""Words that are no value by themselves."""

_SYSTEM = "You have these functions."
_NO_TOOL_ABOUT = "answer a question, chat, explain, write or give advice"
_EXAMPLE = ("How does a fridge work?", f"{NO_TOOL}(text=")


def content_words(words: str) -> set[str]:
    """The stems of canonical `words` that mean something; a stem is what is left without the most
    usual endings ("shares", "shared" → "shar")."""
    found = re.findall(r"[a-z0-9]+", words.lower())
    return {_stem(word) for word in found if word not in LITTLE}


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def tools_opening(signatures: Sequence[str]) -> Messages:
    """What a model reads before the request: the tools, and one example of none."""
    listed = "\n".join([*signatures, f"{NO_TOOL}(text)  # {_NO_TOOL_ABOUT}"])
    question, answer = _EXAMPLE
    return [
        {"role": "system", "content": f"{_SYSTEM}\n{listed}"},
        {"role": "user", "content": question},
        {"role": "assistant", "content": answer},
    ]


def signature(name: str, arguments: Sequence[str], about: str) -> str:
    """One line of a tool: `lights(room, state)  # Switch the lights …`."""
    return f"{name}({', '.join(arguments)})  # {' '.join(about.split())[:120]}"


def question_for(name: str, about: str) -> str:
    """What is asked for an argument; `about` is its description."""
    asked = about.strip().rstrip(".?")
    if re.match(r"(?i)(?:which|what|who|whom|whose|when|where|how|why)\b", asked):
        return f"{asked[0].upper()}{asked[1:]}?"
    if re.match(r"(?i)(?:in|on|at|for|from|to|into|by|with) (?:which|what|whom|how)\b", asked):
        return f"{asked[0].upper()}{asked[1:]}?"
    if asked and len(asked.split()) <= 8:
        return f"What is {asked[0].lower()}{asked[1:]}?" if _is_noun(asked) else f"{asked}?"
    return f"Which {name.replace('_', ' ')}?"


def _is_noun(words: str) -> bool:
    return re.match(r"(?i)(?:the|a|an|your|my|its)\b", words) is not None


def options_question(options: Sequence[str]) -> str:
    """ "On or off?"."""
    *most, last = options
    asked = f"{', '.join(most)} or {last}?"
    return f"{asked[0].upper()}{asked[1:]}"


def which_tool(names: Sequence[str]) -> str:
    """What is asked when two tools are about as likely."""
    first, second = (name.replace("_", " ") for name in names)
    return f"Do you mean {first} or {second}?"


def said_values(values: Mapping[str, Any] | Sequence[Any]) -> str:
    """Data as sentences, without a model: "Sky: cloudy. Degrees: 14."."""
    if isinstance(values, Mapping):
        parts = [f"{_named(key)}: {_said(value)}." for key, value in values.items()]
        return " ".join(parts)
    return ", ".join(_said(value) for value in values) + "."


def _named(key: Any) -> str:
    name = re.sub(r"[_\-]+", " ", str(key)).strip()
    return f"{name[:1].upper()}{name[1:]}"


def said_value(value: Any) -> str | None:
    """A choice, a day, a time of day or a length as a person says it; None for other values."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return f"{say_date(value.date())} at {value:%H:%M}"
    if isinstance(value, date):
        return say_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return say_duration(round(value.total_seconds())) if isinstance(value, timedelta) else None


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if (said := said_value(value)) is not None:
        return said
    if isinstance(value, bool):
        return "yes" if value else "no"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return ", ".join(f"{_named(key).lower()} {_said(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_said(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value).rstrip(".")
