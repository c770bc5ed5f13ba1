"""The program's own folders: what lies where, unless a person has configured another place.

Knows names and no content; makes nothing. Any thread.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

from assistant.config import Config
from assistant.folders import cache_directory, state_directory


def config_path() -> Path:
    """Where the configuration is looked for when no other file is named."""
    return Path(platformdirs.user_config_dir("assistant")) / "config.toml"


def user_folder() -> Path:
    """Where the user's own flows and replies lie, beside the configuration."""
    return config_path().parent


def replies_directory() -> Path:
    """Where the fixed replies are kept, spoken by each voice that was used."""
    return cache_directory() / "replies"


def states_directory() -> Path:
    """Where the states of language models are kept that have read their first messages."""
    return cache_directory() / "llm"


def parts_directory() -> Path:
    """Where the voices are kept that were cut for streaming."""
    return cache_directory() / "voices"


def documents_directory() -> Path:
    """Where the indices of the user's documents are kept."""
    return cache_directory() / "documents"


def trace_directory(config: Config) -> Path:
    """Where each session leaves its JSON lines."""
    if config.trace.directory:
        return Path(config.trace.directory).expanduser()
    return state_directory() / "traces"
