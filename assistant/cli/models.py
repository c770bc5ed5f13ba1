"""`assistant models`: lists, fetches and checks the weights.

Part of the face: it prints and draws a progress bar on a terminal, plain lines elsewhere. Knows
the catalogue and the disk through `assistant.weights`; loads no model. Runs on the main thread.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.progress import TransferSpeedColumn as SpeedColumn
from rich.table import Table

from assistant.cli.options import ConfigOption, read_config
from assistant.cli.output import raw_output
from assistant.config import Config
from assistant.errors import EXIT_MODEL, AssistantError
from assistant.weights.catalogue import Catalogue, Model, load_catalogue
from assistant.weights.fetch import fetch
from assistant.weights.resolve import AUTO, choice_line, profile_name
from assistant.weights.store import missing, models_directory, verify

models_app = typer.Typer(no_args_is_help=True, help="List, fetch and check the models.")

Ids = Annotated[list[str] | None, typer.Argument(help="Ids of models, instead of a profile.")]
Profile = Annotated[
    str, typer.Option("--profile", "-p", help="auto, starter, laptop or gpu; empty: as configured.")
]
Roles = Annotated[
    list[str] | None, typer.Option("--role", help="Only the models of this role (repeatable).")
]
Directory = Annotated[
    str, typer.Option("--directory", "-d", help="Where the models lie; empty = the usual place.")
]


@models_app.command("list")
def list_models(directory: Directory = "", config: ConfigOption = None) -> None:
    """Show every known model, its size, its licence and whether it is on the disk."""
    catalogue, place, settings = _open(directory, config)
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "role", "profiles", "size", "licence", "state"):
        table.add_column(heading, no_wrap=heading == "id", overflow="fold")
    for model in catalogue.models.values():
        profiles = ", ".join(catalogue.profiles_with(model.id)) or "–"
        size = f"{model.bytes / 1e6:,.0f} MB"
        table.add_row(model.id, model.role, profiles, size, model.licence, _state(model, place))
    console = Console(file=raw_output()) if sys.stdout.isatty() else Console()
    console.print(f"models in {place}", highlight=False)
    if line := choice_line(settings):
        console.print(escape(line), highlight=False, soft_wrap=True)
    console.print(table)


@models_app.command("fetch")
def fetch_models(
    ids: Ids = None,
    profile: Profile = "",
    directory: Directory = "",
    role: Roles = None,
    config: ConfigOption = None,
) -> None:
    """Download what is missing or damaged; what is there and sound stays, without a network."""
    catalogue, place, configured = _open(directory, config)
    chosen = _chosen(catalogue, ids, profile, configured)
    if role:
        chosen = [model for model in chosen if model.role in role]
    smaller = None if ids else catalogue.smaller
    console = Console()

    def say(line: str) -> None:
        console.print(escape(line), highlight=False, soft_wrap=True)

    try:
        if not console.is_terminal:
            fetch(chosen, place, say, _Percents(say).update, smaller)
            return
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            SpeedColumn(),
            console=console,
            transient=True,
        ) as bars:
            fetch(chosen, place, say, _Bars(bars).update, smaller)
    except AssistantError as error:
        raise _failed(error) from error


@models_app.command("verify")
def verify_models(
    ids: Ids = None,
    profile: Profile = "",
    directory: Directory = "",
    config: ConfigOption = None,
) -> None:
    """Read every file in full and compare its SHA-256 with the catalogue's."""
    catalogue, place, configured = _open(directory, config)
    chosen = _chosen(catalogue, ids, profile, configured)
    problems = verify(chosen, place)
    for problem in problems:
        typer.echo(f"{problem}", err=True)
    if problems:
        broken = " ".join(dict.fromkeys(problem.model.id for problem in problems))
        typer.echo(f"  next step: assistant models fetch {broken}", err=True)
        raise typer.Exit(EXIT_MODEL)
    typer.echo(f"{len(chosen)} models in {place} are complete and sound")


class _Bars:
    """One bar for each file that is being downloaded."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def update(self, name: str, done: int, total: int) -> None:
        """Move the bar of a file; it is drawn at the first call."""
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[name], completed=done, visible=done < total)


class _Percents:
    """A line at each tenth of a file that is downloaded."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._last: dict[str, int] = {}

    def update(self, name: str, done: int, total: int) -> None:
        """Say how much of a file is there, when it is a tenth more than the last time."""
        tenths = done * 10 // total if total else 10
        if tenths > self._last.get(name, 0):
            self._last[name] = tenths
            self._say(f"{name}: {tenths * 10} %")


def _open(directory: str, config: Path | None) -> tuple[Catalogue, Path, Config]:
    """The catalogue, where the models lie, and the configuration."""
    try:
        settings = read_config(config)
        return load_catalogue(), models_directory(directory or settings.models.directory), settings
    except AssistantError as error:
        raise _failed(error) from error


def _chosen(
    catalogue: Catalogue, ids: list[str] | None, profile: str, settings: Config
) -> list[Model]:
    try:
        if ids:
            return [catalogue.model(model_id) for model_id in ids]
        if profile == AUTO:
            settings = replace(settings, models=replace(settings.models, profile=AUTO))
        if profile in ("", AUTO):
            profile = profile_name(settings, catalogue)
        return list(catalogue.profile(profile).values())
    except AssistantError as error:
        raise _failed(error) from error


def _state(model: Model, place: Path) -> str:
    problems = list(missing([model], place))
    if not problems:
        return "ready"
    if all(problem.why == "is missing" for problem in problems):
        return "not fetched"
    return f"incomplete: {problems[0].file.name} {problems[0].why}"


def _failed(error: AssistantError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(error.exit_status)
