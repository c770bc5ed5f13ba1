"""`assistant eval`: is what it says right and honest, who answers which request, what is heard?"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from assistant.assemble.loading import load_language_model, load_meaning, make_conversation
from assistant.assemble.roles import model_path, remote_warning, server_label
from assistant.bench import texts
from assistant.bench.answers import FOLDER, Outcome, Score, ask, read_cases, score
from assistant.cli.eval_hear import eval_hear
from assistant.cli.eval_say import eval_say
from assistant.cli.options import ConfigOption, complain, read_config

eval_app = typer.Typer(no_args_is_help=True, help="Judge what the assistant hears and says.")
eval_app.command("hear")(eval_hear)


@eval_app.callback()
def evaluate() -> None:
    """Judge what the assistant hears and says."""


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


Shown = Literal["wrong", "missed", "taken", "none"]
_SHOWN_VERDICTS = {"wrong": "wrong", "missed": "left", "taken": "taken"}


@eval_app.command("text")
def eval_text(
    files: Annotated[
        list[Path],
        typer.Argument(help="Tables of requests: text, intent, domain, kind (tabs between)."),
    ],
    show: Annotated[
        Shown,
        typer.Option(help="Print these requests: wrong (everyday), missed (left), taken (others)."),
    ] = "none",
    half: Annotated[
        Literal["a", "b", "both"],
        typer.Option(help="Only one half of the requests, split by a hash of the text."),
    ] = "both",
    confusion: Annotated[
        bool, typer.Option("--confusion", help="Which answer each missed intent got.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a file.")] = False,
    config: ConfigOption = None,
) -> None:
    """Ask each request by itself, without the language model; count who answers it."""
    settings = read_config(config)
    right = texts.read_right()
    tables = {file: texts.read_lines(file) for file in files}
    started = time.perf_counter()
    meaning = load_meaning(settings)
    loaded = time.perf_counter()
    conversation = make_conversation(settings, None, meaning)
    load_s = time.perf_counter() - loaded
    for file, lines in tables.items():
        chosen = [line for line in lines if half in ("both", line.half)]
        answered = texts.answer_all(chosen, conversation.decide, right)
        card = texts.card(answered, load_s, loaded - started)
        if as_json:
            print(json.dumps({"file": file.name, "half": half, **card}))
            continue
        for one in answered:
            if one.verdict == _SHOWN_VERDICTS.get(show):
                score = "" if one.score is None else f" {one.score:.2f}"
                print(f"{one.line.intent:22} {one.line.text}  → {one.name}{score} ({one.why})")
        _print_text(file, half, card, answered, confusion=confusion)


def _print_text(
    file: Path,
    half: str,
    card: dict[str, object],
    answered: list[texts.Answered],
    *,
    confusion: bool,
) -> None:
    for group, found in texts.by_group(answered).items():
        print(f"{group:24} " + "  ".join(f"{name} {found[name]}" for name in sorted(found)))
    if confusion:
        print()
        for intent, names in texts.confusion(answered).items():
            print(f"{intent:24} " + "  ".join(f"{name} {n}" for name, n in names.most_common()))
    print()
    print(f"{file.name}, half {half}: {len(answered)} requests")
    for name, value in card.items():
        if name.startswith(("everyday", "elsewhere")):
            shown = "none" if value is None else f"{value:.1%}"
            print(f"  {name.replace('_', ' '):18} {shown}")
    print(f"  a request          p50 {card['us_p50']} µs, p95 {card['us_p95']} µs")
    print(
        f"  loading            {card['load_s']} s, and the judge of meaning {card['meaning_s']} s"
    )


eval_app.command("say")(eval_say)
