"""Options that several commands share, and the configuration that they lead to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant import assemble
from assistant.config import Config, load_config

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Another configuration file (TOML)."),
]


def read_config(path: Path | None) -> Config:
    """The named configuration, else the user's own if there is one, else the defaults."""
    if path is not None:
        return load_config(path, must_exist=True)
    return load_config(assemble.config_path(), must_exist=False)


def complain(message: str) -> None:
    """One line on standard error."""
    print(message, file=sys.stderr, flush=True)
