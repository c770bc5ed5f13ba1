"""What the program keeps on the disk: where it is, what is in it and who may read it.

Something new that is stored is one `Store`. Looks at the disk and the configuration; changes
nothing and loads no model. Main thread.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from assistant.assemble.places import (
    config_path,
    documents_directory,
    parts_directory,
    replies_directory,
    states_directory,
    trace_directory,
    user_folder,
)
from assistant.cli.behind import log_file as setup_log
from assistant.cli.larger import log_file
from assistant.config import Config
from assistant.folders import cache_directory, state_directory, terminal_log
from assistant.log.book import SOUND
from assistant.log.place import head_file, log_path
from assistant.talk.pins import FILE_NAME as PIN_FILE
from assistant.talk.store import FILE_NAME
from assistant.weights.remembered import choice_file
from assistant.weights.store import models_directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One thing on the disk: where it is, what is in it and how a person gets rid of it."""

    name: str
    place: Path
    holds: str
    to_delete: str = ""
    """A command or a sentence; empty = the command that removes `place`."""
    is_foreign: bool = False
    """Made by a library and not by this program: shown only where it is."""

    @property
    def removal(self) -> str:
        """How a person gets rid of it, in one line."""
        if self.to_delete:
            return f"to delete: {self.to_delete}"
        options = "" if self.place.is_file() or self.place.suffix else "-r "
        return f"to delete: rm {options}{shlex.quote(str(self.place))}"


def stores(config: Config) -> list[Store]:
    """Everything that the program keeps on the disk, in the order in which it is shown."""
    return [*_yours(config), *_records(config), *_made(config)]


def _yours(config: Config) -> list[Store]:
    """What you wrote and what you told it to keep."""
    return [
        Store(
            name="configuration",
            place=config.path or config_path(),
            holds="the settings that you wrote, or that `doctor --tune` measured",
        ),
        Store(
            name="own flows",
            place=user_folder() / "flows",
            holds="skills that you wrote; replies of yours lie beside them in replies/",
        ),
        Store(
            name="memory",
            place=state_directory() / FILE_NAME,
            holds="timers, alarms, reminders, lists, notes, your name, what you taught: all that "
            "you told it to keep",
            to_delete=f"rm {shlex.quote(str(state_directory()))}/{FILE_NAME}*",
        ),
        Store(
            name="PIN",
            place=state_directory() / PIN_FILE,
            holds="a salted hash of the PIN, if you have set one; never its digits",
            to_delete="`assistant pin clear`",
        ),
    ]


def _records(config: Config) -> list[Store]:
    """What it wrote down of what happened."""
    return [
        Store(
            name="traces",
            place=trace_directory(config),
            holds=f"of each session the words that were heard, the answers and the times of every "
            f"stage; no sound. {_trace_rule(config)}",
        ),
        *_log_stores(config),
        Store(
            name="terminal log",
            place=terminal_log(),
            holds="what native libraries print while the screen is drawn, and errors",
        ),
        Store(
            name="fetch log",
            place=log_file(),
            holds="what the newest background download printed",
        ),
        Store(
            name="set-up log",
            place=setup_log(),
            holds="what the part of the set-up that runs behind a conversation printed last",
        ),
    ]


def _made(config: Config) -> list[Store]:
    """What can be made or fetched again."""
    return [
        Store(
            name="documents",
            place=documents_directory(),
            holds="the text of the documents in your folder ([documents]), as an index; it is made "
            "again when it is missing",
        ),
        *_made_again(),
        Store(
            name="llama.cpp",
            place=cache_directory() / "wheels",
            holds="the library as it was built for this machine; `make setup` builds it again",
        ),
        Store(
            name="models",
            place=models_directory(config.models.directory),
            holds="the weights, nothing of yours",
            to_delete="`make clean-models`, or delete a model's folder",
        ),
        Store(
            name="onnxruntime",
            place=Path(platformdirs.user_cache_dir()) / "Microsoft/DeveloperTools/.onnxruntime",
            holds="a number for this machine and reports that wait to be sent, from an earlier "
            "version of this program or from another program; nothing here reads or sends them",
            is_foreign=True,
        ),
    ]


def _log_stores(config: Config) -> list[Store]:
    """The log, the sounds that belong to it, and the head of its chain."""
    settings = config.log
    log = log_path(settings.directory)
    rule = (
        f"Turns older than {settings.keep_days} days are taken away."
        if settings.keep_days
        else "Nothing is taken away by itself."
    )
    redacted = "personal data redacted; " if settings.redact else ""
    off = "" if settings.enabled else "Switched off ([log] enabled = false). "
    forget = "`assistant log forget --all`, which keeps the chain; or the file and its head by hand"
    return [
        Store(
            name="log",
            place=log,
            holds=f"every turn: what was heard, decided, done and said, {redacted}of each session "
            f"what was set and listed when it began. {off}{rule}",
            to_delete=forget,
        ),
        Store(
            name="log's sounds",
            place=log.parent / SOUND,
            holds="what you said, while [log] sound = true; else nothing",
            to_delete=forget,
        ),
        Store(
            name="log's head",
            place=head_file(log, settings.head_directory).path,
            holds="the number and the hash of the log's newest row, no words",
        ),
    ]


def _made_again() -> list[Store]:
    """What is kept to save time, and nobody misses."""
    kept = (
        (
            "profile auto",
            choice_file(),
            "which models profile auto chose for this machine, and why",
        ),
        ("prepared sounds", replies_directory(), "the fixed replies in the assistant's voice"),
        ("demo's user", cache_directory() / "demo", "the made-up user of `assistant demo`"),
        ("voice", parts_directory(), "the parts of the voice model, cut for streaming"),
        (
            "model states",
            states_directory(),
            "the language model after reading its instructions, none of your words",
        ),
    )
    return [
        Store(name=name, place=place, holds=f"{holds}; it is made again when it is missing")
        for name, place, holds in kept
    ]


def _trace_rule(config: Config) -> str:
    if not config.trace.enabled:
        return "Switched off ([trace] enabled = false); earlier ones stay until you delete them."
    kept = f"The newest {config.trace.keep_sessions} are kept."
    return f"{kept} [trace] enabled = false switches them off."


def describe(place: Path) -> str:
    """How many files there are, their size together and who may read them, in words.

    A folder that only its owner may enter protects what is in it, whatever its files say.
    """
    files = list(_files(place))
    if not files:
        return "not there" if not place.exists() else "empty"
    size = size_of(place)
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    return f"{count}, {in_words(size)}, readable by {_readers(place, files)}"


def size_of(place: Path) -> int:
    """Bytes of a file, or of all files in a folder; what a link leads to does not count."""
    size = 0
    for file in _files(place):
        with suppress(OSError):  # gone meanwhile
            size += file.lstat().st_size
    return size


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    elif place.is_dir():
        for directory, _, names in os.walk(place):
            yield from (Path(directory) / name for name in names)


def _readers(place: Path, files: list[Path]) -> str:
    if os.name != "posix":
        return "whom the folder's rights allow"
    folders = [folder for folder in (place, *place.parents) if folder.is_dir()]

    def may(read: int, enter: int) -> bool:
        return all(_mode(f) & enter for f in folders) and any(_mode(f) & read for f in files)

    if may(stat.S_IROTH, stat.S_IXOTH):
        return "everybody on this machine"
    return "your group" if may(stat.S_IRGRP, stat.S_IXGRP) else "you only"


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # gone meanwhile
        return 0


def in_words(size: int) -> str:
    """A number of bytes for people."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
