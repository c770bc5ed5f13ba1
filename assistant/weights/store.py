"""The weights on the disk: where they lie, whether they are complete and whether they are sound.

A model's files lie in `DIRECTORY/MODEL ID/FILE`. `DIRECTORY/recorded.json` remembers the SHA-256 of
each file, of some places in it (`sampled`), and the size and time of change it had then, so that a
file is read in full only once, and its places before every use; for a file whose hash the catalogue
does not know, the first one recorded is the one that counts.
Knows the catalogue's entries and no network. Any thread may call it; one process fetches at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from assistant.errors import ModelError
from assistant.weights.catalogue import Model, ModelFile
from assistant.weights.sampled import sample_of

RECORD = "recorded.json"

_CHECKOUT = Path(__file__).resolve().parents[2]
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A file that cannot be used, and why, in words for a person."""

    model: Model
    file: ModelFile
    why: str

    def __str__(self) -> str:
        return f"{self.model.id}/{self.file.name} {self.why}"


def models_directory(configured: str = "") -> Path:
    """`configured`, else `models/` of the checkout, else the user's data directory."""
    if configured:
        return Path(configured).expanduser().resolve()
    if (_CHECKOUT / "models" / "catalog.toml").exists():
        return _CHECKOUT / "models"
    return Path(platformdirs.user_data_dir("assistant", appauthor=False)) / "models"


def locate(model: Model, directory: Path) -> Path:
    """The directory of the model, when every file is there in its right size (quick, no hashing).

    `ModelError` names the first file that is not.
    """
    problem = next(missing([model], directory), None)
    if problem is not None:
        raise ModelError(
            f"the model {problem} in {directory / model.id}",
            f"run `make models`, or `assistant models fetch {model.id}`",
        )
    return directory / model.id


def missing(models: Iterable[Model], directory: Path) -> Iterator[Problem]:
    """An iterator over the files that are absent or have the wrong size (quick, no hashing)."""
    for model in models:
        for file in model.files:
            why = _wrong_size(directory / model.id / file.name, file)
            if why:
                yield Problem(model=model, file=file, why=why)


def damaged(models: Iterable[Model], directory: Path) -> Iterator[Problem]:
    """An iterator over the files that are there in their right size and are not what was recorded,
    as far as the sampled places show (some milliseconds a file). A file of which nothing is
    recorded is taken for sound."""
    record = Record(directory)
    for model in models:
        for file in model.files:
            why = record.look(model, file)
            if why:
                yield Problem(model=model, file=file, why=why)


def verify(models: Iterable[Model], directory: Path) -> list[Problem]:
    """Read every file in full; those that are absent, cut short or whose hash is not the right one.

    Sound files are recorded, so that the next fetch need not read them again.
    """
    record = Record(directory)
    problems: list[Problem] = []
    for model in models:
        for file in model.files:
            why = _wrong_size(directory / model.id / file.name, file)
            if not why:
                why = record.check(model, file, trust_stamp=False)
            if why:
                problems.append(Problem(model=model, file=file, why=why))
    record.save()
    return problems


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in lower-case hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


class Record:
    """The hashes that were measured in one models directory, kept in its `recorded.json`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._path = directory / RECORD
        self._entries: dict[str, dict[str, Any]] = {}
        try:
            content = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(content, dict):
            self._entries = {k: v for k, v in content.items() if isinstance(v, dict)}

    def expected(self, model: Model, file: ModelFile) -> str:
        """The hash that the file must have: the catalogue's, else the first one seen, else ""."""
        entry = self._entries.get(_key(model, file), {})
        return file.sha256 or str(entry.get("sha256", ""))

    def check(self, model: Model, file: ModelFile, *, trust_stamp: bool) -> str:
        """Why the file on the disk is not the right one; "" when it is (it is recorded then).

        With `trust_stamp`, a file that has not changed since it was recorded is not read again but
        for its sampled places.
        """
        path = self._directory / model.id / file.name
        status = path.stat()
        stamp = {"bytes": status.st_size, "mtime_ns": status.st_mtime_ns}
        expected = self.expected(model, file)
        entry = self._entries.get(_key(model, file), {})
        sample = sample_of(path).digest
        known = {"sha256": expected, **stamp}
        is_same = known.items() <= entry.items() and entry.get("sample", sample) == sample
        if trust_stamp and expected and is_same:
            entry["sample"] = sample
            return ""
        found = sha256_of(path)
        if expected and found != expected:
            return f"is damaged: its SHA-256 is {found[:12]}…, not {expected[:12]}…"
        self._entries[_key(model, file)] = {"sha256": found, **stamp, "sample": sample}
        return ""

    def look(self, model: Model, file: ModelFile) -> str:
        """Why the file on the disk is not the one that was recorded, as far as its sampled places
        tell; "" when it is, is absent, or nothing is recorded. Writes nothing."""
        entry = self._entries.get(_key(model, file), {})
        sample, sha256 = entry.get("sample"), entry.get("sha256")
        if sample is None or sha256 != self.expected(model, file):
            return ""
        try:
            found = sample_of(self._directory / model.id / file.name)
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        if found.digest == sample:
            return ""
        if found.is_hollow:
            return f"is damaged: {found.empty:.0%} of it is empty"
        return "is damaged: it has changed since it was fetched"

    def save(self) -> None:
        """Write the record, whole or not at all. A directory that cannot be written is left."""
        text = json.dumps(self._entries, indent=1, sort_keys=True) + "\n"
        partial = self._path.with_suffix(".part")
        try:
            partial.write_text(text, "utf-8")
            os.replace(partial, self._path)
        except OSError:
            partial.unlink(missing_ok=True)


def _key(model: Model, file: ModelFile) -> str:
    return f"{model.id}/{file.name}"


def _wrong_size(path: Path, file: ModelFile) -> str:
    try:
        found = path.stat().st_size
    except OSError:
        return "is missing"
    return "" if found == file.bytes else f"has {found:,} bytes instead of {file.bytes:,}"
