"""Where the log lies, and its head beside: read from the configuration without loading all of it.

`assistant log` is to answer at once, so that only the keys of [log] are looked at here; the rest of
the file is checked by every other command. Makes nothing. Any thread.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

from assistant.errors import ConfigError
from assistant.folders import cache_directory, state_directory
from assistant.log.book import FILE_NAME
from assistant.log.head import HeadFile
from assistant.text_files import read_toml


def log_path(directory: str = "") -> Path:
    """The file of the log, in `directory` or in the folder of the program's state."""
    return (Path(directory).expanduser() if directory else state_directory()) / FILE_NAME


def head_file(log: Path, directory: str = "") -> HeadFile:
    """Where the head of `log` is kept as well: in `directory`, or beside the configuration. Where
    that is the folder of the state, as on macOS, in that of what can be made again."""
    if directory:
        return HeadFile(Path(directory).expanduser(), log)
    beside = Path(platformdirs.user_config_dir("assistant"))
    return HeadFile(cache_directory() if beside == state_directory() else beside, log)


def configured(config: Path | None) -> tuple[Path, HeadFile]:
    """Both as the configuration says; the user's own by default. `ConfigError` when it cannot be
    read."""
    path = config or Path(platformdirs.user_config_dir("assistant")) / "config.toml"
    is_there = config is not None or path.exists()
    section = read_toml(path, ConfigError, "check --config").get("log", {}) if is_there else {}
    keys = section if isinstance(section, dict) else {}
    log = log_path(_text(keys, "directory"))
    return log, head_file(log, _text(keys, "head_directory"))


def _text(section: dict[str, object], key: str) -> str:
    value = section.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"log.{key} is {value!r}, which is not text", "write a path in quotes")
    return value
