"""Whether and how the program is stopped by Ctrl+Z: the whole job, and only under a shell.

The job may be `make` and the program: stopping the program alone would leave the shell waiting for
`make`, before a dead screen. POSIX only. Main thread.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path


def can_stop() -> bool:
    """True when somebody is there to bring the job back: a process above it, of the same session
    and of another job."""
    if not hasattr(os, "getpgrp"):
        return False
    job, session, process = os.getpgrp(), os.getsid(0), os.getppid()
    try:
        while process > 1 and os.getpgid(process) == job:
            process = _parent(process)
        return process > 1 and os.getsid(process) == session
    except (OSError, ValueError, IndexError):
        return False


def stop() -> None:
    """Ask the job to stop; returns when it was brought back."""
    os.killpg(os.getpgrp(), signal.SIGTSTP)


def _parent(process: int) -> int:
    """The process that started `process` (Linux: the fourth field of its `stat`)."""
    return int(Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[1])
