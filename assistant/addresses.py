"""Which server an address names, and whether that is this machine: decided from the text alone.

No name is looked up: a look-up tells the network, and its answer may change. What is not surely
this machine counts as outside it. Pure; knows no configuration, no socket and no thread.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from assistant.errors import ConfigError

REMOTE = "REMOTE model"
"""How the name of a model begins that does not run on this machine."""

_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z]+)://"
    r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)*)/?"
)
"""Stricter than a browser: no user, no query, no percent sign, nothing outside ASCII. So no two
readers of the same address can see two hosts in it."""
_EXAMPLE = "write it like http://127.0.0.1:11434/v1"
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_CLOUD = re.compile(r":(?:.*-)?cloud$")
_LOOPBACK = ipaddress.IPv4Network("127.0.0.0/8")
_DEFAULT_PATH = "/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """`url`: base of all requests, without a slash at its end, made anew from the parts that were
    understood. `host`: host and port for people. `is_local`: surely this machine."""

    url: str
    host: str
    is_local: bool

    @property
    def is_encrypted(self) -> bool:
        """True for https."""
        return self.url.startswith("https:")


def parse_address(
    text: str, key: str = "llm.server", default_path: str = _DEFAULT_PATH
) -> ServerAddress:
    """The server at `text`, a base such as `http://127.0.0.1:11434/v1`; `default_path` is added to
    an address without a path. `ConfigError`, which names `key`, for whatever is not plainly such
    an address."""
    found = _ADDRESS.fullmatch(text)
    if found is None or found["scheme"].lower() not in ("http", "https"):
        shown = re.sub(r"//.*@", "//…@", text, flags=re.DOTALL)  # a password may stand there
        raise ConfigError(f"{key} is {shown!r}, which is no http or https address", _EXAMPLE)
    port = found["port"]
    if port is not None and not 0 < int(port) < 65_536:
        raise ConfigError(f"{key} is {text!r}, whose port is not 1 to 65535", _EXAMPLE)
    host, is_local = _host(found["host"].lower(), text, key)
    shown = f"{host}:{int(port)}" if port else host
    url = f"{found['scheme'].lower()}://{shown}{found['path'] or default_path}"
    return ServerAddress(url=url, host=shown, is_local=is_local)


def permitted_address(server: str, model: str, *, allow_remote: bool) -> ServerAddress:
    """The address of `server`; `ConfigError` when what is said would leave this machine and
    `allow_remote` is False."""
    address = parse_address(server)
    if allow_remote:
        return address
    if not address.is_local:
        raise ConfigError(
            f"llm.server is {server!r}, which is not this machine (127.0.0.1, ::1, localhost)",
            "use a server on this machine, or set llm.allow_remote = true: "
            "then all that is asked of the model is sent there",
        )
    if is_cloud_model(model):
        raise ConfigError(
            f"llm.server_model is {model!r}, which the server on this machine has others compute",
            "choose a model that runs here, or set llm.allow_remote = true",
        )
    return address


def permitted_collector(endpoint: str, *, allow_remote: bool) -> ServerAddress:
    """The address of an OpenTelemetry collector; `ConfigError` when it is none, or another machine
    and `allow_remote` is False."""
    try:
        address = parse_address(endpoint)
    except ConfigError as error:
        what = error.what.replace("llm.server", "log.otlp_endpoint")
        raise ConfigError(what, "write it like http://127.0.0.1:4318/v1/traces") from None
    if not (address.is_local or allow_remote):
        raise ConfigError(
            f"log.otlp_endpoint is {endpoint!r}, which is not this machine",
            "use a collector on this machine, or set log.allow_remote = true: then names and times "
            "of all turns are sent there",
        )
    return address


def is_cloud_model(name: str) -> bool:
    """True for a model that a server on this machine only passes on: Ollama's cloud models have
    tags such as `:cloud` and `:120b-cloud`."""
    return _CLOUD.search(name.lower()) is not None


def is_remote(server: str, model: str) -> bool:
    """True when what is asked of `model` at `server` leaves this machine."""
    return not parse_address(server).is_local or is_cloud_model(model)


def describe_server(server: str, model: str) -> str:
    """What the screen calls `model` (empty: not known) at `server`."""
    address = parse_address(server)
    name = re.split(r"[/\\]", model)[-1].removesuffix(".gguf") or "model"
    if not is_remote(server, model):
        return f"{name} at {address.host}"
    secrecy = "" if address.is_encrypted or address.is_local else ", not encrypted"
    return f"{REMOTE} at {address.host}{secrecy}" + (f": {name}" if model else "")


def _host(host: str, text: str, key: str) -> tuple[str, bool]:
    """The host as it is written in a URL, and whether it is this machine."""
    if host == "localhost":  # by its number, so that nobody is asked what it means
        return "127.0.0.1", True
    if not host.startswith("[") and not _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return host, False
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError as error:  # 2130706433, 0x7f.1, 127.1, 0177.0.0.1
        raise ConfigError(
            f"{key} is {text!r}, whose host is no address", "write four numbers, as 127.0.0.1"
        ) from error
    if isinstance(number, ipaddress.IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    if number.is_unspecified or number.is_multicast:
        raise ConfigError(
            f"{key} is {text!r}, where a server may listen but nobody can be reached",
            "use 127.0.0.1 for a server on this machine",
        )
    if isinstance(number, ipaddress.IPv6Address):
        return f"[{number}]", number == ipaddress.IPv6Address("::1")
    return str(number), number in _LOOPBACK
