"""The sections of the configuration for servers of tools (docs/MCP.md).

Knows no server and no file. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.addresses import parse_address
from assistant.config_fields import key as _key
from assistant.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class McpToolConfig:
    """[mcp.servers.NAME.tools.TOOL] what is set for one tool against what its server says."""

    confirm: str = _key("", 'asked before it runs; "never" = not asked; empty = by what it does')
    needs_pin: bool = _key(False, "the PIN is asked for before it runs")
    offered: bool = _key(True, "false: the language model may not choose it")


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServerConfig:
    """[mcp.servers.NAME] one server: a program that is started (command), or an address (url)."""

    command: tuple[str, ...] = _key([], "the program and its arguments, as a list")
    args: tuple[str, ...] = _key([], "further arguments")
    env: dict[str, str] = _key({}, "variables that the program gets")
    pass_env: tuple[str, ...] = _key([], "variables of your own environment that it gets, too")
    url: str = _key("", "a server that runs already, as http://127.0.0.1:8000/mcp")
    headers_env: dict[str, str] = _key({}, "headers, each from a variable of your environment")
    enabled: bool = _key(True, "false: it is left alone")
    allow: tuple[str, ...] = _key([], "the only tools that are used; empty = all")
    limit_s: float = _key(10.0, "longest call", low=0.5, high=300)
    trusted: bool = _key(False, "true: what is not destructive is done without a question")
    allow_remote: bool = _key(False, "true: another machine may be asked without encryption")
    tools: dict[str, McpToolConfig] = _key({}, "what is set for single tools")


@dataclass(frozen=True, slots=True, kw_only=True)
class McpConfig:
    """[mcp] tools of other programs, by the Model Context Protocol (docs/MCP.md)."""

    servers: dict[str, McpServerConfig] = _key({}, "a table [mcp.servers.NAME] for each server")


def check_server(name: str, server: McpServerConfig) -> None:
    """`ConfigError` for what the fields alone do not show: a name, two ways, an open line."""
    place = f"mcp.servers.{name}"
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,30}", name):
        raise ConfigError(
            f"[{place}]: '{name}' is no name", "use small letters, digits, - and _", place
        )
    if bool(server.command) is bool(server.url):
        raise ConfigError(f"[{place}] needs one of command and url", "write one of them", place)
    if server.url:
        address = parse_address(server.url, f"{place}.url", "/mcp")
        if not (address.is_local or address.is_encrypted or server.allow_remote):
            raise ConfigError(
                f"{place}.url is {server.url!r}: another machine, and not encrypted",
                f"use https, or set {place}.allow_remote = true",
                f"{place}.url",
            )
