"""A real web server on loopback that behaves well or badly, for the tests of interfaces."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ends = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ApiServer

    def log_message(self, *arguments: Any) -> None: ...

    def _any(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        self.server.got.append(
            {
                "method": self.command,
                "raw": self.path,
                "path": unquote(parts.path),
                "query": parse_qs(parts.query),
                "headers": dict(self.headers),
                "body": self.rfile.read(length).decode(),
            }
        )
        kind = parts.path.split("/")[1]
        getattr(self, f"_{kind}", self._weather)()

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - the names that http.server wants

    def _send(
        self, body: bytes, status: int = 200, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _weather(self) -> None:
        content = {
            "current": {"temperature": 21.5, "sky": "clear", "wind": None},
            "days": [{"high": 23}, {"high": 19.25}],
            "echo": self.headers.get("Authorization", ""),
        }
        self._send(json.dumps(content).encode())

    def _text(self) -> None:
        self._send("It’s fine.\n\nSecond line.".encode(), kind="text/plain; charset=utf-8")

    def _html(self) -> None:
        self._send(b"<html>no</html>", kind="text/html")

    def _list(self) -> None:
        self._send(json.dumps(["a", "b"]).encode())

    def _deep(self) -> None:
        self._send(b"[" * 100_000 + b"]" * 100_000)

    def _error(self) -> None:
        self._send(b'{"current": {"temperature": 99}}', status=500)

    def _empty(self) -> None:
        self._send(b"")

    def _moved(self) -> None:
        self._send(b"", status=302, Location="/weather/berlin")

    def _away(self) -> None:
        self._send(b"", status=302, Location=self.server.elsewhere)

    def _circle(self) -> None:
        self._send(b"", status=301, Location="/circle")

    def _huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b"x" * 100_000)
        except OSError:
            self.server.broken.set()
        self.close_connection = True

    def _hang(self) -> None:
        ends.wait(20)
        self.close_connection = True

    def _drip(self) -> None:
        """A byte now and then, without an end."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            while not ends.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            self.server.broken.set()
        self.close_connection = True

    def _head(self) -> None:
        """The same in the headers."""
        try:
            while not ends.wait(0.05):
                self.wfile.write(b"H")
        except OSError:
            self.server.broken.set()
        self.close_connection = True

    def _noise(self) -> None:
        self.wfile.write(b"this is no HTTP\r\n\r\n")
        self.close_connection = True


class ApiServer(ThreadingHTTPServer):
    """`got` are the requests; `broken` is set when a client has gone while it was answered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[dict[str, Any]] = []
        self.broken = threading.Event()
        self.elsewhere = "http://localhost:9/"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *arguments: Any) -> None: ...


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """A server that listens."""
    ends.clear()
    server = ApiServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        ends.set()
        server.shutdown()
        thread.join()
        server.server_close()
