"""A PIN that is spoken stands nowhere: not on the screen, in the trace or in the history."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assistant.assemble.loading import make_services
from assistant.audio.script import AfterAnswer, AtOnce, Segment
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.language.en.pins import HIDDEN
from assistant.talk.conversation import Conversation
from assistant.talk.flow import Call, Steps, flow
from assistant.talk.replies import load_replies
from assistant.talk.running import Flows
from assistant.talk.tool import tool
from assistant.updates import Heard, PartialHeard, Saying
from tests.scripted import Humming, Session, Words, drawn
from tests.test_engine_history import NOW, Real
from tests.test_engine_typed import typing
from tests.test_talk_guarded import House, unlock_flow, unlock_tool


@tool(writes=True)
def keep(text: str) -> str:
    return f"kept {text}"


@flow("add {text} to my list", name="list.add")
def adding(text: str | None = None) -> Steps:
    kept = yield Call(keep, text=text)
    return f"I've {kept}."


@dataclass
class Guarded(Real):
    """The real conversation with a guarded tool, and hands that run it."""

    folder: Path = Path()
    house: House = field(default_factory=House)
    hands: HandsThread = field(default_factory=HandsThread)

    def __post_init__(self) -> None:
        services = make_services(Config(), self.folder)
        services.pins.set("4711")
        flow = dataclasses.replace(unlock_flow(unlock_tool(self.house, needs_pin=True)))
        self.conversation = Conversation(
            Config(),
            load_replies(None),
            None,
            Flows((flow, adding), services),
            hands=self.hands,
            now=lambda: NOW,
        )

    def shown(self, text: str, decision: Any = None) -> str:
        return self.conversation.shown(text, decision)

    def run(self, effect: Any, should_stop: Any) -> Any:
        return self.conversation.run(effect, should_stop)


@pytest.mark.parametrize(
    ("pin", "answer"),
    [
        ("Four seven one one.", "The front door is unlocked."),
        ("4712", "That is not the PIN. What is the PIN?"),
    ],
)
@pytest.mark.parametrize("is_typed", [False, True])
def test_it_is_hidden_everywhere(tmp_path: Path, pin: str, answer: str, is_typed: bool) -> None:
    said = ["Unlock the front door, 4711.", pin]
    text = Guarded(folder=tmp_path)
    session = Session(
        text=text,
        words=Words(lambda loud_s: said[round((loud_s / 0.02 - 9) / 3)]),
        voice=Humming(seconds=1.0),
        hands=text.hands,
    )
    if is_typed:
        turns = session.run(
            Segment(samples=drawn("." * 300)),
            commands={10: typing(said[0]), 160: typing(said[1])},
        )
    else:
        turns = session.run(
            Segment(samples=drawn("#" * 9), starts=AtOnce()),
            Segment(samples=drawn("#" * 12), starts=AfterAnswer(quiet_ms=400)),
        )
    assert [turn.transcript for turn in turns] == [f"Unlock the front door, {HIDDEN}", HIDDEN]
    assert [turn.reply for turn in turns] == ["What is the PIN?", answer]
    assert text.house.unlocked == (["front"] if answer.startswith("The") else [])
    heard = [one.text for one in session.updates if isinstance(one, (Heard, PartialHeard))]
    assert HIDDEN in heard
    rows = [row for row in session.lines.rows if row["event"] != "floor"]
    kept = json.dumps([heard, rows], default=repr) + repr(text.conversation.talk)
    for digits in ("4711", "4712", "4 7 1", "our seven"):
        assert digits not in kept


def test_nor_in_the_answer_to_another_request(tmp_path: Path) -> None:
    text = Guarded(folder=tmp_path)
    session = Session(
        text=text, words=Words(lambda loud_s: ""), voice=Humming(seconds=1.0), hands=text.hands
    )
    turns = session.run(
        Segment(samples=drawn("." * 300)),
        commands={10: typing("Unlock the front door."), 160: typing("Add 4711 to my list.")},
    )
    assert turns[1].reply == f"I've kept {HIDDEN} What is the PIN?"
    assert turns[1].calls[-1].slots == {"text": HIDDEN}
    rows = [row for row in session.lines.rows if row["event"] != "floor"]
    shown = [one.text for one in session.updates if isinstance(one, Saying)]
    assert "4711" not in json.dumps([rows, shown], default=repr)
    assert "4711" not in repr([one.answer for one in text.conversation.talk.history])
