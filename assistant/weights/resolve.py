"""Which models a configuration means on this machine: what `auto` stands for, what stands in.

`auto` is the remembered choice, else the starter. A model of the profile that is not on the disk
gives way to the next smaller one of its ladder that is. Reads the disk and the environment; loads
and fetches nothing. Any thread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from assistant.config import Config
from assistant.errors import ModelError
from assistant.weights.catalogue import Catalogue, Model, Role, load_catalogue
from assistant.weights.choice import Candidate, Machine
from assistant.weights.remembered import cores, memory_bytes, remembered
from assistant.weights.store import damaged, locate, missing, models_directory

AUTO = "auto"
PROFILE_VARIABLE = "ASSISTANT_PROFILE"
"""Overrides models.profile, so that `make run PROFILE=laptop` needs no file."""
SMALLEST = "starter"

_LADDER = (SMALLEST, "laptop", "gpu")
_NEEDS_GPU = frozenset({"gpu"})


def is_auto(config: Config) -> bool:
    """Whether the machine chooses: nobody has named a profile."""
    return config.models.profile == AUTO and os.environ.get(PROFILE_VARIABLE, AUTO) == AUTO


def profile_name(config: Config, catalogue: Catalogue) -> str:
    """The profile that is meant; the starter when `auto` has not chosen, or chose one that is no
    longer in the catalogue."""
    if is_auto(config):
        choice = remembered()
        is_known = choice is not None and choice.profile in catalogue.profiles
        return choice.profile if choice is not None and is_known else SMALLEST
    if config.models.profile == AUTO:
        return os.environ[PROFILE_VARIABLE]
    return config.models.profile


def profile_models(config: Config, catalogue: Catalogue | None = None) -> dict[Role, Model]:
    """The models of the profile that is meant, there or not."""
    catalogue = catalogue or load_catalogue()
    return catalogue.profile(profile_name(config, catalogue))


def find(config: Config, role: Role) -> tuple[Model, Path]:
    """The model of a role and its directory: the profile's, else the next smaller one that is
    there. `ModelError` names what is missing of the profile's when none is, and what is damaged of
    the one that would be used."""
    return ladder(config, role)[0]


def ladder(config: Config, role: Role) -> list[tuple[Model, Path]]:
    """Every model that may serve in a role and is there, with its directory: the profile's, then
    the smaller ones, the largest of them first; at least one.

    `ModelError` names what is missing of the profile's when none is there, and what is damaged of
    the first that is; a smaller one that is damaged is left out.
    """
    catalogue = load_catalogue()
    place = models_directory(config.models.directory)
    wanted = profile_models(config, catalogue).get(role)
    if wanted is None:
        raise ModelError(f"the profile has no model for {role}", "take another models.profile")
    there = [
        (model, place / model.id)
        for model in (wanted, *catalogue.smaller(wanted))
        if next(missing([model], place), None) is None
    ]
    if not there:
        return [(wanted, locate(wanted, place))]
    (first, _), *others = there
    for problem in damaged([first], place):
        raise ModelError(
            f"{place / first.id / problem.file.name} {problem.why}",
            f"run `make models`, or `assistant models fetch {first.id}`: it is fetched again",
        )
    return [there[0], *(one for one in others if not any(damaged([one[0]], place)))]


def stand_ins(config: Config, roles: Iterable[Role]) -> list[str]:
    """A line for each of `roles` whose model is not there and has another in its place."""
    wanted, found = profile_models(config), []
    for role in roles:
        try:
            model, _ = find(config, role)
        except ModelError:
            continue
        if model.id != wanted[role].id:
            found.append(f"{wanted[role].id} is not here; {model.id} takes its place")
    return found


def choice_line(config: Config) -> str:
    """What `auto` chose and why, in one line; "" when somebody has named a profile."""
    if not is_auto(config):
        return ""
    choice = remembered()
    why = choice.why if choice else f"{SMALLEST}, until `assistant run` has measured this machine"
    return f"profile auto chose {why}"


def candidates(catalogue: Catalogue, place: Path) -> list[Candidate]:
    """The profiles that `auto` chooses from, the smallest first."""
    return [
        Candidate(
            profile=name,
            llm_bytes=catalogue.profile(name)["llm"].bytes,
            missing_bytes=sum(
                problem.file.bytes for problem in missing(catalogue.profile(name).values(), place)
            ),
            needs_gpu=name in _NEEDS_GPU,
        )
        for name in _LADDER
        if name in catalogue.profiles
    ]


def read_machine(place: Path, *, card_bytes: int) -> Machine:
    """This machine, with the disk on which `place` lies."""
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    return Machine(
        cores=cores(),
        memory_bytes=memory_bytes(),
        free_disk_bytes=shutil.disk_usage(existing).free,
        card_bytes=card_bytes,
    )
