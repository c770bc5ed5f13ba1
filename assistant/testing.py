"""A conversation without sound, for the tests of flows.

    from datetime import timedelta
    from assistant.testing import converse

    def test_egg():
        with converse(flows="egg.py", now="2026-03-04T15:20") as talk:
            talk.say("Boil me an egg.")
            assert talk.asks(timedelta)
            assert talk.say("Six minutes.") == "Then it is done in 6 minutes."

It is the program's own text layer with all its replies, flows and tools, but no language model. An
error in the code of a flow is raised in the test. Loads no model and no sound library; runs on the
caller's thread, tools that write on one of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError

if TYPE_CHECKING:
    from assistant.talk.conversation import Conversation
    from assistant.talk.flow import Flow
    from assistant.talk.silent import Turn

__all__ = ["Talking", "converse"]


@contextmanager
def converse(
    flows: str | Path | Sequence[str | Path] = (),
    *,
    replies: str | Path | Sequence[str | Path] = (),
    guards: str | Path | Sequence[str | Path] = (),
    now: str | datetime = "",
    state: Path | None = None,
) -> Iterator[Talking]:
    """A conversation with the flows, replies and guards of these files; those of guards lie in a
    folder of the name `guards`.

    `now` is the time at its beginning (ISO 8601); it stands still but for `Talking.wait`. `state`
    is the folder of lists, timers and notes; without one they are forgotten. Raises `ConfigError`
    when a file does not load.
    """
    from assistant.assemble.loading import make_conversation, make_services
    from assistant.config import Config
    from assistant.engine.hands import HandsThread

    moment = _moment(now)
    config = Config()
    errors: list[Exception] = []
    hands = HandsThread(lambda effect, error, sentence: errors.append(error))
    conversation = make_conversation(
        config,
        None,
        services=make_services(config, state),
        hands=hands,
        now=lambda: talking.now,
        files=[*_paths(flows), *_paths(replies), *_guards(guards)],
    )
    talking = Talking(conversation, moment, errors)
    try:
        yield talking
    finally:
        hands.close()


class Talking:
    """A conversation in a test. `errors` are those of tools that write, in order."""

    def __init__(self, conversation: Conversation, now: datetime, errors: list[Exception]) -> None:
        self.now = now
        self.errors = errors
        self.answers: list[str] = []
        self._conversation = conversation
        self._turn: Turn | None = None
        self._faults: list[Exception] = []
        conversation.flows.on_fault = self._note

    def say(self, text: str) -> str:
        """One turn of the user; what is answered. Raises what the code of a flow raised."""
        self._faults.clear()
        self._turn = self._conversation.converse(text, turn=len(self.answers) + 1)
        self.answers.append(self._turn.answer)
        if self._faults:
            raise self._faults[0]
        return self._turn.answer

    def asks(self, kind: Any = None) -> bool:
        """Whether a question is open now, and one for a value of `kind`: a type (`date`, `bool`,
        …), or the choices of the question."""
        from assistant.talk.flow import Ask

        ask = self._conversation.open_question()
        if ask is None or kind is None:
            return ask is not None
        wanted, asked = Ask("", kind).slot(), ask.slot()
        return (wanted.name, wanted.pattern) == (asked.name, asked.pattern)

    def wait(self, **units: float) -> list[str]:
        """Let time pass (`minutes=5`, as for `timedelta`); what is said in the end unasked."""
        self.now += timedelta(**units)
        return [reply.text for reply in self._conversation.due_announcements()]

    @property
    def answer(self) -> str:
        """What was answered last."""
        return self.answers[-1] if self.answers else ""

    @property
    def name(self) -> str:
        """Who answered last: the name of a flow, of a reply, or "model"."""
        decision = self._turn.decision if self._turn is not None else None
        return decision.name if decision is not None else ""

    @property
    def slots(self) -> Mapping[str, Any]:
        """What was understood of the last request."""
        decision = self._turn.decision if self._turn is not None else None
        return decision.slots if decision is not None else {}

    def _note(self, flow: Flow, error: Exception) -> None:
        self._faults.append(error)


def _moment(now: str | datetime) -> datetime:
    if isinstance(now, str):
        try:
            now = datetime.fromisoformat(now) if now else datetime.now()
        except ValueError as error:
            raise InputError(f"'{now}' is no time: {error}", "write 2026-03-04T15:20") from error
    return now if now.tzinfo else now.astimezone()


def _guards(files: str | Path | Sequence[str | Path]) -> list[Path]:
    paths = [path.resolve() for path in _paths(files)]
    for path in paths:
        if path.parent.name != "guards":
            raise InputError(f"{path} is in no folder 'guards'", "move it into one")
    return paths


def _paths(files: str | Path | Sequence[str | Path]) -> list[Path]:
    many = [files] if isinstance(files, (str, Path)) else files
    return [Path(one).expanduser() for one in many]
