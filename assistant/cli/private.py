"""What the program sees to before it loads anything: no look-up on the hub, no file for others.

Knows the folders that are the program's own and nothing of what lies in them. Runs once, on the main
thread; child processes inherit both.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import platformdirs

OFFLINE_SWITCH = "HF_HUB_OFFLINE"

_FETCHING = "models"
"""The command that may ask the hub. What it brings is public, and may lie where others read it."""

_APP = "assistant"
_FOR_OTHERS = 0o077


def keep_private(command: str) -> None:
    """Whatever the process makes from here on is readable by its owner only, and the hub's library
    refuses to go online; the `models` command is left as it is.

    Call it before `huggingface_hub` is imported, which reads the switch only then.
    """
    if command == _FETCHING:
        return
    os.environ[OFFLINE_SWITCH] = "1"
    os.umask(_FOR_OTHERS)
    for directory in (state_directory(), Path(platformdirs.user_cache_dir(_APP))):
        _close_to_others(directory)


def state_directory() -> Path:
    """Where traces and the log of the terminal are kept."""
    return Path(platformdirs.user_state_dir(_APP))


def _close_to_others(directory: Path) -> None:
    """Mend a folder that an earlier version, or the set-up, has left open. A folder of somebody
    else, or on a disk without rights, stays as it is; `assistant doctor --privacy` shows it."""
    with suppress(OSError):
        mode = directory.stat().st_mode & 0o777
        if mode & _FOR_OTHERS:
            directory.chmod(mode & ~_FOR_OTHERS)
