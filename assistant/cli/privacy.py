"""`assistant doctor --privacy`: what is stored on this machine, and what may leave it.

Both are lists: something new that is stored is one `Store`, a new way to another machine one
`WayOut`. Looks at the disk, the configuration and the environment; changes nothing, loads no model,
opens no connection. Main thread.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from assistant import QUIET_SWITCHES
from assistant.assemble.places import cache_directory, config_path, trace_directory
from assistant.assemble.roles import remote_warning
from assistant.cli.larger import NO_FETCH_VARIABLE, is_settled, log_file, may_fetch
from assistant.config import Config
from assistant.private import OFFLINE_SWITCH, refuses_others, state_directory
from assistant.weights.remembered import choice_file
from assistant.weights.store import models_directory

_WIDTH = 96
_INDENT = " " * 18
_OF_THIS_MACHINE = re.compile(r"(unix:)?/.*|(tcp[46]?:)?(localhost|127(\.\d+){3}|\[?::1\]?)(:\d+)?")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """One way by which something may leave this machine.

    `in_force(config, environment)` says where it leads now, in a few words; "" = nowhere.
    """

    name: str
    when: str
    in_force: Callable[[Config, Mapping[str, str]], str]


def _never(config: Config, environment: Mapping[str, str]) -> str:
    """Of a command that a person gives: no session of the assistant takes this way."""
    return ""


def _sound_server(config: Config, environment: Mapping[str, str]) -> str:
    """PulseAudio's own variable: paths, `unix:PATH` and hosts, each perhaps behind `{machine}`."""
    servers = environment.get("PULSE_SERVER", "").split()
    return " ".join(s for s in servers if not _OF_THIS_MACHINE.fullmatch(s.rpartition("}")[2]))


def _larger_model(config: Config, environment: Mapping[str, str]) -> str:
    """While the machine was not measured, or a model of the choice is not there."""
    is_open = may_fetch(config) and not is_settled(config)
    return "`assistant run` may ask the Hugging Face hub or the package index" if is_open else ""


WAYS_OUT: tuple[WayOut, ...] = (
    WayOut(
        name="models",
        when="`make models` and `assistant models fetch`, when you call them: the names of the "
        "missing files go to the Hugging Face hub (with HF_TOKEN, if you have set one), or to the "
        "package index that pip is configured for",
        in_force=_never,
    ),
    WayOut(
        name="larger model",
        when="models.profile is auto: `assistant run` fetches a larger language model in the "
        "background, as `assistant models fetch` does. models.fetch_larger = false, "
        f"{NO_FETCH_VARIABLE}=1 or {OFFLINE_SWITCH}=1 keeps it from that",
        in_force=_larger_model,
    ),
    WayOut(
        name="set-up",
        when="`make setup`, and every other target of make when something is missing: pip asks "
        "its package index, apt-get its mirror",
        in_force=_never,
    ),
    WayOut(
        name="sound server",
        when="PULSE_SERVER names another machine: then the microphone and the speaker are there",
        in_force=_sound_server,
    ),
    WayOut(
        name="model server",
        when="llm.server names another machine and llm.allow_remote is true: then the system "
        "prompt, the conversation and your requests are sent there, but for what is answered "
        "without a model",
        in_force=lambda config, environment: remote_warning(config),
    ),
)
"""Whatever may leave; a new way is one entry more, and `private.allow_host` opens it."""


