"""Standard output and error as the command line uses them: whatever is printed, it ends well.

Control sequences are taken out of all that is printed, letters that the terminal's encoding lacks
become similar ones, closed streams go nowhere, and a full disk is one coded error. Runs once, on
the main thread, before anything is printed.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from assistant.errors import AssistantError
from assistant.harmless import harmless

_SIMILAR = "assistant.similar"
_ASCII = {
    "…": "...",
    "—": "-",
    "–": "-",
    "−": "-",
    "·": "*",
    "→": "->",
    "≤": "<=",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "\u00a0": " ",
}
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class OutputError(AssistantError):
    """What was to be printed, or kept, could not be written."""

    code = "E-OUTPUT"


class HarmlessStream(io.TextIOWrapper):
    """A stream of text without control sequences."""

    def write(self, text: str, /) -> int:
        """Print `text` as `harmless` makes it; the number of its characters."""
        super().write(harmless(text))
        return len(text)


def prepare_output() -> None:
    """Make standard output and error safe, and open those of the three that are closed: a file
    that is opened later must not become standard output."""
    codecs.register_error(_SIMILAR, _similar)
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream: TextIO | None = getattr(sys, name)
        made: TextIO
        if stream is None:
            made = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            is_live, encoding = stream.line_buffering or stream.isatty(), stream.encoding
            made = HarmlessStream(
                stream.detach(), encoding=encoding, errors=_SIMILAR, line_buffering=is_live
            )
        else:
            continue
        setattr(sys, name, made)
        setattr(sys, f"__{name}__", made)  # the other is detached, and who asks it would fail


_abandoned: list[str] = []


def abandon(why: str) -> None:
    """A thread is stuck (`why` is for who debugs it): the process is to end without waiting."""
    _abandoned.append(why)


def raw_output() -> TextIO:
    """Standard output for a library that draws with control sequences of its own."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return open(1, "w", encoding=encoding, errors="replace", buffering=1, closefd=False)


def close_output(status: int) -> int:
    """Print what is left; `status`, or 1 when that fails, which is told on standard error. A reader
    that has gone has seen enough. Ends the process itself when a thread was abandoned."""
    if _abandoned:
        os._exit(status)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError) as error:
            _to_nowhere(stream)
            if isinstance(error, OSError) and error.errno != errno.EPIPE:
                with suppress(OSError):
                    print(f"assistant: {unwritten(error)}", file=sys.stderr, flush=True)
                status = status or OutputError.exit_status
    return status


def unwritten(error: OSError) -> OutputError:
    """The error of a write or of another call of the system that nobody took care of."""
    place = f" {error.filename}" if error.filename else ""
    step = "make room on that disk" if error.errno in _FULL else "name another place"
    return OutputError(f"cannot write{place}: {error.strerror or error}", step)


def _to_nowhere(stream: TextIO) -> None:
    """What is still in the stream goes to the null device, so that the end finds nothing."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()


def _similar(error: UnicodeError) -> tuple[str, int]:
    """A handler for `codecs`: letters that an encoding lacks, as similar ones that ASCII has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    import unicodedata

    text = error.object[error.start : error.end]
    letters = []
    for letter in text:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        letters.append(_ASCII.get(letter) or plain or "?")
    return "".join(letters), error.end
