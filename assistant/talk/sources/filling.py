"""Templates of answers, "There are {stock} {name} left.", and how values are said in them.

A template names values by paths (`current.temperature`, `items[0].name`), perhaps with a format for
numbers (`{price:.2f}`); `{{` is a brace. Knows no source of values. Pure; any thread.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import ConfigError

LONGEST_VALUE = 300
_PATH = re.compile(r"[A-Za-z_][\w\-]*(?:\.[A-Za-z_][\w\-]*|\.\d+|\[-?\d+\])*")
_STEP = re.compile(r"\[?([^.\[\]]+)\]?")
_FORMAT = re.compile(r"[,_]?(?:\.\d{1,2})?[fdg%]?|0?\d?d")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")


class Lacking(LookupError):
    """The value that a template names is not there."""


@dataclass(frozen=True, slots=True)
class Template:
    """`pieces` are (text before, path, format); the last has no path."""

    pieces: tuple[tuple[str, str, str], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """What it names, in order."""
        return tuple(path for _, path, _ in self.pieces if path)

    def fill(self, value_of: Callable[[str], Any]) -> str:
        """The text with `value_of(path)` in each place; `Lacking` where that is None or raises
        it."""
        told = []
        for before, path, form in self.pieces:
            told.append(before)
            if path:
                value = value_of(path)
                if value is None:
                    raise Lacking(path)
                told.append(as_said(value, form))
        return "".join(told)


def read_template(text: str, place: str) -> Template:
    """`text`, read; `ConfigError` about `place` for an open brace, or a path or format that is
    none."""
    pieces = []
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ConfigError(
            f"{place} is {text!r}: {error}", "write {name}, and {{ for a brace", place
        ) from error
    for before, path, form, conversion in parsed:
        if path is not None and (not _PATH.fullmatch(path) or conversion):
            raise ConfigError(f"{place} has {{{path}}}, which names nothing", "write {name}", place)
        if form and not _FORMAT.fullmatch(form):
            raise ConfigError(
                f"{place} has the format {form!r}", "write {price:.2f} for two decimals", place
            )
        pieces.append((before, path or "", form or ""))
    return Template(tuple(pieces))


def walk(value: Any, path: str) -> Any:
    """What stands at `path` in tables and lists; `Lacking` when nothing does."""
    for step in _STEP.findall(path):
        try:
            if isinstance(value, dict):
                value = value[step]
            elif isinstance(value, list):
                value = value[int(step)]
            else:
                raise Lacking(path)
        except (KeyError, IndexError, ValueError):
            raise Lacking(path) from None
    return value


def is_path(text: str) -> bool:
    """Whether `text` is nothing but a path."""
    return _PATH.fullmatch(text) is not None


def as_said(value: Any, form: str = "") -> str:
    """A value as words: numbers without needless decimals, lists with "and"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        try:
            if form:
                return format(value, form)
            return (
                f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
            )
        except (ValueError, OverflowError):
            return str(value)
    if isinstance(value, (list, tuple)):
        return joined([as_said(one) for one in value[:10]])
    if isinstance(value, dict):
        return joined([f"{name}: {as_said(one)}" for name, one in list(value.items())[:10]])
    if isinstance(value, bytes):
        return "binary data"
    text = _CONTROL.sub(" ", "" if value is None else str(value)).strip()
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1].rstrip()}…"


def joined(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
