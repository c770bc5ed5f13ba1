"""Options that several commands share, and the configuration that they lead to."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from assistant.assemble.places import config_path
from assistant.config import Config, config_from_dict, load_config
from assistant.weights.resolve import PROFILE_VARIABLE

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Another configuration file (TOML)."),
]


def read_config(path: Path | None) -> Config:
    """The named configuration, else the user's own if there is one, else the defaults."""
    if path is not None:
        config = load_config(path, must_exist=True)
    else:
        config = load_config(config_path(), must_exist=False)
    profile = os.environ.get(PROFILE_VARIABLE)
    if profile:
        checked = config_from_dict({"models": {"profile": profile}}).models.profile
        config = replace(config, models=replace(config.models, profile=checked))
    return config


def complain(message: str) -> None:
    """One line on standard error."""
    print(message, file=sys.stderr, flush=True)
