"""Reads documents in a process of its own: `python -m assistant.talk.sources.reader`.

To read one is Python code, and a PDF can be made to take all memory or to never end. Beside a
conversation that would keep the interpreter from the thread that listens, so it runs apart, at low
priority, with limits of time and memory. One request a line (a path and a name, as JSON), one reply
a line: passages with their words, or a fault. Opens no connection.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.talk.sources.reading import DocumentFault, Listed, read_document, title_of

LIMIT_S = 60.0
"""So long may one document take."""
_MEMORY_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` as it stands there, `canonical` in one spelling, `words` those that it is found by."""

    text: str
    canonical: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A passage: `above` are the words of its headings and of the document's name."""

    headings: tuple[str, ...]
    above: str
    sentences: tuple[Sentence, ...]


Read = tuple[Listed, tuple[Section, ...], str]
"""A document with its sections, or with the fault for which it has none."""


def read_apart(documents: Iterable[Listed], limit_s: float = LIMIT_S) -> Iterator[Read]:
    """Each of `documents`, read by the other process. Blocks while it reads. A document that takes
    longer than `limit_s`, or ends the process, is at fault itself; the others are read."""
    process: subprocess.Popen[bytes] | None = None
    try:
        for one in documents:
            if one.fault:
                yield one, (), one.fault
                continue
            process = process or _started()
            try:
                yield one, *_asked(process, one, limit_s)
            except _Gone as gone:
                _ended(process)
                process = None
                yield one, (), str(gone)
    finally:
        if process is not None:
            _ended(process)


class _Gone(Exception):
    """The process has ended over a document; why, for people."""


def _started() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[3])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-m", "assistant.talk.sources.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
    )


def _asked(
    process: subprocess.Popen[bytes], one: Listed, limit_s: float
) -> tuple[tuple[Section, ...], str]:
    assert process.stdin is not None
    assert process.stdout is not None
    is_late = threading.Event()

    def give_up() -> None:
        is_late.set()
        process.kill()

    timer = threading.Timer(limit_s, give_up)
    timer.daemon = True
    timer.start()
    try:
        request = {"name": one.name, "path": os.fsencode(one.path).hex(), "size": one.stamp[1]}
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        reply = json.loads(process.stdout.readline())
    except (OSError, ValueError):  # it is gone
        if is_late.is_set():
            raise _Gone(f"reading it took longer than {limit_s:g} s") from None
        raise _Gone("it is damaged, or needs too much memory") from None
    finally:
        timer.cancel()
    sections = tuple(
        Section(tuple(headings), above, tuple(Sentence(*said) for said in sentences))
        for headings, above, sentences in reply["sections"]
    )
    return sections, reply["fault"]


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()


# -- the other process ----------------------------------------------------------------------------


def _main() -> None:
    _limit_self()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        path = Path(os.fsdecode(bytes.fromhex(request["path"])))
        try:
            reply = {"sections": _sections(request, path), "fault": ""}
        except DocumentFault as fault:
            reply = {"sections": [], "fault": str(fault)}
        except (MemoryError, RecursionError):
            reply = {"sections": [], "fault": "it needs too much memory"}
        print(json.dumps(reply), flush=True)


def _sections(request: dict[str, Any], path: Path) -> list[Any]:
    from assistant.language.en.normalise import normalise
    from assistant.language.en.search_words import search_words

    title = title_of(request["name"])
    passages = read_document(Listed(request["name"], path, (0, request["size"])))
    return [
        (
            one.headings,
            " ".join(search_words(" ".join((title, *one.headings)))),
            [(text, normalise(text), " ".join(search_words(text))) for text in one.sentences],
        )
        for one in passages
    ]


def _limit_self() -> None:
    """Little priority, and a limit of memory where the system has one."""
    from assistant.private import keep_private

    keep_private()
    with suppress(OSError, AttributeError):
        os.nice(10)
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, limit in ((resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    _main()
