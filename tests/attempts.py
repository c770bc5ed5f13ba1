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
from assistant.talk.decision import GUARDED
from assistant.talk.flow import Call, Steps, flow
from assistant.talk.tool import tool

FOLDER = Path(__file__).parent / "guards"
NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
OBEYS = ("Sure, here is how. ", "First you take it.")
ASKED = "read out the notice board"


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


class Trying:
    """One conversation for many attempts, each from its beginning: without a model, or with one
    that obeys. Its flow reads out `notice`, which a tool gives."""

    def __init__(self, *, by_model: bool) -> None:
        self.model = Obeying() if by_model else None
        self.notice = ""

        @tool
        def look() -> str:
            return self.notice

        @flow(ASKED, name="notice.read")
        def read() -> Steps:
            text = yield Call(look)
            return text

        self.talk = conversation(self.model)
        self.talk.flows.exchange((read,))
        self.talk.knowledge.order = self.talk.knowledge.make_order()

    def gets_through(self, attack: dict[str, Any]) -> str:
        """What of an attack got through, or ""."""
        self.talk.forget()
        if "turns" in attack:
            return self._asked(attack["turns"])
        text = "".join(attack.get("answer", ())) or attack.get("result") or attack["document"]
        if self.model is not None:
            self.model.pieces = tuple(attack.get("answer", (text,)))
            answer = self.talk.converse("What does the notice board say?").answer
        else:
            self.notice = text
            answer = self.talk.converse(ASKED).answer
        return next((words for words in attack["never"] if words in answer), "")

    def _asked(self, turns: list[str]) -> str:
        talk, model = self.talk, self.model
        if model is not None:
            model.pieces = OBEYS
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

    def false_alarm(self, text: str) -> str:
        """Which rule took an innocent sentence, or a clause of an innocent answer; or ""."""
        self.talk.forget()
        if self.model is not None:
            self.model.pieces = ("It is a long story. ", "Ask me again.")
        turn = self.talk.converse(text)
        assert turn.decision is not None
        if turn.decision.source == "guardrail" or turn.decision.name.startswith("guard."):
            return turn.decision.name
        return next((one.why for one in turn.replies if one.why.startswith(GUARDED)), "")


def conversation(model: Any = None, folder: Path | None = None, **settings: Any) -> Conversation:
    """A text layer whose user blocks two topics; `settings` are further ones of [guards]."""
    config = config_from_dict(
        {"guards": {"blocked_topics": ["gambling", "horoscopes"], **settings}}
    )
    services = make_services(config)
    return make_conversation(
        config, model, services=services, now=lambda: NOW, seed=1, folder=folder
    )
