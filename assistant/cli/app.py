"""The root of the command line: which commands there are and what they share.

Knows every command module and no part of the engine; heavy libraries load inside the commands.
"""

from __future__ import annotations

import typer

from assistant.cli import bench, clean, converse, doctor, flows, hear, log, replay, text
from assistant.cli.evaluate import eval_app
from assistant.cli.flows import new_app
from assistant.cli.mcp import mcp_app
from assistant.cli.models import models_app
from assistant.cli.pin import pin_app

app = typer.Typer(
    name="assistant",
    help="An on-device voice assistant: it hears, thinks in text and speaks, in one process.\n\n"
    "Exit codes: 0 done · 1 failed · 2 wrong usage · 3 wrong configuration · 4 a model is missing "
    "or damaged · 5 no sound device · 6 a file cannot be read · 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("run")(converse.run)
app.command("demo")(converse.demo)
app.command("hear")(hear.hear)
app.command("bench")(bench.bench)
app.command("ask")(text.ask)
app.command("say")(text.say)
app.command("replay")(replay.replay)


@app.command(
    "log",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def log_command(context: typer.Context) -> None:
    """Every turn that was written down: list, show, verify, stats, export, forget, head."""
    raise typer.Exit(log.log(context.args))


app.command("flows")(flows.flows)
app.add_typer(new_app, name="new")
app.command("devices")(doctor.devices)
app.command("doctor")(doctor.doctor)
app.command("config")(doctor.config)
app.command("clean")(clean.clean)
app.command("prepare")(converse.prepare)
app.add_typer(models_app, name="models")
app.add_typer(pin_app, name="pin")
app.add_typer(mcp_app, name="mcp")
app.add_typer(eval_app, name="eval")
