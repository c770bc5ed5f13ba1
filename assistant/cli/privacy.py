"""`assistant doctor --privacy`: what is stored on this machine, and what may leave it.

Both are lists: something new that is stored is one `Store` (`stored`), a new way to another machine
one `WayOut`. Looks at the disk, the configuration and the environment; changes nothing, loads no
model, opens no connection. Main thread.
"""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant import QUIET_SWITCHES
from assistant.addresses import parse_address, permitted_collector
from assistant.assemble.roles import remote_warning
from assistant.cli.behind import rest_of_setup
from assistant.cli.larger import NO_FETCH_VARIABLE, is_settled, may_fetch
from assistant.cli.stored import describe, stores
from assistant.config import Config
from assistant.private import OFFLINE_SWITCH, refuses_others

_WIDTH = 96
_INDENT = " " * 18
_OF_THIS_MACHINE = re.compile(r"(unix:)?/.*|(tcp[46]?:)?(localhost|127(\.\d+){3}|\[?::1\]?)(:\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """One way by which something may leave this machine.

    `in_force(config, environment)` says where it leads now, in a few words; "" = nowhere.
    """

    name: str
    when: str
    in_force: Callable[[Config, Mapping[str, str]], str]


def _never(config: Config, environment: Mapping[str, str]) -> str:
    """Of a command that a person gives: no session of the assistant takes this way."""
    return ""


def _sound_server(config: Config, environment: Mapping[str, str]) -> str:
    """PulseAudio's own variable: paths, `unix:PATH` and hosts, each perhaps behind `{machine}`."""
    servers = environment.get("PULSE_SERVER", "").split()
    return " ".join(s for s in servers if not _OF_THIS_MACHINE.fullmatch(s.rpartition("}")[2]))


def _collector(config: Config, environment: Mapping[str, str]) -> str:
    """An OpenTelemetry collector that is not on this machine."""
    endpoint = config.log.otlp_endpoint
    if not endpoint or permitted_collector(endpoint, allow_remote=True).is_local:
        return ""
    return endpoint


def _interfaces(config: Config, environment: Mapping[str, str]) -> str:
    """The hosts of the declared interfaces that are not this machine."""
    from assistant.talk.sources.api_request import read_target

    found = [
        f"{target.host} ({name})"
        for name, api in config.apis.items()
        if not (
            target := read_target(api.url, f"apis.{name}", allow_insecure=api.allow_insecure)
        ).is_local
    ]
    return ", ".join(found)


def _larger_model(config: Config, environment: Mapping[str, str]) -> str:
    """While the machine was not measured, or a model of the choice is not there."""
    is_open = may_fetch(config) and not is_settled(config)
    return "`assistant run` may ask the Hugging Face hub or the package index" if is_open else ""


def _rest_of_setup(config: Config, environment: Mapping[str, str]) -> str:
    """While `make run` has left something."""
    return "`assistant run` fetches what the set-up has left" if rest_of_setup() else ""


def _tool_servers(config: Config, environment: Mapping[str, str]) -> str:
    """Servers of tools at other machines; what a program that is started does is its own."""
    places = {
        parse_address(one.url, default_path="/mcp").host
        for one in config.mcp.servers.values()
        if one.enabled and one.url and not parse_address(one.url).is_local
    }
    return ", ".join(sorted(places))


WAYS_OUT: tuple[WayOut, ...] = (
    WayOut(
        name="models",
        when="`make models` and `assistant models fetch`, when you call them: the names of the "
        "missing files go to the Hugging Face hub (with HF_TOKEN, if you have set one), or to the "
        "package index that pip is configured for",
        in_force=_never,
    ),
    WayOut(
        name="larger model",
        when="models.profile is auto: `assistant run` fetches a larger language model in the "
        "background, as `assistant models fetch` does. models.fetch_larger = false, "
        f"{NO_FETCH_VARIABLE}=1 or {OFFLINE_SWITCH}=1 keeps it from that",
        in_force=_larger_model,
    ),
    WayOut(
        name="set-up",
        when="`make setup`, and every other target of make when something is missing: pip asks "
        "its package index, apt-get its mirror. What `make run` leaves for later, `assistant run` "
        "does in the background: pip and the hub are asked as above",
        in_force=_rest_of_setup,
    ),
    WayOut(
        name="sound server",
        when="PULSE_SERVER names another machine: then the microphone and the speaker are there",
        in_force=_sound_server,
    ),
    WayOut(
        name="model server",
        when="llm.server names another machine and llm.allow_remote is true: then the system "
        "prompt, the conversation and your requests are sent there, but for what is answered "
        "without a model",
        in_force=lambda config, environment: remote_warning(config),
    ),
    WayOut(
        name="tool servers",
        when="[mcp.servers] names a server at another machine: then the arguments of its tools are "
        "sent there when you ask for them. What a program that is started there sends is its own "
        "affair",
        in_force=_tool_servers,
    ),
    WayOut(
        name="collector",
        when="log.otlp_endpoint names another machine and log.allow_remote is true: then names and "
        "times of your turns are sent there, and none of your words",
        in_force=_collector,
    ),
    WayOut(
        name="interfaces",
        when="the configuration has [apis.NAME] sections with an address elsewhere: what url, "
        "headers, query and body say, with the words of your request that stand for their slots, "
        "when you say one of their phrases or the language model chooses them; the screen says "
        "'Asked HOST (NAME)' each time",
        in_force=_interfaces,
    ),
)
"""Whatever may leave; a new way is one entry more, and `private.allow_host` opens it."""


def report_privacy(config: Config, environment: Mapping[str, str] = os.environ) -> bool:
    """Print all of it; False when a switch that keeps libraries quiet is not set."""
    print("STORED ON THIS MACHINE\n")
    for store in stores(config):
        is_there = store.place.exists()
        if is_there or not store.is_foreign:
            state = describe(store.place)
            removal = [store.removal] if is_there else []
            _entry(store.name, [str(store.place), state, store.holds, *removal])
    _entry("recordings", [_recordings(config)])
    in_force = [(way, way.in_force(config, environment)) for way in WAYS_OUT]
    print("\nMAY LEAVE THIS MACHINE\n")
    leading = [f"{way.name}: {where}" for way, where in in_force if where]
    _entry("now", leading or ["nothing: no session of the assistant talks to another machine"])
    for way in WAYS_OUT:
        _entry(way.name, [f"only by {way.when}" if way.in_force is _never else f"if {way.when}"])
    print("\nSWITCHES THAT KEEP LIBRARIES QUIET, as set in this process\n")
    switches = {
        f"{name}={environment.get(name, '')}": environment.get(name) == wanted
        for name, wanted in {**QUIET_SWITCHES, OFFLINE_SWITCH: "1"}.items()
    }
    switches["Python code is refused a connection to any other machine"] = refuses_others()
    for switch, is_set in switches.items():
        print(f"  {'set    ' if is_set else 'NOT SET'} {switch}")
    print("\nHow this is checked: docs/PRIVACY.md")
    return all(switches.values())


def _recordings(config: Config) -> str:
    if config.log.enabled and config.log.sound:
        return "what you say is kept beside the log, because [log] sound is true"
    return "none: no sound of yours is kept, unless `hear --record FILE` names one"


def _entry(name: str, lines: list[str]) -> None:
    """`name` before the first of `lines`; long ones are wrapped, paths and commands are not."""
    front = f"  {name}".ljust(len(_INDENT))
    for line in lines:
        broken = [line] if "/" in line.split(" ")[0] or line.startswith("to delete") else None
        for part in broken or textwrap.wrap(line, _WIDTH - len(_INDENT)):
            print(front + part)
            front = _INDENT
