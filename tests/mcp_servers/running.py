"""Starts the server of `house.py` behind HTTP, on a port of this machine that is free."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HOUSE = Path(__file__).parent / "house.py"
NOTHING_FOLLOWS_S = 30.0


@contextmanager
def http_server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, str(HOUSE), "http", str(port), str(tmp_path / "log")]
    )
    try:
        until(lambda: can_connect(port))
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        server.kill()
        server.wait()


def can_connect(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool]) -> None:
    end_s = time.monotonic() + NOTHING_FOLLOWS_S
    while not holds():
        assert time.monotonic() < end_s
        threading.Event().wait(0.02)
