"""Servers that tests talk to, all on loopback: the real one of llama-cpp-python, one that says what
a script says, and a proxy that records what goes through it."""

from __future__ import annotations

import itertools
import json
import queue
import re
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

_START_TIMEOUT_S = 120

Respond = Callable[["Handler"], None]


class RealServer:
    """`llama_cpp.server` with one GGUF, in a process of its own.

    A stream is not ended by the next request, so that only a closed connection can end it.
    """

    def __init__(self, weights: Path, alias: str = "tiny", context_tokens: int = 2048) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        options = {
            "model": weights,
            "model_alias": alias,
            "host": "127.0.0.1",
            "port": self.port,
            "n_threads": 1,
            "n_ctx": context_tokens,
            "interrupt_requests": "false",
        }
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "llama_cpp.server"),
                *(str(part) for name, value in options.items() for part in (f"--{name}", value)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._marks = itertools.count()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._until("Uvicorn running")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def log(self, pattern: str) -> list[tuple[int, ...]]:
        """The numbers that the groups of `pattern` found in its log since the last call."""
        mark = f"mark-{next(self._marks)}"
        httpx2.get(f"{self.url}/{mark}", trust_env=False)  # it writes down what it does not know
        found = (re.search(pattern, line) for line in self._until(mark))
        return [tuple(map(int, one.groups())) for one in found if one]

    def kill(self) -> None:
        self.process.kill()
        self._reader.join()
        self.process.wait()

    def _until(self, word: str) -> list[str]:
        lines: list[str] = []
        while not lines or word not in lines[-1]:
            lines.append(self._lines.get(timeout=_START_TIMEOUT_S))
        return lines

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)


class Handler(BaseHTTPRequestHandler):
    """Answers a request as the script of its server says."""

    server: ScriptedServer

    def do_GET(self) -> None:
        self._respond(None)

    def do_POST(self) -> None:
        self._respond(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _respond(self, body: Any) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        with suppress(ConnectionError):
            self.server.script.get(self.path, not_found)(self)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class ScriptedServer(ThreadingHTTPServer):
    """`script`: path to what answers it; `seen`: method, path, headers and body of each request."""

    daemon_threads = True

    def __init__(self, script: dict[str, Respond]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def close(self) -> None:
        self.shutdown()
        self.server_close()


@contextmanager
def scripted(
    chat: Respond | None = None, models: Respond | None = None
) -> Iterator[ScriptedServer]:
    """A server with one model "tiny", unless `models` names others; `chat` answers completions."""
    script = {"/v1/models": models or listing("tiny"), "/v1/chat/completions": chat or not_found}
    server = ScriptedServer(script)
    try:
        yield server
    finally:
        server.close()


def reply(body: str | bytes, kind: str = "application/json", status: int = 200) -> Respond:
    """A whole answer."""

    def respond(handler: Handler) -> None:
        data = body.encode() if isinstance(body, str) else body
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        if 300 <= status < 400:
            handler.send_header("Location", data.decode())
        handler.end_headers()
        handler.wfile.write(data)

    return respond


def listing(*names: str) -> Respond:
    return reply(json.dumps({"object": "list", "data": [{"id": name} for name in names]}))


def events(*parts: str | bytes | dict[str, Any], is_cut: bool = False) -> Respond:
    """A stream of events: a dict is the delta of a choice, text an event's data, bytes go as they
    are. `is_cut`: more was promised than comes."""

    def respond(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
        if is_cut:
            handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        for part in parts:
            handler.wfile.write(_event(part))
            handler.wfile.flush()

    return respond


def ended(reason: str = "stop") -> str:
    """The data of the event that says why an answer ends."""
    return json.dumps({"choices": [{"delta": {}, "finish_reason": reason}]})


def not_found(handler: Handler) -> None:
    reply('{"error": {"message": "not here"}}', status=404)(handler)


def _event(part: str | bytes | dict[str, Any]) -> bytes:
    if isinstance(part, bytes):
        return part
    if isinstance(part, dict):
        choice = {"delta": part, "finish_reason": None}
        part = json.dumps({"choices": [choice]}, ensure_ascii=False)
    return f"data: {part}\n\n".encode()


class RecordingProxy(socketserver.ThreadingTCPServer):
    """Passes connections on to a port of this machine and keeps what the clients said."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.port = port
        self.said: list[bytearray] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def posted(self) -> list[dict[str, Any]]:
        """The bodies of the completions that were asked for."""
        requests = [bytes(one).partition(b"\r\n\r\n") for one in self.said]
        return [json.loads(body) for head, _, body in requests if head.startswith(b"POST")]

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Passing(socketserver.BaseRequestHandler):
    server: RecordingProxy

    def handle(self) -> None:
        said = bytearray()
        self.server.said.append(said)
        with socket.create_connection(("127.0.0.1", self.server.port)) as onward:
            back = threading.Thread(target=_pass, args=(onward, self.request), daemon=True)
            back.start()
            _pass(self.request, onward, said)
            back.join()


def _pass(source: socket.socket, target: socket.socket, kept: bytearray | None = None) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            if kept is not None:
                kept += data
            target.sendall(data)
    for one, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with suppress(OSError):
            one.shutdown(how)
