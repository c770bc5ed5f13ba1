"""Reads the files of text that people write: UTF-8, with or without a byte order mark.

Another encoding is named, so that a person knows what to save anew. Knows no key and no format but
TOML. Any thread.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError

SAVE_AS_UTF8 = "save the file as UTF-8 in your editor"

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_LOOKED_AT = 4096
_QUOTED_FOLDER = re.compile(r"\"(?:[A-Za-z]:|\\\\)\\?[^\"\n]*\\[^\"\n]*\"")
_FOLDER_WITH_ESCAPE = re.compile(r"[A-Za-z]:[\t\n\r\b\f]")


class EncodingFault(ValueError):
    """A file is not UTF-8; in words for a person: "it is in UTF-16, not UTF-8"."""


class TomlFault(ValueError):
    """A file is not TOML; `next_step` says what to do about it."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.next_step = next_step


def decoded(content: bytes) -> str:
    """`content` as text, without its byte order mark. `EncodingFault` names another encoding."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            raise EncodingFault(f"it is in {name}, not UTF-8")
    head = content[:_LOOKED_AT]
    if b"\0" in head:
        is_wide = head.count(b"\0") * 3 > len(head)
        raise EncodingFault(
            "it is in UTF-16, not UTF-8" if is_wide else "it is no text: it holds zero bytes"
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EncodingFault(
            f"it is not UTF-8 but perhaps Latin-1 or Windows-1252 (line {line} has the byte "
            f"0x{content[error.start]:02X})"
        ) from error


def parsed_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML text. `TomlFault` says what is wrong with it, also where a Windows path
    in double quotes was read as something else."""
    try:
        found = tomllib.loads(text)
    except RecursionError as error:
        raise TomlFault("it is nested too deeply", "take it apart") from error
    except ValueError as error:
        is_path = _QUOTED_FOLDER.search(_line_at(text, str(error)))
        step = _single_quotes() if is_path else "mend that line"
        raise TomlFault(f"it is not valid TOML: {error}", step) from error
    if value := _escaped_folder(found):
        raise TomlFault(
            f"{value!r} is read with a tab or a line break in it, as \\t and \\n mean in double "
            "quotes",
            _single_quotes(),
        )
    return found


def read_toml(
    path: Path, fails: Callable[[str, str], AssistantError], where: str
) -> dict[str, Any]:
    """The tables of the file `path`. Raises what `fails(what, next step)` makes; `where` is the
    next step for a file that cannot be read at all."""
    try:
        return parsed_toml(decoded(path.read_bytes()))
    except OSError as error:
        raise fails(f"cannot read {path}: {error.strerror}", where) from error
    except EncodingFault as fault:
        raise fails(f"cannot read {path}: {fault}", SAVE_AS_UTF8) from fault
    except TomlFault as fault:
        what = str(fault).removeprefix("it ")
        raise fails(
            f"{path} {what}" if what != str(fault) else f"{path}: {what}", fault.next_step
        ) from (fault.__cause__ or fault)


def _single_quotes() -> str:
    return r"write paths with a backslash in single quotes: 'C:\Users\…'"


def _line_at(text: str, message: str) -> str:
    """The line that the TOML reader complains about; all of the text when it names none."""
    found = re.search(r"\(at line (\d+)", message)
    lines = text.splitlines()
    number = int(found[1]) if found else 0
    return lines[number - 1] if 0 < number <= len(lines) else text


def _escaped_folder(value: Any) -> str:
    """The first text that begins as a Windows path and goes on with an escape, if there is one."""
    if isinstance(value, str):
        return value if _FOLDER_WITH_ESCAPE.match(value) else ""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(_escaped_folder, inner)), "")
