"""Files of sound and of figures that a person asked for: written whole, readable by their owner.

What is no regular file (a device, a pipe) is written into and never replaced. Knows paths and
bytes. Any thread.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from assistant.errors import InputError

_OTHER = "choose another place"


def check_writable(path: Path) -> None:
    """`InputError` when `path` cannot be written: asked before the work, not after it. Nothing is
    left behind, and what is there stays as it is."""
    if path.is_dir():
        raise InputError(f"{path} is a directory", "name a file in it")
    try:
        if _is_special(path):
            if not os.access(path, os.W_OK):
                raise PermissionError(13, "Permission denied")
            return
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
        trial = _beside(path)
        os.close(os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        trial.unlink()
    except OSError as error:
        raise unwritable(path, error) from error


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` into `path` (mode 0600), whole or not at all; into what is no regular file it
    is written. `InputError` when that fails."""
    try:
        if _is_special(path):
            with path.open("wb") as file:
                file.write(content)
            return
        _replace(path.resolve(), content)  # a link stays a link
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> InputError:
    """The error of a file that was to be written."""
    return InputError(f"cannot write {path}: {error.strerror or error}", _OTHER)


def _replace(path: Path, content: bytes) -> None:
    beside = _beside(path)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:100]}.{os.getpid()}.part")


def _is_special(path: Path) -> bool:
    """True for a device, a pipe or a socket; False for a regular file and for none."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        return False
