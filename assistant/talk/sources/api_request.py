"""Makes the request of a declared interface: its address, headers and body from slots and secrets.

The host stands in the configuration and nowhere else: no slot can change it. Values of slots are
escaped; `${NAME}` is an environment variable, read when the request is made. Pure; opens nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from assistant.addresses import ServerAddress, parse_address
from assistant.config_sources import ApiConfig
from assistant.errors import ConfigError
from assistant.talk.sources.declared import Slot, as_plain
from assistant.talk.sources.http_messages import ApiFault, HttpRequest

_BASE = re.compile(r"(https?://[A-Za-z0-9.\-:\[\]]+)(/[^\s#?]*)?(?:\?([^\s#]*))?", re.IGNORECASE)
_SLOT = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OWN_HEADERS = ("host", "content-length", "transfer-encoding", "connection", "accept-encoding")
_SHORTEST_SECRET = 4
AGENT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`host` is for people, `name` the bare host; `base` is scheme, host and port, `path` and
    `query` are templates."""

    host: str
    name: str
    base: str
    path: str
    query: str
    is_local: bool


def read_target(url: str, place: str, *, allow_insecure: bool) -> Target:
    """The address of the interface at `place`. `ConfigError` for a slot in its host, for what is no
    address, and plain http to another machine that is not allowed."""
    found = _BASE.fullmatch(url)
    if found is None:
        raise ConfigError(
            f"{place}.url is {_shown(url)!r}, which is no http or https address",
            "write https://HOST/PATH; {slots} may stand in the path and behind the ?",
            f"{place}.url",
        )
    try:
        address: ServerAddress = parse_address(found[1])
    except ConfigError as error:
        raise ConfigError(
            f"{place}.url has a host that cannot be used", error.next_step, f"{place}.url"
        ) from error
    if not address.is_encrypted and not address.is_local and not allow_insecure:
        raise ConfigError(
            f"{place}.url is not encrypted: others on the way can read and change what is sent",
            "write https://, or set allow_insecure = true",
            f"{place}.url",
        )
    parts = urlsplit(address.url)
    return Target(
        host=address.host,
        name=parts.hostname or "",
        base=f"{parts.scheme}://{parts.netloc}",
        path=found[2] or "/",
        query=found[3] or "",
        is_local=address.is_local,
    )


def _shown(url: str) -> str:
    return re.sub(r"//.*@", "//…@", url, flags=re.DOTALL)  # a password may stand there


def check_request(api: ApiConfig, slots: Mapping[str, Slot], place: str) -> None:
    """`ConfigError` for a header that cannot be sent and for a slot that is not declared."""
    for header, value in api.headers.items():
        if not _HEADER.fullmatch(header) or header.lower() in _OWN_HEADERS:
            raise ConfigError(f"{place}.headers: {header!r} cannot be set", "", f"{place}.headers")
        if not _is_header_value(value) or _SLOT.search(_SECRET.sub("", value)):
            raise ConfigError(
                f"{place}.headers.{header} has characters or a slot that no header may have",
                "slots belong into url, query or body",
                f"{place}.headers",
            )
    if api.body and api.method == "GET":
        raise ConfigError(f"{place}.body needs a method that sends one", "POST", f"{place}.body")
    texts = [("url", api.url), *_texts("query", api.query), *_texts("body", api.body)]
    if re.search(r"[{}]", _SLOT.sub("", _SECRET.sub("", api.url))):
        raise ConfigError(
            f"{place}.url has a brace that is no slot", "write {name}", f"{place}.url"
        )
    for key, text in texts:
        for name in _SLOT.findall(_SECRET.sub("", text)):
            if name not in slots:
                raise ConfigError(
                    f"{place}.{key} has {{{name}}}, which is no slot",
                    f"add it to {place}.slots",
                    f"{place}.{key}",
                )


def _texts(key: str, value: Any) -> list[tuple[str, str]]:
    """All texts in a nested table, each with the key at its top."""
    if isinstance(value, str):
        return [(key, value)]
    inner = value.values() if isinstance(value, Mapping) else value
    if not isinstance(value, (Mapping, list, tuple)):
        return []
    return [text for one in inner for text in _texts(key, one)]


