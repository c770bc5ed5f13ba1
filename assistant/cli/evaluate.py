"""`assistant eval answers`: how much of what it says is right, and how much of it is honest."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from assistant.assemble.loading import load_language_model, load_meaning, make_conversation
from assistant.assemble.roles import model_path, remote_warning, server_label
from assistant.bench.answers import FOLDER, Outcome, Score, ask, read_cases, score
from assistant.cli.options import ConfigOption, complain, read_config

eval_app = typer.Typer(no_args_is_help=True, help="Judge what the assistant says.")


@eval_app.callback()
def evaluate() -> None:
    """Judge what the assistant says."""


@eval_app.command("answers")
def eval_answers(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of questions (tab-separated); by default the program's own."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line a file, and one for each question.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only the sums.")] = False,
    config: ConfigOption = None,
) -> None:
    """Ask questions whose answers are known; print the share that is right or honest."""
    settings = read_config(config)
    named = {file: read_cases(file) for file in files or sorted(FOLDER.glob("*.tsv"))}
    warning = remote_warning(settings)
    if warning:
        complain(warning)
    server = settings.llm.server
    name = server_label(settings) if server else model_path(settings, "llm").stem
    model = load_language_model(settings)
    try:
        conversation = make_conversation(settings, model, load_meaning(settings))
        model.prime(conversation.prefix())
        for file, cases in named.items():
            outcomes = []
            for case in cases:
                outcome = ask(case, conversation)
                outcomes.append(outcome)
                if not quiet:
                    print(_line(outcome, as_json=as_json), flush=True)
            print(_sum(score(file.name, outcomes), name, as_json=as_json), flush=True)
    finally:
        model.close()


def _line(outcome: Outcome, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(outcome), ensure_ascii=False)
    mark = "ok  " if outcome.is_right else "MISS"
    asked = " – ".join(outcome.case.turns)
    return f"{mark} {asked} → [{outcome.source}, {outcome.clause_ms:.0f} ms] {outcome.reply}"


def _sum(total: Score, model: str, *, as_json: bool) -> str:
    if as_json:
        return json.dumps({**asdict(total), "share": total.share, "model": model})
    if total.model_p50_ms is None or total.model_p95_ms is None:
        times = "none by the model"
    else:
        times = (
            f"{total.by_model} by the model, first clause p50 {total.model_p50_ms:.0f} "
            f"p95 {total.model_p95_ms:.0f} ms"
        )
    return (
        f"{total.file}: {total.kind} {total.right} of {total.count} "
        f"({total.share:.0%}), {times}, {model}"
    )
