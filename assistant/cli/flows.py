"""`assistant flows` (what is loaded and what people can say) and `assistant new` (a beginning)."""

from __future__ import annotations

import json
import keyword
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.assemble.loading import make_conversation
from assistant.assemble.places import user_folder
from assistant.cli.options import ConfigOption, complain, read_config
from assistant.errors import EXIT_CONFIG, InputError

if TYPE_CHECKING:  # the text layer loads when it is asked, not for `--help`
    from assistant.talk.flow import Flow
    from assistant.talk.tool import Tool

new_app = typer.Typer(no_args_is_help=True, help="Begin a flow, a tool or a reply of your own.")

Name = Annotated[str, typer.Argument(help="A short name: small letters, digits and _.")]
Directory = Annotated[
    Path | None,
    typer.Option(help="Where to write it; else where it is found: beside the configuration."),
]


def flows(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line a flow.")] = False,
    config: ConfigOption = None,
) -> None:
    """List the flows that are loaded and what people can say, and your guards. A broken file of
    yours is shown."""
    settings = read_config(config)
    conversation = make_conversation(settings, None, folder=user_folder())
    for flow in conversation.flows:
        print(json.dumps(_as_json(flow), ensure_ascii=False) if as_json else _as_text(flow))
    for rule in conversation.knowledge.guards.code.rules:
        about = {"name": rule.name, "guard": list(rule.on), "file": rule.file}
        places = " and every ".join(rule.on)
        text = f"{rule.name:<22} a guard over every {places}\n    {rule.file}"
        print(json.dumps(about, ensure_ascii=False) if as_json else text)
    for tool in conversation.flows.services.toolbox:
        if tool.offered:
            print(json.dumps(_tool_as_json(tool)) if as_json else _tool_as_text(tool))
    for fault in conversation.knowledge.faults:
        complain(str(fault))
    if conversation.knowledge.faults:
        raise typer.Exit(EXIT_CONFIG)


def _sayings(flow: Flow) -> list[str]:
    """How people can say it: the examples, else the templates."""
    return list(flow.examples) or [template.notation for template in flow.templates]


def _as_text(flow: Flow) -> str:
    lines = [f"{flow.name:<22} {flow.about}", " · ".join(_sayings(flow)[:2])]
    if flow.is_users:
        lines.append(flow.file or f"from the configuration: {flow.origin}")
    return "\n    ".join(filter(None, lines))


def _as_json(flow: Flow) -> dict[str, object]:
    return {
        "name": flow.name,
        "about": flow.about,
        "examples": _sayings(flow)[:2],
        "templates": [template.notation for template in flow.templates],
        "slots": {name: kind.name for name, kind in flow.slots.items()},
        "file": flow.file,
        "origin": flow.origin,
        "is_users": flow.is_users,
    }


def _tool_as_text(tool: Tool) -> str:
    arguments = ", ".join(tool.schema.get("properties", {}))
    return f"{tool.name:<22} {tool.about}\n    the language model may call it: ({arguments})"


def _tool_as_json(tool: Tool) -> dict[str, object]:
    return {
        "name": tool.name,
        "about": tool.about,
        "schema": dict(tool.schema),
        "writes": tool.writes,
        "origin": tool.origin,
    }


@new_app.command("flow")
def new_flow(name: Name, directory: Directory = None) -> None:
    """Write a commented flow that works, with a test beside it."""
    _write(name, directory or user_folder() / "flows", "flow.py", "test_flow.py")


@new_app.command("tool")
def new_tool(name: Name, directory: Directory = None) -> None:
    """Write a tool that reads and one that writes, with a test beside them."""
    _write(name, directory or user_folder() / "flows", "tool.py", "test_tool.py")


@new_app.command("reply")
def new_reply(name: Name, directory: Directory = None) -> None:
    """Write a file with one precomputed reply."""
    _write(name, directory or user_folder() / "replies", "reply.toml")


def _write(name: str, directory: Path, *models: str) -> None:
    """Each of the model files, under `name`; none when one of them is there already."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise InputError(f"'{name}' is no name for a file of flows", "write it like morning_tea")
    if name.startswith("test_"):
        raise InputError(f"'{name}' would be taken for a test", f"write {name[5:] or 'another'}")
    made: dict[Path, str] = {}
    for model in models:
        kind, suffix = model.rsplit(".", 1)
        path = directory / f"{'test_' if kind.startswith('test_') else ''}{name}.{suffix}"
        if path.exists():
            raise InputError(f"{path} is there already", "choose another name, or move it away")
        text = (resources.files("assistant.cli") / "new" / f"{model}.txt").read_text("utf-8")
        made[path] = _filled(text, name, path)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
            print(path)
    except OSError as error:
        raise InputError(
            f"cannot write to {directory}: {error.strerror}", "give another --directory"
        ) from error


def _filled(text: str, name: str, path: Path) -> str:
    words = name.replace("_", " ").strip()
    title = words[:1].upper() + words[1:]
    for place, value in (("title", title), ("words", words), ("name", name), ("file", path.name)):
        text = text.replace(f"@{place}@", value)
    return text
