"""What a server says of its tools, as tools of the assistant; and what a call gave, as a text.

Nothing that a server says is believed to be harmless: names, descriptions and results are cut and
cleaned, what it calls read-only runs after the commit all the same, and what is not read-only asks
first, unless the person trusts the server. Pure; any thread.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.config_mcp import McpServerConfig, McpToolConfig
from assistant.errors import AssistantError
from assistant.language.en.tool_words import said_values
from assistant.talk.tool import Tool

MOST_TOOLS = 64
LONGEST_ABOUT = 300
LONGEST_SCHEMA = 20_000
MOST_REFS = 24
"""So many references may a schema have: some that lead to each other take for ever to check."""
LONGEST_TEXT = 2000
LONGEST_SPOKEN = 400
NEVER = "never"
"""The override of a question that leaves it out."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MARGIN_S = 3.0
"""So much longer than its call may the hands wait for it."""


class ServerError(AssistantError):
    """A server did not do what it was asked; `what` is said to the user."""

    code = "E-MCP"


class Told(str):
    """What a tool told, as a text; `data` is the same as values, where the server gave some."""

    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A tool as its server describes it. `mark` is another one whenever anything of it changes."""

    name: str
    about: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    reads: bool = False
    destroys: bool = True
    mark: str = ""


def described(tool: Any) -> Described | str:
    """The description (of type `mcp_types.Tool`), or why the tool cannot be used."""
    if not _NAME.fullmatch(tool.name):
        return f"{clean(tool.name, 40)!r} is no name that can be called"
    schema = tool.input_schema
    whole = json.dumps(schema, sort_keys=True, default=str)
    if len(whole) > LONGEST_SCHEMA:
        return f"the schema of {tool.name} is too long"
    wrong = _wrong(schema)
    if wrong:
        return f"the schema of {tool.name} is wrong: {wrong}"
    hints = tool.annotations
    reads = bool(hints and hints.read_only_hint)
    destroys = not reads and (hints is None or hints.destructive_hint is not False)
    about = clean(tool.description or tool.title or "", LONGEST_ABOUT)
    marked = [tool.name, tool.description, tool.title, whole, reads, destroys]
    return Described(
        name=tool.name,
        about=about,
        schema=schema,
        reads=reads,
        destroys=destroys,
        mark=hashlib.sha256(json.dumps(marked).encode()).hexdigest(),
    )


def _wrong(schema: Any) -> str:
    from jsonschema import Draft202012Validator, SchemaError

    if not isinstance(schema, dict) or schema.get("type") != "object":
        return "it describes no object"
    refs = list(_refs(schema))
    if not all(str(ref).startswith("#") for ref in refs):
        return "it points to another document"
    if len(refs) > MOST_REFS:
        return "it points to itself too often"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return clean(error.message, 80)
    return ""


def _refs(value: Any) -> Iterator[Any]:
    """All that a schema points to."""
    if isinstance(value, dict):
        yield from (value[key] for key in ("$ref", "$dynamicRef", "$recursiveRef") if key in value)
    if isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _refs(one)


def wrong_arguments(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """What is wrong with the arguments of a call; empty when they fit."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(_bounded(schema)).iter_errors(dict(arguments)))
    return "" if error is None else clean(error.message, 80)


def _bounded(schema: Any) -> Any:
    """`schema` without regular expressions: one of a server's may take for ever, and holds up all
    threads meanwhile. The server checks its own."""
    if isinstance(schema, Mapping):
        left_out = ["pattern"] if isinstance(schema.get("pattern"), str) else []
        if "patternProperties" in schema:
            left_out += ["patternProperties", "additionalProperties"]
        return {key: _bounded(one) for key, one in schema.items() if key not in left_out}
    return [_bounded(one) for one in schema] if isinstance(schema, list) else schema


def tool_of(
    server: str,
    settings: McpServerConfig,
    one: Described,
    call: Callable[[str, str, Mapping[str, Any]], Told],
    *,
    has_changed: bool = False,
) -> Tool:
    """The assistant's tool for `one`. `call(name, mark, arguments)` runs it; `has_changed`: it was
    another one when it was first seen, and so asks in any case."""
    own = settings.tools.get(one.name, McpToolConfig())

    def function(**arguments: Any) -> Told:
        return call(one.name, one.mark, arguments)

    return Tool(
        name=f"{server}.{one.name}",
        function=function,
        writes=True,
        limit_s=settings.limit_s + _MARGIN_S,
        apology=f"Sorry, {server} could not do that.",
        about=one.about or f"{_words(one.name)} ({server})",
        schema=one.schema,
        confirm=_question(server, settings, one, own, has_changed=has_changed),
        needs_pin=own.needs_pin,
        offered=own.offered,
        speak=spoken,
        origin=f"mcp {server}",
    )


def _question(
    server: str,
    settings: McpServerConfig,
    one: Described,
    own: McpToolConfig,
    *,
    has_changed: bool,
) -> str:
    asked = f"Shall I have {server} do {_words(one.name)}{{arguments}}?"
    if has_changed:
        return f"The tool {_words(one.name)} has changed. {asked}"
    if own.confirm:
        return "" if own.confirm == NEVER else own.confirm
    is_free = one.reads or (settings.trusted and not one.destroys)
    return "" if is_free else asked


def _words(name: str) -> str:
    return re.sub(r"[_-]+", " ", name).strip()


# -- results --------------------------------------------------------------------------------------


def told(result: Any, server: str) -> Told:
    """What a call gave (of type `mcp_types.CallToolResult`); `ServerError` when the tool says that
    it failed."""
    parts = [
        one.text if one.type == "text" else f"({_kind(one.type)})" for one in result.content[:50]
    ]
    data = result.structured_content
    if isinstance(data, dict) and list(data) == ["result"]:
        data = data["result"]
    text = clean("\n".join(filter(None, parts)), LONGEST_TEXT)
    if not text and data is not None:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, default=str)
        text = clean(text, LONGEST_TEXT)
    if result.is_error:
        why = f": {clean(text, 120)}" if text else ""
        raise ServerError(f"{server} says that this did not work{why.rstrip('.')}")
    found = Told(text)
    is_short = data is not None and len(json.dumps(data, default=str)) <= 10 * LONGEST_TEXT
    found.data = data if is_short else None
    return found


def spoken(result: Any) -> str:
    """The sentence of the answer: the beginning of what was told."""
    text = clean(_worded(str(result or "")), LONGEST_TEXT).replace("\n", " ")
    if not text:
        return "Done."
    if len(text) <= LONGEST_SPOKEN:
        return text
    return f"{text[:LONGEST_SPOKEN].rsplit(' ', 1)[0].rstrip(' ,.;:')} … and more."


def _worded(text: str) -> str:
    """Values that a server wrote as JSON in the place of a sentence, as words."""
    if text[:1] not in ("{", "["):
        return text
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return said_values(values) if values else text


def _kind(name: str) -> str:
    known = {"image": "an image", "audio": "a sound"}
    return known.get(name, "a file")


def clean(text: str, longest: int) -> str:
    """`text` without control and invisible characters, in at most `longest` characters."""
    shown = "".join(
        c if c == "\n" or not unicodedata.category(c).startswith("C") else " "
        for c in text[: 4 * longest]
    )
    lines = (" ".join(line.split()) for line in shown.split("\n"))
    joined = "\n".join(filter(None, lines))
    return joined if len(joined) <= longest else f"{joined[: longest - 1]}…"
