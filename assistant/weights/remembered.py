"""The choice of profile `auto`, kept in a file of the state directory with what it was made for.

The file's key is made of the cores, the memory, llama.cpp's package (its version and what it was
built for) and the catalogue: when one of them changes, the choice holds until a new one is made.
Knows the machine's size and no model. Any thread; one process writes.
"""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from assistant.folders import state_directory
from assistant.weights.catalogue import Catalogue

_PACKAGE = "llama-cpp-python"
_CARD_KINDS = ("cuda", "hip", "metal", "sycl", "vulkan")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A choice that was made: the profile, why, for what (`key`), and whether the person was told
    that its models could not be fetched."""

    profile: str
    why: str
    key: str
    was_told_of_failure: bool = False


def choice_file() -> Path:
    """Where the choice is kept; without it, it is made anew."""
    return state_directory() / "profile.json"


def remembered(path: Path | None = None) -> Remembered | None:
    """The choice in the file; None when there is none, or none that can be read."""
    try:
        content = json.loads((path or choice_file()).read_text("utf-8"))
        found = Remembered(**content)
    except (OSError, ValueError, TypeError):
        return None
    is_text = all(isinstance(part, str) for part in (found.profile, found.why, found.key))
    return found if is_text else None


def remember(choice: Remembered, path: Path | None = None) -> None:
    """Write the choice, whole or not at all. `OSError` when the directory cannot be written."""
    place = path or choice_file()
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(f".{os.getpid()}.part")
    partial.write_text(json.dumps(dataclasses.asdict(choice), indent=1) + "\n", "utf-8")
    os.replace(partial, place)


def machine_key(catalogue: Catalogue) -> str:
    """What a choice depends on, for a person who looks into the file."""
    try:
        version = metadata.version(_PACKAGE)
    except metadata.PackageNotFoundError:
        version = "none"
    return (
        f"{cores()} cores, {memory_bytes() / 1e9:.0f} GB, {_PACKAGE} {version}{_built_for()}, "
        f"catalogue {catalogue.digest[:12]}"
    )


def _built_for() -> str:
    """The kinds of graphics card that llama.cpp was built for, by the names of its libraries; the
    package is not imported, which would take a second."""
    found = find_spec("llama_cpp")
    folders = [Path(place) / "lib" for place in (found and found.submodule_search_locations) or ()]
    names = {file.name for folder in folders for file in folder.glob("*ggml-*")}
    kinds = [kind for kind in _CARD_KINDS if any(f"ggml-{kind}." in name for name in names)]
    return f" for {' and '.join(kinds)}" if kinds else ""


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int:
    """Memory of the machine, or of the container that this runs in; 0 when it is not known."""
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0
    try:
        return min(found, int(_CGROUP_LIMIT.read_text("ascii")))
    except (OSError, ValueError):  # no container, or one without a limit
        return found
