"""What nobody expected: one coded line for the person, the traceback in a file.

Any thread.
"""

from __future__ import annotations

import os
import traceback
from pathlib import Path

from assistant.errors import AssistantError


class InternalError(AssistantError):
    """Something happened that no part of the program expected."""

    code = "E-INTERNAL"


def internal_error(error: Exception, log_path: Path | None) -> InternalError:
    """`error` as one for people. Its traceback is put behind what is in `log_path`; where that is
    None or fails, the next step has the place where it happened."""
    what = f"{type(error).__name__}: {error}"
    if log_path is not None and _is_kept("".join(traceback.format_exception(error)), log_path):
        return InternalError(what, f"see {log_path} for the details")
    where = traceback.extract_tb(error.__traceback__)[-1:]
    line = f" ({Path(where[0].filename).name}, line {where[0].lineno})" if where else ""
    return InternalError(what, f"start again; if it stays, report it with what you did{line}")


def _is_kept(text: str, path: Path) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as log:
            log.write(text)
    except OSError:
        return False
    return True
