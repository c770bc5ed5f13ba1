"""The keys of the configuration that are paths, and whether what stands there can be one.

Whether a file is there is looked at where it is used. Knows the keys by name. Runs once, on the
main thread.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import ConfigError

PATHS = (
    *("transcriber.model", "turn.model", "llm.model", "llm.chat_template", "voice.model"),
    *("text.replies_file", "calendar.path", "money.rates", "documents.folder"),
    *("models.directory", "trace.directory", "log.directory", "log.head_directory"),
)
_NO_PATH = (errno.ENAMETOOLONG, errno.ELOOP)


def check_paths(places: Mapping[str, str]) -> None:
    """Refuse what can be no path: with a zero byte in it, of a user who is not there, too long, or
    links that lead in a circle. `ConfigError` names the key."""
    for place, value in places.items():
        if "\0" in value:
            raise ConfigError(f"{place} has a zero byte in it", "write a path", place)
        try:
            Path(value).expanduser().exists()
        except RuntimeError as error:
            raise ConfigError(
                f"{place} is {value!r}: there is no such user", "write the folder in full", place
            ) from error
        except OSError as error:
            if error.errno in _NO_PATH:
                raise ConfigError(
                    f"{place} leads nowhere: {error.strerror}", "write another path", place
                ) from error
