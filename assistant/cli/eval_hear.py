"""`assistant eval hear`: how well it hears commands in noise, short words, questions, long speech.

The figures go to standard output with one line of JSON last; progress goes to standard error. Knows
the package `assistant.bench.hear`, which does the work.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import ConfigOption, complain, read_config
from assistant.errors import InputError

DATA = Path("../shared/data")


def eval_hear(
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART",
            help="Only this part, may be given again: orders, home, words, noise, questions, "
            "long, cost.",
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A few of each, in minutes.")] = False,
    held_out: Annotated[
        bool,
        typer.Option("--held-out", help="The orders and commands that nothing was tuned to."),
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Each thing that was not understood.")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the JSON line there, too.")
    ] = None,
    data: Annotated[Path, typer.Option(help="The folder of labelled recordings.")] = DATA,
    config: ConfigOption = None,
) -> None:
    """Measure hearing on recordings: commands in noise, words, noise, questions, long speech."""
    settings = read_config(config)
    from assistant.bench.hear.kit import Kit
    from assistant.bench.hear.parts import measure, parse_parts, summary

    names = parse_parts(only or [])
    if json_file is not None:
        _write(json_file, "")
    kit = Kit(
        config=settings,
        data=data,
        is_quick=quick,
        is_held_out=held_out,
        say=complain,
        show=complain if show else lambda text: None,
    )
    found = {}
    for name, finding in measure(kit, names):
        found[name] = finding
        print("\n".join(finding.lines), end="\n\n", flush=True)
    line = json.dumps(summary(kit, found), ensure_ascii=False)
    if json_file is not None:
        _write(json_file, line + "\n")
    print(line)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", "choose another") from error
