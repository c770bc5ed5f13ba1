"""A request to a web interface, its reply, and what can be said when it fails.

Knows no network. Pure values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant.errors import AssistantError


class ApiFault(AssistantError):
    """A web interface did not give what was wanted; `what` names the host and is said."""

    code = "E-API"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """`url` is complete and escaped. It and the headers may hold secrets: nothing prints them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"<{self.method} {urlsplit(self.url).hostname}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """`content_type` without its parameters, in small letters; `charset` as given, or ""."""

    status: int
    content_type: str
    charset: str
    body: bytes = field(repr=False)
