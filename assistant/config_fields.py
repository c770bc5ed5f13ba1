"""A field of a section of the configuration: its default, its help text, its range, its choices.

Knows no section and no file. Pure.
"""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any

DEVICES = ("auto", "cpu", "cuda", "metal")
"""What a stage may compute on."""


def key(
    default: Any,
    help_text: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """A dataclass field with what the loader and the documentation need to know about it. A list or
    a table as `default` is made anew for each configuration; with `MISSING` it must be given."""
    metadata = {"help": help_text, "low": low, "high": high, "choices": choices}
    if default is MISSING:
        return field(metadata=metadata)
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)
