"""One row of the log as text and as a link of the chain: canonical JSON, SHA-256, tombstones.

A link is the hash of the link before it and of the row's text, so that no row can be changed, taken
out or put in without all later links being another. A tombstone stands for a row that was
forgotten; it keeps the hash of its text, so that the chain holds, and nothing else of it. Pure; any
thread. The standard library alone: `assistant log` is to answer at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
"""The link before the first row."""

Body = dict[str, Any]


class BrokenRow(ValueError):
    """The text of a row is not what this program writes."""


@dataclass(frozen=True, slots=True)
class Row:
    """`seq` counts from 1 without a gap; `text` is canonical JSON; `link` that of the chain."""

    seq: int
    text: str
    link: str

    @property
    def body(self) -> Body:
        """The text as values. Raises `BrokenRow` when it is no JSON object."""
        try:
            body = json.loads(self.text)
        except ValueError as error:
            raise BrokenRow(f"row {self.seq} is no JSON: {error}") from None
        if not isinstance(body, dict):
            raise BrokenRow(f"row {self.seq} is no JSON object")
        return body


def canonical(body: Mapping[str, Any]) -> str:
    """One text for one value: keys sorted, no blanks, UTF-8 as it is. What is no JSON is written as
    text."""
    return (
        json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        .encode("utf-8", "replace")
        .decode("utf-8")
    )


def salted(body: Mapping[str, Any]) -> str:
    """`body` as canonical text with 16 random bytes: nobody can guess a forgotten text and check
    the guess by the hash that was kept of it."""
    return canonical({**body, "salt": os.urandom(16).hex()})


def digest(text: str) -> str:
    """SHA-256 of a text, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def linked(before: str, text_digest: str) -> str:
    """The link after `before` for a row whose text has `text_digest`."""
    return hashlib.sha256(f"{before}\n{text_digest}".encode()).hexdigest()


def tombstone(text_digest: str) -> str:
    """What stands for a row that was forgotten: the hash of its text and nothing else."""
    return canonical({"kind": "forgotten", "was": text_digest})


def digest_of_row(text: str) -> str:
    """The hash that the chain has for a row: that of its text, or what a tombstone keeps."""
    if text.startswith('{"kind":"forgotten"'):
        was = text[len('{"kind":"forgotten","was":"') : -len('"}')]
        if text == tombstone(was):
            return was
    return digest(text)


def is_tombstone(text: str) -> bool:
    """True for what `tombstone` makes."""
    return text.startswith('{"kind":"forgotten"') and digest_of_row(text) != digest(text)


def ranges(numbers: Sequence[int]) -> list[list[int]]:
    """Ascending numbers as [first, last] of each run without a gap."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def stamp(moment: datetime) -> str:
    """A moment in UTC to the millisecond, of one length: texts sort as times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
