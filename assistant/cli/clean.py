"""`assistant clean`: what was kept to save time and is no longer of use, listed and deleted.

Sounds, parts and states of voices and models that are not configured now, older builds of
llama.cpp, old traces, what was left of writes that were cut off. Never the memory, the log, the
configuration or the models. Loads no model. Main thread.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from assistant.assemble.places import (
    documents_directory,
    parts_directory,
    replies_directory,
    states_directory,
    trace_directory,
)
from assistant.cli.in_use import index_in_use, parts_in_use, sounds_in_use, states_in_use
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.cli.stored import in_words, size_of
from assistant.config import Config
from assistant.errors import EXIT_FAILED, AssistantError, InputError
from assistant.folders import cache_directory, terminal_log
from assistant.harmless import one_line
from assistant.trace import sessions_kept

_DAY_S = 86_400
_LARGE_LOG = 1_000_000
_KEPT = ("kv", "sqlite3", "sqlite3-wal", "sqlite3-shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A file or folder that is no longer of use, and why."""

    path: Path
    why: str
    bytes: int


def clean(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List it, delete nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    days: Annotated[
        int, typer.Option(min=0, max=36_500, help="Traces older than so many days go.")
    ] = 30,
    config: ConfigOption = None,
) -> None:
    """Delete what is kept to save time and is of no use any more; it is listed and asked for first.

    Timers, lists, notes, the log, the configuration and the models stay.
    """
    found = list(find_old(read_config(config), days, complain))
    for one in found:
        print(one_line(f"{in_words(one.bytes):>10}  {one.path}  ({one.why})"))
    total = in_words(sum(one.bytes for one in found))
    if not found:
        print("nothing to delete")
        return
    print(f"{total:>10}  in {len(found)} places")
    if dry_run:
        return
    if not (yes or _agrees(total)):
        print("nothing was deleted")
        return
    failed = [error for one in found if (error := _delete(one.path)) is not None]
    for error in failed:
        complain(f"assistant: cannot delete {error.filename}: {error.strerror}")
    print(f"deleted {len(found) - len(failed)} of {len(found)}")
    if failed:
        raise typer.Exit(EXIT_FAILED)


def find_old(config: Config, days: int, say: Callable[[str], None]) -> Iterator[Old]:
    """What may go, by what is configured now. `say` is told of what is left alone because it cannot
    be told what of it is in use."""
    yield from _others(
        replies_directory(), lambda: sounds_in_use(config), "sounds of another voice", say
    )
    yield from _others(
        cache_directory() / "demo", lambda: sounds_in_use(config), "the demo's user, earlier", say
    )
    yield from _others(
        parts_directory(), lambda: parts_in_use(config), "parts of another voice", say
    )
    yield from _others(
        states_directory(), lambda: states_in_use(config), "state of another model or prompt", say
    )
    yield from _others(
        documents_directory(), lambda: index_in_use(config), "index of another folder", say
    )
    yield from _all_but_newest(cache_directory() / "wheels", "an older build of llama.cpp")
    yield from _traces(trace_directory(config), days)
    yield from _logs()


def _others(
    directory: Path, in_use: Callable[[], set[str]], why: str, say: Callable[[str], None]
) -> Iterator[Old]:
    """What is in `directory` and has another name, up to its first dot, than what is in use."""
    entries = _entries(directory)
    if not entries:
        return
    try:
        names = in_use()
    except AssistantError as error:
        say(f"{directory} is left alone: {error.what}")
        return
    for path in entries:
        name, _, suffix = path.name.partition(".")
        if path.name in names or (name in names and suffix in _KEPT):
            continue
        if name not in names:
            yield _old(path, why)
        elif _age_s(path) > _DAY_S:
            yield _old(path, "left of a write that was cut off")


def _all_but_newest(directory: Path, why: str) -> Iterator[Old]:
    entries = sorted(_entries(directory), key=_age_s)
    yield from (_old(path, why) for path in entries[1:])


def _traces(directory: Path, days: int) -> Iterator[Old]:
    try:
        kept = sessions_kept(directory)
    except OSError:
        return
    for path in kept:
        if _age_s(path) > days * _DAY_S:
            yield _old(path, f"a trace, older than {days} days")


def _logs() -> Iterator[Old]:
    path = terminal_log()
    if size_of(path) > _LARGE_LOG:
        yield _old(path, "what libraries have printed")


def _entries(directory: Path) -> list[Path]:
    """What is in a folder of ours; nothing of one that is a link to elsewhere or cannot be read."""
    try:
        return [] if directory.is_symlink() else sorted(directory.iterdir())
    except OSError:
        return []


def _old(path: Path, why: str) -> Old:
    return Old(path=path, why=why, bytes=size_of(path))


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return 0.0


def _agrees(total: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError("nobody is there to be asked", "add --yes, or --dry-run to look only")
    return input(f"Delete these {total} for good? [y/N] ").strip().lower() in ("y", "yes")


def _delete(path: Path) -> OSError | None:
    """Delete a file, a link or a folder; what did not work."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            os.unlink(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error
    return None
