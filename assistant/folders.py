"""The folders that belong to the program: what it keeps, and what can be made again.

Knows names and no content; makes nothing. Any thread.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

_APP = "assistant"


def state_directory() -> Path:
    """Where timers, lists and notes are kept, with traces and the log of the terminal."""
    return Path(platformdirs.user_state_dir(_APP))


def cache_directory() -> Path:
    """Where sounds made at set-up are kept; everything in it can be made again."""
    return Path(platformdirs.user_cache_dir(_APP))


def terminal_log() -> Path:
    """Where goes what native libraries print while the screen is drawn."""
    return state_directory() / "terminal.log"