def stores(config: Config) -> list[Store]:
    """Everything that the program keeps on the disk, in the order in which it is shown."""
    cache, made_again = cache_directory(), "it is made again when it is missing"
    return [
        Store(
            name="configuration",
            place=config.path or config_path(),
            holds="the settings that you wrote, or that `doctor --tune` measured",
        ),
        Store(
            name="traces",
            place=trace_directory(config),
            holds=f"of each session the words that were heard, the answers and the times of every "
            f"stage; no sound. {_trace_rule(config)}",
        ),
        Store(
            name="terminal log",
            place=state_directory() / "terminal.log",
            holds="what native libraries print while the screen is drawn, and errors",
        ),
        Store(
            name="profile auto",
            place=choice_file(),
            holds="which models profile auto chose for this machine, and why; "
            "it is made again when it is missing",
        ),
        Store(
            name="fetch log",
            place=log_file(),
            holds="what the newest background download printed",
        ),
        Store(
            name="prepared sounds",
            place=cache / "replies",
            holds=f"the fixed replies, spoken by the assistant's voice; {made_again}",
        ),
        Store(
            name="demo's user",
            place=cache / "demo",
            holds=f"the made-up user of `assistant demo`; {made_again}",
        ),
        Store(
            name="voice",
            place=cache / "voices",
            holds=f"the parts of the voice model, cut for streaming; {made_again}",
        ),
        Store(
            name="model states",
            place=cache / "llm",
            holds=f"the language model after reading its instructions, none of your words; "
            f"{made_again}",
        ),
        Store(
            name="llama.cpp",
            place=cache / "wheels",
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


def _trace_rule(config: Config) -> str:
    if not config.trace.enabled:
        return "Switched off ([trace] enabled = false); earlier ones stay until you delete them."
    kept = f"The newest {config.trace.keep_sessions} are kept."
    return f"{kept} [trace] enabled = false switches them off."


def report_privacy(config: Config, environment: Mapping[str, str] = os.environ) -> bool:
    """Print all of it; False when a switch that keeps libraries quiet is not set."""
    print("STORED ON THIS MACHINE\n")
    for store in stores(config):
        is_there = store.place.exists()
        if is_there or not store.is_foreign:
            state = describe(store.place)
            removal = [_removal(store)] if is_there else []
            _entry(store.name, [str(store.place), state, store.holds, *removal])
    _entry("recordings", ["none: no sound of yours is kept, unless `hear --record FILE` names one"])
    in_force = [(way, way.in_force(config, environment)) for way in WAYS_OUT]
    print("\nMAY LEAVE THIS MACHINE\n")
    leading = [f"{way.name}: {where}" for way, where in in_force if where]
    _entry("now", leading or ["nothing: no session of the assistant talks to another machine"])
    for way in WAYS_OUT:
        _entry(way.name, [f"only by {way.when}" if way.in_force is _never else f"if {way.when}"])
    print("\nSWITCHES THAT KEEP LIBRARIES QUIET, as set in this process\n")
    switches = {
        f"{name}={environment.get(name, '')}": environment.get(name) == wanted
        for name, wanted in {**QUIET_SWITCHES, OFFLINE_SWITCH: "1"}.items()
    }
    switches["Python code is refused a connection to any other machine"] = refuses_others()
    for switch, is_set in switches.items():
        print(f"  {'set    ' if is_set else 'NOT SET'} {switch}")
    print("\nHow this is checked: docs/PRIVACY.md")
    return all(switches.values())


def describe(place: Path) -> str:
    """How many files there are, their size together and who may read them, in words.

    A folder that only its owner may enter protects what is in it, whatever its files say.
    """
    files = list(_files(place))
    if not files:
        return "not there" if not place.exists() else "empty"
    size = sum(file.stat().st_size for file in files if file.exists())
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    return f"{count}, {_in_words(size)}, readable by {_readers(place, files)}"


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


def _in_words(size: int) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def _removal(store: Store) -> str:
    if store.to_delete:
        return f"to delete: {store.to_delete}"
    options = "" if store.place.is_file() or store.place.suffix else "-r "
    return f"to delete: rm {options}{shlex.quote(str(store.place))}"


def _entry(name: str, lines: list[str]) -> None:
    """`name` before the first of `lines`; long ones are wrapped, paths and commands are not."""
    front = f"  {name}".ljust(len(_INDENT))
    for line in lines:
        broken = [line] if "/" in line.split(" ")[0] or line.startswith("to delete") else None
        for part in broken or textwrap.wrap(line, _WIDTH - len(_INDENT)):
            print(front + part)
            front = _INDENT
