"""Runs the rules that the user wrote as code: limited in time, and told of when they fail.

A rule that hangs or raises lets its text pass and is told of; one that hung is left out until its
file changes. Knows no rule of its own. The mind thread.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from assistant.errors import StageTimeout
from assistant.talk.guards.verdict import PASS, CodeGuard, Place, Verdict
from assistant.talk.limited import within

LIMIT_S = 0.25
"""So long one rule may take over a text: nobody waits longer for a clause."""


class CodeGuards:
    """The user's rules, in order; the first that does not pass counts."""

    def __init__(self, rules: tuple[CodeGuard, ...] = ()) -> None:
        """`on_fault(rule, error)` is told of code that fails."""
        self.on_fault: Callable[[CodeGuard, Exception], None] = lambda rule, error: None
        self._rules = rules
        self._hung: set[str] = set()

    @property
    def rules(self) -> tuple[CodeGuard, ...]:
        """Those in use."""
        return self._rules

    def exchange(self, rules: tuple[CodeGuard, ...]) -> None:
        """Use other rules from now on."""
        self._rules = rules
        self._hung.clear()

    def judge(self, text: str, before: str, place: Place) -> Verdict:
        """What the first rule says that does not pass."""
        for rule in self._rules:
            if place not in rule.on or rule.name in self._hung:
                continue
            verdict = self._ask(rule, text, before)
            if not verdict.passes:
                return dataclasses.replace(verdict, rule=rule.name)
        return PASS

    def _ask(self, rule: CodeGuard, text: str, before: str) -> Verdict:
        try:
            return within(LIMIT_S, lambda: rule(text, before), f"the guard {rule.name}") or PASS
        except StageTimeout as error:
            self._hung.add(rule.name)
            self.on_fault(rule, error)
        except Exception as error:  # anybody's code
            self.on_fault(rule, error)
        return PASS
