"""What was played is known to the next decision, also when the user breaks in with a short word.

The text layer is the real one, without a model; ears, voice and words are scripted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assistant.assemble.loading import make_conversation
from assistant.audio.script import AfterAnswer, AtOnce, DuringAnswer, Segment, Start
from assistant.config import Config
from assistant.engine.hands import HandsThread
from assistant.messages import Reply, Weighing
from assistant.mood import Prosody
from assistant.talk.conversation import Conversation
from assistant.talk.decision import Decision, Speaking
from assistant.talk.flow import Ask, Confirm, Say, Steps, flow
from assistant.talk.replies import load_replies
from assistant.talk.services import Services
from assistant.talk.skills import Flows
from assistant.talk.talk import Exchange
from assistant.talk.tool import Here
from assistant.updates import TurnDropped
from tests.scripted import Echoing, Humming, Session, Words, drawn

NOW = datetime(2026, 3, 4, 15, 20, tzinfo=UTC)
TOLD = "One two three four five six seven eight nine ten."


@flow("[please] recite the numbers [again]", name="numbers.recite")
def numbers(here: Here) -> str:
    """Ten words."""
    return TOLD


@flow("make [me] a coffee", name="coffee.make")
def coffee(size: str | None = None, sugar: bool | None = None) -> Steps:
    """Ask twice."""
    size = size or (yield Ask("Is it the small cup or the large cup?", ["small cup", "large cup"]))
    sugar = yield Confirm("Do you want any sugar with it?")
    yield Say(f"A {size}{' with sugar' if sugar else ''}.")


@dataclass
class Real(Echoing):
    """The real conversation; `decisions` keeps what was decided on, and on what talk."""

    conversation: Conversation = field(
        default_factory=lambda: Conversation(
            Config(),
            load_replies(None),
            None,
            Flows([numbers, coffee], Services()),
            now=lambda: NOW,
        )
    )
    decisions: list[tuple[str, Decision | None]] = field(default_factory=list)

    def decide(
        self,
        text: str,
        turn: int,
        played: tuple[int, str, str] | None,
        voice: Prosody | None = None,
        *_: object,
    ) -> Decision | None:
        found = self.conversation.decide(text, turn, played, voice)
        self.decisions.append((text, found))
        return found

    def replies(
        self, decision: Decision, text: str, speaking: Speaking, weighing: Weighing | None
    ) -> Iterator[Reply]:
        return self.conversation.replies(decision, text, speaking, weighing)

    def commit(self, decision: Decision) -> None:
        self.conversation.commit(decision)

    def withdraw(self, decision: Decision) -> None:
        self.conversation.withdraw(decision)

    def change(self, change: Callable[[Any], Any]) -> None:
        self.conversation.change(change)

    def remember(self, turn: int, text: str, answer: str) -> None:
        self.conversation.remember(turn, text, answer)

    def history_before(self, text: str) -> tuple[Exchange, ...]:
        """What the decision on `text` knew of what was said before."""
        (decision,) = [found for about, found in self.decisions if about == text]
        assert decision is not None
        return decision.before.history

    def __getattribute__(self, name: str) -> Any:
        if name == "awaits_answer":
            return self.conversation.awaits_answer
        return super().__getattribute__(name)


def conversing(*said: tuple[str, Start], seconds: float = 4.0) -> tuple[Session, Real]:
    """One session in which these words are said, each with as many frames as none other has."""

    def transcribe(loud_s: float) -> str:
        return said[round((loud_s / 0.02 - 9) / 3)][0]

    text = Real()
    session = Session(text=text, words=Words(transcribe), voice=Humming(seconds=seconds))
    session.run(
        *(
            Segment(samples=drawn("#" * (9 + 3 * place)), starts=starts)
            for place, (_, starts) in enumerate(said)
        )
    )
    return session, text


@pytest.mark.parametrize("words", ["No.", "Repeat that.", "What?"])
def test_a_short_word_over_the_answer_is_decided_on_with_what_sounded_of_it(words: str) -> None:
    """Decided while it sounds: 2 s of the 4 s, the word and the pause before the take."""
    session, text = conversing(
        ("Recite the numbers.", AtOnce()), (words, DuringAnswer(after_ms=2000))
    )
    (before,) = text.history_before(words)
    assert before.request == "Recite the numbers."
    assert before.answer == "One two three four five six"
    history = text.conversation.talk.history
    assert [one.request for one in history] == ["Recite the numbers.", words]
    assert history[0].answer.startswith(before.answer)
    first = next(row for row in session.lines.rows if row["event"] == "turn")
    assert first["interrupted"]
    assert history[0].answer == first["reply"], "and afterwards, what really was played"


def test_a_longer_word_over_the_answer_is_decided_on_with_all_that_sounded_of_it() -> None:
    _, text = conversing(
        ("Recite the numbers.", AtOnce()),
        ("No.", DuringAnswer(after_ms=2000)),
        ("Please recite the numbers again.", DuringAnswer(after_ms=2000)),
        ("What about the other one?", DuringAnswer(after_ms=2000)),
    )
    (before,) = text.history_before("No.")
    assert before.answer.startswith("One two three")
    known = text.history_before("What about the other one?")
    assert [one.request for one in known] == [
        "Recite the numbers.",
        "No.",
        "Please recite the numbers again.",
    ]


def test_an_answer_that_was_heard_out_is_known_in_full() -> None:
    _, text = conversing(
        ("Recite the numbers.", AtOnce()), ("Repeat that.", AfterAnswer(quiet_ms=40))
    )
    (before,) = text.history_before("Repeat that.")
    assert before == Exchange(turn=1, request="Recite the numbers.", answer=TOLD)


def test_what_was_said_without_being_asked_can_be_repeated() -> None:
    text = Real(announcements=["Your tea is ready."])
    session = Session(text=text, words=Words(lambda seconds: "Repeat that."))
    turns = session.run(
        Segment(samples=drawn("." * 100)),
        Segment(samples=drawn("#" * 12), starts=AfterAnswer(quiet_ms=200)),
    )
    assert [turn.reply for turn in turns] == ["Your tea is ready."] * 2
    assert text.history_before("Repeat that.") == (), "and it is no exchange"


def test_a_turn_that_goes_on_does_not_know_its_own_withdrawn_answer() -> None:
    text = Real()
    words = Words({0.24: "Make me", 0.48: "Make me a coffee."}.__getitem__)
    session = Session(text=text, words=words, voice=Humming(seconds=2.0))
    (turn,) = session.run(Segment(samples=drawn("#" * 12 + "." * 22 + "#" * 12)), tail_s=1.0)
    assert turn.reopened == 1
    assert text.history_before("Make me a coffee.") == ()


def test_yes_over_a_question_answers_it() -> None:
    session, _ = conversing(
        ("Make me a coffee.", AtOnce()),
        ("The large cup.", AfterAnswer(quiet_ms=200)),
        ("Yes.", DuringAnswer(after_ms=1800)),
        seconds=2.5,
    )
    turns = [row for row in session.lines.rows if row["event"] == "turn"]
    assert [turn["interrupted"] for turn in turns] == [False, True, False]
    assert turns[2]["reply"] == "A large cup with sugar."
    assert not any(isinstance(update, TurnDropped) for update in session.updates)


def test_yes_over_an_answer_that_asks_nothing_is_a_little_word() -> None:
    session, _ = conversing(
        ("Recite the numbers.", AtOnce()), ("Yes.", DuringAnswer(after_ms=1800))
    )
    (turn,) = [row for row in session.lines.rows if row["event"] == "turn"]
    assert turn["reply"] == TOLD
    dropped = [update.why for update in session.updates if isinstance(update, TurnDropped)]
    assert dropped == ["a little word over the answer"]


def test_the_words_of_a_question_right_after_it_are_its_answer_and_not_an_echo() -> None:
    session, _ = conversing(
        ("Make me a coffee.", AtOnce()), ("The large cup.", AfterAnswer(quiet_ms=200))
    )
    turns = [row for row in session.lines.rows if row["event"] == "turn"]
    assert turns[1]["reply"] == "Do you want any sugar with it?"


def test_the_record_of_a_turn_tells_who_decided_and_why() -> None:
    session, text = conversing(("Make me a coffee.", AtOnce()))
    (turn,) = [row for row in session.lines.rows if row["event"] == "turn"]
    (_, decision) = text.decisions[0]
    assert decision is not None
    assert turn["name"] == "coffee.make"
    assert turn["why"] == decision.why
    assert turn["score"] == 1.0
    assert turn["steps"][-1]["verdict"] == "took"
    assert [step["part"] for step in turn["steps"]] == [step.part for step in decision.steps]
    (row,) = [row for row in session.lines.rows if row["event"] == "decision"]
    about = ("turn", "name", "why", "score", "slots", "steps")
    assert {key: row[key] for key in about} == {key: turn[key] for key in about}
    assert row["take"] == 1


def test_the_wired_conversation_knows_it_too() -> None:
    """As the program puts it together."""
    hands = HandsThread()
    real = make_conversation(Config(), None, hands=hands, now=lambda: NOW + timedelta(hours=1))
    text = Real(conversation=real)
    words = Words({0.24: "What time is it?", 0.32: "Repeat that."}.__getitem__)
    session = Session(text=text, words=words, voice=Humming(seconds=4.0), hands=hands)
    session.run(
        Segment(samples=drawn("#" * 12)),
        Segment(samples=drawn("#" * 16), starts=DuringAnswer(after_ms=2500)),
    )
    (before,) = text.history_before("Repeat that.")
    full = text.decisions[0][1].replies[0].text  # type: ignore[union-attr]
    assert before.request == "What time is it?"
    assert full.startswith(before.answer)
    assert 0 < len(before.answer) < len(full)
