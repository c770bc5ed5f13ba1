"""Finds the documents of a folder and reads each as passages.

What cannot be read is told with its reason, and the rest is read. Links that lead out of the folder
are not followed. Knows no index. The folder is listed on the thread that watches it, or at set-up;
documents are read in the process of `reader`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.talk.sources.passages import Passage, cut
from assistant.talk.sources.pdf_text import PdfFault, read_pdf

MARKDOWN = (".md", ".markdown")
TEXT = (".txt", ".text")
PDF = (".pdf",)
MOST_FILES = 5000
MOST_BYTES = 5_000_000
"""A text file may be as long as five long books."""
MOST_PDF_BYTES = 100_000_000
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)

Stamp = tuple[int, int]
"""When a file was changed (ns) and how long it is (bytes)."""


class DocumentFault(Exception):
    """Why a file or folder is not among the documents, for people: "it is encrypted"."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A document of the folder, or a `fault` in its place. `name` is its path below the folder,
    with slashes."""

    name: str
    path: Path
    stamp: Stamp = (0, 0)
    fault: str = ""


def listed(folder: Path) -> Iterator[Listed]:
    """All documents below `folder`, in the order of their names; `DocumentFault` when the folder
    itself cannot be read."""
    try:
        root = folder.resolve(strict=True)
        os.scandir(root).close()
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "it leads round in a circle"
        raise DocumentFault(f"the folder cannot be read: {why}") from None
    for count, one in enumerate(_below(root, root)):
        if count == MOST_FILES:
            yield Listed("…", root, fault=f"there are more than {MOST_FILES} documents")
            return
        yield one


def _below(directory: Path, root: Path) -> Iterator[Listed]:
    try:
        with os.scandir(directory) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        why = f"the folder cannot be read: {error.strerror}"
        yield Listed(_name(directory, root), directory, fault=why)
        return
    for entry in entries:
        path = Path(entry.path)
        if entry.name.startswith((".", "~$")):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(path, root)
        elif path.suffix.lower() in (*MARKDOWN, *TEXT, *PDF):
            yield _listed(path, root, entry)


def _listed(path: Path, root: Path, entry: os.DirEntry[str]) -> Listed:
    name = _name(path, root)
    try:
        if entry.is_file(follow_symlinks=False):  # nearly all: no link to follow
            plain = entry.stat(follow_symlinks=False)
            return Listed(name, path, (plain.st_mtime_ns, plain.st_size))
        real = path.resolve(strict=True)
        if not real.is_relative_to(root):
            return Listed(name, path, fault="it is a link that leads out of the folder")
        status = real.stat()
    except (OSError, RuntimeError):
        return Listed(name, path, fault="it is a link that leads nowhere")
    if not real.is_file():
        return Listed(name, path, fault="it is no file")
    return Listed(name, real, (status.st_mtime_ns, status.st_size))


def _name(path: Path, root: Path) -> str:
    """For people and the index; a name that is no text is shown with question marks."""
    name = path.relative_to(root).as_posix()
    return name.encode("utf-8", "replace").decode("utf-8")


def read_document(one: Listed) -> list[Passage]:
    """The passages of a document; `DocumentFault` says why there are none."""
    suffix = one.path.suffix.lower()
    most = MOST_PDF_BYTES if suffix in PDF else MOST_BYTES
    if one.stamp[1] > most:
        raise DocumentFault(f"it is larger than {most // 1_000_000} MB")
    try:
        text = read_pdf(one.path) if suffix in PDF else _decoded(one.path.read_bytes())
    except PdfFault as fault:
        raise DocumentFault(str(fault)) from None
    except OSError as error:
        raise DocumentFault(f"it cannot be read: {error.strerror}") from None
    passages = cut(text, is_markdown=suffix in MARKDOWN)
    if not passages:
        raise DocumentFault("it has no text")
    return passages


def _decoded(data: bytes) -> str:
    """UTF-8, what a mark at the beginning says, else Windows' Western encoding."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise DocumentFault("it is damaged: no text in its encoding") from None
    if b"\x00" in data:
        raise DocumentFault("it is no text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def title_of(name: str) -> str:
    """What a file is called aloud: "travel-policy.md" is the "travel policy"."""
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", stem)
    return " ".join(re.sub(r"[-_.]+", " ", parted).split()) or stem
