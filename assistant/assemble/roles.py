"""Who stands for each role: the user's own weights, the profile's, a stand-in, or a server.

Looks at the disk and at the configuration; loads nothing and asks no server. Any thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.addresses import REMOTE, describe_server, is_remote
from assistant.config import Config
from assistant.errors import ModelError

Role = Literal["transcriber", "turn", "llm", "voice"]

BEING_SET_UP = "model being set up"
"""What stands in the place of a model's name until it is there."""

_SUFFIXES = {"turn": ".onnx", "voice": ".onnx"}
_WEIGHTS = {"transcriber": "model.bin"}


# -- a server -----------------------------------------------------------------------------------


def remote_warning(config: Config) -> str:
    """What to tell a person whose words leave this machine; empty when they do not."""
    if not config.llm.server or not is_remote(config.llm.server, config.llm.server_model):
        return ""
    return f"{server_label(config)}. What the model is asked is sent there."


def server_label(config: Config) -> str:
    """What the configured model server is called on the screen."""
    return describe_server(config.llm.server, config.llm.server_model)


# -- weights ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmFile:
    """A GGUF file that may serve, and the id of its model; two files of one model are the copy that
    the set-up made for speed and the file as it came."""

    path: Path
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPaths:
    """Where the weights of each role lie, and what they are called on the screen. `llm_files`, of
    which the first that loads is used, are empty when a server has the model; `server` is what that
    is called."""

    transcriber: Path
    turn: Path
    llm_files: Sequence[LlmFile]
    voice: Path
    server: str = ""

    @property
    def llm(self) -> Path | None:
        """The language model that is tried first; None when a server has it."""
        return self.llm_files[0].path if self.llm_files else None

    def names(self) -> dict[str, str]:
        """Role to the name that a person would look for; a model elsewhere, or one that is being
        set up, comes first, where a narrow screen still shows it."""
        names = {
            "hears": self.transcriber.name,
            "turns": self.turn.stem,
            "thinks": self.llm.stem if self.llm else self.server,
            "speaks": self.voice.stem,
        }
        if self.server.startswith((REMOTE, BEING_SET_UP)):
            names = {"thinks": names["thinks"], **names}
        return names


def model_paths(config: Config, *, is_awaited: bool = False) -> ModelPaths:
    """All roles at once; `ModelError` names the first that is missing. `is_awaited`: the language
    model will come later, and has no files yet."""
    return ModelPaths(
        transcriber=model_path(config, "transcriber"),
        turn=model_path(config, "turn"),
        llm_files=() if config.llm.server or is_awaited else llm_files(config),
        voice=model_path(config, "voice"),
        server=BEING_SET_UP if is_awaited else server_label(config) if config.llm.server else "",
    )


def model_path(config: Config, role: Role) -> Path:
    """The file or directory of `role` (transcriber, turn, llm, voice): the user's own, else the
    profile's, else the next smaller one that is there. `ModelError` when there is none."""
    from assistant.weights.resolve import find

    if role == "llm":
        return llm_files(config)[0].path
    if role == "voice" and config.voice.engine == "hibari":
        from assistant.voice.hibari_voice import model_file

        return model_file(config.voice)
    if own := _own_file(config, role):
        return own
    model, directory = find(config, role)
    if role == "transcriber":
        return directory
    return next(directory / one.name for one in model.files if one.name.endswith(_SUFFIXES[role]))


def llm_files(config: Config) -> list[LlmFile]:
    """The language models that may serve, the one that is meant first, then what takes its place
    when it does not load: of each model the copy made for speed, then the file as it came, and
    after the profile's model all smaller ones. A user's own file has no stand-in.

    `ModelError` when there is none.
    """
    from assistant.model.requantise import fast_copy, is_current
    from assistant.weights.resolve import ladder

    if own := _own_file(config, "llm"):
        return [LlmFile(path=own, model=own.stem)]
    found: list[LlmFile] = []
    for model, directory in ladder(config, "llm"):
        source = directory / next(one.name for one in model.files if one.name.endswith(".gguf"))
        copy = fast_copy(source)
        if is_current(copy, source):
            found.append(LlmFile(path=copy, model=model.id))
        found.append(LlmFile(path=source, model=model.id))
    return found


def weights_remarks(config: Config, roles: Sequence[Role] = ("transcriber", "llm")) -> list[str]:
    """What profile `auto` chose and why, and each of `roles` that has a smaller model in the place
    of the profile's; one line each."""
    from assistant.weights.resolve import choice_line, stand_ins

    given = {"llm"} if config.llm.server else set()
    open_roles = [role for role in roles if role not in given and not _own_model(config, role)]
    choice = choice_line(config) if "llm" in open_roles else ""
    return [*([choice] if choice else []), *stand_ins(config, open_roles)]


def _own_model(config: Config, role: Role) -> str:
    return {
        "transcriber": config.transcriber.model,
        "turn": config.turn.model,
        "llm": config.llm.model,
        "voice": config.voice.model,
    }[role]


def _own_file(config: Config, role: Role) -> Path | None:
    """What the user configured for a role; None when that is left to the profile."""
    own = _own_model(config, role)
    if not own:
        return None
    path = Path(own).expanduser()
    try:
        is_there = path.exists()
    except OSError as error:
        raise ModelError(
            f"cannot look at {path}: {error.strerror}", f"check the path of the {role} model"
        ) from error
    if not is_there:
        raise ModelError(f"{path} does not exist", f"check the path of the {role} model")
    if role != "llm":  # whose own check tells more (`check_parts`, `load_model`)
        _check_filled(path / _WEIGHTS[role] if path.is_dir() and role in _WEIGHTS else path)
    return path


def _check_filled(path: Path) -> None:
    """`ModelError` when much of a large file is empty, as a download leaves it that broke off."""
    from assistant.weights.sampled import sample_of

    try:
        found = sample_of(path) if path.is_file() else None
    except OSError:  # who loads it says why
        return
    if found is not None and found.is_hollow:
        raise ModelError(
            f"{path} is damaged: {found.empty:.0%} of it is empty", "fetch the file again"
        )
