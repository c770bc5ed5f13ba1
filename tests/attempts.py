"""Attempts to get round the guardrails, through the whole text layer: with and without a model."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.assemble.loading import make_conversation, make_services
from assistant.config import config_from_dict
from assistant.talk.conversation import Conversation
from assistant.talk.flow import Call, Steps, flow, tool

FOLDER = Path(__file__).parent / "guards"
NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
OBEYS = ("Sure, here is how. ", "First you take it.")
ASKED = "read out the notice board"
_SETUP: dict[str, Any] = {"guards": {"blocked_topics": ["gambling", "horoscopes"]}}


class Obeying:
    """A model that says `pieces` and keeps every text that it was given to read."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces or OBEYS
        self.read: list[str] = []

    def _keep(self, messages: list[dict[str, str]]) -> None:
        self.read += [one["content"] for one in messages if one["role"] != "system"]

    def stream(
        self, messages: list[dict[str, str]], should_stop: Callable[[], bool]
    ) -> Iterator[str]:
        self._keep(messages)
        yield from self.pieces

    def warm_up(self, messages: list[dict[str, str]], should_stop: Callable[[], bool]) -> None:
        self._keep(messages)

    def anticipate(self, messages: list[dict[str, str]], should_stop: Callable[[], bool]) -> None:
        self._keep(messages)

    def sentence_end(
        self, messages: list[dict[str, str]], should_stop: Callable[[], bool]
    ) -> float | None:
        self._keep(messages)
        return 0.5


def attacks(name: str) -> list[dict[str, Any]]:
    """The attacks of a file."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["attack"]


def innocent(name: str) -> list[str]:
    """The sentences of a file."""
    rows = csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return [row["sentence"] for row in rows]


def conversation(model: Any = None, notice: str = "", folder: Path | None = None) -> Conversation:
    """One whose flow reads out `notice`, which a tool gives."""

    @tool
    def look() -> str:
        return notice

    @flow(ASKED, name="notice.read")
    def read() -> Steps:
        text = yield Call(look)
        return text

    config = config_from_dict(_SETUP)
    made = make_conversation(
        config, model, services=make_services(config), now=lambda: NOW, seed=1, folder=folder
    )
    if notice:
        made.flows.exchange((read,))
        made._order = made._make_order()
    return made


def gets_through(attack: dict[str, Any], *, by_model: bool) -> str:
    """What of an attack got through, or ""."""
    if "turns" in attack:
        return _asked(attack["turns"], by_model=by_model)
    text = "".join(attack.get("answer", ())) or attack.get("result") or attack["document"]
    if by_model:
        model = Obeying(*attack.get("answer", (text,)))
        answer = conversation(model).converse("What does the notice board say?").answer
    else:
        answer = conversation(notice=text).converse(ASKED).answer
    return next((words for words in attack["never"] if words in answer), "")


def _asked(turns: list[str], *, by_model: bool) -> str:
    model = Obeying() if by_model else None
    talk = conversation(model)
    for number, text in enumerate(turns[:-1], 1):
        talk.converse(text, turn=number)
    last = turns[-1]
    if model is not None:
        model.read.clear()
    talk.anticipate(last, lambda: False)
    turn = talk.converse(last, turn=len(turns))
    if turn.decision is None or turn.decision.source != "guardrail":
        return f"answered by {turn.decision.name if turn.decision else 'nobody'}: {turn.answer}"
    talk.settle(lambda: False)
    if model is not None:
        talk.converse("What is the capital of France?", turn=len(turns) + 1)
        if any(last.strip(" .?!") in text for text in model.read):
            return "the model read it"
    return ""


def is_false_alarm(text: str, *, by_model: bool) -> str:
    """Which rule took an innocent sentence, or a clause of an innocent answer; or ""."""
    talk = conversation(Obeying("It is a long story. ", "Ask me again.") if by_model else None)
    turn = talk.converse(text)
    assert turn.decision is not None
    if turn.decision.source == "guardrail" or turn.decision.name.startswith("guard."):
        return turn.decision.name
    return next((one.why for one in turn.replies if one.source == "guardrail"), "")
