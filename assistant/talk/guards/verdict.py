"""What a rule says to a request or to a clause of an answer, and how a rule is written as code.

    from assistant.flows import guard, redact, replace

    @guard(on="answer")
    def no_prices(text):
        if "dollars" in text:
            return replace("Ask me for prices on the web site.")

Pure values; any thread.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from assistant.talk.replies import Action

Place = Literal["request", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a rule does: `pass` nothing; `replace` says `text` instead; `redact` goes on with `text`
    in the place of the words; `stop` says `text`, if there is any, ends the answer and what waits.

    `rule` is the rule's name, `why` is for the log.
    """

    rule: str = ""
    action: Action = "pass"
    text: str = ""
    why: str = ""

    @property
    def passes(self) -> bool:
        """True when nothing is changed."""
        return self.action == "pass"


PASS = Verdict()


def replace(text: str, why: str = "") -> Verdict:
    """Say `text` instead of what was judged."""
    return Verdict(action="replace", text=text, why=why)


def redact(text: str, why: str = "") -> Verdict:
    """Go on with `text` instead of the words that were judged."""
    return Verdict(action="redact", text=text, why=why)


def stop(text: str = "", why: str = "") -> Verdict:
    """Say `text`, if there is any, and nothing after it."""
    return Verdict(action="stop", text=text, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeGuard:
    """A rule that is a Python function: `function(text)` or `function(text, before)` gives a
    `Verdict` or None. `before` is what was said before: the request before this one, or the clauses
    of the answer up to this one."""

    name: str
    function: Callable[..., Any]
    on: tuple[Place, ...]

    @property
    def file(self) -> str:
        """The file of its code."""
        return self.function.__code__.co_filename if hasattr(self.function, "__code__") else ""

    def __call__(self, text: str, before: str) -> Verdict | None:
        """What the function says; `TypeError` for anything but a verdict or None."""
        wanted = len(inspect.signature(self.function).parameters)
        found = self.function(*(text, before)[: max(1, wanted)])
        if found is None:
            return None
        if isinstance(found, Verdict) and isinstance(found.text, str):
            return found
        raise TypeError(f"it returned {found!r}; return None, replace(…), redact(…) or stop(…)")


def guard(
    *, on: Literal["request", "answer", "both"], name: str = ""
) -> Callable[[Callable[..., Any]], CodeGuard]:
    """Make a rule of a function: over every request, over every clause of every answer, or both."""
    if on not in ("request", "answer", "both"):
        raise TypeError(f'on={on!r}; write "request", "answer" or "both"')

    def make(function: Callable[..., Any]) -> CodeGuard:
        places: tuple[Place, ...] = ("request", "answer") if on == "both" else (on,)
        return CodeGuard(name=name or function.__name__, function=function, on=places)

    return make
