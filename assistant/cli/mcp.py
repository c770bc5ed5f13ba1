"""`assistant mcp`: this program as an MCP server, and a look at the servers that it uses.

Standard output belongs to the protocol while it serves. Owns no thread.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.assemble.loading import make_conversation, make_services, start_links
from assistant.assemble.places import user_folder
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.errors import InputError
from assistant.folders import state_directory

if TYPE_CHECKING:
    from assistant.talk.tool import Tool

mcp_app = typer.Typer(
    help="Serve the assistant's tools, lists, timers and notes by the Model Context Protocol.",
    rich_markup_mode=None,
)

StateOption = Annotated[
    Path | None, typer.Option(help="The folder of timers and lists; empty = the program's own.")
]
ModelOption = Annotated[
    bool, typer.Option("--model", help="Load the language model for what nothing else answers.")
]
_READY_S = 16.0


@mcp_app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    model: ModelOption = False,
    state: StateOption = None,
    config: ConfigOption = None,
) -> None:
    """Serve on standard input and output; another program starts this (docs/MCP.md)."""
    if context.invoked_subcommand is not None:
        return
    if sys.stdin.isatty():
        raise InputError(
            "`assistant mcp` is started by the program that uses it, not by hand",
            'give that program the command ["assistant", "mcp"]; `assistant mcp servers` shows '
            "the servers that the assistant itself uses",
        )
    from assistant.assemble.loading import load_language_model, load_meaning
    from assistant.engine.hands import HandsThread
    from assistant.mcp import own

    settings = read_config(config)
    with redirect_stdout(sys.stderr):  # whatever a user's file or a library prints
        services = make_services(settings, state or state_directory())
        hands = HandsThread()
        conversation = make_conversation(
            settings,
            load_language_model(settings) if model else None,
            load_meaning(settings),
            services=services,
            hands=hands,
            folder=user_folder(),
        )
    conversation.on_notice = lambda notice: complain(notice.text)
    try:
        own.serve(own.OwnTools(conversation, services, lambda: hands.flush(60.0)))
    finally:
        hands.close()


@mcp_app.command("servers")
def servers(config: ConfigOption = None) -> None:
    """Connect to each configured server and show its tools, and what each asks for first."""
    settings = read_config(config)
    services = make_services(settings)
    links = start_links(settings, services, lambda notice: complain(notice.text))
    if links is None:
        complain("No server is configured: add [mcp.servers.NAME] to the configuration.")
        return
    try:
        links.wait_ready(_READY_S)
        for tool in services.toolbox:
            print(f"{tool.name}  ({_asks(tool)})  {tool.about}")
    finally:
        links.close()


def _asks(tool: Tool) -> str:
    parts = [
        "asks first" if tool.confirm else "",
        "needs the PIN" if tool.needs_pin else "",
        "" if tool.offered else "not for the model",
    ]
    return ", ".join(filter(None, parts)) or "runs at once"
