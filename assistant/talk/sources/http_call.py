"""One request to a web interface, with limits of time and size. The only module here that speaks to
another machine.

http.client follows no redirect, reads no proxy from the environment and keeps no cookie. A redirect
is followed within the same host only. The time counts for all of it: a timer shuts the connection,
so that a server which sends a byte now and then is no way round. Errors name the host, and nothing
that was sent. Runs on the hands (or whoever calls), and blocks.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from urllib.parse import urljoin, urlsplit

from assistant.errors import AssistantError, StageTimeout
from assistant.talk.sources.http_messages import ApiFault, HttpReply, HttpRequest

MOST_BYTES = 1_000_000
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)


def call(request: HttpRequest, limit_s: float) -> HttpReply:
    """The reply, after redirects within the host. `ApiFault` when there is none, an error status, a
    redirect elsewhere or more than a megabyte; `StageTimeout` when it takes longer than
    `limit_s`."""
    end = time.monotonic() + limit_s
    url = request.url
    for _ in range(MOST_REDIRECTS + 1):
        reply, location = _exchange(request, url, end, limit_s)
        host = urlsplit(url).hostname or ""
        if reply.status in _REDIRECTS and location:
            following = urljoin(url, location)
            if request.method != "GET" or _origin(following) != _origin(url):
                raise ApiFault(f"{host} sends me on to another address, where I do not go")
            url = following
            continue
        if not 200 <= reply.status < 300:
            raise ApiFault(f"{host} answered with the error {reply.status}")
        return reply
    raise ApiFault(f"{urlsplit(url).hostname} sends me round in a circle")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None


def _exchange(request: HttpRequest, url: str, end: float, limit_s: float) -> tuple[HttpReply, str]:
    """One request and its reply, with the value of `Location`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    left_s = end - time.monotonic()
    if left_s <= 0:
        raise _too_slow(host, limit_s)
    connection = _Connection(parts.scheme, host, parts.port, left_s)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        with connection.limited():
            connection.request(request.method, target, request.body, dict(request.headers))
            response = connection.getresponse()
            body = response.read(MOST_BYTES + 1)
    except Exception as error:  # http.client and ssl raise many kinds, with what was sent in some
        if connection.is_over or isinstance(error, TimeoutError):
            raise _too_slow(host, limit_s) from None
        raise ApiFault(f"{host} {_why(error)}", "check the address and the network") from None
    finally:
        connection.close()
    if connection.is_over:  # the timer cut a reply without a length: what came is a part
        raise _too_slow(host, limit_s)
    if len(body) > MOST_BYTES:
        raise ApiFault(f"the reply of {host} is too long")
    kind = response.headers.get_content_type().lower()
    charset = response.headers.get_content_charset("") or ""
    reply = HttpReply(status=response.status, content_type=kind, charset=charset, body=body)
    return reply, response.headers.get("Location", "")


def _too_slow(host: str, limit_s: float) -> StageTimeout:
    return StageTimeout(f"{host} took longer than {limit_s:g} s")


def _why(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "cannot be found"
    if isinstance(error, ssl.SSLError):
        return "has no certificate that I trust"
    if isinstance(error, AssistantError):
        return "may not be reached from this program"
    if isinstance(error, OSError):
        return "cannot be reached"
    return "gave no proper answer"


class _Connection(http.client.HTTPConnection):
    """A connection that is shut when its time is over, whatever it is doing."""

    def __init__(self, scheme: str, host: str, port: int | None, left_s: float) -> None:
        self._is_secure = scheme == "https"
        super().__init__(host, port or (443 if self._is_secure else 80), timeout=left_s)
        self.is_over = False
        self._left_s = left_s
        self._open: socket.socket | None = None

    def connect(self) -> None:
        """Connect, and encrypt when the address is https."""
        plain = socket.create_connection((self.host, self.port), self._left_s)
        self.sock = self._open = plain
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = self._open = context.wrap_socket(plain, server_hostname=self.host)

    def limited(self) -> _Limit:
        """For as long as this is entered, the timer runs."""
        return _Limit(self, self._left_s)

    def shut(self) -> None:
        """On the timer's thread: whoever reads or writes gets an error or an end. Of a reply
        without a length, http.client has let go of `sock` by then and reads on."""
        self.is_over = True
        if self._open is not None:
            with suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)


class _Limit:
    def __init__(self, connection: _Connection, left_s: float) -> None:
        self._timer = threading.Timer(left_s, connection.shut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()
