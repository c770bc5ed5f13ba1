"""Profile `auto` behind the conversation: measures the machine, chooses, fetches a larger model.

`assistant run` starts one `LargerModel`; no other command does. Its thread waits for two processes
of low priority, one after the other: `assistant.cli.gauge` and `assistant models fetch`, the only
command that may use the network. Both end with the program; a download goes on at the next start.
A failure is said once and tried again at the next start, never in a loop.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.cli.leashed import Behind, Closed
from assistant.config import Config
from assistant.errors import AssistantError
from assistant.folders import state_directory
from assistant.messages import Notice
from assistant.private import given_environment, is_offline_wanted
from assistant.updates import ModelShown
from assistant.weights.catalogue import OPTIONAL, Model, load_catalogue
from assistant.weights.choice import Speed, choose
from assistant.weights.remembered import Remembered, machine_key, remember, remembered
from assistant.weights.resolve import candidates, find, is_auto, profile_models, read_machine
from assistant.weights.store import missing, models_directory

NO_FETCH_VARIABLE = "ASSISTANT_NO_FETCH"

_GAUGE = (sys.executable, "-m", "assistant.cli.gauge")
_FETCH = (sys.executable, "-m", "assistant", "models", "fetch")


def log_file() -> Path:
    """Where the two processes write."""
    return state_directory() / "larger-model.log"


def may_fetch(config: Config) -> bool:
    """Whether the profile is `auto`, its language model is used and nobody forbade to fetch."""
    is_used = not config.llm.server and not config.llm.model
    is_forbidden = bool(os.environ.get(NO_FETCH_VARIABLE)) or is_offline_wanted()
    return is_auto(config) and is_used and config.models.fetch_larger and not is_forbidden


def is_settled(config: Config) -> bool:
    """Whether a choice was made for this very machine, and all its models are there."""
    choice = remembered()
    is_made = choice is not None and choice.key == machine_key(load_catalogue())
    return is_made and not _absent(config)


class LargerModel(Behind):
    """`start(publish)` begins the work, once; `close()`, or the end of `with`, ends it.

    `gauge` and `fetch` are the two commands; the ids of the models are put behind `fetch`.
    """

    def __init__(
        self,
        config: Config,
        *,
        gauge: Sequence[str] = _GAUGE,
        fetch: Sequence[str] = _FETCH,
    ) -> None:
        self._config = config
        self._gauge = gauge
        self._fetch = fetch
        self._publish: Callable[[Notice | ModelShown], None] = lambda update: None
        self._bring_in: Callable[[], Sequence[str]] | None = None
        super().__init__("larger model", log_file())

    def start(
        self,
        publish: Callable[[Notice | ModelShown], None],
        bring: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """Begin behind the conversation, if there is anything to do. `publish` is called with what
        a person should know. `bring()` loads the larger model into the conversation and gives its
        name and remarks; None: it is used from the next start. Both are called on the thread of
        this object."""
        if may_fetch(self._config) and not is_settled(self._config):
            self._publish, self._bring_in = publish, bring
            self._thread.start()

    # -- on its own thread ----------------------------------------------------------------------

    def _work(self) -> None:
        try:
            used = find(self._config, "llm")[0]
            log_file().parent.mkdir(parents=True, exist_ok=True)
            log_file().write_text("", "utf-8")
            choice = remembered()
            if choice is None or choice.key != machine_key(load_catalogue()):
                choice = self._choose()
                remember(choice)
            if absent := _absent(self._config):
                self._bring(absent, choice)
            better = find(self._config, "llm")[0]
            if better.bytes > used.bytes:
                self._use(better)
        except Closed:
            pass
        except (AssistantError, OSError) as error:
            self._publish(_failed("No larger model was chosen", str(error)))

    def _use(self, better: Model) -> None:
        """Have the larger model answer from now on, or from the next start."""
        if self._bring_in is None:
            self._publish(_ready(better, "it will be used from the next start"))
            return
        try:
            name, *_ = self._bring_in()
        except AssistantError as error:
            self._publish(_failed(f"{better.id} does not load", error.what))
            return
        self._publish(ModelShown(role="thinks", name=name))
        self._publish(_ready(better, "it answers from now on"))

    def _choose(self) -> Remembered:
        catalogue = load_catalogue()
        place = models_directory(self._config.models.directory)
        path = [str(self._config.path)] if self._config.path else []
        told = self._run([*self._gauge, *path], dict(os.environ))
        try:
            figures = json.loads(told.splitlines()[-1])
            speed = Speed(
                prompt_ms_per_token=float(figures["prompt_ms_per_token"]),
                token_ms=float(figures["token_ms"]),
            )
            machine = read_machine(place, card_bytes=int(figures["card_bytes"]))
        except (ValueError, LookupError, TypeError) as error:
            raise AssistantError("this machine could not be measured") from error
        choice = choose(machine, speed, candidates(catalogue, place))
        return Remembered(profile=choice.profile, why=choice.why, key=machine_key(catalogue))

    def _bring(self, absent: list[Model], choice: Remembered) -> None:
        """Fetch what is absent; a failure is told once, and forgotten when it went well."""
        place = models_directory(self._config.models.directory)
        ids = [model.id for model in absent]
        self._run([*self._fetch, *ids, "--directory", str(place)], given_environment())
        still = _absent(self._config)
        if still and not choice.was_told_of_failure:
            names = " and ".join(model.id for model in still)
            self._publish(_failed(f"{names} could not be fetched", "It is tried at each start"))
        if bool(still) != choice.was_told_of_failure:
            remember(replace(choice, was_told_of_failure=bool(still)))

    def _run(self, command: list[str], environment: dict[str, str]) -> str:
        """What the command printed."""
        printed: list[str] = []
        self._leashed.run(command, environment, printed.append)
        return "".join(printed)


def _ready(model: Model, then: str) -> Notice:
    text = f"The larger model {model.id} is ready; {then}."
    return Notice(severity="information", code="I-LARGER", text=text)


def _failed(what: str, why: str) -> Notice:
    text = f"{what}; the present model goes on. {why}; see {log_file()}."
    return Notice(severity="warning", code="W-LARGER", text=text)


def _absent(config: Config) -> list[Model]:
    """The models of the profile that are not there, and for which the person has no other, the
    language model first."""
    place = models_directory(config.models.directory)
    own = {
        "transcriber": bool(config.transcriber.model),
        "llm": bool(config.llm.model or config.llm.server),
        "voice": bool(config.voice.model) or config.voice.engine == "hibari",
    }
    wanted = [
        model
        for role, model in profile_models(config).items()
        if not own.get(role) and role not in OPTIONAL
    ]
    absent = [model for model in wanted if next(missing([model], place), None) is not None]
    return sorted(absent, key=lambda model: model.role != "llm")
