"""The rest of a checkout's set-up behind the conversation: llama.cpp, the language models, replies.

`make run` waits only for what a conversation cannot do without, and leaves a marker where more is
to be done (scripts/later.py). `assistant run` then starts one `SetUpBehind`: a process of low
priority, which ends with the program and goes on at the next start. When the language model is
there it is loaded and handed to the conversation. A failure is said once, and tried again at the
next start. An installed package has no such script: nothing is done, and nothing is awaited.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.assemble.roles import BEING_SET_UP, llm_files
from assistant.cli.leashed import Behind, Closed
from assistant.config import Config
from assistant.errors import AssistantError
from assistant.folders import state_directory
from assistant.messages import Notice
from assistant.private import given_environment
from assistant.talk.awaited import Awaited
from assistant.updates import ModelShown

Publish = Callable[[Notice | ModelShown], None]

_CHECKOUT = Path(__file__).resolve().parents[2]
_MARKER = Path("stamps") / "rest.json"
_LLAMA = Path("stamps") / "llama"
_STEP_PERCENT = 20
"""So often the progress gets a line of its own where only lines are shown."""
_STOPPED = "set-up stopped: "


def log_file() -> Path:
    """Where the set-up writes."""
    return state_directory() / "set-up.log"


def rest_of_setup(checkout: Path = _CHECKOUT, venv: Path | None = None) -> list[str]:
    """The command that does what `make run` has left; empty when nothing is left, or this program
    runs from no checkout with its own virtual environment."""
    venv = Path(sys.prefix) if venv is None else venv
    script = checkout / "scripts" / "setup.py"
    is_checkout = script.is_file() and venv.resolve() == (checkout / ".venv").resolve()
    if not is_checkout or not (venv / _MARKER).is_file():
        return []
    return [sys.executable, str(script), "--rest"]


def lacks_model(config: Config, venv: Path | None = None) -> bool:
    """The language model cannot be loaded yet: llama.cpp or its file is still to come."""
    if config.llm.server:
        return False
    if not ((Path(sys.prefix) if venv is None else venv) / _LLAMA).is_file():
        return True
    try:
        llm_files(config)
    except AssistantError:
        return not config.llm.model  # a file of one's own that is missing does not come
    return False


class SetUpBehind(Behind):
    """`awaited` is the model that will come; None when there is one, or nothing is left to do.
    `is_needed` says whether something is left. `start` begins the work; `close()`, or the end of
    `with`, ends it.

    `command` does the rest, `venv` is where its stamps lie.
    """

    def __init__(
        self, config: Config, command: Sequence[str] | None = None, venv: Path | None = None
    ) -> None:
        self._command = rest_of_setup() if command is None else list(command)
        is_lacking = bool(self._command) and lacks_model(config, venv)
        self.awaited = Awaited() if is_lacking else None
        self.is_needed = bool(self._command)
        self._publish: Publish = lambda update: None
        self._bring: Callable[[], Sequence[str]] = tuple
        self._afterwards: Callable[[], None] = lambda: None
        super().__init__("set-up", log_file())
        self._last_step = -1

    def start(
        self,
        publish: Publish,
        bring: Callable[[], Sequence[str]],
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin behind the conversation, if there is anything to do. `publish` is told how far it
        is. `bring()` loads the model into the conversation when it is there and gives its name and
        remarks; `afterwards()` is called when all is done, or at once. All but the latter run on
        the thread of this object."""
        self._publish, self._bring, self._afterwards = publish, bring, afterwards
        if self._command:
            self._thread.start()
        else:
            afterwards()

    # -- on its own thread ----------------------------------------------------------------------

    def _work(self) -> None:
        try:
            log_file().parent.mkdir(parents=True, exist_ok=True)
            log_file().write_text("", "utf-8")
            status = self._leashed.run(self._command, given_environment(), self._take)
        except Closed:
            return
        except OSError as error:
            self._fail(str(error))
            return
        if status != 0:
            self._fail(_reason())
            return
        self._afterwards()

    def _take(self, line: str) -> None:
        """One line of the set-up: those with "@" are for this program."""
        if not line.startswith("@"):
            return
        try:
            told = json.loads(line[1:])
        except ValueError:
            return
        if self.awaited is None or not isinstance(told, dict):
            return
        if told.get("ready") == "model":
            self._use_model()
        else:
            self._show(told)

    def _show(self, told: dict[str, Any]) -> None:
        assert self.awaited is not None
        left_s, percent = told.get("left_s"), told.get("percent")
        self.awaited.left_s = float(left_s) if left_s is not None else None
        parts = [f"{told.get('doing', '')}", "" if percent is None else f"{percent} %"]
        doing = " ".join(filter(None, parts))
        name = ", ".join(filter(None, (f"{BEING_SET_UP}: {doing}", _minutes(left_s))))
        step = -1 if percent is None else int(percent) // _STEP_PERCENT
        self._publish(ModelShown(role="thinks", name=name, is_step=step != self._last_step))
        self._last_step = step

    def _use_model(self) -> None:
        try:
            name, *remarks = self._bring()
        except AssistantError as error:
            self._fail(str(error))
            return
        self.awaited = None
        self._publish(ModelShown(role="thinks", name=name))
        for remark in remarks:
            self._publish(Notice(severity="information", code="I-MODEL", text=f"{remark}."))

    def _fail(self, why: str) -> None:
        what = "Not everything could be set up"
        if self.awaited is not None:
            self.awaited.has_failed = True
            what = "The language model could not be set up"
            self._publish(ModelShown(role="thinks", name="could not be set up"))
        text = f"{what}: {why}. It goes on at the next start; see {log_file()}."
        self._publish(Notice(severity="warning", code="W-SETUP", text=text))


def _minutes(left_s: float | None) -> str:
    if left_s is None:
        return ""
    return "less than a minute" if left_s < 60 else f"about {round(left_s / 60)} min"


def _reason() -> str:
    """Why the set-up stopped, in its own words, else its last line."""
    try:
        lines = [line.strip() for line in log_file().read_text("utf-8", "replace").splitlines()]
    except OSError:
        lines = []
    said = [line for line in lines if line and not line.startswith("@")]
    stopped = [line.removeprefix(_STOPPED) for line in said if line.startswith(_STOPPED)]
    return (stopped or said or ["it said nothing"])[-1].rstrip(".")
