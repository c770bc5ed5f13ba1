"""Runs a command at low priority that ends when the program that started it ends.

`python -m assistant.cli.leash COMMAND …` starts the command in a group of its own and holds its
standard input, a pipe from the program. When the pipe closes, for whatever reason, the whole group
is ended: pip, which the command may have started, too. Knows no command.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_NICENESS = 15
_GRACE_S = 3.0


def main() -> None:
    """Run the command to its end or to that of the pipe; its exit status is passed on."""
    os.nice(_NICENESS)
    with subprocess.Popen(
        sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True
    ) as command:
        threading.Thread(target=_end_with_pipe, args=(command,), daemon=True).start()
        status = command.wait()
    os._exit(status if status >= 0 else 128 - status)  # the thread still waits for the pipe


def _end_with_pipe(command: subprocess.Popen[bytes]) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(command.pid, ending)
        with suppress(subprocess.TimeoutExpired):
            command.wait(_GRACE_S)


if __name__ == "__main__":
    main()