def make_request(
    api: ApiConfig, target: Target, values: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[HttpRequest, tuple[str, ...]]:
    """The request with `values` of slots, and the secrets that are in it. `ApiFault` when a value
    or an environment variable is lacking, or cannot be sent."""
    secrets = _Secrets(environment)
    plain = {name: as_plain(value) for name, value in values.items()}
    path = _put_in(target.path, lambda name: _in_path(name, plain), secrets)
    fixed = _put_in(target.query, lambda name: quote(_text(_needed(name, plain)), safe=""), secrets)
    pairs = [
        (name, _text(value))
        for name, given in api.query.items()
        if (value := _filled(given, plain, secrets)) is not None
    ]
    query = "&".join(filter(None, (fixed, urlencode(pairs))))
    headers = {"User-Agent": AGENT, "Accept": "application/json, text/plain;q=0.5"}
    for name, value in api.headers.items():
        headers[name] = secrets.put_in(value)
        if not _is_header_value(headers[name]):
            raise ApiFault(f"a secret for {target.host} cannot be sent in a header")
    headers["Accept-Encoding"] = "identity"
    body = None
    if api.body:
        body = json.dumps(_filled(dict(api.body), plain, secrets), ensure_ascii=False).encode()
        headers.setdefault("Content-Type", "application/json")
    url = f"{target.base}{path}{'?' + query if query else ''}"
    return HttpRequest(method=api.method, url=url, headers=headers, body=body), secrets.used


_PLACE = re.compile(r"(\$\{[A-Za-z_][A-Za-z0-9_]*\}|\{[a-z_][a-z0-9_]*\})")


def _put_in(text: str, value_of: Callable[[str], str], secrets: _Secrets) -> str:
    """`text` of an address with its slots and secrets, each looked at once: what a user says is
    never taken for the name of a secret."""
    parts = []
    for part in _PLACE.split(text):
        if part.startswith("${"):
            parts.append(quote(secrets.put_in(part), safe=""))
        elif _SLOT.fullmatch(part):
            parts.append(value_of(part[1:-1]))
        else:
            parts.append(quote(part, safe="/%:@!$&'()*+,;=~-._?"))
    return "".join(parts)


class _Secrets:
    """Puts environment variables in the place of `${NAME}` and remembers what it put there."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.used: tuple[str, ...] = ()

    def put_in(self, text: str) -> str:
        return _SECRET.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        value = self._environment.get(found[1], "")
        if not value:
            raise ApiFault(
                f"the environment variable {found[1]} is not set", f"set {found[1]} and start again"
            )
        if len(value) >= _SHORTEST_SECRET:
            self.used = (*self.used, value)
        return value


def _needed(name: str, values: Mapping[str, Any]) -> Any:
    if values.get(name) is None:
        raise ApiFault(f"I was not told the {name.replace('_', ' ')}")
    return values[name]


def _in_path(name: str, values: Mapping[str, Any]) -> str:
    text = _text(_needed(name, values))
    if text.strip() in ("", ".", ".."):
        raise ApiFault(f"the {name.replace('_', ' ')} cannot stand in an address")
    return quote(text, safe="")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _filled(given: Any, values: Mapping[str, Any], secrets: _Secrets) -> Any:
    """`given` with its slots; a text that is nothing but a slot has the value itself. None where a
    slot of it was not said: such a key is left out."""
    if isinstance(given, Mapping):
        filled = {name: _filled(one, values, secrets) for name, one in given.items()}
        return {name: one for name, one in filled.items() if one is not None}
    if isinstance(given, (list, tuple)):
        return [_filled(one, values, secrets) for one in given]
    if not isinstance(given, str):
        return given
    alone = _SLOT.fullmatch(given)
    if alone:
        return values.get(alone[1])
    if any(values.get(name) is None for name in _SLOT.findall(_SECRET.sub("", given))):
        return None
    parts = _PLACE.split(given)
    return "".join(
        secrets.put_in(part)
        if part.startswith("${")
        else _text(values[part[1:-1]])
        if _SLOT.fullmatch(part)
        else part
        for part in parts
    )


def _is_header_value(value: str) -> bool:
    return re.fullmatch(r"[\x20-\x7e\xa0-\xff\t]*", value) is not None
