"""Jinja for templates by strangers: no access to Python, no endless loops, no endless texts.

Offers what chat templates expect (`raise_exception`, `strftime_now`, `tojson`, `break`,
`generation`) in Jinja's own sandbox, and turns whatever goes wrong into one error with the reason.
Knows nothing of models. Used by one thread at a time.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any

import jinja2
from jinja2 import meta, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST_RENDER_S = 2.0
_LONGEST_TEMPLATE = 300_000
_LONGEST_TEXT = 4_000_000
_LARGEST_POWER = 64
_GO = re.compile(r"\{\{-?\s*(?:(?:if|range|with|else if)\s+[^}]*)?\$?\.\w*|\{\{-?\s*end\s*-?\}\}")

Render = Callable[[Mapping[str, Any]], str]


class TemplateFault(Exception):
    """Why a template does not work, in words for a person."""


def compile_template(text: str) -> tuple[Render, set[str]]:
    """A function that renders `text` with values, and the names that it asks for.

    `TemplateFault`, here and from the function, says what is wrong.
    """
    if len(text) > _LONGEST_TEMPLATE:
        raise TemplateFault(f"it is longer than {_LONGEST_TEMPLATE:,} characters")
    environment = _Sandbox(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", _Generation],
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    try:
        names = meta.find_undeclared_variables(environment.parse(text))
        template = environment.from_string(text)
    except jinja2.TemplateSyntaxError as error:
        if _GO.search(text):
            raise TemplateFault("it is a Go template (of Ollama), not Jinja") from error
        raise TemplateFault(f"line {error.lineno}: {error.message}") from error
    except (RecursionError, ValueError, TypeError, ArithmeticError, MemoryError) as error:
        raise TemplateFault(f"it does not compile: {_reason(error)}") from error

    def render(values: Mapping[str, Any]) -> str:
        try:
            with _time_limit(LONGEST_RENDER_S):
                return template.render(values)
        except Exception as error:  # a stranger's program may fail in any way
            raise TemplateFault(_reason(error)) from error

    return render, names


def _reason(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"line {error.lineno}: {error.message}"
    if isinstance(error, jinja2.TemplateError):
        return str(error.message)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, which also refuses to make a text or a number without measure."""

    intercepted_binops = frozenset(("*", "**", "+"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """`left operator right`, unless the result would be too large."""
        if operator == "**" and _size(right) > _LARGEST_POWER:
            raise jinja2.TemplateRuntimeError("it computes with too large numbers")
        sizes = [len(side) for side in (left, right) if isinstance(side, str | list | tuple)]
        if operator == "*" and sizes:
            sizes = [sizes[0] * int(max(_size(left), _size(right), 1))]
        if sum(sizes) > _LONGEST_TEXT:
            raise jinja2.TemplateRuntimeError("it makes a text without end")
        return super().call_binop(context, operator, left, right)


def _size(value: Any) -> float:
    return abs(value) if isinstance(value, int | float) else 0


class _Generation(Extension):
    """`{% generation %}…{% endgeneration %}`, which marks text for training and means nothing
    here."""

    tags = {"generation"}  # noqa: RUF012 (so named by Jinja)

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """The statements between the two tags, as if these were not there."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _to_json(value: Any, indent: int | None = None, **options: Any) -> str:
    """JSON as it is, where Jinja's own filter would escape it for a web page."""
    return json.dumps(value, indent=indent, **{"ensure_ascii": False, **options})


def _raise(message: str) -> None:
    raise jinja2.TemplateError(message)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """End Python code that runs longer, at its next line: `TimeoutError`."""
    deadline = time.monotonic() + seconds

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if time.monotonic() > deadline:
            raise TimeoutError(f"it runs for more than {seconds:g} s")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)
