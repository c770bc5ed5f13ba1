"""Errors that a person reads: what was found, what was needed and the next step.

Every error carries a code that stays the same between versions, so that it can be searched for,
and the exit status with which the command line ends. Knows nothing of any part of the program.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_CONFIG = 3
EXIT_MODEL = 4
EXIT_DEVICE = 5
EXIT_INPUT = 6
EXIT_INTERRUPTED = 130


class AssistantError(Exception):
    """Base of every error that is shown to a person.

    `code` is stable; `next_step` says what to do about it.
    """

    code = "E-GENERAL"
    exit_status = EXIT_FAILED

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        step = f"\n  next step: {self.next_step}" if self.next_step else ""
        return f"{self.what} [{self.code}]{step}"


class ConfigError(AssistantError):
    """The configuration file is wrong: an unknown key, a value out of range, bad TOML. `place` is
    the dotted name of the key, where the line of the file is still to be found."""

    code = "E-CONFIG"
    exit_status = EXIT_CONFIG

    def __init__(self, what: str, next_step: str = "", place: str = "") -> None:
        super().__init__(what, next_step)
        self.place = place


class ModelError(AssistantError):
    """A model's files are missing or damaged, or the model does not load."""

    code = "E-MODEL"
    exit_status = EXIT_MODEL


class DownloadError(ModelError):
    """No source delivered a file of a model."""

    code = "E-DOWNLOAD"


class DeviceError(AssistantError):
    """A microphone or a speaker is absent, lost or refuses its settings."""

    code = "E-DEVICE"
    exit_status = EXIT_DEVICE


class InputError(AssistantError):
    """What the user gave, a file or a text, cannot be read as what it should be."""

    code = "E-INPUT"
    exit_status = EXIT_INPUT


class StageTimeout(AssistantError):
    """A stage took longer than its limit and was stopped. `places` are the files and lines in which
    its code was then, the outermost first, where that is known."""

    code = "E-TIMEOUT"
    places: tuple[tuple[str, int], ...] = ()
