"""The text of one PDF file, read by a process of its own (`python -m` with this module's name).

A PDF can be made to take all memory or to never end, and pypdf is Python code that would keep the
lock from the thread that listens. So it runs apart, at low priority and with limits, and prints one
JSON object: `pages`, a list of texts, or `fault`. It opens no connection.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LIMIT_S = 60.0
MOST_PAGES = 2000
MOST_CHARACTERS = 4_000_000
_MEMORY_BYTES = 2_000_000_000


class PdfFault(Exception):
    """Why a PDF cannot be read, for people: "it is encrypted"."""


def read_pdf(path: Path, limit_s: float = LIMIT_S) -> str:
    """The text of all pages, an empty line between them. Blocks; `PdfFault` says why not."""
    command = [sys.executable, "-m", "assistant.talk.sources.pdf_text", str(path)]
    root = str(Path(__file__).parents[3])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            env={**os.environ, "PYTHONPATH": paths},
        )
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise PdfFault(f"reading it took longer than {limit_s:g} s") from None
    except (OSError, ValueError):
        raise PdfFault("it is damaged, or needs too much memory") from None
    if found.get("fault"):
        raise PdfFault(found["fault"])
    return "\n\n".join(found["pages"])


def _pages(path: str) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfFault("it is encrypted")
        if len(reader.pages) > MOST_PAGES:
            raise PdfFault(f"it has more than {MOST_PAGES} pages")
        pages: list[str] = []
        for page in reader.pages:
            pages.append(page.extract_text())
            if sum(map(len, pages)) > MOST_CHARACTERS:
                raise PdfFault("its text is too long")
    except FileNotDecryptedError:
        raise PdfFault("it is encrypted") from None
    except PdfFault:
        raise
    except (PyPdfError, OSError, MemoryError, RecursionError) as error:
        raise PdfFault(f"it is damaged ({type(error).__name__})") from None
    except Exception as error:  # a broken file may raise anything
        raise PdfFault(f"it is damaged ({type(error).__name__})") from None
    if not any(page.strip() for page in pages):
        raise PdfFault("it has no text: perhaps pages that were scanned")
    return pages


def _limit_self() -> None:
    """Little priority, and a limit of memory and time where the system has one."""
    from assistant.private import keep_private

    keep_private()
    with suppress(OSError, AttributeError):
        os.nice(10)
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, limit in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, int(LIMIT_S)),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit))


def _main(path: str) -> None:
    _limit_self()
    try:
        found: dict[str, object] = {"pages": _pages(path)}
    except PdfFault as fault:
        found = {"fault": str(fault)}
    print(json.dumps(found))


if __name__ == "__main__":
    _main(sys.argv[1])
