"""`assistant bench`: the program and its baselines on recordings, in real time, as a card.

The card goes to standard output with one line of JSON last; progress goes to standard error. Knows
the package `assistant.bench`, which does the work.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.assemble.roles import model_paths
from assistant.assemble.setup import prepare_replies
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.config import Config
from assistant.errors import InputError

if TYPE_CHECKING:  # the models load when the benchmark runs, not when the command is listed
    from assistant.bench.card import Report
    from assistant.bench.session import Row

DATA = Path("../shared/data")
PICTURE = Path("bench.svg")
_QUICK_QUESTIONS = 8
_QUICK_ORDERS = 12
_MODEL_ANSWERS, _FIXED_ANSWERS = 3, 2


def bench(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Recordings; without any, those of --data.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Only the JSON line on standard output.")
    ] = False,
    only: Annotated[
        str, typer.Option(help="Arms, with commas: assistant, naive-300, naive-1500, stock.")
    ] = "",
    quick: Annotated[bool, typer.Option("--quick", help="8 questions and 12 orders.")] = False,
    orders: Annotated[int, typer.Option(min=0, help="How many coffee orders.")] = 60,
    whole: Annotated[
        bool, typer.Option("--whole", help="Hear every answer to its end, not one second of it.")
    ] = False,
    process: Annotated[
        bool, typer.Option(help="Also measure start, idle CPU and memory in child processes.")
    ] = True,
    turns: Annotated[
        int, typer.Option(min=0, help="Instead: one long conversation of so many turns.")
    ] = 0,
    data: Annotated[Path, typer.Option(help="The folder with questions/ and orders/.")] = DATA,
    rows: Annotated[
        Path | None, typer.Option(help="One JSON line a turn to this file, as they come.")
    ] = None,
    picture: Annotated[Path, typer.Option(help="Where the picture (SVG) goes.")] = PICTURE,
    config: ConfigOption = None,
) -> None:
    """Measure the time from the end of speech to the first sound, beside baselines."""
    settings = read_config(config)
    if turns:
        _endure(settings, files or [], data, turns, as_json)
        return
    paths = files or _chosen(data, quick, orders)
    report = _compare(
        settings,
        paths,
        only,
        with_requests=not files,
        whole=whole,
        with_process=process,
        rows=rows,
    )
    _write(picture, report.as_picture())
    if not as_json:
        print(f"{report.as_card()}\n\npicture: {picture}")
    print(report.as_json())


def _chosen(data: Path, quick: bool, orders: int) -> list[Path]:
    from assistant.bench.clips import choose

    if quick:
        return choose(data, questions=_QUICK_QUESTIONS, orders=min(orders, _QUICK_ORDERS))
    return choose(data, questions=None, orders=orders)


def _compare(
    settings: Config,
    paths: list[Path],
    only: str,
    *,
    with_requests: bool,
    whole: bool,
    with_process: bool,
    rows: Path | None,
) -> Report:
    """Play everything through all arms; the program alone is measured first, while this process
    is small and idle."""
    from assistant.bench.arms import bench_config, load_arms, parse_names
    from assistant.bench.card import Report
    from assistant.bench.clips import made_up_clips, read_clips
    from assistant.bench.figures import summarise
    from assistant.bench.machine import describe_machine
    from assistant.bench.process import measure_process
    from assistant.bench.run import run

    names = parse_names(only)
    machine = describe_machine()
    clips = read_clips(paths, complain)
    own = bench_config(settings)
    prepare_replies(own, lambda done, total: None)
    few = [*paths[:_MODEL_ANSWERS], *paths[-_FIXED_ANSWERS:]]
    alone = measure_process(own, few, complain) if with_process else {}
    if with_requests:
        clips += made_up_clips(settings)
    arms = load_arms(settings, names, complain)
    with _lines_to(rows) as on_row:
        measured = run(arms, clips, whole=whole, say=complain, on_row=on_row)
    kinds = [clip.kind for clip in clips]
    return Report(
        summaries=summarise(measured),
        machine=machine,
        models=model_paths(settings).names(),
        recordings={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        process=alone,
    )


def _endure(settings: Config, files: list[Path], data: Path, turns: int, as_json: bool) -> None:
    from assistant.bench.arms import OURS, load_arms
    from assistant.bench.clips import choose, read_clips
    from assistant.bench.endurance import endure

    clips = read_clips(files or choose(data, questions=None, orders=0), complain)
    if not clips:
        raise InputError("nobody speaks in these recordings", "name others")
    (arm,) = load_arms(settings, [OURS], complain)
    found = endure(arm, clips, turns, complain)
    if not as_json:
        print(found.as_card())
    print(found.as_json())


@contextmanager
def _lines_to(path: Path | None) -> Iterator[Callable[[Row], None]]:
    """What writes each row to `path` as it comes; nothing is written without a path."""
    if path is None:
        yield lambda row: None
        return
    try:
        out = path.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", "choose another") from error
    with out:
        yield lambda row: print(json.dumps(row.as_json()), file=out, flush=True)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}", "choose another") from error
