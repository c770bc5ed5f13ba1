"""The root of the command line: which commands there are and what they share.

A command's module is imported when that command is called: `assistant --help` reads the table here
and loads none. Knows no part of the engine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer

_HELP = """An on-device voice assistant: it hears, thinks in text and speaks, in one process.

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 wrong configuration · 4 a model is missing or
damaged · 5 no sound device · 6 a file cannot be read · 130 interrupted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command, or a group of some: `name` in `module` of `assistant.cli`. `help` is the
    beginning of its own help, of which the list shows the first words."""

    module: str
    name: str
    help: str


COMMANDS = {
    "run": Entry(
        "converse", "run", "Talk with the assistant on the default microphone and speaker."
    ),
    "demo": Entry(
        "converse",
        "demo",
        "A conversation with a recorded user, in real time, on a machine without sound devices.",
    ),
    "hear": Entry("hear", "hear", "Play recordings into the assistant and report each turn."),
    "bench": Entry(
        "bench",
        "bench",
        "Measure the time from the end of speech to the first sound, beside baselines.",
    ),
    "ask": Entry(
        "text", "ask", "Ask the text layer, without sound. Several texts are one conversation."
    ),
    "say": Entry("text", "say", "Speak a text on the speaker, or into a WAV file."),
    "replay": Entry(
        "replay",
        "replay",
        "Ask again what was asked before, without a model and without effect.",
    ),
    "log": Entry(
        "log",
        "log",
        "Every turn that was written down: list, show, verify, stats, export, forget, head.",
    ),
    "flows": Entry(
        "flows",
        "flows",
        "List the flows that are loaded and what people can say, and your guards.",
    ),
    "devices": Entry(
        "doctor",
        "devices",
        "List the microphones and speakers by the names that the configuration takes.",
    ),
    "doctor": Entry(
        "doctor", "doctor", "Check every part: configuration, weights, each model, sound devices."
    ),
    "config": Entry(
        "doctor",
        "config",
        "Check the configuration and the files that it names; print every key with its default.",
    ),
    "clean": Entry(
        "clean",
        "clean",
        "Delete what is kept to save time and is of no use any more; it is listed and asked for "
        "first.",
    ),
    "prepare": Entry(
        "converse",
        "prepare",
        "Do once what every start would wait for: the sounds of the fixed replies.",
    ),
    "new": Entry("flows", "new_app", "Begin a flow, a tool or a reply of your own."),
    "models": Entry("models", "models_app", "List, fetch and check the models."),
    "pin": Entry("pin", "pin_app", "The PIN that tools marked needs_pin ask for."),
    "mcp": Entry(
        "mcp",
        "mcp_app",
        "Serve the assistant's tools, lists, timers and notes by the Model Context Protocol.",
    ),
    "eval": Entry("evaluate", "eval_app", "Judge what the assistant hears and says."),
}
"""In the order in which they are listed."""

GROUPS = frozenset({"new", "models", "pin", "mcp", "eval"})


def make_app(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments: the command that they name is loaded, of the others
    only the help is known."""
    app = typer.Typer(
        name="assistant",
        help=_HELP,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    called = next((one for one in arguments if not one.startswith("-")), "")
    for name, entry in COMMANDS.items():
        _add(app, name, entry, is_called=name == called)
    return app


def main() -> Any:
    """Run the command line of this process."""
    return make_app(sys.argv[1:])()


def load(entry: Entry) -> Any:
    """The function of a command, or the `Typer` of a group."""
    return getattr(import_module(f"assistant.cli.{entry.module}"), entry.name)


def _add(app: typer.Typer, name: str, entry: Entry, *, is_called: bool) -> None:
    if name == "log":  # it reads its arguments itself, and __main__ calls it without this
        app.command(
            name,
            help=entry.help,
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )(_log)
    elif not is_called:
        app.command(name, help=entry.help)(_never)
    elif name in GROUPS:
        app.add_typer(load(entry), name=name)
    else:
        command: Callable[..., None] = load(entry)
        app.command(name)(command)


def _log(context: typer.Context) -> None:
    from assistant.cli.log import log

    raise typer.Exit(log(context.args))


def _never() -> None:
    """Stands for a command that is listed and was not called."""
    raise AssertionError("a command that was not loaded was called")
